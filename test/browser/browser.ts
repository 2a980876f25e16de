/** A real browser for the tests of the sandbox's page: Debian's chromium, or a said reason to skip. */
import { pino } from 'pino'
import { type Browser, chromium, type Page } from 'playwright-core'
import { chromiumFile, noChromium } from '../../sandbox/chromium.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'

/** Why the browser tests are skipped; undefined where they can run. */
export const noBrowser = chromiumFile === undefined ? `skipped: ${noChromium}` : undefined

/** More than a busy machine needs for one step of a test; nothing waits for it to pass. */
const stepMs = 45_000
export const patience = { timeout: 120_000 } as const

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(chromiumFile !== undefined && { executablePath: chromiumFile }),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      // A page lives for a minute: compiling its scripts for speed takes longer than it saves.
      '--js-flags=--no-opt --no-maglev',
    ],
  })
}

/** One page for all tests of a file, as each page has a process of its own, which costs more than a test; what goes wrong in it is added to `problems`. */
export async function openPage(
  browser: Browser,
  { width = 1400, height = 900, problems = [] }: Partial<Viewing> = {},
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height } })
  page.setDefaultTimeout(stepMs)
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(error.message))
  return page
}

interface Viewing {
  readonly width: number
  readonly height: number
  readonly problems: string[]
}

/** The sandbox of all tests of a file. Its clock goes on: what is asked of Slack too soon after the last time waits a moment. */
export function sandboxOfTheFile(env: Readonly<Record<string, string>> = {}): Promise<Sandbox> {
  const startedAt = performance.now()
  return startSandbox({
    now: () => new Date(Date.parse('2026-03-10T10:00:00.000Z') + performance.now() - startedAt),
    random: () => 0.5,
    log: pino({ level: 'silent' }),
    port: 0,
    env,
  })
}

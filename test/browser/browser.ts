/** A real browser for the tests of the sandbox's page: Debian's chromium, or a said reason to skip. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const EXECUTABLE = '/usr/bin/chromium'

/** Why the browser tests are skipped; undefined where they can run. */
export const noBrowser = existsSync(EXECUTABLE)
  ? undefined
  : `skipped: no chromium at ${EXECUTABLE} (apt-get install chromium)`

/** On a machine that is busy with the other tests, the browser may be starved of time: once more, and longer. */
export const patience = { retry: 1, timeout: 40_000 } as const

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  })
}

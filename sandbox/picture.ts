/** `npm run picture`: draws docs/card.png and docs/security-card.png anew, cards of the examples as the sandbox's page shows them. */
import { fileURLToPath } from 'node:url'
import { chromium, type Page } from 'playwright-core'
import { createLog } from '../src/http/log.ts'
import { startSandbox } from './sandbox.ts'
import { CHANNELS } from './slack/people.ts'
import { encryption } from './tickets.ts'

/** The pictured day, so that a new picture differs only where the card does. */
const startedAt = Date.now()
const now = () => new Date(Date.parse('2026-03-10T10:30:00Z') + Date.now() - startedAt)

const sandbox = await startSandbox({
  now,
  random: Math.random,
  log: createLog('warn', process.stderr, []),
  port: 0,
})
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
})
try {
  const page = await browser.newPage({ viewport: { width: 1500, height: 1200 }, deviceScaleFactor: 2 })
  await page.goto(sandbox.url)
  await draw(page, 'Answers are in: check them', 'card.png')
  await page.getByRole('button', { name: `# ${CHANNELS.security.name}` }).click()
  const question = [...sandbox.zendesk.tickets.values()].find(({ subject }) => subject === encryption.subject)
  await draw(page, `Ticket ${question?.id} in Zendesk`, 'security-card.png')
} finally {
  await browser.close()
  await sandbox.close()
}

async function draw(page: Page, words: string, name: string): Promise<void> {
  const file = fileURLToPath(new URL(`../docs/${name}`, import.meta.url))
  // The thread begins where the card ends: a line of it would be pictured too.
  await page.locator('#messages .thread').evaluateAll((threads) => threads.map((one) => one.remove()))
  const card = page.locator('#messages .message', { hasText: words }).first()
  await card.screenshot({ path: file, animations: 'disabled' })
  console.log(`Drawn: ${file}`)
}

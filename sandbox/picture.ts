/** `npm run picture`: draws docs/card.png anew, the card of one of the examples as the sandbox's page shows it. */
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { createLog } from '../src/log.ts'
import { startSandbox } from './sandbox.ts'

const file = fileURLToPath(new URL('../docs/card.png', import.meta.url))

/** The pictured day, so that a new picture differs only where the card does. */
const startedAt = Date.now()
const now = () => new Date(Date.parse('2026-03-10T10:30:00Z') + Date.now() - startedAt)

const sandbox = await startSandbox({
  now,
  random: Math.random,
  fetch,
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
  const card = page.locator('#messages .message', { hasText: 'The requester last wrote' }).first()
  await card.screenshot({ path: file, animations: 'disabled' })
} finally {
  await browser.close()
  await sandbox.close()
}
console.log(`Drawn: ${file}`)

/** `npm run picture`: draws the pictures of docs/ anew, and notes in docs/pictures.json what they show. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium, type Page } from 'playwright-core'
import { createLog } from '../src/http/log.ts'
import { chromiumFile, noChromium } from './chromium.ts'
import { hashOf, type Picture, picturedAt, playPictured } from './pictures.ts'
import { startSandbox } from './sandbox.ts'

const executablePath = process.env.CHROMIUM ?? chromiumFile
if (executablePath === undefined) throw new Error(noChromium)

/** The pictured day, so that a new picture differs only where what it shows does. */
const startedAt = Date.now()
const now = () => new Date(picturedAt + Date.now() - startedAt)

const sandbox = await startSandbox({
  now,
  random: Math.random,
  log: createLog('warn', process.stderr, []),
  port: 0,
})
const browser = await chromium.launch({
  executablePath,
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
})
try {
  const pictures = await playPictured(sandbox)
  const page = await browser.newPage({ viewport: { width: 1500, height: 1400 }, deviceScaleFactor: 2 })
  await page.goto(sandbox.url)
  for (const picture of pictures) await draw(page, picture)
  const hashes = Object.fromEntries(pictures.map((picture) => [picture.name, hashOf(picture)]))
  writeFileSync(fileIn('pictures.json'), `${JSON.stringify(hashes, null, 2)}\n`)
} finally {
  await browser.close()
  await sandbox.close()
}

async function draw(page: Page, { name, tab, selector }: Picture): Promise<void> {
  await page.locator('#channels').getByRole('button', { name: tab }).click()
  const pictured = page.locator(selector)
  await pictured.waitFor()
  // The thread begins where a card ends: a line of it would be pictured too.
  await page.locator('#messages .thread').evaluateAll((threads) => threads.map((one) => one.remove()))
  await pictured.screenshot({ path: fileIn(`${name}.png`), animations: 'disabled' })
  console.log(`Drawn: ${fileIn(`${name}.png`)}`)
}

function fileIn(name: string): string {
  return fileURLToPath(new URL(`../docs/${name}`, import.meta.url))
}

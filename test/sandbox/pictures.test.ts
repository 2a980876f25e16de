/** The pictures of docs/ show what the bot draws now. */
import { existsSync, readFileSync } from 'node:fs'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { hashOf, picturedAt, playPictured } from '../../sandbox/pictures.ts'
import { startSandbox } from '../../sandbox/sandbox.ts'

const docs = new URL('../../docs/', import.meta.url)
const startedAt = performance.now()

test('each picture shows what its blocks say now, and is in the README or a page beside it', {
  timeout: 60_000,
}, async () => {
  const sandbox = await startSandbox({
    now: () => new Date(picturedAt + performance.now() - startedAt),
    random: () => 0.5,
    log: pino({ level: 'silent' }),
    port: 0,
  })
  onTestFinished(() => sandbox.close())

  const pictures = await playPictured(sandbox)

  const noted: unknown = JSON.parse(readFileSync(new URL('pictures.json', docs), 'utf8'))
  const now = Object.fromEntries(pictures.map((picture) => [picture.name, hashOf(picture)]))
  expect(now, 'the pictures of docs/ are not current: run npm run picture').toEqual(noted)
  const pages = ['../README.md', 'operating.md'].map((page) => readFileSync(new URL(page, docs), 'utf8'))
  for (const { name } of pictures) {
    expect(existsSync(new URL(`${name}.png`, docs)), name).toBe(true)
    expect(
      pages.some((page) => page.includes(`${name}.png)`)),
      `${name} is shown`,
    ).toBe(true)
  }
})

/** What production starts: the bundle does what the sources do, and holds what a start needs. */
import { once } from 'node:events'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../bench/free-port.ts'
import { bundle } from '../../bundle.ts'
import { noPolls } from '../../sandbox/services.ts'
import { openWorld } from '../../sandbox/world.ts'
import { builtFrom, isOutdated } from '../../src/config/built-from.ts'
import { countryNames } from '../../src/form/country.ts'
import { channel, people } from '../app/desk-world.ts'
import { temporaryFolder } from '../store/temporary-store.ts'

test('the bundle starts, answers a command, writes metrics and stops; what comes later is not in it', async () => {
  // As the project lies, so that the bot finds what it reads while it runs.
  const folder = temporaryFolder()
  for (const name of ['config', 'node_modules', 'package.json', 'package-lock.json', 'src'])
    symlinkSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), join(folder, name))
  const chunks = await bundle(join(folder, 'dist'))
  // The bot looks for it beside its own file, and does without where there is none.
  expect(readFileSync(join(folder, 'dist/country-names.json'), 'utf8')).toBe(countryNames())
  const dist = pathToFileURL(join(folder, 'dist/'))
  expect(await isOutdated(dist)).toBe(false)
  writeFileSync(builtFrom(dist), 'what was there before an upgrade')
  const world = await openWorld({ now: () => new Date(), env: { ...noPolls, LOG_LEVEL: 'info' } })
  const port = await freePort()
  const child = world.startProcess({
    bundle: pathToFileURL(join(folder, 'dist/main.js')),
    env: { PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stdout?.on('data', (data) => {
    said += data
  })
  const warnings = child.stderr ? text(child.stderr) : undefined
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
    await world.close()
  })
  await expect.poll(() => said).toContain('dist was built from other code than lies beside it')
  const url = `http://127.0.0.1:${port}`
  await expect.poll(() => said).toContain('privacy-desk is ready')
  world.botListensAt(port)
  const asker = people.engineer.id

  await world.slack.command(asker, channel, '/privacy', 'list')
  await expect.poll(() => world.slack.ephemerals(asker).length).toBe(1)
  const { ok } = await fetch(`${url}/readyz`)
  const metrics = await (await fetch(`${url}/metrics`)).text()
  child.kill('SIGTERM')

  expect(await warnings).toBe('')
  expect(ok).toBe(true)
  expect(metrics).toContain('privacy_desk_requests_open')
  expect(await ended).toEqual([0, null])
  const main = chunks.find(({ fileName }) => fileName === 'main.js')
  const first = [main, ...chunks.filter(({ fileName }) => main?.imports.includes(fileName))]
  expect(first.flatMap((one) => one?.imports.filter((name) => !isBuiltin(name)) ?? [])).toContain(
    'better-sqlite3',
  )
  const later =
    /node_modules\/(?:pg|prom-client|@resvg\/resvg-js|markdown-it|htmlparser2|i18n-iso-countries)\//
  expect(first.flatMap((one) => one?.moduleIds.filter((file) => later.test(file)) ?? [])).toEqual([])
})

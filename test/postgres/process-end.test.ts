/** What a process ends with that may start a PostgreSQL server of its own: broken proofs end with 1. */
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

const server = new URL('../../sandbox/postgres-server.ts', import.meta.url).href

const endOf = (script: string) =>
  spawnSync(process.execPath, [
    '--input-type=module',
    '--eval',
    `const { startPostgres } = await import('${server}')\n${script}`,
  ]).status

test('one that starts none ends as it says itself, and not always well', () => {
  const broken = endOf('process.exitCode = 1')
  const waitsForNothing = endOf('await new Promise(() => {})')
  const kept = endOf('')

  expect([broken, waitsForNothing, kept]).toEqual([1, 13, 0])
})

test('one that has started and stopped some, too', () => {
  const once = 'await (await startPostgres()).stop()'
  const broken = endOf(`${once}\n${once}\nprocess.exitCode = 1`)
  const kept = endOf(once)

  expect([broken, kept]).toEqual([1, 0])
})

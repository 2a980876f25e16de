/** A few seeds of the simulation, and what makes it worth trusting. The long batch is `npm run prove`. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { problemsOf } from '../../prove/simulation/prove-simulation.ts'
import { run } from '../../prove/simulation/run.ts'

const simulate = fileURLToPath(new URL('../../prove/simulate.ts', import.meta.url))

/** What a process of its own says of each seed but how long it took. */
async function playedAnew(...options: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [simulate, '--steps', '40', ...options])
  return stdout.split('\n').flatMap((line) => /^seed .*$/.exec(line)?.[0].replace(/[\d.]+ s, /, '') ?? [])
}

describe('the whole bot in a simulated world', () => {
  test.each([1, 2])('keeps every promise in the run of seed %i', { timeout: 120_000 }, async (seed) => {
    const { findings } = await run(seed, 120)

    expect(problemsOf({ findings })).toEqual([])
    expect(findings.effectsChecked).toBeGreaterThan(10)
  })

  test('one seed is one run, to the last call and the last entry of the audit log', {
    timeout: 120_000,
  }, async () => {
    const first = await run(4, 40)
    const second = await run(4, 40)
    const other = await run(5, 40)

    expect(second.digest).toBe(first.digest)
    expect(second.lastLines).toEqual(first.lastLines)
    expect(other.digest).not.toBe(first.digest)
  })

  test('one seed is one run, whether its process has played others before or not', {
    timeout: 120_000,
  }, async () => {
    const batch = await playedAnew('--seed', '7', '--runs', '2')
    const alone = await playedAnew('--seed', '8')

    expect(batch).toEqual([expect.stringMatching(/^seed 7: /), ...alone])
    expect(alone).toEqual([
      expect.stringMatching(/^seed 8: kept every promise \(\d+ effects, [0-9a-f]{12}\)$/),
    ])
  })

  test('time is real again afterwards', { timeout: 120_000 }, async () => {
    const { setTimeout, clearTimeout, setImmediate } = globalThis
    const { timeout } = AbortSignal

    await run(6, 5)

    expect([
      globalThis.setTimeout,
      globalThis.clearTimeout,
      globalThis.setImmediate,
      AbortSignal.timeout,
    ]).toEqual([setTimeout, clearTimeout, setImmediate, timeout])
  })
})

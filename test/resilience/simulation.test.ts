/** A few seeds of the simulation, and what makes it worth trusting. The long batch is `npm run prove`. */
import { describe, expect, test } from 'vitest'
import { problemsOf } from '../../prove/simulation/prove-simulation.ts'
import { run } from '../../prove/simulation/run.ts'

describe('the whole bot in a simulated world', () => {
  test.each([1, 2, 3])('keeps every promise in the run of seed %i', { timeout: 120_000 }, async (seed) => {
    const { findings } = await run(seed, 120)

    expect(problemsOf({ findings })).toEqual([])
    expect(findings.effectsChecked).toBeGreaterThan(10)
  })

  test('one seed is one run, to the last call and the last entry of the audit log', {
    timeout: 120_000,
  }, async () => {
    const first = await run(4, 60)
    const second = await run(4, 60)
    const other = await run(5, 60)

    expect(second.digest).toBe(first.digest)
    expect(second.lastLines).toEqual(first.lastLines)
    expect(other.digest).not.toBe(first.digest)
  })

  test('time is real again afterwards', { timeout: 120_000 }, async () => {
    const { setTimeout, clearTimeout } = globalThis
    const { timeout } = AbortSignal

    await run(6, 5)

    expect([globalThis.setTimeout, globalThis.clearTimeout, AbortSignal.timeout]).toEqual([
      setTimeout,
      clearTimeout,
      timeout,
    ])
  })
})

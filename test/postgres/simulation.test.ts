/** The simulation on a real PostgreSQL: the same people, faults and judges. More seeds: `npm run simulate -- --database postgres`. */
import { expect, test } from 'vitest'
import { problemsOf } from '../../prove/simulation/prove-simulation.ts'
import { run } from '../../prove/simulation/run.ts'
import { bareDatabase } from './databases.ts'

const steps = 24

test('a seed keeps every promise on PostgreSQL, and played twice it is the same run', {
  timeout: 600_000,
}, async () => {
  const first = await run(3, steps, await bareDatabase())
  const again = await run(3, steps, await bareDatabase())

  expect(problemsOf(first)).toEqual([])
  expect(first.findings.effectsChecked).toBeGreaterThan(0)
  expect(again.digest).toBe(first.digest)
})

test('the bot dies there in the middle of its work, and another life goes on with what the database holds', {
  timeout: 600_000,
}, async () => {
  const { reached, findings } = await run(8, 40, await bareDatabase())

  expect(findings.broken).toEqual([])
  expect(reached.get('the process died')).toBeGreaterThan(0)
})

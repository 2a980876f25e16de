/** A power loss below SQLite, against the real bot. With every disk that it may leave: `npm run prove -- --only power-loss`. */
import { expect, test } from 'vitest'
import { plans } from '../../prove/crash/plans.ts'
import { newTally, proofOf } from '../../prove/crash/tally.ts'
import { losePower } from '../../prove/power-loss/prove-power-loss.ts'
import { isProved } from '../../prove/proof.ts'

test('After a power loss what was acknowledged is there, and with a SQLite that does not wait for the disk it is not', {
  timeout: 180_000,
}, async ({ skip }) => {
  const tally = newTally()
  const said: string[] = []
  const planned = plans.filter(({ name }) => name === 'spam')

  const isTried = await losePower(
    {
      ...{ synchronous: ['FULL', 'OFF'], plans: planned, cases: 2, disks: 40 },
      log: (line) => said.push(line),
    },
    tally,
  )

  if (!isTried) return skip(said.join('\n'))
  expect(tally).toMatchObject({ missing: [], duplicated: [], letIn: [], broken: [] })
  expect(tally.reached['synchronous=OFF is found out']).toBeGreaterThan(0)
  expect(isProved(proofOf('power loss', tally))).toBe(true)
})

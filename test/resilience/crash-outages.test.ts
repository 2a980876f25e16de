/** The database takes nothing for a while, against the real bot. */
import { expect, test } from 'vitest'
import { outages } from '../../prove/crash/outages.ts'
import { newTally, proofOf } from '../../prove/crash/tally.ts'
import { isProved } from '../../prove/proof.ts'

test('A full disk and a locked database: nobody is told that it worked, nothing is lost and nothing done twice', {
  timeout: 120_000,
}, async () => {
  const tally = newTally()

  await outages(() => {}, tally)

  expect(tally).toMatchObject({ missing: [], duplicated: [], letIn: [], broken: [] })
  expect(isProved(proofOf('outages', tally))).toBe(true)
})

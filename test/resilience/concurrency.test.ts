/** A small part of the proof that two of everything do no harm, against the real bot. */
import { expect, test } from 'vitest'
import { sameDeliveries } from '../../prove/concurrency/deliveries.ts'
import { twoProcesses } from '../../prove/concurrency/two-processes.ts'
import { onADesk } from '../../prove/crash/on-a-desk.ts'
import { newTally } from '../../prove/crash/tally.ts'

const patience = 120_000
const nothingWrong = { missing: [], duplicated: [], letIn: [], broken: [] }

test('A second process on the same database is refused, and the next one starts when the first is dead', {
  timeout: patience,
}, async () => {
  const tally = newTally()

  await onADesk((desk) => twoProcesses(desk, 1, tally), tally)

  expect(tally).toMatchObject({ ...nothingWrong, runs: 1, kills: 1 })
})

test('The same click and the same webhook ten times are taken once', { timeout: patience }, async () => {
  const tally = newTally()

  await onADesk((desk) => sameDeliveries(desk, 1, tally), tally)

  expect(tally).toMatchObject({ ...nothingWrong, runs: 6 })
})

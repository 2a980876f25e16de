/** A small part of the proof that two of everything do no harm, against the real bot. */
import { expect, test } from 'vitest'
import { onADesk } from '../../prove/kill/on-a-desk.ts'
import { newTally } from '../../prove/kill/tally.ts'
import { sameDeliveries } from '../../prove/two-of-everything/deliveries.ts'
import { twoProcesses } from '../../prove/two-of-everything/two-processes.ts'

const patience = 120_000
const nothingWrong = { lost: [], doubled: [], letIn: [], broken: [] }

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

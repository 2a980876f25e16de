/** A small part of the proof that a copy of the database, or none, is enough to go on. All of it: `npm run prove`. */
import { describe, expect, test } from 'vitest'
import { newTally } from '../../prove/crash/tally.ts'
import { allScenarios } from '../../prove/fault-injection/all-scenarios.ts'
import { auditTellsEverything } from '../../prove/recovery/audit-log.ts'
import { recoverAtEachInstant } from '../../prove/recovery/each-instant.ts'
import { recover } from '../../prove/recovery/on-the-copy.ts'
import { purgeLeavesNothing } from '../../prove/recovery/purged-bytes.ts'

const patience = 60_000
const nothingWrong = { missing: [], duplicated: [], letIn: [], broken: [] }
const scenario = (name: string) => {
  const found = allScenarios.find((one) => one.name === name)
  if (!found) throw new Error(`there is no scenario “${name}”`)
  return found
}

describe('A bot that starts on a copy of its database', () => {
  test.each(['Close No Response', 'Approve Exception', 'Reply'])(
    'does nothing a second time, whenever the copy was taken, nor when there is none: %s',
    { timeout: patience },
    async (name) => {
      const tally = newTally()

      await recoverAtEachInstant({ scenarios: [scenario(name)], everyHow: 3, log: () => {} }, tally)

      expect(tally).toMatchObject({ ...nothingWrong, faults: { 'database lost': 1 } })
      expect(tally.runs).toBeGreaterThan(5)
    },
  )

  test('gives up the click that waits in it, and tells whoever made it', { timeout: patience }, async () => {
    const { told, pendingClicks, copy } = await recover(scenario('Fail Verification'), { beforeCommit: 3 })

    expect(pendingClicks).toBe(1)
    expect(told).toEqual([
      'The bot’s database was restored as of Mar 2, 12:10 AM UTC, so nobody knows whether what you chose then was done. Check the card, and choose again if it wasn’t.',
    ])
    expect(copy.row?.step).toBe('closed')
    expect(copy.audit.filter(({ what }) => what === 'restored')).toHaveLength(1)
  })
})

test('A bot that starts with no database says so in its log, once', { timeout: patience }, async () => {
  const { log, copy } = await recover(scenario('Start Deletion'), 'none')

  const lines = log.split('\n').filter((line) => line.includes('database is new'))
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { zendesk: true },
    {
      msg: 'the database is new: every open request of the last 60 days is taken in where its replies and labels in GitLab put it, every ticket of the queue in Zendesk at its beginning, and the audit log begins',
    },
  ])
  expect(copy.row?.step).toBe('deleting')
})

test('What was purged is in no byte of the files, and the log is whole', { timeout: patience }, async () => {
  const tally = newTally()

  await purgeLeavesNothing(tally)

  expect(tally).toMatchObject(nothingWrong)
  expect(tally.effectsChecked).toBeGreaterThan(20)
})

test('Whatever is changed in the audit log is found, and its exports hold every entry', {
  timeout: patience,
}, async () => {
  const tally = newTally()

  await auditTellsEverything({ realEvery: 1_000, everyHow: 3, log: () => {} }, tally)

  expect(tally).toMatchObject(nothingWrong)
  expect(tally.reached['refused clicks in the exports']).toBeGreaterThan(0)
})

/** A small part of the proof that no statement and no call may fail without everything coming right. All of it: `npm run prove`. */
import { describe, expect, test } from 'vitest'
import { newTally } from '../../prove/crash/tally.ts'
import { allScenarios } from '../../prove/fault-injection/all-scenarios.ts'
import { everyFault, type Planned, tryFault, untouched } from '../../prove/fault-injection/each-fault.ts'

const patience = 60_000
const nothingWrong = { missing: [], duplicated: [], letIn: [], broken: [] }

async function prepared(name: string) {
  const scenario = allScenarios.find((one) => one.name === name)
  if (!scenario) throw new Error(`there is no scenario “${name}”`)
  return untouched(scenario)
}

async function tried(name: string, faults: readonly Planned[]) {
  const of = await prepared(name)
  const tally = newTally()
  for (const planned of faults) await tryFault(of, planned, tally, () => {})
  return tally
}

describe('Each statement and each call fails once', () => {
  test('a run in which nothing fails is the same each time', { timeout: patience }, async () => {
    const [one, other] = [await prepared('Fail Verification'), await prepared('Fail Verification')]

    expect(other.ran).toEqual({ ...one.ran, log: other.ran.log })
    expect(one.ran.broken).toEqual([])
    expect(one.ran.calls).toBeGreaterThan(10)
    expect(one.ran.statements.length).toBeGreaterThan(50)
  })

  test('every call and statement of the untouched run fails, and one beyond its end is met by none', {
    timeout: patience,
  }, async () => {
    const of = await prepared('/privacy claim')
    const tally = newTally()
    const { calls, statements } = of.ran

    await tryFault(of, { call: calls + 1, fault: '500' }, tally, () => {})
    await tryFault(
      of,
      { statement: statements.length + 1, fault: 'SQLITE_IOERR', lasts: 'on' },
      tally,
      () => {},
    )

    expect(tally).toMatchObject({ ...nothingWrong, runs: 2, faults: {} })
    expect(everyFault(of)).toContainEqual({ call: calls, fault: 'hang' })
    expect(everyFault(of)).toContainEqual({
      statement: statements.length,
      fault: 'SQLITE_BUSY',
      lasts: 'once',
    })
  })

  test('a reply to the requester goes out once, whatever its call or the database does', {
    timeout: patience,
  }, async () => {
    const tally = await tried('Fail Verification', [
      ...[8, 9, 10, 11, 12].map((call) => ({ call, fault: 'dropped-after-applied' }) as const),
      { statement: 59, fault: 'SQLITE_IOERR', lasts: 'once' },
      { statement: 59, fault: 'SQLITE_BUSY', lasts: 'on' },
      { statement: 90, fault: 'SQLITE_FULL', lasts: 'on' },
    ])

    expect(tally).toMatchObject({ ...nothingWrong, runs: 8 })
  })

  test('an expert’s issue is opened once, whatever becomes of the answer', {
    timeout: patience,
  }, async () => {
    const calls = [12, 13, 14, 15, 16, 17, 18]

    const tally = await tried(
      'Engage Expert',
      calls.map((call) => ({ call, fault: 'html-200-after-applied' })),
    )

    expect(tally).toMatchObject({ ...nothingWrong, runs: calls.length })
  })
})

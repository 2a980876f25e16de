/** A small part of the proof by killing the process while a click is handled. All of it: `npm run prove`. */
import { describe, expect, test } from 'vitest'
import { killAtEachPoint } from '../../prove/crash/each-point.ts'
import { extendDeadline } from '../../prove/crash/extend-deadline.ts'
import type { Point } from '../../prove/crash/points.ts'
import { scenarios } from '../../prove/crash/scenarios.ts'
import { overSockets, socketMode } from '../../prove/crash/socket-mode.ts'
import { newTally } from '../../prove/crash/tally.ts'
import { ticketScenarios } from '../../prove/crash/ticket-scenarios.ts'
import { tryAgain } from '../../prove/crash/try-again.ts'
import { expectProved } from './expect-proved.ts'

const patience = 120_000
const log = () => {}

/** What came in is stored with the first, claimed with the second, handled with the third. */
const firstCommits = (point: Point) => point.kind === 'commit' && point.commit <= 4

describe('The process dies by kill -9 while a click is handled', () => {
  test('in the middle of a decision: everything of it is done once', { timeout: patience }, async () => {
    const tally = newTally()
    const decision = scenarios.filter(({ name }) => name === 'Fail Verification')

    await killAtEachPoint({ scenarios: decision, most: 2, desks: 1, log }, tally)

    expectProved(tally)
    expect(tally.effectsChecked).toBeGreaterThan(0)
  })

  test('between any two of the commits that handle a click: the click is handled once', {
    timeout: patience,
  }, async () => {
    const tally = newTally()
    const between = (point: Point) =>
      firstCommits(point) && point.kind === 'commit' && point.when === 'after' && point.commit > 1

    await killAtEachPoint({ scenarios: [extendDeadline], most: 2, only: between, desks: 1, log }, tally)

    expectProved(tally)
    expect(tally.kills).toBeGreaterThanOrEqual(2)
  })

  test('as it is stored and nobody was told: it is not clicked again, and dated as where nobody waited for another day', {
    timeout: patience,
  }, async () => {
    const tally = newTally()
    const dated = [...ticketScenarios.filter(({ name }) => name === 'Report Sent'), extendDeadline]
    const stored = (point: Point) => point.kind === 'commit' && point.commit === 1 && point.when === 'after'

    await killAtEachPoint({ scenarios: dated, most: 1, only: stored, desks: 1, log }, tally)

    expectProved(tally)
    expect(tally.kills).toBe(2)
  })

  test('in the middle of Try Again: what had failed is done once', { timeout: patience }, async () => {
    const tally = newTally()

    await killAtEachPoint({ scenarios: [tryAgain], most: 1, only: firstCommits, desks: 1, log }, tally)

    expectProved(tally)
    expect(tally.kills).toBeGreaterThan(0)
  })

  test('in Socket Mode: what was acknowledged over the socket is done once', {
    timeout: patience,
  }, async () => {
    const tally = newTally()
    const [decision] = overSockets

    await killAtEachPoint(
      {
        ...{ scenarios: decision ? [decision] : [], options: socketMode, only: firstCommits },
        ...{ most: 1, desks: 1, log },
      },
      tally,
    )

    expectProved(tally)
    expect(tally.effectsChecked).toBeGreaterThan(0)
  })
})

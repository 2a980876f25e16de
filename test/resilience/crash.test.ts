/** A small part of each proof by killing the process, against the real bot. All of it: `npm run prove`. */
import { describe, expect, test } from 'vitest'
import { killAtEachPoint } from '../../prove/crash/each-point.ts'
import { killAtFirstStart } from '../../prove/crash/first-start.ts'
import { killAtRandomInstants } from '../../prove/crash/random-instants.ts'
import { newTally } from '../../prove/crash/tally.ts'
import { ticketScenarios } from '../../prove/crash/ticket-scenarios.ts'
import { expectProved } from './expect-proved.ts'

const patience = 120_000
const log = () => {}

describe('The process dies by kill -9', () => {
  test('in the middle of a question to an expert team: issue, comment and link are there once', {
    timeout: patience,
  }, async () => {
    const tally = newTally()
    const engaging = ticketScenarios.filter(({ name }) => name === 'Engage Expert')

    await killAtEachPoint({ scenarios: engaging, most: 2, desks: 1, log }, tally)

    expectProved(tally)
    expect(tally.effectsChecked).toBeGreaterThan(0)
  })

  test('while it starts for the first time: the digest is posted', { timeout: patience }, async () => {
    const tally = newTally()

    await killAtFirstStart({ most: 1, desks: 1, log }, tally)

    expectProved(tally)
  })

  test('at any instant under load: what was acknowledged is done once', { timeout: patience }, async () => {
    const tally = newTally()

    await killAtRandomInstants({ seed: 7, kills: 2, log }, tally)

    expectProved(tally)
    expect(tally.kills).toBe(2)
  })
})

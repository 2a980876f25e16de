/** The proofs by killing the process: that they see what goes wrong, and a small part of each against the real bot. */
import { describe, expect, test } from 'vitest'
import { killAtEachPoint } from '../../prove/kill/each-point.ts'
import { killAtFirstStart } from '../../prove/kill/first-start.ts'
import { judge } from '../../prove/kill/judge.ts'
import type { Outside } from '../../prove/kill/outside.ts'
import { nameOf, pointsOf, sampled } from '../../prove/kill/points.ts'
import { killAtRandomInstants } from '../../prove/kill/random-instants.ts'
import { scenarios } from '../../prove/kill/scenarios.ts'
import { newTally, proofOf, type Tally } from '../../prove/kill/tally.ts'
import { ticketScenarios } from '../../prove/kill/ticket-scenarios.ts'
import { isProved } from '../../prove/proof.ts'

const patience = 120_000
const log = () => {}

const untouched: Outside = {
  done: ['reply: Sorry.', 'add Denied', 'closed'],
  once: ['mail: Sorry.', 'decided fail-verification by slack:U1'],
  said: ['The requester has written.'],
  cards: 1,
  card: 'Done.',
  state: 'closed Denied',
  chain: undefined,
}

describe('What is compared after a kill', () => {
  test('The same is nothing to complain of', () => {
    const judged = judge(untouched, untouched)

    expect(judged).toEqual({ lost: [], doubled: [], broken: [], saidTwice: 0, checked: 9 })
  })

  test('A reply that is missing is lost, one that is there twice is doubled', () => {
    const without = judge(untouched, { ...untouched, done: ['add Denied', 'closed'] })
    const twice = judge(untouched, { ...untouched, done: ['reply: Sorry.', ...untouched.done] })

    expect(without.lost).toEqual(['reply: Sorry.'])
    expect(twice.doubled).toEqual(['reply: Sorry. (2 times, not 1)'])
  })

  test('An issue that is closed before its reply goes out is another order', () => {
    const judged = judge(untouched, { ...untouched, done: ['closed', 'reply: Sorry.', 'add Denied'] })

    expect(judged.broken).toEqual(['in another order: closed | reply: Sorry. | add Denied'])
  })

  test('Two cards are bearable, three or none are not', () => {
    const [none, two, three] = [0, 2, 3].map((cards) => judge(untouched, { ...untouched, cards }))

    expect(none?.lost).toEqual(['the card'])
    expect(two).toEqual({ lost: [], doubled: [], broken: [], saidTwice: 1, checked: 9 })
    expect(three?.doubled).toEqual(['3 cards'])
  })

  test('Another card, another state of the issue and a broken audit chain are told', () => {
    const judged = judge(untouched, { ...untouched, card: 'Failed.', state: 'opened ', chain: 'entry 3' })

    expect(judged.broken).toEqual([
      'the issue ends as “opened ”, not “closed Denied”',
      'the card says something else: Failed.',
      'the audit chain is broken at entry 3',
    ])
  })
})

test('A sample has points of every kind', () => {
  const points = sampled(pointsOf({ calls: 10, commits: 10 }), 5, 0)

  expect(points.map(nameOf)).toEqual([
    'call 1 before',
    'call 7 unanswered',
    'call 3 answered',
    'before commit 9',
    'after commit 5',
  ])
})

function expectProved(tally: Tally): void {
  expect(tally).toMatchObject({ lost: [], doubled: [], letIn: [], broken: [] })
  expect(isProved(proofOf('a part', tally))).toBe(true)
}

describe('The process dies by kill -9', () => {
  test('in the middle of a decision: everything of it is done once', { timeout: patience }, async () => {
    const tally = newTally()
    const decision = scenarios.filter(({ name }) => name === 'Fail Verification')

    await killAtEachPoint({ scenarios: decision, most: 3, desks: 3, log }, tally)

    expectProved(tally)
    expect(tally.effectsChecked).toBeGreaterThan(0)
  })

  test('in the middle of a question to an expert team: issue, comment and link are there once', {
    timeout: patience,
  }, async () => {
    const tally = newTally()
    const engaging = ticketScenarios.filter(({ name }) => name === 'Engage Expert')

    await killAtEachPoint({ scenarios: engaging, most: 3, desks: 3, log }, tally)

    expectProved(tally)
    expect(tally.effectsChecked).toBeGreaterThan(0)
  })

  test('while it starts for the first time: the digest is posted', { timeout: patience }, async () => {
    const tally = newTally()

    await killAtFirstStart({ most: 2, desks: 2, log }, tally)

    expectProved(tally)
  })

  test('at any instant under load: what was acknowledged is done once', { timeout: patience }, async () => {
    const tally = newTally()

    await killAtRandomInstants({ seed: 7, kills: 2, log }, tally)

    expectProved(tally)
    expect(tally.kills).toBe(2)
  })
})

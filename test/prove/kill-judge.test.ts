/** The judge of the proofs by killing the process sees what goes wrong. */
import { describe, expect, test } from 'vitest'
import { judge } from '../../prove/crash/judge.ts'
import { type Outside, plainFor, withoutNext } from '../../prove/crash/outside.ts'
import { areTooManyMissed, nameOf, pointsOf, sampled } from '../../prove/crash/points.ts'

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

    expect(judged).toEqual({ missing: [], duplicated: [], broken: [], saidTwice: 0, checked: 9 })
  })

  test('A reply that is not there is missing, one that is there twice is duplicated', () => {
    const without = judge(untouched, { ...untouched, done: ['add Denied', 'closed'] })
    const twice = judge(untouched, { ...untouched, done: ['reply: Sorry.', ...untouched.done] })

    expect(without.missing).toEqual(['reply: Sorry.'])
    expect(twice.duplicated).toEqual(['reply: Sorry. (2 times, not 1)'])
  })

  test('An issue that is closed before its reply goes out is another order', () => {
    const judged = judge(untouched, { ...untouched, done: ['closed', 'reply: Sorry.', 'add Denied'] })

    expect(judged.broken).toEqual(['in another order: closed | reply: Sorry. | add Denied'])
  })

  test('Two cards are bearable, three or none are not', () => {
    const [none, two, three] = [0, 2, 3].map((cards) => judge(untouched, { ...untouched, cards }))

    expect(none?.missing).toEqual(['the card'])
    expect(two).toEqual({ missing: [], duplicated: [], broken: [], saidTwice: 1, checked: 9 })
    expect(three?.duplicated).toEqual(['3 cards'])
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

test('Points that are not met break the proof, but for one, or a quarter of many', () => {
  expect([areTooManyMissed(1, 2), areTooManyMissed(10, 40)]).toEqual([false, false])
  expect([areTooManyMissed(2, 2), areTooManyMissed(11, 40), areTooManyMissed(14, 24)]).toEqual([
    true,
    true,
    true,
  ])
})

test('What comes next may be something else by the time that a message is posted', () => {
  const replied = 'The requester replied on #4.'

  expect(withoutNext(`${replied} Next: “Answers are in: check them”.`)).toBe(replied)
  expect(withoutNext(replied)).toBe(replied)
})

test('The number of a request is not looked for in an address', () => {
  const plain = plainFor({ iid: 127 })

  expect(plain('#127, http://127.0.0.1:4000/work_items/127. #1270')).toBe(
    '#IID, http://HOST/work_items/IID. #OTHER',
  )
})

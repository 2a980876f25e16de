/** Clocks that run, are held, and are extended. */
import { describe, expect, test } from 'vitest'
import { clockOf, clocksOf, deadlineOf, isPaused, nextClockEnd, stepClock } from '../../src/engine/clocks.ts'
import type { ClockRule } from '../../src/engine/flow.ts'
import type { Extension, Facts } from '../../src/engine/request.ts'
import { accountDeletion } from '../../src/flows/account-deletion.ts'
import { dataExport } from '../../src/flows/data-export.ts'
import { aRequest, environment } from './a-request.ts'

const week: ClockRule = { name: 'Answers', days: 7, since: 'created', because: 'Within 7 days' }
const at = (now: string, timeZone = 'UTC') => environment({ now, timeZone })
const held = (...pauses: readonly (readonly [from: string, to?: string])[]): Facts => ({
  pauses: pauses.map(([from, to]) => ({ from, by: 'UMAN', ...(to === undefined ? {} : { to }) })),
})

test('A clock says when it began, how long it is, why, and whether it is over', () => {
  const clock = clockOf(week, aRequest(), at('2026-03-08T23:59:59.999Z'))

  expect(clock).toEqual({
    name: 'Answers',
    startsAt: '2026-03-01T10:30:00.000Z',
    length: { days: 7 },
    pausedDays: 0,
    extendedDays: 0,
    because: 'Within 7 days',
    lastDay: '2026-03-08',
    overAt: '2026-03-09T00:00:00.000Z',
    isOver: false,
    isPaused: false,
  })
  expect(clockOf(week, aRequest(), at('2026-03-09T00:00:00.000Z')).isOver).toBe(true)
})

test('A clock of a step begins when the step was entered', () => {
  const request = aRequest({ flow: 'data-export', step: 'shared', stepSince: '2026-03-20T09:00:00.000Z' })

  expect(stepClock(dataExport, request, at('2026-03-21T00:00:00.000Z'))).toMatchObject({
    startsAt: '2026-03-20T09:00:00.000Z',
    lastDay: '2026-03-27',
  })
})

test('A step without a clock has none, and neither has a step that is not there', () => {
  const place = at('2026-03-02T00:00:00.000Z')

  expect(stepClock(accountDeletion, aRequest({ step: 'evaluating' }), place)).toBeUndefined()
  expect(stepClock(accountDeletion, aRequest({ step: 'no-such-step' }), place)).toBeUndefined()
})

describe('A hold', () => {
  test.each([
    ['of three days', held(['2026-03-02T12:00:00.000Z', '2026-03-05T08:00:00.000Z']), 3, '2026-03-11'],
    ['within one day', held(['2026-03-02T01:00:00.000Z', '2026-03-02T23:00:00.000Z']), 0, '2026-03-08'],
    ['over midnight', held(['2026-03-02T23:59:00.000Z', '2026-03-03T00:01:00.000Z']), 1, '2026-03-09'],
    [
      'on each of two days, each over midnight',
      held(
        ['2026-03-02T12:00:00.000Z', '2026-03-03T12:00:00.000Z'],
        ['2026-03-04T12:00:00.000Z', '2026-03-06T12:00:00.000Z'],
      ),
      3,
      '2026-03-11',
    ],
    [
      'that began before the clock did',
      held(['2026-02-20T12:00:00.000Z', '2026-03-03T12:00:00.000Z']),
      2,
      '2026-03-10',
    ],
    [
      'that ended before the clock began',
      held(['2026-02-20T12:00:00.000Z', '2026-02-25T12:00:00.000Z']),
      0,
      '2026-03-08',
    ],
    [
      'after the clock was over',
      held(['2026-03-09T00:00:00.000Z', '2026-03-20T00:00:00.000Z']),
      0,
      '2026-03-08',
    ],
    ['on its last day', held(['2026-03-08T23:00:00.000Z', '2026-03-20T00:00:00.000Z']), 12, '2026-03-20'],
    [
      'in the days that an earlier hold has given',
      held(
        ['2026-03-02T00:00:00.000Z', '2026-03-05T00:00:00.000Z'],
        ['2026-03-10T00:00:00.000Z', '2026-03-12T00:00:00.000Z'],
      ),
      5,
      '2026-03-13',
    ],
  ])('%s: %o gives %i days, so the last day is %s', (_what, facts, days, lastDay) => {
    const clock = clockOf(week, aRequest({ facts }), at('2026-04-30T00:00:00.000Z'))

    expect(clock).toMatchObject({ pausedDays: days, lastDay, isPaused: false })
  })

  test('that has no end yet holds the clock for as long as it lasts', () => {
    const request = aRequest({ facts: held(['2026-03-04T12:00:00.000Z']) })

    expect(clockOf(week, request, at('2026-03-30T12:00:00.000Z'))).toMatchObject({
      pausedDays: 26,
      lastDay: '2026-04-03',
      isOver: false,
      isPaused: true,
    })
  })

  test('of a clock that was over before it leaves it over', () => {
    const request = aRequest({ facts: held(['2026-03-09T00:00:00.000Z']) })

    expect(clockOf(week, request, at('2026-03-30T12:00:00.000Z'))).toMatchObject({
      lastDay: '2026-03-08',
      isOver: true,
      isPaused: false,
    })
  })

  test('over the change to daylight saving time counts calendar days, not hours', () => {
    // In New York 8 March 2026 has 23 hours and 1 November 2026 has 25.
    const spring = aRequest({ facts: held(['2026-03-07T17:00:00.000Z', '2026-03-09T16:00:00.000Z']) })
    const autumn = aRequest({
      createdAt: '2026-10-28T12:00:00.000Z',
      facts: held(['2026-10-31T16:00:00.000Z', '2026-11-02T17:00:00.000Z']),
    })

    expect(clockOf(week, spring, at('2026-03-30T00:00:00.000Z', 'America/New_York'))).toMatchObject({
      pausedDays: 2,
      lastDay: '2026-03-10',
      overAt: '2026-03-11T04:00:00.000Z',
    })
    expect(clockOf(week, autumn, at('2026-11-30T00:00:00.000Z', 'America/New_York'))).toMatchObject({
      pausedDays: 2,
      lastDay: '2026-11-06',
      overAt: '2026-11-07T05:00:00.000Z',
    })
  })

  test('counts by the days of the time zone', () => {
    const facts = held(['2026-03-02T23:30:00.000Z', '2026-03-03T00:30:00.000Z'])

    expect(clockOf(week, aRequest({ facts }), at('2026-03-30T00:00:00.000Z')).pausedDays).toBe(1)
    expect(clockOf(week, aRequest({ facts }), at('2026-03-30T00:00:00.000Z', 'Asia/Tokyo')).pausedDays).toBe(
      0,
    )
  })

  test('is on while the last one has no end', () => {
    expect(isPaused({ facts: {} })).toBe(false)
    expect(isPaused({ facts: held(['2026-03-02T00:00:00.000Z']) })).toBe(true)
    expect(isPaused({ facts: held(['2026-03-02T00:00:00.000Z', '2026-03-03T00:00:00.000Z']) })).toBe(false)
  })
})

describe('An extension', () => {
  const extension = (clock: 'fulfilment' | 'step', days: number): Extension => ({
    clock,
    step: 'awaiting-answers',
    days,
    by: 'UPRI',
    at: '2026-03-03T00:00:00.000Z',
  })
  const request = aRequest({
    facts: { extensions: [extension('step', 7), extension('step', 14), extension('fulfilment', 30)] },
  })
  const place = at('2026-03-05T00:00:00.000Z')

  test('of the step adds to the clock of the step at which it was given', () => {
    expect(stepClock(accountDeletion, request, place)).toMatchObject({
      extendedDays: 21,
      lastDay: '2026-03-29',
    })
    expect(clockOf(week, { ...request, step: 'evaluating' }, place).extendedDays).toBe(0)
  })

  test('of the step ends with its clock: one that began anew when the request came back has none', () => {
    const back = { ...request, flow: 'data-export', stepSince: '2026-03-04T09:00:00.000Z' }

    expect(stepClock(dataExport, back, place)).toMatchObject({ extendedDays: 0, lastDay: '2026-03-11' })
    expect(deadlineOf(dataExport, back, place)?.extendedDays).toBe(30)
  })

  test('of the step goes on with a clock that went on, as where the issue was closed and reopened', () => {
    const back = { ...request, stepSince: '2026-03-04T09:00:00.000Z' }
    const ofAClockAhead = { ...request, createdAt: '2026-03-03T00:40:00.000Z' }

    expect(stepClock(accountDeletion, back, place)).toMatchObject({ extendedDays: 21, lastDay: '2026-03-29' })
    expect(stepClock(accountDeletion, ofAClockAhead, place)?.extendedDays).toBe(21)
  })

  test('of the 30 days adds to them, wherever the request stands', () => {
    const elsewhere = { ...request, step: 'deleting' }

    expect(deadlineOf(accountDeletion, elsewhere, place)).toMatchObject({
      extendedDays: 30,
      lastDay: '2026-04-30',
    })
  })

  test('and a hold add up', () => {
    const facts = { ...request.facts, ...held(['2026-03-20T00:00:00.000Z', '2026-03-22T00:00:00.000Z']) }

    expect(stepClock(accountDeletion, { ...request, facts }, place)).toMatchObject({
      extendedDays: 21,
      pausedDays: 2,
      lastDay: '2026-03-31',
    })
  })
})

describe('The next clock to end', () => {
  test.each([
    ['is that of the step', 'awaiting-answers', '2026-03-02T00:00:00.000Z', '2026-03-09T00:00:00.000Z'],
    [
      'is then that of the 30 days',
      'awaiting-answers',
      '2026-03-09T00:00:00.000Z',
      '2026-04-01T00:00:00.000Z',
    ],
    ['is none when both are over', 'awaiting-answers', '2026-04-01T00:00:00.000Z', undefined],
    ['is none when the request is closed', 'closed', '2026-03-02T00:00:00.000Z', undefined],
  ])('%s: at %s on %s', (_what, step, now, end) => {
    expect(nextClockEnd(accountDeletion, aRequest({ step }), at(now))).toBe(end)
  })
})

test('No clock runs of a closed request', () => {
  expect(clocksOf(accountDeletion, aRequest({ step: 'closed' }), at('2026-04-15T00:00:00.000Z'))).toEqual([])
})

import { expect, test } from 'vitest'
import { security } from '../../src/desks/security.ts'
import type { StatsState } from '../../src/requests/stats.ts'
import { statsMessage } from '../../src/views/stats-message.ts'
import { problemsWith, textsOf } from './block-kit-rules.ts'

const stats = (override: Partial<StatsState> = {}): StatsState => ({
  desk: security,
  days: 30,
  opened: 12,
  handled: [
    { as: 'reply', count: 6, onTime: 5 },
    { as: 'compliance-report', count: 2, onTime: 1 },
  ],
  medianHoursToHandle: 3.54,
  openNow: 4,
  overdueNow: 1,
  ...override,
})

const linesOf = (state: StatsState) =>
  textsOf(statsMessage(state).blocks)
    .map(({ text }) => text)
    .join('\n')
    .split('\n')

test('/security stats: how many came in, how they were handled, how fast, and what is open', () => {
  expect(statsMessage(stats()).text).toBe(
    'Security tickets, the last 30 days: 12 tickets came in, 8 handled, 4 open now, 1 overdue',
  )
  expect(linesOf(stats())).toEqual([
    'Security tickets, the last 30 days',
    '12 tickets came in.',
    'Handled: 8, 6 of them within the business day (75%).',
    '• Reply: 6, 5 of them within the business day (83%)',
    '• Compliance Report: 2, 1 of them within the business day (50%)',
    'Median time until a ticket was handled: 3.5 hours.',
    'Open now: 4, 1 of them overdue.',
  ])
  expect(problemsWith(statsMessage(stats()))).toEqual([])
})

test('where nothing was handled there is no share and no time', () => {
  const { medianHoursToHandle: _, ...none } = stats({
    days: 1,
    opened: 1,
    handled: [],
    openNow: 1,
    overdueNow: 0,
  })

  expect(linesOf(none)).toEqual([
    'Security tickets, the last 1 day',
    '1 ticket came in.',
    'None was handled.',
    'Open now: 1, 0 of them overdue.',
  ])
})

test.each([
  [0.5, '30 minutes'],
  [0.99999, '1 hour'],
  [1, '1 hour'],
  [30.25, '30.3 hours'],
])('a median of %d hours is %s', (medianHoursToHandle, said) => {
  expect(linesOf(stats({ medianHoursToHandle }))).toContain(
    `Median time until a ticket was handled: ${said}.`,
  )
})

test('a decision that there is no more keeps its name', () => {
  const state = stats({ handled: [{ as: 'constructor', count: 1, onTime: 1 }] })

  expect(linesOf(state)).toContain('• constructor: 1, 1 of them within the business day (100%)')
})

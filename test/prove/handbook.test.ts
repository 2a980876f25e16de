/** The independent reading of the handbook in prove/handbook: it needs nothing of the bot, and the bot's flows say the same. */
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { importsOf } from '../../docs/imports-of.ts'
import {
  businessDayEnds,
  dayOf,
  isBusinessDay,
  lastOfBusinessDay,
  minuteOfDay,
  openFrom,
} from '../../prove/handbook/clocks.ts'
import { decisionsOf, everyRequest, unknownType } from '../../prove/handbook/privacy.ts'
import { replies } from '../../prove/handbook/replies.ts'
import { ticketDecisions } from '../../prove/handbook/security.ts'
import { requestTypes } from '../../prove/handbook/words.ts'
import { usFederalHolidays } from '../../src/config/us-holidays.ts'
import { flows } from '../../src/flows/index.ts'
import { labels } from '../../src/flows/labels.ts'
import { loadSnippets } from '../../src/flows/snippets.ts'

const prove = fileURLToPath(new URL('../../prove/', import.meta.url))

function importsIn(file: string): readonly string[] {
  return importsOf(readFileSync(`${prove}${file}`, 'utf8')).map(({ from }) => from)
}

test.each(globSync('handbook/*.ts', { cwd: prove }))('%s imports nothing but its neighbors', (file) => {
  expect(importsIn(file).filter((from) => !/^\.\/[a-z-]+\.ts$/.test(from))).toEqual([])
})

test.each([...globSync('simulation/judge/*.ts', { cwd: prove }), 'simulation/check.ts'])(
  '%s asks nothing of the bot, and of what it wrote only its log',
  (file) => {
    const records = /\b(?:inboxOf|outboxOf|unrest|openStore|RequestRow|InboxRow|OutboxRow)\b/
    const counts = file === 'simulation/check.ts' ? ['inboxOf'] : []

    expect(importsIn(file).filter((from) => from.includes('/src/'))).toEqual([])
    expect(records.exec(readFileSync(`${prove}${file}`, 'utf8'))?.slice(0, 1) ?? []).toEqual(counts)
  },
)

test('there is no judge beside it', () => {
  expect(globSync('simulation/checks/*', { cwd: prove })).toEqual([])
})

test('imports are found where there are some', () => {
  expect(importsIn('simulation/judge/judge.ts')).toContain('../check.ts')
})

test('the two copies of the replies are one text to the letter', () => {
  expect(Object.values(replies).sort()).toEqual(Object.values(loadSnippets()).sort())
})

const allDecisions = [
  ...requestTypes.flatMap((type) =>
    [true, false].flatMap((hasTrustAndSafetyProject) => decisionsOf(type, { hasTrustAndSafetyProject })),
  ),
  ...everyRequest,
  ...unknownType,
]

test('every label of the handbook is owed by some decision, or on arrival', () => {
  const owed = allDecisions.flatMap(({ owes }) => owes.flatMap((one) => ('label' in one ? one.label : [])))

  expect([...new Set([...owed, 'Export Request::self-serve'])].sort()).toEqual([...labels].sort())
})

describe('every button of the bot', () => {
  const buttons = Object.values(flows).flatMap(({ name, steps, anytime }) =>
    [
      ...Object.values(steps).flatMap(({ decisions }) => Object.values(decisions)),
      ...Object.values(anytime),
    ].map(({ button }) => ({ name, button })),
  )
  const known = new Set([...allDecisions, ...ticketDecisions].map(({ button }) => button))

  test('is one that the handbook knows', () => {
    const misdirected = buttons.filter(({ button }) => !known.has(button))

    expect(misdirected).toEqual([{ name: 'ticket-past-the-form', button: 'Redirect Ticket' }])
  })

  test('and the other way round', () => {
    const there = new Set(buttons.map(({ button }) => button))

    expect([...known].filter((button) => !there.has(button))).toEqual([])
  })
})

describe('a clock of calendar days', () => {
  test.each([
    [
      'created on 1 March, 7 days: open from 9 March 00:00',
      '2026-03-01T10:00:00Z',
      7,
      'UTC',
      '2026-03-09T00:00:00Z',
    ],
    ['in the desk’s own time zone', '2026-03-01T02:00:00Z', 7, 'America/New_York', '2026-03-08T05:00:00Z'],
    ['over the change to summer time', '2026-03-25T10:00:00Z', 7, 'Europe/Berlin', '2026-04-01T22:00:00Z'],
    ['over the turn of a year', '2026-12-30T18:00:00Z', 10, 'Pacific/Auckland', '2027-01-10T11:00:00Z'],
    ['half an hour beside the others', '2026-03-01T20:00:00Z', 7, 'Asia/Kolkata', '2026-03-09T18:30:00Z'],
  ])('%s', (_what, created, days, zone, open) => {
    expect(new Date(openFrom(Date.parse(created), days, zone)).toISOString()).toBe(
      new Date(open).toISOString(),
    )
  })

  test('tells day and time in a zone', () => {
    const at = Date.parse('2026-03-01T02:05:00Z')

    expect(dayOf(at, 'America/New_York')).toBe('2026-02-28')
    expect(minuteOfDay(at, 'America/New_York')).toBe(21 * 60 + 5)
  })
})

describe('a business day', () => {
  test.each([
    ['Friday 15:00 → Monday 15:00', '2026-03-06T15:00:00Z', 'UTC', '2026-03-09T15:00:00Z'],
    [
      'from no business day: to the end of the next one',
      '2026-03-07T15:00:00Z',
      'UTC',
      '2026-03-10T00:00:00Z',
    ],
    ['over Thanksgiving', '2026-11-25T10:00:00Z', 'UTC', '2026-11-27T10:00:00Z'],
    [
      'over a Fourth of July that is observed on the Friday',
      '2026-07-02T10:00:00Z',
      'UTC',
      '2026-07-06T10:00:00Z',
    ],
    [
      'over New Year’s Day, observed in the year before',
      '2027-12-30T10:00:00Z',
      'UTC',
      '2028-01-03T10:00:00Z',
    ],
    [
      'over Memorial Day, in its own zone',
      '2026-05-22T20:00:00Z',
      'America/New_York',
      '2026-05-26T20:00:00Z',
    ],
    [
      'from the first minute of a day: in that of the next',
      '2026-11-04T23:00:55Z',
      'Europe/Berlin',
      '2026-11-05T23:00:55Z',
    ],
    ['over the change to summer time', '2026-03-06T20:00:00Z', 'America/New_York', '2026-03-09T19:00:00Z'],
  ])('%s', (_what, arrived, zone, ends) => {
    expect(new Date(businessDayEnds(Date.parse(arrived), zone)).toISOString()).toBe(
      new Date(ends).toISOString(),
    )
  })

  test.each([
    ['in the afternoon', '2026-03-06T15:00:00Z', 'UTC', '2026-03-09'],
    ['on no business day', '2026-03-07T15:00:00Z', 'UTC', '2026-03-09'],
    ['in the first minute of a day', '2026-11-04T23:00:55Z', 'Europe/Berlin', '2026-11-06'],
    ['as a day begins', '2026-11-04T23:00:00Z', 'Europe/Berlin', '2026-11-06'],
    ['in the last minute of a day', '2026-11-04T22:59:59Z', 'Europe/Berlin', '2026-11-05'],
  ])('that begins %s ends on the next one', (_when, arrived, zone, day) => {
    expect(lastOfBusinessDay(Date.parse(arrived), zone)).toBe(day)
  })

  test.each([2026, 2027, 2028])('is one in %i wherever it is one for the bot', (year) => {
    const calendar = usFederalHolidays()
    const days = Array.from({ length: 365 }, (_, index) =>
      new Date(Date.UTC(year, 0, 1 + index)).toISOString().slice(0, 10),
    )
    const isWeekend = (day: string) => [0, 6].includes(new Date(`${day}T12:00:00Z`).getUTCDay())

    const misjudged = days.filter((day) => isBusinessDay(day) === (isWeekend(day) || calendar.isHoliday(day)))

    expect(misjudged).toEqual([])
  })
})

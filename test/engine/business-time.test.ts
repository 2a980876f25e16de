import { describe, expect, test } from 'vitest'
import { type BusinessCalendar, endOfBusinessDays, isBusinessDay } from '../../src/engine/business-time.ts'
import { officialHolidays } from '../config/official-holidays.ts'

const calendar: BusinessCalendar = {
  isHoliday: (day) => officialHolidays.includes(day),
  checkedUntil: '2030-12-31',
}

type Example = readonly [what: string, startsAt: string, days: number, timeZone: string, endsAt: string]

const examples = (rows: readonly Example[]) =>
  test.each(rows)('%s', (_, startsAt, days, timeZone, endsAt) => {
    expect(endOfBusinessDays(startsAt, days, timeZone, calendar)).toBe(endsAt)
  })

test.each([
  ['Thursday', '2026-07-02', true],
  ['the Friday on which Independence Day is observed', '2026-07-03', false],
  ['Saturday', '2026-07-04', false],
  ['Sunday', '2026-07-05', false],
  ['Monday', '2026-07-06', true],
  ["the Friday on which New Year's Day of the next year is observed", '2027-12-31', false],
  ['a Saturday that is a holiday which is observed on Friday', '2028-01-01', false],
])('Business days are Monday to Friday less holidays: %s', (_, day, is) => {
  expect(isBusinessDay(day, calendar)).toBe(is)
})

describe('A business day ends at the same local time on the next business day', () => {
  examples([
    ['Tuesday 15:00 → Wednesday 15:00', '2026-03-17T15:00:00.000Z', 1, 'UTC', '2026-03-18T15:00:00.000Z'],
    ['Friday 15:00 → Monday 15:00', '2026-03-20T15:00:00.000Z', 1, 'UTC', '2026-03-23T15:00:00.000Z'],
    ['Friday 00:00 → Monday 00:00', '2026-03-13T00:00:00.000Z', 1, 'UTC', '2026-03-16T00:00:00.000Z'],
    ['Friday 23:59:59.999', '2026-03-13T23:59:59.999Z', 1, 'UTC', '2026-03-16T23:59:59.999Z'],
    ['Monday 00:00 → Tuesday 00:00', '2026-03-16T00:00:00.000Z', 1, 'UTC', '2026-03-17T00:00:00.000Z'],
    ['Friday in Kolkata', '2026-03-20T09:30:00.000Z', 1, 'Asia/Kolkata', '2026-03-23T09:30:00.000Z'],
    ['5 business days are a week', '2026-03-13T15:00:00.000Z', 5, 'UTC', '2026-03-20T15:00:00.000Z'],
  ])
})

describe('What arrives on no business day counts from 00:00 of the next one, so ends at its 24:00', () => {
  examples([
    ['Saturday 00:00', '2026-03-14T00:00:00.000Z', 1, 'UTC', '2026-03-17T00:00:00.000Z'],
    ['Saturday noon', '2026-03-14T12:00:00.000Z', 1, 'UTC', '2026-03-17T00:00:00.000Z'],
    ['Sunday 23:59:59.999', '2026-03-15T23:59:59.999Z', 1, 'UTC', '2026-03-17T00:00:00.000Z'],
    ['Saturday, 5 business days', '2026-03-14T12:00:00.000Z', 5, 'UTC', '2026-03-21T00:00:00.000Z'],
    ['Friday still in UTC', '2026-03-20T20:00:00.000Z', 1, 'Asia/Kolkata', '2026-03-23T18:30:00.000Z'],
    [
      'Saturday already in UTC',
      '2026-03-21T02:00:00.000Z',
      1,
      'America/New_York',
      '2026-03-24T02:00:00.000Z',
    ],
    [
      'a holiday on a Thursday',
      '2026-11-26T15:00:00.000Z',
      1,
      'America/New_York',
      '2026-11-28T05:00:00.000Z',
    ],
    ['a holiday on a Friday', '2026-07-03T19:00:00.000Z', 1, 'America/New_York', '2026-07-07T04:00:00.000Z'],
    ['the Saturday after it', '2026-07-04T19:00:00.000Z', 1, 'America/New_York', '2026-07-07T04:00:00.000Z'],
    ['a holiday, 2 business days', '2026-11-11T12:00:00.000Z', 2, 'UTC', '2026-11-14T00:00:00.000Z'],
  ])
})

describe('Holidays as observed are passed over', () => {
  examples([
    ['before 3 July 2026', '2026-07-02T19:00:00.000Z', 1, 'America/New_York', '2026-07-06T19:00:00.000Z'],
    ['before Thanksgiving', '2026-11-25T20:00:00.000Z', 1, 'America/New_York', '2026-11-27T20:00:00.000Z'],
    ['over Thanksgiving', '2026-11-23T20:00:00.000Z', 5, 'America/New_York', '2026-12-01T20:00:00.000Z'],
    ["New Year's Eve 2026", '2026-12-31T15:00:00.000Z', 1, 'UTC', '2027-01-04T15:00:00.000Z'],
    [
      "before New Year's Eve 2027, a holiday",
      '2027-12-30T15:00:00.000Z',
      1,
      'UTC',
      '2028-01-03T15:00:00.000Z',
    ],
    ["on New Year's Eve 2027, a holiday", '2027-12-31T15:00:00.000Z', 1, 'UTC', '2028-01-04T00:00:00.000Z'],
    ['from Christmas to New Year', '2026-12-24T15:00:00.000Z', 5, 'UTC', '2027-01-04T15:00:00.000Z'],
  ])
})

describe('Where the clocks change over the weekend, the local time is what counts', () => {
  examples([
    ['New York, spring', '2026-03-06T20:00:00.000Z', 1, 'America/New_York', '2026-03-09T19:00:00.000Z'],
    ['New York, autumn', '2026-10-30T19:00:00.000Z', 1, 'America/New_York', '2026-11-02T20:00:00.000Z'],
    ['Berlin, spring', '2026-03-27T14:00:00.000Z', 1, 'Europe/Berlin', '2026-03-30T13:00:00.000Z'],
    ['Berlin, autumn', '2026-10-23T13:00:00.000Z', 1, 'Europe/Berlin', '2026-10-26T14:00:00.000Z'],
    ['Sydney, April', '2026-04-03T04:00:00.000Z', 1, 'Australia/Sydney', '2026-04-06T05:00:00.000Z'],
    ['Sydney, October', '2026-10-02T05:00:00.000Z', 1, 'Australia/Sydney', '2026-10-05T04:00:00.000Z'],
    [
      'Sunday 01:30 in summer time',
      '2026-11-01T05:30:00.000Z',
      1,
      'America/New_York',
      '2026-11-03T05:00:00.000Z',
    ],
    [
      'Sunday 01:30 an hour later',
      '2026-11-01T06:30:00.000Z',
      1,
      'America/New_York',
      '2026-11-03T05:00:00.000Z',
    ],
  ])
})

// In Cairo they go from Thursday 24:00 to Friday 01:00 in April, and from Thursday 24:00 to 23:00 in October;
// in Jerusalem from 02:00 to 03:00 on a Friday in March.
describe('Where the clocks change on a business day', () => {
  examples([
    [
      '00:30 does not exist: 01:30',
      '2026-04-22T22:30:00.000Z',
      1,
      'Africa/Cairo',
      '2026-04-23T22:30:00.000Z',
    ],
    [
      '02:30 does not exist: 03:30',
      '2026-03-26T00:30:00.000Z',
      1,
      'Asia/Jerusalem',
      '2026-03-27T00:30:00.000Z',
    ],
    [
      '24:00 does not exist: 01:00',
      '2026-04-18T12:00:00.000Z',
      4,
      'Africa/Cairo',
      '2026-04-23T22:00:00.000Z',
    ],
    [
      '23:30 exists twice: the first',
      '2026-10-28T20:30:00.000Z',
      1,
      'Africa/Cairo',
      '2026-10-29T20:30:00.000Z',
    ],
    ['from the first 23:30', '2026-10-29T20:30:00.000Z', 1, 'Africa/Cairo', '2026-10-30T21:30:00.000Z'],
    ['from the second 23:30', '2026-10-29T21:30:00.000Z', 1, 'Africa/Cairo', '2026-10-30T21:30:00.000Z'],
  ])
})

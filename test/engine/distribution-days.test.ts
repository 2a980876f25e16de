import { describe, expect, test } from 'vitest'
import {
  type BusinessCalendar,
  calendarEndsSoon,
  distributionDayAfter,
  distributionDaysFrom,
} from '../../src/engine/business-time.ts'
import { everyDay, isDayOff, officialHolidays, theDayAfter } from '../config/official-holidays.ts'

const calendar: BusinessCalendar = {
  isHoliday: (day) => officialHolidays.includes(day),
  checkedUntil: '2030-12-31',
}

const isMondayOrThursday = (day: string) => [1, 4].includes(new Date(`${day}T00:00:00.000Z`).getUTCDay())

describe('Reports go out on the next Monday or Thursday after the day of their confirmation', () => {
  test.each([
    ['Sunday', '2026-03-15', '2026-03-16'],
    ['Monday', '2026-03-16', '2026-03-19'],
    ['Tuesday', '2026-03-17', '2026-03-19'],
    ['Wednesday', '2026-03-18', '2026-03-19'],
    ['Thursday', '2026-03-19', '2026-03-23'],
    ['Friday', '2026-03-20', '2026-03-23'],
    ['Saturday', '2026-03-21', '2026-03-23'],
    ['Friday, a holiday', '2026-07-03', '2026-07-06'],
  ])('confirmed on a %s', (_, confirmed, goesOut) => {
    expect(distributionDayAfter(confirmed, calendar)).toBe(goesOut)
  })
})

/** Of a holiday: the day before, the day on which the reports go out in its place, the distribution day after. */
const holidays = [
  ['2026-01-01', '2025-12-31', '2026-01-02', '2026-01-05'],
  ['2026-01-19', '2026-01-18', '2026-01-20', '2026-01-22'],
  ['2026-02-16', '2026-02-15', '2026-02-17', '2026-02-19'],
  ['2026-05-25', '2026-05-24', '2026-05-26', '2026-05-28'],
  ['2026-09-07', '2026-09-06', '2026-09-08', '2026-09-10'],
  ['2026-10-12', '2026-10-11', '2026-10-13', '2026-10-15'],
  ['2026-11-26', '2026-11-25', '2026-11-27', '2026-11-30'],
  ['2027-01-18', '2027-01-17', '2027-01-19', '2027-01-21'],
  ['2027-02-15', '2027-02-14', '2027-02-16', '2027-02-18'],
  ['2027-05-31', '2027-05-30', '2027-06-01', '2027-06-03'],
  ['2027-07-05', '2027-07-04', '2027-07-06', '2027-07-08'],
  ['2027-09-06', '2027-09-05', '2027-09-07', '2027-09-09'],
  ['2027-10-11', '2027-10-10', '2027-10-12', '2027-10-14'],
  ['2027-11-11', '2027-11-10', '2027-11-12', '2027-11-15'],
  ['2027-11-25', '2027-11-24', '2027-11-26', '2027-11-29'],
  ['2028-01-17', '2028-01-16', '2028-01-18', '2028-01-20'],
  ['2028-02-21', '2028-02-20', '2028-02-22', '2028-02-24'],
  ['2028-05-29', '2028-05-28', '2028-05-30', '2028-06-01'],
  ['2028-06-19', '2028-06-18', '2028-06-20', '2028-06-22'],
  ['2028-09-04', '2028-09-03', '2028-09-05', '2028-09-07'],
  ['2028-10-09', '2028-10-08', '2028-10-10', '2028-10-12'],
  ['2028-11-23', '2028-11-22', '2028-11-24', '2028-11-27'],
  ['2028-12-25', '2028-12-24', '2028-12-26', '2028-12-28'],
] as const

describe('Where that is a holiday, on the next business day after it', () => {
  test.each(holidays)('%s', (holiday, before, inItsPlace, next) => {
    expect(distributionDayAfter(before, calendar)).toBe(inItsPlace)
    expect(distributionDayAfter(holiday, calendar)).toBe(inItsPlace)
    expect(distributionDayAfter(inItsPlace, calendar)).toBe(next)
    expect(distributionDaysFrom(holiday, 2, calendar)).toEqual([inItsPlace, next])
  })

  test('these are all Mondays and Thursdays of the official list, 2026 to 2028', () => {
    const official = officialHolidays.filter(
      (day) => day >= '2026-01-01' && day <= '2028-12-31' && isMondayOrThursday(day),
    )

    expect(holidays.map(([holiday]) => holiday)).toEqual(official)
  })

  test('where the whole rest of the week is off, the reports of Thursday go with those of Monday', () => {
    const closed = { ...calendar, isHoliday: (day: string) => ['2026-11-26', '2026-11-27'].includes(day) }

    expect(distributionDayAfter('2026-11-25', closed)).toBe('2026-11-30')
    expect(distributionDaysFrom('2026-11-23', 3, closed)).toEqual(['2026-11-23', '2026-11-30', '2026-12-03'])
  })

  test('where Monday and Tuesday are off, the reports go on Wednesday, and others on Thursday', () => {
    const closed = { ...calendar, isHoliday: (day: string) => ['2026-03-16', '2026-03-17'].includes(day) }

    expect(distributionDaysFrom('2026-03-14', 2, closed)).toEqual(['2026-03-18', '2026-03-19'])
  })
})

describe('The next distribution days', () => {
  test('a distribution day is itself the first of them', () => {
    expect(distributionDaysFrom('2026-11-23', 4, calendar)).toEqual([
      '2026-11-23',
      '2026-11-27',
      '2026-11-30',
      '2026-12-03',
    ])
  })

  test('from another day on, the first is the next', () => {
    expect(distributionDaysFrom('2026-03-17', 2, calendar)).toEqual(['2026-03-19', '2026-03-23'])
    expect(distributionDaysFrom('2026-03-17', 0, calendar)).toEqual([])
  })

  test('over three years they are the Mondays and Thursdays, each moved to where no day is off', () => {
    const moved = everyDay('2026-01-01', '2028-12-31')
      .filter(isMondayOrThursday)
      .map((day) => {
        let goesOut = day
        while (isDayOff(goesOut)) goesOut = theDayAfter(goesOut)
        return goesOut
      })

    expect(distributionDaysFrom('2026-01-01', moved.length, calendar)).toEqual(moved)
  })
})

test.each([
  ['2026-07-03', false],
  ['2030-11-01', false],
  ['2030-11-02', true],
  ['2030-12-31', true],
  ['2031-05-01', true],
])('The calendar ends soon when fewer than 60 days are left of what has been checked: %s', (day, soon) => {
  expect(calendarEndsSoon(day, calendar)).toBe(soon)
})

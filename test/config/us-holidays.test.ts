import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { checkedUntil, usFederalHolidays } from '../../src/config/us-holidays.ts'
import { everyDay, officialHolidays } from './official-holidays.ts'

describe('The holidays are those of the Office of Personnel Management', () => {
  test('every day from 2025 to 2030 is a holiday when it is on the official list, and none otherwise', () => {
    const calendar = usFederalHolidays()

    const holidays = everyDay('2025-01-01', checkedUntil).filter(calendar.isHoliday)

    expect(holidays).toEqual(officialHolidays)
  })

  test('what has been checked ends with the last year of the official list', () => {
    const calendar = usFederalHolidays()

    expect(calendar.checkedUntil).toBe('2030-12-31')
    expect(officialHolidays.at(-1)).toBe('2030-12-25')
  })

  test.each([
    ['4 July 2026, a Saturday, is observed on Friday', ['2026-07-03']],
    ['4 July 2027, a Sunday, is observed on Monday', ['2027-07-05']],
    ['1 January 2028, a Saturday, is observed in the year before', ['2027-12-31']],
    ['19 June is a holiday since 2021', ['2021-06-18', '2026-06-19']],
  ])('%s', (_, days) => {
    const calendar = usFederalHolidays()

    expect(days.filter(calendar.isHoliday)).toEqual(days)
  })

  test('the rules go on behind the end of what has been checked', () => {
    const calendar = usFederalHolidays()

    const holidays = everyDay('2031-01-01', '2031-02-28').filter(calendar.isHoliday)

    expect(holidays).toEqual(['2031-01-01', '2031-01-20', '2031-02-17'])
  })

  test('Inauguration Day is no holiday outside of Washington', () => {
    const calendar = usFederalHolidays()

    expect(calendar.isHoliday('2033-01-20')).toBe(false)
  })
})

describe('What the team adds', () => {
  test('a closing by executive order is a holiday beside those of the law', () => {
    const calendar = usFederalHolidays(['2026-12-24'])

    const holidays = everyDay('2026-12-20', '2027-01-02').filter(calendar.isHoliday)

    expect(holidays).toEqual(['2026-12-24', '2026-12-25', '2027-01-01'])
  })

  test('it holds for its own calendar only', () => {
    usFederalHolidays(['2026-12-24'])

    expect(usFederalHolidays().isHoliday('2026-12-24')).toBe(false)
  })

  test.each(['24 December 2026', '2026-13-01', '2026-02-30', ''])(
    '"%s" is refused, for it is no day',
    (day) => {
      expect(() => usFederalHolidays([day])).toThrow(RangeError)
    },
  )

  test('who has compared a later list can say so', () => {
    const calendar = usFederalHolidays([], '2031-12-31')

    expect(calendar.checkedUntil).toBe('2031-12-31')
  })
})

// In a process of its own each, since Node reads TZ for good when it first needs it.
describe('The time zone of the machine does not matter', () => {
  const asked = `
    const { usFederalHolidays } = await import('${new URL('../../src/config/us-holidays.ts', import.meta.url)}')
    const { endOfBusinessDays } = await import('${new URL('../../src/engine/business-time.ts', import.meta.url)}')
    const { everyDay } = await import('${new URL('./official-holidays.ts', import.meta.url)}')
    const calendar = usFederalHolidays()
    console.log(JSON.stringify({
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      hour: new Date('2026-07-01T12:00:00.000Z').getHours(),
      holidays: everyDay('2025-01-01', '2030-12-31').filter(calendar.isHoliday),
      ends: endOfBusinessDays('2026-07-02T19:00:00.000Z', 1, 'America/New_York', calendar),
    }))`

  test.each([
    ['UTC', 12],
    ['Pacific/Kiritimati', 2],
    ['America/Los_Angeles', 5],
    // Here the clocks change at midnight.
    ['America/Santiago', 8],
    ['America/Havana', 8],
  ])('%s', async (zone, hour) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', asked], {
      env: { TZ: zone },
    })

    expect(JSON.parse(stdout)).toEqual({
      zone,
      hour,
      holidays: officialHolidays,
      ends: '2026-07-06T19:00:00.000Z',
    })
  })
})

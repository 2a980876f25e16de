/** Business-day clocks against a count by hand: every day of two years, and instants at random. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BusinessCalendar, endOfBusinessDays } from '../../src/engine/business-time.ts'
import { everyDay, isDayOff, officialHolidays, theDayAfter } from '../config/official-holidays.ts'

const listed = new Set(officialHolidays)
const calendar: BusinessCalendar = { isHoliday: (day) => listed.has(day), checkedUntil: '2030-12-31' }

/** In none of these do the clocks change on a business day. */
const timeZones = ['America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'UTC']

const clocks = new Map<string, Intl.DateTimeFormat>()

/** What a clock on the wall shows, `2026-07-03 15:00:00,000`; by Intl, as the code goes by Temporal. */
function onTheWall(at: string, timeZone: string): string {
  const clock =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      fractionalSecondDigits: 3,
      hourCycle: 'h23',
    })
  clocks.set(timeZone, clock)
  return clock.format(new Date(at))
}

/** Day by day, from what the wall shows at the start to what it shows at the end. */
function countedByHand(start: string, days: number): string {
  const [firstDay = '', time] = start.split(' ')
  let day = firstDay
  for (let counted = 0; counted < days; ) {
    day = theDayAfter(day)
    if (!isDayOff(day)) counted += 1
  }
  return isDayOff(firstDay) ? `${theDayAfter(day)} 00:00:00,000` : `${day} ${time}`
}

describe('On every day of 2026 and 2027, the end is the one that is counted by hand', () => {
  // Midnight in each of the time zones, in winter and in summer, and the instant before it.
  const midnights = {
    'America/New_York': ['04:00:00.000', '03:59:59.999', '05:00:00.000', '04:59:59.999'],
    'Europe/Berlin': ['22:00:00.000', '21:59:59.999', '23:00:00.000', '22:59:59.999'],
    'Asia/Kolkata': ['18:30:00.000', '18:29:59.999'],
    UTC: ['00:00:00.000', '23:59:59.999'],
  }
  const times = ['01:30:00.000', '07:00:00.000', '12:34:56.789', '20:00:00.000']
  const rows = Object.entries(midnights).flatMap(([timeZone, own]) =>
    [1, 5].map((days) => ({ timeZone, days, times: [...times, ...own] })),
  )

  test.each(rows)('$days at a time in $timeZone', ({ timeZone, days, times }) => {
    const starts = everyDay('2026-01-01', '2027-12-31').flatMap((day) =>
      times.map((time) => `${day}T${time}Z`),
    )

    const wrong = starts
      .map((start) => ({
        start,
        end: onTheWall(endOfBusinessDays(start, days, timeZone, calendar), timeZone),
        byHand: countedByHand(onTheWall(start, timeZone), days),
      }))
      .filter(({ end, byHand }) => end !== byHand)

    expect(starts).toHaveLength(730 * times.length)
    expect(wrong).toEqual([])
  })
})

describe('Whenever it starts', () => {
  const instant = fc
    .date({
      min: new Date('2025-01-01T00:00:00.000Z'),
      max: new Date('2030-11-30T00:00:00.000Z'),
      noInvalidDate: true,
    })
    .map((date) => date.toISOString())
  const days = fc.integer({ min: 1, max: 10 })
  const zone = fc.constantFrom(...timeZones, 'Australia/Sydney', 'America/Santiago')
  const anyZone = fc.constantFrom(...timeZones, 'Africa/Cairo', 'Asia/Jerusalem', 'Pacific/Apia')

  test('the end is after the start', () => {
    fc.assert(
      fc.property(instant, days, anyZone, (start, days, timeZone) => {
        expect(endOfBusinessDays(start, days, timeZone, calendar) > start).toBe(true)
      }),
    )
  })

  test('what starts later does not end earlier', () => {
    // Near enough to each other that it matters, as often as not.
    const later = fc.oneof(fc.integer({ min: 0, max: 7_200_000 }), fc.integer({ min: 0, max: 864_000_000 }))
    fc.assert(
      fc.property(instant, later, days, zone, (start, later, days, timeZone) => {
        const afterwards = new Date(Date.parse(start) + later).toISOString()

        const end = endOfBusinessDays(start, days, timeZone, calendar)

        expect(end <= endOfBusinessDays(afterwards, days, timeZone, calendar)).toBe(true)
      }),
    )
  })

  test('it ends on a business day, or at 24:00 of one', () => {
    fc.assert(
      fc.property(instant, days, zone, (start, days, timeZone) => {
        const end = endOfBusinessDays(start, days, timeZone, calendar)

        const justBefore = new Date(Date.parse(end) - 1).toISOString()
        const [day = '', time] = onTheWall(end, timeZone).split(' ')
        const [dayBefore = ''] = onTheWall(justBefore, timeZone).split(' ')
        expect(!isDayOff(day) || (time === '00:00:00,000' && !isDayOff(dayBefore))).toBe(true)
      }),
    )
  })

  test('from a business day on, so many business days and then so many more are as many at once', () => {
    fc.assert(
      fc.property(instant, days, days, zone, (start, first, more, timeZone) => {
        fc.pre(!isDayOff(onTheWall(start, timeZone).slice(0, 10)))
        const between = endOfBusinessDays(start, first, timeZone, calendar)

        const end = endOfBusinessDays(between, more, timeZone, calendar)

        expect(end).toBe(endOfBusinessDays(start, first + more, timeZone, calendar))
      }),
    )
  })
})

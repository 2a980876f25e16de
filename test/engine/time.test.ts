import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  calendarDays,
  dayBeside,
  dayIn,
  daysLeft,
  dayText,
  endOfClock,
  instantText,
  startOf,
  toInstant,
} from '../../src/engine/time.ts'

test('A clock of 7 days on a request created on 1 March ends on 8 March, and what it opens is open from 9 March 00:00', () => {
  const end = endOfClock('2026-03-01T10:30:00.000Z', 7, 'UTC')

  expect(end).toEqual({ lastDay: '2026-03-08', overAt: '2026-03-09T00:00:00.000Z' })
})

test('The day is the day of the time zone, not of UTC', () => {
  const end = endOfClock('2026-03-01T23:30:00.000Z', 7, 'Asia/Tokyo')

  expect(end).toEqual({ lastDay: '2026-03-09', overAt: '2026-03-09T15:00:00.000Z' })
})

test('A clock that runs over the change to daylight saving time ends at local midnight', () => {
  const spring = endOfClock('2026-03-05T12:00:00.000Z', 7, 'America/New_York')
  const autumn = endOfClock('2026-10-28T12:00:00.000Z', 7, 'America/New_York')

  expect(spring).toEqual({ lastDay: '2026-03-12', overAt: '2026-03-13T04:00:00.000Z' })
  expect(autumn).toEqual({ lastDay: '2026-11-04', overAt: '2026-11-05T05:00:00.000Z' })
})

test('Where midnight does not exist, the next day begins with its first instant', () => {
  // Chile turned its clocks from 24:00 of 5 September to 1:00 of 6 September 2026.
  const end = endOfClock('2026-08-29T12:00:00.000Z', 7, 'America/Santiago')

  expect(end).toEqual({ lastDay: '2026-09-05', overAt: '2026-09-06T04:00:00.000Z' })
})

test.each([
  ['2026-03-01T10:30:00.000Z', 7],
  ['2026-03-08T00:00:00.000Z', 0],
  ['2026-03-08T23:59:59.999Z', 0],
  ['2026-03-09T00:00:00.000Z', -1],
])('At %s, %i days are left until 8 March', (now, left) => {
  const end = endOfClock('2026-03-01T10:30:00.000Z', 7, 'UTC')

  expect(daysLeft(end, now, 'UTC')).toBe(left)
})

test('Days and instants are written as people write them', () => {
  expect(dayText('2026-03-08')).toBe('8 March 2026')
  expect(instantText('2026-03-08T22:05:00.000Z', 'Europe/Berlin')).toBe('8 March 2026, 23:05 Europe/Berlin')
})

test('In every time zone the day of an instant is the one that Temporal gives it', () => {
  const zones = [...Intl.supportedValuesOf('timeZone'), 'UTC']
  const instants = fc.date({ min: new Date('1990-01-01'), max: new Date('2060-01-01'), noInvalidDate: true })

  fc.assert(
    fc.property(fc.constantFrom(...zones), instants, instants, (zone, one, other) => {
      const dayOf = (date: Date) => date.toTemporalInstant().toZonedDateTimeISO(zone).toPlainDate()

      expect(dayIn(zone, toInstant(one))).toBe(dayOf(one).toString())
      expect(calendarDays(toInstant(one), toInstant(other), zone)).toBe(dayOf(one).until(dayOf(other)).days)
    }),
    { numRuns: 2_000, seed: 26 },
  )
})

test('The day so many days beside another is the one that Temporal gives, also where it was asked for before', () => {
  const days = fc.date({ min: new Date('1990-01-01'), max: new Date('2060-01-01'), noInvalidDate: true })

  fc.assert(
    fc.property(days, fc.integer({ min: -400, max: 400 }), (date, distance) => {
      const day = toInstant(date).slice(0, 10)
      const beside = Temporal.PlainDate.from(day).add({ days: distance }).toString()

      expect([dayBeside(day, distance), dayBeside(day, distance)]).toEqual([beside, beside])
    }),
    { numRuns: 6_000, seed: 26 },
  )
})

test('A day that a time zone left out has no instant, and the clock ends with the next', () => {
  // Samoa went from the end of 29 December 2011 to the beginning of the 31st.
  const next = startOf('2011-12-31', 'Pacific/Apia')

  expect(next).toBe('2011-12-30T10:00:00.000Z')
  expect(dayIn('Pacific/Apia', '2011-12-30T09:59:59.999Z')).toBe('2011-12-29')
  expect(dayIn('Pacific/Apia', next)).toBe('2011-12-31')
  expect(endOfClock('2011-12-22T12:00:00.000Z', 7, 'Pacific/Apia').overAt).toBe(next)
})

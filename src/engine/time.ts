/** Calendar-day clocks: a clock ends at the end of its last day in the team's time zone. */

/**
 * An instant in ISO 8601, in UTC with milliseconds, as `Date#toISOString` gives it, so that instants sort as text.
 */
export type Instant = string

/** The end of a clock, as a day and as an instant. */
export interface ClockEnd {
  /** The last day on which the clock runs, `2026-03-08`. */
  readonly lastDay: string
  /** The first instant after it: 00:00 of the next day in the time zone. What the clock opens is open from here. */
  readonly overAt: Instant
}

/** Returns the instant of a `Date`. */
export function toInstant(date: Date): Instant {
  return date.toISOString()
}

/** Returns the instant so many milliseconds later, or earlier where the number is negative. */
export function plus(at: Instant, ms: number): Instant {
  return toInstant(new Date(Date.parse(at) + ms))
}

/**
 * Returns the end of a clock of calendar days. Created on 1 March, 7 days: the last day is 8 March, and it is over
 * from 9 March 00:00.
 */
export function endOfClock(startsAt: Instant, days: number, timeZone: string): ClockEnd {
  const lastDay = dayBeside(dayIn(timeZone, startsAt), days)
  return { lastDay, overAt: endOfDay(lastDay, timeZone) }
}

/** Returns the first instant after a calendar day. */
export function endOfDay(day: string, timeZone: string): Instant {
  return startOf(dayBeside(day, 1), timeZone)
}

/** Returns the first instant of a calendar day. */
export function startOf(day: string, timeZone: string): Instant {
  const known = starts.get(timeZone) ?? new Map<string, Instant>()
  const start = known.get(day)
  if (start !== undefined) return start
  const found = toInstant(new Date(Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds))
  if (known.size >= mostStarts) known.clear()
  starts.set(timeZone, known.set(day, found))
  return found
}

/** By time zone and day: a clock is read hundreds of times for each time that a day of it is new. */
const starts = new Map<string, Map<string, Instant>>()

/** More days than the clocks of the requests of ten years touch. */
const mostStarts = 4_000

/** Returns the day so many days later, or earlier where the number is negative, `2026-03-08`. */
export function dayBeside(day: string, days: number): string {
  const known = daysBeside.get(days) ?? new Map<string, string>()
  const beside = known.get(day)
  if (beside !== undefined) return beside
  // By its midnight in UTC, where each day has 24 hours.
  const found = toInstant(new Date(Date.parse(day) + days * dayMs)).slice(0, 10)
  if (known.size >= mostStarts) known.clear()
  if (daysBeside.size >= mostDistances) daysBeside.clear()
  daysBeside.set(days, known.set(day, found))
  return found
}

/** By distance and day: writing a date is half of what reading a clock costs, and those of all requests are the same few. */
const daysBeside = new Map<number, Map<string, string>>()

/** More than the lengths of all clocks with what holds and extends them. */
const mostDistances = 200

/** Returns the whole calendar days from `now` to the clock's last day: 0 on the last day, negative after it. */
export function daysLeft(end: Pick<ClockEnd, 'lastDay'>, now: Instant, timeZone: string): number {
  // Both at midnight UTC, where each day has 24 hours.
  return (Date.parse(end.lastDay) - Date.parse(dayIn(timeZone, now))) / dayMs
}

const dayMs = 24 * 3_600_000

/** Returns the calendar days from the day of one instant to the day of another. */
export function calendarDays(from: Instant, to: Instant, timeZone: string): number {
  return (Date.parse(dayIn(timeZone, to)) - Date.parse(dayIn(timeZone, from))) / dayMs
}

/** Returns the calendar day of an instant in a time zone, `2026-03-08`. */
export function dayIn(timeZone: string, at: Instant): string {
  // Its day in UTC, the one before or the one after: no zone is a whole day from UTC. Instants sort as text.
  const day = at.slice(0, 10)
  if (at < startOf(day, timeZone)) return dayBeside(day, -1)
  const next = dayBeside(day, 1)
  return at < startOf(next, timeZone) ? day : next
}

/** Returns a day for people: `8 March 2026` for `2026-03-08`. */
export function dayText(day: string): string {
  const [year, month, ofMonth] = day.split('-')
  return `${Number(ofMonth)} ${months[Number(month) - 1]} ${year}`
}

// Made once: making one takes longer than all that is done with it.
const monthFormat = new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' })
const months = Array.from({ length: 12 }, (_, month) => monthFormat.format(Date.UTC(2026, month)))
const weekdayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: 'UTC' })

/** As a `Date`, which takes a tenth of the time to format that a `PlainDate` takes. */
function midnight(day: string): Date {
  return new Date(`${day}T00:00:00Z`)
}

/** Returns a day with its weekday for people: `Monday 30 November 2026` for `2026-11-30`. */
export function weekdayText(day: string): string {
  return `${weekdayOf(day)} ${dayText(day)}`
}

/** Returns the English name of a day's weekday. */
function weekdayOf(day: string): string {
  return weekdayFormat.format(midnight(day))
}

/** Returns an instant for people: `8 March 2026, 14:05 UTC`. */
export function instantText(at: Instant, timeZone: string): string {
  const local = Temporal.Instant.from(at).toZonedDateTimeISO(timeZone)
  const time = `${String(local.hour).padStart(2, '0')}:${String(local.minute).padStart(2, '0')}`
  return `${dayText(local.toPlainDate().toString())}, ${time} ${timeZone}`
}

/**
 * Returns a day for people who know about when it is: `Mar 8`; where it is more than half a year from `today`, with its
 * year: `Mar 8, 2024`.
 */
export function shortDayText(day: string, today: string): string {
  const short = shortDayFormat.format(midnight(day))
  return isNear(day, today) ? short : `${short}, ${day.slice(0, 4)}`
}

/** Returns the same with its weekday: `Sun, Mar 8`. */
export function shortWeekdayText(day: string, today: string): string {
  return `${shortWeekdayFormat.format(midnight(day))}, ${shortDayText(day, today)}`
}

/** Returns an instant for people who know about when it is, as of `now`: `Mar 8, 2:05 PM UTC`. */
export function shortInstantText(at: Instant, timeZone: string, now: Instant): string {
  return `${shortDayText(dayIn(timeZone, at), dayIn(timeZone, now))}, ${timeText(at, timeZone)} ${timeZone}`
}

/** Returns a time of day to the second, for people: `2:05:30 PM UTC`. */
export function shortTimeText(at: Instant, timeZone: string): string {
  const { second } = Temporal.Instant.from(at).toZonedDateTimeISO(timeZone)
  return `${timeText(at, timeZone, `:${String(second).padStart(2, '0')}`)} ${timeZone}`
}

/** `2:05 PM` */
function timeText(at: Instant, timeZone: string, seconds = ''): string {
  const { hour, minute } = Temporal.Instant.from(at).toZonedDateTimeISO(timeZone)
  return `${hour % 12 === 0 ? 12 : hour % 12}:${String(minute).padStart(2, '0')}${seconds} ${hour < 12 ? 'AM' : 'PM'}`
}

const shortDayFormat = new Intl.DateTimeFormat('en-US', { month: 'short', day: 'numeric', timeZone: 'UTC' })
const shortWeekdayFormat = new Intl.DateTimeFormat('en-US', { weekday: 'short', timeZone: 'UTC' })

/** Slack's own dates leave the year out by the same rule. */
const halfAYearMs = 182 * 24 * 3_600_000

function isNear(day: string, today: string): boolean {
  return Math.abs(Date.parse(day) - Date.parse(today)) <= halfAYearMs
}

/** Returns a length in words: `30 seconds`, `2 minutes`. */
export function secondsText(seconds: number): string {
  const [count, unit] = seconds % 60 === 0 ? [seconds / 60, 'minute'] : [seconds, 'second']
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

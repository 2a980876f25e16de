/** Business-day clocks and distribution days: Monday to Friday, less the holidays of a calendar. */
import { dayBeside, dayIn, endOfDay, type Instant, toInstant } from './time.ts'

/** The holidays that a desk keeps, and how far they are known. */
export interface BusinessCalendar {
  /** `2026-07-03` */
  readonly isHoliday: (day: string) => boolean
  /** The last day for which the holidays have been compared with the official list. */
  readonly checkedUntil: string
}

/** Time enough to compare the next years, to release, and to roll out. */
const daysOfWarning = 60

/** True from Monday to Friday, unless the calendar has a holiday on this day (`2026-07-03`). */
export function isBusinessDay(day: string, calendar: BusinessCalendar): boolean {
  return dayOfWeek(day) <= 5 && !calendar.isHoliday(day)
}

/**
 * Returns the instant at which a clock of so many business days is over: at the same local time, or at the end of the
 * last of them where the clock began on no business day.
 */
export function endOfBusinessDays(
  startsAt: Instant,
  days: number,
  timeZone: string,
  calendar: BusinessCalendar,
): Instant {
  const firstDay = dayIn(timeZone, startsAt)
  const lastDay = businessDayAfter(firstDay, days, calendar)
  if (!isBusinessDay(firstDay, calendar)) return endOfDay(lastDay, timeZone)
  // Of a local time that the clocks show twice Temporal takes the first, and moves one that they leave out by what
  // they leave out (disambiguation `compatible`).
  const plainTime = Temporal.Instant.from(startsAt).toZonedDateTimeISO(timeZone).toPlainTime()
  const end = Temporal.PlainDate.from(lastDay).toZonedDateTime({ timeZone, plainTime })
  return toInstant(new Date(end.epochMilliseconds))
}

/** Returns the day on which the report goes out that is confirmed on the given day; both are written `2026-11-30`. */
export function distributionDayAfter(day: string, calendar: BusinessCalendar): string {
  let next = dayBeside(day, 1)
  while (!isDistributionDay(next, calendar)) next = dayBeside(next, 1)
  return next
}

/** Returns the next so many distribution days, the given day included when it is one. */
export function distributionDaysFrom(
  day: string,
  count: number,
  calendar: BusinessCalendar,
): readonly string[] {
  const found: string[] = []
  let last = dayBeside(day, -1)
  while (found.length < count) {
    last = distributionDayAfter(last, calendar)
    found.push(last)
  }
  return found
}

/** True when fewer than 60 days are left of those that were compared with the official list. */
export function calendarEndsSoon(day: string, calendar: BusinessCalendar): boolean {
  return Temporal.PlainDate.from(day).until(calendar.checkedUntil).days < daysOfWarning
}

/** The so-manieth business day after a day. */
function businessDayAfter(day: string, count: number, calendar: BusinessCalendar): string {
  let last = day
  for (let left = count; left > 0; ) {
    last = dayBeside(last, 1)
    if (isBusinessDay(last, calendar)) left -= 1
  }
  return last
}

/**
 * "Reports are distributed on Mondays & Thursdays with adjustments for US holidays."
 * Handbook: security-zendesk-process
 */
function isDistributionDay(day: string, calendar: BusinessCalendar): boolean {
  return isBusinessDay(day, calendar) && isReportsTurn(day, calendar)
}

/** A Monday, a Thursday, or a day to which days off have passed the turn of one. */
function isReportsTurn(day: string, calendar: BusinessCalendar): boolean {
  if (dayOfWeek(day) === 1 || dayOfWeek(day) === 4) return true
  const before = dayBeside(day, -1)
  return !isBusinessDay(before, calendar) && isReportsTurn(before, calendar)
}

/** 1 for Monday to 7 for Sunday. */
function dayOfWeek(day: string): number {
  return new Date(day).getUTCDay() || 7
}

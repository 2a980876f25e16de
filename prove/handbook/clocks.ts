/** Calendar days as the handbook counts them, computed here anew. */

/**
 * Returns the instant from which what a clock opens is open, in milliseconds since 1970: "created on 1 March, 7 days, ends
 * 8 March 24:00; what it opens is open from 9 March 00:00", in the desk's time zone.
 */
export function openFrom(startsAtMs: number, days: number, timeZone: string): number {
  return startOfDay(dayOf(startsAtMs, timeZone), days + 1, timeZone)
}

/** Returns the day of an instant in a time zone: `2026-03-08`. */
export function dayOf(ms: number, timeZone: string): string {
  let format = dayFormats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    })
    dayFormats.set(timeZone, format)
  }
  return format.format(ms)
}

/** By time zone: to make one takes far longer than to use it. */
const dayFormats = new Map<string, Intl.DateTimeFormat>()

/** Returns the minutes since midnight of an instant in a time zone. */
export function minuteOfDay(ms: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(ms)
  const value = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  return value('hour') * 60 + value('minute')
}

const hourMs = 3_600_000

/** The first instant of the day that is so many days after this one: looked for hour by hour, as zones change their clocks. */
function startOfDay(day: string, daysLater: number, timeZone: string): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const wanted = new Date(Date.UTC(year, month - 1, date + daysLater)).toISOString().slice(0, 10)
  // No zone is further than 14 hours ahead of UTC or 12 behind; none changes its clock by less than half an hour.
  const first = Date.UTC(year, month - 1, date + daysLater) - 15 * hourMs
  for (let at = first; at < first + 30 * hourMs; at += hourMs / 4)
    if (dayOf(at, timeZone) === wanted) return at
  throw new Error(`${timeZone} has no ${wanted}`)
}

/**
 * Returns the instant at which one business day ends: "at the same local time on the next business day (Friday 15:00 →
 * Monday 15:00); what arrives on no business day counts from 00:00 of the next one, so ends at its 24:00".
 */
export function businessDayEnds(startsAtMs: number, timeZone: string): number {
  const last = lastOfBusinessDay(startsAtMs, timeZone)
  if (!isBusinessDay(dayOf(startsAtMs, timeZone))) return startOfDay(last, 1, timeZone)
  const minutesMs = minuteOfDay(startsAtMs, timeZone) * 60_000
  return startOfDay(last, 0, timeZone) + minutesMs + (startsAtMs % 60_000)
}

/** The day on which it ends, `2026-11-06`: also where that is at its 24:00, or in the seconds after its 00:00. */
export function lastOfBusinessDay(startsAtMs: number, timeZone: string): string {
  return businessDayFrom(dayAfter(dayOf(startsAtMs, timeZone)))
}

/** "Business days are Monday to Friday less US federal holidays as observed." */
export function isBusinessDay(day: string): boolean {
  const weekday = weekdayOf(day)
  return weekday > 0 && weekday < 6 && !isHoliday(day)
}

function businessDayFrom(day: string): string {
  return isBusinessDay(day) ? day : businessDayFrom(dayAfter(day))
}

function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + days * 24 * hourMs).toISOString().slice(0, 10)
}

/** 0 is Sunday. */
function weekdayOf(day: string): number {
  return new Date(`${day}T12:00:00Z`).getUTCDay()
}

/** By 5 U.S.C. 6103: on a fixed day, observed the Friday before or the Monday after where that is no weekday. */
const onADate = ['01-01', '06-19', '07-04', '11-11', '12-25']
/** Or on the so-manieth of a weekday in a month; -1 is the last. */
const onAWeekday = [
  ...[
    { month: 1, weekday: 1, which: 3 },
    { month: 2, weekday: 1, which: 3 },
  ],
  ...[
    { month: 5, weekday: 1, which: -1 },
    { month: 9, weekday: 1, which: 1 },
  ],
  ...[
    { month: 10, weekday: 1, which: 2 },
    { month: 11, weekday: 4, which: 4 },
  ],
] as const

function isHoliday(day: string): boolean {
  const weekday = weekdayOf(day)
  const observed = [day, ...(weekday === 5 ? [dayAfter(day)] : weekday === 1 ? [dayAfter(day, -1)] : [])]
  if (observed.some((one) => onADate.includes(one.slice(5)))) return true
  const month = Number(day.slice(5, 7))
  const which = Math.ceil(Number(day.slice(8)) / 7)
  const isLast = dayAfter(day, 7).slice(5, 7) !== day.slice(5, 7)
  return onAWeekday.some(
    (one) =>
      one.month === month && one.weekday === weekday && (one.which === which || (one.which === -1 && isLast)),
  )
}

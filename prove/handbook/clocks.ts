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
  return new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(ms)
}

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

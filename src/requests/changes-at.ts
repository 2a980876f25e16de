/** The instant at which the card or a reminder has something new to say although no event comes. */
import { clocksOf, deadlineOf, nextClockEnd, type Place, type RunningClock } from '../engine/clocks.ts'
import type { Flow } from '../engine/flow.ts'
import type { Request } from '../engine/request.ts'
import { dayIn, endOfClock, endOfDay, type Instant, plus } from '../engine/time.ts'
import { type DeskContext, placeOf } from './desk-context.ts'

/** How many days before the end somebody is called: time enough for the teams that carry a deletion out. */
const warnDays = 3
/** Of a ticket's business day: what is left of an afternoon. */
const warnHours = 3
const hourMs = 3_600_000

/** Returns that instant, always later than now, or undefined when no clock runs any more. */
export function changesAtOf(context: DeskContext, request: Request): Instant | undefined {
  const flow = context.flows[request.flow]
  if (!flow || flow.steps[request.step]?.isClosed) return undefined
  const place = placeOf(context)
  const instants = [
    nextClockEnd(flow, request, place),
    reminderAt(flow, request, place),
    ...clocksOf(flow, request, place).flatMap((clock) => textChangesAt(clock, place)),
  ]
  return instants.flatMap((at) => (at ? [at] : [])).sort()[0]
}

/** When “9 days left” or “5 hours left” is true no longer: at midnight, and on a business day's last 24 hours at each full hour. */
function textChangesAt(
  { length, isOver, overAt }: RunningClock,
  { now, timeZone }: Place,
): readonly Instant[] {
  if (isOver) return []
  const midnight = endOfDay(dayIn(timeZone, now), timeZone)
  if (!('businessDays' in length)) return [midnight]
  const hours = Math.ceil((Date.parse(overAt) - Date.parse(now)) / hourMs) - 1
  return hours < 24 ? [hoursBefore(overAt, hours)] : [midnight, hoursBefore(overAt, 24)]
}

/** When somebody is called before the deadline, or nothing once that has come. */
function reminderAt(flow: Flow, request: Request, place: Place): Instant | undefined {
  const clock = deadlineOf(flow, request, place)
  if (!clock) return undefined
  const at = warnAt(clock, request, place)
  return at !== undefined && at > place.now ? at : undefined
}

/**
 * Returns the instant of the warning: 00:00 of the day on which three days are left; of a ticket's one business day,
 * three hours before its end.
 */
export function warnAt(
  clock: RunningClock,
  { createdAt }: Request,
  { timeZone }: Place,
): Instant | undefined {
  const { length, pausedDays, extendedDays, overAt } = clock
  if ('days' in length)
    return endOfClock(createdAt, length.days + pausedDays + extendedDays - warnDays - 1, timeZone).overAt
  if ('until' in length || length.businessDays > 1) return undefined
  return hoursBefore(overAt, warnHours)
}

function hoursBefore(at: Instant, hours: number): Instant {
  return plus(at, -hours * hourMs)
}

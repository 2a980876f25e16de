/** When the card or a reminder has something new to say although nothing happens. */
import { fulfilmentClock, nextClockEnd } from '../engine/clocks.ts'
import type { Circumstances } from '../engine/flow.ts'
import type { Request } from '../engine/request.ts'
import { endOfClock, type Instant } from '../engine/time.ts'
import { type DeskContext, nowOf } from './desk-context.ts'

/** How many days before the end somebody is called: time enough for the teams that carry a deletion out. */
const warnDays = 3

export function changesAtOf(context: DeskContext, request: Request): Instant | undefined {
  const flow = context.flows[request.flow]
  const place = { now: nowOf(context), timeZone: context.timeZone }
  const ends = [flow && nextClockEnd(flow, request, place), reminderAt(request, place)]
  return ends.flatMap((at) => (at ? [at] : [])).sort()[0]
}

/** 00:00 of the day on which three days are left, or nothing once it has come. */
export function reminderAt(
  request: Request,
  { now, timeZone }: Pick<Circumstances, 'now' | 'timeZone'>,
): Instant | undefined {
  const { days, pausedDays, extendedDays } = fulfilmentClock(request, { now, timeZone })
  const at = endOfClock(request.createdAt, days + pausedDays + extendedDays - warnDays - 1, timeZone).overAt
  return at > now ? at : undefined
}

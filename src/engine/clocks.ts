/** The clocks of a request, computed from where it stands. */
import type { Circumstances, ClockRule, Flow } from './flow.ts'
import { fulfilment } from './flow.ts'
import type { Request } from './request.ts'
import { type ClockEnd, endOfClock, type Instant } from './time.ts'

export interface RunningClock extends ClockEnd {
  readonly name: string
  readonly startsAt: Instant
  readonly days: number
  readonly because: string
  readonly isOver: boolean
}

type Place = Pick<Circumstances, 'now' | 'timeZone'>

export function clockOf(rule: ClockRule, request: Request, { now, timeZone }: Place): RunningClock {
  const startsAt = rule.since === 'created' ? request.createdAt : request.stepSince
  const end = endOfClock(startsAt, rule.days, timeZone)
  return {
    ...end,
    name: rule.name,
    startsAt,
    days: rule.days,
    because: rule.because,
    isOver: now >= end.overAt,
  }
}

/** Within 30 days of the creation. */
export function fulfilmentClock(request: Request, place: Place): RunningClock {
  return clockOf(fulfilment, request, place)
}

export function stepClock(flow: Flow, request: Request, place: Place): RunningClock | undefined {
  const rule = flow.steps[request.step]?.clock
  return rule && clockOf(rule, request, place)
}

/** The next instant at which one of the request's clocks is over; nothing when none is still running. */
export function nextClockEnd(flow: Flow, request: Request, place: Place): Instant | undefined {
  if (flow.steps[request.step]?.isClosed) return undefined
  const ends = [fulfilmentClock(request, place), stepClock(flow, request, place)].flatMap((clock) =>
    clock && !clock.isOver ? [clock.overAt] : [],
  )
  return ends.sort()[0]
}

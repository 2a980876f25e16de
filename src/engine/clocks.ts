/** The clocks of a request, computed from where it stands. */
import type { Circumstances, ClockRule, Flow } from './flow.ts'
import { fulfilment } from './flow.ts'
import type { Request } from './request.ts'
import { type ClockEnd, calendarDays, endOfClock, type Instant } from './time.ts'

export interface RunningClock extends ClockEnd {
  readonly name: string
  readonly startsAt: Instant
  readonly days: number
  /** Days for which it was held. */
  readonly pausedDays: number
  /** Days that Privacy has added. */
  readonly extendedDays: number
  readonly because: string
  readonly isOver: boolean
  readonly isPaused: boolean
}

type Place = Pick<Circumstances, 'now' | 'timeZone'>

export function clockOf(rule: ClockRule, request: Request, place: Place): RunningClock {
  const startsAt = rule.since === 'created' ? request.createdAt : request.stepSince
  const extendedDays = extensionOf(rule, request)
  const pausedDays = pausedDaysOf(request, startsAt, rule.days + extendedDays, place)
  const end = endOfClock(startsAt, rule.days + extendedDays + pausedDays, place.timeZone)
  const { name, days, because } = rule
  const isOver = place.now >= end.overAt
  return {
    ...end,
    name,
    startsAt,
    days,
    pausedDays,
    extendedDays,
    because,
    isOver,
    isPaused: !isOver && isPaused(request),
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

/** The next instant at which one of the request's clocks is over; nothing when none is running. */
export function nextClockEnd(flow: Flow, request: Request, place: Place): Instant | undefined {
  if (flow.steps[request.step]?.isClosed) return undefined
  const ends = [fulfilmentClock(request, place), stepClock(flow, request, place)].flatMap((clock) =>
    clock && !clock.isOver ? [clock.overAt] : [],
  )
  return ends.sort()[0]
}

export function isPaused({ facts }: Pick<Request, 'facts'>): boolean {
  const last = facts.pauses?.at(-1)
  return last !== undefined && last.to === undefined
}

function extensionOf(rule: ClockRule, { step, facts }: Request): number {
  return (facts.extensions ?? [])
    .filter((one) =>
      rule.name === fulfilment.name ? one.clock === 'fulfilment' : one.clock === 'step' && one.step === step,
    )
    .reduce((days, one) => days + one.days, 0)
}

/** Calendar days between the beginning and the end of each pause; a clock that was over already is not held. */
function pausedDaysOf(request: Request, startsAt: Instant, days: number, { now, timeZone }: Place): number {
  let paused = 0
  for (const { from, to = now } of request.facts.pauses ?? []) {
    const begins = from > startsAt ? from : startsAt
    const isOver = begins >= endOfClock(startsAt, days + paused, timeZone).overAt
    if (!isOver && to > begins) paused += calendarDays(begins, to, timeZone)
  }
  return paused
}

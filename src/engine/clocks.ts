/** The clocks of a request, computed from where it stands. */
import { distributionDayAfter, endOfBusinessDays } from './business-time.ts'
import type { ClockLength, ClockRule, DecisionEnvironment, Flow } from './flow.ts'
import type { Request } from './request.ts'
import {
  type ClockEnd,
  calendarDays,
  dayIn,
  endOfClock,
  endOfDay,
  type Instant,
  plus,
  shortDayText,
} from './time.ts'

/** A clock of a request as it runs now: when it ends, why, and whether it is over. */
export interface RunningClock extends ClockEnd {
  readonly name: string
  readonly startsAt: Instant
  readonly length: ClockLength
  /** Days for which it was held. */
  readonly pausedDays: number
  /** Days that Privacy has added. */
  readonly extendedDays: number
  readonly because: string
  readonly isOver: boolean
  readonly isPaused: boolean
}

/** The instant, time zone and calendar by which clocks are read. */
export type TimeContext = Pick<DecisionEnvironment, 'now' | 'timeZone' | 'calendar'>

/** Returns the clock that a rule gives this request, extensions and pauses counted in. */
export function clockOf(rule: ClockRule, request: Request, place: TimeContext): RunningClock {
  const startsAt = startOf(rule, request)
  const extendedDays = extensionOf(rule, request, startsAt)
  const pausedDays = 'days' in rule ? pausedDaysOf(request, startsAt, rule.days + extendedDays, place) : 0
  const end = endOf(rule, request, startsAt, extendedDays + pausedDays, place)
  const { name, because } = rule
  const isOver = place.now >= end.overAt
  return {
    ...end,
    name,
    startsAt,
    length: lengthOf(rule),
    pausedDays,
    extendedDays,
    because,
    isOver,
    isPaused: !isOver && isPaused(request),
  }
}

/**
 * Returns all clocks that run: of a closed request none. Where a request has a deadline of its own, the first of them is
 * it.
 */
export function clocksOf(flow: Flow, request: Request, place: TimeContext): readonly RunningClock[] {
  const step = flow.steps[request.step]
  if (step?.isClosed) return []
  const rules = [flow.desk.deadline, step?.clock]
  return rules.flatMap((rule) => (rule ? [clockOf(rule, request, place)] : []))
}

/** Returns the request's own deadline; where it has none, the clock of its step. */
export function deadlineOf(flow: Flow, request: Request, place: TimeContext): RunningClock | undefined {
  const { deadline } = flow.desk
  return deadline ? clockOf(deadline, request, place) : stepClock(flow, request, place)
}

/** Returns the clock of the step at which the request stands, or undefined where that step has none. */
export function stepClock(flow: Flow, request: Request, place: TimeContext): RunningClock | undefined {
  const rule = flow.steps[request.step]?.clock
  return rule && clockOf(rule, request, place)
}

/** Returns the next instant at which one of the request's clocks is over, or undefined when none is running. */
export function nextClockEnd(flow: Flow, request: Request, place: TimeContext): Instant | undefined {
  const ends = clocksOf(flow, request, place).flatMap((clock) => (clock.isOver ? [] : [clock.overAt]))
  return ends.sort()[0]
}

/** Returns the distribution day that is promised now: the next one after the day of the confirmation. */
export function promisedDay({ now, timeZone, calendar }: TimeContext): string {
  return distributionDayAfter(dayIn(timeZone, now), calendar)
}

/** Returns until when a step's clock runs, in words: `the requester has until Mar 8`. */
export function untilText(
  { name, untilOver = `“${name}” runs until {lastDay}` }: ClockRule,
  { lastDay }: Pick<RunningClock, 'lastDay'>,
  { timeZone, now }: Pick<TimeContext, 'timeZone' | 'now'>,
): string {
  return untilOver.replace('{lastDay}', shortDayText(lastDay, dayIn(timeZone, now)))
}

/** True while the request's clocks are on hold. */
export function isPaused({ facts }: Pick<Request, 'facts'>): boolean {
  const last = facts.pauses?.at(-1)
  return last !== undefined && last.to === undefined
}

function startOf({ since }: ClockRule, { createdAt, stepSince, facts }: Request): Instant {
  switch (since) {
    case 'created':
      return createdAt
    case 'opened':
      return facts.reopenedAt ?? createdAt
    case 'step-entered':
      return stepSince
    case 'last-public-reply':
      return facts.lastPublicReplyAt ?? stepSince
  }
}

function endOf(
  rule: ClockRule,
  { facts }: Request,
  startsAt: Instant,
  moreDays: number,
  { timeZone, calendar }: TimeContext,
): ClockEnd {
  if ('days' in rule) return endOfClock(startsAt, rule.days + moreDays, timeZone)
  if ('until' in rule) {
    const lastDay = facts.promisedReport?.sendOn ?? dayIn(timeZone, startsAt)
    return { lastDay, overAt: endOfDay(lastDay, timeZone) }
  }
  const overAt = endOfBusinessDays(startsAt, rule.businessDays, timeZone, calendar)
  return { lastDay: dayIn(timeZone, plus(overAt, -1)), overAt }
}

function lengthOf(rule: ClockRule): ClockLength {
  if ('days' in rule) return { days: rule.days }
  return 'until' in rule ? { until: rule.until } : { businessDays: rule.businessDays }
}

/** An extension of a step's clock ends with that clock: where it begins anew as the request comes back, it has none. */
function extensionOf(rule: ClockRule, { step, facts }: Request, startsAt: Instant): number {
  // One from the creation on never begins anew, and the service's clock may be ahead of the bot's.
  const isOfThisClock = (at: Instant) => rule.since === 'created' || at >= startsAt
  return (facts.extensions ?? [])
    .filter((one) =>
      rule.isDeadline
        ? one.clock === 'fulfilment'
        : one.clock === 'step' && one.step === step && isOfThisClock(one.at),
    )
    .reduce((days, one) => days + one.days, 0)
}

/** Calendar days between the beginning and the end of each pause; a clock that was over already is not held. */
function pausedDaysOf(
  request: Request,
  startsAt: Instant,
  days: number,
  { now, timeZone }: Pick<TimeContext, 'now' | 'timeZone'>,
): number {
  let paused = 0
  for (const { from, to = now } of request.facts.pauses ?? []) {
    const begins = from > startsAt ? from : startsAt
    const isOver = begins >= endOfClock(startsAt, days + paused, timeZone).overAt
    if (!isOver && to > begins) paused += calendarDays(begins, to, timeZone)
  }
  return paused
}

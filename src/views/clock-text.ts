/** Clocks in words: when they end and why. */
import { dayIn, daysLeft, dayText, instantText } from '../engine/time.ts'
import { counted } from './block-kit.ts'
import type { CardState, ShownClock } from './card-state.ts'
import { escaped } from './escape.ts'

/** `Fulfilment: ends 31 March 2026, 9 days left (received 1 March 2026 + 30 days)` */
export function clockText(clock: ShownClock, state: CardState): string {
  const name = escaped(clock.name, 60)
  const explained = `(${lengthText(clock, state)})`
  if (clock.isPaused) return `${name}: ${leftText(clock, state)} ${explained}`
  if (!clock.isOver) return `${name}: ends ${dayText(clock.lastDay)}, ${leftText(clock, state)} ${explained}`
  return `${name}: ${clock === state.clocks[0] ? 'overdue' : 'over'} since ${day(state, clock.overAt)} ${explained}`
}

/** `9 days left`, `the last day is today`, `overdue by 2 days`, `on hold since 5 March 2026` */
export function leftText(clock: ShownClock, state: CardState): string {
  const { now, timeZone, request } = state
  const held = request.facts.pauses?.at(-1)
  if (clock.isPaused && held) return `on hold since ${day(state, held.from)}`
  const left = daysLeft(clock, now, timeZone)
  if (left < 0) return `overdue by ${counted(-left, 'day')}`
  return left === 0 ? 'the last day is today' : `${counted(left, 'day')} left`
}

/** The request's own deadline; a closed request has none. */
export function isOverdue(state: CardState): boolean {
  return state.clocks[0]?.isOver === true
}

/** `received 1 March 2026 + 7 days + 3 days on hold + 7 days extended` */
function lengthText({ startsAt, length, pausedDays, extendedDays }: ShownClock, state: CardState): string {
  const start = startsAt === state.request.createdAt ? 'received' : 'since'
  return [
    `${start} ${day(state, startsAt)}`,
    ...('days' in length ? [counted(length.days, 'day')] : []),
    ...('businessDays' in length ? [counted(length.businessDays, 'business day')] : []),
    ...(pausedDays > 0 ? [`${counted(pausedDays, 'day')} on hold`] : []),
    ...(extendedDays > 0 ? [`${counted(extendedDays, 'day')} extended`] : []),
  ].join(' + ')
}

export function at(state: CardState, instant: string): string {
  return instantText(instant, state.timeZone)
}

export function day(state: CardState, instant: string): string {
  return dayText(dayIn(state.timeZone, instant))
}

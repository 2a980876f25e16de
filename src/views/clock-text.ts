/** Clocks in words: when they end and why. */
import { dayIn, daysLeft, dayText, instantText } from '../engine/time.ts'
import { counted } from './block-kit.ts'
import type { CardState, ShownClock } from './card-state.ts'
import { escaped } from './escape.ts'

/** `Fulfilment: ends 31 March 2026, 9 days left (received 1 March 2026 + 30 days)` */
export function clockText(clock: ShownClock, state: CardState): string {
  const { request, timeZone } = state
  const start = clock.startsAt === request.createdAt ? 'received' : 'since'
  const from = dayText(dayIn(timeZone, clock.startsAt))
  const name = escaped(clock.name, 60)
  const explained = `(${start} ${from} + ${counted(clock.days, 'day')})`
  if (!clock.isOver) return `${name}: ends ${dayText(clock.lastDay)}, ${leftText(clock, state)} ${explained}`
  return `${name}: ${clock === state.clocks[0] ? 'overdue' : 'over'} since ${dayText(dayIn(timeZone, clock.overAt))} ${explained}`
}

/** `9 days left`, `the last day is today`, `overdue by 2 days` */
export function leftText(clock: ShownClock, { now, timeZone }: CardState): string {
  const left = daysLeft(clock, now, timeZone)
  if (left < 0) return `overdue by ${counted(-left, 'day')}`
  return left === 0 ? 'the last day is today' : `${counted(left, 'day')} left`
}

/** The request's own deadline; a closed request has none. */
export function isOverdue(state: CardState): boolean {
  return state.clocks[0]?.isOver === true
}

export function at(state: CardState, instant: string): string {
  return instantText(instant, state.timeZone)
}

export function day(state: CardState, instant: string): string {
  return dayText(dayIn(state.timeZone, instant))
}

/** Clocks in words: each says when it ends and why. */
import {
  dayIn,
  daysLeft,
  dayText,
  type Instant,
  instantText,
  plus,
  startOf,
  weekdayOf,
  weekdayText,
} from '../engine/time.ts'
import type { CardState, ShownClock } from '../requests/card-states.ts'
import { counted } from './block-kit.ts'
import { escaped, who } from './escape.ts'

const hourMs = 3_600_000
const minuteMs = 60_000
const noonMs = 12 * hourMs

/** Returns a clock in words: `Fulfilment: ends 31 March 2026, 9 days left (received 1 March 2026 + 30 days)`. */
export function clockText(clock: ShownClock, state: CardState): string {
  const name = escaped(clock.name, 60)
  if ('until' in clock.length) return `${name}: ${plannedText(clock, state)}`
  const explained = `(${lengthText(clock, state)})`
  if (clock.isPaused) return `${name}: ${leftText(clock, state)} ${explained}`
  if (!clock.isOver) return `${name}: ends ${endText(clock, state)}, ${leftOnCard(clock, state)} ${explained}`
  return `${name}: ${overText(clock, state)} ${explained}`
}

/** The card is drawn once in its last hour, so it counts no minutes. */
function leftOnCard(clock: ShownClock, state: CardState): string {
  const isLastHour =
    'businessDays' in clock.length && Date.parse(clock.overAt) - Date.parse(state.now) < hourMs
  return isLastHour ? 'less than an hour left' : leftText(clock, state)
}

/**
 * Returns the time that is left: `9 days left`, `the last day is today`, `overdue by 2 days`, `paused since 5 March
 * 2026`, `5 hours left`. Days are those of the calendar, from the last day, which the card names: on the day after it
 * a request is overdue by one.
 */
export function leftText(clock: ShownClock, state: CardState): string {
  const { now, timeZone, request } = state
  const held = request.facts.pauses?.at(-1)
  if (clock.isPaused && held) return `paused since ${day(state, held.from)}`
  if ('businessDays' in clock.length && isWithinADay(clock, state)) return hoursText(clock, state)
  const left = daysLeft(clock, now, timeZone)
  if (left < 0) return `overdue by ${counted(-left, 'day')}`
  if ('until' in clock.length) return `planned for ${left === 0 ? 'today' : weekdayText(clock.lastDay)}`
  return left === 0 ? 'the last day is today' : `${counted(left, 'day')} left`
}

/** A report's day: `planned for Monday 30 November 2026` */
function plannedText(clock: ShownClock, state: CardState): string {
  const planned = `planned for ${weekdayText(clock.lastDay)}`
  if (clock.isOver) return `overdue, it was ${planned}`
  return daysLeft(clock, state.now, state.timeZone) === 0 ? `${planned}, which is today` : planned
}

/** Business days end at a time of day: `Monday 9 March 2026, 15:00 UTC`; the others with their last day. */
function endText(clock: ShownClock, state: CardState): string {
  if (!('businessDays' in clock.length)) return dayText(clock.lastDay)
  const endsWithItsDay = dayIn(state.timeZone, clock.overAt) !== clock.lastDay
  return endsWithItsDay
    ? `${weekdayText(clock.lastDay)}, 24:00 ${state.timeZone}`
    : `${weekdayOf(clock.lastDay)} ${at(state, clock.overAt)}`
}

/** A deadline by its last day, from which lists count; what a step's clock opens is open from the day after it. */
function overText(clock: ShownClock, state: CardState): string {
  const isDeadline = clock === state.clocks[0]
  if ('businessDays' in clock.length)
    return `${isDeadline ? 'overdue' : 'over'} since ${endText(clock, state)}`
  return isDeadline
    ? `overdue, the last day was ${dayText(clock.lastDay)}`
    : `over since ${day(state, clock.overAt)}`
}

/** By the clock on the wall: hours when a business day is a weekend long would say too much. */
function isWithinADay({ overAt }: ShownClock, { now }: CardState): boolean {
  return Math.abs(Date.parse(overAt) - Date.parse(now)) < 24 * hourMs
}

function hoursText({ overAt, isOver }: ShownClock, { now }: CardState): string {
  const apart = Math.abs(Date.parse(overAt) - Date.parse(now))
  const length =
    apart < hourMs
      ? counted(Math.max(1, Math.floor(apart / minuteMs)), 'minute')
      : counted(Math.floor(apart / hourMs), 'hour')
  return isOver ? `overdue by ${length}` : `${length} left`
}

/** `received 1 March 2026 + 7 days + 3 days on hold + 7 days extended` */
function lengthText(clock: ShownClock, state: CardState): string {
  const { startsAt, length, pausedDays, extendedDays } = clock
  const start = 'businessDays' in length ? at(state, startsAt) : day(state, startsAt)
  return [
    `${startWord(startsAt, state)} ${start}`,
    ...('days' in length ? [counted(length.days, 'day')] : []),
    ...('businessDays' in length ? [counted(length.businessDays, 'business day')] : []),
    ...(pausedDays > 0 ? [`${counted(pausedDays, 'day')} paused`] : []),
    ...(extendedDays > 0 ? [`${counted(extendedDays, 'day')} extended`] : []),
  ].join(' + ')
}

function startWord(startsAt: Instant, { request: { createdAt, facts } }: CardState): string {
  if (startsAt === createdAt) return 'received'
  if (startsAt === facts.reopenedAt) return 'reopened'
  return startsAt === facts.lastPublicReplyAt ? 'last answer' : 'since'
}

/** Returns an instant in the team's time zone, for people. */
export function at(state: Pick<CardState, 'timeZone'>, instant: Instant): string {
  return instantText(instant, state.timeZone)
}

/** Returns the day of an instant in the team's time zone, for people. */
function day(state: Pick<CardState, 'timeZone'>, instant: Instant): string {
  return dayText(dayIn(state.timeZone, instant))
}

/** Returns an instant in the reader's own time zone, and in the team's where Slack can't show that. */
export function moment(state: Pick<CardState, 'timeZone'>, instant: Instant): string {
  return dateToken(instant, '{date_short_pretty}, {time}', at(state, instant))
}

/** Returns the day of an instant as the reader's calendar has it: `today`, `Mar 8`. */
export function dayOf(state: Pick<CardState, 'timeZone'>, instant: Instant): string {
  return dateToken(instant, '{date_short_pretty}', day(state, instant))
}

/**
 * Slack fills it in where it is read, so that a passing midnight makes no card untrue:
 * https://docs.slack.dev/messaging/formatting-message-text/#date-formatting
 */
function dateToken(instant: Instant, format: string, fallback: string): string {
  return `<!date^${Math.floor(Date.parse(instant) / 1000)}^${format}|${escaped(fallback, 100)}>`
}

/** Returns a day as a button has room for it: `Mar 9`. */
export function shortDay(day: string): string {
  return shortFormat.format(Temporal.PlainDate.from(day))
}

const shortFormat = new Intl.DateTimeFormat('en-US', { month: 'short', day: 'numeric' })

/** Returns the one line that says until when: `Challenge answers until Mar 8 · due Mar 31`, `Overdue: was due Mar 31`. */
export function dueText(state: CardState): string | undefined {
  const { next, clocks, desk, request } = state
  const held = request.facts.pauses?.at(-1)
  if (clocks[0]?.isPaused && held)
    return `Paused since ${dayOf(state, held.from)} by ${who(held.by)}, until somebody resumes it or the requester replies`
  if (!next) return undefined
  const whole = desk.deadline === undefined ? undefined : clocks[0]
  const due = whole ?? next.due ?? clocks[0]
  if (due === undefined) return undefined
  const until =
    next.due && next.due.name !== due.name && !next.due.isOver
      ? `${escaped(next.due.name, 60)} until ${endDay(next.due, state)}`
      : undefined
  const isNamed = whole === undefined && 'awaits' in next.turn
  const what = due.isOver
    ? `*Overdue:* was due ${endDay(due, state)}`
    : isNamed
      ? `${escaped(due.name, 60)} until ${endDay(due, state)}`
      : `Due ${endDay(due, state)}`
  return until === undefined ? what : `${until} · ${what.charAt(0).toLowerCase()}${what.slice(1)}`
}

/**
 * The last day of a clock; of business days, which end at a time of day, that too. A day is one of the team's calendar,
 * and its token stands at its noon: at its last instant, readers to the east would be shown the day after, on which it
 * is overdue.
 */
function endDay(clock: ShownClock, state: CardState): string {
  const noon = plus(startOf(clock.lastDay, state.timeZone), noonMs)
  return 'businessDays' in clock.length && dayIn(state.timeZone, clock.overAt) === clock.lastDay
    ? moment(state, clock.overAt)
    : dayOf(state, noon)
}

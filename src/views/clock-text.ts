/** Clocks in words: each says when it ends, and how long that is. */
import {
  dayIn,
  daysLeft,
  type Instant,
  plus,
  shortDayText,
  shortInstantText,
  shortTimeText,
  shortWeekdayText,
  startOf,
} from '../engine/time.ts'
import type { CardState, ShownClock } from '../requests/card-states.ts'
import { counted } from './block-kit.ts'
import { escaped, sentence, who } from './escape.ts'

const hourMs = 3_600_000
const minuteMs = 60_000
const noonMs = 12 * hourMs

/** The instant and the time zone of whoever draws. */
type Now = Pick<CardState, 'timeZone' | 'now'>

/** How an instant is drawn: by `moment` where Slack reads marks, else by `at`. */
type InstantDrawn = (state: Now, instant: Instant) => string

/** Returns a clock in words, in Slack's marks: `Fulfilment: due Mar 31 (9 days left), received Mar 1`. */
export function clockText(clock: ShownClock, state: CardState): string {
  return `${escaped(clock.name, 60)}: ${endsText(clock, state, moment)}`
}

/** Returns the same without its name, as plain text: `due Mar 31 (9 days left), received Mar 1`. */
export function endsText(clock: ShownClock, state: CardState, drawn: InstantDrawn = at): string {
  if ('until' in clock.length) return plannedText(clock, state)
  const since = sinceText(clock, state, drawn)
  if (clock.isPaused) return `${leftText(clock, state)}, ${since}`
  if (clock.isOver) return `${overText(clock, state, drawn)}, ${since}`
  const word = clock === state.clocks[0] ? 'due' : 'until'
  return `${word} ${endText(clock, state, drawn)} (${leftText(clock, state)}), ${since}`
}

/**
 * Returns the time that is left: `9 days left`, `due today`, `overdue by 2 days`, `paused since Mar 5`, `5 hours left`.
 * Days are those of the calendar, from the last day, which the card names: on the day after it a request is overdue by
 * one.
 */
export function leftText(clock: ShownClock, state: CardState): string {
  const { now, timeZone, request } = state
  const held = request.facts.pauses?.at(-1)
  if (clock.isPaused && held) return `paused since ${day(state, held.from)}`
  if ('businessDays' in clock.length && isWithinADay(clock, state)) return hoursText(clock, state)
  const left = daysLeft(clock, now, timeZone)
  if (left < 0) return `overdue by ${counted(-left, 'day')}`
  if ('until' in clock.length) return `planned for ${left === 0 ? 'today' : weekday(state, clock.lastDay)}`
  return left === 0 ? 'due today' : `${counted(left, 'day')} left`
}

/** A report's day: `planned for Mon, Nov 30` */
function plannedText(clock: ShownClock, state: CardState): string {
  if (clock.isOver) return `overdue, was planned for ${weekday(state, clock.lastDay)}`
  return leftText(clock, state)
}

/** Business days end at a time of day: `Mon, Mar 9, 3:00 PM UTC`; the others with their last day. */
function endText(clock: ShownClock, state: CardState, drawn: InstantDrawn): string {
  if (!('businessDays' in clock.length)) return shortDayText(clock.lastDay, today(state))
  const endsWithItsDay = dayIn(state.timeZone, clock.overAt) !== clock.lastDay
  return endsWithItsDay ? `end of ${weekday(state, clock.lastDay)}` : drawn(state, clock.overAt)
}

/** A deadline by its last day, from which lists count; so does what a step's clock has opened. */
function overText(clock: ShownClock, state: CardState, drawn: InstantDrawn): string {
  const end = endText(clock, state, drawn)
  return clock === state.clocks[0] ? `overdue, was due ${end}` : `ended ${end}`
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

/** `received Mar 1, paused 3 days, extended by 7 days` */
function sinceText(clock: ShownClock, state: CardState, drawn: InstantDrawn): string {
  const { startsAt, length, pausedDays, extendedDays } = clock
  const start = 'businessDays' in length ? drawn(state, startsAt) : day(state, startsAt)
  return [
    `${startWord(startsAt, state)} ${start}`,
    ...(pausedDays > 0 ? [`paused ${counted(pausedDays, 'day')}`] : []),
    ...(extendedDays > 0 ? [`extended by ${counted(extendedDays, 'day')}`] : []),
  ].join(', ')
}

function startWord(startsAt: Instant, { request: { createdAt, facts } }: CardState): string {
  if (startsAt === createdAt) return 'received'
  if (startsAt === facts.reopenedAt) return 'reopened'
  return startsAt === facts.lastPublicReplyAt ? 'last answer' : 'since'
}

/** Returns an instant in the team's time zone, for people: `Mar 8, 2:05 PM UTC`. */
export function at({ timeZone, now }: Now, instant: Instant): string {
  return shortInstantText(instant, timeZone, now)
}

/** Returns the day of an instant in the team's time zone, for people: `Mar 8`. */
export function day(state: Now, instant: Instant): string {
  return shortDayText(dayIn(state.timeZone, instant), today(state))
}

/** Returns a day, `2026-03-09`, for people: `Mon, Mar 9`. */
export function weekday(state: Now, ofMonth: string): string {
  return shortWeekdayText(ofMonth, today(state))
}

function today({ timeZone, now }: Now): string {
  return dayIn(timeZone, now)
}

/** Returns an instant in the reader's own time zone, and in the team's where Slack can't show that. */
export function moment(state: Now, instant: Instant): string {
  return dateToken(instant, '{date_short_pretty}, {time}', at(state, instant))
}

/** Returns a time of this day to the second, in the reader's own time zone: `2:05:30 PM`. */
export function second(state: Now, instant: Instant): string {
  return dateToken(instant, '{time_secs}', shortTimeText(instant, state.timeZone))
}

/** Returns the day of an instant as the reader's calendar has it: `today`, `Mar 8`. */
export function dayOf(state: Now, instant: Instant): string {
  return dateToken(instant, '{date_short_pretty}', day(state, instant))
}

/**
 * Slack fills it in where it is read, so that a passing midnight makes no card untrue:
 * https://docs.slack.dev/messaging/formatting-message-text/#date-formatting
 */
function dateToken(instant: Instant, format: string, fallback: string): string {
  return `<!date^${Math.floor(Date.parse(instant) / 1000)}^${format}|${escaped(fallback, 100)}>`
}

/** Returns an entry of a request's log, with its instant in the reader's own time zone where Slack draws it. */
export function logLine(entry: string, max: number): string {
  const [, instant, inTeamZone = '', said = ''] = /^\{at:([\dTZ:.-]+)\|([^}]*)\}(.*)$/s.exec(entry) ?? []
  if (instant === undefined || Number.isNaN(Date.parse(instant))) return sentence(entry, max)
  return `${dateToken(instant, '{date_short_pretty}, {time}', inTeamZone)}${sentence(said, max)}`
}

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
  return 'businessDays' in clock.length && dayIn(state.timeZone, clock.overAt) === clock.lastDay
    ? moment(state, clock.overAt)
    : lastDayOf(clock, state)
}

/** Returns the last day of a clock as the reader's calendar has it: `today`, `Mar 8`. */
export function lastDayOf({ lastDay }: Pick<ShownClock, 'lastDay'>, state: Now): string {
  return dayOf(state, plus(startOf(lastDay, state.timeZone), noonMs))
}

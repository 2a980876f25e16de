/** What a request's clocks have people told in its thread: before its deadline, when that is over, and when a step is due. */
import { clockOf, deadlineOf, type RunningClock, type TimeContext } from '../engine/clocks.ts'
import type { Effect } from '../engine/effect.ts'
import { type Flow, requestName } from '../engine/flow.ts'
import { nextAction } from '../engine/next-action.ts'
import { assigneeWord } from '../engine/outcome.ts'
import { capital, type Role } from '../engine/request.ts'
import {
  dayIn,
  daysLeft,
  type Instant,
  shortDayText,
  shortInstantText,
  shortWeekdayText,
} from '../engine/time.ts'
import { anyOf } from '../engine/two-approvals.ts'
import type { RequestRow } from '../store/store.ts'
import { type DeskContext, environmentOf, placeOf, refreshAtOf, reminderTimes } from './desk-context.ts'

/** A request as it is in the store, or is about to be. */
type Row = Omit<RequestRow, 'version'>

/** Something that is due to be said in a request's thread. */
export interface Reminder {
  /** Each is given once. */
  readonly name: string
  /** What an earlier version called it, which gave other ends that name until `since`. */
  readonly formerly?: { readonly name: string; readonly since: Instant }
  readonly text: string
  /** For whoever has the request, or works such requests where nobody has it. */
  readonly isForAssignee: boolean
  /** Who is called besides. */
  readonly mention: readonly Role[]
}

/**
 * Returns the reminders that are due by now, given already or not. Where a request has no deadline of its own, each
 * clock that starts anew reminds again: after a reopen, and after every update.
 */
export function remindersOf(context: DeskContext, row: Row): readonly Reminder[] {
  const flow = context.flows[row.flow]
  if (!flow || flow.steps[row.step]?.isClosed) return []
  return [...ofDeadline(context, flow, row), ...ofStep(context, flow, row)]
}

/**
 * Returns when a request that has just come to where it stands has to be looked at again: now, where something is due
 * already that nobody has been told, since it was late when it was first seen or was reopened.
 */
export function firstRefreshOf(context: DeskContext, row: Row): RequestRow['refreshAt'] {
  return remindersOf(context, row).length > 0 ? placeOf(context).now : refreshAtOf(context, row)
}

/**
 * Whoever has the request is called when few days are left, the others shortly before the end, each once; when it is over,
 * both. What is due at once, since the bot was down or the request came late, is one call. An end that Privacy extends is
 * another, of which they are called anew; one that a hold moves is the same.
 */
function ofDeadline(context: DeskContext, flow: Flow, row: Row): readonly Reminder[] {
  const place = placeOf(context)
  const clock = deadlineOf(flow, row, place)
  if (!clock) return []
  const { reminders, deadline } = context.desks.of(row)
  const named = (what: string) => namesOf(what, row, clock, deadline !== undefined)
  const isShared = reminders.whom !== (reminders.worker ?? reminders.whom)
  const others = isShared ? [reminders.whom] : []
  if (clock.isOver) {
    const whenOver = deadline ? undefined : flow.steps[row.step]?.clock?.whenOver
    const text = filledIn(whenOver ?? reminders.overdue, context, flow, row, clock)
    return [{ ...named('overdue'), text, isForAssignee: true, mention: others }]
  }
  const text = filledIn(reminders.dueSoon, context, flow, row, clock)
  const { warnAt, escalateAt } = reminderTimes(clock, row, place)
  const isPast = (at: string | undefined) => at !== undefined && at <= place.now
  return [
    ...(isPast(warnAt) ? [{ ...named('due-soon'), text, isForAssignee: true, mention: [] }] : []),
    ...(isShared && isPast(escalateAt)
      ? [{ ...named('escalated'), text, isForAssignee: false, mention: others }]
      : []),
  ]
}

function namesOf(
  what: string,
  { step, facts }: Row,
  { startsAt, extendedDays }: RunningClock,
  isOfDeadline: boolean,
): Pick<Reminder, 'name' | 'formerly'> {
  if (!isOfDeadline) return { name: `${what}:${step}:${startsAt}` }
  const extension = facts.extensions?.findLast(({ clock }) => clock === 'fulfilment')
  if (!extension) return { name: what }
  return { name: `${what}:+${extendedDays}`, formerly: { name: what, since: extension.at } }
}

/** A clock that Privacy extends reminds again. */
function ofStep(context: DeskContext, flow: Flow, row: Row): readonly Reminder[] {
  const rule = flow.steps[row.step]?.clock
  // Without a deadline of its own the step's clock is the request's, of which the deadline's reminder speaks.
  if (!rule?.whenOver || !flow.desk.deadline) return []
  const place = placeOf(context)
  const clock = clockOf(rule, row, place)
  if (!clock.isOver) return []
  const text = filledIn(rule.whenOver, context, flow, row, clock)
  const name = `step-over:${row.step}:${clock.startsAt}:${clock.lastDay}`
  return [{ name, text, isForAssignee: true, mention: [] }]
}

/** Returns the messages for the thread about a request: what several reminders say in the same words is said once, to all of them. */
export function messagesOf(row: Pick<Row, 'assignee'>, reminders: readonly Reminder[]): readonly Effect[] {
  return [...Map.groupBy(reminders, ({ text }) => text)].map(([text, same]) => ({
    kind: 'thread',
    text: forWhom(same) === 'assignee' ? `${assigneeWord} ${text}` : `${text}${whoseText(row)}`,
    mention: [...new Set(same.flatMap(({ mention }) => mention))],
  }))
}

function forWhom(same: readonly Reminder[]): 'assignee' | 'others' {
  return same.some(({ isForAssignee }) => isForAssignee) ? 'assignee' : 'others'
}

/** Those who are called in the end have to know whom to ask. */
function whoseText({ assignee }: Pick<Row, 'assignee'>): string {
  return assignee === undefined ? ' It’s unassigned.' : ` It’s assigned to {person:${assignee}}.`
}

/** Returns ` Next: “Answers are in: check them”.`; where it is others' turn, for whom that is; empty where nothing comes next. */
export function nextTextOf(context: DeskContext, row: Row): string {
  const { stuckAfterDays } = context
  const flow = context.flows[row.flow]
  if (!flow) return ''
  const next = nextAction({ flow, request: row }, { ...environmentOf(context), stuckAfterDays })
  if (!next) return ''
  const roles = 'roles' in next.turn ? next.turn.roles : []
  const { reminders } = context.desks.of(row)
  const isTheirs = roles.length === 0 || roles.includes(reminders.worker ?? reminders.whom)
  const whom = isTheirs ? '' : `, for ${anyOf(flow.desk, roles)}`
  return ` Next: “${next.words}”${whom}.`
}

/** `in 3 days`, `tomorrow`, `in 2 hours` */
function leftText(clock: RunningClock, { now, timeZone }: TimeContext): string {
  const ms = Date.parse(clock.overAt) - Date.parse(now)
  if ('businessDays' in clock.length && ms < dayMs)
    return ms < hourMs ? 'in less than an hour' : `in ${counted(Math.floor(ms / hourMs), 'hour')}`
  const days = daysLeft(clock, now, timeZone)
  if (days < 1) return 'today'
  return days === 1 ? 'tomorrow' : `in ${days} days`
}

function limitText({ length, pausedDays, extendedDays }: RunningClock): string {
  return 'days' in length && pausedDays + extendedDays === 0 ? ` (${length.days}-day limit)` : ''
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Slack shows it in the reader's own time zone: see `threadText`. */
function momentText(at: Instant, { now, timeZone }: TimeContext): string {
  return `{at:${at}|${shortInstantText(at, timeZone, now)}}`
}

/** As the card has it: the last day, not the midnight after it, which bears the date of the day on which it is overdue. */
function endText(clock: RunningClock, place: TimeContext): string {
  if (!endsWithItsDay(clock, place)) return momentText(clock.overAt, place)
  return `the end of ${shortWeekdayText(clock.lastDay, dayIn(place.timeZone, place.now))}`
}

function endsWithItsDay({ lastDay, overAt }: RunningClock, { timeZone }: TimeContext): boolean {
  return dayIn(timeZone, overAt) !== lastDay
}

function filledIn(text: string, context: DeskContext, flow: Flow, row: Row, clock: RunningClock): string {
  const place = placeOf(context)
  const request = requestName(flow.desk, row.number)
  const end = endText(clock, place)
  const values: Readonly<Record<string, string>> = {
    request,
    Request: capital(request),
    because: clock.because,
    lastDay: shortDayText(clock.lastDay, dayIn(place.timeZone, place.now)),
    end,
    by: endsWithItsDay(clock, place) ? `by ${end}` : end,
    start: momentText(clock.startsAt, place),
    left: leftText(clock, place),
    limit: limitText(clock),
    next: nextTextOf(context, row),
  }
  return text.replace(/\{(\w+)\}/g, (all, key: string) => values[key] ?? all)
}

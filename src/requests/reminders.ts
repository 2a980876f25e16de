/** What a request's clocks have people told in its thread: before its deadline, when that is over, and when a step is due. */
import { clockOf, deadlineOf, type RunningClock, type TimeContext } from '../engine/clocks.ts'
import type { Effect } from '../engine/effect.ts'
import { type Flow, requestName } from '../engine/flow.ts'
import { capital } from '../engine/request.ts'
import { dayText, instantText } from '../engine/time.ts'
import type { RequestRow } from '../store/store.ts'
import { type DeskContext, placeOf, refreshAtOf, warnAt } from './desk-context.ts'

/** A request as it is in the store, or is about to be. */
type Row = Omit<RequestRow, 'version'>

/** A message that is due in a request's thread. */
export interface Reminder {
  /** Each is given once. */
  readonly name: string
  readonly effect: Effect
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

function ofDeadline(context: DeskContext, flow: Flow, row: Row): readonly Reminder[] {
  const place = placeOf(context)
  const clock = deadlineOf(flow, row, place)
  if (!clock) return []
  const { reminders, deadline } = context.desks.of(row)
  const name = (what: string) => (deadline ? what : `${what}:${row.step}:${clock.startsAt}`)
  const call = (text: string): Effect => ({
    kind: 'thread',
    text: filledIn(text, flow, row, clock, place),
    mention: [reminders.whom],
  })
  if (clock.isOver) {
    const whenOver = deadline ? undefined : flow.steps[row.step]?.clock?.whenOver
    return [{ name: name('overdue'), effect: call(whenOver ?? reminders.overdue) }]
  }
  const warnedAt = warnAt(clock, row, place)
  if (warnedAt === undefined || warnedAt > place.now) return []
  return [{ name: name('due-soon'), effect: call(reminders.dueSoon) }]
}

/** Whoever has claimed it is called, else whoever works requests. A clock that Privacy extends reminds again. */
function ofStep(context: DeskContext, flow: Flow, row: Row): readonly Reminder[] {
  const rule = flow.steps[row.step]?.clock
  // Without a deadline of its own the step's clock is the request's, of which the deadline's reminder speaks.
  if (!rule?.whenOver || !flow.desk.deadline) return []
  const place = placeOf(context)
  const clock = clockOf(rule, row, place)
  if (!clock.isOver) return []
  const { reminders } = context.desks.of(row)
  const text = filledIn(rule.whenOver, flow, row, clock, place)
  const effect: Effect = row.assignee
    ? { kind: 'thread', text: `{person:${row.assignee}} ${text}`, mention: [] }
    : { kind: 'thread', text, mention: [reminders.worker ?? reminders.whom] }
  return [{ name: `step-over:${row.step}:${clock.startsAt}:${clock.lastDay}`, effect }]
}

function filledIn(
  text: string,
  { desk }: Flow,
  { iid }: Row,
  clock: RunningClock,
  place: TimeContext,
): string {
  const request = requestName(desk, iid)
  const values: Readonly<Record<string, string>> = {
    request,
    Request: capital(request),
    because: clock.because,
    lastDay: dayText(clock.lastDay),
    end: instantText(clock.overAt, place.timeZone),
    start: instantText(clock.startsAt, place.timeZone),
  }
  return text.replace(/\{(\w+)\}/g, (all, key: string) => values[key] ?? all)
}

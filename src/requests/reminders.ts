/** What a request's clocks have people told in its thread: before its deadline, when that is over, and when a step is due. */
import { clockOf, deadlineOf, type RunningClock, type TimeContext } from '../engine/clocks.ts'
import type { Effect } from '../engine/effect.ts'
import { type Flow, requestName } from '../engine/flow.ts'
import { assigneeWord } from '../engine/outcome.ts'
import { capital, type Role } from '../engine/request.ts'
import { dayText, instantText } from '../engine/time.ts'
import type { RequestRow } from '../store/store.ts'
import { type DeskContext, placeOf, refreshAtOf, reminderTimes } from './desk-context.ts'

/** A request as it is in the store, or is about to be. */
type Row = Omit<RequestRow, 'version'>

/** Something that is due to be said in a request's thread. */
export interface Reminder {
  /** Each is given once. */
  readonly name: string
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
 * both. What is due at once, since the bot was down or the request came late, is one call.
 */
function ofDeadline(context: DeskContext, flow: Flow, row: Row): readonly Reminder[] {
  const place = placeOf(context)
  const clock = deadlineOf(flow, row, place)
  if (!clock) return []
  const { reminders, deadline } = context.desks.of(row)
  const name = (what: string) => (deadline ? what : `${what}:${row.step}:${clock.startsAt}`)
  const isShared = reminders.whom !== (reminders.worker ?? reminders.whom)
  const others = isShared ? [reminders.whom] : []
  if (clock.isOver) {
    const whenOver = deadline ? undefined : flow.steps[row.step]?.clock?.whenOver
    const text = filledIn(whenOver ?? reminders.overdue, flow, row, clock, place)
    return [{ name: name('overdue'), text, isForAssignee: true, mention: others }]
  }
  const text = filledIn(reminders.dueSoon, flow, row, clock, place)
  const { warnAt, escalateAt } = reminderTimes(clock, row, place)
  const isPast = (at: string | undefined) => at !== undefined && at <= place.now
  return [
    ...(isPast(warnAt) ? [{ name: name('due-soon'), text, isForAssignee: true, mention: [] }] : []),
    ...(isShared && isPast(escalateAt)
      ? [{ name: name('escalated'), text, isForAssignee: false, mention: others }]
      : []),
  ]
}

/** A clock that Privacy extends reminds again. */
function ofStep(context: DeskContext, flow: Flow, row: Row): readonly Reminder[] {
  const rule = flow.steps[row.step]?.clock
  // Without a deadline of its own the step's clock is the request's, of which the deadline's reminder speaks.
  if (!rule?.whenOver || !flow.desk.deadline) return []
  const place = placeOf(context)
  const clock = clockOf(rule, row, place)
  if (!clock.isOver) return []
  const text = filledIn(rule.whenOver, flow, row, clock, place)
  const name = `step-over:${row.step}:${clock.startsAt}:${clock.lastDay}`
  return [{ name, text, isForAssignee: true, mention: [] }]
}

/** Returns the messages for the thread: what several reminders say in the same words is said once, to all of them. */
export function messagesOf(reminders: readonly Reminder[]): readonly Effect[] {
  return [...Map.groupBy(reminders, ({ text }) => text)].map(([text, same]) => ({
    kind: 'thread',
    text: same.some(({ isForAssignee }) => isForAssignee) ? `${assigneeWord} ${text}` : text,
    mention: [...new Set(same.flatMap(({ mention }) => mention))],
  }))
}

function filledIn(
  text: string,
  { desk }: Flow,
  { number }: Row,
  clock: RunningClock,
  place: TimeContext,
): string {
  const request = requestName(desk, number)
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

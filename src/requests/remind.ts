/**
 * The work of time alone: cards that it has made untrue, reminders shortly before a request's deadline and when it is
 * over, and the purge.
 */
import type { Desk } from '../desks/desk.ts'
import { deadlineOf, type RunningClock, type TimeContext } from '../engine/clocks.ts'
import type { Effect } from '../engine/effect.ts'
import { type Flow, requestName } from '../engine/flow.ts'
import { capital } from '../engine/request.ts'
import { dayIn, dayText, instantText, plus } from '../engine/time.ts'
import type { RequestRow, Store } from '../store/store.ts'
import { callForBacklog } from './backlog.ts'
import { type DeskContext, nowOf, placeOf, refreshAtOf, warnAt } from './desk-context.ts'
import { addEffects, amendRequest, redraw } from './handle-event.ts'

/**
 * Draws cards again on which a clock says something else by now, and tells the people who have to know, each once.
 */
export async function remind(context: DeskContext): Promise<void> {
  const { store } = context
  const called = new Set<Desk>()
  const asOf = nowOf(context)
  for (;;) {
    const due = await store.tables.requests.dueForRedraw(asOf, remindedAtOnce)
    for (const { id } of due) {
      const desk = await remindOne(context, store, id)
      if (desk) called.add(desk)
    }
    if (due.length > 0) context.wakeWorker()
    // Each of them is due later now.
    if (due.length < remindedAtOnce) break
  }
  for (const desk of called) await callForBacklog(context, desk)
  if (called.size > 0) context.wakeWorker()
}

/** At midnight all open requests are due. */
const remindedAtOnce = 100

/** Returns the desk where somebody has to be called for a request that has no card yet. */
async function remindOne(context: DeskContext, store: Store, id: string): Promise<Desk | undefined> {
  return store.transaction(async (tables) => {
    const row = await tables.requests.byId(id)
    if (!row) return undefined
    const isWithoutCard = row.cardWaitsSince !== undefined
    const isFirst = (name: string) => tables.settings.claimOnce(`${name}:${row.id}`, nowOf(context))
    let isCalled = false
    for (const { name, effect } of remindersOf(context, row)) {
      // In its thread it is said when there is one.
      if (isWithoutCard) isCalled = (await isFirst(`without-card:${name}`)) || isCalled
      else if (await isFirst(name)) await addEffects(context, tables, row, [effect])
    }
    await amendRequest(tables, row, { refreshAt: refreshAtOf(context, row) })
    if (!isWithoutCard) await redraw(context, tables, row.id)
    return isCalled ? context.desks.of(row) : undefined
  })
}

interface Reminder {
  /** Each is given once. */
  readonly name: string
  readonly effect: Effect
}

/**
 * Returns the reminders of a request. Where it has no deadline of its own, each clock that starts anew reminds
 * again: after a reopen, and after every update.
 */
function remindersOf(context: DeskContext, row: RequestRow): readonly Reminder[] {
  const flow = context.flows[row.flow]
  const place = placeOf(context)
  const clock = flow && deadlineOf(flow, row, place)
  if (!flow || !clock) return []
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

function filledIn(
  text: string,
  { desk }: Flow,
  { iid }: RequestRow,
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

const dayMs = 24 * 3_600_000

/** Deletes once a day what is kept of closed requests beside their audit entries, once the retention time is over. */
export async function purgeWhenDue(context: DeskContext, retentionDays: number): Promise<void> {
  const now = nowOf(context)
  if (!(await context.store.tables.settings.claimOnce(`purge:${dayIn(context.timeZone, now)}`, now))) return
  await context.store.purge(plus(now, -retentionDays * dayMs))
}

/**
 * The work of time alone: cards that it has made untrue, reminders shortly before a request's deadline and when it is
 * over, and the purge.
 */
import type { Desk } from '../desks/desk.ts'
import { clocksOf } from '../engine/clocks.ts'
import type { DecisionEnvironment } from '../engine/flow.ts'
import { nextAction } from '../engine/next-action.ts'
import { dayIn, type Instant, plus } from '../engine/time.ts'
import type { RequestRow, Store, Tables } from '../store/store.ts'
import { addEffects, redraw } from './ask-for-effects.ts'
import { callForBacklog } from './backlog.ts'
import { type DeskContext, environmentOf, nowOf, refreshAtOf } from './desk-context.ts'
import { amendRequest } from './handle-event.ts'
import { messagesOf, type Reminder, remindersOf } from './reminders.ts'

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
    // In its thread it is said when there is one.
    const keyOf = (name: string) => `${isWithoutCard ? 'without-card:' : ''}${name}:${row.id}`
    const isFirst = async ({ name, formerly }: Reminder) => {
      const wasGiven = formerly && (await isNotedSince(tables, keyOf(formerly.name), formerly.since))
      return !wasGiven && tables.settings.claimOnce(keyOf(name), nowOf(context))
    }
    const given: Reminder[] = []
    for (const reminder of remindersOf(context, row)) if (await isFirst(reminder)) given.push(reminder)
    const isCalled = isWithoutCard && given.length > 0
    if (!isWithoutCard && given.length > 0) await addEffects(context, tables, row, messagesOf(row, given))
    await amendRequest(tables, row, { refreshAt: refreshAtOf(context, row) })
    if (!isWithoutCard && saysOtherwise(context, row)) await redraw(context, tables, row.id)
    return isCalled ? context.desks.of(row) : undefined
  })
}

async function isNotedSince({ settings }: Tables, name: string, since: Instant): Promise<boolean> {
  const at = await settings.get(name)
  return at !== undefined && at >= since
}

/** True where time alone has changed what a card says: something else comes next, or a clock is over. */
function saysOtherwise(context: DeskContext, row: RequestRow): boolean {
  const flow = context.flows[row.flow]
  if (!flow || row.refreshAt === undefined) return true
  const { stuckAfterDays } = context
  const said = (environment: DecisionEnvironment) =>
    JSON.stringify([
      nextAction({ flow, request: row }, { ...environment, stuckAfterDays }),
      clocksOf(flow, row, environment),
    ])
  const now = environmentOf(context)
  return said({ ...now, now: plus(row.refreshAt, -1) }) !== said(now)
}

const dayMs = 24 * 3_600_000

/** Deletes once a day what is kept of closed requests beside their audit entries, once the retention time is over. */
export async function purgeWhenDue(context: DeskContext, retentionDays: number): Promise<void> {
  const now = nowOf(context)
  if (!(await context.store.tables.settings.claimOnce(`purge:${dayIn(context.timeZone, now)}`, now))) return
  await context.store.purge(plus(now, -retentionDays * dayMs))
}

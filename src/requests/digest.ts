/** The daily deadline digest: exactly once a day, however often the bot restarts. */

import type { Desk } from '../desks/desk.ts'
import { calendarEndsSoon } from '../engine/business-time.ts'
import type { Digest } from '../engine/effects/messages.ts'
import type { Instant } from '../engine/time.ts'
import { dayIn, plus } from '../engine/time.ts'
import type { RequestRow } from '../store/store.ts'
import { type BacklogState, backlogOf } from './backlog.ts'
import type { BatchState } from './batches.ts'
import { batchOf, isPast, type TimeOfDay } from './batches.ts'
import type { CardState } from './card-states.ts'
import { type CardStateParts, lineStateOf } from './card-states.ts'
import { type DeskContext, nowOf } from './desk-context.ts'
import { isInRestoreGap } from './restore-gap.ts'

/** The state from which a desk's daily digest is drawn. It holds no personal data. */
export interface DigestState {
  readonly desk: Desk
  readonly now: Instant
  readonly timeZone: string
  /** Every open request. */
  readonly open: readonly CardState[]
  /** Closed requests that somebody has to look at. */
  readonly closed: readonly CardState[]
  /** The counts of what has come about since yesterday, in the desk's words: `['new', 2]`. */
  readonly counts: readonly (readonly [word: string, count: number])[]
  /** Of the audit log, so that a tail that is cut off later can be told: `audit verify --head COUNT:HASH`. */
  readonly auditHead?: { readonly seq: number; readonly hash: string }
  /** The reports promised for today, sent or not. */
  readonly batch?: BatchState
  /** Given where it is near: the last day for which the holidays are known, `2027-12-31`. */
  readonly holidaysUntil?: string
  /** Given where cards wait to be asked for. */
  readonly backlog?: BacklogState
  /** The service's further sentences. */
  readonly notes: readonly string[]
}

const dayMs = 24 * 3_600_000

/** The parts that asking for a digest needs. */
export interface DigestParts {
  readonly context: DeskContext
  readonly desk: Desk
  readonly digestAt: TimeOfDay
}

/** Asks for today's digest once its time has come; it is drawn when it is posted. A bot that was down then does it when it is back. */
export async function digestWhenDue({ context, desk, digestAt }: DigestParts): Promise<void> {
  const now = nowOf(context)
  if (!isPast(now, digestAt, context.timeZone)) return
  const day = dayIn(context.timeZone, now)
  const name = `${desk.digest.name}:${day}`
  if ((await context.store.tables.settings.get(name)) !== undefined) return
  // It may have been posted after the backup that the bot woke up in.
  if (isInRestoreGap(context.restoreGap, timeOfDay(now, digestAt, context.timeZone))) return
  await context.store.transaction(async (tables) => {
    if (!(await tables.settings.claimOnce(name, now))) return
    const work: Digest = { kind: 'digest', desk: desk.name, day }
    await tables.outbox.add([{ opId: context.newId(), lane: 'channel', work, dueAt: now, createdAt: now }])
  })
  context.wakeWorker()
}

/** The parts that reading a digest's state needs. */
export interface DigestStateParts extends CardStateParts {
  readonly desk: Desk
  /** The service's further sentences. */
  readonly notes?: () => Promise<readonly string[]>
}

/** Reads the state of a desk's digest as of now. */
export async function digestState(parts: DigestStateParts): Promise<DigestState> {
  const { desk, context } = parts
  const { store, timeZone, calendar } = context
  const { digest } = desk
  const now = nowOf(context)
  const daysAgo = (days: number) => plus(now, -days * dayMs)
  const yesterday = daysAgo(1)
  const open = await store.tables.requests.open(desk.source)
  const closed = await store.tables.requests.closedSince(daysAgo(digest.closedDays), desk.source)
  const isListed = (row: RequestRow) => !context.flows[row.flow]?.isCountedOnly
  const standings = [...open, ...closed].flatMap((request) => {
    const flow = context.flows[request.flow]
    return flow ? [{ request, flow }] : []
  })
  const batch = desk.command.also.includes('batch') ? await batchOf(parts, dayIn(timeZone, now)) : undefined
  const backlog = await backlogOf(context, desk)
  return {
    desk,
    now,
    timeZone,
    ...(backlog.waiting > 0 && { backlog }),
    open: open.map((row) => lineStateOf(parts, row)),
    closed: closed
      .filter((row) => isListed(row) && digest.closed?.[1](row, yesterday))
      .map((row) => lineStateOf(parts, row)),
    counts: Object.entries(digest.counts).map(([word, isCounted]) => [
      word,
      standings.filter((one) => isCounted(one, yesterday)).length,
    ]),
    ...(digest.showsAuditHead && { auditHead: await store.tables.audit.head() }),
    ...(batch && batch.reports.length > 0 && { batch }),
    ...(countsBusinessDays(desk) &&
      calendarEndsSoon(dayIn(timeZone, now), calendar) && { holidaysUntil: calendar.checkedUntil }),
    notes: (await parts.notes?.()) ?? [],
  }
}

function countsBusinessDays({ flows }: Desk): boolean {
  return flows.some(({ steps }) => Object.values(steps).some(({ clock }) => clock && 'businessDays' in clock))
}

function timeOfDay(now: string, { hour, minute }: TimeOfDay, timeZone: string): string {
  const local = Temporal.Instant.from(now).toZonedDateTimeISO(timeZone).with({ hour, minute, second: 0 })
  return new Date(local.epochMilliseconds).toISOString()
}

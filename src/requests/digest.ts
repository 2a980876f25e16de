/** The daily deadline digest: exactly once a day, however often the bot restarts. */

import type { Desk } from '../desks/desk.ts'
import type { Tally } from '../desks/listed.ts'
import { calendarEndsSoon, isBusinessDay } from '../engine/business-time.ts'
import type { Digest, DigestReply } from '../engine/effects/messages.ts'
import type { OpenWork } from '../engine/next-action.ts'
import type { Role } from '../engine/request.ts'
import { dayIn, type Instant, plus, toInstant } from '../engine/time.ts'
import type { AuditEntry, RequestRow, Tables } from '../store/store.ts'
import { type BacklogState, backlogOf } from './backlog.ts'
import type { BatchState } from './batches.ts'
import { batchOf, isPast, type TimeOfDay, timeOfDay } from './batches.ts'
import type { CardState } from './card-states.ts'
import { type CardStateParts, lineStateOf } from './card-states.ts'
import { type DeskContext, nowOf } from './desk-context.ts'
import { digestList } from './digest-list.ts'
import { isClosed } from './handle-event.ts'
import { openRequestsOf } from './open-requests.ts'
import { isStillReading, roundsOf, staleness } from './poll-rounds.ts'
import { isInRestoreGap } from './restore-gap.ts'

/** The state from which a desk's daily digest is drawn. It holds no personal data. */
export interface DigestState {
  readonly desk: Desk
  readonly now: Instant
  readonly timeZone: string
  /** Every open request; of many those that need somebody, and of these as many as a digest lists. */
  readonly open: readonly CardState[]
  /** Counts the open requests that are not among these; left out: there are none. */
  readonly unlisted?: Tally
  /** Closed requests that somebody has to look at, by the title of their group. */
  readonly closed: readonly (readonly [title: string, requests: readonly CardState[]])[]
  /** The counts of what has come about since the last digest, in the desk's words: `['new', 2]`. */
  readonly counts: readonly (readonly [word: string, count: number])[]
  /** The instant as of which the last digest was drawn; left out where there was none. */
  readonly lastAt?: Instant
  /** Given where the desk's service has not been read lately: since when, or nothing where it never was. */
  readonly stale?: { readonly since?: Instant }
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
  /** By role, the mentions of whoever holds it; left out or empty: nobody can be mentioned. */
  readonly mentions?: Readonly<Record<Role, string>>
}

/** A digest's state with where the next one begins, which is kept once this one is posted. */
export type ReadDigest = DigestState & { readonly mark: DigestMark }

/** Where a digest ends and the next one begins: its instant, and the audit log's last entry then. */
interface DigestMark {
  readonly at: Instant
  readonly seq: number
}

const dayMs = 24 * 3_600_000

/** The parts that asking for a digest needs. */
export interface DigestParts {
  readonly context: DeskContext
  readonly desk: Desk
  readonly digestAt: TimeOfDay
  /** Left out: every day. */
  readonly digestDays?: DigestDays
}

/** The days on which a digest is posted. */
export interface DigestDays {
  /** 1 is Monday, 7 Sunday. */
  readonly weekdays: readonly number[]
  /** Not on federal holidays, nor on the team's further days off. */
  readonly lessHolidays: boolean
}

/**
 * Asks for today's digest once its time has come; it is drawn when it is posted. A bot that was down then does it when
 * it is back. It waits until the service was read for the first time, and until what was found then has been taken in:
 * nobody is told that nothing is open by a bot that has not looked.
 */
export async function digestWhenDue(parts: DigestParts): Promise<void> {
  const { context, desk, digestAt } = parts
  const now = nowOf(context)
  if (!isPast(now, digestAt, context.timeZone)) return
  if (!hasDigest(parts, dayIn(context.timeZone, now))) return
  const day = dayIn(context.timeZone, now)
  const name = `${desk.digest.name}:${day}`
  if ((await context.store.tables.settings.get(name)) !== undefined) return
  // It may have been posted after the backup that the bot woke up in.
  if (isInRestoreGap(context.restoreGap, timeOfDay(now, digestAt, context.timeZone))) return
  const { tables } = context.store
  if ((await roundsOf(tables, desk.source)).readAt === undefined) return
  if (await isStillReading(tables, desk.source, now)) return
  await context.store.transaction(async (tables) => {
    if (!(await tables.settings.claimOnce(name, now))) return
    await askForDigest(context, tables, desk)
  })
  context.wakeWorker()
}

/** Asks for the digest of today: it is drawn when it is posted. */
export async function askForDigest(context: DeskContext, tables: Tables, desk: Desk): Promise<void> {
  const now = nowOf(context)
  const day = dayIn(context.timeZone, now)
  await tables.settings.set(lastDayName(desk), day)
  const work: Digest = { kind: 'digest', desk: desk.name, day }
  await tables.outbox.add([{ opId: context.newId(), lane: 'channel', work, dueAt: now, createdAt: now }])
}

/** The parts that reading a digest's state needs. */
export interface DigestStateParts extends CardStateParts {
  readonly desk: Desk
  /** The service's further sentences. */
  readonly notes?: () => Promise<readonly string[]>
  /** Returns the holders of a role, as mentions. */
  readonly mention?: (role: Role) => Promise<string>
}

/** Reads the state of a desk's digest as of now. */
export async function digestState(parts: DigestStateParts): Promise<ReadDigest> {
  const { desk, context } = parts
  const { store, timeZone, calendar } = context
  const { tables } = store
  const { digest } = desk
  const now = nowOf(context)
  const head = await tables.audit.head()
  const last = await lastMark(tables, desk)
  const news = await newsSince(context, last ?? (await markAt(tables, plus(now, -dayMs))), head.seq)
  const stale = staleness(await roundsOf(tables, desk.source), now)
  const isListed = (row: RequestRow) => !context.flows[row.flow]?.isCountedOnly
  // A new desk takes in what is open already: of that only what came yesterday or today is new.
  const isOld = (row: RequestRow) => !last && row.createdAt < plus(now, -dayMs)
  const newsOf = (row: RequestRow) => {
    const all = news.get(row.id) ?? []
    return new Set(isOld(row) ? all.filter((one) => one !== 'opened') : all)
  }
  const counts = new Map(Object.keys(digest.counts).map((word) => [word, 0]))
  const count = (request: RequestRow) => {
    const flow = context.flows[request.flow]
    for (const [word, isCounted] of Object.entries(digest.counts))
      if (flow && isCounted({ request, flow }, newsOf(request))) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  const open = await openRequestsOf(context, desk)
  const { work } = open
  // Where nothing has come about, nothing is counted.
  for (const { row } of await tables.requests.byIds([...news.keys()]))
    if (row.source === desk.source && row.closedAt === undefined) count(row)
  const closedFrom = [plus(now, -digest.closedDays * dayMs), last?.at ?? now].sort()[0] ?? now
  const groups = (digest.closed ?? []).map(([title, fits]) => ({ title, fits, states: [] as CardState[] }))
  for await (const row of tables.requests.eachClosedSince(closedFrom, desk.source)) {
    count(row)
    if (!isListed(row)) continue
    // Each stands once: what failed is listed as that.
    const group = isLeftUndone(work.get(row.id))
      ? undefined
      : groups.find(({ fits }) => fits(row, newsOf(row)))
    group?.states.push(lineStateOf(parts, row, work.get(row.id)))
  }
  const notDone = await closedAndNotDone(parts, work)
  const batch = desk.command.also.includes('batch') ? await batchOf(parts, dayIn(timeZone, now)) : undefined
  const backlog = await backlogOf(context, desk)
  return {
    desk,
    now,
    timeZone,
    ...(backlog.waiting > 0 && { backlog }),
    ...(await digestList(parts, desk, open)),
    closed: [
      ...groups.map(({ title, states }) => [title, states] as const),
      ...(notDone.length > 0 ? [['Closed, but not all of it was done', notDone] as const] : []),
    ],
    counts: [...counts],
    ...(last && { lastAt: last.at }),
    ...(stale && { stale }),
    mark: { at: now, seq: head.seq },
    ...(digest.showsAuditHead && { auditHead: head }),
    ...(batch && batch.reports.length > 0 && { batch }),
    ...(countsBusinessDays(desk) &&
      calendarEndsSoon(dayIn(timeZone, now), calendar) && { holidaysUntil: calendar.checkedUntil }),
    notes: (await parts.notes?.()) ?? [],
    mentions: await mentionsOf(parts),
  }
}

/** Their decision closes them, and something of it has failed or has had no clear answer for long: they are in no list. */
async function closedAndNotDone(
  parts: DigestStateParts,
  work: ReadonlyMap<string, OpenWork>,
): Promise<readonly CardState[]> {
  const { context, desk } = parts
  const states: CardState[] = []
  for (const [id, open] of work) {
    if (!isLeftUndone(open)) continue
    const row = await context.store.tables.requests.byId(id)
    if (row?.source === desk.source && row.closedAt !== undefined) states.push(lineStateOf(parts, row, open))
  }
  return states
}

function isLeftUndone(work: OpenWork | undefined): boolean {
  return work !== undefined && work.failed + work.unclear > 0
}

async function mentionsOf({ desk, mention }: DigestStateParts): Promise<Readonly<Record<Role, string>>> {
  const names = desk.people.map(({ name }) => name)
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, (await mention?.(name)) ?? ''] as const)),
  )
}

/**
 * Keeps where a digest has ended, in the transaction in which it counts as posted, and asks for what continues it in its
 * thread.
 */
export async function markDigest(
  context: Pick<DeskContext, 'newId' | 'now'>,
  { settings, outbox }: Tables,
  { desk, mark }: ReadDigest,
  replies: readonly DigestReply[] = [],
): Promise<void> {
  await settings.set(markName(desk), JSON.stringify(mark))
  const at = toInstant(context.now())
  await outbox.add(
    replies.map((work) => ({ opId: context.newId(), lane: 'channel', work, dueAt: at, createdAt: at })),
  )
}

/**
 * True where the digest of a later day has been asked for, or is about to be, since its time has come: it tells all
 * that this one would, and would be drawn of the same state.
 */
export async function isOvertaken(parts: DigestParts, day: string): Promise<boolean> {
  const { context, desk, digestAt } = parts
  const now = nowOf(context)
  const today = dayIn(context.timeZone, now)
  if (today > day && isPast(now, digestAt, context.timeZone) && hasDigest(parts, today)) return true
  return ((await context.store.tables.settings.get(lastDayName(desk))) ?? day) > day
}

function hasDigest({ context: { calendar }, digestDays }: DigestParts, day: string): boolean {
  if (!digestDays) return true
  const { dayOfWeek } = Temporal.PlainDate.from(day)
  const isWeekend = dayOfWeek > 5
  return (
    digestDays.weekdays.includes(dayOfWeek) &&
    (!digestDays.lessHolidays || isWeekend || isBusinessDay(day, calendar))
  )
}

function lastDayName({ digest }: Desk): string {
  return `digest-day:${digest.name}`
}

function markName({ digest }: Desk): string {
  return `digest-mark:${digest.name}`
}

async function lastMark({ settings }: Tables, desk: Desk): Promise<DigestMark | undefined> {
  const text = await settings.get(markName(desk))
  return text === undefined ? undefined : JSON.parse(text)
}

/** Entries read at once. */
const pageSize = 1_000

/** The audit log's last entry before an instant: read from the end, as far back as need be. */
async function markAt({ audit }: Tables, at: Instant): Promise<DigestMark> {
  let { seq } = await audit.head()
  while (seq > 0) {
    const from = Math.max(0, seq - pageSize)
    const before = (await audit.page(from, seq - from)).findLast((entry) => entry.at < at)
    if (before) return { at, seq: before.seq }
    seq = from
  }
  return { at, seq: 0 }
}

/** By request, what has come about after the mark, as the audit log has it: nothing is lost where a digest was late. */
async function newsSince(
  context: DeskContext,
  { seq }: DigestMark,
  until: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const news = new Map<string, string[]>()
  for (let from = seq; from < until; from += pageSize)
    for (const entry of await context.store.tables.audit.page(from, Math.min(pageSize, until - from)))
      if (entry.requestId !== undefined)
        news.set(entry.requestId, [...(news.get(entry.requestId) ?? []), ...newsIn(context, entry)])
  return news
}

function newsIn(context: DeskContext, { what, details }: AuditEntry): readonly string[] {
  const text = (name: string) => (typeof details[name] === 'string' ? details[name] : '')
  const isClosedAt = (place: string) => {
    const [flow = '', step = ''] = place.split('/')
    return isClosed(context, { flow, step })
  }
  const isNowClosed = isClosedAt(text('to')) && !isClosedAt(text('from'))
  return [
    ...(what === 'opened' ? ['opened'] : []),
    ...(what === 'seen' ? [text('name')] : []),
    ...(isNowClosed ? ['ended'] : []),
  ]
}

function countsBusinessDays({ flows }: Desk): boolean {
  return flows.some(({ steps }) => Object.values(steps).some(({ clock }) => clock && 'businessDays' in clock))
}

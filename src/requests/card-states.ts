/** The states from which cards, lists and the digest are drawn, read from the store. */

import type { Desk, Standing } from '../desks/desk.ts'
import type { BusinessCalendar } from '../engine/business-time.ts'
import { clocksOf, type RunningClock } from '../engine/clocks.ts'
import { type EffectDefinitions, effects, type Setting } from '../engine/effect.ts'
import type { AnyEffect } from '../engine/effects/definition.ts'
import { own } from '../engine/flow.ts'
import { type NextAction, nextAction, type OpenWork } from '../engine/next-action.ts'
import { isOf } from '../engine/request.ts'
import type { Instant } from '../engine/time.ts'
import type { Card, OutboxEntry, RequestRow } from '../store/store.ts'
import { type DeskContext, environmentOf, placeOf } from './desk-context.ts'

/** A clock as a view shows it. */
export type ShownClock = RunningClock

/** One effect of a decision, as far as it has got. */
export interface WorkLine {
  /** The last move did not ask for it: something before it did, and it is not finished. */
  readonly isOlder?: true
  /** `Send “Request Closed - No Response” to the requester` */
  readonly what: string
  readonly status: 'pending' | 'in-flight' | 'unknown' | 'done' | 'failed' | 'cancelled'
  readonly at?: Instant
  readonly error?: string
  /** Nothing of its decision is begun before then, so that it can be undone. */
  readonly sendAt?: Instant
  /** People were called, since no clear answer has come from then on. */
  readonly unclearSince?: Instant
}

/** The state from which a card is drawn: all that a view may show of a request. It holds no personal data. */
export interface CardState extends Standing {
  readonly desk: Desk
  readonly calendar: BusinessCalendar
  /** The choices of the team's configuration: which decisions are offered and what they do. */
  readonly settings: Readonly<Record<Setting, boolean>>
  /** An exception takes two approvals. */
  readonly requirePrivacyApproval: boolean
  /** What comes next, whose turn it is and until when; left out: it is closed, and all is done. */
  readonly next?: NextAction
  readonly work: readonly WorkLine[]
  /** Seconds for which a public reply waits; left out: it goes out at once. */
  readonly undoSeconds?: number
  /** The id of the decision whose public reply waits and can be undone. */
  readonly canBeUndone?: string
  /** Other requests of the same requester and type that are open now, at most five by number; left out: none. */
  readonly duplicates?: { readonly iids: readonly number[]; readonly hasMore: boolean }
  /** A permalink to the card in Slack, for lists. */
  readonly cardUrl?: string
}

/** The parts that reading a state needs. */
export interface CardStateParts {
  readonly context: DeskContext
  /** An effect in words. */
  readonly taskText: (effect: AnyEffect, number: number) => string
  readonly cardUrl: (card: Card) => string | undefined
}

/** Reads the state of a card. */
export async function cardStateOf(parts: CardStateParts, row: RequestRow): Promise<CardState> {
  const entries = await parts.context.store.tables.outbox.ofRequest(row.id)
  const duplicates = await duplicatesOf(parts, row)
  return {
    ...lineStateOf(parts, row, openWorkIn(entries)),
    work: workLines(parts, row, entries),
    ...(waits(row, entries) && { canBeUndone: row.facts.waitingReply?.decisionId ?? '' }),
    ...(duplicates && { duplicates }),
  }
}

/** True while nothing of the decision with the waiting reply is begun. */
function waits({ source, facts: { waitingReply } }: RequestRow, entries: readonly OutboxEntry[]): boolean {
  const own = entries.filter((entry) => isWaiting(waitingReply, source, entry))
  return own.length > 0 && own.every(({ status, attempts }) => status === 'pending' && attempts === 0)
}

function isWaiting(
  waitingReply: RequestRow['facts']['waitingReply'],
  source: string,
  { decisionId, lane }: OutboxEntry,
): boolean {
  return decisionId !== undefined && decisionId === waitingReply?.decisionId && lane === source
}

/** The number of other requests of the same person that a card names: somebody may send the form a thousand times. */
export const mostNamed = 5

/** As they stand now: what was suggested when a request came in may have been closed or be of another type since. */
async function duplicatesOf(
  { context }: CardStateParts,
  { id, flow, facts, hashes, closedAt }: RequestRow,
): Promise<CardState['duplicates']> {
  if (!facts.suggestedDuplicates || !hashes || closedAt !== undefined) return undefined
  const { requests } = context.store.tables
  const open = await requests.sameRequester(hashes, [flow], id, mostNamed + 1)
  if (open.length === 0) return undefined
  return { iids: open.slice(0, mostNamed).map(({ number }) => number), hasMore: open.length > mostNamed }
}

/** By request, what is not done of what was decided: what failed, and whose outcome is unknown, comes before all else. */
export async function openWorkOf({
  store,
}: Pick<DeskContext, 'store'>): Promise<ReadonlyMap<string, OpenWork>> {
  const all = await store.tables.outbox.openWork()
  return new Map(all.map(({ requestId, ...work }) => [requestId, work]))
}

/** The same of one request. Messages and redraws are no work. */
function openWorkIn(entries: readonly OutboxEntry[]): OpenWork {
  const work = entries.filter(({ lane }) => lane !== 'thread' && lane !== 'card')
  const called = work.filter(isUnclear)
  const count = (...of: readonly OutboxEntry['status'][]) =>
    work.filter((entry) => !called.includes(entry) && of.includes(entry.status)).length
  return {
    failed: count('failed'),
    unclear: called.length,
    unknown: count('unknown'),
    pending: count('pending', 'in-flight'),
  }
}

/**
 * Returns the state without the work, which lists don't show; `open` says how much of it is not done. Throws where the
 * request's flow does not exist.
 */
export function lineStateOf(
  { context, cardUrl }: CardStateParts,
  row: RequestRow,
  open?: OpenWork,
): CardState {
  const flow = context.flows[row.flow]
  if (!flow) throw new Error(`request ${row.id} has no flow ${row.flow}`)
  const place = placeOf(context)
  const url = row.card && cardUrl(row.card)
  const { stuckAfterDays, undoSeconds = 0 } = context
  const next = nextAction(
    { flow, request: row },
    { ...environmentOf(context), stuckAfterDays, ...(open && { work: open }) },
  )
  return {
    desk: context.desks.of(row),
    request: row,
    flow,
    ...place,
    settings: context.settings,
    requirePrivacyApproval: context.requirePrivacyApproval,
    clocks: clocksOf(flow, row, place),
    work: [],
    ...(undoSeconds > 0 && { undoSeconds }),
    ...(next && { next }),
    ...(url ? { cardUrl: url } : {}),
  }
}

/**
 * The effects of the last move, and everything older that is not finished or came to nothing since. On arrival, before
 * any move, they are those of the arrival. What is done of an earlier move is no matter of the last one: the card says
 * what stands, the log what was.
 */
function workLines(
  { taskText }: CardStateParts,
  row: RequestRow,
  entries: readonly OutboxEntry[],
): readonly WorkLine[] {
  const last = row.facts.takenBack ?? row.facts.lastMove
  const isOfLast = ({ createdAt, decisionId }: OutboxEntry) =>
    last === undefined || isOf({ at: createdAt, ...(decisionId !== undefined && { decisionId }) }, last)
  const { takenBack, waitingReply } = row.facts
  // What was undone is as if it had never been decided.
  const isStoppedSince = ({ status, finishedAt = '', decisionId }: OutboxEntry) =>
    status === 'cancelled' &&
    finishedAt >= (last?.at ?? '') &&
    (decisionId === undefined || decisionId !== takenBack?.unsent)
  const sendAt = waits(row, entries) ? waitingReply?.until : undefined
  return entries
    .filter(({ lane, work }) => lane !== 'thread' && lane !== 'card' && !isReported(work))
    .filter(
      (entry) => isOfLast(entry) || !['done', 'cancelled'].includes(entry.status) || isStoppedSince(entry),
    )
    .map((entry) => ({
      what: taskText(entry.work, row.number),
      status: entry.status,
      ...(entry.finishedAt ? { at: entry.finishedAt } : {}),
      ...(entry.error !== undefined ? { error: entry.error } : {}),
      ...(isUnclear(entry) && entry.unclearSince ? { unclearSince: entry.unclearSince } : {}),
      ...(sendAt && isWaiting(waitingReply, row.source, entry) && { sendAt }),
      ...(isOfLast(entry) ? {} : { isOlder: true }),
    }))
}

/** People were called about it, and it has come to nothing clear since. */
function isUnclear({ status, calledAt }: OutboxEntry): boolean {
  return calledAt !== undefined && (status === 'unknown' || status === 'pending' || status === 'in-flight')
}

/** Whoever asked for it is told how it went. */
function isReported({ kind }: AnyEffect): boolean {
  const definitions: EffectDefinitions = effects
  return own(definitions, kind)?.report !== undefined
}

/** How a desk has done in the last days: what came in and was closed, by type and by outcome, in time, and how fast. */

import type { Desk } from '../desks/desk.ts'
import { deadlineOf } from '../engine/clocks.ts'
import { type Instant, plus } from '../engine/time.ts'
import type { RequestRow } from '../store/store.ts'
import { type DeskContext, nowOf, placeOf } from './desk-context.ts'
import { openedSince, openRequestsOf } from './open-requests.ts'

/** How long something took, in hours by the clock on the wall: half of them at most the median, nine of ten at most p90. */
export interface Spread {
  readonly medianHours: number
  readonly p90Hours: number
}

/** What came of the requests of one type. */
export interface TypeThroughput {
  readonly title: string
  readonly opened: number
  readonly closed: number
  readonly onTime: number
  readonly toClose?: Spread
}

/** The numbers of a desk over some days. They hold no personal data. */
export interface Throughput {
  readonly opened: number
  readonly closed: number
  /** Of the closed ones. */
  readonly onTime: number
  /** From when they came in to the first decision or claim of a person; of those that came in within these days. */
  readonly toFirstAction?: Spread
  /** Of those that were closed within these days; from their last reopening where there was one. */
  readonly toClose?: Spread
  /** Types of which none came in or was closed are left out. */
  readonly byType: readonly TypeThroughput[]
  /** By what closed them, in the words of its button; most often first. */
  readonly byOutcome: readonly { readonly outcome: string; readonly count: number }[]
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Entries of the audit log that are read at once. */
const pageSize = 1_000

/** Counts the last so many days of a desk. */
export async function throughputOf(context: DeskContext, desk: Desk, days: number): Promise<Throughput> {
  const since = plus(nowOf(context), -days * dayMs)
  const { requests } = context.store.tables
  const isCounted = (flow: string) => context.flows[flow]?.isCountedOnly !== true
  const closed: RequestRow[] = []
  for await (const row of requests.eachClosedSince(since, desk.source))
    if (isCounted(row.flow)) closed.push(row)
  const open = await openRequestsOf(context, desk)
  const opened = new Map(
    [...(await openedSince(context, desk, open, since))].filter(([flow]) => isCounted(flow)),
  )
  for (const { flow, createdAt } of closed)
    if (createdAt >= since) opened.set(flow, (opened.get(flow) ?? 0) + 1)
  const first = await firstActions(context, since)
  const acted = (await requests.byIds([...first.keys()])).map(({ row }) => row)
  const isOpened = ({ source, flow, createdAt, closedAt }: RequestRow) =>
    source === desk.source && isCounted(flow) && createdAt >= since && (closedAt ?? since) >= since
  const toFirstAction = spreadOf(
    acted.filter(isOpened).flatMap(({ id, createdAt }) => hoursBetween(createdAt, first.get(id)) ?? []),
  )
  const toClose = spreadOf(closed.flatMap(hoursToClose))
  return {
    opened: [...opened.values()].reduce((sum, count) => sum + count, 0),
    closed: closed.length,
    onTime: closed.filter((row) => wasOnTime(context, row)).length,
    ...(toFirstAction && { toFirstAction }),
    ...(toClose && { toClose }),
    byType: desk.flows
      .map(({ name, title }) => typeOf(context, title, opened.get(name) ?? 0, closed.filter(isOf(name))))
      .filter((one) => one.opened + one.closed > 0),
    byOutcome: outcomesOf(closed),
  }
}

function isOf(name: string): (row: RequestRow) => boolean {
  return ({ flow }) => flow === name
}

function typeOf(
  context: DeskContext,
  title: string,
  opened: number,
  closed: readonly RequestRow[],
): TypeThroughput {
  const toClose = spreadOf(closed.flatMap(hoursToClose))
  return {
    title,
    opened,
    closed: closed.length,
    onTime: closed.filter((row) => wasOnTime(context, row)).length,
    ...(toClose && { toClose }),
  }
}

/** By request: when a person first decided something, or made it theirs. Read from the end of the log. */
async function firstActions(context: DeskContext, since: Instant): Promise<ReadonlyMap<string, Instant>> {
  const { audit } = context.store.tables
  const first = new Map<string, Instant>()
  let { seq } = await audit.head()
  while (seq > 0) {
    const from = Math.max(0, seq - pageSize)
    const page = await audit.page(from, seq - from)
    for (const { requestId, what, who, at } of page.toReversed())
      if (requestId !== undefined && acts.has(what) && who.startsWith('slack:')) first.set(requestId, at)
    if ((page[0]?.at ?? '') < since) break
    seq = from
  }
  return first
}

const acts: ReadonlySet<string> = new Set(['decided', 'claimed', 'assigned'])

/** What has a deadline as a whole was closed before its end; of a ticket it stands with each way in which it was handled. */
function wasOnTime(context: DeskContext, row: RequestRow): boolean {
  const flow = context.flows[row.flow]
  const handled = row.facts.handlings?.at(-1)
  if (!flow?.desk.deadline) return handled?.isOnTime === true
  const now = row.closedAt ?? nowOf(context)
  return deadlineOf(flow, row, { ...placeOf(context), now })?.isOver !== true
}

function hoursToClose({ createdAt, closedAt, facts }: RequestRow): readonly number[] {
  const { reopenedAt } = facts
  const from = reopenedAt !== undefined && reopenedAt <= (closedAt ?? '') ? reopenedAt : createdAt
  const hours = hoursBetween(from, closedAt)
  return hours === undefined ? [] : [hours]
}

function hoursBetween(from: Instant, to: Instant | undefined): number | undefined {
  return to === undefined ? undefined : Math.max(0, Date.parse(to) - Date.parse(from)) / hourMs
}

function outcomesOf(closed: readonly RequestRow[]): Throughput['byOutcome'] {
  const counts = new Map<string, number>()
  for (const { facts } of closed) {
    const outcome = facts.lastMove?.what ?? 'Closed'
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  }
  return [...counts]
    .map(([outcome, count]) => ({ outcome, count }))
    .sort((one, other) => other.count - one.count || (one.outcome < other.outcome ? -1 : 1))
}

/** By nearest rank, the median between the two in the middle: https://en.wikipedia.org/wiki/Percentile */
function spreadOf(hours: readonly number[]): Spread | undefined {
  const sorted = hours.toSorted((one, other) => one - other)
  const at = (index: number) => sorted[index] ?? 0
  const { length } = sorted
  if (length === 0) return undefined
  return {
    medianHours: (at(Math.floor((length - 1) / 2)) + at(Math.floor(length / 2))) / 2,
    p90Hours: at(Math.ceil(0.9 * length) - 1),
  }
}

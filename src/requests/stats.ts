/** The statistics of a desk: how many requests came in, how they were handled, and whether in time. */

import type { Desk } from '../desks/desk.ts'
import type { Handling } from '../engine/request.ts'
import { plus } from '../engine/time.ts'
import type { RequestRow } from '../store/store.ts'
import { type DeskContext, nowOf } from './desk-context.ts'
import { openedSince, openRequestsOf, type StandingGroup } from './open-requests.ts'
import type { Throughput } from './throughput.ts'

/** The state from which the statistics are drawn. */
export interface StatsState {
  readonly desk: Desk
  readonly days: number
  readonly opened: number
  /** By decision. */
  readonly handled: readonly { readonly as: string; readonly count: number; readonly onTime: number }[]
  readonly medianHoursToHandle?: number
  /** Given where more than the answers of the desk are counted. */
  readonly throughput?: Throughput
  readonly openNow: number
  readonly overdueNow: number
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Counts the last so many days of a desk. */
export async function statsOf(context: DeskContext, desk: Desk, days: number): Promise<StatsState> {
  const { requests } = context.store.tables
  const since = plus(nowOf(context), -days * dayMs)
  const { groups, rowsOf } = await openRequestsOf(context, desk)
  const openedOfOpen = await openedSince(context, desk, { groups }, since)
  const closed = await requests.closedSince(since, desk.source)
  const all = [
    ...closed,
    ...(await Array.fromAsync(rowsOf(groups.filter(({ standing }) => standing.isHandled)))),
  ]
  const handled = all.flatMap((row) =>
    (row.facts.handlings ?? []).filter(({ at }) => at >= since).map((one) => ({ row, one })),
  )
  const median = medianOf(handled.map(({ row, one }) => hoursUntil(row, one)))
  return {
    desk,
    days,
    opened: sumOf(openedOfOpen.values()) + closed.filter(({ createdAt }) => createdAt >= since).length,
    handled: countedByKind(handled.map(({ one }) => one)),
    ...(median === undefined ? {} : { medianHoursToHandle: median }),
    openNow: sumOf(groups.map(({ count }) => count)),
    overdueNow: overdueIn(groups),
  }
}

/** Counts the open requests of a desk whose own deadline is over. */
export async function countOverdue(context: DeskContext, desk: Pick<Desk, 'source'>): Promise<number> {
  return overdueIn((await openRequestsOf(context, desk)).groups)
}

function overdueIn(groups: readonly StandingGroup[]): number {
  return sumOf(groups.flatMap(({ standing, count }) => (standing.clocks[0]?.isOver === true ? [count] : [])))
}

function sumOf(counts: Iterable<number>): number {
  return [...counts].reduce((sum, one) => sum + one, 0)
}

/** From when it came in or was reopened the last time before. */
function hoursUntil({ createdAt, facts }: RequestRow, { at }: Handling): number {
  const from = facts.reopenedAt !== undefined && facts.reopenedAt <= at ? facts.reopenedAt : createdAt
  return (Date.parse(at) - Date.parse(from)) / hourMs
}

function countedByKind(handlings: readonly Handling[]): StatsState['handled'] {
  const kinds = [...new Set(handlings.map(({ as }) => as))].sort()
  return kinds.map((as) => {
    const those = handlings.filter((one) => one.as === as)
    return { as, count: those.length, onTime: those.filter(({ isOnTime }) => isOnTime).length }
  })
}

function medianOf(numbers: readonly number[]): number | undefined {
  const sorted = numbers.toSorted((one, other) => one - other)
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1)
  return middle.length === 0 ? undefined : middle.reduce((sum, one) => sum + one, 0) / middle.length
}

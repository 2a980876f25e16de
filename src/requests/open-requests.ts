/**
 * The open requests of a desk as lists need them: counted by their standing, and the first of them read. What is kept
 * beside a request is taken as it is; a request of which it does not hold is read.
 */
import type { Desk } from '../desks/desk.ts'
import type { Listed } from '../desks/listed.ts'
import type { OpenWork } from '../engine/next-action.ts'
import { dayBeside, endOfDay, type Instant, startOf } from '../engine/time.ts'
import type { KeptRow, Placed, Requests } from '../store/store.ts'
import { type CardState, type CardStateParts, lineStateOf, openWorkOf } from './card-states.ts'
import { type DeskContext, placeOf } from './desk-context.ts'
import { dayOf, never, type ReadStanding, readStanding, standingOf, withoutStanding } from './standing.ts'

/** Open requests with the same standing. */
export interface StandingGroup {
  readonly standing: ReadStanding
  readonly count: number
}

/** The open requests of a desk at one moment. */
export interface OpenRequests {
  readonly groups: readonly StandingGroup[]
  /** By request, what is not done of what was decided. */
  readonly work: ReadonlyMap<string, OpenWork>
  /** The requests of these groups from the `from`th on, in order; nothing but their places is read. */
  inOrder(
    groups: readonly StandingGroup[],
    order: Order,
    from: number,
    count: number,
  ): Promise<readonly Placed[]>
  /** All rows of these groups, in any order. */
  rowsOf(groups: readonly StandingGroup[]): AsyncIterable<KeptRow['row']>
}

/** The lowest rank first, then by what is due, or by the deadline alone; at the same instant the lower number. */
export interface Order {
  readonly rank?: (group: StandingGroup) => number
  readonly by: 'due' | 'deadline'
}

interface Group extends StandingGroup {
  readonly text: string
  /** Of those that are kept under it. */
  kept: number
  /** Those of which something else is kept, or nothing: their places, since after a change of version it may be all. */
  readonly others: Placed[]
}

/**
 * Reads how the open requests of a desk stand. Of most of them no row is read. Where one is missed, since its standing was
 * kept between two readings, all is read once more, and at last each request by itself.
 */
export async function openRequestsOf(
  context: DeskContext,
  { source }: Pick<Desk, 'source'>,
): Promise<OpenRequests> {
  const { requests } = context.store.tables
  const work = await openWorkOf(context)
  const counted = async () => {
    const all = await grouped(context, source, work, await requests.standings(source))
    return all.isWhole ? all : undefined
  }
  const { groups, passedOver } =
    (await counted()) ?? (await counted()) ?? (await grouped(context, source, work, 'each by itself'))
  const found = [...groups.values()].filter(({ count }) => count > 0)

  async function first(group: Group, most: number): Promise<readonly Placed[]> {
    // Those that are passed over may come before the ones that are looked for.
    const all = group.kept > 0 ? await requests.firstOf(source, group.text, most + passedOver.size) : []
    const kept = all.filter(({ id }) => !passedOver.has(id))
    return [...kept, ...group.others]
  }

  return {
    groups: found,
    work,

    async inOrder(wanted, { rank = () => 0, by }, from, count) {
      const days = Map.groupBy(
        wanted as readonly Group[],
        (group) => `${rank(group)} ${lastDayOf(group, by)}`,
      )
      const sorted = [...days.values()].toSorted(([one], [other]) => {
        if (!one || !other) return 0
        const [day, otherDay] = [lastDayOf(one, by), lastDayOf(other, by)]
        return rank(one) - rank(other) || (day === otherDay ? 0 : day < otherDay ? -1 : 1)
      })
      const all: Placed[] = []
      let before = 0
      for (const same of sorted) {
        const size = same.reduce((sum, one) => sum + one.count, 0)
        const skipped = Math.max(0, from - before)
        before += size
        if (skipped >= size) continue
        const most = skipped + count - all.length
        const places: { readonly placed: Placed; readonly at: string }[] = []
        for (const group of same) {
          const at = instantOf(group, by, context.timeZone)
          for (const placed of await first(group, most)) places.push({ placed, at: at ?? placed.due })
        }
        places.sort((one, other) =>
          one.at === other.at ? one.placed.number - other.placed.number : one.at < other.at ? -1 : 1,
        )
        all.push(...places.slice(skipped, most).map(({ placed }) => placed))
        if (all.length >= count) break
      }
      return all
    },

    async *rowsOf(wanted) {
      for (const group of wanted as readonly Group[]) {
        for (const { row } of await requests.byIds(group.others.map(({ id }) => id)))
          if (row.closedAt === undefined) yield row
        if (group.kept > 0)
          for await (const { row } of requests.eachOf(source, group.text))
            if (!passedOver.has(row.id)) yield row
      }
    },
  }
}

interface Grouped {
  readonly groups: ReadonlyMap<string, Group>
  /** Of whom what is kept does not count. */
  readonly passedOver: ReadonlySet<string>
  /** None is missed of those that were open at first. */
  readonly isWhole: boolean
}

/** `known`: by how many each standing was kept before all else is read. */
async function grouped(
  context: DeskContext,
  source: string,
  work: ReadonlyMap<string, OpenWork>,
  known: Awaited<ReturnType<Requests['standings']>> | 'each by itself',
): Promise<Grouped> {
  const { requests } = context.store.tables
  const groups = new Map<string, Group>()
  const groupOf = (text: string): Group | undefined => {
    const known = groups.get(text)
    const standing = known?.standing ?? readStanding(context, text)
    if (known || !standing) return known
    const group: Group = {
      ...{ text, standing, kept: 0, others: [] },
      get count() {
        return Math.max(0, group.kept) + group.others.length
      },
    }
    groups.set(text, group)
    return group
  }
  const passedOver = new Set<string>()
  const placeAnew = ({ row, standing }: KeptRow) => {
    if (passedOver.has(row.id)) return
    passedOver.add(row.id)
    const before = standing === undefined ? undefined : groups.get(standing)
    if (before) before.kept -= 1
    const now = standingOf(context, row, work.get(row.id))
    groupOf(now.standing)?.others.push({ id: row.id, number: row.number, due: now.due })
  }
  if (known === 'each by itself') {
    for await (const row of requests.eachOpen(source)) placeAnew({ row })
    return { groups, passedOver, isWhole: true }
  }
  for (const { standing = '', count } of known) {
    const group = groupOf(standing)
    if (group) group.kept += count
  }
  for await (const one of withoutStanding(context, source, known)) placeAnew(one)
  for (const one of await requests.byIds([...work].flatMap(([id, open]) => (changesNext(open) ? [id] : []))))
    if (one.row.source === source && one.row.closedAt === undefined) placeAnew(one)
  const sum = (counts: Iterable<{ readonly count: number }>) =>
    Array.from(counts).reduce((total, { count }) => total + count, 0)
  return { groups, passedOver, isWhole: sum(groups.values()) >= sum(known) }
}

/** What is still to be done of an open request changes nothing of what comes next. */
function changesNext({ failed, unclear, unknown }: OpenWork): boolean {
  return failed + unclear + unknown > 0
}

/** What is due on an earlier day is due at an earlier instant. */
function lastDayOf({ standing: { next, clocks } }: StandingGroup, by: Order['by']): string {
  const deadline = clocks[0]?.lastDay ?? never
  return by === 'due' ? (next?.due?.lastDay ?? deadline) : deadline
}

/** The instant by which all requests of a group are sorted; undefined where each has its own. */
function instantOf(
  { standing: { isByDeadline, clocks } }: StandingGroup,
  by: Order['by'],
  timeZone: string,
): string | undefined {
  if (by === 'due' || isByDeadline) return undefined
  // Of two clocks the deadline is one of days.
  const day = clocks[0]?.lastDay
  return day === undefined ? never : endOfDay(day, timeZone)
}

/** Counts the open requests of a desk that were created since, by flow. Of all but the first day none is read. */
export async function openedSince(
  { store }: Pick<DeskContext, 'store'>,
  { source }: Pick<Desk, 'source'>,
  { groups }: Pick<OpenRequests, 'groups'>,
  since: Instant,
): Promise<ReadonlyMap<string, number>> {
  const firstDay = dayOf(since)
  const counts = new Map(
    await store.tables.requests.openedWithin(since, startOf(dayBeside(firstDay, 1), 'UTC'), source),
  )
  for (const { standing, count } of groups)
    if (standing.createdOn > firstDay) counts.set(standing.flow, (counts.get(standing.flow) ?? 0) + count)
  return counts
}

/** Counts the open requests of a desk by step. */
export function countBySteps({ groups }: Pick<OpenRequests, 'groups'>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { standing, count } of groups)
    counts.set(standing.step, (counts.get(standing.step) ?? 0) + count)
  return counts
}

/** Returns a group as the questions of the lists take it. Throws where the flow of its requests does not exist. */
export function listedOf(context: DeskContext, desk: Desk, { standing }: StandingGroup): Listed {
  const flow = context.flows[standing.flow]
  if (!flow) throw new Error(`there are requests of ${desk.name} whose flow ${standing.flow} does not exist`)
  const { step, assignee, next, clocks } = standing
  const { now, timeZone } = placeOf(context)
  return {
    ...{ desk, flow, now, timeZone, clocks },
    request: { step, ...(assignee !== undefined && { assignee }) },
    ...(next && { next }),
  }
}

/** Reads these requests, in this order; what was closed meanwhile is left out. */
export async function statesOf(
  parts: CardStateParts,
  { work }: Pick<OpenRequests, 'work'>,
  places: readonly Placed[],
): Promise<readonly CardState[]> {
  const found = await parts.context.store.tables.requests.byIds(places.map(({ id }) => id))
  const rows = new Map(found.map(({ row }) => [row.id, row]))
  return places.flatMap(({ id }) => {
    const row = rows.get(id)
    return row && row.closedAt === undefined ? [lineStateOf(parts, row, work.get(id))] : []
  })
}

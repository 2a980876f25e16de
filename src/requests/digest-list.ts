/** The open requests that a digest lists, out of all that there are. */
import type { Desk } from '../desks/desk.ts'
import {
  forWhom,
  isToDo,
  placeInDigest,
  type QueueFor,
  rankInDigest,
  type Tally,
  tallyOf,
} from '../desks/listed.ts'
import type { Placed } from '../store/store.ts'
import type { CardState, CardStateParts } from './card-states.ts'
import { listedOf, type OpenRequests, type Order, type StandingGroup, statesOf } from './open-requests.ts'
import { never } from './standing.ts'

/** More than the messages of a digest hold. */
const mostListed = 500

/**
 * Reads every open request; of many those that need somebody, as far as a digest lists them, and counts the others. They
 * are read group by group as it shows them, of each group at least the first: by it the groups come in their order.
 */
export async function digestList(
  parts: CardStateParts,
  desk: Desk,
  open: OpenRequests,
): Promise<{ readonly open: readonly CardState[]; readonly unlisted?: Tally }> {
  const all = open.groups.map((group) => ({ ...group, group, listed: listedOf(parts.context, desk, group) }))
  const ranks = new Map(all.map(({ group, listed }) => [group, rankInDigest(listed)]))
  const order: Order = { rank: (group) => ranks.get(group) ?? 0, by: 'due' }
  const total = tallyOf(all)
  const isSmall = total.open <= mostListed
  const places = isSmall
    ? await open.inOrder(open.groups, order, 0, mostListed)
    : await placesOf(
        open,
        order,
        all.filter(({ listed }) => isToDo(listed)),
      )
  const states = await statesOf(parts, open, places)
  if (isSmall) return { open: states }
  return { open: states, unlisted: without(total, tallyOf(states.map((listed) => ({ listed, count: 1 })))) }
}

type OneGroup = StandingGroup & {
  readonly group: StandingGroup
  readonly listed: Parameters<typeof forWhom>[0]
}

async function placesOf(
  open: OpenRequests,
  order: Order,
  toDo: readonly OneGroup[],
): Promise<readonly Placed[]> {
  const queues = []
  for (const [whose, those] of Map.groupBy(toDo, ({ listed }) => JSON.stringify(forWhom(listed)))) {
    const groups = those.map(({ group }) => group)
    const [first] = await open.inOrder(groups, order, 0, 1)
    const rank = Math.min(...groups.map((group) => order.rank?.(group) ?? 0))
    const place = placeInDigest(JSON.parse(whose) as QueueFor)
    queues.push({ groups, place, rank, due: first?.due ?? never, number: first?.number ?? 0 })
  }
  queues.sort(
    (one, other) =>
      one.place - other.place ||
      one.rank - other.rank ||
      (one.due === other.due ? one.number - other.number : one.due < other.due ? -1 : 1),
  )
  const places: Placed[] = []
  for (const { groups } of queues)
    places.push(...(await open.inOrder(groups, order, 0, Math.max(1, mostListed - places.length))))
  return places
}

/** What changes while they are read may be in one and no longer in the other. */
function without(total: Tally, listed: Tally): Tally {
  const less = (one = 0, other = 0) => Math.max(0, one - other)
  const names = Object.keys(total.waiting) as (keyof Tally['waiting'])[]
  return {
    open: less(total.open, listed.open),
    toDo: less(total.toDo, listed.toDo),
    overdue: less(total.overdue, listed.overdue),
    dueThisWeek: less(total.dueThisWeek, listed.dueThisWeek),
    waiting: Object.fromEntries(names.map((name) => [name, less(total.waiting[name], listed.waiting[name])])),
  }
}

/** The digest as a work queue: what needs somebody, by whose turn it is, and how much waits for others. */
import { stepOf } from '../desks/desk.ts'
import {
  forWhom,
  isToDo,
  isUpdateDue,
  placeInDigest,
  type QueueFor,
  rankInDigest,
  type Tally,
  tallyOf,
} from '../desks/listed.ts'
import type { CardState } from '../requests/card-states.ts'
import type { DigestState } from '../requests/digest.ts'

/** A request that needs somebody, and what it needs. */
export interface QueueItem {
  readonly state: CardState
  /** `Answers are in: check them` */
  readonly words: string
}

/** What somebody has to do, the most urgent first. */
export interface QueueGroup {
  readonly for: QueueFor
  readonly items: readonly QueueItem[]
}

/** All that a digest lists, and what it counts of all that is open. */
export interface Queue extends Omit<Tally, 'open' | 'toDo'> {
  readonly groups: readonly QueueGroup[]
  /** The number of open requests that need somebody and are not among those of the groups. */
  readonly unlisted: number
}

/** Returns the queue: unassigned first, then person by person, the one with the most urgent request first; roles last. */
export function queueOf({ open, closed, unlisted }: DigestState): Queue {
  const items = [
    // Where a flow says nothing of what comes next, where it stands has to do: nothing open is left out.
    ...open.map((state) => ({ state, words: wordsOf(state) })),
    ...closed.flatMap(([title, states]) =>
      states.map((state) => ({ state, words: state.next?.words ?? title })),
    ),
  ].sort(byUrgency)
  const needing = items.filter(({ state }) => isToDo(state))
  const groups = [...Map.groupBy(needing, ({ state }) => JSON.stringify(forWhom(state)))].map(
    ([whose, same]) => ({ for: JSON.parse(whose) as QueueFor, items: same }),
  )
  const listed = tallyOf(open.map((state) => ({ listed: state, count: 1 })))
  const waiting = { ...listed.waiting }
  for (const [what, count = 0] of Object.entries(unlisted?.waiting ?? {}) as [keyof typeof waiting, number][])
    waiting[what] = (waiting[what] ?? 0) + count
  return {
    // The groups come in the order of their most urgent item, which the sort keeps.
    groups: groups.toSorted((one, other) => placeInDigest(one.for) - placeInDigest(other.for)),
    waiting,
    overdue: listed.overdue + (unlisted?.overdue ?? 0),
    dueThisWeek: listed.dueThisWeek + (unlisted?.dueThisWeek ?? 0),
    unlisted: unlisted?.toDo ?? 0,
  }
}

function wordsOf(state: CardState): string {
  if (isUpdateDue(state)) return 'An update to the requester is due'
  return state.next?.words ?? stepOf(state)?.title ?? ''
}

function byUrgency({ state: one }: QueueItem, { state: other }: QueueItem): number {
  const due = ({ next, clocks }: CardState) => next?.due?.overAt ?? clocks[0]?.overAt ?? '9999'
  if (rankInDigest(one) !== rankInDigest(other)) return rankInDigest(one) - rankInDigest(other)
  if (due(one) !== due(other)) return due(one) < due(other) ? -1 : 1
  return one.request.number - other.request.number
}

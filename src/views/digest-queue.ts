/** The digest as a work queue: what needs somebody, by whose turn it is, and how much waits for others. */
import { stepOf, workerOf } from '../desks/desk.ts'
import type { Awaited } from '../engine/next-rule.ts'
import type { Role } from '../engine/request.ts'
import { dayIn, daysLeft } from '../engine/time.ts'
import type { CardState } from '../requests/card-states.ts'
import type { DigestState } from '../requests/digest.ts'

/** Those for whom a group of the queue is: one person, people of these roles, or nobody yet. */
export type QueueFor =
  | { readonly person: string }
  | { readonly roles: readonly Role[] }
  | { readonly isUnassigned: true }

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

/** All that a digest lists, and what it counts. */
export interface Queue {
  readonly groups: readonly QueueGroup[]
  /** The number of requests that wait for somebody or something outside the desk, and are not overdue. */
  readonly waiting: Readonly<Partial<Record<Awaited | 'paused', number>>>
  readonly overdue: number
  /** The number of requests whose deadline ends within the next seven days and is not over. */
  readonly dueThisWeek: number
}

/** Failed, closed by hand and stuck come before what is overdue, and that before all else. */
const ranks = { 0: 0, 1: 1, 3: 2, 2: 3, 4: 4, 5: 5 } as const

/** Returns the queue: unassigned first, then person by person, the one with the most urgent request first; roles last. */
export function queueOf({ desk, open, closed }: DigestState): Queue {
  const items = [
    // Where a flow says nothing of what comes next, where it stands has to do: nothing open is left out.
    ...open.map((state) => ({ state, words: wordsOf(state) })),
    ...closed.flatMap(([title, states]) =>
      states.map((state) => ({ state, words: state.next?.words ?? title })),
    ),
  ].sort(byUrgency)
  const needing = items.filter(({ state }) => isWork(state))
  const groups = [...Map.groupBy(needing, (item) => JSON.stringify(forWhom(desk, item)))].map(
    ([whose, same]) => ({ for: JSON.parse(whose) as QueueFor, items: same }),
  )
  const place = ({ for: whose }: QueueGroup) => ('isUnassigned' in whose ? 0 : 'person' in whose ? 1 : 2)
  const waiting: Partial<Record<Awaited | 'paused', number>> = {}
  for (const state of open) {
    const { next } = state
    if (isWork(state)) continue
    const what =
      next && ('awaits' in next.turn ? next.turn.awaits : next.kind === 'paused' ? 'paused' : undefined)
    if (what) waiting[what] = (waiting[what] ?? 0) + 1
  }
  return {
    // The groups come in the order of their most urgent item, which the sort keeps.
    groups: groups.toSorted((one, other) => place(one) - place(other)),
    waiting,
    overdue: open.filter(isOverdue).length,
    dueThisWeek: open.filter(isDueThisWeek).length,
  }
}

function isWork(state: CardState): boolean {
  const { next } = state
  return !next || isUpdateDue(state) || isOverdue(state) || ('roles' in next.turn && next.kind !== 'paused')
}

/** Tells whether the deadline of a request is over, whomever it waits for; one that is held is not. */
export function isOverdue({ clocks: [due] }: CardState): boolean {
  return due?.isOver === true && !due.isPaused
}

function wordsOf(state: CardState): string {
  if (isUpdateDue(state)) return 'An update to the requester is due'
  return state.next?.words ?? stepOf(state)?.title ?? ''
}

/** Before this day's end somebody has to write, whomever the answer waits for: tomorrow's digest would be too late. */
function isUpdateDue({ next, now, timeZone }: CardState): boolean {
  const { turn, due } = next ?? {}
  if (!turn || !('awaits' in turn) || turn.awaits !== 'expert-team') return false
  return due !== undefined && due.lastDay <= dayIn(timeZone, now)
}

/** What only others may decide is theirs, whoever has the request. */
function forWhom(desk: DigestState['desk'], { state }: QueueItem): QueueFor {
  const { next, request } = state
  const roles = next && 'roles' in next.turn ? next.turn.roles : [workerOf(desk)]
  if (!roles.includes(workerOf(desk))) return { roles: [...roles].sort() }
  return request.assignee === undefined ? { isUnassigned: true } : { person: request.assignee }
}

function byUrgency({ state: one }: QueueItem, { state: other }: QueueItem): number {
  const rank = (state: CardState) => (isUpdateDue(state) ? ranks[4] : ranks[state.next?.urgency ?? 1])
  const due = ({ next, clocks }: CardState) => next?.due?.overAt ?? clocks[0]?.overAt ?? '9999'
  if (rank(one) !== rank(other)) return rank(one) - rank(other)
  if (due(one) !== due(other)) return due(one) < due(other) ? -1 : 1
  return one.request.number - other.request.number
}

/** The days of a week beside today. */
const weekDays = 6

/** Of a request that has a deadline as a whole. */
function isDueThisWeek({ desk, clocks: [due], now, timeZone }: CardState): boolean {
  if (!desk.deadline || !due || due.isOver || due.isPaused) return false
  return daysLeft(due, now, timeZone) <= weekDays
}

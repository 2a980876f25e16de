/**
 * What the lists, the Home and the digest ask of an open request to count it, to group it and to sort it. Asked of a
 * request's whole state, and of what is kept beside it.
 */
import type { RunningClock } from '../engine/clocks.ts'
import type { Flow } from '../engine/flow.ts'
import type { NextAction } from '../engine/next-action.ts'
import type { Awaited } from '../engine/next-rule.ts'
import type { Request, Role } from '../engine/request.ts'
import { dayIn, daysLeft, type Instant } from '../engine/time.ts'
import { type Desk, workerOf } from './desk.ts'

/** An open request at this moment, as far as that goes. */
export interface Listed {
  readonly desk: Desk
  readonly flow: Flow
  readonly request: Pick<Request, 'step' | 'assignee'>
  readonly now: Instant
  readonly timeZone: string
  readonly next?: Pick<NextAction, 'kind' | 'turn' | 'urgency'> & {
    /** Given where the decision is not open yet. */
    readonly from?: unknown
    readonly due?: Pick<RunningClock, 'lastDay'>
  }
  /** The request's own deadline, where it has one; else the clock of its step. Those behind it are not asked for. */
  readonly clocks: readonly Pick<RunningClock, 'lastDay' | 'isOver' | 'isPaused'>[]
}

/** Those for whom a group of the digest is: one person, people of these roles, or nobody yet. */
export type QueueFor =
  | { readonly person: string }
  | { readonly roles: readonly Role[] }
  | { readonly isUnassigned: true }

/** Something that open requests wait for outside the desk, or that they are on hold. */
export type WaitsFor = Awaited | 'paused'

/** How many open requests there are, and what a digest says of them at a glance. */
export interface Tally {
  readonly open: number
  readonly toDo: number
  readonly overdue: number
  /** Their deadline ends within the next seven days and is not over. */
  readonly dueThisWeek: number
  /** Those that are not to do, by what they wait for. */
  readonly waiting: Readonly<Partial<Record<WaitsFor, number>>>
}

/** Counts requests, each as often as is said with it. */
export function tallyOf(all: Iterable<{ readonly listed: Listed; readonly count: number }>): Tally {
  let [open, toDo, overdue, dueThisWeek] = [0, 0, 0, 0]
  const waiting: Partial<Record<WaitsFor, number>> = {}
  for (const { listed, count } of all) {
    open += count
    if (isLate(listed)) overdue += count
    if (isDueThisWeek(listed)) dueThisWeek += count
    if (isToDo(listed)) {
      toDo += count
      continue
    }
    const { next } = listed
    const what =
      next && ('awaits' in next.turn ? next.turn.awaits : next.kind === 'paused' ? 'paused' : undefined)
    if (what) waiting[what] = (waiting[what] ?? 0) + count
  }
  return { open, toDo, overdue, dueThisWeek, waiting }
}

/** Tells whether the deadline of a request is over, whomever it waits for; one that is held is not. */
export function isLate({ clocks: [due] }: Pick<Listed, 'clocks'>): boolean {
  return due?.isOver === true && !due.isPaused
}

/** True where it is the turn of somebody or something outside the desk. */
export function isWait({ next }: Pick<Listed, 'next'>): boolean {
  return next !== undefined && 'awaits' in next.turn
}

/** True of what needs somebody at the desk. */
export function isToDo(listed: Listed): boolean {
  const { next } = listed
  return !next || isUpdateDue(listed) || isLate(listed) || ('roles' in next.turn && next.kind !== 'paused')
}

/** Before this day's end somebody has to write, whomever the answer waits for: tomorrow's digest would be too late. */
export function isUpdateDue({ next, now, timeZone }: Listed): boolean {
  const { turn, due } = next ?? {}
  if (!turn || !('awaits' in turn) || turn.awaits !== 'expert-team') return false
  return due !== undefined && due.lastDay <= dayIn(timeZone, now)
}

/** Returns whose it is in the digest. What only others may decide is theirs, whoever has the request. */
export function forWhom({ desk, next, request }: Listed): QueueFor {
  const roles = next && 'roles' in next.turn ? next.turn.roles : [workerOf(desk)]
  if (!roles.includes(workerOf(desk))) return { roles: [...roles].sort() }
  return request.assignee === undefined ? { isUnassigned: true } : { person: request.assignee }
}

/** Returns where a group stands in the digest: unassigned first, then people, roles last. */
export function placeInDigest(whose: QueueFor): number {
  return 'isUnassigned' in whose ? 0 : 'person' in whose ? 1 : 2
}

/** Failed, closed by hand and stuck come before what is overdue, and that before all else. */
const ranks = { 0: 0, 1: 1, 3: 2, 2: 3, 4: 4, 5: 5 } as const

/** Returns how early a request comes within its group of the digest: the lowest first, and then by when it is due. */
export function rankInDigest(listed: Listed): number {
  return isUpdateDue(listed) ? ranks[4] : ranks[listed.next?.urgency ?? 1]
}

/** The days of a week beside today. */
const weekDays = 6

/** Of a request that has a deadline as a whole. */
function isDueThisWeek({ desk, clocks: [due], now, timeZone }: Listed): boolean {
  if (!desk.deadline || !due || due.isOver || due.isPaused) return false
  return daysLeft(due, now, timeZone) <= weekDays
}

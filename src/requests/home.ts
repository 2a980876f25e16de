/** The state from which a person's App Home is drawn: what waits for them, and how their desks stand. */

import { type Desk, isOverdue, worksAt } from '../desks/desk.ts'
import type { Person, Role } from '../engine/request.ts'
import { daysLeft, type Instant } from '../engine/time.ts'
import { type CardState, type CardStateParts, lineStateOf, openWorkOf } from './card-states.ts'
import { nowOf } from './desk-context.ts'

/** The filters of the list, in the order in which they are offered. */
export const homeFilters = ['for-me', 'mine', 'unassigned', 'overdue', 'this-week', 'waiting', 'all'] as const

/** One of the ways to narrow the list. */
export type HomeFilter = (typeof homeFilters)[number]

/** What a person looks at: the desk by its name, the filter, and the page from 0. */
export interface HomeLook {
  readonly desk?: string
  readonly filter: HomeFilter
  readonly page: number
}

/** By when the open requests of a desk are due; a wait without a clock and one on hold are due at no time. */
export const loadBuckets = ['overdue', 'this-week', 'next-week', 'later', 'no-deadline'] as const
export type LoadBucket = (typeof loadBuckets)[number]

/** The state from which the Home of somebody with a role is drawn. It holds no personal data of requesters. */
export interface HomeState {
  readonly person: Person
  readonly now: Instant
  readonly timeZone: string
  /** All at which the person works and that are switched on. */
  readonly desks: readonly Desk[]
  /** The desk that is shown. */
  readonly desk: Desk
  readonly look: HomeLook
  readonly counts: Readonly<Record<HomeFilter, number>>
  readonly load: Readonly<Record<LoadBucket, number>>
  /** Of the page alone, the most urgent first. */
  readonly lines: readonly CardState[]
  /** How many pages there are, at least 1. */
  readonly pages: number
}

/** So many lines are drawn in one look: beyond them nobody scrolls, and a view takes no more than a hundred blocks. */
const linesOnPage = 20
const daysOfWeek = 7

/** Reads the Home of a person; undefined where they work at no desk that is switched on. */
export async function homeOf(
  parts: CardStateParts & { readonly isOn: (desk: Desk) => boolean },
  person: Person,
  wanted: HomeLook,
): Promise<HomeState | undefined> {
  const { context } = parts
  const desks = context.desks.all.filter((one) => parts.isOn(one) && worksAt(one, person.roles))
  const desk = desks.find(({ name }) => name === wanted.desk) ?? desks[0]
  if (!desk) return undefined
  const work = await openWorkOf(context)
  const counts = Object.fromEntries(homeFilters.map((one) => [one, 0])) as Record<HomeFilter, number>
  const load = Object.fromEntries(loadBuckets.map((one) => [one, 0])) as Record<LoadBucket, number>
  const upToPage = (Math.max(0, wanted.page) + 1) * linesOnPage
  let found: CardState[] = []
  for await (const row of context.store.tables.requests.eachOpen(desk.source)) {
    if (context.flows[row.flow]?.isCountedOnly) continue
    const state = lineStateOf(parts, row, work.get(row.id))
    load[bucketOf(state)] += 1
    for (const filter of homeFilters) if (passes(state, filter, person)) counts[filter] += 1
    if (!passes(state, wanted.filter, person)) continue
    found.push(state)
    // Nothing behind the page is held: of a hundred thousand requests that would be a gigabyte.
    if (found.length > 2 * upToPage) found = found.toSorted(byUrgency).slice(0, upToPage)
  }
  const pages = Math.max(1, Math.ceil(counts[wanted.filter] / linesOnPage))
  const page = Math.min(Math.max(0, wanted.page), pages - 1)
  return {
    ...{ person, desks, desk, counts, load, pages },
    now: nowOf(context),
    timeZone: context.timeZone,
    look: { desk: desk.name, filter: wanted.filter, page },
    lines: found.toSorted(byUrgency).slice(page * linesOnPage, (page + 1) * linesOnPage),
  }
}

function passes(state: CardState, filter: HomeFilter, person: Person): boolean {
  const { request } = state
  switch (filter) {
    case 'for-me':
      return waitsForPerson(state, person)
    case 'mine':
      return request.assignee === person.id
    case 'unassigned':
      return request.assignee === undefined
    case 'overdue':
      return isOverdue(state)
    case 'this-week':
      return bucketOf(state) === 'this-week'
    case 'waiting':
      return state.next !== undefined && 'awaits' in state.next.turn
    case 'all':
      return true
  }
}

/**
 * True where it is the person's turn: it is theirs, or it is for a role of theirs that the desk's everyday worker does
 * not hold, an approval say, whoever the request is assigned to.
 */
function waitsForPerson({ desk, request, next }: CardState, person: Person): boolean {
  if (!next || 'awaits' in next.turn || next.from !== undefined) return false
  const roles = next.turn.roles.filter((role) => person.roles.includes(role))
  if (roles.length === 0) return false
  return request.assignee === person.id || !next.turn.roles.includes(workerOf(desk))
}

/** The role that works on what nobody has claimed. */
function workerOf({ reminders }: Desk): Role {
  return reminders.worker ?? reminders.whom
}

function bucketOf(state: CardState): LoadBucket {
  const { clocks, now, timeZone } = state
  const [due] = clocks
  if (isOverdue(state)) return 'overdue'
  if (!due || due.isPaused) return 'no-deadline'
  const left = daysLeft(due, now, timeZone)
  return left < daysOfWeek ? 'this-week' : left < 2 * daysOfWeek ? 'next-week' : 'later'
}

/** The most urgent first, then by deadline; at the same instant the lower number. */
function byUrgency(one: CardState, other: CardState): number {
  const [first, second] = [keyOf(one), keyOf(other)]
  if (first !== second) return first < second ? -1 : 1
  return one.request.number - other.request.number
}

function keyOf({ next, clocks }: CardState): string {
  return `${next?.urgency ?? 9}:${next?.due?.overAt ?? clocks[0]?.overAt ?? '9999'}`
}

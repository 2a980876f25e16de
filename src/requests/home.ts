/** The state from which a person's App Home is drawn: what waits for them, and how their desks stand. */

import { type Desk, workerOf, worksAt } from '../desks/desk.ts'
import { isLate, isWait, type Listed } from '../desks/listed.ts'
import type { Person } from '../engine/request.ts'
import { daysLeft, type Instant } from '../engine/time.ts'
import type { CardState, CardStateParts } from './card-states.ts'
import { nowOf } from './desk-context.ts'
import { listedOf, openRequestsOf, type StandingGroup, statesOf } from './open-requests.ts'
import { roundsOf, staleness } from './poll-rounds.ts'

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
  /** Given where the desk's service has not been read lately: since when, or nothing where it never was. */
  readonly stale?: { readonly since?: Instant }
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
  const open = await openRequestsOf(context, desk)
  const counts = Object.fromEntries(homeFilters.map((one) => [one, 0])) as Record<HomeFilter, number>
  const load = Object.fromEntries(loadBuckets.map((one) => [one, 0])) as Record<LoadBucket, number>
  const found: StandingGroup[] = []
  for (const group of open.groups) {
    const listed = listedOf(context, desk, group)
    if (listed.flow.isCountedOnly) continue
    load[bucketOf(listed)] += group.count
    for (const filter of homeFilters) if (passes(listed, filter, person)) counts[filter] += group.count
    if (passes(listed, wanted.filter, person)) found.push(group)
  }
  const pages = Math.max(1, Math.ceil(counts[wanted.filter] / linesOnPage))
  const page = Math.min(Math.max(0, wanted.page), pages - 1)
  const now = nowOf(context)
  const stale = staleness(await roundsOf(context.store.tables, desk.source), now)
  const places = await open.inOrder(found, byUrgency, page * linesOnPage, linesOnPage)
  return {
    ...{ person, desks, desk, counts, load, pages, now },
    ...(stale && { stale }),
    timeZone: context.timeZone,
    look: { desk: desk.name, filter: wanted.filter, page },
    lines: await statesOf(parts, open, places),
  }
}

function passes(listed: Listed, filter: HomeFilter, person: Person): boolean {
  const { request } = listed
  switch (filter) {
    case 'for-me':
      return waitsForPerson(listed, person)
    case 'mine':
      return request.assignee === person.id
    case 'unassigned':
      return request.assignee === undefined
    case 'overdue':
      return isLate(listed)
    case 'this-week':
      return bucketOf(listed) === 'this-week'
    case 'waiting':
      return isWait(listed)
    case 'all':
      return true
  }
}

/**
 * True where it is the person's turn: it is theirs, or it is for a role of theirs that the desk's everyday worker does
 * not hold, an approval say, whoever the request is assigned to.
 */
function waitsForPerson({ desk, request, next }: Listed, person: Person): boolean {
  if (!next || 'awaits' in next.turn || next.from !== undefined) return false
  const roles = next.turn.roles.filter((role) => person.roles.includes(role))
  if (roles.length === 0) return false
  return request.assignee === person.id || !next.turn.roles.includes(workerOf(desk))
}

function bucketOf(listed: Listed): LoadBucket {
  const { clocks, now, timeZone } = listed
  const [due] = clocks
  if (isLate(listed)) return 'overdue'
  if (!due || due.isPaused) return 'no-deadline'
  const left = daysLeft(due, now, timeZone)
  return left < daysOfWeek ? 'this-week' : left < 2 * daysOfWeek ? 'next-week' : 'later'
}

/** Where a flow says nothing of what comes next, the request comes last. */
const byUrgency = {
  rank: ({ standing: { next } }: StandingGroup) => next?.urgency ?? 9,
  by: 'due',
} as const

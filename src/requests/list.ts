/** The open requests of a desk as somebody asks for them, by when they are due. */
import type { Desk } from '../desks/desk.ts'
import { isLate, isWait, type Listed } from '../desks/listed.ts'
import type { Person } from '../engine/request.ts'
import type { CardState, CardStateParts } from './card-states.ts'
import { listedOf, openRequestsOf, statesOf } from './open-requests.ts'

/** A filter for the list of open requests. */
export type ListFilter =
  | 'all'
  | 'overdue'
  | 'mine'
  | 'unassigned'
  | 'waiting'
  | 'approval'
  | { readonly type: string }
  | { readonly step: string }

/** The requests that a filter lets through. */
export interface RequestList {
  readonly count: number
  /** The first of them by due date. */
  readonly first: readonly CardState[]
}

/** Counts the open requests that the filter lets through, and reads the first so many of them. */
export async function listOpen(
  parts: CardStateParts,
  desk: Desk,
  filter: ListFilter,
  person: Person,
  most: number,
): Promise<RequestList> {
  const open = await openRequestsOf(parts.context, desk)
  const groups = open.groups.filter((group) => passes(listedOf(parts.context, desk, group), filter, person))
  const places = await open.inOrder(groups, { by: 'deadline' }, 0, most)
  return {
    count: groups.reduce((sum, { count }) => sum + count, 0),
    first: await statesOf(parts, open, places),
  }
}

/** By what comes next, as the card, the digest and the Home say it. */
function passes(listed: Listed, filter: ListFilter, person: Person): boolean {
  const { request, flow, next } = listed
  if (typeof filter === 'object' && 'step' in filter) return request.step === filter.step
  if (typeof filter === 'object') return sameWord(filter.type, flow.name) || sameWord(filter.type, flow.title)
  switch (filter) {
    case 'all':
      return true
    case 'overdue':
      return isLate(listed)
    case 'mine':
      return request.assignee === person.id
    case 'unassigned':
      return request.assignee === undefined
    case 'waiting':
      return isWait(listed)
    case 'approval':
      return next?.kind === 'approve'
  }
}

function sameWord(one: string, other: string): boolean {
  const bare = (text: string) =>
    text
      .toLowerCase()
      .replace(/[\s._-]+/g, ' ')
      .trim()
  return bare(one) === bare(other)
}

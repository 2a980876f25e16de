/**
 * Some services say only how a request stands. This file tells from that what has happened: whether it was closed or
 * opened outside of the bot, and whose it is.
 */
import type { Observation } from '../engine/event.ts'
import type { TicketEnd } from '../engine/request.ts'
import type { Instant } from '../engine/time.ts'
import { stepAt } from '../engine/traits.ts'
import type { RequestRow, SyncCursor } from '../store/store.ts'
import type { DeskContext } from './desk-context.ts'
import { isClosed } from './handle-event.ts'
import { isInRestoreGap } from './restore-gap.ts'
import type { Stands } from './snapshot.ts'

/**
 * Returns what is kept of the first snapshot. A ticket that somebody had given to support before has its home elsewhere,
 * nobody knows where.
 */
export function seenFirst(seen: SyncCursor, { supportGroup }: Stands): SyncCursor {
  return withHome(seen, seen.groupId === supportGroup ? undefined : seen.groupId)
}

/**
 * Returns the observation that a request was closed or opened outside of the bot, or undefined where it was neither.
 */
export function turnOf(
  context: DeskContext,
  known: RequestRow,
  seen: SyncCursor,
  { solved, supportGroup }: Stands,
  written: readonly Observation[],
): Observation | undefined {
  const wasOpen = !isClosed(context, known)
  const at = seen.updatedAt
  if (wasOpen) {
    const isForgotten = isInRestoreGap(context.restoreGap, at)
    const end = (how: TicketEnd): Observation => ({
      ...{ name: 'ticket-solved', how, at },
      ...(isForgotten && { isForgotten }),
    })
    if (solved !== undefined) return end(solved)
    const isWithSupport = supportGroup !== undefined && seen.groupId === supportGroup
    const wasElsewhere = known.seen.groupId !== supportGroup
    return isWithSupport && wasElsewhere ? end('forwarded') : undefined
  }
  if (solved !== undefined) return undefined
  if (isUnderWay(context, known, supportGroup)) return undefined
  if (isRedirected(context, known))
    return isAtHome(seen, known.seen, supportGroup) ? { name: 'ticket-reopened', at } : undefined
  // The clock starts when the requester wrote, not when it was seen.
  const [reply] = written.filter((one) => one.name === 'requester-replied' && !isFromBefore(known, one.at))
  return reply ? { name: 'ticket-reopened', isByReply: true, at: reply.at } : { name: 'ticket-reopened', at }
}

/** Of a ticket that is gone nobody reads what was written last: once it is back, that is not what brought it back. */
function isFromBefore({ facts, closedAt }: RequestRow, writtenAt: Instant): boolean {
  return facts.ticketEnd === 'deleted' && closedAt !== undefined && writtenAt < closedAt
}

/** The bot has decided to solve it or to give it away, and Zendesk has not heard of it yet, or has refused. */
function isUnderWay(context: DeskContext, row: RequestRow, supportGroup: string | undefined): boolean {
  const { seen } = row
  return isRedirected(context, row) ? isAtHome(seen, seen, supportGroup) : seen.state === 'opened'
}

function isRedirected({ flows }: DeskContext, row: RequestRow): boolean {
  return stepAt(flows, row)?.outcome === 'redirected'
}

/** A ticket that had no group while it was in the queue is back once it is no longer with support. */
function isAtHome(
  { groupId }: SyncCursor,
  { homeGroupId }: SyncCursor,
  supportGroup: string | undefined,
): boolean {
  return homeGroupId === undefined ? groupId !== supportGroup : groupId === homeGroupId
}

/**
 * Returns what is kept of a later snapshot. Home is the group that had the ticket while it was in the queue: where it
 * comes back to after it was forwarded.
 */
export function seenNow(
  context: DeskContext,
  known: RequestRow,
  seen: SyncCursor,
  { solved, supportGroup }: Stands,
): SyncCursor {
  const wasOpen = !isClosed(context, known)
  const { noteId, homeGroupId, groupId } = known.seen
  // Should the decision be refused, the request is open again and has to hear of what was written.
  const isHeard = wasOpen || solved !== undefined || !isUnderWay(context, known, supportGroup)
  const isMovedHome = wasOpen && seen.groupId !== supportGroup
  const now = { ...seen, noteId: isHeard ? Math.max(noteId, seen.noteId) : noteId }
  // Given back and solved at once: it comes back when it is reopened.
  const isSolvedElsewhere = isRedirected(context, known) && solved !== undefined && groupId !== undefined
  return withHome(isSolvedElsewhere ? { ...now, groupId } : now, isMovedHome ? seen.groupId : homeGroupId)
}

function withHome(seen: SyncCursor, homeGroupId: string | undefined): SyncCursor {
  const { homeGroupId: _home, ...rest } = seen
  return { ...rest, ...(homeGroupId === undefined ? {} : { homeGroupId }) }
}

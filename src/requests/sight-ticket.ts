/** A ticket has been read: open a request for it, or tell the request what is new. */

import { aboutRequest } from '../desks/desk.ts'
import type { Happening } from '../engine/event.ts'
import { entranceOf, stepAt } from '../engine/traits.ts'
import type { RequestRow, Seen, Tables } from '../store/store.ts'
import { changesAtOf } from './changes-at.ts'
import { type DeskContext, nowOf } from './desk-context.ts'
import { handleHappenings, isClosed, redraw } from './handle-event.ts'
import type { TicketSighting } from './ticket-sighting.ts'

/** Inside the caller's transaction. A ticket that nobody knows is taken in when it is in the queue and open; the request, where there is one. */
export async function sightTicket(
  context: DeskContext,
  tables: Tables,
  sighting: TicketSighting,
  isInQueue: boolean,
): Promise<RequestRow | undefined> {
  const known = await tables.requests.byIid(sighting.number, 'zendesk')
  if (known) return news(context, tables, known, sighting)
  return isInQueue && sighting.solved === undefined ? open(context, tables, sighting) : undefined
}

async function open(context: DeskContext, tables: Tables, sighting: TicketSighting): Promise<RequestRow> {
  const now = nowOf(context)
  const place = entranceOf(context.flows, 'ticket')
  const row: Omit<RequestRow, 'version'> = {
    id: context.newId(),
    source: 'zendesk',
    iid: sighting.number,
    url: sighting.url,
    ...place,
    stepSince: now,
    createdAt: sighting.createdAt,
    facts: {},
    seen: withHome(sighting.seen, firstHomeOf(sighting)),
  }
  const changesAt = changesAtOf(context, row)
  const opened = await tables.requests.insert({ ...row, ...(changesAt ? { changesAt } : {}) })
  await tables.audit.append({
    at: now,
    ...aboutRequest(context.desks.of(opened), opened, { ...place, createdAt: sighting.createdAt }),
    what: 'opened',
    who: 'bot',
  })
  const after = await handleHappenings(context, tables, opened, writtenSince(sighting, 0))
  await redraw(context, tables, opened.id)
  return after
}

/** A ticket that somebody had given to support before it was seen has its home elsewhere, nobody knows where. */
function firstHomeOf({ seen, supportGroup }: TicketSighting): string | undefined {
  return seen.groupId === supportGroup ? undefined : seen.groupId
}

async function news(
  context: DeskContext,
  tables: Tables,
  known: RequestRow,
  sighting: TicketSighting,
): Promise<RequestRow> {
  // Whoever read earlier may come later: an older sighting takes nothing back.
  if (sighting.seen.updatedAt < known.seen.updatedAt) return known
  const wasOpen = !isClosed(context, known)
  const seen = seenNow(context, known, sighting, wasOpen)
  const row = await tables.requests.update({ ...known, url: sighting.url, seen })
  const turn = turnOf(context, known, sighting, wasOpen)
  const isOpen = turn === undefined ? wasOpen : turn.name === 'ticket-reopened'
  const written = isOpen ? writtenSince(sighting, known.seen.noteId) : []
  return handleHappenings(context, tables, row, [
    ...(known.facts.unreadable ? [{ name: 'issue-readable', at: nowOf(context) } as const] : []),
    ...(turn ? [turn] : []),
    ...written,
  ])
}

/** Whether it was closed or opened outside of the bot. */
function turnOf(
  context: DeskContext,
  known: RequestRow,
  sighting: TicketSighting,
  wasOpen: boolean,
): Happening | undefined {
  const { solved, seen, supportGroup } = sighting
  const at = seen.updatedAt
  if (wasOpen) {
    if (solved !== undefined) return { name: 'ticket-solved', how: solved, at }
    const isWithSupport = supportGroup !== undefined && seen.groupId === supportGroup
    const wasElsewhere = known.seen.groupId !== supportGroup
    return isWithSupport && wasElsewhere ? { name: 'ticket-solved', how: 'forwarded', at } : undefined
  }
  if (solved !== undefined) return undefined
  if (isUnderWay(context, known, sighting)) return undefined
  if (isRedirected(context, known))
    return isAtHome(seen, known.seen, supportGroup) ? { name: 'ticket-reopened', at } : undefined
  // The clock starts when the requester wrote, not when it was seen.
  const [reply] = writtenSince(sighting, known.seen.noteId).filter(({ name }) => name === 'requester-replied')
  return reply ? { name: 'ticket-reopened', isByReply: true, at: reply.at } : { name: 'ticket-reopened', at }
}

/** The bot has decided to solve it or to give it away, and Zendesk has not heard of it yet, or has refused. */
function isUnderWay(context: DeskContext, row: RequestRow, { supportGroup }: TicketSighting): boolean {
  const { seen } = row
  return isRedirected(context, row) ? isAtHome(seen, seen, supportGroup) : seen.state === 'opened'
}

function isRedirected({ flows }: DeskContext, row: RequestRow): boolean {
  return stepAt(flows, row)?.outcome === 'redirected'
}

/** A ticket that had no group while it was in the queue is back once it is no longer with support. */
function isAtHome({ groupId }: Seen, { homeGroupId }: Seen, supportGroup: string | undefined): boolean {
  return homeGroupId === undefined ? groupId !== supportGroup : groupId === homeGroupId
}

/** Home is the group that had it while it was in the queue: where it comes back to after it was forwarded. */
function seenNow(context: DeskContext, known: RequestRow, sighting: TicketSighting, wasOpen: boolean): Seen {
  const { seen, solved, supportGroup } = sighting
  const { noteId, homeGroupId, groupId } = known.seen
  // Should the decision be refused, the request is open again and has to hear of what was written.
  const isHeard = wasOpen || solved !== undefined || !isUnderWay(context, known, sighting)
  const isMovedHome = wasOpen && seen.groupId !== supportGroup
  const now = { ...seen, noteId: isHeard ? Math.max(noteId, seen.noteId) : noteId }
  // Given back and solved at once: it comes back when it is reopened.
  const isSolvedElsewhere = isRedirected(context, known) && solved !== undefined && groupId !== undefined
  return withHome(isSolvedElsewhere ? { ...now, groupId } : now, isMovedHome ? seen.groupId : homeGroupId)
}

function withHome(seen: Seen, homeGroupId: string | undefined): Seen {
  const { homeGroupId: _home, ...rest } = seen
  return { ...rest, ...(homeGroupId === undefined ? {} : { homeGroupId }) }
}

function writtenSince({ news: all }: TicketSighting, commentId: number): readonly Happening[] {
  return all.filter((one) => one.commentId > commentId).map(({ happening }) => happening)
}

/** Deleted, or hidden from the bot's account. */
export async function ticketUnreadable(
  context: DeskContext,
  tables: Tables,
  row: RequestRow,
  status: 404 | 403,
): Promise<void> {
  if (isKnown(context, row, status)) return
  const at = nowOf(context)
  // Deleted tickets can be restored: that is a reopen then.
  const gone =
    status === 404 && (await tables.requests.update({ ...row, seen: { ...row.seen, state: 'closed' } }))
  await handleHappenings(context, tables, gone || row, [
    gone ? { name: 'ticket-solved', how: 'deleted', at } : { name: 'issue-unreadable', status, at },
  ])
}

/** It is asked for at every poll: what is known already is not said again, nor written to the log. */
function isKnown(context: DeskContext, row: RequestRow, status: 404 | 403): boolean {
  return status === 404 ? isClosed(context, row) : row.facts.unreadable?.status === status
}

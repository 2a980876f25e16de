/** A ticket has been read: open a request for it, or tell the request what is new. */
import { aboutRequest, ticketOf } from '../engine/about-request.ts'
import type { Happening } from '../engine/event.ts'
import type { RequestRow, Seen, Tables } from '../store/store.ts'
import { changesAtOf } from './changes-at.ts'
import { type DeskContext, nowOf } from './desk-context.ts'
import { handleEvent, isClosed, redraw } from './handle-event.ts'
import type { TicketSighting } from './ticket-sighting.ts'

/** Inside the caller's transaction. A ticket that nobody knows is taken in when it is in the queue and open. */
export async function sightTicket(
  context: DeskContext,
  tables: Tables,
  sighting: TicketSighting,
  isInQueue: boolean,
): Promise<void> {
  const known = await tables.requests.byIid(sighting.number, 'zendesk')
  if (known) return news(context, tables, known, sighting)
  if (isInQueue && sighting.solved === undefined) await open(context, tables, sighting)
}

async function open(context: DeskContext, tables: Tables, sighting: TicketSighting): Promise<void> {
  const now = nowOf(context)
  const flow = 'security-ticket'
  const place = { flow, step: context.flows[flow]?.first ?? 'new' }
  const row: Omit<RequestRow, 'version'> = {
    id: context.newId(),
    source: 'zendesk',
    iid: sighting.number,
    url: sighting.url,
    ...place,
    stepSince: now,
    createdAt: sighting.createdAt,
    facts: {},
    seen: withHome(sighting.seen, sighting.seen.groupId),
  }
  const changesAt = changesAtOf(context, row)
  const opened = await tables.requests.insert({ ...row, ...(changesAt ? { changesAt } : {}) })
  await tables.audit.append({
    at: now,
    ...aboutRequest(opened),
    what: 'opened',
    who: 'bot',
    details: { ...ticketOf(opened), ...place, createdAt: sighting.createdAt },
  })
  await tell(context, tables, opened.id, writtenSince(sighting, 0))
  await redraw(context, tables, opened.id)
}

async function news(
  context: DeskContext,
  tables: Tables,
  known: RequestRow,
  sighting: TicketSighting,
): Promise<void> {
  // Whoever read earlier may come later: an older sighting takes nothing back.
  if (sighting.seen.updatedAt < known.seen.updatedAt) return
  const wasOpen = !isClosed(context, known)
  await tables.requests.update({ ...known, url: sighting.url, seen: seenNow(known, sighting, wasOpen) })
  const turn = turnOf(known, sighting, wasOpen)
  const isOpen = turn === undefined ? wasOpen : turn.name === 'ticket-reopened'
  const written = isOpen ? writtenSince(sighting, known.seen.noteId) : []
  await tell(context, tables, known.id, [
    ...(known.facts.unreadable ? [{ name: 'issue-readable', at: nowOf(context) } as const] : []),
    ...(turn ? [turn] : []),
    ...written,
  ])
}

/** Whether it was closed or opened outside of the bot. */
function turnOf(known: RequestRow, sighting: TicketSighting, wasOpen: boolean): Happening | undefined {
  const { solved, seen, supportGroup } = sighting
  const at = seen.updatedAt
  if (wasOpen) {
    if (solved !== undefined) return { name: 'ticket-solved', how: solved, at }
    const isWithSupport = supportGroup !== undefined && seen.groupId === supportGroup
    const wasElsewhere = known.seen.groupId !== supportGroup
    return isWithSupport && wasElsewhere ? { name: 'ticket-solved', how: 'forwarded', at } : undefined
  }
  if (solved !== undefined) return undefined
  const isBack =
    known.step === 'redirected'
      ? known.seen.groupId !== known.seen.homeGroupId && seen.groupId === known.seen.homeGroupId
      : known.seen.state === 'closed'
  return isBack ? { name: 'ticket-reopened', at: reopenedAt(sighting, known) } : undefined
}

/** The clock starts when the requester wrote, not when it was seen. */
function reopenedAt(sighting: TicketSighting, { seen }: RequestRow): string {
  const [first] = writtenSince(sighting, seen.noteId).filter(({ name }) => name === 'requester-replied')
  return first?.at ?? sighting.seen.updatedAt
}

/** Home is the group that had it while it was in the queue: where it comes back to after it was forwarded. */
function seenNow({ seen: before }: RequestRow, { seen }: TicketSighting, wasOpen: boolean): Seen {
  return withHome(
    { ...seen, noteId: Math.max(before.noteId, seen.noteId) },
    wasOpen ? seen.groupId : before.homeGroupId,
  )
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
  requestId: string,
  status: 404 | 403,
): Promise<void> {
  const at = nowOf(context)
  await tell(context, tables, requestId, [
    status === 404 ? { name: 'ticket-solved', how: 'deleted', at } : { name: 'issue-unreadable', status, at },
  ])
}

async function tell(
  context: DeskContext,
  tables: Tables,
  requestId: string,
  happenings: readonly Happening[],
): Promise<void> {
  for (const happening of happenings)
    await handleEvent(context, tables, requestId, { kind: 'happening', happening })
}

/** A ticket for one person's eyes, and what has changed since they last saw it. */
import type { Instant } from '../engine/time.ts'
import type { ShownTo } from '../listeners/desk.ts'
import type { DeskContext } from '../requests/desk-context.ts'
import { sightTicket } from '../requests/sight-ticket.ts'
import { showTicket } from '../services/zendesk/show-ticket.ts'
import { changesSince } from '../services/zendesk/ticket-changes.ts'
import { type TicketReader, ticketSighting } from '../services/zendesk/ticket-reader.ts'
import type { RequestRow } from '../store/store.ts'
import type { Connections } from './connections.ts'

export interface ShowTicketParts {
  readonly reader: TicketReader
  readonly connections: Pick<Connections, 'gitlab'>
  readonly gitlabOwnId: () => Promise<number>
  readonly context: DeskContext
}

/** What is read is taken in, too: the card must not know less than the person. */
export function showTicketTo({ reader, connections: { gitlab }, gitlabOwnId, context }: ShowTicketParts) {
  return async (row: RequestRow, since: Instant | undefined): Promise<ShownTo> => {
    const shown = await showTicket({ flows: context.flows, reader, gitlab, gitlabOwnId }, row)
    if ('because' in shown) return shown
    const { ticket, comments } = shown.read
    const sighting = await ticketSighting(reader, shown.read, row.seen)
    await context.store.transaction((tables) => sightTicket(context, tables, sighting, false))
    context.wakeWorker()
    if (since === undefined || since === ticket.updatedAt) return { ticket: shown.ticket, changes: [] }
    const changes = changesSince(ticket, comments, since, await reader.ownId(), context.timeZone, row.seen)
    return { ticket: shown.ticket, changes }
  }
}

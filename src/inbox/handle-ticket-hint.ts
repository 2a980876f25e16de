/** Something may have changed on a ticket (a webhook or the poll says so): read it and tell what is new. */

import { requestById } from '../requests/handle-event.ts'
import { sightTicket, ticketUnreadable } from '../requests/sight-ticket.ts'
import { CallFailed } from '../services/call-failed.ts'
import { type ReadTicket, readTicket, ticketSighting } from '../services/zendesk/ticket-reader.ts'
import type { Handler } from './handler.ts'
import type { TicketHintEntry } from './payloads.ts'

export const handleTicketHint: Handler<TicketHintEntry> = async (
  { context, tickets },
  entry,
  { ticket, isInQueue = false },
) => {
  const known = await context.store.tables.requests.byIid(ticket, 'zendesk')
  if (!tickets) return {}
  if (!known && !isInQueue) {
    // Whether a ticket belongs to the queue, only the search tells.
    await tickets.lookAtQueue(entry.receivedAt)
    return {}
  }
  // Whatever came in until now is answered by what is read from now on: a storm of a thousand is one reading.
  const answered = await context.store.tables.inbox.alike(entry)
  const read = await readOrStatus(readTicket(tickets.reader, ticket))
  if (typeof read === 'number')
    return {
      answered,
      write: async (tables) => {
        if (known) await ticketUnreadable(context, tables, await requestById(tables, known.id), read)
      },
    }
  const sighting = await ticketSighting(tickets.reader, read, known?.seen)
  return {
    answered,
    write: async (tables) => {
      await sightTicket(context, tables, sighting, isInQueue)
    },
  }
}

/** What was read, or 404 or 403 when Zendesk does not show the ticket to the bot's account. */
async function readOrStatus(reading: Promise<ReadTicket>): Promise<ReadTicket | 404 | 403> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof CallFailed && (error.status === 404 || error.status === 403)) return error.status
    throw error
  }
}

/** Something may have changed on a ticket (a webhook or the poll says so): read it and tell what is new. */

import { nowOf } from '../requests/desk-context.ts'
import { sightTicket, ticketUnreadable } from '../requests/sight-ticket.ts'
import { CallFailed } from '../services/call-failed.ts'
import { hintKey } from '../services/zendesk/poll.ts'
import { type ReadTicket, readTicket, ticketSighting } from '../services/zendesk/ticket-reader.ts'
import type { InboxEntry, Tables } from '../store/store.ts'
import { entryDone, type Intake } from './intake.ts'
import type { TicketHintEntry } from './payloads.ts'

export async function handleTicketHint(
  intake: Intake,
  entry: InboxEntry,
  { ticket, isInQueue = false }: TicketHintEntry,
): Promise<void> {
  const { context, tickets } = intake
  const known = await context.store.tables.requests.byIid(ticket, 'zendesk')
  if (!tickets) return entryDone(intake, entry)
  if (!known && !isInQueue) {
    // Whether a ticket belongs to the queue, only the search tells.
    await tickets.lookAtQueue(entry.receivedAt)
    return entryDone(intake, entry)
  }
  // Whatever came in until now is answered by what is read from now on: a storm of a thousand is one reading.
  const answered = await context.store.tables.inbox.pendingWithKey(hintKey(ticket))
  const read = await readOrStatus(readTicket(tickets.reader, ticket))
  const sighting =
    typeof read === 'number' ? undefined : await ticketSighting(tickets.reader, read, known?.seen)
  await context.store.transaction(async (tables) => {
    if (sighting) await sightTicket(context, tables, sighting, isInQueue)
    else if (known) await ticketUnreadable(context, tables, known.id, read as 404 | 403)
    await allDone(intake, tables, [entry.id, ...answered])
  })
  context.wakeWorker()
}

async function allDone({ context }: Intake, tables: Tables, ids: readonly number[]): Promise<void> {
  const at = nowOf(context)
  for (const id of new Set(ids)) await tables.inbox.done(id, at)
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

/** Webhooks get lost: which tickets are in the queue, and which have left it, is asked for as well. */

import { nextTurn } from '../../clock.ts'
import { type DeskContext, nowOf } from '../../requests/desk-context.ts'
import { hintKey, onceADay } from '../service.ts'
import type { FoundTicket } from './answers.ts'
import type { TicketReader } from './ticket-reader.ts'

/** The parts that a round of the poll works with. */
export interface PollZendesk {
  readonly context: DeskContext
  readonly reader: Pick<TicketReader, 'zendesk' | 'query'>
  readonly wakeInbox: () => void
}

/** Makes one round over the whole queue, and returns how many tickets it found. Throws `CallFailed`. */
export async function pollZendesk({ context, reader, wakeInbox }: PollZendesk): Promise<number> {
  const found = new Set<number>()
  for await (const page of reader.zendesk.search(reader.query)) {
    for (const ticket of page) {
      found.add(ticket.id)
      await hint(context, ticket)
      await nextTurn()
    }
    // A page at a time: one that can't be read holds back nothing that has been found before.
    wakeInbox()
  }
  for await (const number of context.store.tables.requests.openNumbers('zendesk'))
    if (!found.has(number)) {
      await lookFor(context, number)
      await nextTurn()
    }
  wakeInbox()
  return found.size
}

async function hint(context: DeskContext, { id, updatedAt }: FoundTicket): Promise<void> {
  const { requests, inbox } = context.store.tables
  const now = nowOf(context)
  const known = await requests.byNumber(id, 'zendesk')
  // What could not be read, or was taken for deleted, and is found again has to be read, though nothing on it has changed.
  const missingSince =
    known?.facts.unreadable?.since ??
    (known?.facts.ticketEnd === 'deleted' ? (known.closedAt ?? undefined) : undefined)
  if (known && known.seen.updatedAt >= updatedAt && missingSince === undefined) return
  const since = missingSince === undefined ? '' : `:${missingSince}`
  await inbox.put({
    key: `${hintKey('zendesk', id)}poll:${updatedAt}${since}${onceADay(now)}`,
    kind: 'zendesk-hint',
    payload: { ticket: id, isInQueue: true },
    receivedAt: now,
  })
}

/** It may be solved, merged or deleted, or the search is behind: only the ticket itself tells. */
async function lookFor(context: DeskContext, number: number): Promise<void> {
  const at = nowOf(context)
  await context.store.tables.inbox.put({
    key: `${hintKey('zendesk', number)}missing:${at}`,
    kind: 'zendesk-hint',
    payload: { ticket: number },
    receivedAt: at,
  })
}

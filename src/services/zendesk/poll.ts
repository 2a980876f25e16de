/** Webhooks get lost: which tickets are in the queue, and which have left it, is asked for as well. */

import { nextTurn } from '../../clock.ts'
import { type Instant, plus } from '../../engine/time.ts'
import { type DeskContext, nowOf } from '../../requests/desk-context.ts'
import type { SyncCursor } from '../../store/store.ts'
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
  const why =
    missingSince === undefined ? whyRead(known?.seen, updatedAt, now) : `:${missingSince}${onceADay(now)}`
  if (why === undefined) return
  await inbox.put({
    key: `${hintKey('zendesk', id)}poll:${updatedAt}${why}`,
    kind: 'zendesk-hint',
    payload: { ticket: id, isInQueue: true },
    receivedAt: now,
  })
}

/** Longer than the second that Zendesk's times are exact to, whatever its clock and ours differ by. */
const secondIsOverMs = 60_000

/**
 * Returns the end of the hint's key, or undefined where all is known. What was read in the second of its last change may
 * have changed once more in it, which its time does not show: it is read again once that second is over.
 */
function whyRead(seen: SyncCursor | undefined, updatedAt: Instant, now: Instant): string | undefined {
  if (!seen || seen.updatedAt < updatedAt) return onceADay(now)
  const isOver = updatedAt <= plus(now, -secondIsOverMs)
  return seen.updatedAt === updatedAt && isOver ? ':again' : undefined
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

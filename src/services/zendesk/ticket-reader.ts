/** How tickets are read: what Zendesk says of one, as the desk understands it. */

import { outsideActor } from '../../engine/actor.ts'
import type { Happening } from '../../engine/event.ts'
import { isForgotten } from '../../requests/after-restore.ts'
import type { Forgotten } from '../../requests/desk-context.ts'
import type { News, Snapshot, Stands } from '../../requests/snapshot.ts'
import type { Seen } from '../../store/store.ts'
import type { Comment, Ticket } from './answers.ts'
import type { Zendesk } from './client.ts'

export interface TicketReader {
  readonly zendesk: Zendesk
  /** Of the account, without a slash at its end. */
  readonly url: string
  /** The bot's own user. */
  readonly ownId: () => Promise<number>
  /** Which tickets are the queue of Field Security. */
  readonly query: string
  readonly supportGroup?: string
  /** After a restore: what the bot itself wrote in this time is news. */
  readonly forgotten?: Forgotten
}

/** A ticket as it was read, with everything written on it. */
export interface ReadTicket {
  readonly ticket: Ticket
  readonly comments: readonly Comment[]
}

/** Throws `CallFailed`: 404 where it was deleted, 403 where it is hidden from the bot's account. */
export async function readTicket({ zendesk }: TicketReader, number: number): Promise<ReadTicket> {
  // The ticket first: a comment that comes between the two is news once more, not news that is lost.
  const ticket = await zendesk.ticket(number)
  return { ticket, comments: await zendesk.comments(number) }
}

export async function ticketSnapshot(
  reader: TicketReader,
  { ticket, comments }: ReadTicket,
  before: Seen | undefined,
  isInQueue: boolean,
): Promise<Snapshot> {
  const solved = solvedOf(ticket)
  return {
    source: 'zendesk',
    iid: ticket.id,
    url: `${reader.url}/agent/tickets/${ticket.id}`,
    createdAt: ticket.createdAt,
    isRequest: isInQueue && solved === undefined,
    begins: { at: 'ticket' },
    facts: {},
    seen: seenOf(ticket, comments, solved !== undefined),
    news: newsOf(reader, { ticket, comments }, before, await reader.ownId()),
    stands: {
      ...(solved === undefined ? {} : { solved }),
      ...(reader.supportGroup === undefined ? {} : { supportGroup: reader.supportGroup }),
    },
  }
}

function solvedOf({ status, isMerged }: Ticket): Stands['solved'] {
  if (isMerged && (status === 'solved' || status === 'closed')) return 'merged'
  return status === 'solved' || status === 'closed' ? status : undefined
}

function seenOf({ updatedAt, groupId }: Ticket, comments: readonly Comment[], isSolved: boolean): Seen {
  return {
    state: isSolved ? 'closed' : 'opened',
    labels: [],
    updatedAt,
    noteId: comments.reduce((highest, { id }) => Math.max(highest, id), 0),
    labelEventId: 0,
    stateEventId: 0,
    assigneeIds: [],
    ...(groupId === undefined ? {} : { groupId }),
  }
}

/** After the first comment, which is the e-mail itself. What the bot wrote is news only to a bot that has forgotten it. */
function newsOf(
  { forgotten }: TicketReader,
  { ticket: { requesterId, ccIds }, comments }: ReadTicket,
  before: Seen | undefined,
  ownId: number,
): readonly News[] {
  return comments.slice(1).flatMap(({ id, authorId, public: isPublic, createdAt: at }) => {
    if (
      !isPublic ||
      id <= (before?.noteId ?? 0) ||
      (before && authorId === ownId && !isForgotten(forgotten, at))
    )
      return []
    const isRequester = authorId === requesterId || ccIds.includes(authorId)
    const happening: Happening = isRequester
      ? { name: 'requester-replied', at }
      : { name: 'public-reply-seen', by: authorId === ownId ? 'bot' : outsideActor('zendesk', authorId), at }
    return [{ happening, from: 'handNoteId', id }]
  })
}

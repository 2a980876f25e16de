/** Tickets are read as the desk understands them. */

import type { Observation } from '../../engine/event.ts'
import { outsideActor } from '../../engine/request.ts'
import { type Instant, instantText } from '../../engine/time.ts'
import type { RestoreGap } from '../../requests/desk-context.ts'
import { isInRestoreGap } from '../../requests/restore-gap.ts'
import type { Change, Snapshot, Stands } from '../../requests/snapshot.ts'
import type { SyncCursor } from '../../store/store.ts'
import type { Comment, Ticket } from './answers.ts'
import type { Zendesk } from './client.ts'

/** The parts that tickets are read with. */
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
  readonly restoreGap?: RestoreGap
}

/** A ticket as it was read, with everything written on it. */
export interface ReadTicket {
  readonly ticket: Ticket
  readonly comments: readonly Comment[]
}

/**
 * Reads a ticket and its comments. Throws `CallFailed`: 404 where it was deleted, 403 where it is hidden from the
 * bot's account.
 */
export async function readTicket({ zendesk }: TicketReader, number: number): Promise<ReadTicket> {
  // The ticket first: a comment that comes between the two is news once more, not news that is lost.
  const ticket = await zendesk.ticket(number)
  return { ticket, comments: await zendesk.comments(number) }
}

/** Makes the snapshot of a ticket, without texts, names and addresses. Throws `CallFailed`. */
export async function ticketSnapshot(
  reader: TicketReader,
  { ticket, comments }: ReadTicket,
  before: SyncCursor | undefined,
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

function seenOf({ updatedAt, groupId }: Ticket, comments: readonly Comment[], isSolved: boolean): SyncCursor {
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
  { restoreGap }: TicketReader,
  { ticket: { requesterId, ccIds }, comments }: ReadTicket,
  before: SyncCursor | undefined,
  ownId: number,
): readonly Change[] {
  return comments.slice(1).flatMap(({ id, authorId, public: isPublic, createdAt: at }) => {
    if (
      !isPublic ||
      id <= (before?.noteId ?? 0) ||
      (before && authorId === ownId && !isInRestoreGap(restoreGap, at))
    )
      return []
    const isRequester = authorId === requesterId || ccIds.includes(authorId)
    const observation: Observation = isRequester
      ? { name: 'requester-replied', at }
      : { name: 'public-reply-seen', by: authorId === ownId ? 'bot' : outsideActor('zendesk', authorId), at }
    return [{ observation, from: 'handNoteId', id }]
  })
}

// Changes of a ticket since somebody read it are told in words that name nobody and quote no text.

interface TicketNow {
  readonly status: string
  readonly isMerged: boolean
  readonly groupId?: string
  readonly requesterId: number
  readonly ccIds: readonly number[]
}

interface Written {
  readonly authorId: number
  readonly public: boolean
  readonly createdAt: Instant
}

/** More comments than these are counted, so that a long exchange does not fill a message. */
const mostComments = 5

/**
 * The sentences about a ticket's changes since somebody read it, at least one: the caller knows already that it has
 * changed. Comments come oldest first.
 */
export function changesSince(
  ticket: TicketNow,
  comments: readonly Written[],
  /** The instant at which the ticket, as it was read, had last changed. */
  stamp: Instant,
  /** The bot's own account in Zendesk. */
  ownId: number,
  timeZone: string,
  /** Whose it was then, where that is known. */
  seen?: { readonly groupId?: string },
): readonly string[] {
  const written = comments.filter(({ createdAt }) => createdAt > stamp)
  const more = written.length - mostComments
  const changes = [
    ...written
      .slice(0, mostComments)
      .map((one) => `${whatWasWritten(ticket, one, ownId)}, ${instantText(one.createdAt, timeZone)}`),
    ...(more > 0 ? [`${more} more ${more === 1 ? 'comment' : 'comments'} followed`] : []),
    ...standing(ticket),
    ...(seen && seen.groupId !== ticket.groupId ? ['it belongs to another group now'] : []),
  ]
  return changes.length > 0 ? changes : ['something on it was changed']
}

function whatWasWritten(
  { requesterId, ccIds }: TicketNow,
  { authorId, public: isPublic }: Written,
  ownId: number,
): string {
  if (authorId === ownId)
    return isPublic ? 'the bot wrote a public answer' : 'the bot added an internal comment'
  if (!isPublic) return 'an internal comment was added'
  if (authorId === requesterId) return 'the requester wrote'
  return ccIds.includes(authorId) ? 'somebody in copy wrote' : 'an agent wrote a public answer'
}

function standing({ status, isMerged }: TicketNow): readonly string[] {
  if (status !== 'solved' && status !== 'closed') return []
  return [isMerged ? 'it was merged into another ticket' : `it is ${status} now`]
}

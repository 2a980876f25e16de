/** Tickets are read as the desk understands them. */

import type { Observation } from '../../engine/event.ts'
import { outsideActor, type TicketSender } from '../../engine/request.ts'
import { type Instant, shortInstantText } from '../../engine/time.ts'
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
  /** Returns the Slack user id of an agent; left out where nobody's account is linked. */
  readonly personOf?: (agentId: string) => string | undefined
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
export async function readTicket(
  { zendesk }: Pick<TicketReader, 'zendesk'>,
  number: number,
): Promise<ReadTicket> {
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
    number: ticket.id,
    url: `${reader.url}/agent/tickets/${ticket.id}`,
    createdAt: ticket.createdAt,
    isRequest: isInQueue && solved === undefined,
    begins: { at: 'ticket' },
    facts: {},
    seen: seenOf(reader, ticket, comments, solved !== undefined),
    news: await newsOf(reader, { ticket, comments }, before),
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

function seenOf(
  { personOf }: TicketReader,
  { updatedAt, groupId, assigneeId }: Ticket,
  comments: readonly Comment[],
  isSolved: boolean,
): SyncCursor {
  const person = assigneeId === undefined ? undefined : personOf?.(String(assigneeId))
  return {
    state: isSolved ? 'closed' : 'opened',
    labels: [],
    updatedAt,
    noteId: comments.reduce((highest, { id }) => Math.max(highest, id), 0),
    labelEventId: 0,
    stateEventId: 0,
    assigneeIds: [],
    ...(personOf && { assignedTo: person === undefined ? [] : [person] }),
    ...(groupId === undefined ? {} : { groupId }),
  }
}

/** After the first comment, which is the e-mail itself. What the bot wrote is news only to a bot that has forgotten it. */
async function newsOf(
  reader: TicketReader,
  { ticket, comments }: ReadTicket,
  before: SyncCursor | undefined,
): Promise<readonly Change[]> {
  const unseen = comments.slice(1).filter(({ id }) => id > (before?.noteId ?? 0))
  const isOwn = await ownAmong(reader, ticket.id, unseen)
  const isEndUser = await endUsersAmong(
    reader,
    unseen.filter((one) => !isOwn(one) && (!one.public || isInCopy(ticket, one))),
  )
  // A mailing list that got the e-mail may write a hundred times: that is said once.
  const lastKept = unseen.findLast((one) => !one.public && isEndUser(one))
  return unseen.flatMap((comment) => {
    const { id, public: isPublic, createdAt: at } = comment
    const isForgotten = !before || isInRestoreGap(reader.restoreGap, at)
    const isSaid = isPublic ? isForgotten || !isOwn(comment) : comment === lastKept
    if (!isSaid) return []
    const from = senderOn(ticket, comment, isEndUser)
    const observation = isPublic
      ? publicNews(from, comment, isOwn(comment))
      : ({ name: 'ticket-reply-kept-internal', from, at } as const)
    return [{ observation, from: 'handNoteId', id }]
  })
}

function publicNews(from: TicketSender, { authorId, createdAt: at }: Comment, isOwn: boolean): Observation {
  return from === 'somebody-else'
    ? { name: 'public-reply-seen', by: isOwn ? 'bot' : outsideActor('zendesk', authorId), at }
    : { name: 'requester-replied', at }
}

type Authored = Pick<Comment, 'authorId' | 'auditId'>
type People = Pick<Ticket, 'requesterId' | 'ccIds'>

/**
 * Tells who wrote each of these comments. In copy are "agents or end users"; what an agent writes is an answer:
 * https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/. Throws `CallFailed`.
 */
export async function sendersAmong(
  reader: Pick<TicketReader, 'zendesk'>,
  ticket: People,
  comments: readonly Authored[],
): Promise<(comment: Authored) => TicketSender> {
  const isEndUser = await endUsersAmong(
    reader,
    comments.filter((one) => isInCopy(ticket, one)),
  )
  return (comment) => senderOn(ticket, comment, isEndUser)
}

function senderOn(
  ticket: People,
  comment: Authored,
  isEndUser: (comment: Authored) => boolean,
): TicketSender {
  if (comment.authorId === ticket.requesterId) return 'requester'
  return isInCopy(ticket, comment) && isEndUser(comment) ? 'copy' : 'somebody-else'
}

/** Besides the requester, who may be in copy as well. */
function isInCopy({ requesterId, ccIds }: People, { authorId }: Authored): boolean {
  return authorId !== requesterId && ccIds.includes(authorId)
}

/**
 * Tells which comments the bot wrote: those whose audit bears the mark of one of its updates. By its account alone it
 * can't be told, since a colleague may be signed in there, too. Throws `CallFailed`.
 */
async function ownAmong(
  { zendesk, ownId }: Pick<TicketReader, 'zendesk' | 'ownId'>,
  ticket: number,
  comments: readonly Authored[],
): Promise<(comment: Authored) => boolean> {
  const id = await ownId()
  if (!comments.some(({ authorId }) => authorId === id)) return () => false
  const audits = await zendesk.audits(ticket)
  const own = new Set(audits.flatMap((audit) => (audit.opId === undefined ? [] : [audit.id])))
  return ({ authorId, auditId }) => authorId === id && auditId !== undefined && own.has(auditId)
}

/**
 * Zendesk keeps what an end user writes as an internal comment where they are neither the requester nor in copy, and by
 * the account's settings where they are in copy: https://support.zendesk.com/hc/en-us/articles/4408843002650
 */
async function endUsersAmong(
  { zendesk }: Pick<TicketReader, 'zendesk'>,
  comments: readonly Authored[],
): Promise<(comment: Authored) => boolean> {
  // Below zero is Zendesk itself.
  const authors = [...new Set(comments.map(({ authorId }) => authorId))].filter((id) => id > 0)
  if (authors.length === 0) return () => false
  const endUsers = (await zendesk.users(authors)).filter(({ isEndUser }) => isEndUser).map(({ id }) => id)
  return ({ authorId }) => endUsers.includes(authorId)
}

// Changes of a ticket since somebody read it are told in words that name nobody and quote no text.

interface TicketNow {
  readonly status: string
  readonly isMerged: boolean
  readonly groupId?: string
}

interface Written extends Authored {
  readonly public: boolean
  readonly createdAt: Instant
}

/** Tells who wrote a comment. */
interface Writers {
  /** The bot wrote it. */
  readonly isOwn: (comment: Authored) => boolean
  readonly senderOf: (comment: Authored) => TicketSender
}

/** More comments than these are counted, so that a long exchange does not fill a message. */
const mostComments = 5

/** `changesSince` of a ticket that was read afresh, once it is asked who wrote on it. Throws `CallFailed`. */
export async function changesOf(
  reader: Pick<TicketReader, 'zendesk' | 'ownId'>,
  { ticket, comments }: ReadTicket,
  stamp: Instant,
  timeZone: string,
  seen: Pick<SyncCursor, 'groupId'> | undefined,
): Promise<readonly string[]> {
  const written = comments.filter(({ createdAt }) => createdAt > stamp)
  const isOwn = await ownAmong(reader, ticket.id, written)
  const senderOf = await sendersAmong(
    reader,
    ticket,
    written.filter((one) => one.public && !isOwn(one)),
  )
  return changesSince(ticket, written, stamp, { isOwn, senderOf }, timeZone, seen)
}

/**
 * The sentences about a ticket's changes since somebody read it, at least one: the caller knows already that it has
 * changed. Comments come oldest first.
 */
export function changesSince(
  ticket: TicketNow,
  comments: readonly Written[],
  /** The instant at which the ticket, as it was read, had last changed. */
  stamp: Instant,
  { isOwn, senderOf }: Writers,
  timeZone: string,
  /** Whose it was then, where that is known. */
  seen?: { readonly groupId?: string },
): readonly string[] {
  // The bot's own notes are no reason.
  const written = comments.filter((one) => one.createdAt > stamp && (one.public || !isOwn(one)))
  const more = written.length - mostComments
  const changes = [
    ...written
      .slice(0, mostComments)
      .map((one) => `${whatWasWritten(one, { isOwn, senderOf })}, ${whenText(one, timeZone)}`),
    ...(more > 0 ? [`${more} more ${more === 1 ? 'comment' : 'comments'} followed`] : []),
    ...standing(ticket),
    ...(seen && seen.groupId !== ticket.groupId ? ['it belongs to another group now'] : []),
  ]
  return changes.length > 0 ? changes : ['something on it was changed']
}

/** Lately, so that the year goes without saying. */
function whenText({ createdAt }: Written, timeZone: string): string {
  return shortInstantText(createdAt, timeZone, createdAt)
}

function whatWasWritten(comment: Written, { isOwn, senderOf }: Writers): string {
  if (isOwn(comment)) return 'the bot wrote a public answer'
  if (!comment.public) return 'an internal comment was added'
  return publicWords[senderOf(comment)]
}

const publicWords = {
  requester: 'the requester wrote',
  copy: 'somebody in copy wrote',
  'somebody-else': 'an agent wrote a public answer',
} as const

function standing({ status, isMerged }: TicketNow): readonly string[] {
  if (status !== 'solved' && status !== 'closed') return []
  return [isMerged ? 'it was merged into another ticket' : `it is ${status} now`]
}

/** What has changed on a ticket since somebody read it: in words that name nobody and quote nothing. */
import { type Instant, instantText } from '../../engine/time.ts'

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

/** At least one sentence: whoever asks knows already that it has changed. Comments oldest first. */
export function changesSince(
  ticket: TicketNow,
  comments: readonly Written[],
  /** When it had last changed as it was read. */
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

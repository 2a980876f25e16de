/** The content of a ticket, read for one person at the moment they ask, and kept nowhere. */

import { answerOrLate, type Clock } from '../../clock.ts'
import type { Flows } from '../../engine/flow.ts'
import type { Instant } from '../../engine/time.ts'
import { stepAt } from '../../engine/traits.ts'
import type { RequestRow } from '../../store/store.ts'
import { CallFailed } from '../call-failed.ts'
import type { GitLab } from '../gitlab/client.ts'
import { expertAnswer } from '../gitlab/expert-issue.ts'
import type { Read, Shown } from '../service.ts'
import type { Ticket, ZendeskUser } from './answers.ts'
import { explain } from './failure.ts'
import { type ReadTicket, readTicket, type TicketReader } from './ticket-reader.ts'

/** The parts that a ticket is read and shown with. */
export interface ShowTicket {
  readonly clock: Pick<Clock, 'sleep'>
  readonly flows: Flows
  readonly reader: TicketReader
  readonly gitlab: Pick<GitLab, 'notes'>
  /** Makes of a ticket what the desk takes in. Throws `CallFailed`, and so does what it returns. */
  readonly readOf: (read: ReadTicket, row: RequestRow, isInQueue: boolean) => Promise<Required<Read>>
}

/** A trigger of Slack's lives three seconds; the modal needs the rest. */
const patienceMs = 2_000

/** Reads a ticket for one person. It answers within two seconds, with a sentence where the ticket can't be read. */
export async function showTicket(parts: ShowTicket, row: RequestRow, since?: Instant): Promise<Shown> {
  return answerOrLate(parts.clock, patienceMs, shown(parts, row, since), () => ({
    because: slow(row.number),
  }))
}

async function shown(parts: ShowTicket, row: RequestRow, since: Instant | undefined): Promise<Shown> {
  try {
    const [read, expert] = await Promise.all([readTicket(parts.reader, row.number), expertText(parts, row)])
    const { ticket, comments } = read
    const [{ snapshot, stamp, changesSince }, people] = await Promise.all([
      parts.readOf(read, row, false),
      peopleOf(parts.reader, read),
    ])
    const isSame = since === undefined || since === stamp
    const nameOf = (id: number) => nameText(people.get(id))
    return {
      snapshot,
      changes: isSame ? [] : await changesSince(since),
      ticket: {
        subject: ticket.subject,
        stamp: ticket.updatedAt,
        recipients: [ticket.requesterId, ...ticket.ccIds].map(nameOf),
        comments: comments.map(({ authorId, createdAt, public: isPublic, text, attachments }) => ({
          by: nameOf(authorId),
          at: createdAt,
          isPublic,
          text,
          ...(attachments && { attachments }),
        })),
        ...(expert === undefined ? {} : { expertAnswer: expert }),
      },
    }
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
    return { because: explain(error, row.number) }
  }
}

/** The people who get a public comment, by name and address, the requester first. Throws `CallFailed`. */
export async function recipientsOf(
  { zendesk }: Pick<TicketReader, 'zendesk'>,
  { requesterId, ccIds }: Ticket,
): Promise<readonly string[]> {
  const ids = [requesterId, ...ccIds]
  const users = await zendesk.users([...new Set(ids)].filter((id) => id > 0))
  return ids.map((id) => nameText(users.find((user) => user.id === id)))
}

async function peopleOf(
  { zendesk }: TicketReader,
  { ticket, comments }: ReadTicket,
): Promise<ReadonlyMap<number, ZendeskUser>> {
  const ids = [ticket.requesterId, ...ticket.ccIds, ...comments.map(({ authorId }) => authorId)]
  const users = await zendesk.users([...new Set(ids)].filter((id) => id > 0))
  return new Map(users.map((user) => [user.id, user]))
}

/** `Kim <kim@example.com>` */
function nameText(user: ZendeskUser | undefined): string {
  if (!user) return 'somebody whom Zendesk does not name'
  return user.email === undefined ? user.name : `${user.name} <${user.email}>`
}

/**
 * Without it the answer can still be written: an expert's issue that can't be read keeps nobody from replying. What an
 * expert answered before the ticket was solved and reopened is no draft for what is asked now.
 */
async function expertText({ flows, gitlab }: ShowTicket, row: RequestRow): Promise<string | undefined> {
  const { expertIssue } = row.facts
  if (!expertIssue || stepAt(flows, row)?.tracks !== 'expert-issue') return undefined
  try {
    return (await expertAnswer({ gitlab }, expertIssue))?.body
  } catch (error) {
    if (error instanceof CallFailed) return undefined
    throw error
  }
}

function slow(number: number): string {
  return `Zendesk did not answer in time, so ticket ${number} can’t be shown. Nothing was changed: click again.`
}

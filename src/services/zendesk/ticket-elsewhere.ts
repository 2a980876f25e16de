/** A ticket that may belong on the form, read when somebody asks for it: how it stands, and what its writer would get. */

import type { RedirectTo } from '../../engine/effects/tickets.ts'
import type { TicketElsewhere } from '../../requests/redirect-ticket.ts'
import type { RedirectPreview } from '../../views/redirect-modal.ts'
import type { CallFailed } from '../call-failed.ts'
import type { Ticket } from './answers.ts'
import { type Redirecting, redirectReply } from './redirect-ticket.ts'
import { recipientsOf } from './show-ticket.ts'
import type { TicketReader } from './ticket-reader.ts'

export interface ReadElsewhere {
  readonly ticket: Ticket
  readonly stands: TicketElsewhere
}

/** Throws `CallFailed`. */
export async function readElsewhere(reader: TicketReader, number: number): Promise<ReadElsewhere> {
  const ticket = await reader.zendesk.ticket(number)
  const { status, createdAt } = ticket
  const url = `${reader.url}/agent/tickets/${number}`
  const isInQueue = await isFound(reader, ticket)
  return { ticket, stands: { number, url, status, createdAt, isInQueue } }
}

/**
 * Search knows no id (https://support.zendesk.com/hc/en-us/articles/4408886879258), so the queue is asked for what was
 * created in the ticket's own second or beside it.
 */
async function isFound({ zendesk, query }: TicketReader, { id, createdAt }: Ticket): Promise<boolean> {
  const at = Date.parse(createdAt)
  const day = (ms: number) => new Date(at + ms).toISOString().replace(/\.\d+Z$/, 'Z')
  const found = zendesk.search(`${query} created>=${day(-1_000)} created<=${day(1_000)}`)
  for await (const page of found) if (page.some((ticket) => ticket.id === id)) return true
  return false
}

/** Throws `CallFailed`, and `CannotDo` where a macro can't be applied. */
export async function previewOf(
  reader: TicketReader,
  redirecting: Redirecting,
  { ticket }: ReadElsewhere,
  to: RedirectTo,
): Promise<Omit<RedirectPreview, 'button'>> {
  const [recipients, { text, preview }] = await Promise.all([
    recipientsOf(reader, ticket),
    redirectReply(redirecting, reader.zendesk, { ticket: ticket.id, to }),
  ])
  return {
    ticket: ticket.id,
    to,
    subject: ticket.subject,
    recipients,
    text,
    preview,
    stamp: ticket.updatedAt,
  }
}

/** Why nothing was decided. */
export function unreadableElsewhere({ status, kind }: CallFailed, number: number): string {
  if (kind !== 'not-done')
    return `Zendesk can’t be read right now, so ticket ${number} can’t be shown. Nothing was sent: run the command again later.`
  if (status === 404)
    return `Zendesk shows no ticket ${number} to the bot (404): check the number; it may have been deleted. Nothing was sent.`
  if (status === 401)
    return 'Zendesk does not accept the bot’s token (401): tell the bot’s operators. Nothing was sent.'
  return `Zendesk does not let the bot’s account read ticket ${number} (${status}). Nothing was sent.`
}

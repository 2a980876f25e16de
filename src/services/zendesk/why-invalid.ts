/** Why Zendesk does not take a change of a ticket. Its 422 names no reason that may be repeated, so it is looked for. */

import { CannotDo } from '../failure.ts'
import type { Zendesk } from './client.ts'
import { asSaidOf, isRefusal, TicketOver } from './effect-context.ts'

/** The error as a person has to read it. */
export async function whyInvalid(
  zendesk: Zendesk,
  ticket: number,
  error: unknown,
  groupId?: string,
): Promise<unknown> {
  if (!isRefusal(error, 422)) return asSaidOf(ticket, error)
  const because = { cause: error }
  return (
    (await reasonFor(zendesk, ticket, because, groupId).catch(() => undefined)) ?? asSaidOf(ticket, error)
  )
}

async function reasonFor(
  zendesk: Zendesk,
  id: number,
  because: ErrorOptions,
  groupId: string | undefined,
): Promise<CannotDo> {
  const { status } = await zendesk.ticket(id)
  if (status === 'closed')
    return new TicketOver(
      `Ticket ${id} is closed, and nobody can change it any more (422). Write to the requester in a new ticket.`,
      because,
    )
  if (groupId !== undefined && !(await zendesk.group(groupId)))
    return new CannotDo(
      `Zendesk has no group ${groupId} (422): put the number of the support group into ZENDESK_SUPPORT_GROUP and start the bot again; then choose Try Again.`,
      because,
    )
  return new CannotDo(
    `Zendesk does not take the change of ticket ${id} (422): most likely a field has to be filled in first. Fill it in there, then choose Try Again.`,
    because,
  )
}

/** The parts that the effects in Zendesk share. */

import { CallFailed } from '../call-failed.ts'
import type { HandlerContext } from '../effect-handler.ts'
import { CannotDo, saidBy } from '../failure.ts'
import type { Zendesk } from './client.ts'

/** The purpose of a macro that a team may have for the redirect to the form. */
export type MacroName = 'deletion' | 'access'

/** The client and settings that the effects in Zendesk are given. */
export interface ZendeskContext extends HandlerContext {
  /** Absent: everything Zendesk is off. */
  readonly zendesk?: Zendesk
  readonly macros: Readonly<Partial<Record<MacroName, number | undefined>>>
  /** The form that people are sent to. */
  readonly formUrl: string
  /** The group to which support requests go. */
  readonly supportGroup?: string
  readonly timeZone: string
  /** Has the ticket read again; stored durably before it resolves, once for a key. */
  readonly ticketChanged: (ticket: number, key: string) => Promise<void>
}

/** The client. Throws `CannotDo` where everything Zendesk is off. */
export function connected({ zendesk }: Pick<ZendeskContext, 'zendesk'>): Zendesk {
  if (zendesk) return zendesk
  throw new CannotDo('Everything Zendesk is off: ZENDESK_URL is not set.')
}

/** The ticket is deleted or closed: no mending by a person lets it be changed after all. */
export class TicketOver extends CannotDo {}

/** Tells whether Zendesk refused an update because the ticket has changed since the stamp that it bore. */
export function isConflict(error: unknown): boolean {
  return isRefusal(error, 409)
}

/** Tells whether an error is Zendesk's refusal with this status. */
export function isRefusal(error: unknown, status: number): boolean {
  return error instanceof CallFailed && error.kind === 'not-done' && error.status === status
}

/** Makes a call about a ticket, and throws its failure as `asSaidOf` words it. */
export async function onTicket<T>(ticket: number, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw asSaidOf(ticket, error)
  }
}

/** Turns Zendesk's refusal into `CannotDo` that names the ticket, or `TicketOver`; any other error stays as it is. */
export function asSaidOf(ticket: number, error: unknown): unknown {
  if (!(error instanceof CallFailed) || error.kind !== 'not-done') return error
  const because = { cause: error }
  switch (error.status) {
    case 404:
      return new TicketOver(`Ticket ${ticket} is gone (404), or the bot's account can't see it.`, because)
    case 403:
      return new CannotDo(`The bot's account may not change ticket ${ticket} (403).${saidBy(error)}`, because)
    case 422:
      return new CannotDo(
        `Zendesk does not take the change of ticket ${ticket} (422): it is closed, or a field has to be filled in before it can be solved.${saidBy(error)}`,
        because,
      )
    default:
      return error
  }
}

/**
 * Finds an update of ours by the mark that it left on the ticket's audit, and when it was made. Throws `CallFailed`
 * and `CannotDo`.
 */
export async function ownUpdate(
  zendesk: Zendesk,
  ticket: number,
  opId: string,
): Promise<{ readonly at: string } | undefined> {
  const audits = await onTicket(ticket, () => zendesk.audits(ticket))
  const own = audits.find((audit) => audit.opId === opId)
  return own && { at: own.createdAt }
}

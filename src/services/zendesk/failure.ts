/** Zendesk's refusals in words: for the card, of a call that an effect makes, and for a person whose click needs a reading. */
import { CallFailed } from '../call-failed.ts'
import { CannotDo, movedTo, saidBy } from '../failure.ts'

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
      return new CannotDo(
        `The bot's account isn't allowed to change ticket ${ticket} (403).${saidBy(error)}`,
        because,
      )
    case 422:
      return new CannotDo(
        `Zendesk does not take the change of ticket ${ticket} (422): it is closed, or a field has to be filled in before it can be solved.${saidBy(error)}`,
        because,
      )
    default:
      return error
  }
}

/** Returns the sentence for a person who wants to see a ticket or to decide on it, and it can't be read. */
export function explain(failed: CallFailed, ticket: number): string {
  const { status } = failed
  const moved = movedTo(failed)
  if (moved) return `${moved} Nothing was changed.`
  if (status === 404)
    return `Zendesk no longer shows ticket ${ticket} (404): it was deleted, or the bot’s account can’t see it. Nothing was changed.`
  if (status === 403)
    return `Zendesk does not let the bot’s account read ticket ${ticket} (403). Nothing was changed.`
  if (status === 401)
    return 'Zendesk does not accept the bot’s token (401): tell your admins. Nothing was changed.'
  return `Zendesk isn’t responding, so I can’t check ticket ${ticket}. Nothing was changed: try again in a few minutes.`
}

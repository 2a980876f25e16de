/** Internal comments on a ticket: they are added to whatever it says by now. */

import { lineEnd } from '../../engine/effects/notes.ts'
import type { ticketEffects } from '../../engine/effects/tickets.ts'
import type { OutboxEntry } from '../../store/store.ts'
import { type Done, type Entry, type HandlersOf, requestOf } from '../effect-handler.ts'
import { CannotDo, NotYet } from '../failure.ts'
import { withNames } from '../gitlab/note-text.ts'
import type { Zendesk } from './client.ts'
import { connected, ownUpdate, type ZendeskContext } from './effect-context.ts'
import { asSaidOf, isConflict, isRefusal, onTicket, TicketOver } from './failure.ts'

/** The handlers of the effects that add internal comments. */
export function ticketNoteHandlers(
  context: ZendeskContext,
): Pick<HandlersOf<typeof ticketEffects>, 'ticket-note' | 'link-expert-issue'> {
  return {
    'ticket-note': {
      execute: async (entry, { text }) => write(entry, await ticketNoteText(text, context.nameOf)),
      verify: find,
    },
    'link-expert-issue': {
      async execute(entry) {
        const { team, url } = await expertIssueBefore(context, entry)
        return write(entry, await ticketNoteText(`Expert issue (${team}): ${url}`, context.nameOf))
      },
      verify: find,
    },
  }

  async function find(entry: Entry): Promise<Done | undefined> {
    const { number } = await requestOf(context, entry)
    const own = await ownUpdate(connected(context), number, entry.opId)
    return own && { result: { ticket: number, updatedAt: own.createdAt } }
  }

  async function write(entry: Entry, body: string): Promise<Done> {
    const zendesk = connected(context)
    const { number } = await requestOf(context, entry)
    const { updatedAt: updatedStamp } = await onTicket(number, () => zendesk.ticket(number))
    try {
      const comment = { body, public: false }
      const { updatedAt } = await zendesk.updateTicket(number, { comment, updatedStamp, opId: entry.opId })
      return { result: { ticket: number, updatedAt } }
    } catch (error) {
      if (isConflict(error))
        throw new NotYet(`Ticket ${number} changed at the same moment: it is written again soon.`, {
          cause: error,
        })
      throw await whyInvalid(zendesk, number, error)
    }
  }
}

/** The issue that the same request had opened last. */
async function expertIssueBefore(
  { store }: Pick<ZendeskContext, 'store'>,
  { requestId = '', position }: Entry,
): Promise<{ readonly team: string; readonly url: string }> {
  const entries = await store.tables.outbox.ofRequest(requestId)
  const opening = entries.findLast((one) => one.work.kind === 'open-expert-issue' && one.position < position)
  const { team, url } = opening?.result ?? {}
  if (opening?.status === 'done' && team !== undefined && url !== undefined)
    return { team: String(team), url: String(url) }
  if (opening && isStillToDo(opening)) throw new NotYet('Waiting for the expert team’s issue to be opened.')
  throw new CannotDo('The expert team’s issue was not opened, so there is no address to write to the ticket.')
}

function isStillToDo({ status }: OutboxEntry): boolean {
  return status === 'pending' || status === 'in-flight' || status === 'unknown'
}

// The texts of comments in Zendesk, which runs no line as a command but fills in placeholders.

/** A public comment, as a person typed it. Throws `CannotDo` where it is empty. */
export function ticketReplyText(text: string): string {
  const typed = harmlessText(text)
  if (typed === '') throw new CannotDo('The text is empty. Nothing was sent.')
  return typed
}

/** An internal comment, with people's names. */
export async function ticketNoteText(
  text: string,
  nameOf: (userId: string) => Promise<string>,
): Promise<string> {
  return harmlessText(await withNames(text, nameOf))
}

/**
 * Zendesk fills in what looks like `{{ticket.comments}}` (https://support.zendesk.com/hc/en-us/articles/4408886858138):
 * quoted from a requester's mail, it would send whatever else stands on the ticket. A word joiner between the braces
 * shows as nothing and is no placeholder. A control character between them might be dropped on the way, so it goes first.
 */
function harmlessText(text: string): string {
  return text
    .split(lineEnd)
    .join('\n')
    .replace(/(?![\n\t])\p{Cc}/gu, '')
    .trim()
    .replace(/\{(?=[{%])/g, '{\u2060')
}

// A 422 of Zendesk names no reason that may be repeated, so the reason is looked for.

/** Looks for the reason of a refused change, and returns the error as a person has to read it. */
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
      `Ticket ${id} is closed and can’t be changed (422). Write to the requester in a new ticket.`,
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

/** Internal comments on a ticket: they are added to whatever it says by now. */
import type { ticketEffects } from '../../engine/effects/tickets.ts'
import type { OutboxEntry } from '../../store/store.ts'
import { type Done, type Entry, type HandlersOf, requestOf } from '../effect-handler.ts'
import { CannotDo, NotYet } from '../failure.ts'
import { connected, isConflict, onTicket, ownUpdate, type ZendeskContext } from './effect-context.ts'
import { ticketNoteText } from './ticket-text.ts'
import { whyInvalid } from './why-invalid.ts'

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
    const { iid } = await requestOf(context, entry)
    const own = await ownUpdate(connected(context), iid, entry.opId)
    return own && { result: { ticket: iid, updatedAt: own.at } }
  }

  async function write(entry: Entry, body: string): Promise<Done> {
    const zendesk = connected(context)
    const { iid } = await requestOf(context, entry)
    const { updatedAt: updatedStamp } = await onTicket(iid, () => zendesk.ticket(iid))
    try {
      const comment = { body, public: false }
      const { updatedAt } = await zendesk.updateTicket(iid, { comment, updatedStamp, opId: entry.opId })
      return { result: { ticket: iid, updatedAt } }
    } catch (error) {
      if (isConflict(error))
        throw new NotYet(`Ticket ${iid} changed at the same moment: it is written again soon.`, {
          cause: error,
        })
      throw await whyInvalid(zendesk, iid, error)
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
  if (opening && isStillToDo(opening))
    throw new NotYet('It waits for the expert team’s issue, which is not open yet.')
  throw new CannotDo('The expert team’s issue was not opened, so there is no address to write to the ticket.')
}

function isStillToDo({ status }: OutboxEntry): boolean {
  return status === 'pending' || status === 'in-flight' || status === 'unknown'
}

/** What the page's buttons do in Zendesk: as the requester, as an agent, and as somebody who writes to security@. */
import { z } from 'zod'
import type { LocalZendesk, Sender, Ticket } from '../zendesk/zendesk.ts'

const id = z.coerce.number()
const text = z.string().trim().min(1)

export const ticketActs = [
  z.object({
    act: z.literal('new-ticket'),
    name: z.string().trim(),
    email: text,
    ccs: z.string(),
    subject: z.string().trim(),
    text,
  }),
  z.object({ act: z.literal('ticket-reply'), id, text }),
  z.object({ act: z.literal('ticket-comment'), id, text, to: z.enum(['everyone', 'agents']) }),
  z.object({ act: z.literal('ticket-solve'), id }),
  z.object({ act: z.literal('ticket-close'), id }),
  z.object({ act: z.literal('ticket-move'), id, group: id }),
  z.object({ act: z.literal('ticket-merge'), id, into: id }),
  z.object({ act: z.literal('ticket-delete'), id }),
  z.object({ act: z.literal('ticket-restore'), id }),
] as const

export type TicketAct = z.infer<(typeof ticketActs)[number]>

interface Done {
  readonly said?: string
  /** The ticket to look at next. */
  readonly ticket?: number
}

export function performOnTicket(zendesk: LocalZendesk, act: TicketAct): Done {
  if (act.act === 'new-ticket') return { ticket: newTicket(zendesk, act).id }
  const ticket = zendesk.tickets.get(act.id)
  const refused = refusalOf(zendesk, ticket, act)
  if (!ticket || refused) return { said: refused ?? `There is no ticket ${act.id}.` }
  switch (act.act) {
    case 'ticket-reply': {
      const answered = zendesk.requesterReplies(act.id, act.text)
      return answered === ticket ? {} : { ticket: answered.id, said: followUp(answered, ticket) }
    }
    case 'ticket-comment':
      zendesk.someoneComments(act.id, { body: act.text, public: act.to === 'everyone' })
      return {}
    case 'ticket-solve':
      zendesk.someoneSolves(act.id)
      return {}
    case 'ticket-close':
      zendesk.closes(act.id)
      return {}
    case 'ticket-move':
      zendesk.someoneMoves(act.id, act.group)
      return {}
    case 'ticket-merge':
      zendesk.merges(act.id, act.into)
      return {}
    case 'ticket-delete':
      zendesk.deletes(act.id)
      return {}
    case 'ticket-restore':
      zendesk.restores(act.id)
      return {}
  }
}

/** As Zendesk would not offer it, or would not take it. */
function refusalOf(
  zendesk: LocalZendesk,
  ticket: Ticket | undefined,
  act: Exclude<TicketAct, { readonly act: 'new-ticket' }>,
): string | undefined {
  if (!ticket) return undefined
  if (ticket.deleted !== (act.act === 'ticket-restore'))
    return ticket.deleted
      ? `Ticket ${act.id} is deleted: restore it first.`
      : `Ticket ${act.id} is not deleted.`
  if (ticket.status === 'closed' && !['ticket-reply', 'ticket-delete', 'ticket-restore'].includes(act.act))
    return `Ticket ${act.id} is closed: Zendesk lets nobody change it any more.`
  if (act.act === 'ticket-move' && !zendesk.groups.some((group) => group.id === act.group))
    return `There is no group ${act.group}.`
  if (act.act !== 'ticket-merge') return undefined
  if (act.into === act.id) return 'A ticket can’t be merged into itself.'
  const into = zendesk.tickets.get(act.into)
  return into && !into.deleted && into.status !== 'closed'
    ? undefined
    : `Ticket ${act.into} can’t take another in: it is not there, or closed.`
}

function newTicket(
  zendesk: LocalZendesk,
  { name, email, ccs, subject, text: words }: Extract<TicketAct, { readonly act: 'new-ticket' }>,
): Ticket {
  return zendesk.submitTicket(words, {
    subject,
    from: sender(email, name),
    ccs: ccs
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '')
      .map((one) => sender(one)),
  })
}

const sender = (email: string, name = ''): Sender => ({ email, name: name === '' ? email : name })

function followUp({ id: fresh }: Ticket, { id: closed }: Ticket): string {
  return `Ticket ${closed} is closed, so the answer opened ticket ${fresh}.`
}

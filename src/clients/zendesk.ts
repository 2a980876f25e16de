/** The Zendesk calls that the bot makes. An update carries a fence and a mark, and is sent once. */
import nodeZendesk from 'node-zendesk'
import { z } from 'zod'
import type { Fetch } from './ask.ts'
import { type Instant, parse, wholeNumber } from './parse.ts'
import { Audit, type CustomField, MacroEffect, Ticket } from './zendesk-answers.ts'
import { zendeskTransport } from './zendesk-transport.ts'

export interface TicketUpdate {
  readonly status?: string
  readonly comment?: ({ readonly body: string } | { readonly htmlBody: string }) & {
    readonly public: boolean
  }
  readonly customFields?: readonly CustomField[]
  /** All that the ticket is to have: Zendesk replaces the whole set. */
  readonly tags?: readonly string[]
  /** `updatedAt` of the ticket as it was judged: changed since, and Zendesk refuses with 409. */
  readonly updatedStamp: Instant
  /** Kept unseen on the audit, to find out afterwards whether this update was made. */
  readonly opId: string
}

export interface Zendesk {
  ticket(id: number): Promise<Ticket>
  macroEffect(ticketId: number, macroId: number): Promise<MacroEffect>
  updateTicket(id: number, update: TicketUpdate): Promise<Ticket>
  /** All of them; those of our own updates carry their `opId`. */
  audits(ticketId: number): Promise<readonly Audit[]>
}

export interface ZendeskConnection {
  /** e.g. `https://example.zendesk.com` */
  readonly url: string
  readonly email: string
  readonly token: string
  readonly fetch: Fetch
  readonly timeoutMs?: number
}

/** Zendesk's own callers give up after 12 s; a write that takes longer is better looked up. */
const defaultTimeoutMs = 10_000

export function connectZendesk(to: ZendeskConnection): Zendesk {
  const base = new URL('/api/v2', to.url)
  const asking = { service: 'zendesk', fetch: to.fetch, timeoutMs: to.timeoutMs ?? defaultTimeoutMs } as const
  const client = nodeZendesk.createClient({
    username: to.email,
    token: to.token,
    endpointUri: base.href,
    throwOriginalException: true,
    transportConfig: zendeskTransport(asking, base),
  })
  const answered = (method: 'GET' | 'PUT', what: string) => ({ service: 'zendesk', method, what }) as const

  return {
    ticket: async (id) => {
      const { result } = await client.tickets.show(wholeNumber(id, 'ticket'))
      return parse(Ticket, result, answered('GET', 'ticket'))
    },

    macroEffect: async (ticketId, macroId) => {
      const ids = [wholeNumber(ticketId, 'ticket'), wholeNumber(macroId, 'macro')] as const
      const { result } = await client.macros.applyTicket(...ids)
      return parse(MacroEffect, result, answered('GET', 'macro'))
    },

    updateTicket: async (id, update) => {
      const { result } = await client.tickets.update(wholeNumber(id, 'ticket'), { ticket: updated(update) })
      return parse(Ticket, result, answered('PUT', 'ticket'))
    },

    audits: async (ticketId) => {
      const audits = await client.ticketaudits.list(wholeNumber(ticketId, 'ticket'))
      return parse(z.array(Audit), audits, answered('GET', 'audits'))
    },
  }
}

/** `public` is always said: left out, the comment takes the visibility of the ticket's first one. */
function updated({ status, comment, customFields, tags, updatedStamp, opId }: TicketUpdate): object {
  const text = comment && ('htmlBody' in comment ? { html_body: comment.htmlBody } : { body: comment.body })
  return {
    ...(status ? { status } : {}),
    ...(comment ? { comment: { ...text, public: comment.public } } : {}),
    ...(customFields && customFields.length > 0 ? { custom_fields: [...customFields] } : {}),
    ...(tags ? { tags: [...tags] } : {}),
    safe_update: true,
    updated_stamp: updatedStamp.replace('.000Z', 'Z'),
    metadata: { op_id: opId },
  }
}

/** The Zendesk calls that the bot makes. An update carries a fence and a mark, and is sent once. */

import nodeZendesk from 'node-zendesk'
import { z } from 'zod'
import type { Instant } from '../../engine/time.ts'
import { type Fetch, parse, wholeNumber } from '../ask.ts'
import { CallFailed } from '../call-failed.ts'
import {
  AccountSettings,
  Audit,
  Comment,
  type CustomField,
  type FoundTicket,
  type Group,
  GroupAnswer,
  MacroEffect,
  Me,
  SuspendedTicket,
  Ticket,
  TicketField,
  type TicketForm,
  TicketFormAnswer,
  UpdateAnswer,
  type UpdatedTicket,
  ZendeskUser,
} from './answers.ts'
import { type SignIn, signInTo } from './sign-in.ts'
import { cursorPages, type ReadZendesk, searchPages, zendeskTransport } from './transport.ts'

/** A change of a ticket, refused by Zendesk where the ticket has changed since `updatedStamp`. */
export interface TicketUpdate {
  readonly status?: string
  readonly comment?: ({ readonly body: string } | { readonly htmlBody: string }) & {
    readonly public: boolean
  }
  readonly customFields?: readonly CustomField[]
  /** All that the ticket is to have: Zendesk replaces the whole set. */
  readonly tags?: readonly string[]
  readonly groupId?: string
  /** An agent's id; null: nobody's. */
  readonly assigneeId?: number | null
  /** `updatedAt` of the ticket as it was judged: changed since, and Zendesk refuses with 409. */
  readonly updatedStamp: Instant
  /** Kept unseen on the audit, to find out afterwards whether this update was made. */
  readonly opId: string
}

/** The calls to Zendesk. Each throws `CallFailed`. */
export interface Zendesk {
  ticket(id: number): Promise<Ticket>
  macroEffect(ticketId: number, macroId: number): Promise<MacroEffect>
  updateTicket(id: number, update: TicketUpdate): Promise<UpdatedTicket>
  /** All of them; those of our own updates carry their `opId`. */
  audits(ticketId: number): Promise<readonly Audit[]>
  /** Who the bot is to Zendesk, and what it may do there. */
  me(): Promise<Me>
  /**
   * Page by page every ticket the query finds now, the 1,000 that changed last first (Zendesk's own limit for search),
   * and then the others; 50,000 of those at most. One that changes during the reading may be left to the next search.
   */
  search(query: string): AsyncIterable<readonly FoundTicket[]>
  /** How many tickets the query finds, those too that `search` does not give. */
  count(query: string): Promise<number>
  /** All of them, oldest first. */
  comments(ticketId: number): Promise<readonly Comment[]>
  /** Those of them that exist. */
  users(ids: readonly number[]): Promise<readonly ZendeskUser[]>
  /** Undefined where there is none of that id, or no more. */
  group(id: string): Promise<Group | undefined>
  /** All fields that tickets have. */
  ticketFields(): Promise<readonly TicketField[]>
  /** Undefined where it is not there: not every plan has forms. */
  ticketForm(id: number): Promise<TicketForm | undefined>
  /** Whether Zendesk assigns a ticket to whoever solves it; undefined where it does not say. */
  assignsOnSolve(): Promise<boolean | undefined>
  /** E-mails to this address that Zendesk holds back as suspected spam, never a ticket; undefined where the account may not see them. */
  suspended(recipient: string): Promise<number | undefined>
}

/** The address of the account and the credentials. */
export type ZendeskConnection = SignIn & {
  /** e.g. `https://example.zendesk.com` */
  readonly url: string
  readonly fetch: Fetch
  readonly timeoutMs?: number
}

/** Zendesk's own callers give up after 12 s; a write that takes longer is better looked up. */
const defaultTimeoutMs = 10_000

/** Connects the calls; nothing is sent before the first of them. */
export function connectZendesk(to: ZendeskConnection): Zendesk {
  const base = new URL('/api/v2', to.url)
  const asking = { service: 'zendesk', fetch: to.fetch, timeoutMs: to.timeoutMs ?? defaultTimeoutMs } as const
  const client = nodeZendesk.createClient({
    // Not known to the library, whose debug output prints it: the transport signs in.
    ...{ useOAuth: true, token: 'none' },
    endpointUri: base.href,
    throwOriginalException: true,
    transportConfig: zendeskTransport(asking, base, signInTo(asking, to.url, to)),
  })
  // One request, whose answer is left whole: the library's lists follow any address, and its `get` drops what it does not know.
  const read: ReadZendesk = async (path, query = {}) =>
    (await client.tickets.transporter.request('GET', [...path, query])).result
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
      // Of the answer the library's own call would leave the ticket alone.
      const path = ['tickets', String(wholeNumber(id, 'ticket'))]
      const { result } = await client.tickets.transporter.request('PUT', path, { ticket: updated(update) })
      return parse(UpdateAnswer, result, answered('PUT', 'ticket'))
    },

    audits: async (ticketId) => {
      const audits = await client.ticketaudits.list(wholeNumber(ticketId, 'ticket'))
      return parse(z.array(Audit), audits, answered('GET', 'audits'))
    },

    me: async () => {
      const { user } = parse(z.object({ user: Me }), await read(['users', 'me']), answered('GET', 'user'))
      if (user) return user
      const message = 'zendesk GET user: signed in as nobody who works there'
      throw new CallFailed({ service: 'zendesk', kind: 'not-done', message, status: 401 })
    },

    search: (query) => searchPages(read, query),

    count: async (query) => {
      const answer = await read(['search', 'count'], { query })
      return parse(z.object({ count: z.number() }), answer, answered('GET', 'search count')).count
    },

    comments: async (ticketId) => {
      const path = ['tickets', String(wholeNumber(ticketId, 'ticket')), 'comments']
      const comments = await allOf(cursorPages(read, path, 'comments', Comment))
      return comments.toSorted(
        (one, other) => Date.parse(one.createdAt) - Date.parse(other.createdAt) || one.id - other.id,
      )
    },

    users: async (ids) => {
      const wanted = [...new Set(ids)].map((id) => wholeNumber(id, 'user'))
      const found: ZendeskUser[] = []
      for (let from = 0; from < wanted.length; from += usersAtOnce) {
        const answer = await read(['users', 'show_many'], { ids: wanted.slice(from, from + usersAtOnce) })
        found.push(
          ...parse(z.object({ users: z.array(ZendeskUser) }), answer, answered('GET', 'users')).users,
        )
      }
      return found
    },

    group: async (id) => {
      const answer = await unless(404, read(['groups', String(groupNumber(id))]))
      return answer && parse(GroupAnswer, answer.value, answered('GET', 'group'))
    },

    ticketFields: () => allOf(cursorPages(read, ['ticket_fields'], 'ticket_fields', TicketField)),

    ticketForm: async (id) => {
      const answer = await unless(404, read(['ticket_forms', String(wholeNumber(id, 'form'))]))
      return answer && parse(TicketFormAnswer, answer.value, answered('GET', 'form'))
    },

    assignsOnSolve: async () =>
      parse(AccountSettings, await read(['account', 'settings']), answered('GET', 'settings')),

    suspended: async (recipient) => {
      const held = await unless(
        403,
        allOf(cursorPages(read, ['suspended_tickets'], 'suspended_tickets', SuspendedTicket)),
      )
      return held?.value.filter((mail) => mail.recipient?.toLowerCase() === recipient.toLowerCase()).length
    },
  }
}

/** https://developer.zendesk.com/api-reference/ticketing/users/users/#show-many-users */
const usersAtOnce = 100

async function allOf<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  return (await Array.fromAsync(pages)).flat()
}

/** Undefined where it is refused with this status. */
async function unless<T>(status: number, call: Promise<T>): Promise<{ readonly value: T } | undefined> {
  try {
    return { value: await call }
  } catch (error) {
    if (error instanceof CallFailed && error.kind === 'not-done' && error.status === status) return undefined
    throw error
  }
}

function groupNumber(id: string): number {
  return wholeNumber(/^\d+$/.test(id) ? Number(id) : Number.NaN, 'group')
}

/** `public` is always said: left out, the comment takes the visibility of the ticket's first one. */
function updated({
  status,
  comment,
  customFields,
  tags,
  groupId,
  assigneeId,
  ...mark
}: TicketUpdate): object {
  const text = comment && ('htmlBody' in comment ? { html_body: comment.htmlBody } : { body: comment.body })
  return {
    ...(status ? { status } : {}),
    ...(comment ? { comment: { ...text, public: comment.public } } : {}),
    ...(customFields && customFields.length > 0 ? { custom_fields: [...customFields] } : {}),
    ...(tags ? { tags: [...tags] } : {}),
    ...(groupId === undefined ? {} : { group_id: groupNumber(groupId) }),
    ...(assigneeId === undefined ? {} : { assignee_id: assigneeId }),
    safe_update: true,
    updated_stamp: mark.updatedStamp.replace('.000Z', 'Z'),
    metadata: { op_id: mark.opId },
  }
}

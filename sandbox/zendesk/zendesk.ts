/** A local Zendesk: tickets, their comments, macros and audits, as far as the bot uses them. */
import { type Answer, FakeServer, type RecordedRequest } from '../fake-server.ts'

export const zendeskEmail = 'agent@example.com'
export const zendeskToken = 'local-zendesk-token'

export interface Comment {
  readonly body: string
  readonly public: boolean
}

export interface Audit {
  readonly id: number
  readonly created_at: string
  readonly metadata: { readonly custom: Readonly<Record<string, unknown>> }
}

export interface Ticket {
  readonly id: number
  status: string
  updatedAt: string
  readonly comments: Comment[]
  readonly audits: Audit[]
  tags: readonly string[]
  customFields: readonly CustomField[]
}

export interface CustomField {
  readonly id: number
  readonly value: string | null
}

export interface Macro {
  readonly id: number
  /** Left out: it writes no comment. */
  readonly body?: string
  readonly htmlBody?: string
  /** Default: true. */
  readonly public?: boolean
  readonly status?: string
  readonly addTags?: readonly string[]
  readonly removeTags?: readonly string[]
  readonly fields?: readonly CustomField[]
}

export interface StartZendesk {
  readonly now: () => Date
  readonly port?: number
}

export async function startZendesk(given: StartZendesk): Promise<LocalZendesk> {
  const zendesk = new LocalZendesk(given.now)
  await zendesk.fake.listen(given.port)
  return zendesk
}

export class LocalZendesk {
  readonly fake: FakeServer
  readonly tickets = new Map<number, Ticket>()
  readonly macros = new Map<number, Macro>()
  readonly #now: () => Date
  #lastId = 5000

  constructor(now: () => Date) {
    this.#now = now
    this.fake = new FakeServer((request) => this.#answer(request), now)
  }

  get url(): string {
    return this.fake.url
  }

  async close(): Promise<void> {
    await this.fake.close()
  }

  /** Somebody writes to support. */
  submitTicket(text: string, id = this.#id()): Ticket {
    const ticket: Ticket = {
      ...{ id, status: 'new', updatedAt: this.#seconds() },
      ...{ comments: [], audits: [], tags: [], customFields: [] },
    }
    this.tickets.set(id, ticket)
    this.#change(ticket, { comment: { body: text, public: true } })
    return ticket
  }

  /** An agent writes meanwhile, so that what was read before is out of date. */
  someoneComments(id: number, comment: Comment): void {
    this.#change(this.ticket(id), { comment })
  }

  ticket(id: number): Ticket {
    const ticket = this.tickets.get(id)
    if (!ticket) throw new Error(`the local Zendesk has no ticket ${id}`)
    return ticket
  }

  #answer(request: RecordedRequest): Answer {
    const basic = `Basic ${Buffer.from(`${zendeskEmail}/token:${zendeskToken}`).toString('base64')}`
    if (request.headers.authorization !== basic)
      return { status: 401, body: { error: "Couldn't authenticate you" } }
    const found = /^\/api\/v2\/tickets\/(\d+)(?:\/(audits)|\/macros\/(\d+)\/apply)?(?:\.json)?$/.exec(
      request.path,
    )
    const ticket = found && this.tickets.get(Number(found[1]))
    if (!ticket) return missing
    if (found[2])
      return { status: 200, body: { audits: ticket.audits, next_page: null, count: ticket.audits.length } }
    if (found[3]) return this.#applied(ticket, Number(found[3]))
    return request.method === 'PUT'
      ? this.#update(ticket, request)
      : { status: 200, body: { ticket: shown(ticket) } }
  }

  /** The ticket as the macro would leave it; the ticket itself stays as it is. */
  #applied(ticket: Ticket, macroId: number): Answer {
    const macro = this.macros.get(macroId)
    if (!macro) return missing
    const { body, htmlBody, status, addTags = [], removeTags = [], fields = [] } = macro
    const comment = { body, public: macro.public ?? true, ...(htmlBody ? { html_body: htmlBody } : {}) }
    const afterwards = shown({
      ...ticket,
      status: status ?? ticket.status,
      tags: [...ticket.tags.filter((tag) => !removeTags.includes(tag)), ...addTags],
      customFields: merged(ticket.customFields, fields),
    })
    const hasComment = body !== undefined || htmlBody !== undefined
    return {
      status: 200,
      body: { result: { ticket: { ...afterwards, ...(hasComment ? { comment } : {}) } } },
    }
  }

  #update(ticket: Ticket, request: RecordedRequest): Answer {
    const { ticket: update } = (request.body ?? {}) as { ticket?: Update }
    if (!update) return { status: 400, body: { error: 'BadRequest' } }
    if (ticket.status === 'closed')
      return { status: 422, body: { error: 'RecordInvalid', description: 'closed' } }
    const stamp = update.updated_stamp ? Date.parse(update.updated_stamp) : undefined
    if (update.safe_update && stamp !== Date.parse(ticket.updatedAt)) {
      return {
        status: 409,
        body: { error: 'UpdateConflict', description: 'Safe Update prevented the update' },
      }
    }
    const audit = this.#change(ticket, update)
    return { status: 200, body: { ticket: shown(ticket), audit } }
  }

  #change(ticket: Ticket, update: Update): Audit {
    const { comment } = update
    if (comment)
      ticket.comments.push({ body: comment.html_body ?? comment.body ?? '', public: comment.public ?? true })
    if (update.status) ticket.status = update.status
    if (update.tags) ticket.tags = update.tags
    if (update.custom_fields) ticket.customFields = merged(ticket.customFields, update.custom_fields)
    const moved = Date.parse(ticket.updatedAt) + 1000
    ticket.updatedAt = seconds(new Date(Math.max(this.#now().getTime(), moved)))
    const audit = { id: this.#id(), created_at: this.#seconds(), metadata: { custom: update.metadata ?? {} } }
    ticket.audits.push(audit)
    return audit
  }

  #seconds(): string {
    return seconds(this.#now())
  }

  #id(): number {
    this.#lastId += 1
    return this.#lastId
  }
}

interface Update {
  readonly status?: string
  readonly comment?: { readonly body?: string; readonly html_body?: string; readonly public?: boolean }
  readonly tags?: readonly string[]
  readonly custom_fields?: readonly CustomField[]
  readonly safe_update?: boolean
  readonly updated_stamp?: string
  readonly metadata?: Readonly<Record<string, unknown>>
}

const missing: Answer = { status: 404, body: { error: 'RecordNotFound', description: 'Not found' } }

function shown(ticket: Ticket) {
  return {
    id: ticket.id,
    status: ticket.status,
    created_at: ticket.audits[0]?.created_at ?? ticket.updatedAt,
    updated_at: ticket.updatedAt,
    requester_id: 7001,
    group_id: null,
    email_cc_ids: [],
    subject: 'A request',
    tags: ticket.tags,
    custom_fields: ticket.customFields,
    fields: ticket.customFields,
  }
}

function merged(fields: readonly CustomField[], more: readonly CustomField[]): readonly CustomField[] {
  return [...new Map([...fields, ...more].map((field) => [field.id, field])).values()]
}

/** Zendesk's times have no fraction of a second. */
function seconds(at: Date): string {
  return at.toISOString().replace(/\.\d{3}Z$/, 'Z')
}

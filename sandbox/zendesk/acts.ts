/** Everything that changes a ticket of the local Zendesk. Each act moves `updated_at`, leaves an audit and tells the watcher. */
import {
  type Audit,
  type AuditEvent,
  type CustomField,
  type Metadata,
  type PostedComment,
  seconds,
  type Ticket,
  type User,
  type World,
} from './world.ts'

/** As the API takes it. */
export interface Update {
  readonly status?: string
  readonly comment?: {
    readonly body?: string
    readonly html_body?: string
    readonly public?: boolean
    /** Of an e-mail. */
    readonly attachments?: readonly string[]
  }
  readonly tags?: readonly string[]
  readonly group_id?: number
  readonly assignee_id?: number | null
  readonly custom_fields?: readonly CustomField[]
  readonly safe_update?: boolean
  readonly updated_stamp?: string
  readonly metadata?: Readonly<Record<string, unknown>>
}

export interface Email {
  readonly subject: string
  readonly recipient: string
  readonly from: User
  readonly ccs: readonly User[]
  readonly groupId: number | undefined
  readonly tags: readonly string[]
  readonly text: string
  readonly attachments?: readonly string[] | undefined
  readonly id?: number | undefined
}

/** The end of an event's type, `zen:event-type:ticket.…`, and what it says. */
export interface Observation {
  readonly type: string
  readonly event: object
}

export interface Watcher {
  happened(ticket: Ticket, by: User, observations: readonly Observation[]): void
  commented(ticket: Ticket, by: User, comment: PostedComment): void
}

export class Acts {
  readonly #world: World
  readonly #now: () => Date
  readonly #watcher: Watcher
  #lastId = 5000
  #lastCommentId = 90_000

  constructor(world: World, now: () => Date, watcher: Watcher) {
    this.#world = world
    this.#now = now
    this.#watcher = watcher
  }

  open({ subject, recipient, from, ccs, groupId, tags, text, attachments, id = this.#id() }: Email): Ticket {
    const at = seconds(this.#now())
    const ticket: Ticket = {
      ...{ id, subject, recipient, requester: from, ccs, createdAt: at, status: 'new', updatedAt: at },
      ...{
        groupId,
        assigneeId: undefined,
        comments: [],
        posted: [],
        audits: [],
        tags,
        customFields: [],
        deleted: false,
      },
    }
    this.#world.tickets.set(id, ticket)
    this.#record(ticket, from, { comment: { body: text, ...(attachments && { attachments }) } })
    this.#watcher.happened(ticket, from, [{ type: 'created', event: {} }])
    return ticket
  }

  update(ticket: Ticket, by: User, update: Update, channel: Channel = channelOf(by)): Audit {
    if (ticket.status === 'closed') throw new Error(`ticket ${ticket.id} is closed and can't be changed`)
    const kept = keptInternal(this.#world, ticket, by, update)
    return this.#change(ticket, by, kept ?? reopening(ticket, by, update), channel, kept && notOfConversation)
  }

  /** As the account's own triggers leave it; nothing tells the caller but the answer. */
  updateOverApi(ticket: Ticket, by: User, asked: Update): Audit {
    const { onlyPrivateComments, undoes } = this.#world.account
    const comment = onlyPrivateComments && asked.comment ? { ...asked.comment, public: false } : asked.comment
    const left = Object.entries(asked).filter(([name]) => !undoes.some((undone) => undone === name))
    return this.update(ticket, by, { ...Object.fromEntries(left), ...(comment && { comment }) }, 'api')
  }

  /** Closes the one; both say so in a comment that only agents see. */
  merge(ticket: Ticket, into: Ticket, by: User): void {
    const closing = { status: 'closed', tags: [...ticket.tags, 'closed_by_merge'] }
    const told = { body: `This request was closed and merged into request #${into.id}.`, public: false }
    const text = ticket.comments[0]?.body ?? ''
    this.update(into, by, {
      comment: { body: `Request #${ticket.id} was closed and merged into this: ${text}`, public: false },
    })
    this.update(ticket, by, { ...closing, comment: told })
    this.#watcher.happened(ticket, by, [{ type: 'merged', event: { target_ticket_id: String(into.id) } }])
  }

  setDeleted(ticket: Ticket, by: User, deleted: boolean): void {
    ticket.deleted = deleted
    this.#touch(ticket)
    this.#watcher.happened(ticket, by, [{ type: deleted ? 'soft_deleted' : 'undeleted', event: {} }])
  }

  #change(ticket: Ticket, by: User, update: Update, channel: Channel, flags?: Flags): Audit {
    const before = { ...ticket }
    const audit = this.#record(ticket, by, update, channel, flags)
    this.#watcher.happened(
      ticket,
      by,
      observationsOf(before, ticket, by, update.comment && ticket.posted.at(-1)),
    )
    return audit
  }

  #record(ticket: Ticket, by: User, update: Update, channel = channelOf(by), flags?: Flags): Audit {
    this.#touch(ticket)
    const at = seconds(this.#now())
    const metadata: Metadata = { system: {}, custom: update.metadata ?? {}, ...flags }
    const events: AuditEvent[] = this.#changes(ticket, update)
    const audit = {
      ...{ id: this.#id(), ticket_id: ticket.id, author_id: by.id, created_at: ticket.updatedAt },
      ...{ metadata, via: { channel }, events },
    }
    ticket.audits.push(audit)
    if (update.status) ticket.status = update.status
    if (update.tags) ticket.tags = update.tags
    if (update.group_id) ticket.groupId = update.group_id
    if (update.assignee_id !== undefined) ticket.assigneeId = update.assignee_id ?? undefined
    if (update.custom_fields) ticket.customFields = merged(ticket.customFields, update.custom_fields)
    if (update.comment)
      events.unshift(this.#comment(ticket, by, update.comment, { ...audit, created_at: at }))
    return audit
  }

  #changes(ticket: Ticket, update: Update): AuditEvent[] {
    const fields = ticket.customFields.map(({ id, value }) => [String(id), value] as const)
    const before = { status: ticket.status, group_id: ticket.groupId, tags: ticket.tags }
    const known: Readonly<Record<string, unknown>> = { ...before, ...Object.fromEntries(fields) }
    const { status, group_id, tags, custom_fields: custom = [] } = update
    const asked = Object.entries({ status, group_id, tags }).filter(([, value]) => value !== undefined)
    return [...asked, ...custom.map(({ id, value }) => [String(id), value] as const)].map(
      ([field_name, value]) => ({
        ...{ id: this.#id(), type: 'Change', field_name, value },
        previous_value: known[field_name] ?? null,
      }),
    )
  }

  #comment(
    ticket: Ticket,
    by: User,
    given: NonNullable<Update['comment']>,
    { id: auditId, created_at: createdAt, metadata }: Audit,
  ): AuditEvent {
    this.#lastCommentId += 1
    const { attachments } = given
    const isHtml = given.html_body !== undefined
    const isRewritten = this.#world.account.rewritesText && !isHtml
    const text = given.html_body ?? given.body ?? ''
    const comment = {
      ...{ body: isRewritten ? asKept(text) : text, public: given.public ?? true },
      ...(attachments && { attachments }),
    }
    const posted = {
      ...{ ...comment, id: this.#lastCommentId, authorId: by.id },
      ...{ createdAt, auditId, metadata, isHtml, isRewritten },
    }
    ticket.comments.push(comment)
    ticket.posted.push(posted)
    this.#watcher.commented(ticket, by, posted)
    const { id, public: isPublic, body } = posted
    return { id, type: 'Comment', author_id: by.id, audit_id: auditId, public: isPublic, body }
  }

  /** Later than the last time even where the clock stands still, unless acts may share a second. */
  #touch(ticket: Ticket): void {
    const { sharesSeconds } = this.#world.account
    const next = sharesSeconds ? 0 : Date.parse(ticket.updatedAt) + 1000
    ticket.updatedAt = seconds(new Date(Math.max(this.#now().getTime(), next)))
  }

  #id(): number {
    this.#lastId += 1
    return this.#lastId
  }
}

/** Once round by HTML: one kind of line end, no blanks at ends, and no two blanks in a row that would break. */
function asKept(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[ \t]+$/gm, '')
    .replace(/ {2}/g, '\u00a0 ')
    .trim()
}

/** The later value of a field stays. */
export function merged(fields: readonly CustomField[], more: readonly CustomField[]): readonly CustomField[] {
  return [...new Map([...fields, ...more].map((field) => [field.id, field])).values()]
}

type Channel = 'api' | 'web' | 'email'

/** Agents work in the browser. */
function channelOf({ role }: User): Channel {
  return role === 'agent' ? 'web' : 'email'
}

type Flags = Pick<Metadata, 'flags' | 'flags_options' | 'trusted'>

/** "The comment author was not part of the conversation.": https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/#comment-flags */
const notOfConversation: Flags = { flags: [2], flags_options: { 2: { trusted: false } }, trusted: false }

/**
 * What an end user writes who is neither the requester nor in copy is kept as an internal comment, and wakes nothing:
 * https://support.zendesk.com/hc/en-us/articles/4408843002650
 */
function keptInternal(
  { account }: World,
  { requester, ccs }: Ticket,
  by: User,
  update: Update,
): Update | undefined {
  const isOfConversation = by === requester || (ccs.includes(by) && !account.ccsStayInternal)
  if (!update.comment || by.role === 'agent' || isOfConversation) return undefined
  return { ...update, comment: { ...update.comment, public: false } }
}

/** A public comment of somebody who is no agent wakes a ticket that waits or is solved. */
function reopening(ticket: Ticket, by: User, update: Update): Update {
  const wakes = update.comment?.public !== false && update.comment !== undefined && by.role === 'end-user'
  return wakes && ['pending', 'hold', 'solved'].includes(ticket.status)
    ? { ...update, status: 'open' }
    : update
}

type Before = Pick<Ticket, 'status' | 'tags' | 'groupId' | 'assigneeId'>

function observationsOf(
  before: Before,
  after: Ticket,
  by: User,
  comment: PostedComment | undefined,
): readonly Observation[] {
  const added = after.tags.filter((tag) => !before.tags.includes(tag))
  const removed = before.tags.filter((tag) => !after.tags.includes(tag))
  const changed = (type: string, previous: string | null, current: string | null) =>
    previous === current ? [] : [{ type, event: { current, previous } }]
  return [
    ...(comment ? [{ type: 'comment_added', event: { comment: commentFields(comment, by) } }] : []),
    ...changed('status_changed', before.status.toUpperCase(), after.status.toUpperCase()),
    ...changed('group_assignment_changed', textOf(before.groupId), textOf(after.groupId)),
    ...changed('agent_assignment_changed', textOf(before.assigneeId), textOf(after.assigneeId)),
    ...(added.length + removed.length > 0
      ? [{ type: 'tags_changed', event: { tags_added: added, tags_removed: removed } }]
      : []),
  ]
}

function commentFields({ id, body, public: isPublic }: PostedComment, { id: author, name, role }: User) {
  return {
    id: String(id),
    body,
    is_public: isPublic,
    author: { id: String(author), is_staff: role === 'agent', name },
  }
}

function textOf(id: number | undefined): string | null {
  return id === undefined ? null : String(id)
}

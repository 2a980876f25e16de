/** What the local Zendesk knows: people, groups, tickets, macros. Changed only by the acts in `acts.ts`. */

export interface User {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly role: 'end-user' | 'agent'
}

export interface Group {
  readonly id: number
  readonly name: string
  readonly deleted?: boolean
}

export interface Comment {
  readonly body: string
  readonly public: boolean
  /** The names of the files on it. */
  readonly attachments?: readonly string[]
}

/** A comment with what Zendesk adds to it. */
export interface PostedComment extends Comment {
  readonly id: number
  readonly authorId: number
  readonly createdAt: string
  readonly auditId: number
  /** Whether the body is HTML; else its marks are text. */
  readonly isHtml: boolean
  /** Whether Zendesk has changed the text as it does where it keeps it as HTML. */
  readonly isRewritten: boolean
  readonly metadata: Metadata
}

/** Of an update and of its comment. `flags` says why the comment is not to be trusted as it stands. */
export interface Metadata {
  readonly system: object
  readonly custom: Readonly<Record<string, unknown>>
  readonly flags?: readonly number[]
  readonly flags_options?: Readonly<Record<string, { readonly trusted: boolean }>>
  readonly trusted?: boolean
}

export interface Audit {
  readonly id: number
  readonly ticket_id: number
  readonly author_id: number
  readonly created_at: string
  readonly metadata: Metadata
  readonly via: { readonly channel: string }
  /** What the update changed, as it came out. */
  readonly events: readonly AuditEvent[]
}

export interface AuditEvent {
  readonly id: number
  readonly type: 'Create' | 'Change' | 'Comment'
  readonly [detail: string]: unknown
}

/** In Zendesk's order, which a search for `status<solved` goes by. */
export const statuses: readonly string[] = ['new', 'open', 'pending', 'hold', 'solved', 'closed']

export interface Ticket {
  readonly id: number
  readonly subject: string
  /** The address that the e-mail went to. */
  readonly recipient: string
  readonly requester: User
  readonly ccs: readonly User[]
  readonly createdAt: string
  status: string
  updatedAt: string
  groupId: number | undefined
  assigneeId: number | undefined
  /** What was written, as it was written; `posted` says by whom and when. */
  readonly comments: Comment[]
  readonly posted: PostedComment[]
  readonly audits: Audit[]
  tags: readonly string[]
  customFields: readonly CustomField[]
  /** Answers 404. */
  deleted: boolean
}

export interface CustomField {
  readonly id: number
  readonly value: string | null
}

/** A field of tickets, as an administrator has set it up. */
export interface TicketField {
  readonly id: number
  readonly title: string
  /** `assignee` for Zendesk's own, else of a custom field: `text`, `tagger`, … */
  readonly type: string
  /** An agent can't solve a ticket without it. */
  readonly required: boolean
  /** Default: true. */
  readonly active?: boolean
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

/** An e-mail held back as suspected spam: never a ticket. */
export interface SuspendedMail {
  readonly id: number
  readonly from: User
  readonly recipient: string
  readonly subject: string
  readonly text: string
  readonly at: string
}

/** What was e-mailed because of a public comment. */
export interface Mail {
  /** Of the ticket. */
  readonly id: number
  readonly to: readonly string[]
  readonly text: string
  readonly at: string
}

/** What an update may ask for and a rule of the account undo at once. */
export type Undone = 'status' | 'tags' | 'custom_fields' | 'group_id'

/** How the account is set up and stands. */
export interface Account {
  /** Answers 404 to everything, as one that is moved or suspended does for a while. */
  isAway: boolean
  /** Whoever is in copy is taken for somebody outside of the conversation. */
  ccsStayInternal: boolean
  /** Of the bot: what it writes publicly is kept as an internal comment. */
  onlyPrivateComments: boolean
  /** What is solved is assigned to whoever solves it. */
  assignsOnSolve: boolean
  fields: readonly TicketField[]
  /** What triggers set back in the bot's own updates: they are answered with 200 all the same. */
  undoes: readonly Undone[]
  /** Comments are kept as HTML: what is read back has other line ends, blanks and entities than what was written. */
  rewritesText: boolean
  /** As in Zendesk, two acts within a second leave the same time; else each has its own, by which it can be told. */
  sharesSeconds: boolean
}

export interface World {
  readonly account: Account
  readonly users: User[]
  groups: readonly Group[]
  readonly tickets: Map<number, Ticket>
  readonly macros: Map<number, Macro>
  readonly suspended: SuspendedMail[]
  readonly mails: Mail[]
}

export const zendeskEmail = 'agent@example.com'
export const zendeskToken = 'local-zendesk-token'

/** The account of the bot, an agent. */
export const zendeskBotId = 6001
export const zendeskAgentId = 6002
export const supportGroupId = 8001
export const securityGroupId = 8002

export function firstWorld(): World {
  return {
    account: {
      isAway: false,
      ccsStayInternal: false,
      onlyPrivateComments: false,
      assignsOnSolve: true,
      fields: [],
      undoes: [],
      rewritesText: false,
      sharesSeconds: false,
    },
    users: [
      { id: zendeskBotId, name: 'Desk Bot', email: zendeskEmail, role: 'agent' },
      { id: zendeskAgentId, name: 'Sam Agent', email: 'sam.agent@example.com', role: 'agent' },
    ],
    groups: [
      { id: supportGroupId, name: 'Support' },
      { id: securityGroupId, name: 'Security' },
    ],
    tickets: new Map(),
    macros: new Map(),
    suspended: [],
    mails: [],
  }
}

/** Zendesk's times have no fraction of a second. */
export function seconds(at: Date): string {
  return at.toISOString().replace(/\.\d{3}Z$/, 'Z')
}

/** A local Zendesk: the REST API over HTTP, webhooks, and the acts of the people who would use the real one. */
import { FakeServer } from '../fake-server.ts'
import type { WebhookSender } from '../webhook-sender.ts'
import { Acts } from './acts.ts'
import { plain } from './answers.ts'
import { OAuth } from './oauth.ts'
import { passedOnTo, personOf, type Sender, somebody, userById } from './people.ts'
import { answer, ExportLimit, type Served } from './routes.ts'
import { EventPayloads, type Webhook, zendeskWebhooks } from './webhooks.ts'
import {
  type Account,
  type Comment,
  firstWorld,
  type Group,
  type Macro,
  type Mail,
  type PostedComment,
  type SuspendedMail,
  seconds,
  type Ticket,
  type User,
  type World,
  zendeskAgentId,
  zendeskBotId,
} from './world.ts'

export { zendeskClientId, zendeskClientSecret } from './oauth.ts'
export { passedOnTo, type Sender } from './people.ts'
export type { Comment, Group, Macro, Mail, Ticket, User } from './world.ts'
export {
  securityGroupId,
  supportGroupId,
  zendeskAgentId,
  zendeskBotId,
  zendeskEmail,
  zendeskToken,
} from './world.ts'

const securityRecipient = 'security@gitlab.com'

export interface Submission {
  readonly id?: number
  readonly subject?: string
  /** Default: security@. */
  readonly recipient?: string
  readonly from?: Sender
  readonly ccs?: readonly Sender[]
  readonly groupId?: number
  readonly tags?: readonly string[]
  /** The names of the files on the e-mail. */
  readonly attachments?: readonly string[]
}

export interface StartZendesk {
  readonly now: () => Date
  readonly port?: number
  /** Without a socket: what its urls begin with. */
  readonly origin?: string
  /** For delivering webhooks. */
  readonly fetch?: typeof globalThis.fetch
}

export async function startZendesk(given: StartZendesk): Promise<LocalZendesk> {
  const zendesk = new LocalZendesk(given)
  await zendesk.fake.listen(given.port)
  return zendesk
}

export class LocalZendesk {
  readonly fake: FakeServer
  readonly world: World = firstWorld()
  readonly oauth: OAuth
  readonly webhooks: WebhookSender<Webhook>
  /** Lists come in pages of at most so many. */
  pageSize = 100
  /** False: the bot's account may not see suspended tickets. */
  seesSuspended = true
  readonly #acts: Acts
  readonly #exports: ExportLimit
  readonly #now: () => Date
  readonly #delivers: boolean
  readonly #payloads = new EventPayloads()

  constructor({ now, fetch, origin }: StartZendesk) {
    this.#now = now
    this.oauth = new OAuth(now)
    this.#exports = new ExportLimit(now)
    this.#delivers = fetch !== undefined
    this.webhooks = zendeskWebhooks({ now, fetch: fetch ?? noFetch })
    this.#acts = new Acts(this.world, now, {
      happened: (ticket, by, observations) => {
        for (const payload of this.#payloads.of(ticket, by, observations, now()))
          this.webhooks.fire(payload.type, payload)
      },
      commented: (ticket, by, comment) => this.#mail(ticket, by, comment),
    })
    this.fake = new FakeServer((request) => answer(this.#served(), request), now, origin)
  }

  get url(): string {
    return this.fake.url
  }

  get tickets(): Map<number, Ticket> {
    return this.world.tickets
  }

  /** How it is set up and stands, for tests and proofs to change. */
  get account(): Account {
    return this.world.account
  }

  get macros(): Map<number, Macro> {
    return this.world.macros
  }

  /** What agents' public comments sent to the requesters and CCs. */
  get mails(): readonly Mail[] {
    return this.world.mails
  }

  get suspended(): readonly SuspendedMail[] {
    return this.world.suspended
  }

  get groups(): readonly Group[] {
    return this.world.groups
  }

  set groups(groups: readonly Group[]) {
    this.world.groups = groups
  }

  get webhook(): Webhook | undefined {
    return this.webhooks.webhook
  }

  /** Where every ticket's events go. */
  set webhook(webhook: Webhook | undefined) {
    if (!this.#delivers)
      throw new Error('the local Zendesk was started without a fetch to deliver webhooks with')
    this.webhooks.webhook = webhook
  }

  async close(): Promise<void> {
    await this.webhooks.settled()
    await this.fake.close()
  }

  /** Somebody writes an e-mail. */
  submitTicket(text: string, given: Submission = {}): Ticket {
    const { id, subject = 'A request', recipient = securityRecipient, groupId, tags = [] } = given
    const from = personOf(this.world, given.from ?? somebody)
    const ccs = (given.ccs ?? []).map((cc) => personOf(this.world, cc))
    const { attachments } = given
    return this.#acts.open({ id, subject, recipient, from, ccs, groupId, tags, text, attachments })
  }

  /** Somebody writes an e-mail that is held back as suspected spam. */
  suspendMail(text: string, { subject = 'A request', recipient = securityRecipient, from = somebody } = {}) {
    const id = 9001 + this.world.suspended.length
    const at = seconds(this.#now())
    this.world.suspended.push({ id, from: personOf(this.world, from), recipient, subject, text, at })
  }

  /** By e-mail. An answer to a closed ticket opens a follow-up, which is returned. */
  requesterReplies(id: number, text: string, attachments?: readonly string[]): Ticket {
    const ticket = this.ticket(id)
    const { requester, recipient, subject } = ticket
    if (ticket.status === 'closed')
      return this.submitTicket(text, { from: requester, recipient, subject: `Re: ${subject}` })
    const comment = { body: text, public: true, ...(attachments && { attachments }) }
    this.#acts.update(ticket, requester, { comment })
    return ticket
  }

  /** Somebody answers an e-mail that the requester has passed on: neither they nor anybody in copy, so it is kept internal. */
  somebodyElseReplies(id: number, text: string, from: Sender = passedOnTo): void {
    this.#acts.update(this.ticket(id), personOf(this.world, from), { comment: { body: text, public: true } })
  }

  /** An agent, or somebody in CC, writes meanwhile, so that what was read before is out of date. */
  someoneComments(id: number, comment: Comment, by: number = zendeskAgentId): void {
    this.#acts.update(this.ticket(id), userById(this.world, by), { comment })
  }

  someoneSolves(id: number, by: number = zendeskAgentId): void {
    this.#acts.update(this.ticket(id), userById(this.world, by), { status: 'solved' })
  }

  /** A colleague signed in to Zendesk with the bot's own account. */
  someoneCommentsAsBot(id: number, comment: Comment): void {
    this.someoneComments(id, comment, zendeskBotId)
  }

  someoneFillsIn(id: number, field: number, value: string, by: number = zendeskAgentId): void {
    const custom_fields = [{ id: field, value }]
    this.#acts.update(this.ticket(id), userById(this.world, by), { custom_fields })
  }

  /** Undefined: it is nobody's. */
  someoneAssigns(id: number, to: number | undefined, by: number = zendeskAgentId): void {
    this.#acts.update(this.ticket(id), userById(this.world, by), { assignee_id: to ?? null })
  }

  someoneMoves(id: number, groupId: number | string, by: number = zendeskAgentId): void {
    this.#acts.update(this.ticket(id), userById(this.world, by), { group_id: Number(groupId) })
  }

  /** As Zendesk does by itself some days after a ticket was solved: it can't be changed any more. */
  closes(id: number): void {
    this.#acts.update(this.ticket(id), this.#agent(), { status: 'closed' })
  }

  merges(id: number, into: number): void {
    this.#acts.merge(this.ticket(id), this.ticket(into), this.#agent())
  }

  /** 404 from now on. */
  deletes(id: number): void {
    this.#acts.setDeleted(this.ticket(id), this.#agent(), true)
  }

  restores(id: number): void {
    this.#acts.setDeleted(this.ticket(id), this.#agent(), false)
  }

  ticket(id: number): Ticket {
    const ticket = this.tickets.get(id)
    if (!ticket) throw new Error(`the local Zendesk has no ticket ${id}`)
    return ticket
  }

  #agent(): User {
    return userById(this.world, zendeskAgentId)
  }

  #mail(ticket: Ticket, by: User, comment: PostedComment): void {
    if (by.role !== 'agent' || !comment.public) return
    const to = [ticket.requester, ...ticket.ccs].map(({ email }) => email)
    this.world.mails.push({ id: ticket.id, to, text: plain(comment), at: comment.createdAt })
  }

  #served(): Served {
    const { world, oauth, seesSuspended, pageSize: size, url: base } = this
    return { world, oauth, acts: this.#acts, paging: { size, base }, exports: this.#exports, seesSuspended }
  }
}

const noFetch = () => Promise.reject(new Error('no fetch was given'))

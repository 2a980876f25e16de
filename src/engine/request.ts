/** A request as the engine sees it: where it stands and what is known of it. It holds no personal data. */
import type { Instant } from './time.ts'

// Actors are made and read in this file alone: ids of who did something, never a name or an e-mail address.

/**
 * An actor is `bot`, `requester`, or a service and an id there: `slack:U1`, `gitlab:42`, `zendesk:42`. Where a
 * service does not say who it was, its name stands alone; `forgotten:zendesk` where it may have been the bot as well.
 */
export type Actor = 'bot' | 'requester' | `${string}:${string}`

/** An actor taken apart. */
export type KnownActor =
  | { readonly kind: 'bot' | 'requester' }
  | { readonly kind: 'slack'; readonly userId: string }
  /** Somebody who acted in a service or the bot itself, at a time of which the bot knows nothing. */
  | { readonly kind: 'forgotten'; readonly service: string }
  /** Somebody who acted in a service, outside of the bot. */
  | { readonly kind: 'outside'; readonly service: string; readonly id?: string }

/** Returns the actor for a person in Slack, by their user id `U1`. */
export function slackActor(userId: string): Actor {
  return `slack:${userId}`
}

/**
 * Returns the actor for a person in a service, by their number there; the id is `unknown` where the service does not
 * say.
 */
export function outsideActor(service: string, id: number | string = 'unknown'): Actor {
  return `${service}:${id}`
}

/** Returns the actor for somebody in a service that says nothing of who it was. */
export function somebodyIn(service: string): Actor {
  return service as Actor
}

/** Returns the actor for what was done at a time of which the bot knows nothing: by somebody in a service, or by itself. */
export function botOrSomebodyIn(service: string): Actor {
  return `forgotten:${service}`
}

/** Takes an actor apart. It reads what older versions have written, too, so it never throws. */
export function readActor(actor: string): KnownActor {
  if (actor === 'bot' || actor === 'requester') return { kind: actor }
  const [service = '', ...rest] = actor.split(':')
  if (rest.length === 0) return { kind: 'outside', service }
  const id = rest.join(':')
  if (service === 'forgotten') return { kind: service, service: id }
  return service === 'slack' ? { kind: 'slack', userId: id } : { kind: 'outside', service, id }
}

/** A role, `support-engineer`. The desks say which ones there are. */
export type Role = string

/** A person who decides: a Slack user with the roles held at the moment of the click. */
export interface Person {
  /** Slack user id, `U…`. */
  readonly id: string
  readonly roles: readonly Role[]
}

/** Slack's answer about somebody: who it is, or why they are refused. */
export type WhoAnswer = { readonly person: Person } | RefusedPerson

/** Why somebody is refused, in a sentence. */
export interface RefusedPerson {
  /** To themselves. */
  readonly refused: string
  /** To whoever has chosen them; left out: the same. */
  readonly ofThem?: string
}

/**
 * Asks Slack for a person's roles; an answer is at most 60 s old. Guests, bots and strangers are refused, and
 * everybody when Slack can't say.
 */
export type WhoIs = (userId: string, teamId: string) => Promise<WhoAnswer>

/** The place where a person is answered privately. */
export interface AnswerTo {
  readonly userId: string
  readonly teamId: string
  readonly channel?: string
  readonly responseUrl?: string
}

/** One criterion of the sole-owner exception. Unknown is never a pass. */
export interface Criterion {
  readonly name: string
  readonly result: 'met' | 'contradicted' | 'unknown'
  /** The value that was read, without personal data: `last sign-in 2024-05-01`, `2 of 3 top-level groups`. */
  readonly value: string
  /** The GitLab API route where it was read. */
  readonly source: string
}

/** The criteria of the sole-owner exception, as they were read at one instant. */
export interface Evidence {
  readonly readAt: Instant
  readonly criteria: readonly Criterion[]
}

/** An issue that belongs to the request, by its number and address. */
export interface LinkedIssue {
  readonly iid: number
  readonly url: string
}

/** An issue that Field Security opened with an expert team; `project` is its full path. */
export interface ExpertIssue extends LinkedIssue {
  readonly team: string
  readonly project: string
  /** The instant at which somebody of the team last wrote on it. */
  readonly answeredAt?: Instant
  readonly closed: boolean
}

/** A compliance report that has been promised. */
export interface PromisedReport {
  /** As the flow's field offers it. */
  readonly report: string
  /** The distribution day, `2026-11-30`. */
  readonly sendOn: string
}

/** The instant and id of a decision, kept with what came of it: two decisions may fall into one millisecond. */
export interface Decided {
  readonly at: Instant
  /** Left out where nobody decided, or where it is older than such ids. */
  readonly decisionId?: string
}

/** True when this came of that decision. */
export function isOf(one: Decided, decision: Decided): boolean {
  return one.decisionId === undefined || decision.decisionId === undefined
    ? one.decisionId === decision.decisionId && one.at === decision.at
    : one.decisionId === decision.decisionId
}

/** One way in which a ticket left the queue of those that nobody has looked at. */
export interface Handling extends Decided {
  /** The decision. */
  readonly as: string
  /** Within its business day. */
  readonly isOnTime: boolean
}

/** The end of a ticket. `forwarded`: given to support. */
export type TicketEnd = 'solved' | 'closed' | 'merged' | 'deleted' | 'forwarded'

/** An end user who wrote on a ticket. */
export type TicketSender = 'requester' | 'copy' | 'somebody-else'

/** The words for a sender whom the service does not trust: a name or an address is never among them. */
export const senderWords: Readonly<Record<TicketSender, string>> = {
  requester: 'somebody with the requester’s address',
  copy: 'somebody in copy',
  'somebody-else': 'somebody who is not the requester',
}

/** The issue from a meta template, with the progress of its `Support Engineer:` steps. */
export interface MetaIssue extends LinkedIssue {
  readonly done: number
  readonly total: number
  /** Which of them is the first that is not done, from 1. Its words may name a person, so they are not kept. */
  readonly next?: number
  readonly closed: boolean
}

/** A ticket that belongs on the form, as Zendesk says it stands. */
export interface MisdirectedTicket {
  /** As Zendesk names it: `open`, `solved`, `closed`, … */
  readonly status: string
  /** The security desk has a request for it, or its search of the queue finds it. */
  readonly isOfSecurityDesk?: 'tracked' | 'in-its-queue'
  /** The last time that somebody sent its writer to the form; without what came to nothing. */
  readonly redirect?: {
    readonly by: string
    readonly at: Instant
    /** `unclear`: it was given up, and may have been done all the same. */
    readonly state: 'under-way' | 'done' | 'unclear'
  }
}

/** The facts known of a request. They hold no personal data. */
export interface Facts {
  /** Start was clicked, or its label was set by hand. */
  readonly started?: Instant
  readonly lastReplyAt?: Instant
  /** By its wording the last reply is an out-of-office answer or a delivery failure: a person looks. */
  readonly lastReplyLooksAutomatic?: true
  /** Another message of theirs, which may be the answer, came with the last one or before it at the same step. */
  readonly repliedMoreThanOnce?: true
  /** The instant of the first of these messages. */
  readonly repliedSince?: Instant
  /** The reply of this instant is no answer, says a person: it ends no silence. */
  readonly noAnswerAt?: Instant
  readonly repliedAfterClose?: Instant
  readonly selfInitiatedAt?: Instant
  readonly suggestedReason?: 'lost_2fa' | 'lost_access'
  /** At most five; of further ones only that there are some. */
  readonly suggestedDuplicates?: readonly number[]
  readonly hasMoreDuplicates?: true
  /** Issues without a form that the same person has opened since, at most five: an answer may stand in one. */
  readonly laterIssues?: readonly number[]
  readonly hasLaterIssue?: true
  /** Requests of the same person that were open when this issue came in without a form, at most five. */
  readonly earlierIssues?: readonly number[]
  /** Slack user id of whoever led it to the step at which others approve, and hears what they decide. */
  readonly askedBy?: string
  readonly exception?: { readonly requestedBy: string; readonly at: Instant }
  readonly approvals?: readonly {
    readonly by: string
    readonly roles: readonly Role[]
    readonly at: Instant
  }[]
  /** The latest label that was set by hand and approved nothing: why, and who may. */
  readonly labelRefused?: { readonly because: string; readonly at: Instant }
  readonly evidence?: Evidence
  readonly metaIssue?: MetaIssue
  /** The instant at which the meta issue was seen for the first time, or with other steps done than before. */
  readonly progressAt?: Instant
  readonly reinstatementIssue?: { readonly url: string }
  readonly escalationIssue?: { readonly url: string }
  /** The instant at which the marks of failed automated checks were seen on a request that was open already. */
  readonly checksFailedAt?: Instant
  /** The form names an embargoed country. */
  readonly isEmbargoed?: boolean
  /** The form's comment offers another e-mail address: the challenges may never have arrived. */
  readonly hasOtherAddress?: boolean
  /** The parts of the form that could not be read, in sentences without personal data. */
  readonly formProblems?: readonly string[]
  /** The form names no e-mail address that can be read, so that no issue can bear it as its title. */
  readonly hasNoEmail?: true
  /** Opened by an account of which nobody knows that it is GitLab's Support Bot: what the requester writes is not seen. */
  readonly hasUnknownSender?: true
  /** The fields of the form that somebody changed in GitLab since the request came in, and when that was seen. */
  readonly formChanged?: { readonly what: readonly string[]; readonly at: Instant }
  /** Exports of the user's personal projects, as far as they are. */
  readonly exports?: { readonly done: number; readonly total: number; readonly failed: number }
  /** While the clocks were held; the last one without an end holds them now. */
  readonly pauses?: readonly { readonly from: Instant; readonly to?: Instant; readonly by: string }[]
  readonly extensions?: readonly Extension[]
  /** The last decision or observation that moved the request, for the card. */
  readonly lastMove?: Decided & { readonly what: string; readonly by: Actor }
  /** The step to which a message of the requester has led, as long as nobody was sent anything since. */
  readonly ledOn?: LedOn
  /** The way back from the last move, as long as nobody outside has heard of it. */
  readonly wayBack?: WayBack
  /** The move that was taken back after the last one that stands, by whom and when. */
  readonly takenBack?: Decided & {
    readonly what: string
    readonly by: Actor
    /** The id of its decision, where nothing of that had left the bot: Undo, and not Undo Step. */
    readonly unsent?: string
  }
  /** The last decision, where its public reply has waited before it went out: what leads back from it. */
  readonly waitingReply?: WaitingReply
  /** The decision that closed it, by its name, and the request that stays where it was a duplicate. */
  readonly endedBy?: { readonly decision: string; readonly of?: number }
  /** The step to return to when the issue is reopened. */
  readonly closedFrom?: string
  /** Since when it stood there: a close that is stopped was none, and one by hand is completed by the clock that ran. */
  readonly closedFromSince?: Instant
  /** How far it had been read by then: what somebody did while it was being closed counts once the close is stopped. */
  readonly closedReadUpTo?: Omit<ReadUpTo, 'noteId'>
  /** An issue that was closed by hand in GitLab, not by a decision. */
  readonly closedOutside?: boolean
  /** The end of a ticket that was closed in Zendesk, where no decision did it. */
  readonly ticketEnd?: TicketEnd
  /** Closed by hand without the reply or the labels of any way to close it: a decision can complete it. */
  readonly isIncomplete?: boolean
  /** The handbook's replies that went out since the issue was opened or reopened, by the bot or by hand, and when. */
  readonly sentSnippets?: Readonly<Record<string, Instant>>
  /** The issue to which each that was sent by hand refers the requester, where it refers them to one. */
  readonly sentNaming?: Readonly<Record<string, number>>
  /** Which decision sent each of them; of what was sent by hand nothing. */
  readonly snippetsSentBy?: Readonly<Record<string, string>>
  /** Closed before, and opened again outside of the bot: a ticket's clock starts here. */
  readonly reopenedAt?: Instant
  /** The effects, by op id, that the last reopening by hand took back: of decisions to close, not done by then. */
  readonly undone?: readonly string[]
  /** The instant at which the writer of a ticket last got an answer, by the bot or by an agent's hand. */
  readonly lastPublicReplyAt?: Instant
  /** Oldest first: the last of them counts again where the latest is refused. */
  readonly earlierReplies?: readonly Instant[]
  /** What an end user last wrote that Zendesk kept as an internal comment. */
  readonly keptInternal?: { readonly from: TicketSender; readonly at: Instant }
  readonly expertIssue?: ExpertIssue
  readonly promisedReport?: PromisedReport
  /** The requester has been told that the promised report was sent. */
  readonly reportSentAt?: Instant
  /** Since the ticket came in, oldest first. */
  readonly handlings?: readonly Handling[]
  /** Of a ticket that may belong on the form: how it stands, read when it is decided on. */
  readonly misdirected?: MisdirectedTicket
  /** The issue or the ticket answers 404 or 403 to our token. */
  readonly unreadable?: { readonly status: number; readonly since: Instant }
}

/** A message that has led a request on, as if it were the answer. */
export interface LedOn {
  readonly to: string
  readonly from: string
  /** Since when it stood there: its clock goes on if the message is no answer. Left out where it never did: its type was set later. */
  readonly since?: Instant
}

/** All that a move has changed, as it was before. */
export interface WayBack {
  /** The button or the observation, for people. */
  readonly what: string
  readonly at: Instant
  /** Whoever may decide it may take it back; left out where it was seen and not decided. */
  readonly roles?: readonly Role[]
  readonly flow: string
  readonly step: string
  readonly since: Instant
  /** The request was closed, and the move has reopened it. */
  readonly closedAt?: Instant
  /** The facts that the move has changed, as they were, and the names of those that there were none of. */
  readonly facts: Omit<Facts, 'wayBack' | 'takenBack'>
  readonly without: readonly string[]
  /** The labels that put the issue's labels back. */
  readonly labels?: { readonly add: readonly string[]; readonly remove: readonly string[] }
  /** The roles that were asked for something in the thread, and need not answer. */
  readonly asked?: readonly Role[]
  /** A message of the requester has moved it: to take that back says that it was no answer. */
  readonly isReply?: true
  /** The way back from the move before it. */
  readonly before?: WayBack
}

/** How far a request had been read: the highest ids, and its last change. */
export interface ReadUpTo {
  readonly updatedAt: Instant
  readonly noteId: number
  readonly labelEventId: number
  readonly stateEventId: number
}

/** A decision whose effects wait until an instant so that it can be undone, and all that was before it. */
interface WaitingReply extends Decided {
  /** The button, for people. */
  readonly what: string
  readonly decision: string
  /** Slack user id of whoever decided. */
  readonly by: string
  /** Who else may undo it: those who may decide it. */
  readonly roles: readonly Role[]
  readonly until: Instant
  readonly flow: string
  readonly step: string
  readonly since: Instant
  /** The request was closed before. */
  readonly closedAt?: Instant
  /** The facts as they were, as far as the decision, or where the request is since, may have changed them. */
  readonly facts: Omit<Facts, 'waitingReply' | 'takenBack'>
  readonly without: readonly string[]
  /** What was seen since is read again once it is undone. */
  readonly readUpTo: ReadUpTo
  /** Slack user ids of those whom the decision's messages mention, and the roles that they ask for something. */
  readonly told?: readonly string[]
  readonly asked?: readonly Role[]
}

/** The facts that the form says, as far as they are no personal data and count for a decision. */
export type FormFacts = Pick<
  Facts,
  'suggestedReason' | 'isEmbargoed' | 'hasOtherAddress' | 'formProblems' | 'hasNoEmail' | 'hasUnknownSender'
>

/** More days for a clock, given by a person. */
export interface Extension {
  /** The 30 days, or the clock of the step at which it was given. */
  readonly clock: 'fulfilment' | 'step'
  readonly step: string
  readonly days: number
  /** Slack user id. */
  readonly by: string
  readonly at: Instant
}

/** A request: where it stands, since when, and what is known of it. */
export interface Request {
  readonly id: string
  /** The service in which it is: `gitlab`. */
  readonly source: string
  /** Its number there. */
  readonly number: number
  readonly url: string
  readonly flow: string
  readonly step: string
  readonly stepSince: Instant
  /** The instant at which the issue or ticket was created: every clock of the handbook starts here unless it says otherwise. */
  readonly createdAt: Instant
  readonly closedAt?: Instant
  /** Slack user id of the person who claimed it. */
  readonly assignee?: string
  readonly facts: Facts
}

/** Returns the text as it stands at the beginning of a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Joins words: `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}

/** What the worker asks for each entry of the outbox, and who does it. */

import type { Instant } from '../engine/time.ts'
import type { OutboxEntry, OutboxWork, Tables } from '../store/store.ts'
import type { GitLabEffects } from './gitlab/effects.ts'
import type { SlackEffects } from './slack/effects.ts'
import type { ZendeskEffects } from './zendesk/effects.ts'

export interface Done {
  /** Ids and numbers only: it is kept, and stands in the audit log. */
  readonly result: Readonly<Record<string, string | number>>
  /** What else is written in the same transaction as the result. */
  readonly record?: (tables: Tables, at: Instant) => Promise<void>
}

/** It was not done and never will be, nor what the same decision asked for after it. */
export interface Stopped {
  /** A sentence. */
  readonly stopped: string
  /** What was decided with it is done all the same. */
  readonly alone?: boolean
}

export interface CarryOut {
  /** Whether an earlier attempt did it after all; undefined where nothing is found. */
  lookUp(entry: OutboxEntry): Promise<Done | undefined>
  /** Throws CallFailed, CannotDo or NotYet where it could not. */
  perform(entry: OutboxEntry): Promise<Done | Stopped>
}

/**
 * What may follow an attempt of unknown outcome.
 * `freely`: the same again has the same result (a card or a list posted twice is the one exception, and bearable: both work).
 * `after-looking`: it would show twice, and can be looked up.
 * `once`: it would show twice and can't be looked up, since the bot may not read the channel's history. A message
 * lost (nobody is asked to approve) is worse than one said twice, so it is repeated once; then a person decides.
 */
export type Repeat = 'freely' | 'after-looking' | 'once'

export function repeatOf(work: OutboxWork): Repeat {
  switch (work.kind) {
    case 'reply':
    case 'typed-reply':
    case 'feature-request-note':
    case 'internal-note':
    case 'mark-duplicate':
    case 'open-issue':
    case 'redirect-ticket':
    case 'ticket-reply':
    case 'ticket-note':
    case 'forward-ticket':
    case 'open-expert-issue':
    case 'link-expert-issue':
      return 'after-looking'
    case 'thread':
    case 'post':
      return 'once'
    case 'labels':
    case 'close':
    case 'reopen':
    case 'start-exports':
    case 'gather-evidence':
    case 'batch':
    case 'card':
      return 'freely'
  }
}

/** Sends every entry to the service that it is for. */
export function carryOut(services: {
  gitlab: GitLabEffects
  slack: SlackEffects
  zendesk: ZendeskEffects
}): CarryOut {
  const { gitlab, slack, zendesk } = services
  return {
    async lookUp({ work, ...entry }) {
      switch (work.kind) {
        case 'reply':
          return gitlab.findReply(entry, work)
        case 'typed-reply':
          return gitlab.findTypedReply(entry, work)
        case 'feature-request-note':
          return gitlab.findFeatureRequestNote(entry)
        case 'internal-note':
          return gitlab.findInternalNote(entry)
        case 'mark-duplicate':
          return gitlab.findDuplicateMark(entry, work)
        case 'open-issue':
          return gitlab.findIssue(entry, work)
        case 'redirect-ticket':
          return zendesk.findRedirect(entry, work)
        case 'ticket-reply':
        case 'forward-ticket':
          return zendesk.findTicketUpdate(entry, work)
        case 'ticket-note':
        case 'link-expert-issue':
          return zendesk.findTicketNote(entry)
        case 'open-expert-issue':
          return gitlab.findExpertIssue(entry, work)
        default:
          return undefined
      }
    },
    async perform({ work, ...entry }) {
      switch (work.kind) {
        case 'reply':
          return gitlab.reply(entry, work)
        case 'typed-reply':
          return gitlab.typedReply(entry, work)
        case 'feature-request-note':
          return gitlab.featureRequestNote(entry)
        case 'reopen':
          return gitlab.reopen(entry)
        case 'start-exports':
          return gitlab.startExports(entry)
        case 'internal-note':
          return gitlab.internalNote(entry, work)
        case 'labels':
          return gitlab.labels(entry, work)
        case 'close':
          return gitlab.close(entry)
        case 'mark-duplicate':
          return gitlab.markDuplicate(entry, work)
        case 'open-issue':
          return gitlab.openIssue(entry, work)
        case 'gather-evidence':
          return gitlab.gatherEvidence(entry)
        case 'thread':
          return slack.thread(entry, work)
        case 'card':
          return slack.card(entry)
        case 'post':
          return slack.post(entry, work)
        case 'redirect-ticket':
          return zendesk.redirectTicket(entry, work)
        case 'ticket-reply':
          return zendesk.ticketReply(entry, work)
        case 'forward-ticket':
          return zendesk.forwardTicket(entry, work)
        case 'ticket-note':
          return zendesk.ticketNote(entry, work)
        case 'link-expert-issue':
          return zendesk.linkExpertIssue(entry)
        case 'open-expert-issue':
          return gitlab.openExpertIssue(entry, work)
        case 'batch':
          return slack.batch(entry, work)
      }
    },
  }
}

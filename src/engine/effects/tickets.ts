/** Effects on tickets: comments, and giving tickets away or solving them in the same update. */
import type { AnswerTo } from '../request.ts'
import type { Instant } from '../time.ts'
import {
  defineEffect,
  isFlag,
  isNumber,
  isOneOf,
  isOptional,
  isText,
  isTextByName,
  kindAlone,
  type ReportedAttempt,
  sentence,
  typedText,
  whole,
} from './definition.ts'

/**
 * A public comment on the ticket: its writer and everybody in copy get it as an e-mail. With `solve`, the ticket is
 * solved in the same update. Refused when the ticket has changed since `stamp`; then the request stands at `backTo`.
 */
export interface TicketReply {
  readonly kind: 'ticket-reply'
  readonly text: string
  readonly solve: boolean
  readonly stamp: Instant
  readonly decidedAt: Instant
  readonly backTo?: string
}

/** The modal's fields whose texts make up the comment; where it is refused, the request stays at its step. */
interface TicketReplyRule {
  readonly kind: 'ticket-reply'
  readonly fields: readonly string[]
  readonly solve: boolean
  readonly onConflict?: 'stay'
}

/** An internal comment on the ticket. `{person:U1}` stands for that person's name. */
export interface TicketNote {
  readonly kind: 'ticket-note'
  readonly text: string
}

/** The ticket goes to the support group, with an internal comment. */
export interface ForwardTicket {
  readonly kind: 'forward-ticket'
  readonly text: string
  readonly stamp: Instant
  readonly decidedAt: Instant
  readonly backTo: string
}

interface ForwardTicketRule {
  readonly kind: 'forward-ticket'
  readonly text: string
}

/** An internal comment on the ticket with the address of the expert's issue. */
interface LinkExpertIssue {
  readonly kind: 'link-expert-issue'
}

/** The request of the form for which somebody wrote a ticket. */
export type RedirectTo = 'deletion' | 'access' | 'both'

/** A ticket that belongs on the form: one public comment that says so, and solved. It stands for no request. */
export interface RedirectTicket {
  readonly kind: 'redirect-ticket'
  readonly ticket: number
  readonly to: RedirectTo
  /** The instant of the ticket's last change as the person saw it: Zendesk refuses what comes after another's change. */
  readonly updatedStamp: Instant
  /** Fingerprint of the text that the person saw; what the macros have made of it since is not sent. */
  readonly preview: string
  /** Who hears what came of it. */
  readonly answerTo: AnswerTo
}

/** The fields with what is asked for and with the fingerprint of the text that was shown. */
interface RedirectTicketRule {
  readonly kind: 'redirect-ticket'
  readonly to: string
  readonly preview: string
}

/** The definitions of the effects on tickets, by kind. */
export const ticketEffects = {
  'ticket-reply': defineEffect<TicketReply, TicketReplyRule>()({
    kind: 'ticket-reply',
    params: {
      text: isText,
      solve: isFlag,
      stamp: isText,
      decidedAt: isText,
      backTo: isOptional(isText),
    },
    lane: 'request',
    idempotency: 'verify-first',
    limits: ['ticket-updates'],
    whenDone: ({ solve }) => (solve ? 'reply sent, ticket solved' : 'reply sent'),
    redact: (effect) => ({ ...effect, text: '' }),
    auditAs: ({ kind, solve }) => ({ kind, solve }),
    needs: ({ solve }) => (solve ? [{ name: 'solvable-ticket' }] : []),
    asked: {
      fill: ({ kind, fields, solve, onConflict }, context) => ({
        kind,
        text: typedText(fields, context),
        solve,
        stamp: context.stamp,
        decidedAt: context.decidedAt,
        ...(onConflict === 'stay' && { backTo: context.request.step }),
      }),
      words: ({ solve }, { number }) => [
        { verb: 'Send', rest: 'the text you typed to the requester by e-mail' },
        ...(solve ? [{ verb: 'Solve', rest: `ticket ${number}` }] : []),
      ],
      page: ({ fields, solve }, { codes }) =>
        `sends what was typed (${codes(fields)}) as a public comment${solve ? ' and solves the ticket' : ''}`,
      publicText: ({ fields }) => ({ fields }),
    },
  }),

  'ticket-note': defineEffect<TicketNote, TicketNote>()({
    kind: 'ticket-note',
    params: { text: isText },
    lane: 'request',
    idempotency: 'verify-first',
    limits: ['ticket-updates'],
    whenDone: () => 'internal note written',
    redact: ({ kind }) => ({ kind, text: '' }),
    auditAs: kindAlone,
    asked: {
      fill: ({ kind, text }, context) => ({ kind, text: sentence(text, context) }),
      words: (_what, { number }) => [{ verb: 'Write', rest: `an internal note on ticket ${number}` }],
      page: () => 'writes an internal comment',
    },
  }),

  'forward-ticket': defineEffect<ForwardTicket, ForwardTicketRule>()({
    kind: 'forward-ticket',
    params: { text: isText, stamp: isText, decidedAt: isText, backTo: isText },
    lane: 'request',
    idempotency: 'verify-first',
    limits: ['ticket-updates'],
    whenDone: () => 'forwarded to support',
    redact: (effect) => ({ ...effect, text: '' }),
    auditAs: kindAlone,
    needs: () => [{ name: 'support-group' }],
    asked: {
      fill: ({ kind, text }, context) => ({
        kind,
        text: sentence(text, context),
        stamp: context.stamp,
        decidedAt: context.decidedAt,
        backTo: context.request.step,
      }),
      words: (_what, { number }) => [
        { verb: 'Forward', rest: `ticket ${number} to support, with an internal note` },
      ],
      page: () => '`forward-ticket`: gives the ticket to the support group, with an internal comment',
    },
  }),

  'link-expert-issue': defineEffect<LinkExpertIssue, LinkExpertIssue>()({
    kind: 'link-expert-issue',
    params: {},
    lane: 'request',
    idempotency: 'verify-first',
    limits: ['ticket-updates'],
    whenDone: () => 'issue linked',
    redact: whole,
    auditAs: whole,
    asked: {
      fill: ({ kind }) => ({ kind }),
      words: (_what, { number }) => [
        { verb: 'Write', rest: `the issue’s address to an internal note on ticket ${number}` },
      ],
      page: () => 'writes the issue’s address to an internal comment',
    },
  }),

  'redirect-ticket': defineEffect<RedirectTicket, RedirectTicketRule>()({
    kind: 'redirect-ticket',
    params: {
      ticket: isNumber,
      to: isOneOf('deletion', 'access', 'both'),
      updatedStamp: isText,
      preview: isText,
      answerTo: isTextByName,
    },
    lane: 'request',
    idempotency: 'verify-first',
    limits: ['ticket-updates'],
    redact: (effect) => ({
      ...effect,
      answerTo: { userId: effect.answerTo.userId, teamId: effect.answerTo.teamId },
    }),
    auditAs: ({ kind, ticket, to }) => ({ kind, ticket, to }),
    asked: {
      fill: ({ kind, to, preview }, { request, input, stamp, answerTo, by }) => ({
        kind,
        ticket: request.number,
        to: redirectTo(input[to]),
        updatedStamp: stamp,
        preview: input[preview] ?? '',
        answerTo: answerTo ?? { userId: by?.id ?? '', teamId: '' },
      }),
      words: (_what, { number }) => [
        { verb: 'Send', rest: `the writer of ticket ${number} to the form by e-mail` },
        { verb: 'Solve', rest: `ticket ${number}` },
      ],
      page: ({ to }, { code }) => `sends the writer to the form (${code(to)}) and solves the ticket`,
    },
    report: ({ ticket, answerTo }, attempt) => {
      const text = redirectText(ticket, attempt)
      return text === undefined ? undefined : { answerTo, text }
    },
  }),
}

function redirectTo(value: string | undefined): RedirectTo {
  return value === 'access' || value === 'both' ? value : 'deletion'
}

function redirectText(
  ticket: number,
  { outcome, because, isFirst, isUnclear }: ReportedAttempt,
): string | undefined {
  if (outcome === 'done' && because !== '') return `Ticket ${ticket} was redirected, but ${because}`
  if (outcome === 'done')
    return `Ticket ${ticket} was redirected: the requester was sent to the form, and the ticket is solved.`
  if (isUnclear)
    return `It can’t be seen whether ticket ${ticket} was redirected: look in Zendesk whether the requester has the reply. ${because}`
  if (outcome === 'stopped') return `Ticket ${ticket} wasn’t redirected. ${because}`
  if (!isFirst) return undefined
  return `Ticket ${ticket} isn’t redirected yet. ${because} I’ll keep trying and tell you how it ends.`
}

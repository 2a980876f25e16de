/** Effects in the desks' channels. A message is drawn when it is sent, from the state at that time. */
import type { Role } from '../request.ts'
import {
  defineEffect,
  isFlag,
  isListOfTexts,
  isOptional,
  isText,
  kindAlone,
  sentence,
  whole,
} from './definition.ts'

/** A message in the card's thread. */
export interface Thread {
  readonly kind: 'thread'
  readonly text: string
  readonly mention: readonly Role[]
  /** Shown in the channel as well: the card, which may be weeks up, is back in sight. */
  readonly isBroadcast?: true
}

/** Redraws the request's card. */
interface Card {
  readonly kind: 'card'
}

/** Posts or redraws the list of a distribution day, `2026-11-30`. */
export interface Batch {
  readonly kind: 'batch'
  /** The desk in whose channel it stands; left out by the bot's first version. */
  readonly desk?: string
  readonly day: string
}

/** Posts the desk's digest of a day, `2026-11-30`. */
export interface Digest {
  readonly kind: 'digest'
  readonly desk: string
  readonly day: string
}

/** Posts the desk's weekly report; `day` is the day on which it was due, `2026-11-30`. */
export interface Report {
  readonly kind: 'report'
  readonly desk: string
  readonly day: string
}

/**
 * Posts a part of a digest below it: what the digest's own message did not hold, as it was drawn then. It holds no
 * personal data.
 */
export interface DigestReply {
  readonly kind: 'digest-reply'
  readonly desk: string
  /** The message to which it is a reply: its `ts` in Slack. */
  readonly threadTs: string
  readonly text: string
  /** Blocks of Block Kit, as JSON. */
  readonly blocks: string
}

/** Posts or redraws how many requests of the desk have no card because nobody has asked for it yet. */
export interface Backlog {
  readonly kind: 'backlog'
  readonly desk: string
  /** Posted anew, and somebody is called: the deadline of one of them is near or over. */
  readonly isCall?: true
}

/** Says in a desk's channel what its operators have to know: it stands for no request. */
export interface Notice {
  readonly kind: 'notice'
  readonly desk: string
  readonly text: string
}

/** The definitions of the effects in channels, by kind. */
export const messageEffects = {
  thread: defineEffect<Thread, Thread>()({
    kind: 'thread',
    params: { text: isText, mention: isListOfTexts, isBroadcast: isOptional(isFlag) },
    lane: 'thread',
    idempotency: 'at-most-twice',
    limits: ['channel'],
    whenTakenBack: 'stands',
    redact: ({ kind, mention }) => ({ kind, text: '', mention }),
    auditAs: kindAlone,
    asked: {
      fill: ({ kind, text, mention }, context) => ({ kind, text: sentence(text, context), mention }),
      words: () => [{ verb: 'Post', rest: 'in the thread' }],
      page: ({ mention }, { roles }) =>
        mention.length > 0
          ? `\`thread\`: asks ${roles(mention)} in the card’s thread`
          : '`thread`: says so in the card’s thread',
    },
  }),

  card: defineEffect<Card>()({
    kind: 'card',
    params: {},
    lane: 'card',
    idempotency: 'idempotent',
    limits: ['redraws', 'channel'],
    redact: whole,
    auditAs: whole,
  }),

  batch: defineEffect<Batch>()({
    kind: 'batch',
    params: { desk: isOptional(isText), day: isText },
    lane: 'card',
    idempotency: 'idempotent',
    limits: ['redraws', 'channel'],
    redact: whole,
    auditAs: whole,
    postsTo: ({ desk }) => desk,
  }),

  backlog: defineEffect<Backlog>()({
    kind: 'backlog',
    params: { desk: isText, isCall: isOptional(isFlag) },
    lane: 'card',
    idempotency: 'idempotent',
    limits: ['redraws', 'channel'],
    redact: whole,
    auditAs: whole,
    postsTo: ({ desk }) => desk,
  }),

  notice: defineEffect<Notice>()({
    kind: 'notice',
    params: { desk: isText, text: isText },
    lane: 'channel',
    idempotency: 'at-most-twice',
    limits: ['channel'],
    redact: whole,
    auditAs: kindAlone,
    postsTo: ({ desk }) => desk,
  }),

  'digest-reply': defineEffect<DigestReply>()({
    kind: 'digest-reply',
    params: { desk: isText, threadTs: isText, text: isText, blocks: isText },
    lane: 'channel',
    idempotency: 'at-most-twice',
    limits: ['channel'],
    redact: (effect) => ({ ...effect, text: '', blocks: '[]' }),
    auditAs: kindAlone,
    postsTo: ({ desk }) => desk,
  }),

  digest: defineEffect<Digest>()({
    kind: 'digest',
    params: { desk: isText, day: isText },
    lane: 'channel',
    idempotency: 'at-most-twice',
    limits: ['channel'],
    redact: whole,
    auditAs: whole,
    postsTo: ({ desk }) => desk,
  }),

  report: defineEffect<Report>()({
    kind: 'report',
    params: { desk: isText, day: isText },
    lane: 'channel',
    idempotency: 'at-most-twice',
    limits: ['channel'],
    redact: whole,
    auditAs: whole,
    postsTo: ({ desk }) => desk,
  }),
}

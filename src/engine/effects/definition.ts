/**
 * A definition holds all that is known of one kind of effect but how it is done: that stands with the service that
 * does it.
 */
import type { Input } from '../event.ts'
import type { Need } from '../need.ts'
import type { AnswerTo, Evidence, Person, Request, Role } from '../request.ts'
import { type Instant, instantText } from '../time.ts'

/** An effect of a kind that need not be known. */
export interface AnyEffect {
  readonly kind: string
}

/**
 * A lane is an order: effects of one request and lane are done one after the other, and lanes do not wait for each
 * other. `request` is the lane of all that changes the issue or the ticket, `card` that of redraws, `channel` that of
 * messages that stand for no request.
 */
export type EffectLane = 'request' | 'thread' | 'card' | 'channel'

/**
 * The rule for an attempt of unknown outcome. `idempotent`: the same again has the same result (a card or a list
 * posted twice is the one exception, and bearable: both work). `verify-first`: it would show twice, and can be looked
 * up. `at-most-twice`: it would show twice and can't be looked up, since the bot may not read the channel's history.
 * A message lost (nobody is asked to approve) is worse than one said twice, so it is repeated once; then a person
 * decides.
 */
export type Idempotency = 'idempotent' | 'verify-first' | 'at-most-twice'

/**
 * The limit of our own that a kind keeps to: notes in GitLab, updates in Zendesk, redraws of one message, posts in a
 * channel.
 */
export type EffectLimit = 'notes' | 'ticket-updates' | 'redraws' | 'channel'

/**
 * An effect in words: a verb that takes an `s` and the rest of the sentence, or the names of all that is done so.
 */
export type Clause =
  | { readonly verb: string; readonly rest: string }
  | { readonly verb: string; readonly names: readonly string[] }

/** The names that an effect needs to be said to people. */
export interface Words {
  /** The or the ticket's number. */
  readonly number: number
  /** `closed-no-response` -> `Request Closed - No Response` */
  readonly snippetTitle: (name: string) => string
}

/** The ways in which the pages of docs/flows write names. */
export interface PageWords {
  readonly code: (text: string) => string
  readonly codes: (texts: readonly string[]) => string
  readonly snippet: (name: string) => string
  readonly roles: (roles: readonly Role[]) => string
}

/** The text that the requester gets: a snippet, or the texts of these fields of the modal. */
export type PublicText<R> = { readonly snippet: R } | { readonly fields: readonly string[] }

/** Tells whether a stored value is what the parameter holds. */
type Check = (value: unknown) => boolean

/** One check for each parameter; the compiler asks for all of them. */
type Checks<E extends AnyEffect> = Readonly<Record<Exclude<KeysOf<E>, 'kind'>, Check>>
type KeysOf<E> = keyof E & string

/** An effect that a flow asks for: how its rule becomes the effect of one decision, and how it is said. */
export interface Asked<E extends AnyEffect, R extends AnyEffect> {
  fill(rule: R, decision: DecisionContext): E
  /** For the modal and the card. The rule says it before the decision, the effect after it. */
  words(what: E | R, words: Words): readonly Clause[]
  /** For the pages of docs/flows, with the exact names of snippets, labels and templates. */
  page(rule: R, words: PageWords): string
  publicText?(rule: R): PublicText<R>
}

/** The end of an attempt, as it is reported to a person. */
export interface ReportedAttempt {
  readonly outcome: 'done' | 'later' | 'unknown' | 'stopped'
  /** Why it is not done, or what of it was left out, in sentences; empty where all of it is done. */
  readonly because: string
  readonly isFirst: boolean
  /** It was stopped, and may have been done all the same. */
  readonly isUnclear: boolean
}

/** A private answer to a person who sees no card: where it goes and what it says. */
export interface Report {
  readonly answerTo: AnswerTo
  readonly text: string
}

/**
 * The definition of one kind: its parameters, lane, idempotency and limit, what is redacted, what the audit log says,
 * and its words for people.
 */
export interface EffectDefinition<
  E extends AnyEffect = AnyEffect,
  R extends AnyEffect = AnyEffect,
  I extends Idempotency = Idempotency,
> {
  readonly kind: E['kind']
  readonly params: Checks<E>
  readonly lane: EffectLane
  readonly idempotency: I
  readonly limits: readonly EffectLimit[]
  /**
   * What becomes of it when its decision is taken back: it stands, since nobody outside reads it, or its opposite is
   * done. Left out: somebody outside has heard of it, and its decision can't be taken back.
   */
  readonly whenTakenBack?: 'stands' | 'opposite'
  /** Returns in few words that it is done, for whoever decided it: `labels set`. Left out where no decision asks for it. */
  whenDone?(effect: E): string
  /** Returns what is kept once it is done or given up: what was done, without anything that a person typed. */
  redact(effect: E): E
  /** Returns what the audit log says of it when it is decided: no personal data, nothing that a person typed. */
  auditAs(effect: E): object
  /** Returns what has to be there before anything of its decision is done; left out where it needs nothing. */
  needs?(effect: E): readonly Need[]
  /** Left out where no flow asks for it. */
  readonly asked?: Asked<E, R>
  /** Left out where it stands for a request: then it is where the request's card is. */
  postsTo?(effect: E): string | undefined
  /**
   * Returns who is told, privately, how it went, where no card shows it; undefined where there is nothing new to
   * say.
   */
  report?(effect: E, attempt: ReportedAttempt): Report | undefined
  /** Only for the compiler. */
  readonly types?: { readonly effect: E; readonly rule: R }
}

/**
 * Makes a definition: `defineEffect<Reply, ReplyRule>()({ kind: 'reply', … })`. It takes two calls so that
 * `idempotency` is inferred.
 */
export function defineEffect<E extends AnyEffect, R extends AnyEffect = never>() {
  return <const I extends Idempotency>(definition: EffectDefinition<E, R, I>) => definition
}

/** Checks that a stored parameter is a text. */
export const isText: Check = (value) => typeof value === 'string'
/** Checks that a stored parameter is a number. */
export const isNumber: Check = (value) => typeof value === 'number'
/** Checks that a stored parameter is true or false. */
export const isFlag: Check = (value) => typeof value === 'boolean'
/** Checks that a stored parameter is a list of texts. */
export const isListOfTexts: Check = (value) => Array.isArray(value) && value.every(isText)
/** Checks that a stored parameter is a record of texts. */
export const isTextByName: Check = (value) =>
  typeof value === 'object' && value !== null && Object.values(value).every(isText)
/** Makes a check that a stored parameter is one of these texts. */
export const isOneOf =
  (...known: readonly string[]): Check =>
  (value) =>
    known.some((one) => one === value)
/** Makes a check that also lets a missing parameter pass. */
export const isOptional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)

/** Keeps the whole effect: for `redact` and `auditAs` where nothing in it was typed by a person. */
export const whole = <E extends AnyEffect>(effect: E): E => effect
/** Keeps the kind alone: for `auditAs` where all of the effect was typed by a person. */
export const kindAlone = ({ kind }: AnyEffect) => ({ kind })

/** The context from which a rule is filled in: the request, the person, and what they typed. */
export interface DecisionContext {
  readonly request: Request
  /** `#123`, `ticket 456` */
  readonly requestName: string
  readonly input: Input
  readonly now: Instant
  readonly timeZone: string
  /** Left out where nobody decided: something was seen. */
  readonly by?: Person
  /** An exception takes two approvals here. */
  readonly needsTwoApprovals: boolean
  /** The instant at which it was decided or seen. */
  readonly decidedAt: Instant
  /** The instant at which the ticket that it was decided on had last changed. */
  readonly stamp: Instant
  /** The place where the person hears what came of it, if no card shows it. */
  readonly answerTo?: AnswerTo
  /**
   * Of a decision that rests on the requester's silence, the instant from which a reply counts: the start of the clock
   * of the request's step, or the message since then that was no answer. Left out of every other decision.
   */
  readonly silentSince?: Instant
}

/** The part of an effect that says how long the requester has to have been silent for it to be carried out. */
export interface ToSilence {
  /** Not done when the requester has written since: GitLab is read at the very moment before it would be. */
  readonly onlyIfSilentSince?: Instant
}

/** Returns that part for the effects of one decision. */
export function toSilence({ silentSince }: DecisionContext): ToSilence {
  return silentSince === undefined ? {} : { onlyIfSilentSince: silentSince }
}

/** Returns the texts of these fields, in this order, parted by an empty line. */
export function typedText(fields: readonly string[], { input }: Pick<DecisionContext, 'input'>): string {
  return fields
    .map((field) => (input[field] ?? '').trim())
    .filter((text) => text !== '')
    .join('\n\n')
}

/**
 * Fills in `{who}`, `{when}`, `{number}`, `{request}`, `{evidence}`, `{approval}`, `{approvers}`, `{last move}` and
 * `{field:NAME}`, or `{field:NAME|WORD}` with the word for a field that is left empty.
 */
export function sentence(
  text: string,
  { request, requestName, now, timeZone, input, by, needsTwoApprovals }: DecisionContext,
): string {
  return text.replace(
    /\{(who|when|number|request|evidence|approval|approvers|last move|field:(\w+)(?:\|(\w+))?)\}/g,
    (_all, key: string, field: string | undefined, instead = 'none given') => {
      if (field !== undefined) return typedWords(input[field] ?? '') || instead
      if (key === 'who') return by ? `{person:${by.id}}` : 'the bot'
      if (key === 'when') return instantText(now, timeZone)
      if (key === 'number') return String(request.number)
      if (key === 'request') return requestName
      if (key === 'approval')
        return needsTwoApprovals
          ? 'It needs two approvals: a support manager’s and Privacy’s'
          : 'A support manager approves it'
      if (key === 'approvers')
        return (request.facts.approvals ?? []).map((one) => `{person:${one.by}}`).join(' and ')
      if (key === 'last move') return request.facts.wayBack?.what ?? 'nothing'
      return evidenceText(request.facts.evidence, timeZone)
    },
  )
}

/** Returns what was typed as it may stand in a note. Only the bot itself names people: what was typed mentions nobody, nor is anybody's name looked up for it. */
export function typedWords(typed: string): string {
  return typed.trim().replaceAll('{person:', '{person :')
}

/** Returns when the evidence was read, and one line a criterion: result, value, source. */
export function evidenceText(evidence: Evidence | undefined, timeZone: string): string {
  if (!evidence) return 'none gathered'
  const lines = evidence.criteria.map(
    ({ name, result, value, source }) => `- ${name}: ${result} (${value}; ${source})`,
  )
  return [`read ${instantText(evidence.readAt, timeZone)}`, ...lines].join('\n')
}

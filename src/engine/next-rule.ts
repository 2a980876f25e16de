/** What comes next at a step, as a flow declares it: the first rule whose condition holds counts. */
import type { Role } from './request.ts'

/** The kinds of what comes next that a flow can declare. */
export const nextKinds = {
  start: true,
  classify: true,
  'check-answers': true,
  review: true,
  help: true,
  reply: true,
  approve: true,
  'start-work': true,
  work: true,
  stuck: true,
  share: true,
  unshare: true,
  complete: true,
  'close-silent': true,
  close: true,
  update: true,
  'send-report': true,
  wait: true,
} as const

/** A kind of what comes next at a step. */
export type DeclaredKind = keyof typeof nextKinds

/** What a rule may ask of the request. The judgement stands in `next-action.ts`, and is complete by its type. */
export const nextConditions = {
  'clock-is-over': true,
  'promised-day-has-come': true,
  'is-not-started': true,
  /** Since the step's clock started, where it has one: what `requester-is-silent` denies. */
  'requester-has-written': true,
  /** Since the request came to this step, or since the requester last got an answer. */
  'requester-wrote-since': true,
  'is-answered': true,
  'is-reopened': true,
  'steps-are-done': true,
  'has-no-progress': true,
  'meta-issue-is-missing': true,
  'reinstatement-is-missing': true,
  'exports-are-done': true,
  'expert-has-answered': true,
} as const

/** The name of a condition of a rule. */
export type NextCondition = keyof typeof nextConditions

/** Who else than the people of the desk may have the turn. */
export const awaited = {
  requester: true,
  'expert-team': true,
  'trust-and-safety': true,
  /** An effect of the bot, which is under way. */
  bot: true,
  'distribution-day': true,
} as const

/** Somebody or something that a request waits for. */
export type Awaited = keyof typeof awaited

/** One way in which a request may stand at its step: what comes next then, and whose turn it is. */
export interface NextRule {
  readonly kind: DeclaredKind
  /** Left out: it always holds. */
  readonly if?: NextCondition
  /**
   * For people, in few words: `Answers are in: check them`. `{done}`, `{total}`, `{days}` and `{team}` are filled in.
   */
  readonly words: string
  /** The decision that does it. Beside `awaits`: the one that ends the wait, once it is open. */
  readonly decision?: string
  /** It is nobody's turn at the desk. */
  readonly awaits?: Awaited
  /** Who has the turn, where no decision says so: the work is done elsewhere. */
  readonly by?: readonly Role[]
}

/** The language in which a flow of the handbook is written down. */
import type { BusinessCalendar } from './business-time.ts'
import type { EffectRule, Setting } from './effect.ts'
import type { Input, Observation, ObservationName } from './event.ts'
import type { GuardRule } from './guard-rule.ts'
import type { NextRule } from './next-rule.ts'
import type { Facts, Person, ReadUpTo, Request, Role } from './request.ts'
import type { Instant } from './time.ts'

/** What a label that stands for an approval is worth when it is set by hand. */
export type LabelApproves = 'yes' | 'with-role'

/** The time, the calendar and the settings of the desk: everything that a decision takes from outside the request. */
export interface DecisionEnvironment {
  readonly now: Instant
  readonly timeZone: string
  readonly calendar: BusinessCalendar
  readonly requirePrivacyApproval: boolean
  /**
   * Whether a label that stands for an approval approves whoever sets it, or only with the role that the approval needs;
   * left out: `yes`.
   */
  readonly labelApproves?: LabelApproves
  /** The labels of the issue, once all that was asked of GitLab before is done; left out where nobody has looked. */
  readonly labels?: readonly string[]
  readonly settings: Readonly<Record<Setting, boolean>>
  /** Opaque, of the event that is decided on: by it what a decision asked for is told from what another did. */
  readonly decisionId?: string
  /** How far the request has been read when it is decided on; left out where that is not known. */
  readonly readUpTo?: ReadUpTo
  /** For how many seconds a public reply waits; left out: it goes out at once. */
  readonly replyWait?: { readonly seconds: number }
  /** The request that a `request-number` field names, where the bot knows one. */
  readonly named?: { readonly number: number; readonly isOpen: boolean }
}

/** The context in which a guard judges a decision. */
export interface GuardContext {
  readonly flow: Flow
  readonly request: Request
  readonly step: Step
  readonly person: Person
  readonly input: Input
  readonly environment: DecisionEnvironment
  /** The words on the decision's button. */
  readonly button: string
}

/** A guard's refusal: the sentences for the person, which stand alone, and what would mend it. */
export interface GuardRefusal {
  readonly because: string
  /** The instant from which the decision will be open, where a clock says so. */
  readonly from?: Instant
  /** The modal's field that would mend it. */
  readonly field?: string
}

/** A mark on a request that changes who decides and what has to be filled in, or what is open at all. */
export type Flag = 'hasOtherAddress' | 'hasLaterIssue' | 'isEmbargoed' | 'repliedMoreThanOnce'

/** A field of the modal that opens before the decision; with `onlyIf` it is there for marked requests alone. */
export type Field = { readonly onlyIf?: Flag | readonly Flag[] } & (
  | {
      readonly kind: 'choice'
      readonly name: string
      readonly label: string
      readonly options: readonly { readonly value: string; readonly text: string }[]
      /** The fact that holds the proposed option. */
      readonly suggestedBy?: keyof Facts & 'suggestedReason'
    }
  | {
      readonly kind: 'text'
      readonly name: string
      readonly label: string
      readonly optional?: boolean
      /** A name or an address: one line. */
      readonly isShort?: boolean
      readonly hint?: string
      /** The text in the field when the modal opens, for the person to change; `{distribution day}` is filled in. */
      readonly draft?: string
      /** Instead of the draft, where there is one: what the expert team last wrote. */
      readonly draftFrom?: 'expert-issue'
      /** Sent to the requester, and so previewed. */
      readonly isSent?: true
    }
  | { readonly kind: 'request-number'; readonly name: string; readonly label: string; readonly hint?: string }
)

/**
 * The place where a decision leads: a step, the step that a field's value chooses, or another flow (its name in the
 * field).
 */
export type Goto<S extends string = string> =
  | S
  | { readonly field: string; readonly to: Readonly<Record<string, S>> }
  | { readonly flowFrom: string }

/** A decision of a step: its button, who may take it and when, what it does, and where it leads. */
export interface Decision<S extends string = string> {
  readonly button: string
  readonly style?: 'primary' | 'danger'
  readonly by: readonly Role[]
  /** Who may besides, for marked requests. */
  readonly alsoBy?: { readonly onlyIf: Flag; readonly roles: readonly Role[] }
  /** In the menu instead of a button of its own; it always opens a modal. */
  readonly inMenu?: boolean
  /** All have to hold: the first that does not is the one that refuses. */
  readonly when?: readonly GuardRule[]
  readonly fields?: readonly Field[]
  /** GitLab is read before it is decided, so that a reply nobody has seen yet counts. */
  readonly refreshFirst?: boolean
  /** How the request ends by it, for people: `denied, no response`. `{of}` is the number of the one that stays. */
  readonly ends?: string
  /** It ends what was asked for: a close that is none of the ways to refuse it. */
  readonly fulfils?: true
  /** With REQUIRE_PRIVACY_APPROVAL, two different people: a support manager and a privacy person. */
  readonly fourEyes?: boolean
  /** Facts set by the decision itself. */
  readonly records?: RecordName
  readonly do: readonly EffectRule[]
  /** Left out: the request stays where it stands. */
  readonly goto?: Goto<S>
  /** The thing that is approved by it: the audit log keeps the grounds. */
  readonly approves?: 'exception'
  /** It can be taken for all reports of a distribution day at once. */
  readonly batch?: 'report'
  /** Only offered where the setting is so. */
  readonly enabledIf?: { readonly setting: Setting; readonly isSet: boolean }
  /** Only for requests that are so marked; of others the sentence says why not; `{button}` and `{request}` are filled in. */
  readonly onlyIf?: { readonly flag: Flag; readonly because: string }
}

/** A fact that a decision records. */
export type RecordName =
  | 'started'
  | 'self-initiated'
  | 'no-answer'
  | 'taken-back'
  | 'exception-requested'
  | 'reinstatement-link'
  | 'paused'
  | 'resumed'
  | 'extended'
  | 'answered'
  | 'handled'
  | 'report-promised'
  | 'report-delivered'
  | 'left-closed'

/** The course that a request takes after an observation. */
export interface Transition<S extends string = string> {
  /** Only where the observation says so: `{ label: 'priority::high' }`, `{ how: 'forwarded' }`. */
  readonly where?: Readonly<Record<string, string | boolean>>
  /**
   * A step, or the one from which the request was closed (the first, where that is not known). Left out: the request
   * stays where it stands.
   */
  readonly goto?: S | { readonly back: 'closed-from' }
  readonly records?: 'started'
  /** The decision that a label stands for: where the setting is so, only who may take it leads the request on. */
  readonly approves?: string
  readonly do?: readonly EffectRule[]
}

/** Transitions by the name of the observation; of several, the first whose `where` fits counts. */
export type On<S extends string = string> = {
  readonly [Name in ObservationName]?: Transition<S> | readonly Transition<S>[]
}

/**
 * The place of a request whose type the form leaves open: sent past it, no type that can be read, checks that failed;
 * or a ticket, which has none: one for the security desk, or one whose writer should have used the form.
 */
export type Entrance = 'past-the-form' | 'unknown-type' | 'failed-checks' | 'ticket' | 'misdirected-ticket'

/** A step of a flow: its title, its clock, what is decided there and what observations lead to. */
export interface Step<S extends string = string> {
  /** The heading of the handbook that this step performs. Left out: the flow's. */
  readonly handbook?: string
  /** The card's words for it. */
  readonly title: string
  /** Why a decision of this step is not open before it: `as soon as the requester has answered`. */
  readonly availableWhen: string
  /** On whom the next move depends. */
  readonly waitsFor:
    | 'requester'
    | 'support'
    | 'approval'
    | 'security'
    | 'field-security'
    | 'expert'
    | 'nobody'
  /** What comes next here: the first rule that holds. An open step has some, and the last of them always holds. */
  readonly next?: readonly NextRule[]
  readonly isClosed?: boolean
  /** The kind of end, where that is told apart: a ticket that was given to another team. */
  readonly outcome?: 'redirected'
  /** The things that are asked for again and again as long as the request stands here, since no webhook tells them. */
  readonly tracks?: 'expert-issue' | 'exports'
  /** Requests come in here whose type no form tells. */
  readonly entrance?: Entrance
  /** In deletion: the flow's pinned buttons are no longer shown. */
  readonly hidesPinned?: boolean
  /** Verification is passed or an exception was made of it: no other request displaces this one. */
  readonly isVerified?: boolean
  readonly clock?: ClockRule
  readonly onEntry?: readonly EffectRule[]
  /** The observations that move the request, in place of what the flow says of the same observation. */
  readonly on?: On<S>
  readonly decisions: Readonly<Record<string, Decision<S>>>
}

/** The rules of the desk that works a flow, as far as the judgement needs them. */
export interface DeskRules {
  /** `privacy` */
  readonly name: string
  /** The service in which its requests are: `gitlab`. */
  readonly source: string
  /** The same as people say it: `GitLab`. */
  readonly service: string
  /** The request's name for people: `#{number}`, `ticket {number}`. */
  readonly requestName: string
  /** Who works at it, as a sentence names one of them: `a support engineer`, `Privacy`. */
  readonly roles: Readonly<Record<Role, string>>
  /** The time that a request has as a whole, whatever its step; left out: its steps alone have clocks. */
  readonly deadline?: ClockRule
  /** The service takes a line that begins with a slash as a command. */
  readonly takesCommands?: true
  /** The detail of the audit log that holds a request's number; left out: the log's own column of numbers. */
  readonly loggedAs?: string
}

/** Returns the request's name as people say it: `#123` or `ticket 456`. */
export function requestName({ requestName: words }: Pick<DeskRules, 'requestName'>, number: number): string {
  return words.replace('{number}', String(number))
}

/** Returns the role's name as a sentence has it: `a support engineer`, `Privacy`. */
export function roleName({ roles }: Pick<DeskRules, 'roles'>, role: Role): string {
  return own(roles, role) ?? role
}

/** A flow of the handbook: its steps, where it begins, and what is open at every step. */
export interface Flow<S extends string = string> {
  readonly name: string
  /** The request type as the form names it. */
  readonly title: string
  readonly handbook: string
  readonly desk: DeskRules
  readonly first: S
  /** The type is not known yet: nothing is compared with requests of the same type. */
  readonly isTypeUnknown?: true
  /** Its requests get no card: they are counted in the digest. */
  readonly isCountedOnly?: true
  readonly closed: S
  /** The decisions whose buttons every open card shows, allowed at this moment or not. */
  readonly pinned: readonly string[]
  /**
   * The mark with which every decision is refused but those that close the request unfulfilled and tell its requester
   * nothing; in its sentence `{button}` and `{request}` are filled in.
   */
  readonly unless?: {
    readonly fact: Flag
    readonly because: string
    /** The same in a word, for the label of a button. */
    readonly note: string
    readonly next: NextRule
  }
  /** The observations that move the request at every open step. */
  readonly on?: On<S>
  /** Decisions that are open at every open step. */
  readonly anytime: Readonly<Record<string, Decision<S>>>
  readonly steps: Readonly<Record<S, Step<S>>>
}

/** All flows by name. */
export type Flows = Readonly<Record<string, Flow>>

/** Returns where an observation leads a request that stands at this step, or undefined where it moves nothing. */
export function transitionOn(
  flow: Pick<Flow, 'on'>,
  step: Pick<Step, 'on' | 'isClosed'>,
  observation: Observation,
): Transition | undefined {
  const declared = step.on?.[observation.name] ?? (step.isClosed ? undefined : flow.on?.[observation.name])
  const said: Readonly<Record<string, unknown>> = { ...observation }
  return transitionsOf(declared).find(({ where = {} }) =>
    Object.entries(where).every(([key, value]) => said[key] === value),
  )
}

/** Returns the declared transitions as a list, be there none, one or several. */
export function transitionsOf(
  declared: Transition | readonly Transition[] | undefined,
): readonly Transition[] {
  if (declared === undefined) return []
  return 'length' in declared ? declared : [declared]
}

/** Returns the step to which a reply of the requester leads from here, or undefined where it leads nowhere. */
export function stepAfterReply(step: Pick<Step, 'on'> | undefined): string | undefined {
  const [first] = transitionsOf(step?.on?.['requester-replied'])
  return typeof first?.goto === 'string' ? first.goto : undefined
}

/** Gives a flow its type; a `goto` to a step that is not there does not compile. */
export function defineFlow<S extends string>(
  flow: Omit<Flow<NoInfer<S>>, 'steps'> & {
    readonly steps: { readonly [K in S]: Step<NoInfer<S>> }
  },
): Flow {
  return flow as unknown as Flow
}

/**
 * The length of a clock: calendar days, business days, or until the distribution day that a report was promised for.
 */
export type ClockLength =
  | { readonly days: number }
  | { readonly businessDays: number }
  | { readonly until: 'distribution-day' }

/** A clock as a flow declares it: its length, when it starts, and the handbook's sentence for it. */
export type ClockRule = ClockLength & {
  /** The thing that it measures: `Challenge answers`. */
  readonly name: string
  /** `opened`: created, or reopened after that. */
  readonly since: 'created' | 'opened' | 'step-entered' | 'last-public-reply'
  /** The handbook's sentence that sets it. */
  readonly because: string
  /** It is the deadline of the request as a whole, whatever its step. */
  readonly isDeadline?: true
  /**
   * Why what the clock opens is not open yet, for a sentence that begins with "Too early: "; `{lastDay}` is filled in:
   * `the requester has until {lastDay}`. Left out: the clock by its name.
   */
  readonly untilOver?: string
  /** The sentence for the people of the desk when a step's clock is over, with the words that `desks/desk.ts` fills in. */
  readonly whenOver?: string
}

/** Returns what a record itself holds under a key that came from outside: never `constructor` and the like. */
export function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

/** Guards are the conditions that a flow may put on a decision: each by its name, with its parameters. */
import type { Condition } from './effect.ts'

/**
 * The kind of a guard's parameter: a field of the decision's modal by its name, a sentence for the person, or a
 * condition on what was filled in.
 */
export type ParameterKind = keyof ParameterTypes

interface ParameterTypes {
  readonly field: string
  readonly text: string
  readonly condition: Condition
}

/**
 * The parameters of each guard by its name. The judgement itself stands in `guards.ts`, and is complete by its type.
 */
export const guardParameters = {
  'clock-is-over': {},
  'requester-is-silent': {},
  'requester-has-written': {},
  'asked-by-somebody-else': {},
  'not-yet-approved-by-them': {},
  'evidence-is-met-or-reason': {},
  'steps-are-done-or-reason': {},
  'is-not-verified': {},
  'names-another-open-request': { field: 'field' },
  'reinstatement-is-asked': {},
  'reinstatement-is-not-asked': {},
  'other-address-is-checked': {},
  'later-issue-is-checked': {},
  'reply-is-the-latest': {},
  'can-be-taken-back': {},
  'is-not-escalated': {},
  'is-unfinished': {},
  'is-on-hold': {},
  'is-not-on-hold': {},
  'step-has-clock': {},
  'is-given': { field: 'field', unless: 'condition', because: 'text' },
  'is-an-issue-address': { field: 'field' },
  'is-an-address': { field: 'field' },
  'names-the-promised-day': { field: 'field' },
  'promised-day-has-come': { because: 'text' },
  'is-not-of-security-desk': {},
  'can-be-answered': {},
  'is-not-redirected-yet': {},
} as const satisfies Readonly<Record<string, Readonly<Record<string, ParameterKind>>>>

/** The name of a guard, as flows write it in `when`. */
export type GuardName = keyof typeof guardParameters

/** The parameters of the guard of this name. */
export type ParametersOf<Name extends GuardName> = {
  readonly [Key in keyof (typeof guardParameters)[Name]]: (typeof guardParameters)[Name][Key] extends ParameterKind
    ? ParameterTypes[(typeof guardParameters)[Name][Key]]
    : never
}

type Bare = {
  [Name in GuardName]: keyof (typeof guardParameters)[Name] extends never ? Name : never
}[GuardName]

/** A guard as a flow asks for it: `'clock-is-over'`, or `{ guard: 'is-an-address', field: 'link' }`. */
export type GuardRule =
  | Bare
  | { [Name in Exclude<GuardName, Bare>]: { readonly guard: Name } & ParametersOf<Name> }[Exclude<
      GuardName,
      Bare
    >]

/** What a decision needs from outside, known before the first of its effects goes out. */

/**
 * What has to be there before the first effect of a decision goes out, named by the effect that can't be done without
 * it: the e-mail address in the form, the project and template of an issue, an expert team's project, the feature
 * request, a ticket whose required fields are filled in, the support group. The engine only names it: whether it is
 * there, the service says that does the effect.
 */
export type Need =
  | { readonly name: 'requester-email' }
  | { readonly name: 'issue-template'; readonly purpose: IssuePurpose; readonly template: string }
  | { readonly name: 'expert-team'; readonly team: string }
  | { readonly name: 'feature-request' }
  | { readonly name: 'solvable-ticket' }
  | { readonly name: 'support-group' }

/** The purpose for which a related issue is opened. */
export type IssuePurpose = 'meta' | 'reinstatement' | 'escalation'

/** Something is missing: what, and what the person does about it. Neither ends with a full stop. */
export interface Lack {
  readonly text: string
  readonly mend: string
  /** The service did not answer, so that nobody knows whether it is there. */
  readonly isUnread?: true
}

/** A need that was looked for, with what is missing where it is not there. */
export interface NeedAnswer {
  readonly need: Need
  readonly lack?: Lack
}

/** Tells whether two needs are for the same thing. */
export function isSameNeed(one: Need, other: Need): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** The words in which the handbook is written down here, for whoever judges the bot. Nothing of the bot is used. */
import type { ReplyName } from './replies.ts'

/** Who a person is to the desks. */
export type Role = 'support engineer' | 'support manager' | 'privacy' | 'field security'

/** The two roles that the flows call "support". */
export const support: readonly Role[] = ['support engineer', 'support manager']

/** The request types, to the letter of the form. */
export const requestTypes = [
  'GitLab.com Account Deletion',
  'Full Deletion',
  'GitLab.com Account Deletion - Deceased User',
  'Portal Account Deletion',
  'Marketing or Sales Account Deletion',
  'Data Access Request',
  'Data Export Request',
  'General Questions',
] as const

export type RequestType = (typeof requestTypes)[number]

/** A condition under which something is owed. */
export type Condition =
  /** The person has chosen the option that begins with this word. */
  | { readonly chosen: string }
  /** The person has typed a reason. */
  | { readonly reason: true }
  /** The operator has set this variable, or has not. */
  | { readonly isSet: string }
  | { readonly isNotSet: string }

/** One thing that a decision has to do outside. */
export type What =
  /** A public note with the handbook's text, its placeholders replaced; `andTyped`: the person's further words below it. */
  | {
      readonly reply: ReplyName
      readonly replaced?: Readonly<Record<string, string>>
      readonly andTyped?: true
    }
  /** A public note with exactly what the person typed. */
  | { readonly typedReply: true }
  | { readonly label: string }
  | { readonly unlabel: string }
  /** A note that only members of the project see: it names who decided, and holds what they typed. */
  | { readonly internalNote: 'who' | 'who and what they typed' | 'who, what they typed and the evidence' }
  /** A confidential issue from this template; a related one is linked to the request. */
  | {
      readonly issue: string
      readonly project: 'service desk' | 'trust and safety'
      readonly title?: 'the e-mail address of the request'
      readonly isRelated: boolean
    }
  | { readonly noteOn: string }
  | { readonly close: true }
  /** `/duplicate` with the number that the person gave, which closes the issue. */
  | { readonly duplicate: true }
  /** A message below the card that calls these roles. */
  | { readonly call: readonly Role[] }

/** The same, with the condition under which it is owed. */
export type Owed = What & { readonly onlyIf?: Condition }

/** One way out of a step, as the button names it. */
export interface Decision {
  readonly button: string
  /** Where the handbook, or flows.md where the handbook is silent, asks for it. */
  readonly source: string
  /** Whoever holds one of these may take it. */
  readonly by: readonly Role[]
  /** Two people are needed where REQUIRE_PRIVACY_APPROVAL is set: one of each, and neither is who asked. */
  readonly approves?: { readonly also: Role; readonly notBy: string }
  /** Not before so many whole calendar days have passed since then. */
  readonly opensAfter?: { readonly days: number; readonly since: 'creation' | string }
  /** Only while the requester has not written. */
  readonly toSilence?: true
  /** What it has to do, in this order. */
  readonly owes: readonly Owed[]
}

export function isClose({ owes }: Decision): boolean {
  return owes.some((owed) => 'close' in owed || 'duplicate' in owed)
}

/**
 * What an embargoed country leaves: "every decision but Close is refused", and "we are not permitted under Trade
 * Compliance laws to engage with individuals in those locations", so nothing is written to them.
 */
export function isSilentClose(decision: Decision): boolean {
  return isClose(decision) && !decision.owes.some((owed) => 'reply' in owed || 'typedReply' in owed)
}

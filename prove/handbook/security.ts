/**
 * "Security ZenDesk Process", as a judge reads it: the four ways in which a ticket to security@ is handled. Written from
 * the handbook page and `flows.md`. The texts to requesters are a person's: the page gives none.
 */
import type { Role } from './words.ts'

/** What a decision has to do with a ticket, in this order. */
export type OwedOnTicket =
  /** A public comment with exactly what the person typed, and the ticket solved with it or left open. */
  | { readonly comment: 'and solve' | 'and leave open' }
  /** A comment that agents alone see. */
  | { readonly internalComment: 'what they typed' | 'the address of the issue' }
  /** The ticket is given to this group, with an internal comment. */
  | { readonly forwardTo: 'support' }
  /** A confidential issue in the project of the team that was chosen, with the question. */
  | { readonly expertIssue: true }

export interface TicketDecision {
  readonly button: string
  readonly source: string
  readonly by: readonly Role[]
  readonly owes: readonly OwedOnTicket[]
}

/** "tickets that come from emails sent to `security@gitlab.com`" */
export const receivedAt = 'security@gitlab.com'

const by: readonly Role[] = ['field security']

export const ticketDecisions: readonly TicketDecision[] = [
  // "a friendly, concise, and complete answer … is provided and the ticket is closed as “Solved”"
  { button: 'Reply', source: 'Reply', by, owes: [{ comment: 'and solve' }] },
  // "an issue is opened for the appropriate team … and the requestor is notified that additional research … is required"
  {
    button: 'Engage Expert',
    source: 'Engage a subject matter expert (or team)',
    by,
    owes: [
      { expertIssue: true },
      { comment: 'and leave open' },
      { internalComment: 'the address of the issue' },
    ],
  },
  // "Periodic updates are given to the requestor as appropriate."
  {
    button: 'Send Update',
    source: 'Engage a subject matter expert (or team)',
    by,
    owes: [{ comment: 'and leave open' }],
  },
  // "These tickets can be forwarded within ZenDesk"
  { button: 'Redirect: Support', source: 'Redirect', by, owes: [{ forwardTo: 'support' }] },
  // "We reply to the ticket with information on the program and a link"
  { button: 'Redirect: Vulnerability', source: 'Redirect', by, owes: [{ comment: 'and solve' }] },
  // "we refer the requestor to `dmca@gitlab.com`"
  { button: 'Redirect: Copyright', source: 'Redirect', by, owes: [{ comment: 'and solve' }] },
  // "Once we verify their status the request is queued and we respond to confirm receipt."
  {
    button: 'Compliance Report',
    source: 'Compliance Report Requests',
    by,
    owes: [{ comment: 'and leave open' }, { internalComment: 'what they typed' }],
  },
  // "Reports are distributed on Mondays & Thursdays"
  { button: 'Report Sent', source: 'Compliance Report Requests', by, owes: [{ comment: 'and solve' }] },
  // Beside the handbook: what somebody has solved by hand stays as it is.
  { button: 'Leave as Closed', source: 'beside the handbook', by, owes: [] },
]

/** Sends all reports of a day: for each of its tickets the decision of this name. */
export const allSent = { button: 'All Sent', means: 'Report Sent' } as const

/** Support sends a ticket's writer to the form: "ticket solved", after a preview that has to be confirmed (flows.md). */
export const redirectTicket = {
  button: 'Redirect Ticket',
  by: ['support engineer', 'support manager'] satisfies readonly Role[],
  form: 'https://support.gitlab.io/personal-data-request/',
} as const

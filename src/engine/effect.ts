/** What is to be done outside, as data: one call that changes something in GitLab, Zendesk or Slack. */
import type { Role } from './request.ts'
import type { Instant } from './time.ts'

export type IssuePurpose = 'meta' | 'reinstatement' | 'escalation'

export type Effect =
  /** A public note: the requester gets it as an e-mail. Word for word the snippet, with its placeholders replaced. */
  | {
      readonly kind: 'reply'
      readonly snippet: string
      readonly replacements: Readonly<Record<string, string>>
      /** Further words that a person typed and saw in the preview. */
      readonly addition?: string
      /** Not sent when the requester has written since: read at the very moment before it would be. */
      readonly onlyIfSilentSince?: Instant
    }
  /** A public note with the text that a person typed and saw. */
  | { readonly kind: 'typed-reply'; readonly text: string }
  /** A note that only the project's members see. `{person:U1}` stands for that person's name. */
  | { readonly kind: 'internal-note'; readonly text: string }
  | { readonly kind: 'labels'; readonly add: readonly string[]; readonly remove: readonly string[] }
  | { readonly kind: 'close' }
  | { readonly kind: 'reopen' }
  /** A note on the public feature request that such a request is worked by hand; it names nobody. */
  | { readonly kind: 'feature-request-note' }
  /** Schedules the export of each of the user's personal projects. */
  | { readonly kind: 'start-exports' }
  /** The quick action `/duplicate`, which also closes the issue. */
  | { readonly kind: 'mark-duplicate'; readonly of: number }
  /** A confidential issue from a project template, linked to the request; `meta` is titled with the requester's e-mail. */
  | { readonly kind: 'open-issue'; readonly purpose: IssuePurpose; readonly template: string }
  | { readonly kind: 'gather-evidence' }
  /**
   * A public comment on the ticket: its writer and whoever is in copy get it as an e-mail. With `solve`, the ticket is
   * solved in the same update. Refused when the ticket has changed since `stamp`; then the request stands at `backTo`.
   */
  | {
      readonly kind: 'ticket-reply'
      readonly text: string
      readonly solve: boolean
      readonly stamp: Instant
      readonly decidedAt: Instant
      readonly backTo?: string
    }
  /** An internal comment on the ticket. `{person:U1}` stands for that person's name. */
  | { readonly kind: 'ticket-note'; readonly text: string }
  /** The ticket goes to the support group, with an internal comment. */
  | {
      readonly kind: 'forward-ticket'
      readonly text: string
      readonly stamp: Instant
      readonly decidedAt: Instant
      readonly backTo: string
    }
  /** A confidential issue in the expert team's project. */
  | { readonly kind: 'open-expert-issue'; readonly team: string; readonly question: string }
  /** An internal comment on the ticket with the address of the expert's issue. */
  | { readonly kind: 'link-expert-issue' }
  /** A message in the card's thread. */
  | { readonly kind: 'thread'; readonly text: string; readonly mention: readonly Role[] }

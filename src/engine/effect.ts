/** What is to be done outside, as data: one call that changes something in GitLab or Slack. */
import type { Role } from './request.ts'

export type IssuePurpose = 'meta' | 'reinstatement'

export type Effect =
  /** A public note: the requester gets it as an e-mail. Word for word the snippet, with its placeholders replaced. */
  | {
      readonly kind: 'reply'
      readonly snippet: string
      readonly replacements: Readonly<Record<string, string>>
      /** Further words that a person typed and saw in the preview. */
      readonly addition?: string
    }
  /** A note that only the project's members see. `{person:U1}` stands for that person's name. */
  | { readonly kind: 'internal-note'; readonly text: string }
  | { readonly kind: 'labels'; readonly add: readonly string[]; readonly remove: readonly string[] }
  | { readonly kind: 'close' }
  /** The quick action `/duplicate`, which also closes the issue. */
  | { readonly kind: 'mark-duplicate'; readonly of: number }
  /** A confidential issue from a project template; `meta` is titled with the requester's e-mail and linked. */
  | { readonly kind: 'open-issue'; readonly purpose: IssuePurpose; readonly template: string }
  | { readonly kind: 'gather-evidence' }
  /** A message in the card's thread. */
  | { readonly kind: 'thread'; readonly text: string; readonly mention: readonly Role[] }

export type EffectKind = Effect['kind']

/** How a flow says what is to be done outside, before a decision fills it in. */
import type { IssuePurpose } from './effect.ts'
import type { Role } from './request.ts'

/** What the team's configuration decides about a flow. */
export type Setting = 'trust-safety-project' | 'feature-request' | 'admin-token'

/** True when the field has this value or any, or when the setting is made or not. */
export type Condition =
  | { readonly field: string; readonly is: string }
  | { readonly field: string; readonly isGiven: true }
  | { readonly setting: Setting; readonly isSet: boolean }

export type EffectRule = { readonly when?: Condition } & (
  | {
      readonly kind: 'reply'
      readonly snippet: string
      /** Placeholder of the snippet -> the text itself, or the modal's field that holds it (with what stands before it). */
      readonly replace?: Readonly<
        Record<string, string | { readonly field: string; readonly prefix: string }>
      >
      /** The modal's field with further words. */
      readonly addition?: string
      /** A reply to silence: stopped when the requester has written since the step's clock started. */
      readonly onlyIfSilent?: boolean
    }
  /** The modal's fields whose texts make up the note, in this order, parted by an empty line. */
  | { readonly kind: 'typed-reply'; readonly fields: readonly string[] }
  /** `{who}`, `{when}`, `{evidence}` and `{field:NAME}` are filled in when it is decided. */
  | { readonly kind: 'internal-note'; readonly text: string }
  | { readonly kind: 'labels'; readonly add: readonly string[]; readonly remove: readonly string[] }
  | { readonly kind: 'close' }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'feature-request-note' }
  | { readonly kind: 'start-exports' }
  | { readonly kind: 'mark-duplicate'; readonly field: string }
  | { readonly kind: 'open-issue'; readonly purpose: IssuePurpose; readonly template: string }
  | { readonly kind: 'gather-evidence' }
  /** The modal's fields whose texts make up the comment; where the ticket has changed meanwhile, nothing is sent and the request is where `onConflict` says. */
  | {
      readonly kind: 'ticket-reply'
      readonly fields: readonly string[]
      readonly solve: boolean
      /** `stay`: back at the step at which it was decided; left out: the request has moved on all the same. */
      readonly onConflict?: 'stay'
    }
  | { readonly kind: 'ticket-note'; readonly text: string }
  | { readonly kind: 'forward-ticket'; readonly text: string }
  /** The modal's fields with the team and the question. */
  | { readonly kind: 'open-expert-issue'; readonly team: string; readonly question: string }
  | { readonly kind: 'link-expert-issue' }
  | { readonly kind: 'thread'; readonly text: string; readonly mention: readonly Role[] }
)

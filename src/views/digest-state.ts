/** What the daily deadline digest is drawn from. */
import type { Instant } from '../engine/time.ts'
import type { CardState } from './card-state.ts'

export interface DigestState {
  readonly now: Instant
  readonly timeZone: string
  /** Every open request. */
  readonly open: readonly CardState[]
  /** Closed requests whose requester wrote after the close, not yet looked at. */
  readonly repliedAfterClose: readonly CardState[]
  /** Of the audit log, so that a tail that is cut off later can be told: `audit verify --head COUNT:HASH`. */
  readonly auditHead: { readonly seq: number; readonly hash: string }
  readonly sinceYesterday: { readonly new: number; readonly closed: number; readonly invalid: number }
}

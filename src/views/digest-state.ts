/** What a desk's daily digest is drawn from. It holds no personal data. */
import type { Desk } from '../desks/desk.ts'
import type { Instant } from '../engine/time.ts'
import type { BatchState } from './batch-state.ts'
import type { CardState } from './card-state.ts'

export interface DigestState {
  readonly desk: Desk
  readonly now: Instant
  readonly timeZone: string
  /** Every open request. */
  readonly open: readonly CardState[]
  /** Closed requests that somebody has to look at. */
  readonly closed: readonly CardState[]
  /** What has come about since yesterday, in the desk's words: `['new', 2]`. */
  readonly counts: readonly (readonly [word: string, count: number])[]
  /** Of the audit log, so that a tail that is cut off later can be told: `audit verify --head COUNT:HASH`. */
  readonly auditHead?: { readonly seq: number; readonly hash: string }
  /** The reports promised for today, sent or not. */
  readonly batch?: BatchState
  /** Given where it is near: the last day for which the holidays are known, `2027-12-31`. */
  readonly holidaysUntil?: string
  /** What the service has to say besides, a sentence each. */
  readonly notes: readonly string[]
}

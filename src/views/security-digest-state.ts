/** What the daily digest of the security desk is drawn from. It holds no personal data. */
import type { Instant } from '../engine/time.ts'
import type { BatchState } from './batch-state.ts'
import type { CardState } from './card-state.ts'

export interface SecurityDigestState {
  readonly now: Instant
  readonly timeZone: string
  /** Every open ticket. */
  readonly open: readonly CardState[]
  readonly sinceYesterday: {
    readonly new: number
    readonly solved: number
    readonly redirected: number
    readonly reopened: number
  }
  /** The reports promised for today, sent or not. */
  readonly batch?: BatchState
  /** E-mails that Zendesk holds back as suspected spam; left out where that is not known. */
  readonly suspended?: number
  /** What ends soon in Zendesk, in a sentence without its full stop; left out where nothing does. */
  readonly apiTokensEnd?: string
  readonly calendarEndsSoon: boolean
  /** The last day for which the holidays are known, `2027-12-31`. */
  readonly checkedUntil: string
}

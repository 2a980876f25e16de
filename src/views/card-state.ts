/** Everything a view may show of a request. It holds no personal data. */
import type { Desk, Standing } from '../desks/desk.ts'
import type { BusinessCalendar } from '../engine/business-time.ts'
import type { RunningClock } from '../engine/clocks.ts'
import type { Setting } from '../engine/effect-rule.ts'
import type { Instant } from '../engine/time.ts'

export type ShownClock = RunningClock

/** One effect of the latest decision, as far as it has got. */
export interface WorkLine {
  /** `Send “Request Closed - No Response” to the requester` */
  readonly what: string
  readonly status: 'pending' | 'in-flight' | 'unknown' | 'done' | 'failed' | 'cancelled'
  readonly at?: Instant
  readonly error?: string
}

export interface CardState extends Standing {
  readonly desk: Desk
  readonly calendar: BusinessCalendar
  /** What the team's configuration decides about a flow: which decisions are offered and what they do. */
  readonly settings: Readonly<Record<Setting, boolean>>
  readonly work: readonly WorkLine[]
  /** A permalink to the card in Slack, for lists. */
  readonly cardUrl?: string
}

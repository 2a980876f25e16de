/** Everything a view may show of a request. It holds no personal data. */
import type { BusinessCalendar } from '../engine/business-time.ts'
import type { RunningClock } from '../engine/clocks.ts'
import type { Setting } from '../engine/effect-rule.ts'
import type { Flow } from '../engine/flow.ts'
import type { Request } from '../engine/request.ts'
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

export interface CardState {
  readonly request: Request
  readonly flow: Flow
  readonly now: Instant
  readonly timeZone: string
  readonly calendar: BusinessCalendar
  /** What the team's configuration decides about a flow: which decisions are offered and what they do. */
  readonly settings: Readonly<Record<Setting, boolean>>
  /** The request's own deadline first, then the step's; a ticket has the step's alone. */
  readonly clocks: readonly ShownClock[]
  readonly work: readonly WorkLine[]
  /** A permalink to the card in Slack, for lists. */
  readonly cardUrl?: string
}

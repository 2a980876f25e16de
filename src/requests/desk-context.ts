/** What the shell around `decide` works with. Handed in once, at start. */
import type { Desks } from '../desks/desk.ts'
import type { BusinessCalendar } from '../engine/business-time.ts'
import type { Place } from '../engine/clocks.ts'
import type { Setting } from '../engine/effect.ts'
import type { Circumstances, Flows } from '../engine/flow.ts'
import { type Instant, toInstant } from '../engine/time.ts'
import type { Store } from '../store/store.ts'

/** What the bot itself did in this time is news to it. */
export interface Forgotten {
  readonly from: Instant
  readonly to: Instant
}

export interface DeskContext {
  readonly store: Store
  readonly desks: Desks
  /** Of all of them. */
  readonly flows: Flows
  readonly now: () => Date
  /** Opaque and unique: names requests and effects. */
  readonly newId: () => string
  readonly timeZone: string
  readonly calendar: BusinessCalendar
  readonly requirePrivacyApproval: boolean
  readonly settings: Readonly<Record<Setting, boolean>>
  /** Since a restore: the time of which the bot knows nothing. */
  readonly forgotten?: Forgotten
  /** There is something new in the outbox. */
  readonly wakeWorker: () => void
}

export function nowOf(context: DeskContext): Instant {
  return toInstant(context.now())
}

export function circumstancesOf(context: DeskContext): Circumstances {
  const { requirePrivacyApproval, settings } = context
  return { ...placeOf(context), requirePrivacyApproval, settings }
}

/** Where and when the clocks are read. */
export function placeOf(context: DeskContext): Place {
  const { timeZone, calendar } = context
  return { now: nowOf(context), timeZone, calendar }
}

/** The context in which the shell around `decide` works. It is handed in once, at start. */
import type { Desks } from '../desks/desk.ts'
import type { BusinessCalendar } from '../engine/business-time.ts'
import type { Place } from '../engine/clocks.ts'
import type { Setting } from '../engine/effect.ts'
import type { Circumstances, Flows } from '../engine/flow.ts'
import { type Instant, toInstant } from '../engine/time.ts'
import type { Store } from '../store/store.ts'

/** A time of which the bot knows nothing since its database was restored: what it did itself then is news to it. */
export interface Forgotten {
  readonly from: Instant
  readonly to: Instant
}

/** The services, desks and settings that handling a request needs. */
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

/** Returns the instant of the context's clock. */
export function nowOf(context: DeskContext): Instant {
  return toInstant(context.now())
}

/** Returns the circumstances of a decision that is made now. */
export function circumstancesOf(context: DeskContext): Circumstances {
  const { requirePrivacyApproval, settings } = context
  return { ...placeOf(context), requirePrivacyApproval, settings }
}

/** Returns the instant, time zone and calendar by which clocks are read now. */
export function placeOf(context: DeskContext): Place {
  const { timeZone, calendar } = context
  return { now: nowOf(context), timeZone, calendar }
}

/** The context in which the shell around `decide` works. It is handed in once, at start. */
import type { Desks } from '../desks/desk.ts'
import type { BusinessCalendar } from '../engine/business-time.ts'
import { deadlineOf, type RunningClock, type TimeContext } from '../engine/clocks.ts'
import type { Setting } from '../engine/effect.ts'
import type { DecisionEnvironment, Flow, Flows, LabelApproves } from '../engine/flow.ts'
import { nextChangeAt } from '../engine/next-action.ts'
import type { Request } from '../engine/request.ts'
import { endOfClock, type Instant, plus, toInstant } from '../engine/time.ts'
import type { Store } from '../store/store.ts'
import type { Accounts } from './accounts.ts'

/** A time of which the bot knows nothing since its database was restored: what it did itself then is news to it. */
export interface RestoreGap {
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
  /** The instant at which this process started: what was created before is found, and does not come in. */
  readonly startedAt: Instant
  /** Opaque and unique: names requests and effects. */
  readonly newId: () => string
  readonly timeZone: string
  readonly calendar: BusinessCalendar
  readonly requirePrivacyApproval: boolean
  /** What a label is worth that stands for an approval and is set by hand; left out: `yes`. */
  readonly labelApproves?: LabelApproves
  /** Seconds for which a public reply waits with Undo on the card; left out or 0: it goes out at once. */
  readonly undoSeconds?: number
  /** Days without progress on its meta issue after which a request counts as stuck. */
  readonly stuckAfterDays: number
  /**
   * Names all that the next action and the clocks hang on besides the request and the time: this version, its flows, and
   * the settings. What was kept under another name is judged anew; left out: there is only one.
   */
  readonly judgement?: string
  readonly settings: Readonly<Record<Setting, boolean>>
  /** Who has which account in the services; left out: nobody is known to have one. */
  readonly accounts?: Accounts
  /** Since a restore: the time of which the bot knows nothing. */
  readonly restoreGap?: RestoreGap
  /** There is something new in the outbox. */
  readonly wakeWorker: () => void
}

/** Returns the instant of the context's clock. */
export function nowOf(context: DeskContext): Instant {
  return toInstant(context.now())
}

/** Returns the environment of a decision that is made now. */
export function environmentOf(context: DeskContext): DecisionEnvironment {
  const { requirePrivacyApproval, labelApproves, settings } = context
  return {
    ...{ ...placeOf(context), requirePrivacyApproval, settings },
    ...(labelApproves && { labelApproves }),
  }
}

/** Returns the instant, time zone and calendar by which clocks are read now. */
export function placeOf(context: DeskContext): TimeContext {
  const { timeZone, calendar } = context
  return { now: nowOf(context), timeZone, calendar }
}

/**
 * The number of days before the end at which whoever has the request is called: time enough for the teams that carry a
 * deletion out.
 */
const warnDays = 5
/** The number of days before the end at which others are called: what is left for them to step in. */
const escalateDays = 1
/** Of a ticket's business day: what is left of an afternoon. */
const warnHours = 3
const hourMs = 3_600_000

/**
 * Returns the instant at which the card or a reminder has something new to say although no event comes: always later
 * than now, or undefined when no clock runs any more.
 */
export function refreshAtOf(context: DeskContext, request: Request): Instant | undefined {
  const flow = context.flows[request.flow]
  if (!flow || flow.steps[request.step]?.isClosed) return undefined
  const place = placeOf(context)
  const { stuckAfterDays } = context
  const instants = [
    nextChangeAt({ flow, request }, { ...place, stuckAfterDays }),
    ...reminderInstants(flow, request, place),
  ]
  return instants.flatMap((at) => (at ? [at] : [])).sort()[0]
}

/** Returns the instants to come at which somebody is called before the deadline. */
function reminderInstants(flow: Flow, request: Request, place: TimeContext): readonly Instant[] {
  const clock = deadlineOf(flow, request, place)
  if (!clock) return []
  const { warnAt, escalateAt } = reminderTimes(clock, request, place)
  return [warnAt, escalateAt].flatMap((at) => (at !== undefined && at > place.now ? [at] : []))
}

/**
 * Returns the instants of the calls before a deadline: 00:00 of the day on which five days are left, and of that on which
 * one is; of a ticket's one business day, three hours before its end alone. Holds and extensions move them with the end.
 */
export function reminderTimes(
  clock: RunningClock,
  { createdAt }: Request,
  { timeZone }: TimeContext,
): { readonly warnAt?: Instant; readonly escalateAt?: Instant } {
  const { length, pausedDays, extendedDays, overAt } = clock
  if ('days' in length) {
    const days = length.days + pausedDays + extendedDays
    const daysBefore = (count: number) => endOfClock(createdAt, days - count - 1, timeZone).overAt
    return {
      warnAt: daysBefore(Math.min(warnDays, Math.floor(days / 2))),
      escalateAt: daysBefore(escalateDays),
    }
  }
  if ('until' in length || length.businessDays > 1) return {}
  return { warnAt: hoursBefore(overAt, warnHours) }
}

function hoursBefore(at: Instant, hours: number): Instant {
  return plus(at, -hours * hourMs)
}

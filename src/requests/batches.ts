/** Compliance reports by distribution day: "Reports are distributed on Mondays & Thursdays with adjustments for US holidays." */

import type { Desk } from '../desks/desk.ts'
import { distributionDaysFrom } from '../engine/business-time.ts'
import type { Request } from '../engine/request.ts'
import { dayIn } from '../engine/time.ts'
import type { NamedDecision } from '../engine/traits.ts'
import { batchDecision } from '../engine/traits.ts'
import type { RequestRow } from '../store/store.ts'
import { batchName, deskWithBatches, drawBatch } from './ask-for-effects.ts'
import type { CardStateParts } from './card-states.ts'
import { nowOf } from './desk-context.ts'
import { isClosed } from './handle-event.ts'
import { isInRestoreGap } from './restore-gap.ts'

/** The state from which the list of a distribution day is drawn. It holds no personal data. */
export interface BatchState {
  readonly desk: Desk
  /** `2026-11-30` */
  readonly day: string
  /** The decision for each of them; left out where no flow has one. */
  readonly decision?: NamedDecision
  /** Seconds for which each reply waits; left out: it goes out at once. */
  readonly undoSeconds?: number
  /** By ticket. */
  readonly reports: readonly {
    readonly request: Request
    readonly report: string
    readonly isSent: boolean
    /** A permalink to the card. */
    readonly cardUrl?: string
  }[]
}

/** Two weeks of them. */
const daysShown = 4

/** Reads the state of the list of a day, `2026-11-30`. */
export async function batchOf({ context, cardUrl }: CardStateParts, day: string): Promise<BatchState> {
  const rows = await context.store.tables.requests.promisedFor(day)
  const decision = batchDecision(context.flows, 'report')
  const { undoSeconds = 0 } = context
  return {
    desk: deskWithBatches(context),
    day,
    ...(decision && { decision }),
    ...(undoSeconds > 0 && { undoSeconds }),
    reports: rows.flatMap((row) => {
      const { promisedReport } = row.facts
      // Promised and then closed otherwise: nothing is sent on this day.
      if (!promisedReport || (isClosed(context, row) && !wasSent(row))) return []
      const url = row.card && cardUrl(row.card)
      return [
        {
          request: row,
          report: promisedReport.report,
          isSent: isClosed(context, row),
          ...(url ? { cardUrl: url } : {}),
        },
      ]
    }),
  }
}

/** Reads the days whose reports should have been sent and were not, then the next days. */
export async function nextBatches(parts: CardStateParts): Promise<readonly BatchState[]> {
  const { store, timeZone, calendar } = parts.context
  const today = dayIn(timeZone, nowOf(parts.context))
  const days = await store.tables.requests.missedDays(today, deskWithBatches(parts.context).source)
  const next = distributionDaysFrom(today, daysShown, calendar)
  return Promise.all([...days, ...next].map((day) => batchOf(parts, day)))
}

/** Posts on each distribution day the list of what is to be sent, once, however often the bot restarts or is restored. */
export async function postBatchWhenDue(
  parts: CardStateParts & { readonly digestAt: TimeOfDay },
): Promise<void> {
  const { context } = parts
  const now = nowOf(context)
  const day = dayIn(context.timeZone, now)
  if (!isPast(now, parts.digestAt, context.timeZone)) return
  if ((await context.store.tables.settings.get(batchName(day))) !== undefined) return
  // It may have been posted after the backup that the bot woke up in.
  if (isInRestoreGap(context.restoreGap, timeOfDay(now, parts.digestAt, context.timeZone))) return
  const { reports } = await batchOf(parts, day)
  if (reports.length === 0) return
  await context.store.transaction(async (tables) => {
    // Somebody else may have looked at the same time, and have posted it by now.
    if ((await tables.settings.get(batchName(day))) !== undefined) return
    // Promises are only made for distribution days, so a day with reports is one.
    await tables.settings.set(batchName(day), '')
    await drawBatch(context, tables, day)
  })
  context.wakeWorker()
}

function wasSent({ facts }: RequestRow): boolean {
  return facts.reportSentAt !== undefined
}

/** A time of day in the context's time zone. */
export interface TimeOfDay {
  readonly hour: number
  readonly minute: number
}

/** True when the instant is at or after this time of its day. */
export function isPast(now: string, { hour, minute }: TimeOfDay, timeZone: string): boolean {
  const local = Temporal.Instant.from(now).toZonedDateTimeISO(timeZone).toPlainTime()
  return Temporal.PlainTime.compare(local, Temporal.PlainTime.from({ hour, minute })) >= 0
}

/** Returns the instant of this time of day on the day of the instant `now`. */
export function timeOfDay(now: string, { hour, minute }: TimeOfDay, timeZone: string): string {
  const local = Temporal.Instant.from(now).toZonedDateTimeISO(timeZone).with({ hour, minute, second: 0 })
  return new Date(local.epochMilliseconds).toISOString()
}

/** The weekly report of a desk: exactly once a week, however often the bot restarts. */

import type { Desk } from '../desks/desk.ts'
import type { Report } from '../engine/effects/messages.ts'
import { dayIn, type Instant } from '../engine/time.ts'
import type { TimeOfDay } from './batches.ts'
import { type DeskContext, nowOf } from './desk-context.ts'
import { isInRestoreGap } from './restore-gap.ts'
import { type StatsState, statsOf } from './stats.ts'
import { throughputOf } from './throughput.ts'

/** A day of the week, 1 is Monday, and a time on it. */
export interface WeeklyTime extends TimeOfDay {
  readonly weekday: number
}

/** The parts that asking for a report needs. */
export interface ReportParts {
  readonly context: DeskContext
  readonly desk: Desk
  readonly reportAt: WeeklyTime
}

const daysOfWeek = 7
/** A bot that was down when its time came reports when it is back; later than this the next one tells it all. */
const lateHours = 48
const hourMs = 3_600_000

/** Asks for the report of the week once its time has come; it is drawn when it is posted. */
export async function reportWhenDue({ context, desk, reportAt }: ReportParts): Promise<void> {
  const now = nowOf(context)
  const at = lastTime(now, reportAt, context.timeZone)
  if (Date.parse(now) - Date.parse(at) > lateHours * hourMs) return
  const day = dayIn(context.timeZone, at)
  const name = `report:${desk.name}:${day}`
  if ((await context.store.tables.settings.get(name)) !== undefined) return
  // It may have been posted after the backup that the bot woke up in.
  if (isInRestoreGap(context.restoreGap, at)) return
  // The first week of a bot is told once it is over: it has nothing to tell of the time before it was there.
  const since = await context.store.tables.settings.get(knownName(desk))
  if (since === undefined || at < since) return
  await context.store.transaction(async (tables) => {
    if (!(await tables.settings.claimOnce(name, now))) return
    const work: Report = { kind: 'report', desk: desk.name, day }
    await tables.outbox.add([{ opId: context.newId(), lane: 'channel', work, dueAt: now, createdAt: now }])
  })
  context.wakeWorker()
}

/** Keeps since when the desk is there: from then on its weeks are told. */
export async function rememberDesk({ store, now }: DeskContext, desk: Desk): Promise<void> {
  const { settings } = store.tables
  if ((await settings.get(knownName(desk))) === undefined)
    await settings.claimOnce(knownName(desk), now().toISOString())
}

function knownName({ name }: Desk): string {
  return `report-since:${name}`
}

/** The last time that was this day of the week and this time of day. */
function lastTime(now: Instant, { weekday, hour, minute }: WeeklyTime, timeZone: string): Instant {
  const local = Temporal.Instant.from(now).toZonedDateTimeISO(timeZone)
  const back = (local.dayOfWeek - weekday + daysOfWeek) % daysOfWeek
  const that = local.subtract({ days: back }).with({ hour, minute, second: 0, millisecond: 0 })
  const last = Temporal.ZonedDateTime.compare(that, local) > 0 ? that.subtract({ days: daysOfWeek }) : that
  return new Date(last.epochMilliseconds).toISOString()
}

/** Reads what the report of the last seven days tells. */
export async function reportState(context: DeskContext, desk: Desk): Promise<StatsState> {
  return {
    ...(await statsOf(context, desk, daysOfWeek)),
    throughput: await throughputOf(context, desk, daysOfWeek),
  }
}

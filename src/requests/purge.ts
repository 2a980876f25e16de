/** What is kept of a closed request beside its audit entries goes after the retention time. */
import { dayIn, plus } from '../engine/time.ts'
import { type DeskContext, nowOf } from './desk-context.ts'

const dayMs = 24 * 3_600_000

/** Once a day. */
export async function purgeWhenDue(context: DeskContext, retentionDays: number): Promise<void> {
  const now = nowOf(context)
  if (!(await context.store.tables.settings.claimOnce(`purge:${dayIn(context.timeZone, now)}`, now))) return
  await context.store.purge(plus(now, -retentionDays * dayMs))
}

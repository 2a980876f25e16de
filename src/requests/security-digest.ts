/** What the daily digest of the security desk is drawn from. */
import { calendarEndsSoon } from '../engine/business-time.ts'
import { dayIn } from '../engine/time.ts'
import { stepAt } from '../engine/traits.ts'
import type { RequestRow } from '../store/store.ts'
import type { SecurityDigestState } from '../views/security-digest-state.ts'
import { batchOf } from './batches.ts'
import { type CardStateParts, lineStateOf } from './card-states.ts'
import { nowOf } from './desk-context.ts'

const dayMs = 24 * 3_600_000

export interface SecurityDigestParts extends CardStateParts {
  /** E-mails that Zendesk holds back as suspected spam; undefined where that can't be known. */
  readonly suspended: () => Promise<number | undefined>
  /** A sentence for the day, where the bot signs in to Zendesk with something that ends. */
  readonly apiTokensEnd: (today: string) => string | undefined
}

export async function securityDigestState(parts: SecurityDigestParts): Promise<SecurityDigestState> {
  const { store, timeZone, calendar } = parts.context
  const now = nowOf(parts.context)
  const today = dayIn(timeZone, now)
  const yesterday = new Date(Date.parse(now) - dayMs).toISOString()
  const open = await store.tables.requests.open('zendesk')
  const closed = await store.tables.requests.closedSince(yesterday, 'zendesk')
  const isSince = (at: string | undefined) => at !== undefined && at > yesterday
  const all = [...open, ...closed]
  const isRedirected = (row: RequestRow) => stepAt(parts.context.flows, row)?.outcome === 'redirected'
  const batch = await batchOf(parts, today)
  const suspended = await parts.suspended()
  const apiTokensEnd = parts.apiTokensEnd(today)
  return {
    now,
    timeZone,
    open: open.map((row) => lineStateOf(parts, row)),
    sinceYesterday: {
      new: all.filter(({ createdAt }) => isSince(createdAt)).length,
      solved: closed.filter((row) => !isRedirected(row)).length,
      redirected: closed.filter(isRedirected).length,
      reopened: all.filter(({ facts }) => isSince(facts.reopenedAt)).length,
    },
    ...(batch.reports.length > 0 ? { batch } : {}),
    ...(suspended === undefined ? {} : { suspended }),
    ...(apiTokensEnd === undefined ? {} : { apiTokensEnd }),
    calendarEndsSoon: calendarEndsSoon(today, calendar),
    checkedUntil: calendar.checkedUntil,
  }
}

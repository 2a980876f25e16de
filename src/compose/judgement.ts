/** Names all that a request is judged by besides itself and the time. */
import { createHash } from 'node:crypto'
import packageJson from '../../package.json' with { type: 'json' }
import { dayBeside } from '../engine/time.ts'
import type { DeskContext } from '../requests/desk-context.ts'

/** Days before the last one for which holidays are known: more than any request is open. */
const daysAsked = 10 * 365
/** Enough to tell any two apart: it stands beside each request. */
const charactersOfName = 10

/**
 * Returns a name that differs where the version, the flows, the calendar or a setting does: what was judged by others is
 * judged anew.
 */
export function judgementOf(context: Omit<DeskContext, 'judgement'>): string {
  const { flows, timeZone, calendar, requirePrivacyApproval, labelApproves, stuckAfterDays, settings } =
    context
  const holidays = Array.from({ length: daysAsked }, (_, back) =>
    dayBeside(calendar.checkedUntil, -back),
  ).filter(calendar.isHoliday)
  const all = [
    ...[packageJson.version, flows, timeZone, holidays],
    ...[requirePrivacyApproval, labelApproves, stuckAfterDays, settings],
  ]
  return createHash('sha256').update(JSON.stringify(all)).digest('base64url').slice(0, charactersOfName)
}

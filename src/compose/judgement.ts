/** Names all that a request is judged by besides itself and the time. */
import { createHash } from 'node:crypto'
import packageJson from '../../package.json' with { type: 'json' }
import type { DeskContext } from '../requests/desk-context.ts'

/** Enough to tell any two apart: it stands beside each request. */
const charactersOfName = 10

/**
 * Returns a name that differs where the version, the flows, the calendar or a setting does: what was judged by others is
 * judged anew.
 */
export function judgementOf(
  context: Omit<DeskContext, 'judgement'>,
  /** Of the calendar. */
  daysOff: readonly string[],
): string {
  const { flows, timeZone, requirePrivacyApproval, labelApproves, stuckAfterDays, settings } = context
  const all = [
    ...[packageJson.version, flows, timeZone, daysOff],
    ...[requirePrivacyApproval, labelApproves, stuckAfterDays, settings],
  ]
  return createHash('sha256').update(JSON.stringify(all)).digest('base64url').slice(0, charactersOfName)
}

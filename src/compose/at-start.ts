/** What is said at the start, in the log and in the audit log. */

import packageJson from '../../package.json' with { type: 'json' }
import type { Config } from '../config/config.ts'
import { calendarEndsSoon } from '../engine/business-time.ts'
import { dayIn } from '../engine/time.ts'
import type { Log } from '../http/log.ts'
import { type DeskContext, nowOf } from '../requests/desk-context.ts'
import { apiTokensEndText, daysOfApiTokens } from '../services/zendesk/sign-in.ts'

/** Who has lost the old one reads what they have now; docs/operating.md says what to look up. */
const newDatabase =
  'the database is new: every open request of the last 60 days is taken in where its replies and labels in GitLab put it, every ticket of the queue in Zendesk at its beginning, and the audit log begins'

export async function sayAtStart(config: Config, context: DeskContext, log: Log): Promise<void> {
  const { audit } = context.store.tables
  if ((await audit.head()).seq === 0) log.info({ zendesk: config.zendesk !== undefined }, newDatabase)
  await audit.append({
    at: nowOf(context),
    what: 'started',
    who: 'bot',
    details: {
      version: packageJson.version,
      node: process.version,
      timeZone: config.timezone,
      requirePrivacyApproval: config.requirePrivacyApproval,
      securityDesk: config.zendesk !== undefined,
    },
  })
  for (const warning of config.warnings) log.warn({}, warning)
  if (!config.zendesk) log.info({}, 'ZENDESK_URL is not set: the security desk and everything Zendesk is off')
  const { calendar, timeZone } = context
  const today = dayIn(timeZone, nowOf(context))
  if (config.zendesk && 'token' in config.zendesk) {
    const days = daysOfApiTokens(today)
    log.warn({ days }, `${apiTokensEndText(days)}: set ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET instead`)
  }
  if (calendarEndsSoon(today, calendar))
    log.warn({ checkedUntil: calendar.checkedUntil }, 'the calendar of US federal holidays ends soon')
}

/** The bot as operators see it: whether it is ready, and the messages at the start. */

import packageJson from '../../package.json' with { type: 'json' }
import type { Config } from '../config/config.ts'
import { calendarEndsSoon } from '../engine/business-time.ts'
import { dayIn, type Instant } from '../engine/time.ts'
import type { Log } from '../http/log.ts'
import type { Ready } from '../http/server.ts'
import { type DeskContext, nowOf } from '../requests/desk-context.ts'
import type { SlackClient } from '../services/slack/client.ts'
import { apiTokensEndText, daysOfApiTokens } from '../services/zendesk/sign-in.ts'

interface Watched {
  /** Returns the earliest instant at which an effect is due. */
  readonly nextDueAt: () => Promise<Instant | undefined>
  readonly slack: Pick<SlackClient, 'whoAmI'>
  readonly isConnected: () => boolean
  readonly isStopping: () => boolean
  readonly now: () => Date
}

/** A probe comes every few seconds; Slack is asked at most this often. */
const askEveryMs = 30_000
/** An effect that has been due for this long and was not even tried: the worker does not work. */
const lateMs = 120_000

export function readiness({
  nextDueAt: nextEffectDueAt,
  slack,
  isConnected,
  isStopping,
  now,
}: Watched): () => Promise<Ready> {
  let asked: { readonly at: number; readonly reachable: Promise<boolean> } | undefined
  const slackIsReachable = () => {
    const at = now().getTime()
    if (!asked || at - asked.at >= askEveryMs || at < asked.at)
      asked = {
        at,
        reachable: slack.whoAmI().then(
          () => true,
          () => false,
        ),
      }
    return asked.reachable
  }
  return async () => {
    if (isStopping()) return { isReady: false, because: ['the bot is stopping'] }
    const because: string[] = []
    const nextDueAt = await nextEffectDueAt().catch(() => {
      because.push('the database does not answer')
      return undefined
    })
    if (nextDueAt !== undefined && now().getTime() - Date.parse(nextDueAt) > lateMs)
      because.push('the worker does not keep up')
    if (!isConnected()) because.push('the Socket Mode connection is down')
    else if (!(await slackIsReachable())) because.push('Slack is not reachable')
    return { isReady: because.length === 0, because }
  }
}

/** Who has lost the old one reads what they have now; docs/operating.md says what to look up. */
const newDatabase =
  'the database is new: every open request of the last 60 days is taken in where its replies and labels in GitLab put it, every ticket of the queue in Zendesk at its beginning, and the audit log begins'

export async function logStartup(config: Config, context: DeskContext, log: Log): Promise<void> {
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
    log.warn({ days }, `${apiTokensEndText(today)}: set ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET instead`)
  }
  if (calendarEndsSoon(today, calendar))
    log.warn({ checkedUntil: calendar.checkedUntil }, 'the calendar of US federal holidays ends soon')
}

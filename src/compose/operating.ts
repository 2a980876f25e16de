/** The bot as operators see it: whether it is ready, the metrics for Prometheus, the messages at the start. */

import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import packageJson from '../../package.json' with { type: 'json' }
import type { Config } from '../config/config.ts'
import type { Desk, Statistics } from '../desks/desk.ts'
import { calendarEndsSoon } from '../engine/business-time.ts'
import { dayIn, type Instant } from '../engine/time.ts'
import { type Counted as CountedHere, type Counts, counted } from '../http/counts.ts'
import type { Log } from '../http/log.ts'
import type { Ready } from '../http/server.ts'
import { type DeskContext, nowOf } from '../requests/desk-context.ts'
import { countBySteps, openRequestsOf } from '../requests/open-requests.ts'
import { countOverdue } from '../requests/stats.ts'
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

/** One line of a metric that has labels. */
interface Counted<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>
  readonly count: number
}

export function metricsOf(context: DeskContext, counts: Pick<Counts, 'of'>): () => Promise<string> {
  const { requests, inbox, outbox } = context.store.tables
  const registry = new Registry()
  gauge(registry, 'inbox_waiting', 'What came in and is not handled yet', () => inbox.pendingCount())
  for (const what of ['given_up', 'dropped'] as const) countsSinceStart(registry, counts, what)
  gauge(registry, 'outbox_unfinished', 'Effects that are not done', () => outbox.unfinishedCount())
  labelledGauge(registry, 'requests_open', 'Open requests, by desk', 'desk', () =>
    Promise.all(
      context.desks.all.map(async ({ name, source }) => ({
        labels: { desk: name },
        count: (await requests.standings(source)).reduce((sum, { count }) => sum + count, 0),
      })),
    ),
  )
  for (const desk of context.desks.all)
    if (desk.statistics) addStatistics(registry, context, desk, desk.statistics)
  gauge(registry, 'reports_promised', 'Compliance reports that are promised and not sent', () =>
    requests.openWithPromise(),
  )
  const all = Registry.merge([processRegistry(), registry])
  return () => all.metrics()
}

let ofProcess: Registry | undefined

/** One for all bots of this process: what watches the process is never taken away again. */
function processRegistry(): Registry {
  if (!ofProcess) {
    ofProcess = new Registry()
    collectDefaultMetrics({ register: ofProcess, prefix: 'privacy_desk_' })
  }
  return ofProcess
}

/** All of them 0 where the service is off. */
function addStatistics(registry: Registry, context: DeskContext, desk: Desk, { title }: Statistics): void {
  const prefix = `${desk.words.noun}s`
  const noun = title.charAt(0).toLowerCase() + title.slice(1)

  labelledGauge(registry, `${prefix}_open`, `Open ${noun}, by step`, 'step', async () =>
    byStep(desk, countBySteps(await openRequestsOf(context, desk))),
  )
  gauge(registry, `${prefix}_overdue`, `Open ${noun} whose clock is over`, () => countOverdue(context, desk))
}

function countsSinceStart(registry: Registry, counts: Pick<Counts, 'of'>, what: CountedHere): void {
  new Counter({
    name: `privacy_desk_${what}_total`,
    help: counted[what],
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [kind, count] of counts.of(what)) this.inc({ kind }, count)
    },
  })
}

/** Every open step of the flows, so that one without requests reads 0 and is not missing. */
function byStep({ flows }: Desk, counts: ReadonlyMap<string, number>): readonly Counted<'step'>[] {
  const steps = flows.flatMap((flow) => Object.entries(flow.steps)).filter(([, { isClosed }]) => !isClosed)
  return steps.map(([step]) => ({ labels: { step }, count: counts.get(step) ?? 0 }))
}

function gauge(registry: Registry, name: string, help: string, read: () => Promise<number>): void {
  new Gauge({
    name: `privacy_desk_${name}`,
    help,
    registers: [registry],
    async collect() {
      this.set(await read())
    },
  })
}

function labelledGauge<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  label: Label,
  read: () => Promise<readonly Counted<Label>[]>,
): void {
  new Gauge({
    name: `privacy_desk_${name}`,
    help,
    labelNames: [label],
    registers: [registry],
    async collect() {
      for (const { labels, count } of await read()) this.set({ ...labels }, count)
    },
  })
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
    log.warn({ days }, `${apiTokensEndText(days)}: set ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET instead`)
  }
  if (calendarEndsSoon(today, calendar))
    log.warn({ checkedUntil: calendar.checkedUntil }, 'the calendar of US federal holidays ends soon')
}

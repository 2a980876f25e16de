/** Puts everything together from what is handed in: configuration, clock, randomness, HTTP transport, log. Tests start here. */

import { randomBytes } from 'node:crypto'
import { answerOrLate, type Clock, nextTurn, serverClock } from './clock.ts'
import { type Bot, buildBot, isOn, type ServiceParts } from './compose/bot.ts'
import { deskOf } from './compose/desk-queries.ts'
import { wireEffects } from './compose/effects.ts'
import { logStartup, readiness } from './compose/operating.ts'
import { shippedDesks, shippedServices } from './compose/shipped.ts'
import type { Config } from './config/config.ts'
import type { StaffedDesk } from './desks/desk.ts'
import { learnCountries } from './form/country.ts'
import { loadReaders } from './form/markup.ts'
import { createCounts } from './http/counts.ts'
import type { Log } from './http/log.ts'
import { networkThrough, type Outgoing, outgoing } from './http/outgoing.ts'
import { type Listen, listenWith, requestListener } from './http/server.ts'
import { giveUp } from './inbox/give-up.ts'
import { handleEntry } from './inbox/intake.ts'
import { createSlackApp } from './listeners/slack-app.ts'
import { repeatEvery } from './listeners/timers.ts'
import { createInboxLoop } from './queue/inbox-loop.ts'
import { limitShare, lookAtLeaseSeconds, roundsLease } from './queue/replicas.ts'
import { postAskedFor } from './requests/backlog.ts'
import { postBatchWhenDue } from './requests/batches.ts'
import type { CardStateParts } from './requests/card-states.ts'
import { digestWhenDue } from './requests/digest.ts'
import { pollOnce } from './requests/poll-rounds.ts'
import { purgeWhenDue, remind } from './requests/remind.ts'
import { rememberDesk, reportWhenDue } from './requests/report.ts'
import { keepStandings } from './requests/standing.ts'
import { keepToProject, refuseOtherProject } from './services/gitlab/own-project.ts'
import type { Service, Services } from './services/service.ts'
import { answerWithChart } from './services/slack/chart-sender.ts'
import { openStore } from './store/open-store.ts'
import type { Store } from './store/store.ts'

export interface AppParts {
  readonly config: Config
  /** Those that are shipped unless given. */
  readonly desks?: (config: Config) => readonly StaffedDesk[]
  /** The services in which the desks' requests are; those that are shipped unless given. */
  readonly services?: (parts: ServiceParts) => Services
  readonly clock: Clock
  /** The machine's clock, by which Slack signs; what it signs for the future is refused. */
  readonly wallClock?: () => Date
  /** At least 0, below 1. */
  readonly random: () => number
  readonly fetch: typeof globalThis.fetch
  /** How many milliseconds a service has for one answer; as long as each client says unless given. */
  readonly answerWithinMs?: number
  /** How many milliseconds a statement waits for another process that writes; as long as the store says unless given. */
  readonly busyTimeoutMs?: number
  /**
   * The milliseconds for which a replica that is told to stop only says so at /readyz, and goes on taking what comes; 0
   * unless given, and where it is the only one.
   */
  readonly leaveMs?: number
  /** The milliseconds after which a stop gives up the calls in flight, instead of the bot's own. */
  readonly stopWithinMs?: number
  readonly log: Log
  /** This many random bytes, in hexadecimal: ids and references. The operating system's unless given. */
  readonly randomHex?: (bytes: number) => string
  /** A server of this process unless given. */
  readonly listen?: Listen
}

export interface App {
  readonly port: number
  /** Works until nothing is left that is due now; asks nobody whether there is anything new. */
  drain(): Promise<void>
  /** Polls every service and looks at the clocks once, then works until nothing is left that is due now. */
  settle(): Promise<void>
  /**
   * Takes nothing new at once, finishes the calls in flight or gives them up at a limit, closes the database. Asked for
   * again it is the same stop.
   */
  stop(): Promise<void>
}

/** A start waits no longer for GitLab to say which project is at the path. */
const projectWithinMs = 3_000

/** Fails where the database or the Slack workspace is not as it has to be, with a sentence that says so. */
export async function startApp(parts: AppParts): Promise<App> {
  const { busyTimeoutMs } = parts
  const store = await openStore({
    databaseUrl: parts.config.databaseUrl,
    now: parts.clock.now,
    ...(busyTimeoutMs !== undefined && { busyTimeoutMs }),
  })
  try {
    // Where there is a server its clock is everybody's; a simulated time is everybody's already.
    const clock =
      store.serverTime && parts.wallClock
        ? await serverClock(parts.clock, store.serverTime, parts.log)
        : undefined
    return await start({ ...parts, ...(clock && { clock }) }, store, clock?.measure)
  } catch (error) {
    await store.close()
    throw error
  }
}

async function start(parts: AppParts, store: Store, measureClock?: () => Promise<void>): Promise<App> {
  const { clock, config, random, log, desks = shippedDesks, services: servicesOf = shippedServices } = parts
  const { now } = clock
  const { fetch: direct, dispatcher } = networkThrough(config.proxy, parts.fetch)
  const calls = outgoing(direct)
  const { fetch } = calls
  const { answerWithinMs, leaveMs = 0, randomHex = (bytes) => randomBytes(bytes).toString('hex') } = parts
  const stopping = new AbortController()
  const counts = createCounts()
  const bot = await buildBot({
    ...{ clock, config, counts, fetch, log, random, randomHex, servicesOf, store },
    ...(answerWithinMs !== undefined && { answerWithinMs }),
    owner: randomHex(8),
    desks: desks(config),
    wakeInbox: () => inbox.wake(),
    wakeWorker: () => worker.wake(),
    stopped: stopping.signal,
  })
  const { context, owner, services, tell, workspace } = bot
  const { gitlab, moved, slack } = bot.connections
  const { project } = config.gitlab
  await refuseOtherProject(store, project, () =>
    answerOrLate(clock, projectWithinMs, gitlab.project(), () => undefined),
  )
  await keepToProject(store, project, moved)
  const share = limitShare({ store, clock, owner })
  const worker = wireEffects(bot, calls.whileHeld, share)
  const inbox = createInboxLoop({
    ...{ store, clock, log, owner, tell },
    ...{ whileHeld: calls.whileHeld, isAbandoned: calls.isAbandoned, givesWay: bot.isInRush },
    handle: handleEntry(bot),
    giveUp: giveUp(bot),
    onGivenUp: (kind) => counts.add('given_up', kind),
    wakeWorker: context.wakeWorker,
  })
  const slackApp = createSlackApp({
    config: config.slack,
    desk: deskOf(bot),
    ...{ log, fetch, clock },
    slack: {
      ...slack,
      answerWithChart: (to, chart, draw) => answerWithChart({ context, slack, log }, to, chart, draw),
    },
    ...(dispatcher && { dispatcher }),
    newReference: () => randomHex(4),
    wallClock: parts.wallClock,
  })
  await logStartup(config, context, log)
  const http = await (parts.listen ?? listenWith(clock))(
    requestListener({
      routes: {
        '/slack/events': config.slack.appToken === undefined ? slackApp.handleHttp : undefined,
        ...Object.fromEntries(
          Object.values(services).map(({ name, webhook }) => [`/webhooks/${name}`, webhook]),
        ),
      },
      ready: readiness({
        nextDueAt: worker.nextDueAt,
        isConnected: slackApp.isConnected,
        slack,
        now,
        isStopping: () => stopping.signal.aborted,
      }),
      metrics: metricsWhenAsked(bot),
      log,
    }),
    config.port,
  )
  await slackApp.start()
  // From here on Slack is listened to, and what it says is stored; what the forms need to be read is there before they are.
  loadReaders()
  await learnCountries(nextTurn)
  await worker.start()
  await inbox.start()
  /** Those of which this process has tried to read all: until then what is known may be of another day. */
  const polled = new Set<string>()
  let ticked = Promise.resolve()
  /** One behind the other: at the same time they would keep the standings of the same requests. */
  const tick = () => {
    ticked = ticked.catch(() => {}).then(() => tickClocks(bot, polled))
    return ticked
  }
  const pollOf = (service: Service) => () =>
    calls
      .round(() => pollOnce(context, service))
      .finally(async () => {
        if (polled.has(service.name)) return
        polled.add(service.name)
        // A digest may have waited for just this; what fails here is said by the next round.
        await tick().catch(() => {})
      })
  const rounds = roundsLease({ store, clock, owner })
  await rounds.look()
  const ifOurs = (round: () => Promise<void>) => async () => {
    if (rounds.isOurs()) await round()
  }
  const timers = [
    ...(measureClock ? [repeatEvery('server clock', 60, measureClock, { clock, log })] : []),
    ...(store.sharing.isShared
      ? [repeatEvery('lease', lookAtLeaseSeconds, rounds.look, { clock, log })]
      : []),
    repeatEvery('clocks', 20, ifOurs(tick), { clock, log }),
    ...Object.values(services).map((service) =>
      repeatEvery(`${service.name} poll`, service.pollSeconds, ifOurs(pollOf(service)), { clock, log }),
    ),
    repeatEvery(
      'housekeeping',
      60,
      ifOurs(() => housekeeping(bot)),
      { clock, log },
    ),
  ]
  log.info({ port: http.port, channels: workspace.channels }, 'privacy-desk is ready')

  let stopped: Promise<void> | undefined
  const workOff = async () => {
    do {
      await inbox.runUntilIdle()
      await worker.runUntilIdle()
    } while ((await store.tables.inbox.pending(now().toISOString(), 1)).length > 0)
  }
  return {
    port: http.port,
    drain: async () => {
      // What a round finds while it runs is worked off with the rest.
      await Promise.all(timers.map((timer) => timer.roundOver()))
      await workOff()
    },
    settle: async () => {
      for (const service of Object.values(services))
        await pollOf(service)().catch((error: unknown) => {
          log.warn({ error: String(error) }, `${service.title} could not be polled`)
        })
      // What was found is taken in before the digest speaks of it.
      await inbox.runUntilIdle()
      await tick()
      await workOff()
    },
    stop: () => {
      stopping.abort()
      stopped ??= stopInTime({ ...parts, leaveMs: store.sharing.isShared ? leaveMs : 0 }, calls, [
        http.close,
        slackApp.stop,
        ...timers.map((timer) => timer.stop),
        inbox.stop,
        worker.stop,
      ]).then(async () => {
        // Whoever can't be told of it waits for the end of the lease.
        await rounds.release().catch(() => undefined)
        await share.release().catch(() => undefined)
        await store.close()
        await dispatcher?.close()
      })
      return stopped
    },
  }
}

function metricsWhenAsked({ context, counts }: Pick<Bot, 'context' | 'counts'>): () => Promise<string> {
  let metrics: Promise<() => Promise<string>> | undefined
  return async () => {
    metrics ??= import('./compose/metrics.ts').then(({ metricsOf }) => metricsOf(context, counts))
    return (await metrics)()
  }
}

/** The time for what is under way, before its calls are given up: whoever waits for the process kills it after ten seconds (Docker). */
const stopWithinMs = 7_000
/** The time for what comes of that to be written. What is not is found in flight at the next start, and looked up. */
const settleWithinMs = 2_000

/** All at once, once whoever sends it something has had time to hear of it: nothing new comes in while something is still being finished. */
async function stopInTime(
  {
    clock,
    log,
    leaveMs,
    stopWithinMs: limitMs = stopWithinMs - leaveMs,
  }: Pick<AppParts, 'clock' | 'log' | 'stopWithinMs'> & { readonly leaveMs: number },
  calls: Outgoing,
  stops: readonly (() => void | Promise<void>)[],
): Promise<void> {
  calls.stopRounds()
  if (leaveMs > 0) await clock.sleep(leaveMs)
  const ended = Promise.all(stops.map((stop) => stop())).then(() => true)
  if (await answerOrLate(clock, limitMs, ended, () => false)) return
  log.warn({ limitMs }, 'calls in flight are given up: the next start looks up what came of them')
  calls.abandon()
  await answerOrLate(clock, settleWithinMs, ended, () => false)
}

async function tickClocks(
  bot: Pick<Bot, 'config' | 'services'> & CardStateParts,
  polled: ReadonlySet<string>,
): Promise<void> {
  const { context, config } = bot
  const { digestAt, digestDays, reportAt } = config
  await remind(context)
  await postAskedFor(context)
  for (const desk of context.desks.all.filter((one) => isOn(bot, one))) {
    if (desk.command.also.includes('batch')) await postBatchWhenDue({ ...bot, digestAt })
    if (polled.has(desk.source)) {
      await digestWhenDue({ context, digestAt, digestDays, desk })
      await rememberDesk(context, desk)
      if (reportAt) await reportWhenDue({ context, desk, reportAt })
    }
  }
  await keepStandings(context)
}

async function housekeeping({ context, config }: Pick<Bot, 'config' | 'context'>): Promise<void> {
  await context.store.checkpoint()
  await purgeWhenDue(context, config.retentionDays)
}

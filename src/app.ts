/** Puts everything together from what is handed in: configuration, clock, randomness, HTTP transport, log. Tests start here. */

import { randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'
import { sayAtStart } from './compose/at-start.ts'
import { connectionsOf } from './compose/connections.ts'
import { wireContext } from './compose/context.ts'
import { deskOf } from './compose/desk-queries.ts'
import { wireEffects } from './compose/effects.ts'
import { metricsOf } from './compose/metrics.ts'
import { readiness } from './compose/readiness.ts'
import { roundsOf } from './compose/rounds.ts'
import { shippedDesks } from './compose/shipped-desks.ts'
import { type ServiceParts, shippedServices, ticketReaderOf } from './compose/shipped-services.ts'
import type { Config } from './config/config.ts'
import { type Desk, nobodyHolds, type StaffedDesk } from './desks/desk.ts'
import type { Role } from './engine/request.ts'
import { loadSnippets } from './flows/snippets.ts'
import type { Log } from './http/log.ts'
import { networkThrough } from './http/proxy.ts'
import { type Listen, listenWith, requestListener } from './http/server.ts'
import { previewRedirect } from './inbox/handle-redirect-ticket.ts'
import type { Intake } from './inbox/handler.ts'
import { handleEntry } from './inbox/intake.ts'
import { readInTime } from './inbox/read-afresh.ts'
import { createSlackApp } from './listeners/slack-app.ts'
import { everySoOften } from './listeners/timers.ts'
import { createInboxLoop } from './queue/inbox-loop.ts'
import type { Services } from './services/service.ts'
import { rolesReader } from './services/slack/roles.ts'
import { findWorkspace } from './services/slack/workspace.ts'
import { openStore } from './store/open-store.ts'
import type { Store } from './store/store.ts'
import { answer } from './views/answers.ts'
import { taskText } from './views/what-it-does.ts'

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
  /** Takes nothing new, finishes the calls in flight, closes the database. */
  stop(): Promise<void>
}

/** Fails where the database or the Slack workspace is not as it has to be, with a sentence that says so. */
export async function startApp(parts: AppParts): Promise<App> {
  const store = await openStore({ databaseUrl: parts.config.databaseUrl, now: parts.clock.now })
  try {
    return await start(parts, store)
  } catch (error) {
    await store.close()
    throw error
  }
}

async function start(parts: AppParts, store: Store): Promise<App> {
  const { clock, config, random, log } = parts
  const { now } = clock
  const { fetch, dispatcher } = networkThrough(config.proxy, parts.fetch)
  const { randomHex = (bytes) => randomBytes(bytes).toString('hex') } = parts
  const connections = connectionsOf(config, fetch, clock)
  const { slack } = connections
  const staffed = (parts.desks ?? shippedDesks)(config)
  const snippets = loadSnippets()
  const wakeInbox = () => inbox.wake()
  const owner = randomHex(8)
  const stopping = new AbortController()
  const context = await wireContext({
    desks: staffed.map(({ desk }) => desk),
    config,
    store,
    now,
    randomHex,
    wakeWorker: () => worker.wake(),
  })
  const services = (parts.services ?? shippedServices)({
    ...{ clock, config, connections, context, snippets, wakeInbox, log },
  })
  const isOn = ({ source }: Pick<Desk, 'source'>) => Object.hasOwn(services, source)
  const switchedOn = staffed.filter(({ desk }) => isOn(desk))
  const workspace = await findWorkspace(slack, switchedOn, log)
  const cards = { context, taskText, cardUrl: workspace.cardUrl }
  const { whoIs, isHeld } = rolesReader({ slack, ...workspace, clock, stopped: stopping.signal })
  const vacancy = async (role: Role) => ((await isHeld(role)) ? undefined : nobodyHolds(context.desks, role))

  const worker = wireEffects({
    ...{
      clock,
      config,
      connections,
      services,
      workspace,
      cards,
      snippets,
      owner,
      random,
      log,
      wakeInbox,
      vacancy,
    },
  })
  const rounds = roundsOf({ config, cards, isOn })
  const tickets = ticketReaderOf(parts.config, connections, context)
  const intake: Intake = {
    ...{ clock, context, services, whoIs },
    vacancy,
    ...(tickets && { tickets: { reader: tickets } }),
    tell: async (to, text) => {
      await slack.answerPrivately(to, answer(text)).catch((error: unknown) => {
        log.warn({ userId: to.userId, error: String(error) }, 'a person could not be answered')
      })
    },
  }
  const inbox = createInboxLoop({
    store,
    clock,
    log,
    owner,
    handle: handleEntry(intake),
    tell: intake.tell,
    wakeWorker: context.wakeWorker,
  })
  const redirecting = { macros: config.desk.zendeskMacros, formUrl: config.desk.formUrl }
  const readAfresh = (requestId: string) => readInTime(intake, requestId)
  const slackApp = createSlackApp({
    config: config.slack,
    desk: deskOf({
      ...{ ...cards, services, whoIs, snippets, wakeInbox, readAfresh },
      previewRedirect: (asked) => previewRedirect(intake, redirecting, asked),
    }),
    slack,
    log,
    fetch,
    ...(dispatcher && { dispatcher }),
    newReference: () => randomHex(4),
    clock,
    wallClock: parts.wallClock,
  })
  await sayAtStart(config, context, log)
  const http = await (parts.listen ?? listenWith(clock))(
    requestListener({
      routes: {
        '/slack/events': config.slack.appToken === undefined ? slackApp.handleHttp : undefined,
        ...Object.fromEntries(
          Object.values(services).map(({ name, webhook }) => [`/webhooks/${name}`, webhook]),
        ),
      },
      ready: readiness({ store, isConnected: slackApp.isConnected, slack, now }),
      metrics: metricsOf(context),
      log,
    }),
    config.port,
  )
  await worker.start()
  inbox.start()
  await slackApp.start()
  const timers = [
    everySoOften('clocks', 20, rounds.lookAtClocks, { clock, log }),
    ...Object.values(services).map(({ name, pollSeconds, poll }) =>
      everySoOften(`${name} poll`, pollSeconds, poll, { clock, log }),
    ),
    everySoOften('housekeeping', 60, rounds.keepHouse, { clock, log }),
  ]
  log.info({ port: http.port, channels: workspace.channels }, 'privacy-desk is ready')

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
      for (const { title, poll } of Object.values(services))
        await poll().catch((error: unknown) => {
          log.warn({ error: String(error) }, `${title} could not be polled`)
        })
      await rounds.lookAtClocks()
      await workOff()
    },
    stop: async () => {
      stopping.abort()
      await Promise.all(timers.map((timer) => timer.stop()))
      await http.close()
      await slackApp.stop()
      await inbox.stop()
      await worker.stop()
      await store.close()
      await dispatcher?.close()
    },
  }
}

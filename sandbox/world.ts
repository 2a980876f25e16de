/** The bot in this process among the local Slack, GitLab and Zendesk: what tests, proofs, bench and sandbox start. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { type App, type AppParts, startApp } from '../src/app.ts'
import { clockWith } from '../src/clock.ts'
import { loadConfig } from '../src/config/config.ts'
import type { Listen } from '../src/http/server.ts'
import { fetchFrom, fetchTo } from './in-process.ts'
import {
  type BotEnvironment,
  connect,
  environmentOf,
  origins,
  reachBy,
  servicesInProcess,
  startServices,
} from './services.ts'

type Fetch = typeof globalThis.fetch

export interface WorldOptions {
  readonly now: () => Date
  /** Given the environment, where it has to keep secrets out. */
  readonly log: Logger | ((environment: BotEnvironment) => Logger)
  /** Default: over sockets. */
  readonly inProcess?: boolean
  /** False: the bot knows of no Zendesk. */
  readonly zendesk?: boolean
  /** False: GitLab and Zendesk send none. */
  readonly webhooks?: boolean
  /** Where its folder is made; in memory unless given. */
  readonly folderIn?: string
  /** Beside what everybody sets; empty is not set. */
  readonly env?: Readonly<Record<string, string>>
  /** Edits config/desk.yaml, at each start. */
  readonly deskYaml?: (text: string) => string
  /** Between the bot and the services. */
  readonly fetch?: (fetch: Fetch) => Fetch
  readonly wallClock?: () => Date
  /** Other desks or services than those that are shipped. */
  readonly desks?: AppParts['desks']
  readonly services?: AppParts['services']
  /** Always the middle unless given. */
  readonly random?: () => number
}

/** In memory where the system has that: no power fails here, and no write need wait for a disk. */
export const fastFolder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

const shippedDesk = readFileSync(new URL('../config/desk.yaml', import.meta.url), 'utf8')

export async function startWorld(options: WorldOptions) {
  const { now, log, inProcess = false, zendesk: hasZendesk = true, webhooks: hasWebhooks = true } = options
  const folder = mkdtempSync(join(options.folderIn ?? fastFolder, 'privacy-desk-'))
  const databaseFile = join(folder, 'desk.db')
  let listener: RequestListener | undefined
  const toBot = inProcess ? fetchTo(() => listener) : globalThis.fetch
  const reach = reachBy(toBot)
  const services = inProcess ? servicesInProcess({ now, reach }) : await startServices({ now, reach })
  const { slack, gitlab, zendesk } = services
  const known = hasZendesk ? services : { slack, gitlab }
  const environment = environmentOf(known, databaseFile, options.env)
  const bareFetch = inProcess ? fetchFrom(fakesOf(services)) : globalThis.fetch
  const listen: Listen = async (heard) => {
    listener = heard
    return {
      port: 0,
      close: async () => {
        listener = undefined
      },
    }
  }
  const parts: Omit<AppParts, 'config'> = {
    clock: clockWith(now),
    log: typeof log === 'function' ? log(environment) : log,
    random: options.random ?? (() => 0.5),
    fetch: options.fetch?.(bareFetch) ?? bareFetch,
    ...(inProcess && { listen }),
    ...(options.wallClock && { wallClock: options.wallClock }),
    ...(options.desks && { desks: options.desks }),
    ...(options.services && { services: options.services }),
  }
  const readConfig = () => loadConfig(environment, options.deskYaml?.(shippedDesk) ?? shippedDesk)
  let config = readConfig()
  let app: App | undefined

  const webhooksSettled = async () => {
    await gitlab.webhooks.settled()
    await zendesk.webhooks.settled()
  }
  const deliveries = () => gitlab.webhooks.deliveries.length + zendesk.webhooks.deliveries.length

  const world = {
    ...{ ...services, environment, folder, databaseFile },
    /** Reaches the bot and, over sockets, everybody else. */
    fetch: toBot,
    /** Of the last start. */
    get config() {
      return config
    },
    get app() {
      return app
    },
    get url() {
      return inProcess ? origins.bot : `http://127.0.0.1:${app?.port ?? 0}`
    },
    async start(): Promise<void> {
      config = readConfig()
      app = await startApp({ ...parts, config })
      const gitlabSecret = environment.GITLAB_WEBHOOK_SECRET
      connect(services, world.url, { reach, webhooks: hasWebhooks, gitlabSecret })
    },
    async stop(): Promise<void> {
      await app?.stop()
      app = undefined
    },
    /** Until what was told to the bot has been worked off, and what it told in turn. Nothing is polled. */
    async drain(): Promise<void> {
      let before: number
      do {
        before = deliveries()
        await webhooksSettled()
        await app?.drain()
      } while (deliveries() !== before)
    },
    /** Polls, looks at the clocks and works off what comes of it, and what GitLab and Zendesk tell of that. */
    async settle(): Promise<void> {
      await webhooksSettled()
      await app?.settle()
      // Without webhooks only another poll sees what the first round has changed outside.
      if (!hasWebhooks) await app?.settle()
      await world.drain()
    },
    async close(): Promise<void> {
      await world.stop()
      await gitlab.webhooks.settled()
      await zendesk.webhooks.settled()
      if (!inProcess) await Promise.all([gitlab.close(), slack.close(), zendesk.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
  try {
    await world.start()
    return world
  } catch (error) {
    await world.close()
    throw error
  }
}

function fakesOf({ slack, gitlab, zendesk }: ReturnType<typeof servicesInProcess>) {
  return { [origins.slack]: slack.fake, [origins.gitlab]: gitlab.fake, [origins.zendesk]: zendesk.fake }
}

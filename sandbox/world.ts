/**
 * The bot among the local Slack, GitLab and Zendesk: what tests, proofs, bench and sandbox start. `openWorld` makes
 * everything around the bot and starts it in whichever way is asked for: as an app in this process, whatever its
 * clock, network and end, or as a process of its own. `startWorld` is the plain case, one app that is there.
 */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import packageJson from '../package.json' with { type: 'json' }
import { type App, type AppParts, startApp } from '../src/app.ts'
import { clockWith } from '../src/clock.ts'
import { type Config, loadConfig } from '../src/config/config.ts'
import { readDesk } from '../src/config/desk.ts'
import { type Listen, listenWith } from '../src/http/server.ts'
import { fastFolder } from './fast-folder.ts'
import { fetchFrom, fetchTo } from './in-process.ts'
import {
  type BotEnvironment,
  connect,
  environmentOf,
  origins,
  type Reach,
  reachBy,
  type Services,
  servicesInProcess,
  startServices,
} from './services.ts'

type Fetch = typeof globalThis.fetch

export interface AroundOptions {
  /** The time of the services, and of an app that is given no clock. */
  readonly now: () => Date
  /** Default: over sockets. */
  readonly inProcess?: boolean
  /** False: the bot knows of no Zendesk. */
  readonly zendesk?: boolean
  /** False: GitLab and Zendesk send none. */
  readonly webhooks?: boolean
  /** Where its folder is made; in memory unless given. */
  readonly folderIn?: string
  /** Where its database lies; in its folder unless given. */
  readonly databaseIn?: string
  /** Writes the database with which the bot starts; unless given, the bot makes one. */
  readonly writeDatabase?: (file: string) => Promise<void>
  /** Beside what everybody sets; empty is not set. */
  readonly env?: Readonly<Record<string, string>>
  /** Edits config/desk.yaml, at each start. */
  readonly deskYaml?: (text: string) => string
  /** How the services reach the bot, where that fails at times; without fail unless given. */
  readonly reach?: Reach
  /** So many bytes by chance, in hexadecimal, for Slack's ids. */
  readonly randomHex?: (bytes: number) => string
}

/** How one app runs; what is left out is the world's own, without fail and the same each time. */
export type AppOptions = Pick<AppParts, 'log'> &
  Partial<Omit<AppParts, 'config'>> & {
    /** Another than the world's. */
    readonly databaseFile?: string
    /** Beside the world's environment. */
    readonly env?: Readonly<Record<string, string>>
  }

export interface ProcessOptions {
  /** The file that Node runs; the bot's unless given. */
  readonly script?: URL
  /** The file of the bot; its sources unless given, or a bundle that was written for this run. */
  readonly bundle?: URL
  /** Loaded before it. */
  readonly preload?: URL
  /** Beside the world's environment. */
  readonly env?: Readonly<Record<string, string>>
  readonly stdio: StdioOptions
}

export type OpenWorld = Awaited<ReturnType<typeof openWorld>>

const shippedYaml = readFileSync(new URL('../config/desk.yaml', import.meta.url), 'utf8')
/** Each text is read once: a run of the tests starts some two thousand bots, nearly all with the same. */
const desks = new Map<string, ReturnType<typeof readDesk>>()
/** What a process of the bot runs unless it is told. */
let botScript = new URL('../src/main.ts', import.meta.url)
const compileCache = new URL('../src/compile-cache.js', import.meta.url)
/** What `npm start` says to V8. */
const memoryFlags = packageJson.scripts.start.split(' ').filter((word) => word.startsWith('--max-'))

/** From now on processes run this bundle of the bot, as production does, and not its sources. */
export function startProcessesFrom(bundle: URL): void {
  botScript = bundle
}

/** Everything but the bot, which any of `startApp` and `startProcess` starts. */
export async function openWorld(options: AroundOptions) {
  const { now, inProcess = false, zendesk: hasZendesk = true, webhooks = true, deskYaml } = options
  const folder = mkdtempSync(join(options.folderIn ?? fastFolder, 'privacy-desk-'))
  const databaseFile = join(options.databaseIn ?? folder, 'desk.db')
  await options.writeDatabase?.(databaseFile)
  let listener: RequestListener | undefined
  const fetchBot: Fetch = inProcess ? fetchTo(() => listener) : globalThis.fetch
  const reach = options.reach ?? reachBy(fetchBot)
  const { randomHex } = options
  const around = { now, reach, ...(randomHex && { randomHex }) }
  const services = inProcess ? servicesInProcess(around) : await startServices(around)
  const { slack, gitlab, zendesk } = services
  const known = hasZendesk ? services : { slack, gitlab }
  const environment = environmentOf(known, databaseFile, options.env)
  const fetchServices: Fetch = inProcess ? fetchFrom(fakesOf(services)) : globalThis.fetch
  const heardBy = inProcessListen((heard) => {
    listener = heard
  })
  let url: string = origins.bot

  const world = {
    ...{ ...services, services, environment, folder, databaseFile },
    /** Reaches the bot and, over sockets, everybody else. */
    fetchBot,
    /** Reaches the services. */
    fetchServices,
    /** Of the last that was started. */
    get url() {
      return url
    },
    /** From now on clicks and webhooks go to the bot at this port of this machine. */
    botListensAt(port: number): void {
      url = `http://127.0.0.1:${port}`
      connectTo(url)
    },
    configFor(file?: string, env: Readonly<Record<string, string>> = {}): Config {
      const desk = deskOf(deskYaml ? deskYaml(shippedYaml) : shippedYaml)
      const database = file !== undefined && { DATABASE_URL: `file:${file}` }
      return loadConfig({ ...environment, ...env, ...database }, desk)
    },
    async startApp({ databaseFile: file, env, ...given }: AppOptions): Promise<App> {
      const app = await startApp({
        ...{ clock: clockWith(now), random: () => 0.5, fetch: fetchServices },
        // Its secrets stand in this repository: nobody beyond this machine is to reach it.
        listen: inProcess ? heardBy : listenWith(clockWith(now), {}, '127.0.0.1'),
        ...given,
        config: world.configFor(file, env),
      })
      if (!inProcess) world.botListensAt(app.port)
      return app
    },
    /** As `npm start` starts it, but in the world's folder, where no `.env` lies, and without this process's environment. */
    startProcess({
      bundle = botScript,
      script = bundle,
      preload,
      env = {},
      stdio,
    }: ProcessOptions): ChildProcess {
      const isBot = script === bundle
      const imported = [...(isBot ? [compileCache] : []), ...(preload ? [preload] : [])]
      const first = imported.flatMap(({ href }) => ['--import', href])
      const flags = isBot ? memoryFlags : []
      return spawn(process.execPath, [...flags, ...first, fileURLToPath(script)], {
        cwd: folder,
        env: { PATH: process.env.PATH ?? '', ...environment, ...env },
        stdio,
      })
    },
    /** The services and the folder; whoever started the bot has ended it. */
    async close(): Promise<void> {
      if (!inProcess) await Promise.all([gitlab.close(), slack.close(), zendesk.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
  const connectTo = (bot: string) =>
    connect(services, bot, { reach, webhooks, gitlabSecret: environment.GITLAB_WEBHOOK_SECRET })
  // In this process there is an address before anybody is at it.
  if (inProcess) connectTo(url)
  return world
}

function deskOf(yaml: string): ReturnType<typeof readDesk> {
  const desk = desks.get(yaml) ?? readDesk(yaml)
  desks.set(yaml, desk)
  return desk
}

function fakesOf({ slack, gitlab, zendesk }: Services) {
  return { [origins.slack]: slack.fake, [origins.gitlab]: gitlab.fake, [origins.zendesk]: zendesk.fake }
}

/** Opens no socket: who is heard, and that nobody is any more, is told. */
export function inProcessListen(hear: (listener: RequestListener | undefined) => void): Listen {
  return async (listener) => {
    hear(listener)
    return { port: 0, close: async () => hear(undefined) }
  }
}

export interface WorldOptions extends AroundOptions {
  /** Given the environment, where it has to keep secrets out. */
  readonly log: AppParts['log'] | ((environment: BotEnvironment) => AppParts['log'])
  /** How the app runs. */
  readonly app?: Omit<AppOptions, 'log'>
}

/** One app in this process, which is there at once and can be stopped and started again. */
export async function startWorld({ log, app: given, ...options }: WorldOptions) {
  const inner = await openWorld(options)
  const { gitlab, zendesk, environment } = inner
  const parts = { ...given, log: typeof log === 'function' ? log(environment) : log }
  let app: App | undefined

  const webhooksSettled = async () => {
    await gitlab.webhooks.settled()
    await zendesk.webhooks.settled()
  }
  const deliveries = () => gitlab.webhooks.deliveries.length + zendesk.webhooks.deliveries.length

  const world = {
    ...inner,
    get url() {
      return inner.url
    },
    /** Undefined while it is stopped. */
    get app() {
      return app
    },
    /** `env`: beside the world's environment, for as long as this app runs. */
    async start(env?: Readonly<Record<string, string>>): Promise<void> {
      app = await inner.startApp({ ...parts, ...(env && { env }) })
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
      if (options.webhooks === false) await app?.settle()
      await world.drain()
    },
    async close(): Promise<void> {
      await world.stop()
      await webhooksSettled()
      await inner.close()
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

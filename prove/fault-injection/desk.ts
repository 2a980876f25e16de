/** The bot and the three services in one process and in virtual time: every run is the same but for what is planned to go wrong. */
import { pino } from 'pino'
import { byApiToken, origins, reachBy } from '../../sandbox/services.ts'
import { type OpenWorld, openWorld } from '../../sandbox/world.ts'
import { nextTurn } from '../../src/clock.ts'
import { learnCountries } from '../../src/form/country.ts'
import type { Desk } from '../crash/desk.ts'
import { Bot } from '../simulation/bot.ts'
import { FilesOfLives } from '../simulation/bot-database.ts'
import { History } from '../simulation/history.ts'
import { Network } from '../simulation/network.ts'
import { prngOf } from '../simulation/prng.ts'
import { VirtualTime } from '../simulation/virtual-time.ts'
import { digestAt } from './all-scenarios.ts'
import { DatabaseFaults } from './database-faults.ts'
import { PlannedFaults } from './planned-faults.ts'
import { restOf } from './rest.ts'

export type InProcess = Awaited<ReturnType<typeof openDesk>>

/** A Monday, early enough that no digest is due. */
const startsAt = '2026-03-02T00:10:00.000Z'
/** Also what no webhook told is seen within this time. */
const pollSeconds = 20
const longestMs = 6 * 3_600_000

/** Nothing runs before `run`, and nothing outside of it. */
export async function openDesk() {
  // Else the first start in this process would take more turns than all others.
  await learnCountries(nextTurn)
  const time = new VirtualTime(startsAt)
  const history = new History(time.now)
  const faults = new PlannedFaults(history)
  const databaseFaults = new DatabaseFaults(time)
  const chance = prngOf(2)
  const world = await openWorld({
    ...{ now: time.now, inProcess: true, randomHex: (bytes) => chance.hex(bytes), env: set },
    reach: { ...reachBy(fetchOf(time, () => bot, 10_000)), slack: fetchOf(time, () => bot, 3_000) },
  })
  const prng = prngOf(1)
  const network = new Network({
    ...{ time, prng: prng.fork('network'), faults, history },
    conditions: { answered: () => {}, carryOut: (_call, take) => take() },
    services: {
      [origins.slack]: { service: 'slack', fake: world.slack.fake },
      [origins.gitlab]: { service: 'gitlab', fake: world.gitlab.fake },
      // To the network it is one more service that fails as GitLab does.
      [origins.zendesk]: { service: 'gitlab', fake: world.zendesk.fake },
    },
  })
  const logged: string[] = []
  const database = new FilesOfLives(world.folder)
  const bot: Bot = new Bot({
    ...{ time, prng: prng.fork('bot'), history, network, world, database },
    log: pino({ level: 'info', timestamp: false }, { write: (line: string) => void logged.push(line) }),
  })
  return {
    ...{ time, faults, databaseFaults, bot, network, history, logged },
    desk: deskOver({ world, time, bot, database, logged }),
    /** Lets time pass until the work has ended; the time, timers and database of this process are the run's until then. */
    async run<T>(work: () => Promise<T>): Promise<T> {
      const uninstall = [time.install(), databaseFaults.install()]
      try {
        const working = work()
        if (!(await time.until(working, longestMs))) throw new Error('it does not end')
        return await working
      } finally {
        for (const back of uninstall) back()
      }
    },
    end: world.close,
  }
}

type Fetch = typeof globalThis.fetch

/** How a service reaches the bot, as long as its patience lasts. */
function fetchOf(time: VirtualTime, bot: () => Bot, patienceMs: number): Fetch {
  return async (input, init = {}) => {
    const sent = {
      method: init.method ?? 'GET',
      path: new URL(input instanceof Request ? input.url : input).pathname,
      headers: Object.fromEntries(new Headers(init.headers ?? {})),
      text: String(init.body ?? ''),
    }
    const tooLate = time.wait(patienceMs).then(() => 'no answer' as const)
    const got = await Promise.race([bot().ask(sent), tooLate])
    if (got === 'no answer') throw new TypeError('fetch failed')
    return new Response(got.text, { status: got.status, headers: { 'content-type': 'application/json' } })
  }
}

interface Parts {
  readonly world: OpenWorld
  readonly time: VirtualTime
  readonly bot: Bot
  readonly database: FilesOfLives
  readonly logged: readonly string[]
}

/** It dies where it is told to alone, and nobody waits for that meanwhile. */
const never = new Promise<never>(() => {})

function deskOver({ world, time, bot, database, logged }: Parts): Desk {
  const { slack, gitlab, zendesk, folder, environment } = world
  const desk = {
    ...{ slack, gitlab, zendesk, folder, now: time.now, environment },
    get databaseFile() {
      return database.file
    },
    bot: { isAlive: () => bot.isReady, ended: never, output: () => logged.slice(-40).join('') },
    rest: () => restOf({ time, bot, database, gitlab, zendesk }),
    /** It starts again by itself. */
    kill: async () => {
      bot.die()
      return { code: null, signal: 'SIGKILL' } as const
    },
    advance: async (ms: number) => time.jump(ms),
    ago<T>(ms: number, act: () => T): T {
      time.jump(-ms)
      try {
        return act()
      } finally {
        time.jump(ms)
      }
    },
  }
  return desk
}

const set = {
  ...byApiToken,
  GITLAB_POLL_SECONDS: String(pollSeconds),
  ZENDESK_POLL_SECONDS: String(pollSeconds),
  DIGEST_AT: digestAt,
  // What is purged can't be checked.
  RETENTION_DAYS: '3650',
} as const

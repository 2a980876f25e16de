/** Several processes of the bot on one PostgreSQL, and in front of them what shares out clicks and webhooks among them. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { reachBy } from '../../sandbox/services.ts'
import { type OpenWorld, openWorld } from '../../sandbox/world.ts'
import { type BotProcess, startBot } from '../crash/bot-process.ts'
import type { Desk } from '../crash/desk.ts'

export interface Replica {
  readonly name: string
  readonly bot: BotProcess
  readonly port: number
}

export interface Replicas extends Desk {
  /** Those that are sent clicks and webhooks. */
  inService(): readonly Replica[]
  /** From now on it is sent nothing, as by a load balancer that has found it silent. */
  takeOut(replica: Replica): void
  putBack(replica: Replica): void
  /** Starts one, which is sent clicks and webhooks as soon as it is ready. */
  start(): Promise<Replica>
  close(): Promise<void>
}

/**
 * Returns how many milliseconds the one of these that waited least has waited for the processor since now: the second
 * number of https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat. 0 where the system does not say.
 */
export function waitForProcessor(replicas: readonly Replica[]): () => number {
  const waitedBy = ({ bot }: Replica) => {
    try {
      return Number(readFileSync(`/proc/${bot.pid}/schedstat`, 'utf8').split(' ')[1]) / 1_000_000
    } catch {
      return Number.NaN
    }
  }
  const before = replicas.map((replica) => [replica, waitedBy(replica)] as const)
  return () => {
    const waited = before.map(([replica, ms]) => waitedBy(replica) - ms).filter(Number.isFinite)
    return waited.length === 0 ? 0 : Math.min(...waited)
  }
}

/** Slack waits for three seconds; GitLab would wait for ten, which does nobody any good here. */
const answerWithinMs = 3_000
/** One that can't start so often has another reason than a machine that was late. */
const mostStarts = 5

/**
 * `random`: which of them is sent the next click or webhook. `other`: the folder of another version of the bot, of which
 * every second replica is.
 */
export async function openReplicas(
  databaseUrl: string,
  random: () => number,
  { other }: { readonly other?: string | undefined } = {},
): Promise<Replicas> {
  const ofOther = other === undefined ? {} : { script: pathToFileURL(resolve(other, 'src/main.ts')) }
  const running = new Set<Replica>()
  const serving: Replica[] = []
  let started = 0
  let isAddressed = false

  const toAny: typeof globalThis.fetch = (input, init) => {
    const replica = serving[Math.floor(random() * serving.length)]
    if (!replica) return Promise.reject(new TypeError('no replica is in service'))
    const url = new URL(input instanceof Request ? input.url : input)
    url.port = String(replica.port)
    return fetch(url, { ...init, signal: AbortSignal.timeout(answerWithinMs) })
  }
  const world: OpenWorld = await openWorld({
    now: () => new Date(),
    zendesk: false,
    reach: reachBy(toAny),
    env: {
      DATABASE_URL: databaseUrl,
      // What no webhook could tell is asked for.
      GITLAB_POLL_SECONDS: '5',
      DIGEST_AT: '23:59',
    },
  })
  const { slack, gitlab, zendesk, folder, databaseFile, environment } = world

  const killAll = async () => {
    for (const { bot } of running) bot.kill()
    await Promise.all([...running].map(({ bot }) => bot.ended))
  }
  const takeOut = (replica: Replica) => {
    const at = serving.indexOf(replica)
    if (at >= 0) serving.splice(at, 1)
  }
  /** As a platform does: on a machine with much to do Slack's answer may come too late for a start. */
  const startUntilReady = async (): Promise<Replica> => {
    const said: string[] = []
    while (said.length < mostStarts) {
      started += 1
      const bot = startBot(world, [], {}, started % 2 === 0 ? ofOther : {})
      const starting = { name: `replica ${started}`, bot, port: 0 }
      running.add(starting)
      const port = await Promise.race([bot.ready, bot.ended.then(() => undefined)])
      running.delete(starting)
      if (port !== undefined) return { ...starting, port }
      said.push(bot.output())
    }
    throw new Error(`a replica ended ${mostStarts} times before it was ready:\n${said.join('\n')}`)
  }
  return {
    ...{ slack, gitlab, zendesk, folder, databaseFile, environment },
    now: () => new Date(),
    bot: {
      isAlive: () => serving.length > 0,
      // A trigger of Slack's is over after three seconds: no modal opens any more.
      get ended() {
        return sleep(answerWithinMs, undefined, { ref: false })
      },
      output: () => [...running].map(({ bot }) => bot.output().slice(-2_000)).join('\n'),
    },
    kill: killAll,
    rest: () => Promise.reject(new Error('whether all is at rest its database says')),
    advance: () => Promise.reject(new Error('the time is the database server’s')),
    ago: () => {
      throw new Error('the time is the database server’s')
    },
    inService: () => [...serving],
    takeOut,
    putBack(replica) {
      if (replica.bot.isAlive()) serving.push(replica)
    },
    async start() {
      const replica = await startUntilReady()
      const { bot, port } = replica
      running.add(replica)
      void bot.ended.then(() => {
        running.delete(replica)
        takeOut(replica)
      })
      // The address is one for all of them, as that of a load balancer.
      if (!isAddressed) world.botListensAt(port)
      isAddressed = true
      serving.push(replica)
      return replica
    },
    async close() {
      await killAll()
      await world.close()
    },
  }
}

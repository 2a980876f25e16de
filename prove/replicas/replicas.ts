/** Several processes of the bot on one PostgreSQL, and in front of them what shares out clicks and webhooks among them. */
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

/** Slack waits for three seconds; GitLab would wait for ten, which does nobody any good here. */
const answerWithinMs = 3_000

/**
 * `random`: which of them is sent the next click or webhook. `other`: the folder of another version of the bot, of which
 * every second replica is.
 */
export async function openReplicas(
  databaseUrl: string,
  random: () => number,
  other?: string,
): Promise<Replicas> {
  const otherScript = other === undefined ? undefined : pathToFileURL(resolve(other, 'src/main.ts'))
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
      started += 1
      const bot = startBot(world, [], {}, started % 2 === 0 ? otherScript : undefined)
      const starting = { name: `replica ${started}`, bot, port: 0 }
      running.add(starting)
      void bot.ended.then(() => running.delete(starting))
      const port = await bot.ready
      if (port === undefined) throw new Error(`a replica ended before it was ready:\n${bot.output()}`)
      const replica = { ...starting, port }
      running.delete(starting)
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

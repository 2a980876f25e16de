/**
 * The bot with so many open requests, and with a thousand: how long what is asked of it takes, and how much memory it
 * holds. The requests are in its database before it starts, and nothing is polled.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import { CHANNELS, PEOPLE } from '../sandbox/slack/people.ts'
import { type OpenWorld, openWorld } from '../sandbox/world.ts'
import { benchWorld } from './bench-world.ts'
import { freePort } from './free-port.ts'
import { writeOpenRequests } from './open-requests.ts'

export interface AtSize {
  readonly requests: number
  /** Resident, of the process, once it is ready and rests. */
  readonly restMb: number
  /** The same after all that was asked. */
  readonly afterMb: number
  /** Milliseconds from the asking to the last of the answer, by what was asked. */
  readonly took: Readonly<Record<string, readonly number[]>>
}

const watch = new URL('./watch-event-loop.ts', import.meta.url)
const restsMs = 5_000

export async function atSize(requests: number, rounds: number): Promise<AtSize> {
  const world = await openWorld(benchWorld)
  await writeOpenRequests(world.databaseFile, requests)
  const port = await freePort()
  const child = startedAt(world, port)
  try {
    const url = `http://127.0.0.1:${port}`
    await ready(child, url)
    await standingsKept(world.databaseFile)
    world.botListensAt(port)
    const restMb = await memoryOf(child)
    const took: Record<string, number[]> = {}
    for (let round = 0; round <= rounds; round += 1) {
      for (const [name, ask] of Object.entries(questions(world, url))) {
        const startedAt = performance.now()
        await ask()
        // The first round warms up.
        if (round > 0) took[name] = [...(took[name] ?? []), performance.now() - startedAt]
      }
    }
    return { requests, restMb, afterMb: await memoryOf(child), took }
  } finally {
    await ended(child)
    await world.close()
  }
}

/** The memory of the bot at rest, without a request, in megabytes. */
export function deskMb(): Promise<number> {
  return memoryAtRest()
}

/** The memory of a bare Bolt app at rest, in megabytes. */
export function bareBoltMb(): Promise<number> {
  return memoryAtRest(new URL('./bare-bolt-process.ts', import.meta.url))
}

async function memoryAtRest(script?: URL): Promise<number> {
  const world = await openWorld(benchWorld)
  const port = await freePort()
  const child = startedAt(world, port, script)
  try {
    await ready(child, `http://127.0.0.1:${port}`)
    return await memoryOf(child)
  } finally {
    await ended(child)
    await world.close()
  }
}

function startedAt(world: OpenWorld, port: number, script?: URL): ChildProcess {
  return world.startProcess({
    ...(script && { script }),
    preload: watch,
    env: { PORT: String(port) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
}

/** Until it is ready, and what a start does of its own accord is over. */
async function ready(child: ChildProcess, url: string): Promise<void> {
  while ((await fetch(`${url}/readyz`).catch(() => undefined))?.ok !== true) {
    if (child.exitCode !== null) throw new Error(`the process ended with ${child.exitCode}`)
    await sleep(50)
  }
  await sleep(restsMs)
}

/** Until the bot has counted what it found, which it does a few at a time; the lists are right before, and slower. */
async function standingsKept(file: string): Promise<void> {
  const database = new Sqlite(file, { readonly: true })
  const left = database
    .prepare('select 1 from request where closed_at is null and coalesce(standing_of, 0) <> version limit 1')
    .pluck()
  while (left.get() !== undefined) await sleep(200)
  database.close()
}

async function memoryOf(child: ChildProcess): Promise<number> {
  const answer = once(child, 'message')
  child.send('how much?')
  const [{ memoryMb }] = await answer
  return memoryMb
}

async function ended(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

function questions({ slack }: OpenWorld, url: string): Readonly<Record<string, () => Promise<unknown>>> {
  const asker = PEOPLE.engineer.id
  const asked = (text: string) => async () => {
    const before = slack.ephemerals(asker).length
    await slack.command(asker, CHANNELS.privacy.name, '/privacy', text)
    while (slack.ephemerals(asker).length === before) await sleep(1)
  }
  return {
    '/privacy list': asked('list'),
    '/privacy digest': asked('digest'),
    '/privacy stats': asked('stats'),
    Home: async () => {
      const before = slack.home(asker)?.hash
      await slack.event({ type: 'app_home_opened', user: asker, tab: 'home' })
      while (slack.home(asker)?.hash === before) await sleep(1)
    },
    '/metrics': async () => (await fetch(`${url}/metrics`)).text(),
  }
}

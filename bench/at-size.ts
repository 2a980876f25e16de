/**
 * The bot with so many open requests, and with a thousand: how long what is asked of it takes, and how much memory it
 * holds. The requests are in its database before it starts, and nothing is polled.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import pg from 'pg'
import { CHANNELS, PEOPLE } from '../sandbox/slack/people.ts'
import { type OpenWorld, openWorld, type ProcessOptions } from '../sandbox/world.ts'
import { benchWorld } from './bench-world.ts'
import { freePort } from './free-port.ts'
import { writeOpenRequests } from './open-requests.ts'

export interface AtSize {
  readonly requests: number
  /** Resident, of the process, once it is ready and rests. */
  readonly restMb: number
  /** The same after all that was asked. */
  readonly afterMb: number
  /** Milliseconds of processor time in a minute in which nobody asks for anything: three rounds of the clocks, one of housekeeping. */
  readonly minuteCpuMs: number
  /** Milliseconds from the asking to the last of the answer, by what was asked. */
  readonly took: Readonly<Record<string, readonly number[]>>
}

const tellUse = new URL('./tell-use.ts', import.meta.url)
const restsMs = 5_000
const minuteMs = 60_000

/** `databaseUrl`: of an empty database on PostgreSQL; a file of SQLite unless given. */
export async function atSize(
  bundle: URL,
  requests: number,
  rounds: number,
  databaseUrl?: string,
): Promise<AtSize> {
  const world = await openWorld(benchWorld)
  await writeOpenRequests(databaseUrl ?? `file:${world.databaseFile}`, requests)
  const port = await freePort()
  const child = startedAt(world, port, { bundle, databaseUrl })
  try {
    const url = `http://127.0.0.1:${port}`
    await ready(child, url)
    await (databaseUrl === undefined ? standingsKept(world.databaseFile) : standingsKeptAt(databaseUrl))
    world.botListensAt(port)
    const { memoryMb: restMb, cpuSeconds } = await stateOf(child)
    await sleep(minuteMs)
    const minuteCpuMs = ((await stateOf(child)).cpuSeconds - cpuSeconds) * 1_000
    const took: Record<string, number[]> = {}
    for (let round = 0; round <= rounds; round += 1) {
      for (const [name, ask] of Object.entries(questions(world, url))) {
        const startedAt = performance.now()
        await ask()
        // The first round warms up.
        if (round > 0) took[name] = [...(took[name] ?? []), performance.now() - startedAt]
      }
    }
    return { requests, restMb, afterMb: (await stateOf(child)).memoryMb, minuteCpuMs, took }
  } finally {
    await ended(child)
    await world.close()
  }
}

/** The memory of the bot at rest, without a request, in megabytes. */
export function deskMb(bundle: URL): Promise<number> {
  return memoryAtRest({ bundle })
}

/** The memory of a bare Bolt app at rest, in megabytes. */
export function bareBoltMb(): Promise<number> {
  return memoryAtRest({ script: new URL('./bare-bolt-process.ts', import.meta.url) })
}

async function memoryAtRest(started: Started): Promise<number> {
  const world = await openWorld(benchWorld)
  const port = await freePort()
  const child = startedAt(world, port, started)
  try {
    await ready(child, `http://127.0.0.1:${port}`)
    return (await stateOf(child)).memoryMb
  } finally {
    await ended(child)
    await world.close()
  }
}

interface Started extends Pick<ProcessOptions, 'script' | 'bundle'> {
  readonly databaseUrl?: string | undefined
}

function startedAt(world: OpenWorld, port: number, { databaseUrl, ...started }: Started): ChildProcess {
  return world.startProcess({
    ...started,
    preload: tellUse,
    env: { PORT: String(port), ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) },
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

const notCounted =
  'select 1 from request where closed_at is null and coalesce(standing_of, 0) <> version limit 1'

/** Until the bot has counted what it found, which it does a few at a time; the lists are right before, and slower. */
async function standingsKept(file: string): Promise<void> {
  const database = new Sqlite(file, { readonly: true })
  const left = database.prepare(notCounted).pluck()
  while (left.get() !== undefined) await sleep(200)
  database.close()
}

async function standingsKeptAt(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  while ((await client.query(notCounted)).rows.length > 0) await sleep(200)
  await client.end()
}

async function stateOf(
  child: ChildProcess,
): Promise<{ readonly memoryMb: number; readonly cpuSeconds: number }> {
  const answer = once(child, 'message')
  child.send('how much?')
  const [state] = await answer
  return state
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

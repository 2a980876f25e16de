/**
 * How many effects a second are carried out: each a call to a local server that answers at once, claimed before it and its
 * result committed after it; no service's limit is kept. The bot's outbox writes the audit log beside it, the peers their
 * job alone. Four calls at a time on each side; SQLite with synchronous=FULL on a disk, PostgreSQL as it comes.
 */
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { Logger, makeWorkerUtils, run, type WorkerEvents } from 'graphile-worker'
import { PgBoss } from 'pg-boss'
import { better, defineQueue, defineWorker } from 'plainjob'
import { startPostgres } from '../sandbox/postgres-server.ts'
import { clockWith } from '../src/clock.ts'
import { definitionOf, effects } from '../src/engine/effect.ts'
import { createWorker } from '../src/queue/worker.ts'
import { openStore } from '../src/store/open-store.ts'
import { begin, type Rate, rateOf } from './rate.ts'

/** Of one round of so many effects. */
export type Side = (count: number) => Promise<Rate>

export interface EffectsPerSecond {
  readonly database: 'SQLite' | 'PostgreSQL'
  readonly desk: readonly Rate[]
  readonly peers: Readonly<Record<string, readonly Rate[]>>
}

/** How many calls each side makes at a time. */
const sideBySide = 4

export async function effectsPerSecond(rounds: number, each: number): Promise<readonly EffectsPerSecond[]> {
  const target = await listening()
  const folder = mkdtempSync(join(tmpdir(), 'privacy-desk-bench-'))
  const postgres = await startPostgres({ isDurable: true })
  try {
    const call = async () => {
      const response = await fetch(target.url, { method: 'POST', body: 'x' })
      await response.arrayBuffer()
    }
    const file = (name: string) => join(folder, name)
    return [
      {
        database: 'SQLite',
        ...(await takingTurns(rounds, each, desk(`file:${file('desk.db')}`, call), {
          plainjob: plainjob(file('plainjob.db'), call),
        })),
      },
      {
        database: 'PostgreSQL',
        ...(await takingTurns(rounds, each, desk(await postgres.emptyDatabase(), call), {
          'graphile-worker': graphileWorker(await postgres.emptyDatabase(), call),
          'pg-boss': pgBoss(await postgres.emptyDatabase(), call),
        })),
      },
    ]
  } finally {
    await postgres.stop()
    target.server.close()
    target.server.closeAllConnections()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The first round warms up. */
async function takingTurns(
  rounds: number,
  each: number,
  ofDesk: Side,
  others: Readonly<Record<string, Side>>,
) {
  const figures: Rate[] = []
  const peers = Object.fromEntries(Object.keys(others).map((name): [string, Rate[]] => [name, []]))
  for (let round = 0; round <= rounds; round += 1) {
    const mine = await ofDesk(each)
    if (round > 0) figures.push(mine)
    for (const [name, side] of Object.entries(others)) {
      const theirs = await side(each)
      if (round > 0) peers[name]?.push(theirs)
    }
  }
  return { desk: figures, peers }
}

async function listening() {
  const server = createServer((request, response) => {
    request.resume()
    response.end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

type Call = () => Promise<void>

/**
 * Each effect of a request of its own, with a handler that does the same as those of the peers. The card that is drawn
 * anew for each of them is an effect like it, with a call of its own, and counts as one.
 */
function desk(databaseUrl: string, call: Call): Side {
  let round = 0
  return async (count) => {
    round += 1
    const store = await openStore({ databaseUrl, now: () => new Date() })
    try {
      const at = new Date().toISOString()
      const ids = Array.from({ length: count }, (_, one) => round * 1_000_000 + one)
      await store.transaction(async ({ requests, outbox }) => {
        for (const number of ids) {
          await requests.insert({
            ...{ id: `request-${number}`, source: 'gitlab', number, url: `https://gitlab.example/${number}` },
            ...{
              flow: 'account-deletion',
              step: 'awaiting-answers',
              stepSince: at,
              createdAt: at,
              facts: {},
            },
            seen: {
              state: 'opened',
              labels: [],
              updatedAt: at,
              noteId: 0,
              labelEventId: 0,
              stateEventId: 0,
              assigneeIds: [],
            },
          })
        }
        await outbox.add(
          ids.map((number) => ({
            ...{ opId: `close-${number}`, requestId: `request-${number}`, lane: 'gitlab' as const },
            ...{ work: { kind: 'close' }, dueAt: at, createdAt: at },
          })),
        )
      })
      let carriedOut = 0
      const worker = createWorker({
        ...{ store, owner: `round ${round}`, clock: clockWith(() => new Date()), random: Math.random },
        executor: {
          definitions: effects,
          definitionOf: ({ work }) => definitionOf(effects, work),
          calls: () => 'gitlab',
          verify: async () => undefined,
          execute: async () => {
            await call()
            carriedOut += 1
            return { result: {} }
          },
        },
        limits: { look: async () => {}, of: async () => [] },
        about: ({ id, number }, details) => ({ requestId: id, iid: number, details }),
        whom: () => [],
        log: console,
      })
      const end = begin()
      await worker.runUntilIdle()
      const rate = end(carriedOut)
      const left = await store.tables.outbox.unfinishedCount()
      if (left > 0) throw new Error(`${left} effects are left`)
      return rate
    } finally {
      await store.close()
    }
  }
}

function plainjob(file: string, call: Call): Side {
  return async (count) => {
    const database = new Sqlite(file)
    const quiet = { error: console.error, warn() {}, info() {}, debug() {} }
    const connection = better(database)
    const queue = defineQueue({ connection, logger: quiet })
    // It takes NORMAL by itself, with which a loss of power loses what was committed last.
    database.pragma('synchronous = FULL')
    queue.addMany(
      'call',
      Array.from({ length: count }, (_, one) => ({ one })),
    )
    let done = 0
    const finished = Promise.withResolvers<void>()
    const workers = Array.from({ length: sideBySide }, () =>
      defineWorker('call', () => call(), {
        ...{ queue, logger: quiet, pollIntervall: 1 },
        onCompleted: () => {
          done += 1
          if (done === count) finished.resolve()
        },
      }),
    )
    const rate = await rateOf(count, async () => {
      for (const worker of workers) void worker.start()
      await finished.promise
    })
    await Promise.all(workers.map((worker) => worker.stop()))
    queue.close()
    return rate
  }
}

function graphileWorker(connectionString: string, call: Call): Side {
  return async (count) => {
    let done = 0
    const finished = Promise.withResolvers<void>()
    const logger = new Logger(() => () => {})
    const utils = await makeWorkerUtils({ connectionString, logger })
    await utils.migrate()
    await utils.addJobs(Array.from({ length: count }, (_, one) => ({ identifier: 'call', payload: { one } })))
    await utils.release()
    const pools = { concurrency: sideBySide, maxPoolSize: sideBySide + 2, noHandleSignals: true }
    const events = new EventEmitter() as WorkerEvents
    events.on('job:complete', () => {
      done += 1
      if (done === count) finished.resolve()
    })
    const end = begin()
    const runner = await run({ connectionString, logger, events, ...pools, taskList: { call } })
    await finished.promise
    const rate = end(count)
    await runner.stop()
    return rate
  }
}

function pgBoss(connectionString: string, call: Call): Side {
  return async (count) => {
    const boss = new PgBoss({ connectionString, max: sideBySide + 2, supervise: false, schedule: false })
    boss.on('error', console.error)
    await boss.start()
    await boss.createQueue('call')
    let done = 0
    const finished = Promise.withResolvers<void>()
    try {
      await boss.insert(
        'call',
        Array.from({ length: count }, (_, one) => ({ data: { one } })),
      )
      return await rateOf(count, async () => {
        // Two at a time, since only what takes more than one goes on without a pause.
        const pace = { localConcurrency: sideBySide / 2, batchSize: 2, burstWhenBatchFull: true }
        await boss.work('call', pace, async (jobs) => {
          await Promise.all(jobs.map(call))
          done += jobs.length
          if (done === count) finished.resolve()
        })
        await finished.promise
      })
    } finally {
      await boss.stop({ graceful: true })
    }
  }
}

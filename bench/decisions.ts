/**
 * How many decisions a second are committed: the request loaded, decided, and written with its audit entry and its
 * effects, each in a transaction of its own, beside transactions that write the same rows and decide nothing. And how
 * many a second are caught up on where as many clicks were stored before a crash: the bot as a process, from its first
 * decision to its last, against a GitLab that does not answer, so that nothing is carried out meanwhile.
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import { PEOPLE } from '../sandbox/slack/people.ts'
import { openWorld } from '../sandbox/world.ts'
import { usFederalHolidays } from '../src/config/us-holidays.ts'
import { shipped } from '../src/desks/index.ts'
import { toInstant } from '../src/engine/time.ts'
import { flows } from '../src/flows/index.ts'
import type { DeskContext } from '../src/requests/desk-context.ts'
import { handleEvent, requestById } from '../src/requests/handle-event.ts'
import { openStore } from '../src/store/open-store.ts'
import { benchWorld } from './bench-world.ts'
import { plainDecision, requestId, writeOpenRequests } from './open-requests.ts'
import { begin, cpuSecondsOf, type Rate, watch } from './rate.ts'
import { rawTransactionsPerSecond } from './raw-transactions.ts'

export interface BesideRaw {
  /** A second, one figure for each round. */
  readonly desk: readonly Rate[]
  readonly peer: readonly Rate[]
}

export function decisionsPerSecond(rounds: number, each: number): Promise<BesideRaw> {
  return besideRaw(rounds, each, { isDecided: false }, decide)
}

export function caughtUpPerSecond(rounds: number, each: number): Promise<BesideRaw> {
  return besideRaw(rounds, each, { isDecided: true }, catchUp)
}

/** The first round of the shorter one warms up; a start of the bot is always the first of its process. */
async function besideRaw(
  rounds: number,
  each: number,
  written: { readonly isDecided: boolean },
  ofDesk: (file: string, count: number) => Promise<Rate>,
): Promise<BesideRaw> {
  const desk: Rate[] = []
  const peer: Rate[] = []
  for (let round = written.isDecided ? 1 : 0; round <= rounds; round += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'privacy-desk-bench-'))
    const [mine, raw] = [join(folder, 'desk.db'), join(folder, 'raw.db')]
    try {
      for (const file of [mine, raw]) await writeOpenRequests(`file:${file}`, each, written)
      const rate = await ofDesk(mine, each)
      const beside = rawTransactionsPerSecond(mine, raw, each)
      if (round === 0) continue
      desk.push(rate)
      peer.push(beside)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return { desk, peer }
}

async function decide(file: string, count: number): Promise<Rate> {
  const now = () => new Date()
  const store = await openStore({ databaseUrl: `file:${file}`, now })
  let ids = 0
  const context: DeskContext = {
    ...{ store, flows, now, desks: shipped, startedAt: toInstant(now()), timeZone: 'UTC' },
    newId: () => `bench-${++ids}`,
    calendar: usFederalHolidays(),
    ...{ stuckAfterDays: 7, requirePrivacyApproval: false },
    settings: { 'trust-safety-project': false, 'feature-request': false, 'admin-token': false },
    wakeWorker: () => {},
  }
  const by = { id: PEOPLE.engineer.id, roles: ['support-engineer'] }
  const end = begin()
  for (let number = 1; number <= count; number += 1) {
    const { outcome } = await store.transaction(async (tables) => {
      const { decision, step: shownAt } = plainDecision
      const event = { kind: 'decision', decision, by, shownAt, input: {}, at: toInstant(now()) } as const
      return handleEvent(context, tables, await requestById(tables, requestId(number)), event)
    })
    if (outcome.kind !== 'move') throw new Error(outcome.because)
  }
  const rate = end(count)
  await store.close()
  return rate
}

async function catchUp(file: string, count: number): Promise<Rate> {
  const world = await openWorld(benchWorld)
  world.gitlab.fake.fail({ path: /./, times: Number.POSITIVE_INFINITY, failure: { hang: true } })
  const child = world.startProcess({
    env: { PORT: '0', DATABASE_URL: `file:${file}` },
    preload: watch,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  try {
    while (decidedIn(file).count < count) {
      if (child.exitCode !== null) throw new Error(`the process ended with ${child.exitCode}`)
      await sleep(100)
    }
    // With the start in it.
    const cpuMs = ((await cpuSecondsOf(child)) * 1000) / count
    const { first, last } = decidedIn(file)
    return { perSecond: count / ((Date.parse(last) - Date.parse(first)) / 1000), cpuMs }
  } finally {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    await world.close()
  }
}

/** Read from outside the bot: what this connection sees is committed. */
function decidedIn(file: string) {
  const database = new Sqlite(file, { readonly: true })
  try {
    return database
      .prepare(
        "select count(*) as count, min(at) as first, max(at) as last from audit where what = 'decided'",
      )
      .get() as { readonly count: number; readonly first: string; readonly last: string }
  } finally {
    database.close()
  }
}

/**
 * The primary of a PostgreSQL with synchronous replication is lost under load and its standby promoted: nothing that was
 * acknowledged is lost. With a standby that nobody waits for the same must lose something, or nothing was proved.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { readAudit } from '../crash/outside.ts'
import type { Case } from '../crash/plans.ts'
import { randomOf } from '../crash/random.ts'
import { count, newTally, proofOf, type Tally } from '../crash/tally.ts'
import type { Prove } from '../proof.ts'
import { finish, untouchedRuns, work } from '../replicas/at-work.ts'
import { compare } from '../replicas/compare.ts'
import { watchDatabase } from '../replicas/in-hand.ts'
import { openReplicas } from '../replicas/replicas.ts'
import { asking, type Pair, postgresBinaries, startPair } from './pair.ts'

const sizes = { ci: { times: 2 }, full: { times: 10 } } as const
const replicaCount = 2
/** Of the work before the primary is lost, so much by chance and no less. */
const workMs = { least: 3_000, most: 12_000 } as const
/** Until whoever watches the primary has given it up. */
const foundOutMs = 2_000
const workAfterMs = 8_000

export const proveFailover: Prove = async ({ size, log }) => {
  const tally = newTally()
  const seeds: number[] = []
  const binaries = binariesOr(log)
  if (binaries === undefined) return proofOf('failover', tally)
  log(`failover: with ${binaries}`)
  tally.reached[foundOut] = 0
  try {
    await loseUnwaited(tally)
    for (let seed = 1; seed <= sizes[size].times; seed += 1) {
      seeds.push(seed)
      await failOver({ seed, how: seed % 2 === 1 ? 'killed' : 'fallen silent', log }, tally)
    }
  } catch (error) {
    tally.broken.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  return { ...proofOf('failover', tally), seeds }
}

function binariesOr(log: (line: string) => void): string | undefined {
  try {
    return postgresBinaries()
  } catch (error) {
    log(`failover: left out, ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

const foundOut = 'a standby that nobody waits for is found out'

/** What was committed while nothing reached the standby is not on it. */
async function loseUnwaited(tally: Tally): Promise<void> {
  const pair = await startPair({ isSynchronous: false })
  try {
    await asking(pair.databaseUrl, 'create table acknowledged (number int)')
    await pair.detachStandby()
    await asking(pair.databaseUrl, 'insert into acknowledged values (1)')
    pair.killPrimary()
    await pair.failOver()
    const rows = await asking(pair.databaseUrl, 'select number from acknowledged')
    count(tally.reached, foundOut, rows.length === 0 ? 1 : 0)
  } finally {
    await pair.close()
  }
}

interface FailingOver {
  readonly seed: number
  readonly how: 'killed' | 'fallen silent'
  readonly log: (line: string) => void
}

/** Once, under load. */
async function failOver({ seed, how, log }: FailingOver, tally: Tally): Promise<void> {
  const random = randomOf(seed)
  const pair = await startPair({ isSynchronous: true })
  const desk = await openReplicas(pair.databaseUrl, random)
  const database = await watchDatabase(pair.databaseUrl)
  try {
    for (let started = 0; started < replicaCount; started += 1) await desk.start()
    const untouched = await untouchedRuns(desk, database, pair.databaseUrl)
    const cases: Case[] = []
    const isDone = new AbortController()
    const working = work(desk, database, cases, isDone.signal)
    const seen = watchHead(pair)
    await sleep(workMs.least + random() * (workMs.most - workMs.least))

    if (how === 'killed') pair.killPrimary()
    else pair.silencePrimary()
    const lostAt = performance.now()
    count(tally.faults, `primary ${how}`)
    for (const one of cases) one.deaths += 1
    await sleep(foundOutMs)
    await pair.failOver()
    await sleep(workAfterMs)
    isDone.abort()
    await working
    await finish(desk, database, cases, { seed, log }, tally)

    const head = await seen.close()
    const [kept] = await asking<Head>(pair.databaseUrl, `select seq, hash from audit where seq = ${head.seq}`)
    if (kept?.hash !== head.hash)
      tally.missing.push(`seed ${seed}: entry ${head.seq} of the audit log was seen and is gone`)
    const audit = await readAudit(pair.databaseUrl, desk.now)
    for (const one of cases) await compare(desk, database, one, untouched, audit, { seed, log }, tally)
    if (audit.wrong !== undefined)
      tally.broken.push(`seed ${seed}: the audit chain is broken at ${audit.wrong}`)
    tally.runs += 1
    tally.kills += 1
    const [first] = audit.entries.filter(({ seq }) => seq > head.seq)
    log(
      `failover, seed ${seed}: primary ${how}, ${cases.length} requests, ${head.seq} entries seen before, ${first ? 'the log goes on' : 'nothing after'}; at rest after ${((performance.now() - lostAt) / 1_000).toFixed(0)} s`,
    )
    if (!first) tally.broken.push(`seed ${seed}: nothing was written on the new primary`)
  } finally {
    await database.close()
    await desk.close()
    await pair.close()
  }
}

interface Head {
  readonly seq: number
  readonly hash: string
}

const lookMs = 50

/** The last entry of the audit log that anybody could see on the primary: a commit is seen once its standby has it. */
function watchHead({ primaryUrl }: Pair) {
  let head: Head = { seq: 0, hash: '' }
  let isOver = false
  const watching = (async () => {
    while (!isOver) {
      const last = await Promise.race([
        asking<Head>(primaryUrl, 'select seq::int as seq, hash from audit order by seq desc limit 1').catch(
          () => [],
        ),
        sleep(2_000, [] as Head[]),
      ])
      head = last[0] ?? head
      await sleep(lookMs)
    }
  })()
  return {
    async close(): Promise<Head> {
      isOver = true
      await watching
      return head
    },
  }
}

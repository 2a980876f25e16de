/** People work on requests while chance kills, pauses and stops one replica after the other; afterwards it is judged from outside. */
import { setTimeout as sleep } from 'node:timers/promises'
import { readAudit } from '../crash/outside.ts'
import type { Case } from '../crash/plans.ts'
import { randomOf } from '../crash/random.ts'
import { count, type Tally } from '../crash/tally.ts'
import { againMs, finish, untouchedRuns, work } from './at-work.ts'
import { compare } from './compare.ts'
import { type TakenOver, type Watched, watchDatabase } from './in-hand.ts'
import { openReplicas, type Replica, type Replicas, waitForProcessor } from './replicas.ts'

export interface Disturbing {
  /** With nothing in it. */
  readonly databaseUrl: string
  readonly seed: number
  readonly kills: number
  /** Fewer where they are not done in so many milliseconds. */
  readonly forMs?: number
  /** How many requests are open at most; 24 unless given. */
  readonly open?: number
  /** The folder of another version of the bot, of which every second replica is. */
  readonly other?: string | undefined
  readonly log: (line: string) => void
}

const replicaCount = 3
/** Of ten disturbances so many are of each kind, in an order by chance. */
const ofTen = { killed: 7, paused: 2, 'told to stop': 1 } as const
/** The longest time between two disturbances; between them is work to be disturbed. */
const longestCalmMs = 3_000
/** Longer than the lease of what it has in hand, which is 7 s. */
const pauseMs = { least: 9_000, most: 13_000 } as const
/** A load balancer finds out that a replica is silent by asking it, which takes a while. */
const foundSilentMs = 2_000
const takenOverWithinMs = 10_000

export async function disturbReplicas(given: Disturbing, tally: Tally): Promise<void> {
  const random = randomOf(given.seed)
  // Who is sent which click depends on when it comes: that is another sequence, so that the disturbances are the same.
  const desk = await openReplicas(given.databaseUrl, randomOf(given.seed + 1_000_000), given)
  try {
    await Promise.all(Array.from({ length: replicaCount }, () => desk.start()))
    const database = await watchDatabase(given.databaseUrl)
    try {
      await under(desk, database, random, given, tally)
    } finally {
      await database.close()
    }
  } finally {
    await desk.close()
  }
}

const takenOver = 'taken over by another replica'
/** What a proof that takes its time has to come by. */
export const rarePaths: readonly string[] = [
  'killed with work under way',
  'paused with work under way',
  takenOver,
]

const underWay = (what: Kind) => `${what} with work under way`

async function under(
  desk: Replicas,
  database: Watched,
  random: () => number,
  given: Disturbing,
  tally: Tally,
): Promise<void> {
  const untouched = await untouchedRuns(desk, database, given.databaseUrl)
  const cases: Case[] = []
  const isDone = new AbortController()
  const working = work(desk, database, cases, isDone.signal, given.open)
  const took = await disturb({ desk, database, random, cases, given, tally })
  isDone.abort()
  await working
  await finish(desk, database, cases, given, tally)
  const audit = await readAudit(given.databaseUrl, desk.now)
  for (const one of cases) await compare(desk, database, one, untouched, audit, given, tally)
  if (audit.wrong !== undefined) tally.broken.push(`the audit chain is broken at ${audit.wrong}`)
  tally.runs += 1
  judgeTakeovers(took, given, tally)
  given.log(`replicas, seed ${given.seed}: ${cases.length} requests, ${tally.kills} kills`)
}

function judgeTakeovers(took: readonly TakenOver[], { seed, log }: Disturbing, tally: Tally): void {
  const sorted = took.map(({ afterMs }) => afterMs).toSorted((one, other) => one - other)
  if (took.length > 0) {
    count(tally.reached, takenOver, took.length)
    log(
      `replicas, seed ${seed}: ${took.length} taken over, after ${seconds(sorted[Math.floor(took.length / 2)])} s in the middle and ${seconds(sorted.at(-1))} s at most`,
    )
  }
  for (const one of took)
    if (one.afterMs > takenOverWithinMs + one.lateMs) tally.broken.push(`seed ${seed}: ${toldOf(one)}`)
}

function toldOf({ entry, afterMs, lateMs, leaseMs }: TakenOver): string {
  const lease = leaseMs === undefined ? '' : `, and its lease ran ${seconds(leaseMs)} s longer`
  return `it took ${seconds(afterMs)} s until another replica went on with ${entry}, of which the machine was late by ${seconds(lateMs)} s${lease}`
}

/** As soon as it is known: a run may take an hour. */
function tellLate(took: readonly TakenOver[], { seed, log }: Disturbing): void {
  for (const one of took.filter(({ afterMs }) => afterMs > takenOverWithinMs))
    log(`replicas, seed ${seed}: ${toldOf(one)}`)
  const unexplained = took.find(({ afterMs, lateMs }) => afterMs > takenOverWithinMs + lateMs)
  for (const line of unexplained?.meanwhile ?? []) log(`  ${line}`)
}

const seconds = (ms = 0) => (ms / 1_000).toFixed(1)

interface Disturbed {
  readonly desk: Replicas
  readonly database: Watched
  readonly random: () => number
  readonly cases: readonly Case[]
  readonly given: Disturbing
  readonly tally: Tally
}

/** Returns when what a silent replica had in hand was gone on with, of each. */
async function disturb(parts: Disturbed): Promise<readonly TakenOver[]> {
  const { desk, random, given, tally } = parts
  const took: TakenOver[] = []
  const ended: Promise<void>[] = []
  const began = performance.now()
  let failed: { readonly error: unknown } | undefined
  let killed = 0
  // Whoever was killed a moment ago is sent clicks until that is found out, and is not killed a second time.
  const disturbed = new Set<Replica>()
  const untouched = () => desk.inService().filter((replica) => !disturbed.has(replica))
  for (const { kind, which, afterMs } of disturbancesTo(given.kills, random)) {
    await sleep(afterMs)
    // Somebody has to be there who goes on with it.
    while (untouched().length < 2 && !failed) await sleep(againMs)
    if (failed) throw failed.error
    if (given.forMs !== undefined && performance.now() - began > given.forMs) break
    const serving = untouched()
    const replica = serving[Math.floor(which * serving.length)]
    if (!replica) continue
    count(tally.faults, kind)
    for (const one of parts.cases) one.deaths += 1
    disturbed.add(replica)
    ended.push(
      disturbances[kind](parts, replica).then((times) => {
        disturbed.delete(replica)
        took.push(...times)
        tellLate(times, given)
      }),
    )
    ended.at(-1)?.catch((error: unknown) => {
      failed ??= { error }
    })
    if (kind === 'killed') killed += 1
    if (kind === 'killed' && killed % 10 === 0)
      given.log(
        `replicas, seed ${given.seed}: ${killed} of ${given.kills} kills, ${parts.cases.length} requests, ${took.length} taken over, after ${seconds(Math.max(0, ...took.map(({ afterMs }) => afterMs)))} s at most`,
      )
  }
  await Promise.all(ended)
  tally.kills += killed
  return took
}

type Kind = keyof typeof ofTen

interface Planned {
  readonly kind: Kind
  /** At least 0, below 1: of those that are in service. */
  readonly which: number
  readonly afterMs: number
}

/** Until so many are killed. */
function* disturbancesTo(kills: number, random: () => number): Generator<Planned> {
  for (let killed = 0; killed < kills; ) {
    const ten = Object.entries(ofTen).flatMap(([kind, times]) => Array<Kind>(times).fill(kind as Kind))
    for (const [kind] of ten
      .map((one) => [one, random()] as const)
      .sort(([, one], [, other]) => one - other)) {
      if (killed === kills) return
      if (kind === 'killed') killed += 1
      yield { kind, which: random(), afterMs: random() * longestCalmMs }
    }
  }
}

type Disturbance = (parts: Disturbed, replica: Replica) => Promise<readonly TakenOver[]>

const disturbances: Readonly<Record<Kind, Disturbance>> = {
  async killed({ desk, database, tally }, killed) {
    const { bot } = killed
    const waited = waitForProcessor(desk.inService().filter((one) => one !== killed))
    bot.kill()
    const before = await database.inHand()
    if (before.size > 0) count(tally.reached, underWay('killed'))
    const taking = database.takenOver(before, waited)
    await bot.ended
    await desk.start()
    return taking
  },
  /** Until long after others have gone on with what it has in hand. */
  async paused({ desk, database, random, tally }, replica) {
    const waited = waitForProcessor(desk.inService().filter((one) => one !== replica))
    replica.bot.signal('SIGSTOP')
    const before = await database.inHand()
    if (before.size > 0) count(tally.reached, underWay('paused'))
    const taking = database.takenOver(before, waited)
    await sleep(foundSilentMs)
    desk.takeOut(replica)
    await sleep(pauseMs.least - foundSilentMs + random() * (pauseMs.most - pauseMs.least))
    replica.bot.signal('SIGCONT')
    desk.putBack(replica)
    return taking
  },
  /** As a rolling restart does: it is sent nothing more, and another one comes. */
  async 'told to stop'({ desk, tally }, replica) {
    desk.takeOut(replica)
    replica.bot.signal('SIGTERM')
    const { code, signal } = await replica.bot.ended
    if (code !== 0) tally.broken.push(`a replica that was told to stop ended with ${signal ?? code}`)
    await desk.start()
    return []
  },
}

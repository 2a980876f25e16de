/** People work on requests while chance kills, pauses and stops one replica after the other; afterwards it is judged from outside. */
import { setTimeout as sleep } from 'node:timers/promises'
import { cardsOf, engineer, manager } from '../crash/acts.ts'
import { judge } from '../crash/judge.ts'
import { type AuditRead, type Outside, outsideOf, readAudit } from '../crash/outside.ts'
import { type Case, goOn, isOver, newCase, type Plan, plans } from '../crash/plans.ts'
import { randomOf } from '../crash/random.ts'
import { count, type Tally } from '../crash/tally.ts'
import { type Watched, watchDatabase } from './in-hand.ts'
import { openReplicas, type Replica, type Replicas } from './replicas.ts'

export interface Disturbing {
  /** With nothing in it. */
  readonly databaseUrl: string
  readonly seed: number
  readonly kills: number
  readonly log: (line: string) => void
}

const replicaCount = 3
/** Of ten disturbances so many are of each kind, in an order by chance. */
const ofTen = { killed: 7, paused: 2, 'told to stop': 1 } as const
/** The longest time between two disturbances; between them is work to be disturbed. */
const longestCalmMs = 3_000
/** Longer than the lease of what it has in hand, which is 8 s. */
const pauseMs = { least: 9_000, most: 13_000 } as const
/** A load balancer finds out that a replica is silent by asking it, which takes a while. */
const foundSilentMs = 2_000
/** A new request of one plan comes each so many milliseconds, and as many are open at most. */
const newEveryMs = 400
const mostOpen = 24
/** A person who was not answered looks again after a moment. */
const againMs = 300
/** An append without an answer is repeated after 135 s, and a replica may have been killed meanwhile. */
const restMs = 420_000
const takenOverWithinMs = 10_000

export async function disturbReplicas(given: Disturbing, tally: Tally): Promise<void> {
  const random = randomOf(given.seed)
  // Who is sent which click depends on when it comes: that is another sequence, so that the disturbances are the same.
  const desk = await openReplicas(given.databaseUrl, randomOf(given.seed + 1_000_000))
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
  const working = work(desk, cases, isDone.signal)
  const took = await disturb({ desk, database, random, cases, given, tally })
  isDone.abort()
  await working
  await finish(desk, database, cases, tally)
  const audit = await readAudit(given.databaseUrl, desk.now)
  for (const one of cases) await compare(desk, database, one, untouched, audit, given, tally)
  if (audit.wrong !== undefined) tally.broken.push(`the audit chain is broken at ${audit.wrong}`)
  tally.runs += 1
  judgeTakeovers(took, given, tally)
  given.log(`replicas, seed ${given.seed}: ${cases.length} requests, ${given.kills} kills`)
}

function judgeTakeovers(took: readonly number[], { seed, log }: Disturbing, tally: Tally): void {
  const sorted = took.toSorted((one, other) => one - other)
  const seconds = (ms = 0) => (ms / 1_000).toFixed(1)
  if (took.length > 0) {
    count(tally.reached, takenOver, took.length)
    log(
      `replicas, seed ${seed}: ${took.length} taken over, after ${seconds(sorted[Math.floor(took.length / 2)])} s in the middle and ${seconds(sorted.at(-1))} s at most`,
    )
  }
  for (const ms of sorted)
    if (ms > takenOverWithinMs)
      tally.broken.push(`seed ${seed}: it took ${seconds(ms)} s until another replica went on`)
}

async function untouchedRuns(
  desk: Replicas,
  database: Watched,
  databaseUrl: string,
): Promise<ReadonlyMap<Plan, Outside>> {
  const cases = plans.map((plan) => newCase(desk, plan))
  await untilOver(desk, database, cases)
  const audit = await readAudit(databaseUrl, desk.now)
  return new Map(
    await Promise.all(
      cases.map(async ({ plan, subject }) => [plan, await outsideOf(desk, subject, audit)] as const),
    ),
  )
}

/** New requests come in one after the other, and somebody goes on with each of them. */
async function work(desk: Replicas, cases: Case[], isDone: AbortSignal): Promise<void> {
  const carriedOut: Promise<void>[] = []
  for (let turn = 0; !isDone.aborted; turn += 1) {
    const plan = plans[turn % plans.length]
    if (plan && cases.filter((one) => !isOver(one)).length < mostOpen) {
      const one = newCase(desk, plan)
      cases.push(one)
      carriedOut.push(keepOn(desk, one, isDone))
    }
    await sleep(newEveryMs)
  }
  await Promise.all(carriedOut)
}

async function keepOn(desk: Replicas, one: Case, isDone: AbortSignal): Promise<void> {
  while (!isOver(one) && !isDone.aborted) {
    await sleep(againMs)
    await goOn(desk, one)
  }
}

interface Disturbed {
  readonly desk: Replicas
  readonly database: Watched
  readonly random: () => number
  readonly cases: readonly Case[]
  readonly given: Disturbing
  readonly tally: Tally
}

/** Returns after how many milliseconds what a silent replica had in hand was gone on with, of each. */
async function disturb(parts: Disturbed): Promise<readonly number[]> {
  const { desk, random, given, tally } = parts
  const took: number[] = []
  const ended: Promise<void>[] = []
  let killed = 0
  for (const { kind, which, afterMs } of disturbancesTo(given.kills, random)) {
    await sleep(afterMs)
    // Somebody has to be there who goes on with it.
    while (desk.inService().length < 2) await sleep(againMs)
    const serving = desk.inService()
    const replica = serving[Math.floor(which * serving.length)]
    if (!replica) continue
    count(tally.faults, kind)
    for (const one of parts.cases) one.deaths += 1
    ended.push(disturbances[kind](parts, replica).then((times) => void took.push(...times)))
    if (kind === 'killed') killed += 1
    if (kind === 'killed' && killed % 10 === 0)
      given.log(
        `replicas, seed ${given.seed}: ${killed} of ${given.kills} kills, ${parts.cases.length} requests`,
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

type Disturbance = (parts: Disturbed, replica: Replica) => Promise<readonly number[]>

const disturbances: Readonly<Record<Kind, Disturbance>> = {
  async killed({ desk, database, tally }, { bot }) {
    bot.kill()
    const before = await database.inHand()
    if (before.size > 0) count(tally.reached, underWay('killed'))
    const taking = database.takenOver(before)
    await bot.ended
    await desk.start()
    return taking
  },
  /** Until long after others have gone on with what it has in hand. */
  async paused({ desk, database, random, tally }, replica) {
    replica.bot.signal('SIGSTOP')
    const before = await database.inHand()
    if (before.size > 0) count(tally.reached, underWay('paused'))
    const taking = database.takenOver(before)
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

async function finish(
  desk: Replicas,
  database: Watched,
  cases: readonly Case[],
  tally: Tally,
): Promise<void> {
  if (!(await untilOver(desk, database, cases)))
    tally.broken.push('something still waits after all the patience')
}

/** Until every plan is carried out and nothing waits; false where it does not come to that. */
async function untilOver(desk: Replicas, database: Watched, cases: readonly Case[]): Promise<boolean> {
  const patience = AbortSignal.timeout(restMs)
  const isDone = new AbortController()
  const working = Promise.all(cases.map((one) => keepOn(desk, one, isDone.signal)))
  while (!patience.aborted) {
    await desk.gitlab.webhooks.settled()
    // Twice with a poll between: what no webhook has told is found by then.
    if (cases.every(isOver) && (await isQuiet(database)) && (await isQuiet(database))) break
    await sleep(againMs)
  }
  isDone.abort()
  await working
  return !patience.aborted
}

/** Longer than the pause between two polls, and than the time until a redraw. */
const quietMs = 6_000

async function isQuiet(database: Watched): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < quietMs; waitedMs += againMs) {
    if ((await database.waiting()) > 0) return false
    await sleep(againMs)
  }
  return true
}

async function compare(
  desk: Replicas,
  database: Watched,
  { plan, subject, done, deaths }: Case,
  untouched: ReadonlyMap<Plan, Outside>,
  audit: AuditRead,
  { seed, log }: Disturbing,
  tally: Tally,
): Promise<void> {
  const where = `replicas, seed ${seed}, #${subject.iid} ${plan.name}`
  const wanted = untouched.get(plan)
  if (!wanted || done < plan.steps.length) return void tally.broken.push(`${where}: it is not over`)
  const judged = judge(wanted, await outsideOf(desk, subject, audit), deaths)
  for (const kind of ['missing', 'duplicated', 'broken'] as const)
    for (const what of judged[kind]) {
      log(`${where}: ${kind}: ${what}`)
      tally[kind].push(`${where}: ${what}`)
    }
  const wrong = [...judged.missing, ...judged.duplicated, ...judged.broken]
  if (wrong.length > 0) logStory(desk, subject, audit, await database.cameIn(subject.iid), log)
  tally.effectsChecked += judged.checked
  if (judged.saidTwice > 0) count(tally.faults, 'said twice in Slack', judged.saidTwice)
}

/** What is told of one request inside and outside: with it a loss can be understood. */
function logStory(
  desk: Replicas,
  { iid }: Case['subject'],
  audit: AuditRead,
  cameIn: readonly string[],
  log: (line: string) => void,
): void {
  for (const { seq, at, what, who, details } of audit.entries.filter((entry) => entry.iid === iid))
    log(`  audit ${seq} ${at} ${what} by ${who} ${JSON.stringify(details)}`)
  for (const { ts } of cardsOf(desk, iid))
    for (const { text } of desk.slack.thread(ts)) log(`  thread ${text}`)
  for (const line of cameIn) log(`  inbox ${line}`)
  for (const { id } of [engineer, manager])
    for (const { text } of desk.slack.ephemerals(id))
      if (text.includes(`${iid}`)) log(`  told ${id}: ${text}`)
}

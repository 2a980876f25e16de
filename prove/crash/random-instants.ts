/** Many clicks, commands and webhooks at once, and the bot killed at any instant among them. */
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../../src/store/open-store.ts'
import { askForCards } from './acts.ts'
import type { DeskOfProcesses } from './desk-of-processes.ts'
import { judge } from './judge.ts'
import { onADesk } from './on-a-desk.ts'
import { type Outside, outsideOf } from './outside.ts'
import { type Case, goOn, isOver, newCase, type Plan, plans } from './plans.ts'
import { randomOf } from './random.ts'
import { count, type Tally } from './tally.ts'

export interface RandomInstants {
  readonly seed: number
  readonly kills: number
  readonly log: (line: string) => void
}

/** The bot lives for at most this long before it is killed; what people do comes in the first half of it. */
const longestLifeMs = 400
const newOfEachPlan = 2
const pauseMs = 7_000

export function killAtRandomInstants(given: RandomInstants, tally: Tally): Promise<void> {
  return onADesk(async (desk) => {
    const untouched = await untouchedRuns(desk)
    const cases: Case[] = []
    const random = randomOf(given.seed)
    for (let kill = 0; kill < given.kills; kill++) await round(desk, cases, random, tally)
    await finish(desk, cases)
    for (const one of cases) await compare(desk, one, untouched, given, tally)
    tally.runs += 1
    tally.kills += given.kills
    count(tally.faults, 'killed: at a random instant under load', given.kills)
    given.log(`random instants, seed ${given.seed}: ${cases.length} requests, ${given.kills} kills`)
  }, tally)
}

async function untouchedRuns(desk: DeskOfProcesses): Promise<ReadonlyMap<Plan, Outside>> {
  const cases = plans.map((plan) => newCase(desk, plan))
  await finish(desk, cases)
  return new Map(
    await Promise.all(
      cases.map(async ({ plan, subject }) => [plan, await outsideOf(desk, subject)] as const),
    ),
  )
}

/** Everybody at once, each after a moment of their own, and somewhere in between the bot dies. */
async function round(
  desk: DeskOfProcesses,
  cases: Case[],
  random: () => number,
  tally: Tally,
): Promise<void> {
  // What was left unknown by the last kill is looked up while new work comes in.
  await desk.advance(pauseMs)
  for (let time = 0; time < newOfEachPlan; time++) cases.push(...plans.map((plan) => newCase(desk, plan)))
  const acts = cases
    .filter((one) => !isOver(one))
    .map(async (one) => {
      await sleep((random() * longestLifeMs) / 2)
      await goOn(desk, one)
    })
  await sleep(random() * longestLifeMs)
  await desk.kill()
  if (await isUnderWay(desk)) count(tally.reached, 'killed with work under way')
  await Promise.all(acts)
  for (const one of cases) one.deaths += 1
  await desk.restart()
}

/** Something is stored and not done yet. */
async function isUnderWay({ databaseFile, now }: DeskOfProcesses): Promise<boolean> {
  const store = await openStore({ databaseUrl: `file:${databaseFile}`, now, beside: true })
  const { inbox, outbox } = store.tables
  const waiting = (await inbox.pendingCount()) + (await outbox.unfinishedCount())
  await store.close()
  return waiting > 0
}

async function finish(desk: DeskOfProcesses, cases: readonly Case[]): Promise<void> {
  const mostTurns = 5
  await desk.rest()
  for (let turn = 0; turn < mostTurns && !cases.every(isOver); turn++) {
    await askForCards(desk)
    await Promise.all(cases.filter((one) => !isOver(one)).map((one) => goOn(desk, one)))
    await desk.rest()
  }
}

async function compare(
  desk: DeskOfProcesses,
  { plan, subject, done, deaths }: Case,
  untouched: ReadonlyMap<Plan, Outside>,
  { seed, log }: RandomInstants,
  tally: Tally,
): Promise<void> {
  const where = `random instants, seed ${seed}, #${subject.iid} ${plan.name}`
  const wanted = untouched.get(plan)
  if (!wanted || done < plan.steps.length) return void tally.broken.push(`${where}: it is not over`)
  const judged = judge(wanted, await outsideOf(desk, subject), deaths)
  for (const kind of ['missing', 'duplicated', 'broken'] as const)
    for (const what of judged[kind]) {
      log(`${where}: ${kind}: ${what}`)
      tally[kind].push(`${where}: ${what}`)
    }
  tally.effectsChecked += judged.checked
  if (judged.saidTwice > 0) count(tally.faults, 'said twice in Slack', judged.saidTwice)
}

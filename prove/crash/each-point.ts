/** Each scenario once untouched, and then once for every point: killed there, started again, and compared. */
import { chunksOf } from '../in-processes.ts'
import { type Acted, askForCards, cardsOf, cardsOfTicket } from './acts.ts'
import type { DeskOfProcesses, DeskOptions } from './desk-of-processes.ts'
import { judge } from './judge.ts'
import { onADesk } from './on-a-desk.ts'
import type { Outside } from './outside.ts'
import { outsideWithTickets } from './outside-of-tickets.ts'
import { areTooManyMissed, kindOf, nameOf, type Point, pointsOf, sampled } from './points.ts'
import type { Scenario, Subject } from './scenarios.ts'
import { sideBySide } from './side-by-side.ts'
import { count, type Tally } from './tally.ts'

export interface EachPoint {
  readonly scenarios: readonly Scenario[]
  /** Points of each scenario; Infinity for all. */
  readonly most: number
  /** Of which points; all unless given. */
  readonly only?: (point: Point) => boolean
  /** Desks side by side. */
  readonly desks: number
  /** How each of these is set up. */
  readonly options?: DeskOptions
  readonly log: (line: string) => void
}

interface Try {
  readonly scenario: Scenario
  readonly untouched: Outside
  readonly point: Point
}

export async function killAtEachPoint(given: EachPoint, tally: Tally): Promise<void> {
  const { scenarios, desks, options, log } = given
  let tried = 0
  const notMet = new Map<Scenario, number>()
  const killAtAll = async (desk: DeskOfProcesses, some: readonly Try[]) => {
    for (const one of some) {
      if (!(await killThere(desk, one, given, tally)))
        notMet.set(one.scenario, (notMet.get(one.scenario) ?? 0) + 1)
      tried += 1
      if (tried % 100 === 0) log(`${tried} points`)
    }
  }

  let tries: readonly Try[] = []
  let rest: readonly Try[] = []
  // One that has moved the day is not as it was when its picture was taken.
  const canGoOnHere = desks === 1 && !scenarios.some(({ movesDay }) => movesDay)
  await onADesk(
    async (desk) => {
      tries = await untouchedRuns(desk, given, tally)
      rest = tries
      if (canGoOnHere && tries.length <= triesOfADesk) {
        rest = []
        await killAtAll(desk, tries)
      }
    },
    tally,
    options,
  )
  const size = Math.min(triesOfADesk, Math.ceil(rest.length / desks))
  await sideBySide(desks, chunksOf(rest, size), (some) =>
    onADesk((desk) => killAtAll(desk, some), tally, options),
  )
  for (const [scenario, missed] of notMet) {
    const all = tries.filter((one) => one.scenario === scenario).length
    if (areTooManyMissed(missed, all))
      tally.broken.push(`${scenario.name}: of ${all} points ${missed} were not met`)
  }
}

/** A desk that has seen much is slow to compare. */
const triesOfADesk = 25

/** All points of the sample, those of different scenarios side by side. */
async function untouchedRuns(desk: DeskOfProcesses, given: EachPoint, tally: Tally): Promise<readonly Try[]> {
  const { most, only = () => true, log } = given
  const tries: Try[] = []
  for (const [turn, scenario] of dayMoversLast(given.scenarios).entries()) {
    const subject = await scenario.prepare(desk)
    const before = { calls: desk.calls.count(), commits: await commitsOf(desk) }
    const acted = await untilAcknowledged(desk, scenario, subject)
    const rest = await desk.rest()
    const untouched = await outsideWithTickets(desk, subject)
    if (rest !== 'at-rest' || acted !== 'acknowledged')
      tally.broken.push(`${scenario.name}: untouched, it is ${acted} and ${rest}`)
    const all = pointsOf({
      calls: desk.calls.count() - before.calls,
      commits: (await commitsOf(desk)) - before.commits,
    })
    log(`${scenario.name}: ${all.length} points, ${untouched.done.length + untouched.once.length} effects`)
    for (const point of sampled(all.filter(only), most, turn)) tries.push({ scenario, untouched, point })
  }
  return tries
}

/** One picture is of the same day as the other, whichever of them have moved it on whichever desk. */
const dayMoversLast = (scenarios: readonly Scenario[]): readonly Scenario[] =>
  scenarios.toSorted((one, other) => Number(one.movesDay ?? false) - Number(other.movesDay ?? false))

const commitsOf = async ({ bot }: DeskOfProcesses) => (await bot.order({ order: 'nothing' })) ?? 0

/**
 * Lanes that take turns may need a call or a commit less than in the untouched run: then it is tried again. True where
 * the point was met.
 */
async function killThere(desk: DeskOfProcesses, one: Try, given: EachPoint, tally: Tally): Promise<boolean> {
  for (let time = 0; time < mostTimes; time++) if (await killOnce(desk, one, given, tally)) return true
  given.log(`${one.scenario.name}, ${nameOf(one.point)}: not met`)
  count(tally.faults, 'point not met again')
  return false
}

const mostTimes = 3

/** False where the point was not met. */
async function killOnce(
  desk: DeskOfProcesses,
  { scenario, untouched, point }: Try,
  { log }: EachPoint,
  tally: Tally,
) {
  const { name } = scenario
  const where = `${name}, ${nameOf(point)}`
  const subject = await scenario.prepare(desk)
  await mark(desk, point)
  const acted = await scenario.act(desk, subject)
  const met = (await desk.rest()) === 'died'
  desk.calls.unmark()
  if (!met) {
    await desk.restart()
    return false
  }
  tally.runs += 1
  tally.kills += 1
  count(tally.faults, kindOf(point))
  await desk.restart()
  if (!hasCard(desk, subject)) {
    // Of what came in while the bot was down ten have a card at once.
    await desk.rest()
    await askForCards(desk)
  }
  if (!isTaken(acted)) {
    count(tally.reached, 'clicked again')
    await untilAcknowledged(desk, scenario, subject)
  }
  const rest = await desk.rest()
  if (rest !== 'at-rest')
    tally.broken.push(`${where}: ${rest} after the start\n${desk.bot.output().slice(-1_500)}`)
  const judged = judge(untouched, await outsideWithTickets(desk, subject))
  for (const kind of ['missing', 'duplicated', 'broken'] as const)
    for (const what of judged[kind]) {
      log(`${where}: ${kind}: ${what}`)
      tally[kind].push(`${where}: ${what}`)
    }
  tally.effectsChecked += judged.checked
  if (judged.saidTwice > 0) count(tally.faults, 'said twice in Slack', judged.saidTwice)
  return true
}

const hasCard = (desk: DeskOfProcesses, { iid, ticket }: Subject): boolean =>
  (iid === undefined || cardsOf(desk, iid).length > 0) &&
  (ticket === undefined || cardsOfTicket(desk, ticket).length > 0)

async function mark(desk: DeskOfProcesses, point: Point): Promise<void> {
  if (point.kind === 'call') desk.calls.at(point.call, point.moment, () => desk.bot.kill())
  else await desk.bot.order({ order: 'die-at-commit', commit: point.commit, when: point.when })
}

/**
 * Slack told the person that it did not work, so they do it again: at once, before the bot has sorted itself out.
 * And once more where the machine is so busy that a modal comes too late.
 */
async function untilAcknowledged(
  desk: DeskOfProcesses,
  { name, act }: Scenario,
  subject: Subject,
): Promise<Acted> {
  let acted = await act(desk, subject)
  for (let time = 1; time < mostTimes && !isTaken(acted); time++) {
    await desk.rest()
    acted = await act(desk, subject)
  }
  if (acted === 'not-acknowledged')
    throw new Error(`${name} is never acknowledged:\n${desk.bot.output().slice(-1_500)}`)
  return acted
}

const isTaken = (acted: Acted): boolean => acted === 'acknowledged' || acted === 'gone'

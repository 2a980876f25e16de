/** Each scenario once untouched, and then once for every fault of every statement and call: rested, and compared. */
import { PEOPLE } from '../../sandbox/slack/people.ts'
import type { Acted } from '../crash/acts.ts'
import type { Desk } from '../crash/desk.ts'
import { judge } from '../crash/judge.ts'
import type { Outside } from '../crash/outside.ts'
import type { Scenario, Subject } from '../crash/scenarios.ts'
import { count, type Tally } from '../crash/tally.ts'
import { allOutside } from './all-outside.ts'
import { type Met, type PlannedStatement, sqliteFaults } from './database-faults.ts'
import { type InProcess, openDesk } from './desk.ts'
import { callFaults, type PlannedCall } from './planned-faults.ts'

export type Planned = PlannedStatement | PlannedCall

/** How long what fails `on` goes on failing after the act. */
const outageMs = 30_000
/** What is looked at once a minute comes within this time. */
const longestPauseMs = 60_000
const mostActs = 6

interface Ran {
  readonly outside: Outside
  readonly calls: number
  readonly statements: readonly Met[]
  readonly isMet: boolean
  readonly acts: number
  /** What was said to one person alone after the last act. */
  readonly told: readonly string[]
  /** What would have ended the process, or never ends. */
  readonly broken: readonly string[]
  readonly log: readonly string[]
}

export interface Untouched {
  readonly scenario: Scenario
  readonly ran: Ran
}

export async function untouched(scenario: Scenario): Promise<Untouched> {
  return { scenario, ran: await runWith(scenario) }
}

/** Every fault of every call and statement that the untouched run had, and one beyond the last of each. */
export function everyFault({ ran: { calls, statements } }: Untouched): readonly Planned[] {
  const numbers = (most: number) => Array.from({ length: most + 1 }, (_, index) => index + 1)
  return [
    ...callFaults.flatMap((fault) => numbers(calls).map((call): Planned => ({ call, fault }))),
    ...sqliteFaults.flatMap((fault) =>
      (['once', 'on'] as const).flatMap((lasts) =>
        numbers(statements.length)
          .filter((statement) => fault !== 'SQLITE_FULL' || statements[statement - 1]?.writes !== false)
          .map((statement): Planned => ({ statement, fault, lasts })),
      ),
    ),
  ]
}

export async function tryFault(
  { scenario, ran }: Untouched,
  planned: Planned,
  tally: Tally,
  log: (line: string) => void,
): Promise<void> {
  const where = `${scenario.name}, ${nameOf(planned)}`
  const tried = await runWith(scenario, ran, planned).catch((error: unknown): string => String(error))
  if (typeof tried === 'string') return void tally.broken.push(`${where}: ${tried}`)
  tally.runs += 1
  if (tried.isMet) count(tally.faults, kindOf(planned))
  if (tried.acts > 1) count(tally.reached, 'made again, as it was not acknowledged')
  const judged = judge(ran.outside, tried.outside)
  const lists = { ...judged, broken: [...judged.broken, ...tried.broken] }
  for (const kind of ['missing', 'duplicated', 'broken'] as const)
    for (const what of lists[kind]) {
      log(`${where}: ${kind}: ${what}`)
      tally[kind].push(`${where}: ${what}`)
    }
  tally.effectsChecked += judged.checked
  if (judged.saidTwice > 0) count(tally.reached, 'said twice in Slack')
}

function nameOf(planned: Planned): string {
  return 'call' in planned
    ? `call ${planned.call} ${planned.fault}`
    : `statement ${planned.statement} ${planned.fault} ${planned.lasts}`
}

const kindOf = (planned: Planned): string =>
  'call' in planned ? planned.fault : `${planned.fault} ${planned.lasts}`

/** `usual`: what comes of it where nothing fails. */
async function runWith(scenario: Scenario, usual?: Ran, planned?: Planned): Promise<Ran> {
  const inProcess = await openDesk()
  const rejections: string[] = []
  const onRejection = (error: unknown) =>
    void rejections.push(`would have ended the process: ${error instanceof Error ? error.stack : error}`)
  process.on('unhandledRejection', onRejection)
  try {
    return await inProcess.run(() => play(inProcess, scenario, { planned, usual }, rejections))
  } finally {
    process.off('unhandledRejection', onRejection)
    await inProcess.end()
  }
}

async function play(
  inProcess: InProcess,
  scenario: Scenario,
  { planned, usual }: { readonly planned?: Planned | undefined; readonly usual?: Ran | undefined },
  rejections: readonly string[],
): Promise<Ran> {
  const { desk, faults, databaseFaults, bot, time, logged } = inProcess
  const heal = () => {
    faults.disarm()
    databaseFaults.disarm()
  }
  bot.start()
  await desk.rest()
  const subject = await scenario.prepare(desk)
  arm(inProcess, planned)
  const first = await act(desk, scenario, subject)
  if (planned && 'lasts' in planned && planned.lasts === 'on') {
    await time.wait(outageMs)
    heal()
  }
  let rest = await desk.rest()
  heal()
  let last = { ...first, told: toldSince(desk, first.before) }
  let acts = 1
  for (; hasToBeMadeAgain(last, usual?.told) && acts < mostActs; acts++) {
    const again = await act(desk, scenario, subject)
    rest = await desk.rest()
    last = { ...again, told: toldSince(desk, again.before) }
  }
  let outside = await allOutside(desk, subject)
  if (usual && isMissing(usual.outside, outside)) {
    await time.wait(longestPauseMs)
    rest = await desk.rest()
    outside = await allOutside(desk, subject)
  }
  await bot.stop()
  return {
    ...{ outside, acts, log: logged, calls: faults.calls, statements: databaseFaults.statements },
    told: last.told,
    isMet: faults.isMet || databaseFaults.isMet,
    broken: [
      ...(isOver(last.acted) ? [] : [`it is ${last.acted}: ${last.told.join(' ')}`]),
      ...(rest === 'at-rest' ? [] : [`it is ${rest}`]),
      ...(databaseFaults.isEndless ? ['it asks its database again and again without a pause'] : []),
      ...rejections,
    ],
  }
}

function isMissing(wanted: Outside, outside: Outside): boolean {
  const { missing, broken } = judge(wanted, outside)
  return missing.length + broken.length > 0
}

interface ActOf {
  readonly acted: Acted
  /** How much each person had been told before. */
  readonly before: ReadonlyMap<string, number>
}

async function act(desk: Desk, scenario: Scenario, subject: Subject): Promise<ActOf> {
  const before = new Map(actors.map((id) => [id, desk.slack.ephemerals(id).length]))
  return { before, acted: await scenario.act(desk, subject) }
}

const actors = [PEOPLE.engineer.id, PEOPLE.manager.id, PEOPLE.fieldSecurity.id]

function toldSince({ slack }: Desk, before: ActOf['before']): readonly string[] {
  return actors.flatMap((id) =>
    slack
      .ephemerals(id)
      .slice(before.get(id))
      .map(({ text }) => text.replace(/\d+/g, 'N')),
  )
}

/** Who is told at last that it is done already, or can't be, has an answer: whether it was done, the world outside tells. */
const isOver = (acted: Acted): boolean => acted !== 'not-acknowledged'

/** Whoever is told that something did not work looks, and does it again where it is still offered. */
function hasToBeMadeAgain(
  { acted, told }: { readonly acted: Acted; readonly told: readonly string[] },
  usual: readonly string[] | undefined,
): boolean {
  if (acted === 'gone' || !usual) return false
  const isUnusual = told.length > 0 && !told.some((text) => usual.includes(text))
  return acted !== 'acknowledged' || isUnusual
}

function arm({ faults, databaseFaults }: InProcess, planned: Planned | undefined): void {
  faults.arm(planned && 'call' in planned ? planned : undefined)
  databaseFaults.arm(planned && 'statement' in planned ? planned : undefined)
}

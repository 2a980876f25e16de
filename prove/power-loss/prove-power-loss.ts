/**
 * Power loss below SQLite: all that the bot's process writes to its database is written down, and the disk is rebuilt
 * after each of these writes, with all that was synced and any part of the rest. What was acknowledged by then is there.
 * The same with a SQLite that waits for the disk less (`synchronous=NORMAL` and `OFF`) must lose something, or nothing
 * was proved.
 */
import type { DeskOfProcesses } from '../crash/desk-of-processes.ts'
import { onAnEmptyDesk } from '../crash/on-a-desk.ts'
import type { Order } from '../crash/orders.ts'
import { goOn, isOver, newCase, type Plan, plans } from '../crash/plans.ts'
import { randomOf } from '../crash/random.ts'
import { count, newTally, proofOf, type Tally } from '../crash/tally.ts'
import type { Prove } from '../proof.ts'
import { Disk, everyLeft, type Left } from './disk.ts'
import { type JudgedImage, judgeImage, type Owed } from './judge-image.ts'
import { type Ledger, newLedger } from './ledger.ts'
import { newRecorder, type Recorder } from './recorder.ts'

type Synchronous = 'FULL' | 'NORMAL' | 'OFF'

export interface PowerLoss {
  /** With each of these; only `FULL` must lose nothing. */
  readonly synchronous: readonly Synchronous[]
  /** Requests that are worked by each plan. */
  readonly cases: number
  readonly plans: readonly Plan[]
  /** Disks that are looked at; Infinity for all. */
  readonly disks: number
  readonly log: (line: string) => void
}

const sizes = {
  ci: { cases: 1, disks: 60 },
  // All of them are tens of thousands, each of which is opened and checked whole.
  full: { cases: 3, disks: 2_000 },
} as const

export const provePowerLoss: Prove = async ({ size, log }) => {
  const tally = newTally()
  await losePower({ synchronous: ['FULL', 'NORMAL', 'OFF'], plans, ...sizes[size], log }, tally)
  return proofOf('power loss', tally)
}

/** Of a SQLite that does not wait for the disk nearly every disk lacks something. */
const enoughToFindOut = 60

/** False where nothing can be recorded on this machine; it is said in the log. */
export async function losePower(given: PowerLoss, tally: Tally): Promise<boolean> {
  for (const synchronous of given.synchronous) {
    const recorder = newRecorder()
    if (typeof recorder === 'string') {
      given.log(`power loss: left out, there is no recorder: ${recorder}`)
      return false
    }
    try {
      const most = synchronous === 'FULL' ? given.disks : Math.min(given.disks, enoughToFindOut)
      const judged = await judgeAll(await play(recorder, synchronous, given, tally), most)
      const { disks, lost, forgotten } = judged
      given.log(`synchronous=${synchronous}: ${disks} disks, ${lost} lost, ${forgotten} forgotten`)
      if (synchronous === 'FULL') tell(judged, tally)
      else count(tally.reached, `synchronous=${synchronous} is found out`, lost + forgotten)
    } finally {
      recorder.close()
    }
  }
  return true
}

interface Played {
  readonly operations: ReturnType<Recorder['operations']>
  readonly ledger: Ledger
}

/** People answer, fail, mark as spam and claim, until all is done; then the process is killed. */
async function play(
  recorder: Recorder,
  synchronous: Synchronous,
  { cases: ofEach, plans: planned }: PowerLoss,
  tally: Tally,
): Promise<Played> {
  const ledger = newLedger()
  const orders: readonly Order[] = synchronous === 'FULL' ? [] : [{ order: 'synchronous', to: synchronous }]
  const work = async (desk: DeskOfProcesses) => {
    ledger.watch(desk.gitlab.fake)
    if (!(await desk.start(orders))) throw new Error(`the bot does not start:\n${desk.bot.output()}`)
    await desk.rest()
    const cases = Array.from({ length: ofEach }, () => planned.map((plan) => newCase(desk, plan))).flat()
    await desk.rest()
    for (let turn = 0; turn < mostTurns && !cases.every(isOver); turn++) {
      await Promise.all(cases.filter((one) => !isOver(one)).map((one) => goOn(desk, one)))
      await desk.rest()
    }
    if (!cases.every(isOver)) tally.broken.push(`synchronous=${synchronous}: not all is over`)
    await desk.kill()
  }
  await onAnEmptyDesk(work, tally, { reach: ledger.reach, processEnv: recorder.env })
  tally.runs += 1
  return { operations: recorder.operations(), ledger }
}

const mostTurns = 5

interface Judged {
  disks: number
  lost: number
  forgotten: number
  readonly faults: Record<string, number>
  readonly missing: string[]
  readonly duplicated: string[]
  readonly broken: string[]
}

/** After every write and every sync, or after so many of them, evenly; with each thing that may be left. */
async function judgeAll({ operations, ledger }: Played, most: number): Promise<Judged> {
  const judged: Judged = {
    ...{ disks: 0, lost: 0, forgotten: 0, faults: {} },
    ...{ missing: [], duplicated: [], broken: [] },
  }
  const disk = new Disk()
  const random = randomOf(1)
  // What a power loss may leave is of interest from the first acknowledgement on.
  const first = operations.findIndex(({ began }) => began > (ledger.acknowledged[0]?.at ?? Infinity))
  const from = Math.max(0, first - 1)
  const step = Math.max(1, ((operations.length - from) * everyLeft.length) / most)
  let turn = 0
  for (const [index, operation] of operations.entries()) {
    disk.do(operation)
    const until = operations[index + 1]?.began ?? Infinity
    for (const left of disk.isUnsynced() ? everyLeft : (['all'] as const)) {
      if (index < from) continue
      turn += 1
      if (Math.floor(turn / step) === Math.floor((turn - 1) / step)) continue
      const where = `power loss after write ${index + 1} of ${operations.length}, left: ${left}`
      note(
        judged,
        where,
        left,
        await judgeImage(disk.imageAfterPowerLoss(left, random), owedBy(ledger, until)),
      )
    }
  }
  return judged
}

function owedBy({ acknowledged, changes }: Ledger, until: number): Owed {
  return {
    keys: acknowledged.filter(({ at }) => at <= until).map(({ key }) => key),
    changes: changes.filter((at) => at <= until).length,
  }
}

function note(judged: Judged, where: string, left: Left, image: JudgedImage): void {
  judged.disks += 1
  judged.lost += image.lost.length
  judged.forgotten += image.forgotten
  count(judged.faults, `power loss, of what was not synced is left: ${left}`)
  judged.missing.push(...image.lost.map((key) => `${where}: acknowledged and lost: ${key}`))
  if (image.forgotten > 0)
    judged.duplicated.push(`${where}: ${image.forgotten} changes would be made again without a look`)
  judged.broken.push(...image.broken.map((what) => `${where}: ${what}`))
}

function tell(judged: Judged, tally: Tally): void {
  for (const [what, times] of Object.entries(judged.faults)) count(tally.faults, what, times)
  for (const list of ['missing', 'duplicated', 'broken'] as const) tally[list].push(...judged[list])
  count(tally.reached, 'disks with something acknowledged on them', judged.disks)
}

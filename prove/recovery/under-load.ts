/** `privacy-desk backup` beside the real bot while everybody is at work; then the bot is killed and starts on that copy. */
import { execFile } from 'node:child_process'
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { DeskOfProcesses } from '../crash/desk-of-processes.ts'
import { judge } from '../crash/judge.ts'
import { onADesk } from '../crash/on-a-desk.ts'
import { type Outside, outsideOf } from '../crash/outside.ts'
import { type Case, goOn, isOver, newCase, plans } from '../crash/plans.ts'
import { count, type Tally } from '../crash/tally.ts'

export interface UnderLoad {
  readonly requestsOfEachPlan: number
  readonly log: (line: string) => void
}

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
const mostTurns = 12

export function backupUnderLoad({ requestsOfEachPlan, log }: UnderLoad, tally: Tally): Promise<void> {
  return onADesk(async (desk) => {
    const cases = Array.from({ length: requestsOfEachPlan }, () =>
      plans.map((plan) => newCase(desk, plan)),
    ).flat()
    const copy = join(desk.folder, 'copy.db')
    const [backedUp] = await Promise.all([backup(desk, copy), work(desk, cases)])
    log(`under load: ${backedUp.trim()}`)
    await desk.rest()
    const before = await Promise.all(cases.map(({ subject }) => outsideOf(desk, subject)))
    await desk.kill()
    for (const part of ['', '-wal', '-shm']) rmSync(desk.databaseFile + part, { force: true })
    copyFileSync(copy, desk.databaseFile)
    await desk.restart()
    const rest = await desk.rest()
    if (rest !== 'at-rest')
      tally.broken.push(`under load: ${rest} on the copy\n${desk.bot.output().slice(-1_500)}`)
    for (const [index, one] of cases.entries()) await compare(desk, one, before[index], tally)
    tally.runs += 1
    tally.kills += 1
    count(tally.faults, 'restored from a backup made under load')
  }, tally)
}

async function backup({ environment }: DeskOfProcesses, file: string): Promise<string> {
  const options = { env: { PATH: process.env.PATH ?? '', ...environment } }
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'backup', file], options)
  return stdout
}

async function work(desk: DeskOfProcesses, cases: readonly Case[]): Promise<void> {
  for (let turn = 0; turn < mostTurns && !cases.every(isOver); turn++) {
    await Promise.all(cases.filter((one) => !isOver(one)).map((one) => goOn(desk, one)))
    await desk.rest()
  }
}

/** What went out before is there once, and nothing more. */
async function compare(
  desk: DeskOfProcesses,
  { plan, subject }: Case,
  before: Outside | undefined,
  tally: Tally,
): Promise<void> {
  if (!before) return
  const judged = judge(publicOf(before), publicOf(await outsideOf(desk, subject)))
  for (const kind of ['missing', 'duplicated', 'broken'] as const)
    for (const what of judged[kind]) tally[kind].push(`under load, #${subject.iid} ${plan.name}: ${what}`)
  tally.effectsChecked += judged.checked
}

const publicOf = (outside: Outside): Outside => ({
  ...outside,
  card: '',
  once: outside.once.filter((text) => text.startsWith('mail: ')),
})

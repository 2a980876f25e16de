/** The very first start, on which the daily digest is due at once: killed at every point of it, the tables' making included. */
import { channel } from './acts.ts'
import type { DeskOfProcesses, DeskOptions } from './desk-of-processes.ts'
import { onAnEmptyDesk } from './on-a-desk.ts'
import { outsideOf } from './outside.ts'
import { kindOf, nameOf, type Point, pointsOf, sampled } from './points.ts'
import { sideBySide } from './side-by-side.ts'
import { count, type Tally } from './tally.ts'

export interface FirstStart {
  readonly most: number
  readonly desks: number
  readonly log: (line: string) => void
}

const digestIsDue: DeskOptions = { env: { DIGEST_AT: '00:05' } }
const mostDigests = 2

export async function killAtFirstStart({ most, desks, log }: FirstStart, tally: Tally): Promise<void> {
  const points = await untouched(tally)
  log(`first start and daily digest: ${points.length} points`)
  await sideBySide(desks, sampled(points, most, 1), (point) =>
    onAnEmptyDesk((desk) => killAt(desk, point, tally), tally, digestIsDue),
  )
}

async function untouched(tally: Tally): Promise<readonly Point[]> {
  const points: Point[] = []
  const startOnce = async (desk: DeskOfProcesses) => {
    await desk.start()
    if ((await desk.rest()) !== 'at-rest' || digests(desk).length !== 1)
      tally.broken.push(`untouched, the first start posts ${digests(desk).length} digests`)
    const commits = (await desk.bot.order({ order: 'nothing' })) ?? 0
    points.push(...pointsOf({ calls: desk.calls.count(), commits }))
  }
  await onAnEmptyDesk(startOnce, tally, digestIsDue)
  return points
}

async function killAt(desk: DeskOfProcesses, point: Point, tally: Tally): Promise<void> {
  if (point.kind === 'call') desk.calls.at(point.call, point.moment, () => desk.bot.kill())
  const deaths =
    point.kind === 'commit'
      ? [{ order: 'die-at-commit', commit: point.commit, when: point.when } as const]
      : []
  if (await desk.start(deaths)) await desk.rest()
  const met = !desk.bot.isAlive()
  desk.calls.unmark()
  if (!met) return count(tally.faults, 'point not met again')
  tally.runs += 1
  tally.kills += 1
  count(tally.faults, kindOf(point))
  const where = `first start, ${nameOf(point)}`
  if (!(await desk.start())) return void tally.broken.push(`${where}: it does not start again`)
  const rest = await desk.rest()
  if (rest !== 'at-rest') tally.broken.push(`${where}: ${rest} after the start`)
  const times = digests(desk).length
  if (times === 0) tally.missing.push(`${where}: the daily digest`)
  if (times > mostDigests) tally.duplicated.push(`${where}: the daily digest (${times} times)`)
  if (times === mostDigests) count(tally.faults, 'said twice in Slack')
  const { chain } = await outsideOf(desk, {})
  if (chain !== undefined) tally.broken.push(`${where}: the audit chain is broken at ${chain}`)
  tally.effectsChecked += 1
}

const digests = ({ slack }: DeskOfProcesses) =>
  slack.messages(channel).filter(({ text }) => text.startsWith('Privacy requests, '))

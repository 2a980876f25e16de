/** The proof: as many seeds as there is time for, one of them twice, and every rare path gone at least once. */
import { chunksOf, inProcesses } from '../in-processes.ts'
import type { Effort, Proof } from '../proof.ts'
import { addCounts, type Counts } from './judge/tally.ts'
import { type Run, run } from './run.ts'
import { sometimes } from './sometimes.ts'

const stepsOfRun = 260
/** In CI the seeds are always the same, as far as time goes: a change that breaks one is the change that broke it. */
const ciSeconds = 50
/** A slow machine may take longer until every rare path was gone. */
const ciSecondsAtMost = 150
const leastRuns = 12
/** A service that hangs, and a requester who writes while the close is being sent: few seeds meet them, and these are played first. */
const seedsOfRarePaths = [13, 36]
const fullRuns = 500
const seedsOfPart = 10

export interface SimulationEffort extends Effort {
  /** How many seeds; else as many as the size asks for. */
  readonly runs?: number
  readonly firstSeed?: number
}

export async function proveSimulation(effort: SimulationEffort): Promise<Proof> {
  const { size, log, firstSeed = 1 } = effort
  const wanted = effort.runs ?? (size === 'full' ? fullRuns : undefined)
  if (wanted === undefined) return proofOf(await asTimeAllows(firstSeed, log))
  const seeds = Array.from({ length: wanted }, (_, index) => firstSeed + index)
  const parts = chunksOf(seeds, seedsOfPart)
  const script = new URL('play-seeds.ts', import.meta.url)
  const outcomes = await inProcesses<readonly number[], readonly Run[]>(script, parts, log)
  const died = outcomes.flatMap((outcome, part) =>
    'died' in outcome ? [`seeds ${parts[part]?.join(', ')}: ${outcome.died}`] : [],
  )
  return proofOf(
    outcomes.flatMap((outcome) => ('result' in outcome ? outcome.result : [])),
    died,
  )
}

/** As many as fit into the time of CI, and further ones until every rare path was gone. */
async function asTimeAllows(firstSeed: number, log: (line: string) => void): Promise<readonly Run[]> {
  const started = performance.now()
  const runs: Run[] = []
  const isEnough = () => {
    const seconds = (performance.now() - started) / 1000
    const isComplete = Object.values(reachedIn(runs)).every((times) => times > 0)
    return runs.length >= leastRuns && seconds > (isComplete ? ciSeconds : ciSecondsAtMost)
  }
  for (const seed of seedsOfRarePaths) runs.push(await playSeed(seed, log))
  for (let seed = firstSeed; !isEnough(); seed++)
    if (!seedsOfRarePaths.includes(seed)) runs.push(await playSeed(seed, log))
  return runs
}

export async function playSeeds(seeds: readonly number[]): Promise<readonly Run[]> {
  const runs: Run[] = []
  for (const seed of seeds) runs.push(await playSeed(seed, (line) => console.error(line)))
  return runs
}

async function playSeed(seed: number, log: (line: string) => void): Promise<Run> {
  const one = await run(seed, stepsOfRun)
  if (problemsOf(one).length > 0) tell(one, log)
  return { ...one, lastLines: [] }
}

/** One seed is one run, exactly. */
async function differences(first: Run | undefined): Promise<readonly string[]> {
  if (!first) return ['nothing was run']
  const again = await run(first.seed, first.steps)
  return again.digest === first.digest ? [] : [`seed ${first.seed} gave two different runs`]
}

export function problemsOf({
  findings: { missing, duplicated, letIn, broken },
}: Pick<Run, 'findings'>): readonly string[] {
  const named = { missing, duplicated, 'let in': letIn, broken }
  return Object.entries(named).flatMap(([name, list]) => list.map((one) => `${name}: ${one}`))
}

/** What is needed to play it again, and what was going on. */
export function tell(failed: Run, log: (line: string) => void, lines = 40): void {
  const { seed, steps, isOnPostgres, step, faults, lastLines } = failed
  log(`seed ${seed}, step ${step}:`)
  for (const problem of problemsOf(failed)) log(`  ${problem}`)
  log(`  faults: ${JSON.stringify(Object.fromEntries(faults))}`)
  for (const line of lastLines.slice(lastLines.length - lines)) log(`    ${line}`)
  log(
    `  again: npm run simulate -- --seed ${seed} --steps ${steps}${isOnPostgres ? ' --database postgres' : ''}`,
  )
}

async function proofOf(runs: readonly Run[], died: readonly string[] = []): Promise<Proof> {
  const broken = [...died, ...(await differences(runs[0]))]
  const all = (of: (run: Run) => readonly string[]) =>
    runs.flatMap((one) => of(one).map((text) => `seed ${one.seed}: ${text}`))
  const faults = summed(runs.map(({ faults }) => faults))
  return {
    name: 'simulation',
    runs: runs.length,
    seeds: runs.map(({ seed }) => seed),
    faults: Object.fromEntries(faults),
    kills: summed(runs.map(({ reached }) => reached)).get('the process died') ?? 0,
    badInputs: (faults.get('forged-delivery') ?? 0) + (faults.get('replayed-delivery') ?? 0),
    effectsChecked: runs.reduce((sum, { findings }) => sum + findings.effectsChecked, 0),
    owed: owedIn(runs),
    reached: reachedIn(runs),
    missing: all(({ findings }) => findings.missing),
    duplicated: all(({ findings }) => findings.duplicated),
    letIn: all(({ findings }) => findings.letIn),
    broken: [...broken, ...all(({ findings }) => findings.broken)],
  }
}

function reachedIn(runs: readonly Run[]): Readonly<Record<string, number>> {
  const reached = summed(runs.map((one) => one.reached))
  return Object.fromEntries(sometimes.map((name) => [name, reached.get(name) ?? 0]))
}

function summed(maps: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sum = new Map<string, number>()
  for (const map of maps) for (const [name, count] of map) sum.set(name, (sum.get(name) ?? 0) + count)
  return sum
}

export function owedIn(
  runs: readonly Pick<Run, 'findings'>[],
): Readonly<Record<string, { readonly owed: number; readonly found: number }>> {
  const all: Counts = new Map()
  for (const { findings } of runs) addCounts(all, findings.owed)
  return Object.fromEntries(all)
}

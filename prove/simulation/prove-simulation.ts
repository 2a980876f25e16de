/** The proof: as many seeds as there is time for, one of them twice, and every rare path gone at least once. */
import type { Effort, Proof } from '../proof.ts'
import { sometimes } from './checks/sometimes.ts'
import { type Run, run } from './run.ts'

const stepsOfRun = 150
/** In CI the seeds are always the same, as far as time goes: a change that breaks one is the change that broke it. */
const ciSeconds = 55
const leastRuns = 12
/** SIMULATION_RUNS of `npm run prove -- --full` by default. */
const fullRuns = 500

export async function proveSimulation(
  effort: Effort & { readonly runs?: number; readonly firstSeed?: number },
): Promise<Proof> {
  const { size, log, firstSeed = 1 } = effort
  const until = performance.now() + ciSeconds * 1000
  const mostRuns = effort.runs ?? (size === 'full' ? fullRuns : Number.POSITIVE_INFINITY)
  const isTimeLeft = (count: number) =>
    effort.runs !== undefined || size === 'full' || count < leastRuns || performance.now() < until
  const runs: Run[] = []
  for (let seed = firstSeed; runs.length < mostRuns && isTimeLeft(runs.length); seed++) {
    const one = await run(seed, stepsOfRun)
    runs.push({ ...one, lastLines: [] })
    if (problemsOf(one).length > 0) tell(one, log)
  }
  return proofOf(runs, await differences(runs[0]))
}

/** One seed is one run, exactly. */
async function differences(first: Run | undefined): Promise<readonly string[]> {
  if (!first) return ['nothing was run']
  const again = await run(first.seed, first.steps)
  return again.digest === first.digest ? [] : [`seed ${first.seed} gave two different runs`]
}

export function problemsOf({
  findings: { lost, doubled, letIn, broken },
}: Pick<Run, 'findings'>): readonly string[] {
  const named = { lost, doubled, 'let in': letIn, broken }
  return Object.entries(named).flatMap(([name, list]) => list.map((one) => `${name}: ${one}`))
}

/** What is needed to play it again, and what was going on. */
export function tell(failed: Run, log: (line: string) => void, lines = 40): void {
  const { seed, steps, step, faults, lastLines } = failed
  log(`seed ${seed}, step ${step}:`)
  for (const problem of problemsOf(failed)) log(`  ${problem}`)
  log(`  faults: ${JSON.stringify(Object.fromEntries(faults))}`)
  for (const line of lastLines.slice(-lines)) log(`    ${line}`)
  log(`  again: npm run simulate -- --seed ${seed} --steps ${steps}`)
}

function proofOf(runs: readonly Run[], broken: readonly string[]): Proof {
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
    reached: reachedIn(runs),
    lost: all(({ findings }) => findings.lost),
    doubled: all(({ findings }) => findings.doubled),
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

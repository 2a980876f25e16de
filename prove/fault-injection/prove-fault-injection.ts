/** The proof that no single statement and no single call may fail without everything coming right in the end. */

import { add, count, newTally, proofOf, type Tally } from '../crash/tally.ts'
import { chunksOf, inProcesses } from '../in-processes.ts'
import type { Prove } from '../proof.ts'
import { allScenarios } from './all-scenarios.ts'
import { everyFault, type Planned, tryFault, type Untouched, untouched } from './each-fault.ts'

interface Try {
  readonly of: Untouched
  readonly planned: Planned
}

/** Faults of one scenario, by its name. */
interface Part {
  readonly scenario: string
  readonly faults: readonly Planned[]
}

/** What the sample of CI may take. */
const ciSeconds = 50
const faultsOfPart = 150

export const proveFaultInjection: Prove = async ({ size, log }) => {
  const tally = newTally()
  const untouchedOnes: Untouched[] = []
  for (const scenario of allScenarios) {
    const of = await untouched(scenario)
    untouchedOnes.push(of)
    for (const broken of of.ran.broken) tally.broken.push(`${scenario.name}, untouched: ${broken}`)
    const { calls, statements } = of.ran
    log(`${scenario.name}: ${calls} calls, ${statements.length} statements, ${everyFault(of).length} faults`)
  }
  if (size === 'full') await tryAll(untouchedOnes, tally, log)
  else await trySample(untouchedOnes, tally, log)
  count(tally.reached, 'made again, as it was not acknowledged', 0)
  return proofOf('each statement and call fails', tally)
}

async function trySample(
  all: readonly Untouched[],
  tally: Tally,
  log: (line: string) => void,
): Promise<void> {
  const until = performance.now() + ciSeconds * 1000
  const tries = all.flatMap((of) => everyFault(of).map((planned): Try => ({ of, planned })))
  for (const { of, planned } of spread(tries)) {
    if (performance.now() > until) break
    await tryFault(of, planned, tally, log)
  }
}

async function tryAll(all: readonly Untouched[], tally: Tally, log: (line: string) => void): Promise<void> {
  const parts = all.flatMap((of): readonly Part[] =>
    chunksOf(everyFault(of), faultsOfPart).map((faults) => ({ scenario: of.scenario.name, faults })),
  )
  const script = new URL('try-faults.ts', import.meta.url)
  const outcomes = await inProcesses<Part, Tally>(script, parts, log)
  for (const [index, outcome] of outcomes.entries()) {
    if ('result' in outcome) add(tally, outcome.result)
    else tally.broken.push(`part ${index + 1}, ${parts[index]?.scenario}: ${outcome.died}`)
  }
}

export async function tryFaults({ scenario: name, faults }: Part): Promise<Tally> {
  const tally = newTally()
  const scenario = allScenarios.find((one) => one.name === name)
  if (!scenario) throw new Error(`there is no scenario “${name}”`)
  const of = await untouched(scenario)
  for (const planned of faults) await tryFault(of, planned, tally, (line) => console.error(line))
  return tally
}

/** All of them, in an order in which any beginning is spread evenly over the whole: the same each time. */
function* spread<T>(all: readonly T[]): Generator<T> {
  const step = stepThrough(all.length)
  for (let index = 0, place = 0; index < all.length; index++, place = (place + step) % all.length) {
    const one = all[place]
    if (one !== undefined) yield one
  }
}

/** Near the golden ratio of the length, and without a divisor in common with it, so that every place is met once. */
function stepThrough(length: number): number {
  const divisor = (one: number, other: number): number => (other === 0 ? one : divisor(other, one % other))
  let step = Math.max(1, Math.floor(length * 0.618034))
  while (divisor(length, step) !== 1) step += 1
  return step
}

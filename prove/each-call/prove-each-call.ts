/** The proof that no single statement and no single call may fail without everything coming right in the end. */
import { count, newTally, proofOf } from '../kill/tally.ts'
import type { Effort, Proof, Prove } from '../proof.ts'
import { allScenarios } from './all-scenarios.ts'
import { everyFault, type Planned, tryFault, type Untouched, untouched } from './each-fault.ts'

interface Try {
  readonly of: Untouched
  readonly planned: Planned
}

/** What the sample of CI may take. */
const ciSeconds = 50

export const proveEachCall: Prove = (effort) => proveEachCallOf(effort, ciSeconds)

async function proveEachCallOf({ size, log }: Effort, seconds: number): Promise<Proof> {
  const tally = newTally()
  const until = performance.now() + seconds * 1000
  const tries: Try[] = []
  for (const scenario of allScenarios) {
    const of = await untouched(scenario)
    for (const broken of of.ran.broken) tally.broken.push(`${scenario.name}, untouched: ${broken}`)
    const all = everyFault(of)
    log(
      `${scenario.name}: ${of.ran.calls} calls, ${of.ran.statements.length} statements, ${all.length} faults`,
    )
    for (const planned of all) tries.push({ of, planned })
  }
  for (const { of, planned } of size === 'full' ? tries : spread(tries)) {
    if (size === 'ci' && performance.now() > until) break
    await tryFault(of, planned, tally, log)
  }
  count(tally.reached, 'made again, as it was not acknowledged', 0)
  return proofOf('each statement and call fails', tally)
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

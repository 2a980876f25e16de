/** Sums up what the parts of a proof have found. */
import type { Proof } from '../proof.ts'

export interface Tally {
  runs: number
  kills: number
  effectsChecked: number
  readonly faults: Record<string, number>
  readonly reached: Record<string, number>
  readonly missing: string[]
  readonly duplicated: string[]
  readonly letIn: string[]
  readonly broken: string[]
}

export function newTally(): Tally {
  return {
    ...{ runs: 0, kills: 0, effectsChecked: 0, faults: {}, reached: {} },
    ...{ missing: [], duplicated: [], letIn: [], broken: [] },
  }
}

export function count(counts: Record<string, number>, what: string, more = 1): void {
  counts[what] = (counts[what] ?? 0) + more
}

export function add(to: Tally, other: Tally): void {
  to.runs += other.runs
  to.kills += other.kills
  to.effectsChecked += other.effectsChecked
  for (const counts of ['faults', 'reached'] as const)
    for (const [what, times] of Object.entries(other[counts])) count(to[counts], what, times)
  for (const list of ['missing', 'duplicated', 'letIn', 'broken'] as const) to[list].push(...other[list])
}

export function proofOf(name: string, tally: Tally): Proof {
  return { name, ...tally }
}

/** Each scenario, and a backup of its database at each instant that its file could be in; and with its database lost. */

import type { Scenario } from '../crash/scenarios.ts'
import type { Tally } from '../crash/tally.ts'
import { allScenarios } from '../fault-injection/all-scenarios.ts'
import { judgeRecovered } from './judge-recovered.ts'
import { type CopyTaken, recover } from './on-the-copy.ts'

export interface EachInstant {
  readonly scenarios?: readonly Scenario[]
  /** Of how many instants each first one is tried; 1 for all. */
  readonly everyHow: number
  readonly log: (line: string) => void
}

export async function recoverAtEachInstant(
  { scenarios = allScenarios, everyHow, log }: EachInstant,
  tally: Tally,
): Promise<void> {
  for (const [turn, scenario] of scenarios.entries()) {
    const commits = await tryOne(scenario, 'none', tally, log)
    log(`${scenario.name}: ${commits} commits`)
    for (let beforeCommit = 1 + (turn % everyHow); beforeCommit <= commits; beforeCommit += everyHow)
      await tryOne(scenario, { beforeCommit }, tally, log)
  }
}

/** How many commits there were. */
async function tryOne(
  scenario: Scenario,
  taken: CopyTaken,
  tally: Tally,
  log: (line: string) => void,
): Promise<number> {
  try {
    const recovered = await recover(scenario, taken)
    judgeRecovered({ scenario, taken, recovered }, tally, log)
    return recovered.commits
  } catch (error) {
    tally.broken.push(`${scenario.name}, ${JSON.stringify(taken)}: ${String(error)}`)
    return 0
  }
}

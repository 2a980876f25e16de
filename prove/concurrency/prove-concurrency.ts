/** Two processes, two managers, and every delivery more than once. */
import type { DeskOfProcesses } from '../crash/desk-of-processes.ts'
import { onADesk } from '../crash/on-a-desk.ts'
import { newTally, proofOf, type Tally } from '../crash/tally.ts'
import type { Prove } from '../proof.ts'
import { sameDeliveries } from './deliveries.ts'
import { twoManagers } from './two-managers.ts'
import { twoProcesses } from './two-processes.ts'

const sizes = {
  ci: { processes: 1, managers: 1, deliveries: 1 },
  full: { processes: 10, managers: 30, deliveries: 10 },
} as const

type Part = (desk: DeskOfProcesses, times: number, tally: Tally) => Promise<void>

export const proveConcurrency: Prove = async ({ size, log }) => {
  const { processes, managers, deliveries } = sizes[size]
  const tally = newTally()
  const run = async (name: string, part: Part, times: number) => {
    await onADesk((desk) => part(desk, times, tally), tally)
    log(`two of everything: ${name}`)
  }
  await run('processes', twoProcesses, processes)
  await run('managers', twoManagers, managers)
  await run('deliveries', sameDeliveries, deliveries)
  return proofOf('two of everything', tally)
}

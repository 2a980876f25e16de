/** The list of all defects on purpose. */
import { inTheClocks } from './by-tests/clocks.ts'
import { atTheDoors } from './by-tests/doors.ts'
import { inTheJudgement } from './by-tests/judgement.ts'
import { inQueueAndStore } from './by-tests/queue-and-store.ts'
import { inTheServices } from './by-tests/services.ts'
import { inTheWords } from './by-tests/words.ts'
import { inSimulation } from './in-simulation.ts'
import type { Mutant } from './mutant.ts'

export const mutants: readonly Mutant[] = [
  ...inSimulation,
  ...inTheJudgement,
  ...inTheClocks,
  ...inQueueAndStore,
  ...atTheDoors,
  ...inTheServices,
  ...inTheWords,
]

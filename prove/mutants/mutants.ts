/** The list of all defects on purpose. */
import { byTests } from './by-tests.ts'
import { inSimulation } from './in-simulation.ts'
import type { Mutant } from './mutant.ts'

export const mutants: readonly Mutant[] = [...inSimulation, ...byTests]

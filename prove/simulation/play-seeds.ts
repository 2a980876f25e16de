/** Some seeds of the simulation in a process of their own. */
import { answerParent } from '../in-processes.ts'
import { playSeeds } from './prove-simulation.ts'

answerParent(playSeeds)

/** Some faults of one scenario in a process of their own. */
import { answerParent } from '../in-processes.ts'
import { tryFaults } from './prove-fault-injection.ts'

answerParent(tryFaults)

/** The proof that a copy of the database, or none at all, is enough to go on; that what is purged is gone, and the log whole. */

import { newTally, proofOf } from '../crash/tally.ts'
import { allScenarios } from '../fault-injection/all-scenarios.ts'
import type { Prove } from '../proof.ts'
import { auditTellsEverything } from './audit-log.ts'
import { recoverAtEachInstant } from './each-instant.ts'
import { purgeLeavesNothing } from './purged-bytes.ts'
import { backupUnderLoad } from './under-load.ts'

const sizes = {
  ci: { everyHow: 7, realEvery: 80, requestsOfEachPlan: 2 },
  full: { everyHow: 1, realEvery: 1, requestsOfEachPlan: 8 },
} as const

export const proveRecovery: Prove = async ({ size, log }) => {
  const tally = newTally()
  const { everyHow, realEvery, requestsOfEachPlan } = sizes[size]
  // One after the other: what runs in virtual time has this process for itself.
  await backupUnderLoad({ requestsOfEachPlan, log }, tally)
  await auditTellsEverything({ realEvery, everyHow: 1, log }, tally)
  await purgeLeavesNothing(tally)
  await recoverAtEachInstant({ scenarios: allScenarios, everyHow, log }, tally)
  return proofOf('backup, loss, purge and audit log', tally)
}

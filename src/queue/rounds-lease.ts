/** One process at a time makes the rounds: polls, clocks with digests and reports, housekeeping. */
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'
import { claimFor } from './pump.ts'

export interface RoundsLease {
  /** True where this process makes the rounds, asked before each of them. */
  isOurs(): boolean
  /** Takes the lease, or goes on holding it. */
  look(): Promise<void>
  /** Lets another process take it at once. */
  release(): Promise<void>
}

/** A third of the lease of the queues is far enough from its end, whatever one look takes. */
export const lookAtLeaseSeconds = 2.5
const name = 'lease:rounds'

/**
 * Two processes that make the same round do no harm, since whatever comes of it is told by its key: the lease keeps
 * them from asking the services twice. Where one process has the database, the rounds are its own.
 */
export function roundsLease({
  store,
  clock,
  owner,
}: {
  readonly store: Store
  readonly clock: Pick<Clock, 'now'>
  readonly owner: string
}): RoundsLease {
  const { sharing, tables } = store
  let heldUntil = 0
  return {
    isOurs: () => !sharing.isShared || clock.now().getTime() < heldUntil,
    async look() {
      if (!sharing.isShared) return
      const claim = claimFor(owner, clock.now(), sharing)
      heldUntil = (await tables.settings.takeLease(name, claim)) ? Date.parse(claim.until) : 0
    },
    async release() {
      if (sharing.isShared && heldUntil > 0) await tables.settings.endLease(name, owner)
      heldUntil = 0
    },
  }
}

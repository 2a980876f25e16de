/** Which part of our limits towards the services is this process's own: as many processes share them as live. */
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'
import { claimFor } from './pump.ts'
import { lookAtLeaseSeconds } from './rounds-lease.ts'

export interface LimitShare {
  /** Returns 1 where nobody else lives, a half where one other does, and 0 where it is not known. */
  now(): number
  /** Says that this process lives and counts who does, where that is not known for long enough yet. */
  look(): Promise<void>
  /** Lets the others have its share at once. */
  release(): Promise<void>
}

const name = 'lease:replica:'

/**
 * Nobody is asked before each call: a share is known until the end of its lease. Whoever comes begins with nothing until
 * all others have had to look again, since until then they share by the number they know. Where one process has the
 * database, all of it is its own.
 */
export function limitShare({
  store,
  clock,
  owner,
}: {
  readonly store: Store
  readonly clock: Pick<Clock, 'now'>
  readonly owner: string
}): LimitShare {
  const { sharing, tables } = store
  const own = `${name}${owner}`
  let living = 0
  let known = { from: 0, until: 0 }

  return {
    now() {
      if (!sharing.isShared) return 1
      const at = clock.now().getTime()
      return at >= known.from && at < known.until ? 1 / living : 0
    },
    async look() {
      if (!sharing.isShared) return
      const at = clock.now()
      if (at.getTime() < known.until - sharing.leaseMs + lookAtLeaseSeconds * 1_000) return
      const claim = claimFor(owner, at, sharing)
      living = await tables.settings.countLeases(name, own, claim)
      const isNew = at.getTime() >= known.until
      const from = isNew && living > 1 ? at.getTime() + sharing.leaseMs : isNew ? 0 : known.from
      known = { from, until: Date.parse(claim.until) }
    },
    async release() {
      if (sharing.isShared && known.until > 0) await tables.settings.endLease(own, owner)
      known = { from: 0, until: 0 }
    },
  }
}

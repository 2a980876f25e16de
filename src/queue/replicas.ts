/** What replicas share: one of them makes the rounds, and each has its part of our limits towards the services. */
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'
import { claimFor } from './pump.ts'

/** A third of the lease of the queues is far enough from its end, whatever one look takes. */
export const lookAtLeaseSeconds = 2.5
const lookAtLeaseMs = lookAtLeaseSeconds * 1_000

interface LeaseHolder {
  readonly store: Store
  readonly clock: Pick<Clock, 'now'>
  /** One life of a process. */
  readonly owner: string
}

export interface LimitShare {
  /** Returns 1 where nobody else lives, a half where one other does, and 0 where it is not known. */
  now(): number
  /** Says that this process lives and counts who does, where that is not known for long enough yet. */
  look(): Promise<void>
  /** Lets the others have its share at once. */
  release(): Promise<void>
}

const replicaName = 'lease:replica:'

/**
 * Nobody is asked before each call: a share is known until the end of its lease, and counted anew by the first look for
 * work after 2.5 s. Whoever comes begins with nothing for so long, since until then the others share by the number they
 * know. Where one process has the database, all of it is its own.
 */
export function limitShare({ store, clock, owner }: LeaseHolder): LimitShare {
  const { sharing, tables } = store
  const own = `${replicaName}${owner}`
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
      if (at.getTime() < known.until - sharing.leaseMs + lookAtLeaseMs) return
      const claim = claimFor(owner, at, sharing)
      living = await tables.settings.countLeases(replicaName, own, claim)
      const isNew = at.getTime() >= known.until
      const from = isNew && living > 1 ? at.getTime() + lookAtLeaseMs : isNew ? 0 : known.from
      known = { from, until: Date.parse(claim.until) }
    },
    async release() {
      if (sharing.isShared && known.until > 0) await tables.settings.endLease(own, owner)
      known = { from: 0, until: 0 }
    },
  }
}

export interface RoundsLease {
  /** True where this process makes the rounds, asked before each of them. */
  isOurs(): boolean
  /** Takes the lease, or goes on holding it. */
  look(): Promise<void>
  /** Lets another process take it at once. */
  release(): Promise<void>
}

const roundsName = 'lease:rounds'

/**
 * Two processes that make the same round do no harm, since whatever comes of it is told by its key: the lease keeps
 * them from asking the services twice. Where one process has the database, the rounds are its own.
 */
export function roundsLease({ store, clock, owner }: LeaseHolder): RoundsLease {
  const { sharing, tables } = store
  let heldUntil = 0
  return {
    isOurs: () => !sharing.isShared || clock.now().getTime() < heldUntil,
    async look() {
      if (!sharing.isShared) return
      const claim = claimFor(owner, clock.now(), sharing)
      heldUntil = (await tables.settings.takeLease(roundsName, claim)) ? Date.parse(claim.until) : 0
    },
    async release() {
      if (sharing.isShared && heldUntil > 0) await tables.settings.endLease(roundsName, owner)
      heldUntil = 0
    },
  }
}

/** The calls that go out, as a stop of the process ends them: those of rounds at once, the others at a limit. */

import { AsyncLocalStorage } from 'node:async_hooks'

/** The way out, and the two ends of it. */
export interface Outgoing {
  readonly fetch: typeof globalThis.fetch
  /** Runs what may be left off between two of its calls: the next start does it again. */
  round<T>(work: () => Promise<T>): Promise<T>
  /** Runs what makes calls only while it holds what it works on: another process may have taken that over. */
  whileHeld<T>(isHeld: () => boolean, work: () => Promise<T>): Promise<T>
  /** From now on a round makes no further call. */
  stopRounds(): void
  /** Gives up all calls in flight, as if no answer had come, and makes no further one. */
  abandon(): void
  /** True from then on: what is made of calls that had no answer says nothing of the services. */
  isAbandoned(): boolean
}

export function outgoing(fetch: typeof globalThis.fetch): Outgoing {
  const inRound = new AsyncLocalStorage<true>()
  const holding = new AsyncLocalStorage<() => boolean>()
  const [rounds, all] = [new AbortController(), new AbortController()]
  return {
    fetch: async (input, init) => {
      if (inRound.getStore()) rounds.signal.throwIfAborted()
      all.signal.throwIfAborted()
      if (holding.getStore()?.() === false) throw new Error('the lease is over: nothing is sent')
      const own = init?.signal ?? (input instanceof Request ? input.signal : undefined)
      return fetch(input, { ...init, signal: own ? AbortSignal.any([own, all.signal]) : all.signal })
    },
    round: (work) => inRound.run(true, work),
    whileHeld: (isHeld, work) => holding.run(isHeld, work),
    stopRounds: () => rounds.abort(),
    abandon: () => all.abort(),
    isAbandoned: () => all.signal.aborted,
  }
}

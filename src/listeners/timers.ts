/**
 * Timers run rounds by themselves: every so often, never twice at the same time, and never the end of the process.
 */

import type { Clock } from '../clock.ts'
import type { Log } from '../http/log.ts'

/** A timer that runs. */
export interface Timer {
  /** Resolves when the round that runs now, if any, has ended. */
  roundOver(): Promise<void>
  /** No further round; waits for the one that runs. */
  stop(): Promise<void>
}

/**
 * Runs the first round at once, each next one `seconds` after the last has ended. A round that fails is logged, and
 * the next one follows.
 */
export function repeatEvery(
  name: string,
  seconds: number,
  round: () => Promise<void>,
  { clock, log }: { readonly clock: Pick<Clock, 'sleep'>; readonly log: Pick<Log, 'warn'> },
): Timer {
  const stopping = new AbortController()
  let current: Promise<void> = Promise.resolve()
  async function rounds(): Promise<void> {
    while (!stopping.signal.aborted) {
      current = round().catch((error: unknown) => {
        // It was left off: nothing has failed.
        if (stopping.signal.aborted) return
        log.warn(
          { timer: name, error: error instanceof Error ? error.message : String(error) },
          'a round failed, the next one follows',
        )
      })
      await current
      await clock.sleep(seconds * 1000, stopping.signal).catch(() => {})
    }
  }
  const running = rounds()
  return {
    roundOver: () => current,
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

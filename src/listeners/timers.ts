/** What happens by itself: every so often, never twice at the same time, and never the end of the process. */

import type { Log } from '../http/log.ts'

export interface Timer {
  /** When the round that runs now, if any, has ended. */
  roundOver(): Promise<void>
  /** No further round; waits for the one that runs. */
  stop(): Promise<void>
}

/** The first round at once, each next one `seconds` after the last has ended. */
export function everySoOften(
  name: string,
  seconds: number,
  round: () => Promise<void>,
  log: Pick<Log, 'warn'>,
): Timer {
  const stopped = Promise.withResolvers<void>()
  let isStopped = false
  let current: Promise<void> = Promise.resolve()
  async function rounds(): Promise<void> {
    while (!isStopped) {
      current = round().catch((error: unknown) => {
        log.warn(
          { timer: name, error: error instanceof Error ? error.message : String(error) },
          'a round failed, the next one follows',
        )
      })
      await current
      await Promise.race([sleep(seconds * 1000), stopped.promise])
    }
  }
  const running = rounds()
  return {
    roundOver: () => current,
    stop: async () => {
      isStopped = true
      stopped.resolve()
      await running
    },
  }

  async function sleep(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    await Promise.race([new Promise((resolve) => (timer = setTimeout(resolve, ms))), stopped.promise])
    clearTimeout(timer)
  }
}

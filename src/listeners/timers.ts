/** What happens by itself: every so often, never twice at the same time, and never the end of the process. */

export interface Timer {
  /** No further round; waits for the one that runs. */
  stop(): Promise<void>
}

interface Log {
  warn(fields: object, message: string): void
}

/** The first round at once, each next one `seconds` after the last has ended. */
export function everySoOften(name: string, seconds: number, round: () => Promise<void>, log: Log): Timer {
  const stopped = Promise.withResolvers<void>()
  let isStopped = false
  async function rounds(): Promise<void> {
    while (!isStopped) {
      try {
        await round()
      } catch (error) {
        log.warn(
          { timer: name, error: error instanceof Error ? error.message : String(error) },
          'a round failed, the next one follows',
        )
      }
      await Promise.race([sleep(seconds * 1000), stopped.promise])
    }
  }
  const running = rounds()
  return {
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

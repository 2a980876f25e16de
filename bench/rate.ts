/** How many of something a second, and what each of them costs the processor, which a busy machine does not lengthen. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

export interface Rate {
  readonly perSecond: number
  /** Of the whole process, the system's part in it, in milliseconds for each. */
  readonly cpuMs: number
}

export async function rateOf(count: number, work: () => Promise<unknown>): Promise<Rate> {
  const end = begin()
  await work()
  return end(count)
}

/** From now on, until how many it was is told. */
export function begin(): (count: number) => Rate {
  const startedAt = performance.now()
  const before = process.cpuUsage()
  return (count) => {
    const { user, system } = process.cpuUsage(before)
    return {
      perSecond: count / ((performance.now() - startedAt) / 1000),
      cpuMs: (user + system) / 1000 / count,
    }
  }
}

/** Loaded into a process of which `cpuSecondsOf` is asked. */
export const watch = new URL('./watch-event-loop.ts', import.meta.url)

/** The processor time that a process has taken since its start. */
export async function cpuSecondsOf(child: ChildProcess): Promise<number> {
  const answer = once(child, 'message')
  child.send('how much?')
  const [{ cpuSeconds }] = await answer
  return cpuSeconds
}

/** Time, which comes in from outside: from main and cli the machine's, from a test its own. */
import { clearTimeout, setTimeout } from 'node:timers'

export interface Clock {
  readonly now: () => Date
  /** Resolves after this many milliseconds; rejects with the signal's reason as soon as it is aborted. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** Says what `now` says and waits by the machine's timers, which no clock that is set changes. */
export function clockWith(now: () => Date): Clock {
  return { now, sleep: (ms, signal) => (signal ? sleepUntilAborted(ms, signal) : sleepFor(ms)) }
}

const sleepFor = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Node's own makes an error with a stack of each that is aborted, which is nearly each: what it limits comes in time. */
function sleepUntilAborted(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const giveUp = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', giveUp)
      resolve()
    }, ms)
    signal.addEventListener('abort', giveUp, { once: true })
  })
}

/** A measurement that took longer says too little. */
const longestMeasureMs = 1_000
/** Beyond this far apart the machine's clock is wrong, and somebody should know. */
const farApartMs = 5_000

/**
 * Tells the time of a server by how far the machine's clock is from it: processes on several machines then agree when a
 * lease is over, however wrong one of their clocks is. `measure` looks again.
 */
export async function serverClock(
  clock: Clock,
  serverTime: () => Promise<Date>,
  log: { readonly warn: (fields: object, message: string) => void },
): Promise<Clock & { readonly measure: () => Promise<void> }> {
  let aheadMs = 0
  const measure = async () => {
    const before = clock.now().getTime()
    const server = (await serverTime()).getTime()
    const after = clock.now().getTime()
    if (after - before > longestMeasureMs) return
    const measured = Math.round(server - (before + after) / 2)
    if (Math.abs(measured) > farApartMs && Math.abs(measured - aheadMs) > farApartMs)
      log.warn(
        { aheadMs: measured },
        'the clock of this machine is wrong: the bot goes by that of its database',
      )
    aheadMs = measured
  }
  await measure()
  return { sleep: clock.sleep, now: () => new Date(clock.now().getTime() + aheadMs), measure }
}

/**
 * Lets others of this process have their turn: the database answers at once, so that nothing else gives them one. By
 * the global timer of that moment, as simulated time is told by it that somebody still has something to do.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** The answer, or `late` where it takes longer than this many milliseconds; then nobody hears of it any more. */
export async function answerOrLate<T>(
  { sleep }: Pick<Clock, 'sleep'>,
  ms: number,
  answer: Promise<T>,
  late: () => T,
): Promise<T> {
  const answered = new AbortController()
  try {
    return await Promise.race([answer, sleep(ms, answered.signal).then(late)])
  } finally {
    // A reason of its own costs nothing: the one that is made otherwise has a stack.
    answered.abort('answered')
  }
}

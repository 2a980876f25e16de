/** Work that is done once for many who ask: kept for good, or shared while it is under way. */
import { type Instant, toInstant } from '../engine/time.ts'

/** Asks once and keeps the answer. A failure is not kept, so what failed is asked again. */
export function memoize<T>(ask: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined
  return () => {
    known ??= ask().catch((error: unknown) => {
      known = undefined
      throw error
    })
    return known
  }
}

/**
 * Done once for everybody who asked before it began: of a thousand webhooks about tickets that are none of ours, the
 * first asks for all. One at a time: whoever comes while it is under way shares the next.
 */
export function coalesce(now: () => Date, work: () => Promise<void>): (since: Instant) => Promise<void> {
  let last: { readonly startedAt: Instant; readonly done: Promise<void> } | undefined
  let next: Promise<void> | undefined
  async function start(): Promise<void> {
    await last?.done.catch(() => undefined)
    next = undefined
    const started = { startedAt: toInstant(now()), done: work() }
    last = started
    await started.done.catch((error: unknown) => {
      if (last === started) last = undefined
      throw error
    })
  }
  return async (since) => {
    // What began later than now began before the clock was set back: nobody knows what came after it.
    if (last && last.startedAt > since && last.startedAt <= toInstant(now())) return last.done
    next ??= start()
    return next
  }
}

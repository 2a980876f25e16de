import type { Instant } from '../../engine/time.ts'

/** Returns the first of these instants. */
export function earliest(first: Instant, ...others: readonly Instant[]): Instant {
  return [first, ...others].toSorted()[0] ?? first
}

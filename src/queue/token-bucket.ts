/** A rate that may be exceeded for a moment: full at start, filled evenly. */

export interface TokenBucket {
  hasOne(): boolean
  /** Returns how many can be taken now, one after the other. */
  count(): number
  /** Takes one where there is one. */
  take(): boolean
  /** Returns the milliseconds until there are this many tokens, if none is taken meanwhile. */
  msUntil(tokens: number): number
}

export interface BucketSize {
  readonly burst: number
  readonly perMinute: number
}

/** A thousandth of a token is what many small additions may be short of. */
const spare = 0.001

export function tokenBucket({ burst, perMinute }: BucketSize, now: () => Date): TokenBucket {
  const msPerToken = 60_000 / perMinute
  let tokens = burst
  let filledAt = now().getTime()

  function fill(): void {
    const at = now().getTime()
    // A clock that was set back gives nothing and takes nothing.
    if (at > filledAt) tokens = Math.min(burst, tokens + (at - filledAt) / msPerToken)
    filledAt = at
  }

  function hasOne(): boolean {
    fill()
    return tokens + spare >= 1
  }

  return {
    hasOne,
    count() {
      fill()
      return Math.floor(tokens + spare)
    },
    take() {
      if (!hasOne()) return false
      tokens = Math.max(0, tokens - 1)
      return true
    },
    msUntil(wanted) {
      fill()
      return tokens >= wanted ? 0 : Math.ceil((wanted - tokens) * msPerToken)
    },
  }
}

/** From each of them, or from none. */
export function takeOfEach(buckets: readonly TokenBucket[]): boolean {
  return buckets.every((bucket) => bucket.hasOne()) && buckets.every((bucket) => bucket.take())
}

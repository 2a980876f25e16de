/** A rate that may be exceeded for a moment: full at start, filled evenly. */

export interface TokenBucket {
  /** Takes one where there is one. */
  take(): boolean
  /** How long until there are this many, were none taken meanwhile. */
  msUntil(tokens: number): number
}

export interface BucketSize {
  readonly burst: number
  readonly perMinute: number
}

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

  return {
    take() {
      fill()
      // A thousandth of a token is what many small additions may be short of.
      if (tokens < 0.999) return false
      tokens = Math.max(0, tokens - 1)
      return true
    },
    msUntil(wanted) {
      fill()
      return tokens >= wanted ? 0 : Math.ceil((wanted - tokens) * msPerToken)
    },
  }
}

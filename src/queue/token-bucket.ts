/** A rate that may be exceeded for a moment: full at start where nobody shares it, filled evenly. */

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

/** Whoever has no share looks again after so long. */
const lookAgainMs = 1_000

/**
 * `share`: the part of the size that is this process's own now, from 0 to 1; all of it unless given. What is not taken
 * while it is 0 is gone, since others have it.
 */
export function tokenBucket(
  { burst, perMinute }: BucketSize,
  now: () => Date,
  share: () => number = () => 1,
): TokenBucket {
  const msPerToken = 60_000 / perMinute
  let part = share()
  // Who shares begins with nothing: the others may just have taken all there was.
  let tokens = part === 1 ? burst : 0
  let filledAt = now().getTime()

  /** At least one, where there is a share: with less nothing would ever go. */
  function most(): number {
    return part === 0 ? 0 : Math.max(1, burst * part)
  }

  function fill(): void {
    const at = now().getTime()
    const before = part
    part = share()
    // By the smaller share: nobody knows since when it is another. A clock that was set back gives nothing and takes nothing.
    if (at > filledAt) tokens += ((at - filledAt) / msPerToken) * Math.min(before, part)
    tokens = Math.min(most(), tokens)
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
      if (part === 0) return lookAgainMs
      return tokens >= wanted ? 0 : Math.ceil(((wanted - tokens) * msPerToken) / part)
    },
  }
}

/** From each of them, or from none. */
export function takeOfEach(buckets: readonly TokenBucket[]): boolean {
  return buckets.every((bucket) => bucket.hasOne()) && buckets.every((bucket) => bucket.take())
}

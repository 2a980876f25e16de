/** The pauses before another attempt. */

/** The first pause after a failed attempt; each further one is twice as long. */
const firstMs = 1_000
/** Long enough not to burden a service that is down, short enough that nobody waits long once it is back. */
const longestMs = 5 * 60_000
/** An answer that asks for more than this is not believed: no service of ours closes for so long. */
const longestRetryAfterMs = 60 * 60_000

/** Half of it fixed, half of it by chance, so that many requests do not come back at the same instant. */
export function backOffMs(attempts: number, random: () => number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(attempts - 1, 30))
  return Math.round(full / 2 + (full / 2) * random())
}

/** Never sooner than the service said, up to a second later by chance. */
export function retryAfterMs(seconds: number, random: () => number): number {
  return Math.min(longestRetryAfterMs, Math.round(seconds * 1000)) + Math.round(1000 * random())
}

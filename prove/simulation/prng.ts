/** All chance of a simulated run: the same seed gives the same numbers. */

export interface Prng {
  /** At least 0, below 1. */
  next(): number
  /** A whole number, both ends included. */
  between(lowest: number, highest: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
  /** By weight; what weighs nothing is never picked. */
  weighted<T>(list: readonly (readonly [weight: number, one: T])[]): T
  hex(bytes: number): string
  /** Numbers of its own, so that more of them here change nothing there. */
  fork(name: string): Prng
}

/** mulberry32: small, fast, and good enough to shuffle events. https://github.com/bryc/code/blob/master/jshash/PRNGs.md */
export function prngOf(seed: number | string): Prng {
  let state = typeof seed === 'number' ? seed >>> 0 : numberOf(seed)

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  function pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('nothing to pick from')
    return list[Math.floor(next() * list.length)] as T
  }

  return {
    next,
    pick,
    between: (lowest, highest) => lowest + Math.floor(next() * (highest - lowest + 1)),
    chance: (probability) => next() < probability,
    weighted: (list) => {
      let left = next() * list.reduce((sum, [weight]) => sum + weight, 0)
      for (const [weight, one] of list) {
        if (left < weight) return one
        left -= weight
      }
      return pick(list)[1]
    },
    hex: (bytes) =>
      Array.from({ length: bytes }, () => Math.floor(next() * 256))
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join(''),
    fork: (name) => prngOf(`${seed}/${name}`),
  }
}

/** FNV-1a. */
function numberOf(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

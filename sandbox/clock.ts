/** A clock that is moved by hand; it may also go on by itself. */

export interface Time {
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
  readonly ms?: number
}

export interface MovableClock {
  now(): Date
  /** Forward, or back where it is negative. */
  advance(time: Time): void
  /** What is done meanwhile has happened so long ago. */
  ago<T>(time: Time, act: () => T): T
  /** By how many milliseconds it is ahead of `passing`. */
  aheadMs(): number
}

/** Stands still but for `advance`, unless it goes on with `passing` (the milliseconds of the wall clock). */
export function movableClock(startsAt: string | Date, passing: () => number = () => 0): MovableClock {
  let aheadMs = new Date(startsAt).getTime() - passing()
  return {
    now: () => new Date(passing() + aheadMs),
    aheadMs: () => aheadMs,
    advance: (time) => {
      aheadMs += msOf(time)
    },
    ago: (time, act) => {
      aheadMs -= msOf(time)
      try {
        return act()
      } finally {
        aheadMs += msOf(time)
      }
    },
  }
}

function msOf({ days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0 }: Time): number {
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms
}

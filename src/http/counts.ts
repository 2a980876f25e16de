/** Counts since the process began, for the metrics: how often, by kind, and nothing of whom. */

/** The meaning of each, as the metrics say it. */
export const counted = {
  given_up: 'What came in and could not be handled, by kind of entry',
  dropped: 'What came from outside and was not kept, by the bound that it exceeded',
} as const

export type Counted = keyof typeof counted

export interface Counts {
  add(what: Counted, kind: string): void
  /** Returns the counts by kind. */
  of(what: Counted): ReadonlyMap<string, number>
}

export function createCounts(): Counts {
  const all: Readonly<Record<Counted, Map<string, number>>> = { given_up: new Map(), dropped: new Map() }
  return {
    add: (what, kind) => void all[what].set(kind, (all[what].get(kind) ?? 0) + 1),
    of: (what) => all[what],
  }
}

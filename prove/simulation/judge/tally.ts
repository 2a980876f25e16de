/** Everything that was owed to somebody, by kind, and how much of it was found. */

export interface Count {
  owed: number
  found: number
}

export type Counts = Map<string, Count>

/** Counts one thing that was owed; returns whether it was found. */
export function owe(counts: Counts, kind: string, isFound: boolean): boolean {
  const count = counts.get(kind) ?? { owed: 0, found: 0 }
  count.owed += 1
  if (isFound) count.found += 1
  counts.set(kind, count)
  return isFound
}

export function addCounts(counts: Counts, more: Counts): void {
  for (const [kind, { owed, found }] of more) {
    const count = counts.get(kind) ?? { owed: 0, found: 0 }
    counts.set(kind, { owed: count.owed + owed, found: count.found + found })
  }
}

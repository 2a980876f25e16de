/**
 * What is due and waits for its turn at one of our own limits. It is kept in memory and costs no write: the row stays
 * due, and the limit knows when the next may go. After a restart each limit is full, and nobody waits.
 */
import type { OutboxEntry, Passed, Priority } from '../store/store.ts'
import type { TokenBucket } from './token-bucket.ts'

type Waiting = Pick<OutboxEntry, 'id' | 'priority'>

export interface PutOffs {
  /** Behind all that waits for this bucket with its priority; an entry that waits there already keeps its place. */
  add(entry: Waiting, bucket: TokenBucket): void
  /** It waits no more. */
  remove(id: number): void
  /**
   * Returns what is to be passed over now: all whose turn has not come. Of each bucket as many as it has tokens for are
   * left out, what is awaited before the rest.
   */
  passed(): Required<Pick<Passed, 'ids'>>['ids']
  /** Returns all that waits, whether its turn has come or not. */
  all(): Required<Pick<Passed, 'ids'>>['ids']
  /** Forgets those whose turn has come and that are not among what was found: others have dealt with them. */
  keepOf(found: readonly Waiting[]): void
  /** Returns the milliseconds until the turn of the first that waits; undefined where none does. */
  msUntilTurn(): number | undefined
}

/** The ids of those that wait for one bucket, in the order in which they go. */
type Lines = Readonly<Record<Priority, Set<number>>>

export function putOffs(): PutOffs {
  const lines = new Map<TokenBucket, Lines>()
  const bucketOf = new Map<number, TokenBucket>()

  function remove(id: number): void {
    const bucket = bucketOf.get(id)
    const line = bucket && lines.get(bucket)
    if (!line) return
    bucketOf.delete(id)
    line.awaited.delete(id)
    line.background.delete(id)
    if (line.awaited.size + line.background.size === 0) lines.delete(bucket)
  }

  function split(): { readonly now: readonly number[]; readonly later: Record<Priority, readonly number[]> } {
    const now: number[] = []
    const later: Record<Priority, number[]> = { awaited: [], background: [] }
    for (const [bucket, line] of lines) {
      let tokens = bucket.count()
      for (const priority of ['awaited', 'background'] as const)
        for (const id of line[priority]) (tokens-- > 0 ? now : later[priority]).push(id)
    }
    return { now, later }
  }

  return {
    add({ id, priority }, bucket) {
      if (bucketOf.get(id) === bucket && lines.get(bucket)?.[priority].has(id)) return
      remove(id)
      const line = lines.get(bucket) ?? { awaited: new Set(), background: new Set() }
      line[priority].add(id)
      lines.set(bucket, line)
      bucketOf.set(id, bucket)
    },
    remove,
    passed: () => split().later,
    all: () => ({
      awaited: [...lines.values()].flatMap(({ awaited }) => [...awaited]),
      background: [...lines.values()].flatMap(({ background }) => [...background]),
    }),
    keepOf(found) {
      const ids = new Set(found.map(({ id }) => id))
      for (const id of split().now) if (!ids.has(id)) remove(id)
    },
    msUntilTurn() {
      const turns = [...lines.keys()].map((bucket) => bucket.msUntil(1))
      return turns.length === 0 ? undefined : Math.min(...turns)
    },
  }
}

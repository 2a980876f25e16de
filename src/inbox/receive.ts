import { nextTurn } from '../clock.ts'
import type { Store } from '../store/store.ts'

/** What came from outside, under a key by which its repetition is known. */
export type Incoming = Parameters<Store['tables']['inbox']['put']>[0]

/** Resolves once it is on the disk: true when it is new. Rejects when it could not be stored, or too much waits for that. */
export type Receive = (entry: Incoming) => Promise<boolean>

interface Waiting {
  readonly entry: Incoming
  readonly stored: PromiseWithResolvers<boolean>
}

/** One commit holds up everything else for its time. */
const mostTogether = 100

/** More than any storm brings before the first of it is written; a database that hangs is not to fill the memory. */
const mostWaiting = 10_000

/**
 * Stores what came in, before whoever sent it is told that it was received. What arrives while the disk is waited for
 * is written together in the next commit, so that a storm costs a few waits and not one for each. A commit that fails
 * is taken apart: one entry that can't be stored keeps none of the others out.
 */
export function receiver(store: Pick<Store, 'transaction' | 'tables'>): Receive {
  const waiting: Waiting[] = []
  let isWriting = false

  async function writeAll(): Promise<void> {
    isWriting = true
    while (waiting.length > 0) {
      // Everybody who is heard in the same turn of the event loop comes along.
      await nextTurn()
      await writeTogether(store, waiting.splice(0, mostTogether))
    }
    isWriting = false
  }

  return (entry) => {
    if (waiting.length >= mostWaiting) return Promise.reject(new Error('too much waits to be stored'))
    const stored = Promise.withResolvers<boolean>()
    waiting.push({ entry, stored })
    if (!isWriting) void writeAll()
    return stored.promise
  }
}

/** So many within this time are more than people click, and no time is lost for what comes one by one. */
const rush = { count: 8, withinMs: 100 } as const

/** Tells whether much comes in at this moment, of which it is told one by one. */
export function rushOf(now: () => Date): { readonly note: () => void; readonly isOn: () => boolean } {
  const last: number[] = []
  return {
    note() {
      last.push(now().getTime())
      if (last.length > rush.count) last.shift()
    },
    isOn: () => last.length === rush.count && now().getTime() - (last[0] ?? 0) < rush.withinMs,
  }
}

async function writeTogether(
  { transaction, tables }: Pick<Store, 'transaction' | 'tables'>,
  batch: readonly Waiting[],
): Promise<void> {
  if (batch.length > 1) {
    try {
      const putAll = async ({ inbox }: Pick<Store['tables'], 'inbox'>) => {
        const found: boolean[] = []
        for (const { entry } of batch) found.push(await inbox.put(entry))
        return found
      }
      // Whoever sent it waits for the answer, and nobody for what is worked off meanwhile.
      const areNew = await transaction(putAll, { goesFirst: true })
      for (const [index, { stored }] of batch.entries()) stored.resolve(areNew[index] ?? false)
      return
    } catch {
      // Nothing of it is written: each by itself says what is wrong with it.
    }
  }
  for (const { entry, stored } of batch) await tables.inbox.put(entry).then(stored.resolve, stored.reject)
}

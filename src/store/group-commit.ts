import { AsyncLocalStorage } from 'node:async_hooks'
import { type Kysely, sql } from 'kysely'
import { nextTurn } from '../clock.ts'
import type { Schema } from './schema.ts'

interface Waiting {
  readonly goesFirst: boolean
  /** Carries out the work; what it returns acknowledges it, once it is committed. */
  readonly carryOut: (db: Kysely<Schema>) => Promise<() => void>
  readonly reject: (reason: unknown) => void
}

/** What comes first waits for the last of them: so many take some 20 ms, as long as a few waits for a disk. */
const mostTogether = 16

/**
 * Group commit: what is asked for at the same time, or while a transaction is under way, is carried out one behind the
 * other in one transaction of the database, and acknowledged after its commit, so that the disk is waited for once and
 * not once for each. Each is all or nothing, by a savepoint of its own: one that fails takes nothing
 * of another with it. Where the commit fails, or nobody knows whether it was made, that is so for all of them.
 */
export function groupCommit(db: Kysely<Schema>) {
  const waiting: Waiting[] = []
  let writing: Promise<void> | undefined

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      // Whoever is heard in the same turn of the event loop comes along: while SQLite waits for the disk, nobody is heard.
      await nextTurn()
      await writeTogether(db, waiting)
    }
    writing = undefined
  }

  return {
    /**
     * Resolves once what the work has written is committed; rejects, with nothing of it kept, where one of the two fails.
     * One that goes first waits for none that does not, neither before it nor behind it in the same commit.
     */
    commitTogether<T>(
      work: (db: Kysely<Schema>) => Promise<T>,
      { goesFirst = false }: { readonly goesFirst?: boolean } = {},
    ): Promise<T> {
      const { promise, resolve, reject } = Promise.withResolvers<T>()
      const asWhoeverAsks = AsyncLocalStorage.snapshot()
      const carryOut = async (inner: Kysely<Schema>) => {
        const given = await asWhoeverAsks(() => work(inner))
        return () => resolve(given)
      }
      const others = goesFirst ? waiting.findIndex((one) => !one.goesFirst) : -1
      waiting.splice(others === -1 ? waiting.length : others, 0, { carryOut, reject, goesFirst })
      writing ??= writeAll()
      return promise
    },
    /** Resolves when nothing waits any more. */
    ended: async () => writing,
  }
}

/** Never rejects: whoever waits is told. */
async function writeTogether(db: Kysely<Schema>, waiting: Waiting[]): Promise<void> {
  const together: Waiting[] = []
  const done: (() => void)[] = []
  try {
    await db.transaction().execute(async (inner) => {
      for (let one = waiting.shift(); one; one = await nextOf(waiting, together)) {
        together.push(one)
        const acknowledge = together.length === 1 ? await one.carryOut(inner) : await orNothing(inner, one)
        if (acknowledge) done.push(acknowledge)
        else together.pop()
      }
    })
  } catch (error) {
    // Where it could not even begin, all who wait have waited for that.
    for (const { reject } of together.length > 0 ? together : waiting.splice(0)) reject(error)
    return
  }
  for (const acknowledge of done) acknowledge()
}

/** Where somebody waits, everything else of this process has its turn first. */
async function nextOf(waiting: Waiting[], together: readonly Waiting[]): Promise<Waiting | undefined> {
  const isEnough = () =>
    together.length >= mostTogether ||
    (together.some(({ goesFirst }) => goesFirst) && waiting[0]?.goesFirst !== true)
  if (waiting.length === 0 || isEnough()) return undefined
  await nextTurn()
  return isEnough() ? undefined : waiting.shift()
}

/** Undefined where it has failed and is undone. Throws where the whole transaction is lost with it, as on a full disk. */
async function orNothing(
  inner: Kysely<Schema>,
  { carryOut, reject }: Waiting,
): Promise<(() => void) | undefined> {
  await sql`savepoint one`.execute(inner)
  try {
    const acknowledge = await carryOut(inner)
    await sql`release savepoint one`.execute(inner)
    return acknowledge
  } catch (error) {
    await sql`rollback to savepoint one`.execute(inner).catch(() => {
      throw error
    })
    await sql`release savepoint one`.execute(inner)
    reject(error)
    return undefined
  }
}

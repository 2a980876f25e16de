/** Who works with a database at the same time: processes whose versions fit each other, and while its tables are changed for good a single one. */

import { sql } from 'kysely'
import type pg from 'pg'
import { CannotOpenStore } from '../cannot-open-store.ts'
import type { Database } from '../database.ts'
import { isBeside } from '../migrations/migrate.ts'

// The advisory locks that the bot takes: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS

/** `PRVD` in ASCII, as in the header of a SQLite file: says whose a lock is, should the database have others, too. */
const applicationId = 0x50525644

const numbers = { process: 1, transaction: 2 } as const

/** Returns the two numbers of a lock, as the functions of PostgreSQL take them. */
export function lockOf(name: keyof typeof numbers): string {
  return `${applicationId}, ${numbers[name]}`
}

/** The last migration of the tables as this process found or left them; undefined until then. */
export interface AtOpen {
  migration: string | undefined
}

/** Those that start at the same time wait for each other: one makes the tables, and the others find them made. */
const upgradeWithinMs = 15_000
const upgradePauseMs = 200

const lock = lockOf('process')
const lastMigration = 'select max(name) as name from kysely_migration'

/**
 * For each new connection: a process shares the lock for as long as it is connected. One that was cut off meanwhile may
 * find tables of a later version when it comes back, which it can work with where they only have more.
 * Throws `CannotOpenStore`.
 */
export async function shareLock(client: pg.ClientBase, place: string, atOpen: AtOpen): Promise<void> {
  for (let waitedMs = 0; !(await isShared(client)); waitedMs += upgradePauseMs) {
    if (waitedMs >= upgradeWithinMs)
      throw new CannotOpenStore(
        `The tables of ${place} are being brought up to date by another process: start again in a moment`,
      )
    await client.query(`select pg_sleep(${upgradePauseMs / 1_000})`)
  }
  if (atOpen.migration === undefined) return
  // An address that moves may still lead to the standby, which is left at once: it would stay one for this connection.
  const { rows: server } = await client.query<{ standby: boolean }>('select pg_is_in_recovery() as standby')
  if (server[0]?.standby === true)
    throw new CannotOpenStore(`The tables of ${place} can only be read: its server is a standby now`)
  const { rows: since } = await client.query<{ name: string }>(
    'select name from kysely_migration where name >= $1 order by name',
    [atOpen.migration],
  )
  if (since[0]?.name !== atOpen.migration || !since.slice(1).every(({ name }) => isBeside(name)))
    throw new CannotOpenStore(
      `The tables of ${place} were brought to another version while this process was cut off from them: start it anew`,
    )
}

async function isShared(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>(
    `select pg_try_advisory_lock_shared(${lock}) as held`,
  )
  return rows[0]?.held === true
}

/** Through the one connection, which shares the lock before and after. Throws `CannotOpenStore`. */
export function exclusively(place: string, atOpen: AtOpen): NonNullable<Database['exclusively']> {
  return async (db, fitsBeside, migrate) => {
    const ask = async (call: string) =>
      (await sql<{ held: boolean }>`select ${sql.raw(call)} as held`.execute(db)).rows[0]?.held === true
    const done = async () => {
      // Where there was nothing to do it refuses what a later version has written.
      await migrate()
      await ask(`pg_advisory_lock_shared(${lock}) is not null`)
      atOpen.migration = (await sql.raw<{ name: string }>(lastMigration).execute(db)).rows[0]?.name
    }
    if (await fitsBeside()) return done()
    await ask(`pg_advisory_unlock_shared(${lock})`)
    for (let waitedMs = 0; waitedMs < upgradeWithinMs; waitedMs += upgradePauseMs) {
      if (await fitsBeside()) return done()
      if (await ask(`pg_try_advisory_lock(${lock})`)) {
        await done()
        await ask(`pg_advisory_unlock(${lock})`)
        return
      }
      await sql`select pg_sleep(${sql.lit(upgradePauseMs / 1_000)})`.execute(db)
    }
    throw new CannotOpenStore(
      `The tables of ${place} are of an earlier version, and privacy-desk processes of that version work with them: stop all of them first`,
    )
  }
}

/** Through the one connection, for as long as that lasts. Throws `CannotOpenStore`. */
export function requireAlone(place: string): NonNullable<Database['requireAlone']> {
  return async (db) => {
    const { rows } = await sql
      .raw<{ held: boolean }>(`select pg_try_advisory_lock(${lock}) as held`)
      .execute(db)
    if (rows[0]?.held !== true)
      throw new CannotOpenStore(`privacy-desk processes work with ${place}: stop all of them first`)
  }
}

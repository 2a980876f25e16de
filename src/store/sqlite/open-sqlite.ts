/** Opening a SQLite database: the file, the lock that keeps other processes from it, and the words that only SQLite has. */

import { closeSync, openSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { sql } from 'kysely'
import { CannotOpenStore } from '../cannot-open-store.ts'
import type { Database, Words } from '../database.ts'
import { databasePath, inMemory } from '../database-url.ts'
import { sqliteDdl } from './ddl.ts'
import { sqliteDialect } from './dialect.ts'
import { existingFile, keepToOurselves, openSqlite, prepareFile, secureSqlite } from './file.ts'

export interface OpenSqlite {
  readonly databaseUrl: string
  /** For a command that runs beside the bot: takes no lock against other processes, and makes no file. */
  readonly beside: boolean
  readonly busyTimeoutMs?: number
}

/** Throws `CannotOpenStore`. */
export function openSqliteDatabase({ databaseUrl, beside, busyTimeoutMs }: OpenSqlite): Database {
  const path = beside ? existingFile(databasePath(databaseUrl)) : prepareFile(databasePath(databaseUrl))
  const sqlite = openSqlite(path, busyTimeoutMs)
  let lock: ProcessLock | undefined
  const abandon = () => {
    sqlite.close()
    lock?.release()
  }
  try {
    if (!beside && path !== inMemory) lock = lockForThisProcess(path)
    secureSqlite(sqlite)
  } catch (error) {
    abandon()
    throw error
  }
  return {
    dialect: sqliteDialect(sqlite),
    plugins: [],
    ddl: sqliteDdl,
    words: sqliteWords,
    sharing: { isShared: false, leaseMs: 60_000 },
    checkpoint: sql`pragma wal_checkpoint(truncate)`,
    isOpen: () => sqlite.open,
    release: () => lock?.release(),
    abandon,
  }
}

interface ProcessLock {
  release(): void
}

/**
 * Keeps every other process from the database for as long as this one lives. The lock is SQLite's own on an empty
 * file beside the database, so that the operating system lets it go however the process ends.
 */
function lockForThisProcess(databasePath: string): ProcessLock {
  const file = `${databasePath}.lock`
  closeSync(openSync(file, 'a', 0o600))
  keepToOurselves(file)
  const lock = new Sqlite(file, { timeout: 0 })
  try {
    lock.pragma('locking_mode = EXCLUSIVE')
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (!(error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY'))) throw error
    throw new CannotOpenStore(
      `Another privacy-desk process has the database ${databasePath} open. Stop it first: one SQLite database serves one process.`,
    )
  }
  return { release: () => lock.close() }
}

const sqliteWords: Words = {
  // CROSS JOIN keeps SQLite from turning the order round: https://www.sqlite.org/optoverview.html#crossjoin
  joinEach: (table, select) =>
    sql`cross join ${sql.table(table)} on ${sql.ref(`${table}.id`)} in (${select((alias) => sql.ref(`${alias}.id`))})`,
  // One process has the database, and a claim of its own follows the one before.
  alone: (connection, work) => work(connection()),
  numbersIn: (json) => sql`select value from json_each(${json})`,
  textsIn: (json) => sql`select value from json_each(${json})`,
  // https://www.sqlite.org/autoinc.html
  lastNumber: (table) => sql`select coalesce(max(seq), 0) as last from sqlite_sequence where name = ${table}`,
  countFrom: (table, last) => [
    sql`delete from sqlite_sequence where name = ${table}`,
    sql`insert into sqlite_sequence (name, seq) values (${table}, ${last})`,
  ],
}

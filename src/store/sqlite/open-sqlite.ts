import { sql } from 'kysely'
import type { Database } from '../database.ts'
import { databasePath, inMemory } from './database-path.ts'
import { sqliteDdl } from './ddl.ts'
import { sqliteDialect } from './dialect.ts'
import { existingFile, openSqlite, prepareFile, secureSqlite } from './file.ts'
import { lockForThisProcess, type ProcessLock } from './process-lock.ts'
import { sqliteWords } from './words.ts'

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

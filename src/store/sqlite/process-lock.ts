import { closeSync, openSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { CannotOpenStore } from '../cannot-open-store.ts'
import { keepToOurselves } from './file.ts'

export interface ProcessLock {
  release(): void
}

/**
 * Keeps every other process from the database for as long as this one lives. The lock is SQLite's own on an empty
 * file beside the database, so that the operating system lets it go however the process ends.
 */
export function lockForThisProcess(databasePath: string): ProcessLock {
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

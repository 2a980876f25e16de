import { existsSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { CannotOpenStore } from '../cannot-open-store.ts'
import { databasePath, isPostgres } from '../database-url.ts'
import { existingFile, openSqlite, prepareFile } from './file.ts'

/** The file is there already; the message tells an operator, and needs no stack. */
export class BackupRefused extends Error {
  override readonly name = 'BackupRefused'
}

/** As `recoverFromBackup` reads it; a database that was not brought up to date yet, as before an upgrade, has `setting`. */
function markAsCopy(copy: Sqlite.Database, takenAt: string): void {
  const isCurrent = copy.prepare("select 1 from sqlite_master where name = 'kv'").get() !== undefined
  const mark = `insert or replace into ${isCurrent ? 'kv' : 'setting'} (name, value, set_at) values ('backup-taken-at', ?, ?)`
  copy.prepare(mark).run(takenAt, takenAt)
}

const allThatIsLeft = 0x7fffffff

/**
 * A consistent copy in one file, checked, while the bot goes on. It gets its name only when it is whole, and never
 * replaces another file. https://www.sqlite.org/backup.html
 */
export async function backupDatabase(
  databaseUrl: string,
  file: string,
  now: () => Date,
): Promise<{ readonly bytes: number }> {
  if (isPostgres(databaseUrl))
    throw new BackupRefused(
      'DATABASE_URL names a PostgreSQL database: pg_dump makes a copy of it, and docs/operating.md says how one is put back',
    )
  if (existsSync(file)) throw new BackupRefused(`${file} is there already: a backup replaces nothing`)
  const source = openSqlite(existingFile(databasePath(databaseUrl)))
  try {
    const partial = prepareFile(`${file}.partial`)
    try {
      truncateSync(partial)
      // Before the copy is made: what happens meanwhile may be in it, and is looked up once more for nothing.
      const takenAt = now().toISOString()
      // In one step: a copy in several begins anew whenever the bot writes in between.
      await source.backup(partial, { progress: () => allThatIsLeft })
      finishCopy(partial, takenAt)
      renameSync(partial, file)
    } finally {
      rmSync(partial, { force: true })
    }
  } finally {
    source.close()
  }
  return { bytes: statSync(file).size }
}

/** Checked, and marked as a copy: whoever starts on it has forgotten what was done afterwards. */
function finishCopy(file: string, takenAt: string): void {
  const copy = new Sqlite(file, { fileMustExist: true })
  try {
    // Else opening it would make two more files beside it.
    copy.pragma('journal_mode = DELETE')
    const verdict = copy.pragma('integrity_check', { simple: true })
    if (verdict !== 'ok') throw new CannotOpenStore(`The copy is damaged: ${verdict}`)
    markAsCopy(copy, takenAt)
  } finally {
    copy.close()
  }
}

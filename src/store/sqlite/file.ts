/** Opening a SQLite file so that what is committed survives a power loss and what is cleared is gone. */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite from 'better-sqlite3'
import { CannotOpenStore } from '../cannot-open-store.ts'
import { inMemory } from '../database-url.ts'

/** `PRVD` in ASCII: says in the file's header whose it is. https://www.sqlite.org/pragma.html#pragma_application_id */
const applicationId = 0x50525644

const synchronousFull = 2

/** How long a statement waits for another process that writes, such as `privacy-desk purge`, which is done sooner. */
const defaultBusyTimeoutMs = 5_000

/** Makes the folder and the file when they are missing, readable by this user only; the path without symbolic links. */
export function prepareFile(path: string): string {
  if (path === inMemory) return path
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    closeSync(openSync(path, 'a', 0o600))
    const file = realpathSync(path)
    for (const suffix of ['', '-wal', '-shm']) keepToOurselves(`${file}${suffix}`)
    return file
  } catch (error) {
    if (error instanceof CannotOpenStore) throw error
    throw new CannotOpenStore(`The database ${path} can't be written: ${reasonOf(error)}`)
  }
}

/**
 * A file that was restored by `cp` is as open as the one who copied it left it, and SQLite gives the files that it makes
 * beside it the same mode: https://www.sqlite.org/src/file/src/os_unix.c (findCreateFileMode). Throws `CannotOpenStore`.
 */
export function keepToOurselves(file: string): void {
  if (!isOpenToOthers(file)) return
  try {
    chmodSync(file, 0o600)
  } catch {
    // Told below, as where the file system takes no modes.
  }
  if (isOpenToOthers(file))
    throw new CannotOpenStore(
      `${file} can be read by other users of this machine, and its mode can't be changed: make it 0600, owned by the bot's user`,
    )
}

function isOpenToOthers(file: string): boolean {
  return existsSync(file) && (statSync(file).mode & 0o077) !== 0
}

/** The path without symbolic links of a database that is there: a command must not make an empty one by mistake. */
export function existingFile(path: string): string {
  if (!existsSync(path)) throw new CannotOpenStore(`There is no database at ${path}: see DATABASE_URL`)
  return realpathSync(path)
}

/** Opens a file that is ours or empty; it is not written to yet. */
export function openSqlite(path: string, busyTimeoutMs = defaultBusyTimeoutMs): Sqlite.Database {
  let sqlite: Sqlite.Database | undefined
  try {
    sqlite = new Sqlite(path, { timeout: busyTimeoutMs, fileMustExist: path !== inMemory })
    refuseForeign(sqlite, path)
    return sqlite
  } catch (error) {
    sqlite?.close()
    if (error instanceof CannotOpenStore) throw error
    throw new CannotOpenStore(`The database ${path} can't be opened: ${reasonOf(error)}`)
  }
}

/**
 * To be set on every open: but for `journal_mode` and `application_id` nothing of it is kept in the file, and
 * better-sqlite3 is built with synchronous=NORMAL for WAL, which may lose commits on power loss.
 * https://www.sqlite.org/pragma.html#pragma_synchronous
 */
export function secureSqlite(sqlite: Sqlite.Database): void {
  sqlite.pragma(`application_id = ${applicationId}`)
  sqlite.pragma('journal_mode = WAL')
  sqlite.pragma('synchronous = FULL')
  sqlite.pragma('foreign_keys = ON')
  sqlite.pragma('trusted_schema = OFF')
  sqlite.pragma('secure_delete = ON')
  const synchronous = sqlite.pragma('synchronous', { simple: true })
  if (synchronous !== synchronousFull) {
    throw new CannotOpenStore(
      `SQLite keeps synchronous at ${synchronous} instead of FULL: commits could be lost`,
    )
  }
}

function refuseForeign(sqlite: Sqlite.Database, path: string): void {
  const id = sqlite.pragma('application_id', { simple: true })
  if (id === applicationId) return
  const tables = sqlite.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()
  if (id === 0 && tables === 0) return
  throw new CannotOpenStore(`${path} is a SQLite database of another program: DATABASE_URL must name our own`)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

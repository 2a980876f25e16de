import { AsyncLocalStorage } from 'node:async_hooks'
import type { Database as Sqlite } from 'better-sqlite3'
import { CamelCasePlugin, Kysely, sql } from 'kysely'
import { nextTurn } from '../clock.ts'
import { audit } from './audit.ts'
import type { Connection } from './connection.ts'
import { databasePath, inMemory } from './database-path.ts'
import { inbox } from './inbox.ts'
import { sqliteDdl } from './migrations/ddl.ts'
import { migrate, requireCurrent } from './migrations/migrate.ts'
import { outbox } from './outbox.ts'
import { lockForThisProcess, type ProcessLock } from './process-lock.ts'
import { purgeBefore } from './purge.ts'
import { requests } from './requests.ts'
import type { Schema } from './schema.ts'
import { settings } from './settings.ts'
import { existingFile, openSqlite, prepareFile, secureSqlite } from './sqlite.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import type { Store, Tables } from './store.ts'

export interface StoreOptions {
  /** `file:data/privacy-desk.db` or `:memory:`. */
  readonly databaseUrl: string
  readonly now: () => Date
  /** For a command that runs beside the bot: takes no lock against other processes, and makes and changes no tables. */
  readonly beside?: boolean
  /** How many milliseconds a statement waits for another process that writes; 5,000 unless given. */
  readonly busyTimeoutMs?: number
}

/** Opens the database, makes it when it is missing, and brings its tables up to date. Throws `CannotOpenStore`. */
export async function openStore({
  databaseUrl,
  now,
  beside = false,
  busyTimeoutMs,
}: StoreOptions): Promise<Store> {
  const path = beside ? existingFile(databasePath(databaseUrl)) : prepareFile(databasePath(databaseUrl))
  const sqlite = openSqlite(path, busyTimeoutMs)
  let lock: ProcessLock | undefined
  try {
    if (!beside && path !== inMemory) lock = lockForThisProcess(path)
    secureSqlite(sqlite)
    const db = new Kysely<Schema>({ dialect: sqliteDialect(sqlite), plugins: [new CamelCasePlugin()] })
    await (beside ? requireCurrent(db, sqliteDdl) : migrate(db, sqliteDdl))
    return storeOver(db, sqlite, now, lock)
  } catch (error) {
    sqlite.close()
    lock?.release()
    throw error
  }
}

function storeOver(
  db: Kysely<Schema>,
  sqlite: Sqlite,
  now: () => Date,
  lock: ProcessLock | undefined,
): Store {
  const current = new AsyncLocalStorage<{ open: boolean }>()

  /** Waiting here for the very transaction that one stands in would be waiting for ever. */
  const outside: Connection = () => {
    if (current.getStore()?.open) throw new Error('Inside a transaction only its own tables may be used')
    return db
  }

  const transaction: Store['transaction'] = async (work) => {
    const database = outside()
    const result = await database.transaction().execute(async (inner) => {
      const state = { open: true }
      try {
        return await current.run(state, () => work(tablesOver(() => inner, now)))
      } finally {
        state.open = false
      }
    })
    // SQLite answers at once, so that nothing of what was awaited has given anybody else a turn.
    await nextTurn()
    return result
  }

  const checkpoint = async () => {
    await sql`pragma wal_checkpoint(truncate)`.execute(outside())
  }

  return {
    transaction,
    tables: tablesOver(outside, now),
    purge: async (before) => {
      const purged = await outside()
        .transaction()
        .execute(async (inner) => {
          const gone = await purgeBefore(() => inner, before)
          const at = now().toISOString()
          await audit(() => inner).append({ at, what: 'purged', who: 'bot', details: { before, ...gone } })
          return gone
        })
      await checkpoint()
      return purged
    },
    checkpoint,
    close: async () => {
      if (!sqlite.open) return
      await outside()
        .connection()
        .execute(async () => 'every transaction has ended')
      await db.destroy()
      lock?.release()
    },
  }
}

function tablesOver(connection: Connection, now: () => Date): Tables {
  return {
    requests: requests(connection),
    inbox: inbox(connection),
    outbox: outbox(connection),
    audit: audit(connection),
    settings: settings(connection, now),
  }
}

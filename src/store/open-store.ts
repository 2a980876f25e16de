import { AsyncLocalStorage } from 'node:async_hooks'
import { CamelCasePlugin, Kysely, sql } from 'kysely'
import { nextTurn } from '../clock.ts'
import type { Instant } from '../engine/time.ts'
import { audit } from './audit.ts'
import type { Connection, Database, Words } from './database.ts'
import { isPostgres } from './database-url.ts'
import { groupCommit } from './group-commit.ts'
import { inbox } from './inbox.ts'
import { fitsBeside, migrate, requireCurrent } from './migrations/migrate.ts'
import { outbox } from './outbox.ts'
import { requests } from './requests.ts'
import type { Schema } from './schema.ts'
import { settings } from './settings.ts'
import { openSqliteDatabase } from './sqlite/open-sqlite.ts'
import type { Purged, Store, Tables } from './store.ts'

export interface StoreOptions {
  /** `file:data/privacy-desk.db`, `:memory:` or `postgres://…`. */
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
  const database = isPostgres(databaseUrl)
    ? await (await import('./postgres/open-postgres.ts')).openPostgres({ databaseUrl, beside })
    : openSqliteDatabase({ databaseUrl, beside, ...(busyTimeoutMs !== undefined && { busyTimeoutMs }) })
  try {
    const db = new Kysely<Schema>({
      dialect: database.dialect,
      plugins: [new CamelCasePlugin(), ...database.plugins],
    })
    await (beside ? requireCurrent(db, database.ddl) : bringUpToDate(db, database))
    return storeOver(db, database, now)
  } catch (error) {
    await database.abandon()
    throw error
  }
}

async function bringUpToDate(db: Kysely<Schema>, { ddl, exclusively }: Database): Promise<void> {
  const bring = () => migrate(db, ddl)
  // What a later version has written is refused in there, too.
  await (exclusively ? exclusively(db, () => fitsBeside(db, ddl), bring) : bring())
}

function storeOver(db: Kysely<Schema>, database: Database, now: () => Date): Store {
  const current = new AsyncLocalStorage<{ open: boolean }>()
  const { words } = database

  /** Waiting here for the very transaction that one stands in would be waiting for ever. */
  const outside: Connection = () => {
    if (current.getStore()?.open) throw new Error('Inside a transaction only its own tables may be used')
    return db
  }

  const { commitTogether, ended } = groupCommit(db)

  const transaction: Store['transaction'] = async (work, how) => {
    outside()
    const result = await commitTogether(async (inner) => {
      const state = { open: true }
      const connected: Connection = () => {
        if (!state.open) throw new Error('This transaction has already committed')
        return inner
      }
      try {
        return await current.run(state, () => work(tablesOver(connected, words, now)))
      } finally {
        state.open = false
      }
    }, how)
    // SQLite answers at once, so that nothing of what was awaited has given anybody else a turn.
    await nextTurn()
    return result
  }

  const checkpoint = async () => {
    await database.checkpoint?.execute(outside())
  }

  const { time } = database

  return {
    sharing: database.sharing,
    ...(time && {
      serverTime: async () => new Date((await time.execute(outside())).rows[0]?.ms ?? Number.NaN),
    }),
    transaction,
    tables: tablesOver(outside, words, now),
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
      if (!database.isOpen()) return
      await ended()
      await outside()
        .connection()
        .execute(async () => 'every transaction has ended')
        // Nor is there one in a database that is out of reach.
        .catch(() => undefined)
      await db.destroy()
      database.release()
    },
  }
}

export function tablesOver(connection: Connection, words: Words, now: () => Date): Tables {
  return {
    requests: requests(connection),
    inbox: inbox(connection, words),
    outbox: outbox(connection, words),
    audit: audit(connection),
    settings: settings(connection, now),
  }
}

/** Within a transaction: what is kept of a closed request beside its audit entries goes, and what was handled long ago. */
async function purgeBefore(connection: Connection, before: Instant): Promise<Purged> {
  const db = connection()
  const longClosed = db.selectFrom('request').select('id').where('closedAt', '<', before)
  const outbox = await db
    .deleteFrom('outbox')
    .where((of) =>
      of.or([
        of('requestId', 'in', longClosed),
        of.and([
          // What stands for no request has a name with a colon in its place, which no id of a request has.
          of.or([of('requestId', 'is', null), of('requestId', 'like', sql.lit('%:%'))]),
          of('finishedAt', '<', before),
        ]),
      ]),
    )
    .executeTakeFirst()
  const inbox = await db.deleteFrom('inbox').where('finishedAt', '<', before).executeTakeFirst()
  // What was noted once of a request ends with its id, which has 32 digits: one look at each note, and one at its request.
  await db
    .deleteFrom('kv')
    .where(sql<string>`substr(name, length(name) - 32, 1)`, '=', ':')
    .where(sql<string>`substr(name, length(name) - 31)`, 'in', longClosed)
    .execute()
  const requests = await db.deleteFrom('request').where('closedAt', '<', before).executeTakeFirst()
  return {
    requests: Number(requests.numDeletedRows),
    inbox: Number(inbox.numDeletedRows),
    outbox: Number(outbox.numDeletedRows),
  }
}

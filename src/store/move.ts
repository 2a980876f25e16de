/** Moves all that is stored from SQLite to PostgreSQL or back, in one transaction, while no process works with either. */
import { existsSync, renameSync, rmSync } from 'node:fs'
import { CamelCasePlugin, Kysely, sql } from 'kysely'
import { nextTurn } from '../clock.ts'
import { canonicalJson, verifyAudit } from './audit-chain.ts'
import { CannotOpenStore } from './cannot-open-store.ts'
import type { Database } from './database.ts'
import { databasePath, inMemory, isPostgres } from './database-url.ts'
import { migrate, requireThisVersion } from './migrations/migrate.ts'
import { tablesOver } from './open-store.ts'
import { openPostgres, placeOf } from './postgres/open-postgres.ts'
import type { Schema } from './schema.ts'
import { settings } from './settings.ts'
import { existingFile } from './sqlite/file.ts'
import { openSqliteDatabase } from './sqlite/open-sqlite.ts'

export interface Move {
  /** The database that holds everything: `file:…` or `postgres://…`. */
  readonly from: string
  /** The other kind of database, with nothing in it. */
  readonly to: string
  readonly now: () => Date
}

export interface Moved {
  /** Where it is now, without a password. */
  readonly place: string
  readonly rows: Readonly<Record<keyof Schema, number>>
  /** The last entry of the audit log. */
  readonly head: { readonly seq: number; readonly hash: string }
}

/** The columns by which rows are paged; of `audit` also the order in which it may grow. */
const keys = { request: 'id', inbox: 'id', outbox: 'id', audit: 'seq', kv: 'name' } as const
const tables = Object.keys(keys) as readonly (keyof Schema)[]
const numbered = ['inbox', 'outbox'] as const

/** With the columns of the widest table, far below the 32,766 values of one statement that SQLite takes. */
const pageSize = 500

/**
 * Copies every row, reads each again, and recomputes the audit log's chain before it commits: where anything fails, the
 * source is as it was and the target holds nothing. The source is marked as a copy afterwards, so that a bot that is
 * started on it by mistake repeats nothing. Throws `CannotOpenStore`.
 */
export async function moveDatabase({ from, to, now }: Move): Promise<Moved> {
  if (isPostgres(from) === isPostgres(to))
    throw new CannotOpenStore(
      `DATABASE_URL and the new address are both ${isPostgres(to) ? 'PostgreSQL: pg_dump copies one into another' : 'SQLite: `privacy-desk backup` makes a copy'}`,
    )
  const source = await openSource(from)
  try {
    const target = await openTarget(to)
    let moved: Moved
    try {
      moved = await copy(source, target, now)
    } catch (error) {
      await target.db.destroy()
      target.release()
      target.giveUp()
      throw error
    }
    await target.db.destroy()
    target.release()
    target.finish()
    await markAsCopy(source, target.place, now)
    return moved
  } finally {
    await source.db.destroy()
    source.release()
  }
}

/** As `recoverFromBackup` reads it. */
async function markAsCopy({ db, place }: Opened, moved: string, now: () => Date): Promise<void> {
  await settings(() => db, now)
    .set('backup-taken-at', now().toISOString())
    .catch((error: unknown) => {
      throw new CannotOpenStore(
        `Everything is in ${moved}, but ${place} could not be marked as a copy, so never start the bot on it: ${String(error)}`,
      )
    })
}

interface Opened extends Pick<Database, 'ddl' | 'words' | 'release'> {
  readonly db: Kysely<Schema>
  readonly place: string
  /** Throws `CannotOpenStore` where another process works with it, and keeps them away. */
  requireAlone(): Promise<void>
}

interface Target extends Opened {
  /** It is whole. */
  finish(): void
  /** Nothing of it is left. */
  giveUp(): void
}

async function openSource(databaseUrl: string): Promise<Opened> {
  if (databaseUrl === inMemory) throw new CannotOpenStore('DATABASE_URL names no file that could be moved')
  if (!isPostgres(databaseUrl)) existingFile(databasePath(databaseUrl))
  const opened = await open(databaseUrl)
  try {
    await opened.requireAlone()
    await requireThisVersion(opened.db, opened.ddl)
    return opened
  } catch (error) {
    await opened.db.destroy()
    opened.release()
    throw error
  }
}

async function openTarget(databaseUrl: string): Promise<Target> {
  if (!isPostgres(databaseUrl)) return openNewFile(databasePath(databaseUrl))
  const opened = await open(databaseUrl)
  const target = { ...opened, finish: () => {}, giveUp: () => {} }
  try {
    await opened.requireAlone()
    // Those of another program were refused before.
    const { rows } = await sql<{
      has: boolean
    }>`select to_regclass('kysely_migration') is not null as has`.execute(opened.db)
    if (rows[0]?.has)
      throw new CannotOpenStore(
        `${opened.place} holds tables of privacy-desk already: nothing is written over. Name an empty database`,
      )
    return target
  } catch (error) {
    await opened.db.destroy()
    throw error
  }
}

/** Under another name until it is whole; what an attempt that was killed has left is taken away. */
async function openNewFile(path: string): Promise<Target> {
  if (path === inMemory || existsSync(path))
    throw new CannotOpenStore(`${path} is there already: nothing is written over. Name a new file`)
  const partial = `${path}.partial`
  const remove = () => {
    for (const suffix of ['', '-wal', '-shm', '.lock']) rmSync(`${partial}${suffix}`, { force: true })
  }
  remove()
  return {
    ...(await open(`file:${partial}`)),
    place: path,
    finish: () => {
      renameSync(partial, path)
      remove()
    },
    giveUp: remove,
  }
}

async function open(databaseUrl: string): Promise<Opened> {
  const isServer = isPostgres(databaseUrl)
  const database = isServer
    ? await openPostgres({ databaseUrl, beside: true })
    : openSqliteDatabase({ databaseUrl, beside: false })
  const place = isServer ? placeOf(databaseUrl) : databasePath(databaseUrl)
  const db = new Kysely<Schema>({
    dialect: database.dialect,
    plugins: [new CamelCasePlugin(), ...database.plugins],
  })
  return {
    ...{ ddl: database.ddl, words: database.words, release: database.release, db, place },
    // A SQLite file is locked by opening it.
    requireAlone: async () => database.requireAlone?.(db),
  }
}

async function copy(source: Opened, target: Target, now: () => Date): Promise<Moved> {
  return target.db.transaction().execute(async (into) => {
    await migrate(into, target.ddl)
    const rows = { request: 0, inbox: 0, outbox: 0, audit: 0, kv: 0 }
    for (const table of tables)
      for await (const page of pagesOf(source.db, table)) {
        await into.insertInto(table).values(page.map(withoutComputed)).execute()
        rows[table] += page.length
      }
    for (const table of numbered) {
      const last = (await source.words.lastNumber(table).execute(source.db)).rows[0]?.last ?? 0
      if (last > 0) for (const statement of target.words.countFrom(table, last)) await statement.execute(into)
    }
    for (const table of tables) await compare(source.db, into, table, target.place)
    const copied = tablesOver(() => into, target.words, now)
    for await (const page of pagesOf(into, 'request'))
      for (const { id } of page as readonly { readonly id: string }[]) await copied.requests.byId(id)
    const verdict = await verifyAudit(copied)
    if (!verdict.ok)
      throw new CannotOpenStore(
        `The audit log of ${source.place} is broken at entry ${verdict.seq}: ${verdict.why}. Nothing was moved`,
      )
    // Where it was cut off meanwhile, somebody may have come.
    await source.requireAlone()
    return { place: target.place, rows, head: { seq: verdict.count, hash: verdict.head } }
  })
}

type Row = Readonly<Record<string, unknown>>

async function* pagesOf(db: Kysely<Schema>, table: keyof Schema): AsyncGenerator<readonly Row[]> {
  const key = keys[table]
  for (let last: unknown; ; ) {
    const { rows } = await sql<Row>`
      select * from ${sql.table(table)} ${last === undefined ? sql`` : sql`where ${sql.ref(key)} > ${last}`}
      order by ${sql.ref(key)} limit ${sql.lit(pageSize)}`.execute(db)
    if (rows.length === 0) return
    yield rows
    last = rows.at(-1)?.[key]
    await nextTurn()
  }
}

/** The column `place` is computed by the database. */
function withoutComputed({ place: _, ...row }: Row): never {
  return row as never
}

/** Every row, and that there are no others. */
async function compare(
  source: Kysely<Schema>,
  target: Kysely<Schema>,
  table: keyof Schema,
  place: string,
): Promise<void> {
  const copied = pagesOf(target, table)
  for await (const page of pagesOf(source, table))
    if (canonicalJson((await copied.next()).value) !== canonicalJson(page)) throw notTheSame(table, place)
  if (!(await copied.next()).done) throw notTheSame(table, place)
}

function notTheSame(table: string, place: string): Error {
  return new CannotOpenStore(
    `The rows of ${table} came out of ${place} other than they went in: nothing was moved`,
  )
}

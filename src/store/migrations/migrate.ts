import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { CannotOpenStore, OfEarlierVersion } from '../cannot-open-store.ts'
import type { Schema } from '../schema.ts'
import {
  atStep,
  backlog,
  ends,
  indexes,
  names,
  nextStep,
  observations,
  openNames,
  places,
  priorities,
  queues,
  refreshAt,
  standings,
  unclear,
} from './changes.ts'
import type { Ddl } from './ddl.ts'
import { firstTables } from './first-tables.ts'

/**
 * In the order of their names; a migration that was released is never changed. One whose name ends in `-beside` only adds
 * what an earlier version does without (a table, an index, a column that may be empty or has a default), so that replicas
 * of that version go on working beside it; what takes something away or renames it, has another name, and comes a release
 * after nobody needs that any more.
 */
export const migrations = (ddl: Ddl): Record<string, Migration> => ({
  '001-first-tables': { up: (db) => firstTables(db, ddl) },
  '002-queues': { up: (db) => queues(db, ddl) },
  '003-open-names': { up: (db) => openNames(db, ddl) },
  '004-observations': { up: observations },
  '005-backlog': { up: (db) => backlog(db, ddl) },
  '006-refresh-at': { up: refreshAt },
  '007-indexes': { up: (db) => indexes(db, ddl) },
  '008-places': { up: (db) => places(db, ddl) },
  '009-priorities': { up: (db) => priorities(db, ddl) },
  '010-unclear': { up: (db) => unclear(db, ddl) },
  '011-next-step': { up: (db) => nextStep(db, ddl) },
  '012-names': { up: names },
  '013-standings-beside': { up: (db) => standings(db, ddl) },
  '014-ends-beside': { up: (db) => ends(db, ddl) },
  '015-at-step-beside': { up: (db) => atStep(db, ddl) },
})

/** True of the name of a migration that an earlier version can work beside. */
export function isBeside(name: string): boolean {
  return name.endsWith('-beside')
}

/**
 * Brings the tables up to date, all of it or nothing of it. What a later version has added beside this one is left alone,
 * and what it has changed otherwise is refused. `more`: migrations of a version to come, by their names.
 */
export async function migrate(
  db: Kysely<Schema>,
  ddl: Ddl,
  more: Readonly<Record<string, Migration>> = {},
): Promise<void> {
  const known = { ...migrations(ddl), ...more }
  const { pending, unknown } = await standOf(db, known)
  if (pending.length === 0 && unknown.every(isBeside)) return
  const { error } = await migratorOf(db, known).migrateToLatest()
  if (error === undefined) return
  const reason = error instanceof Error ? error.message : String(error)
  throw new CannotOpenStore(`The database's tables can't be brought up to date: ${reason}`, { cause: error })
}

/** True where the tables are there, and nothing is to be changed in them that another version's processes would miss. */
export async function fitsBeside(
  db: Kysely<Schema>,
  ddl: Ddl,
  more: Readonly<Record<string, Migration>> = {},
): Promise<boolean> {
  const { pending, done } = await standOf(db, { ...migrations(ddl), ...more })
  return done.length > 0 && pending.every(isBeside)
}

interface Stand {
  readonly done: readonly string[]
  readonly pending: readonly string[]
  /** Made by a later version. */
  readonly unknown: readonly string[]
}

async function standOf(db: Kysely<Schema>, known: Readonly<Record<string, Migration>>): Promise<Stand> {
  const all = await migratorOf(db, known).getMigrations()
  const done = all.flatMap(({ name, executedAt }) => (executedAt === undefined ? [] : [name]))
  const pending = all.flatMap(({ name, executedAt }) => (executedAt === undefined ? [name] : []))
  if (done.length === 0) return { done, pending, unknown: [] }
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  return { done, pending, unknown: rows.flatMap(({ name }) => (Object.hasOwn(known, name) ? [] : [name])) }
}

/**
 * Throws when the tables are of an earlier version, or of a later one that this one can't work beside, and changes
 * nothing.
 */
export async function requireCurrent(db: Kysely<Schema>, ddl: Ddl): Promise<void> {
  const { pending, unknown } = await standOf(db, migrations(ddl))
  refuseLater(unknown.filter((name) => !isBeside(name)))
  if (pending.length === 0) return
  throw new OfEarlierVersion(
    "The database's tables are not of this version: start the bot once to bring them up to date",
  )
}

/** Throws when the tables are of an earlier version or of a later one, and changes nothing. */
export async function requireThisVersion(db: Kysely<Schema>, ddl: Ddl): Promise<void> {
  await requireCurrent(db, ddl)
  refuseLater((await standOf(db, migrations(ddl))).unknown)
}

function refuseLater([later]: readonly string[]): void {
  if (later === undefined) return
  throw new CannotOpenStore(
    `The database's tables are of a later version of the bot (${later}): use that one`,
  )
}

function migratorOf(db: Kysely<Schema>, known: Readonly<Record<string, Migration>>): Migrator {
  return new Migrator({ db: db.withoutPlugins(), provider: { getMigrations: async () => ({ ...known }) } })
}

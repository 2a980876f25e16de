import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { CannotOpenStore } from '../cannot-open-store.ts'
import type { Schema } from '../schema.ts'
import { backlog } from './backlog.ts'
import type { Ddl } from './ddl.ts'
import { firstTables } from './first-tables.ts'
import { indexes } from './indexes.ts'
import { names } from './names.ts'
import { nextStep } from './next-step.ts'
import { observations } from './observations.ts'
import { openNames } from './open-names.ts'
import { places } from './places.ts'
import { priorities } from './priorities.ts'
import { queues } from './queues.ts'
import { refreshAt } from './refresh-at.ts'
import { unclear } from './unclear.ts'

/** In the order of their names; a migration that was released is never changed. */
const migrations = (ddl: Ddl): Record<string, Migration> => ({
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
})

/** Brings the tables up to date, all of it or nothing of it. */
export async function migrate(db: Kysely<Schema>, ddl: Ddl): Promise<void> {
  const { error } = await migratorOf(db, ddl).migrateToLatest()
  if (error === undefined) return
  const reason = error instanceof Error ? error.message : String(error)
  throw new CannotOpenStore(`The database's tables can't be brought up to date: ${reason}`, { cause: error })
}

/** True where the tables are up to date. */
export async function isCurrent(db: Kysely<Schema>, ddl: Ddl): Promise<boolean> {
  const all = await migratorOf(db, ddl).getMigrations()
  return all.every(({ executedAt }) => executedAt !== undefined)
}

/** Throws when the tables are not up to date, and changes nothing. */
export async function requireCurrent(db: Kysely<Schema>, ddl: Ddl): Promise<void> {
  if (await isCurrent(db, ddl)) return
  throw new CannotOpenStore(
    "The database's tables are not of this version: start the bot once to bring them up to date",
  )
}

/** Throws when the tables are of an earlier version or of a later one, and changes nothing. */
export async function requireThisVersion(db: Kysely<Schema>, ddl: Ddl): Promise<void> {
  await requireCurrent(db, ddl)
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
  const later = rows.find(({ name }) => !Object.hasOwn(migrations(ddl), name))
  if (later)
    throw new CannotOpenStore(
      `The database's tables are of a later version of the bot (${later.name}): use that one`,
    )
}

function migratorOf(db: Kysely<Schema>, ddl: Ddl): Migrator {
  return new Migrator({ db: db.withoutPlugins(), provider: { getMigrations: async () => migrations(ddl) } })
}

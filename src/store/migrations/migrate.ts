import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { CannotOpenStore } from '../cannot-open-store.ts'
import type { Schema } from '../schema.ts'
import type { Ddl } from './ddl.ts'
import { firstTables } from './first-tables.ts'

/** In the order of their names; a migration that was released is never changed. */
const migrations = (ddl: Ddl): Record<string, Migration> => ({
  '001-first-tables': { up: (db) => firstTables(db, ddl) },
})

/** Brings the tables up to date, all of it or nothing of it. */
export async function migrate(db: Kysely<Schema>, ddl: Ddl): Promise<void> {
  const migrator = new Migrator({
    db: db.withoutPlugins(),
    provider: { getMigrations: async () => migrations(ddl) },
  })
  const { error } = await migrator.migrateToLatest()
  if (error === undefined) return
  const reason = error instanceof Error ? error.message : String(error)
  throw new CannotOpenStore(`The database's tables can't be brought up to date: ${reason}`, { cause: error })
}

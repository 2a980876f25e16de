import Sqlite from 'better-sqlite3'
import { Kysely } from 'kysely'
import { describe, expect, test } from 'vitest'
import { CannotOpenStore } from '../../src/store/cannot-open-store.ts'
import { migrate } from '../../src/store/migrations/migrate.ts'
import type { Schema } from '../../src/store/schema.ts'
import { sqliteDdl } from '../../src/store/sqlite/ddl.ts'
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts'

describe('migrations', () => {
  test('leave nothing when one of them fails, so that the next start begins afresh', async () => {
    const sqlite = new Sqlite(':memory:')
    const db = new Kysely<Schema>({ dialect: sqliteDialect(sqlite) })
    const broken = { ...sqliteDdl, appendOnly: () => ['this is no SQL'] }

    await expect(migrate(db, broken)).rejects.toThrow(
      new CannotOpenStore(`The database's tables can't be brought up to date: near "this": syntax error`),
    )

    const ours = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'request'"
    expect(sqlite.prepare(ours).all()).toEqual([])
    await expect(migrate(db, sqliteDdl)).resolves.toBeUndefined()
    expect(sqlite.prepare(ours).all()).toHaveLength(1)
    await db.destroy()
  })

  test('make tables whose columns take only their own type', async () => {
    const sqlite = new Sqlite(':memory:')
    const db = new Kysely<Schema>({ dialect: sqliteDialect(sqlite) })
    await migrate(db, sqliteDdl)

    const lax = sqlite
      .prepare(
        "SELECT name FROM pragma_table_list WHERE strict = 0 AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'kysely_%'",
      )
      .pluck()
      .all()

    expect(lax).toEqual([])
    await db.destroy()
  })
})

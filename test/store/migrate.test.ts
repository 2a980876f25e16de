import Sqlite from 'better-sqlite3'
import { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { describe, expect, test } from 'vitest'
import { CannotOpenStore } from '../../src/store/cannot-open-store.ts'
import { sqliteDdl } from '../../src/store/migrations/ddl.ts'
import { firstTables } from '../../src/store/migrations/first-tables.ts'
import { migrate } from '../../src/store/migrations/migrate.ts'
import type { Schema } from '../../src/store/schema.ts'
import { sqliteDialect } from '../../src/store/sqlite-dialect.ts'

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

  test('keep what an older version left to do', async () => {
    const sqlite = new Sqlite(':memory:')
    const db = new Kysely<Schema>({ dialect: sqliteDialect(sqlite) })
    const older = { '001-first-tables': { up: (to: Kysely<unknown>) => firstTables(to, sqliteDdl) } }
    await new Migrator({ db, provider: { getMigrations: async () => older } }).migrateToLatest()
    sqlite.exec(`insert into outbox values
      (7, 'op-7', 'r1', 'gitlab', 3, 'close', '{"kind":"close"}', 'pending', 2, '2026-03-01', '2026-03-01', null, null,
       'GitLab can''t be reached.', null, 1)`)

    await migrate(db, sqliteDdl)
    sqlite.exec(`insert into outbox (op_id, subject, lane, position, kind, work, status, attempts, due_at, created_at, lookups)
      values ('op-8', 'ticket:5', 'zendesk', 1, 'redirect-ticket', '{}', 'cancelled', 0, '2026-03-02', '2026-03-02', 0)`)

    const rows = sqlite.prepare('select id, op_id, subject, lane, attempts, error from outbox').raw().all()
    expect(rows).toEqual([
      [7, 'op-7', null, 'gitlab', 2, "GitLab can't be reached."],
      [8, 'op-8', 'ticket:5', 'zendesk', 0, null],
    ])
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

/** A migration that earlier versions work beside takes nothing from them: held for each that says so by its name. */
import Sqlite from 'better-sqlite3'
import { Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { expect, test } from 'vitest'
import { isBeside, migrations } from '../../src/store/migrations/migrate.ts'
import { sqliteDdl } from '../../src/store/sqlite/ddl.ts'
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts'

interface Column {
  readonly name: string
  readonly type: string
  readonly notnull: number
  readonly preset: string | null
}

/** What an earlier version would miss, of each migration that is made to be worked beside. */
async function missedBesideOf(all: Readonly<Record<string, Migration>>): Promise<readonly string[]> {
  const sqlite = new Sqlite(':memory:')
  const db = new Kysely<unknown>({ dialect: sqliteDialect(sqlite) })
  const missed: string[] = []
  const columnsNow = () =>
    new Map(
      sqlite
        .prepare<[], Column & { table: string }>(
          `select one.name as "table", of.name, of.type, of."notnull", of.dflt_value as preset
           from pragma_table_list as one, pragma_table_xinfo(one.name) as of where one.name not like 'sqlite_%'`,
        )
        .all()
        .map(({ table, ...column }) => [`${table}.${column.name}`, column]),
    )
  for (const name of Object.keys(all).sort()) {
    const before = columnsNow()
    await all[name]?.up(db)
    if (!isBeside(name)) continue
    const after = columnsNow()
    const tables = new Set([...before.keys()].map((key) => key.split('.')[0]))
    for (const [key, { type, notnull }] of before) {
      const now = after.get(key)
      if (!now || now.type !== type || now.notnull !== notnull) missed.push(`${name}: ${key}`)
    }
    for (const [key, { notnull, preset }] of after)
      if (!before.has(key) && tables.has(key.split('.')[0]) && notnull === 1 && preset === null)
        missed.push(`${name}: ${key} has to be given`)
  }
  await db.destroy()
  return missed
}

test('of ours each leaves what there was, and asks for nothing that an earlier version does not give', async () => {
  expect(await missedBesideOf(migrations(sqliteDdl))).toEqual([])
})

const statement =
  (text: string): Migration['up'] =>
  async (db) => {
    await sql.raw(text).execute(db)
  }

test.each([
  ['drops a column', 'alter table inbox drop column error', ['900-x-beside: inbox.error']],
  ['renames one', 'alter table inbox rename column error to why', ['900-x-beside: inbox.error']],
])('one that %s is found', async (_what, text, missed) => {
  const all = { ...migrations(sqliteDdl), '900-x-beside': { up: statement(text) } }

  expect(await missedBesideOf(all)).toEqual(missed)
})

test('one that drops a table is found, and one that adds a table, an index or an empty column is none of these', async () => {
  const adds = [
    'create table more (id integer primary key, name text not null) strict',
    'create index more_of_inbox on inbox (received_at)',
    'alter table inbox add column more text',
    'alter table inbox add column most integer not null default 0',
  ].map((text, index) => [`90${index}-x-beside`, { up: statement(text) }] as const)

  expect(await missedBesideOf({ ...migrations(sqliteDdl), ...Object.fromEntries(adds) })).toEqual([])
  const drops = { '900-x-beside': { up: statement('drop table kv') } }
  expect(await missedBesideOf({ ...migrations(sqliteDdl), ...drops })).toContain('900-x-beside: kv.name')
})

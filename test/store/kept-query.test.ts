import Sqlite from 'better-sqlite3'
import {
  CamelCasePlugin,
  type Compilable,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely'
import { expect, onTestFinished, test, vi } from 'vitest'
import { kept, keptInForms, keptOfEach } from '../../src/store/kept-query.ts'
import type { Schema } from '../../src/store/schema.ts'
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts'

interface Setting {
  readonly name: string
  readonly value: string
}

test('a query is built once, and each run has its own values', async () => {
  const db = settings()
  const build = vi.fn((on: Kysely<Schema>, { name, value }: Setting) =>
    on.insertInto('kv').values({ name, value, setAt: 'today' }),
  )
  const insert = kept(build)

  await insert(db, { name: 'one', value: 'first' })
  await db.transaction().execute((inner) => insert(inner, { name: 'two', value: 'second' }))

  expect(build).toHaveBeenCalledTimes(1)
  expect(await db.selectFrom('kv').selectAll().orderBy('name').execute()).toEqual([
    { name: 'one', value: 'first', setAt: 'today' },
    { name: 'two', value: 'second', setAt: 'today' },
  ])
})

test('each kind of database has one of its own, and each database of a kind the same', async () => {
  const build = vi.fn((on: Kysely<Schema>, { name }: Pick<Setting, 'name'>) =>
    on.selectFrom('kv').selectAll().where('name', '=', name),
  )
  const read = kept(build)

  for (const db of [settings(), settings()]) expect((await read(db, { name: 'one' })).rows).toEqual([])
  expect(build).toHaveBeenCalledTimes(1)

  for (const db of [postgresThatSaysNothing(), postgresThatSaysNothing()])
    expect((await read(db, { name: 'one' })).rows).toEqual([])
  expect(build).toHaveBeenCalledTimes(2)
})

test('one of several is built once for each number of them', async () => {
  const db = settings()
  const build = vi.fn((on: Kysely<Schema>, all: readonly [Setting, ...Setting[]]) =>
    on.insertInto('kv').values(all.map(({ name, value }) => ({ name, value, setAt: 'today' }))),
  )
  const insert = keptOfEach(build)

  await insert(db, [{ name: 'a', value: '1' }])
  await insert(db, [
    { name: 'b', value: '2' },
    { name: 'c', value: '3' },
  ])
  await insert(db, [{ name: 'd', value: '4' }])

  expect(build).toHaveBeenCalledTimes(2)
  const rows = await db.selectFrom('kv').select(['name', 'value']).orderBy('name').execute()
  expect(rows.map(({ name, value }) => name + value)).toEqual(['a1', 'b2', 'c3', 'd4'])
})

const made: readonly (readonly [how: string, build: (on: Kysely<Schema>, given: Setting) => Compilable])[] = [
  ['a text made of it', (on, { name }) => on.selectFrom('kv').where('name', '=', `${name}!`)],
  ['JSON of it', (on, { name }) => on.selectFrom('kv').where('name', '=', JSON.stringify({ name }))],
  ['all of them at once', (on, given) => on.insertInto('kv').values({ ...given, setAt: 'today' })],
]

test.each(made)('a query that would keep a value of its first run is refused: %s', (_how, build) => {
  expect(() => kept(build)(settings(), { name: 'one', value: 'first' })).toThrow(/kept/)
})

test('a value that is not given is not written as nothing', () => {
  const insert = kept((on: Kysely<Schema>, { name, value }: Setting) =>
    on.insertInto('kv').values({ name, value, setAt: 'today' }),
  )

  expect(() => insert(settings(), { name: 'one' } as Setting)).toThrow('is given no value')
})

function postgresThatSaysNothing(): Kysely<Schema> {
  return new Kysely({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
}

function settings(): Kysely<Schema> {
  const sqlite = new Sqlite(':memory:')
  sqlite.exec('create table kv (name text primary key, value text, set_at text)')
  const db = new Kysely<Schema>({ dialect: sqliteDialect(sqlite), plugins: [new CamelCasePlugin()] })
  onTestFinished(() => db.destroy())
  return db
}

test('one in several forms is built once in each of them', async () => {
  const db = settings()
  const build = vi.fn(
    (most: number) =>
      ({ value }: Pick<Setting, 'value'>) =>
        db.selectFrom('kv').select('name').where('value', '=', value).orderBy('name').limit(sql.lit(most)),
  )
  const named = keptInForms<Pick<Setting, 'value'>, Pick<Setting, 'name'>>()
  const first = async (most: number, value: string) => {
    const { rows } = await named(db, String(most), (values) => build(most)(values), { value })
    return rows.map(({ name }) => name)
  }
  for (const name of ['a', 'b', 'c'])
    await db.insertInto('kv').values({ name, value: 'x', setAt: 'today' }).execute()

  expect(await first(1, 'x')).toEqual(['a'])
  expect(await first(2, 'x')).toEqual(['a', 'b'])
  expect(await first(1, 'y')).toEqual([])

  expect(build.mock.calls).toEqual([[1], [2]])
})

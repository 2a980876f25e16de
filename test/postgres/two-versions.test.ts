/** During an upgrade replicas of the version before work beside those of the next one. */
import { CamelCasePlugin, Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { expect, onTestFinished, test } from 'vitest'
import { fitsBeside, migrate } from '../../src/store/migrations/migrate.ts'
import { openStore } from '../../src/store/open-store.ts'
import { openPostgres } from '../../src/store/postgres/open-postgres.ts'
import type { Schema } from '../../src/store/schema.ts'
import { asking, bareDatabase } from './databases.ts'

async function opened(databaseUrl: string) {
  const store = await openStore({ databaseUrl, now: () => new Date() })
  onTestFinished(() => store.close())
  return store
}

/** As the next version does at its start, which has this migration more. */
async function upgrade(databaseUrl: string, name: string, up: Migration['up']): Promise<void> {
  const database = await openPostgres({ databaseUrl, beside: false })
  const db = new Kysely<Schema>({
    dialect: database.dialect,
    plugins: [new CamelCasePlugin(), ...database.plugins],
  })
  onTestFinished(() => db.destroy())
  const more = { [name]: { up } }
  await database.exclusively?.(
    db,
    () => fitsBeside(db, database.ddl, more),
    () => migrate(db, database.ddl, more),
  )
}

const added: Migration['up'] = async (db) => {
  await sql`alter table inbox add column of_next_version text`.execute(db)
}

const entry = { kind: 'gitlab-hint', payload: { iid: 1 }, receivedAt: '2026-11-29T10:00:00.000Z' } as const

const cutOthers = (url: string) =>
  asking(
    url,
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )

test('one that only adds to the tables begins while the earlier one works, which goes on, also where it is cut off', async () => {
  const url = await bareDatabase()
  const earlier = await opened(url)

  await upgrade(url, '900-of-next-version-beside', added)

  expect(await earlier.tables.inbox.put({ ...entry, key: 'one' })).toBe(true)
  await cutOthers(url)
  const written = () => earlier.tables.inbox.put({ ...entry, key: 'two' }).catch(() => undefined)
  await expect.poll(written).toBe(true)
})

test('the earlier version can be started beside it, for a restart or a way back, and so can its commands', async () => {
  const url = await bareDatabase()
  await (await opened(url)).close()
  await upgrade(url, '900-of-next-version-beside', added)

  const again = await opened(url)
  const command = await openStore({ databaseUrl: url, now: () => new Date(), beside: true })
  onTestFinished(() => command.close())

  expect(await again.tables.inbox.put({ ...entry, key: 'one' })).toBe(true)
  expect(await command.tables.inbox.pendingCount()).toBe(1)
})

test('one that takes something away waits until the earlier one is stopped, and keeps it from coming back', async () => {
  const url = await bareDatabase()
  const earlier = await opened(url)
  const dropped: Migration['up'] = async (db) => {
    await sql`alter table inbox drop column error`.execute(db)
  }

  await expect(upgrade(url, '900-error-gone', dropped)).rejects.toThrow(/stop all of them first$/)
  await earlier.close()
  await upgrade(url, '900-error-gone', dropped)

  await expect(opened(url)).rejects.toThrow(/900-error-gone/)
}, 90_000)

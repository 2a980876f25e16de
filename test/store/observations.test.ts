import { join } from 'node:path'
import { Kysely } from 'kysely'
import { expect, test } from 'vitest'
import { observations } from '../../src/store/migrations/changes.ts'
import { openStore } from '../../src/store/open-store.ts'
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts'
import { openSqlite } from '../../src/store/sqlite/file.ts'
import { now, temporaryFolder } from './temporary-store.ts'

const at = '2026-11-22T09:00:00.000Z'

test('what waits in the inbox under the earlier name of an observation is found under the new one', async () => {
  const file = join(temporaryFolder(), 'desk.db')
  const opened = async () => openStore({ databaseUrl: `file:${file}`, now })
  const store = await opened()
  const payload = { requestId: 'r1', happening: { name: 'requester-replied', at } }
  await store.tables.inbox.put({ key: 'a', kind: 'happening', payload, receivedAt: at })
  await store.tables.inbox.put({
    key: 'b',
    kind: 'answer',
    payload: { text: '"happening":' },
    receivedAt: at,
  })
  await store.close()

  const db = new Kysely<unknown>({ dialect: sqliteDialect(openSqlite(file)) })
  await observations(db)
  await db.destroy()

  const after = await opened()
  const waiting = await after.tables.inbox.pending(at, 10)
  await after.close()
  expect(waiting.map(({ kind, payload: kept }) => ({ kind, payload: kept }))).toEqual([
    { kind: 'observation', payload: { requestId: 'r1', observation: { name: 'requester-replied', at } } },
    { kind: 'answer', payload: { text: '"happening":' } },
  ])
})

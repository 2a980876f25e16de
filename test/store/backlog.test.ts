import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { aRow } from './a-row.ts'
import { beforeStandings } from './before-standings.ts'
import { temporaryFolder, temporaryStore } from './temporary-store.ts'

const meta = { iid: 700, url: 'https://gitlab.example/700', done: 0, total: 3, closed: false }

test('a database of before the columns keeps its requests, and finds them by their meta issues', async () => {
  const file = join(temporaryFolder(), 'desk.db')
  const before = await temporaryStore(file)
  await before.tables.requests.insert(aRow({ facts: { metaIssue: meta } }))
  await before.tables.requests.insert(aRow({ id: 'r2', number: 2 }))
  await before.close()
  takeBack(file)

  const after = await temporaryStore(file)

  expect((await after.tables.requests.withMetaIssue(700, 'gitlab'))?.id).toBe('r1')
  expect((await after.tables.requests.byId('r2'))?.facts).toEqual({})
  expect(await after.tables.requests.waitingCards('gitlab')).toEqual({ count: 0 })
})

test('when a card is drawn anew is kept, under the name that it has now', async () => {
  const file = join(temporaryFolder(), 'desk.db')
  const before = await temporaryStore(file)
  await before.tables.requests.insert(aRow({ refreshAt: '2026-03-09T00:00:00.000Z' }))
  await before.close()
  takeBack(file)

  const after = await temporaryStore(file)

  const [due] = await after.tables.requests.dueForRedraw('2026-03-09T00:00:00.000Z', 1)
  expect(due?.refreshAt).toBe('2026-03-09T00:00:00.000Z')
})

/** As the migration before it left the tables. */
function takeBack(file: string): void {
  const sqlite = new Sqlite(file)
  for (const statement of beforeStandings.sqlite) sqlite.exec(statement)
  sqlite.exec('alter table kv rename to setting')
  sqlite.exec('alter table request rename column number to iid')
  for (const index of [
    'card_waits',
    'meta_issue',
    'open',
    'closed',
    'closed_of',
    'email',
    'username',
    'refresh',
  ])
    sqlite.exec(`drop index request_${index}`)
  sqlite.exec('drop index outbox_in_flight')
  for (const column of ['unclear_since', 'called_at']) sqlite.exec(`alter table outbox drop column ${column}`)
  sqlite.exec('drop index inbox_place')
  sqlite.exec('alter table inbox drop column place')
  sqlite.exec('drop index outbox_due')
  sqlite.exec('alter table outbox drop column priority')
  sqlite.exec('create index outbox_due on outbox (due_at)')
  for (const [name, column] of [
    ['closed', 'closed_at'],
    ['email', 'email_hash'],
    ['username', 'username_hash'],
    ['changes', 'refresh_at'],
  ])
    sqlite.exec(`create index request_${name} on request (${column})`)
  for (const column of ['card_waits_since', 'meta_issue'])
    sqlite.exec(`alter table request drop column ${column}`)
  sqlite.exec('alter table request rename column refresh_at to changes_at')
  sqlite.exec("delete from kysely_migration where name >= '005'")
  sqlite.close()
}

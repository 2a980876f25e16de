import { Kysely, sql } from 'kysely'
import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CannotOpenStore } from '../../src/store/cannot-open-store.ts'
import { openStore } from '../../src/store/open-store.ts'
import { openPostgres, refuseUnfit, type Server } from '../../src/store/postgres/open-postgres.ts'
import { lockOf } from '../../src/store/postgres/process-lock.ts'
import type { Store } from '../../src/store/store.ts'
import { aRow } from '../store/a-row.ts'
import { beforeStandings } from '../store/before-standings.ts'
import { now } from '../store/temporary-store.ts'
import { asking, bareDatabase, postgresDatabase } from './databases.ts'

async function opened(databaseUrl: string, beside = false): Promise<Store> {
  const store = await openStore({ databaseUrl, now, beside })
  onTestFinished(() => store.close())
  return store
}

/** As it stands in the sentences. */
function placeIn(url: string): string {
  const { host, pathname } = new URL(url)
  return `${pathname.slice(1)} on ${host}`
}

function refusal(sentence: string): CannotOpenStore {
  return new CannotOpenStore(sentence)
}

/** The address of the same database for a user who is made for the test. */
async function asUser(url: string, name: string, ...rights: readonly string[]): Promise<string> {
  await asking(url, [`create role ${name} login password 'pw'`, ...rights].join('; '))
  onTestFinished(() => void asking(url, `drop owned by ${name}; drop role ${name}`))
  return Object.assign(new URL(url), { username: name, password: 'pw' }).href
}

const fit: Server = {
  version: 170_002,
  encoding: 'UTF8',
  isReadOnly: false,
  schema: 'public',
  mayCreate: true,
  tables: [],
}

describe('a database is opened', () => {
  test('where nothing is in it: its tables are made', async () => {
    const store = await opened(await bareDatabase())

    const row = await store.tables.requests.insert(aRow())

    expect(await store.tables.requests.byId('r1')).toEqual(row)
  })

  test('a second time, with what was written before, by a command beside the bot too', async () => {
    const url = await postgresDatabase()
    const first = await opened(url)
    await first.tables.settings.set('name', 'value')
    const beside = await opened(url, true)
    expect(await beside.tables.settings.get('name')).toBe('value')
    await first.close()

    const second = await opened(url)

    expect(await second.tables.settings.get('name')).toBe('value')
  })

  test('with numbers beyond four bytes, which come back as numbers', async () => {
    const { requests } = (await opened(await postgresDatabase())).tables
    const number = 2 ** 31 + 7

    await requests.insert(aRow({ number }))

    expect(await requests.highestIid('gitlab')).toBe(number)
    expect((await requests.byNumber(number, 'gitlab'))?.number).toBe(number)
  })

  test('in a schema of its own beside the tables of another program', async () => {
    const url = await bareDatabase()
    await asking(url, 'create table song (title text); create schema desk')
    const inSchema = await asUser(
      url,
      'desk_in_schema',
      'alter role desk_in_schema set search_path = desk',
      'grant usage, create on schema desk to desk_in_schema',
    )

    await opened(inSchema)

    expect(await asking(url, "select count(*)::int from pg_tables where schemaname = 'desk'")).toEqual([
      { count: 8 },
    ])
  })
})

describe('a commit is on the disk when it is answered', () => {
  test.each(['off', 'local'])('where the server is set to %s, too', async (setting) => {
    const url = await bareDatabase()
    const name = new URL(url).pathname.slice(1)
    await asking(url, `alter database ${name} set synchronous_commit = ${setting}`)

    expect(await synchronousCommitAt(url)).toBe('on')
  })

  test('and with its standbys where the server waits for them', async () => {
    const url = await bareDatabase()
    const name = new URL(url).pathname.slice(1)
    await asking(url, `alter database ${name} set synchronous_commit = remote_apply`)

    expect(await synchronousCommitAt(url)).toBe('remote_apply')
  })
})

describe('a database that is not fit is refused, with what is to be done', () => {
  test('tables of another program, which are left as they are', async () => {
    const url = await bareDatabase()
    await asking(url, 'create table song (title text); create table album (title text)')

    await expect(opened(url)).rejects.toThrow(
      refusal(
        `${placeIn(url)} holds tables of another program (album, song): give the bot a database of its own, or a schema of its own by the user's search_path`,
      ),
    )

    expect(await asking(url, "select tablename from pg_tables where schemaname = 'public'")).toHaveLength(2)
  })

  test('no right to make tables', async () => {
    const url = await asUser(await bareDatabase(), 'desk_without_rights')

    await expect(opened(url)).rejects.toThrow(
      refusal(`${placeIn(url)} lets this user make no tables: grant create on schema public to it`),
    )
  })

  test('no schema that this user may use', async () => {
    const url = await asUser(
      await bareDatabase(),
      'desk_without_schema',
      'alter role desk_without_schema set search_path = nowhere',
    )

    await expect(opened(url)).rejects.toThrow(
      refusal(`${placeIn(url)} has no schema for its tables that this user may use: see its search_path`),
    )
  })

  test('one that can only be read', async () => {
    const url = await bareDatabase()
    const name = new URL(url).pathname.slice(1)
    await asking(url, `alter database ${name} set default_transaction_read_only = on`)

    await expect(opened(url)).rejects.toThrow(
      refusal(
        `${placeIn(url)} can only be read: DATABASE_URL must name the primary, not a standby, and a user who may write`,
      ),
    )
  })

  test('another encoding', async () => {
    const url = await bareDatabase('latin1')

    await expect(opened(url)).rejects.toThrow(
      refusal(`${placeIn(url)} keeps text as LATIN1: make a database with the encoding UTF8`),
    )
  })

  test('a version that gets no security updates any more', () => {
    expect(() => refuseUnfit('desk on db:5432', { ...fit, version: 140_023 })).toThrow(
      refusal('desk on db:5432 is PostgreSQL 14: the bot needs 15 or later'),
    )
    expect(() => refuseUnfit('desk on db:5432', { ...fit, version: 150_000 })).not.toThrow()
  })

  test('tables that a later version of the bot has written', async () => {
    const url = await bareDatabase()
    await (await opened(url)).close()
    await asking(url, "insert into kysely_migration values ('999-later', '2030-01-01T00:00:00.000Z')")

    await expect(opened(url)).rejects.toThrow(
      /^The database's tables can't be brought up to date: .*999-later/,
    )
  })

  test('a command beside the bot makes no tables', async () => {
    const url = await bareDatabase()

    await expect(opened(url, true)).rejects.toThrow(
      refusal("The database's tables are not of this version: start the bot once to bring them up to date"),
    )

    expect(await asking(url, "select tablename from pg_tables where schemaname = 'public'")).toEqual([])
  })

  test.each([
    [
      'a database that is not there',
      (url: URL) => Object.assign(url, { pathname: '/nowhere' }),
      /database "nowhere" does not exist/,
    ],
    [
      'a wrong password',
      (url: URL) => Object.assign(url, { password: 'very-wrong' }),
      /password authentication failed/,
    ],
    ['a server that is not there', (url: URL) => Object.assign(url, { port: '1' }), /ECONNREFUSED/],
  ])('%s, without a word of the password', async (_, change, reason) => {
    const { href, host, pathname } = change(new URL(await postgresDatabase()))

    const failed = await openStore({ databaseUrl: href, now }).catch((error: unknown) => error)

    expect(failed).toBeInstanceOf(CannotOpenStore)
    expect(String(failed)).toContain(`The database ${pathname.slice(1)} on ${host} can't be opened: `)
    expect(String(failed)).toMatch(reason)
    expect(String(failed)).not.toMatch(/sandbox|very-wrong/)
  })
})

/** As a version before the last migration left it. */
async function takeBack(url: string): Promise<void> {
  for (const statement of beforeStandings.postgres) await asking(url, statement)
  await asking(url, "delete from kysely_migration where name >= '012'")
  await asking(url, 'alter table request rename column number to iid; alter table kv rename to setting')
}

describe('several processes work with a database', () => {
  test('at the same time', async () => {
    const url = await postgresDatabase()
    const [one, other] = [await opened(url), await opened(url)]

    await one.tables.settings.set('name', 'value')

    expect(await other.tables.settings.get('name')).toBe('value')
  })

  test('that start together on an empty one: one of them makes the tables', async () => {
    const url = await bareDatabase()

    const stores = await Promise.all([opened(url), opened(url), opened(url)])

    expect(await Promise.all(stores.map(({ tables }) => tables.inbox.pendingCount()))).toEqual([0, 0, 0])
  })

  test('one that starts while another makes the tables waits for it', async () => {
    const url = await bareDatabase()
    const maker = new pg.Client({ connectionString: url })
    await maker.connect()
    await maker.query(`select pg_advisory_lock(${lockOf('process')})`)

    const opening = opened(url)
    await expect
      .poll(() => asking(url, "select 1 from pg_stat_activity where application_name = 'privacy-desk'"))
      .not.toEqual([])
    await maker.end()

    expect(await (await opening).tables.inbox.pendingCount()).toBe(0)
  })

  test('whose connection was cut: each goes on', async () => {
    const url = await postgresDatabase()
    const [one, other] = [await opened(url), await opened(url)]

    await cutOthers(url)

    for (const store of [one, other])
      await expect.poll(() => store.tables.settings.set('after', '2').then(() => 'written')).toBe('written')
  })

  test('an upgrade waits for those of an earlier version, and says so', async () => {
    const url = await bareDatabase()
    const earlier = await opened(url)
    await takeBack(url)

    await expect(opened(url)).rejects.toThrow(
      refusal(
        `The tables of ${placeIn(url)} are of an earlier version, and privacy-desk processes of that version work with them: stop all of them first`,
      ),
    )

    await earlier.close()
    const later = await opened(url)
    expect(await later.tables.requests.highestIid('gitlab')).toBe(0)
  }, 90_000)

  test('one that was cut off during an upgrade writes nothing when it is back', async () => {
    const url = await bareDatabase()
    const earlier = await opened(url)
    await asking(url, "insert into kysely_migration values ('999-later', '2030-01-01T00:00:00.000Z')")
    await cutOthers(url)

    const failed = () => earlier.tables.settings.set('name', 'value').catch((error: unknown) => String(error))
    await expect
      .poll(failed)
      .toBe(
        `CannotOpenStore: The tables of ${placeIn(url)} were brought to another version while this process was cut off from them: start it anew`,
      )
  })

  test('a transaction whose connection is cut leaves nothing, and the next one is whole', async () => {
    const url = await postgresDatabase()
    const store = await opened(url)

    const cut = store.transaction(async ({ settings }) => {
      await settings.set('half', '1')
      await cutOthers(url)
      await settings.set('half', '2')
    })

    await expect(cut).rejects.toThrow()
    await expect
      .poll(() => store.transaction(({ settings }) => settings.set('whole', '1').then(() => 1)))
      .toBe(1)
    expect(await store.tables.settings.get('half')).toBeUndefined()
  })
})

test('a store may be closed while its database is out of reach', async () => {
  const url = await bareDatabase()
  const store = await opened(url)
  const name = new URL(url).pathname.slice(1)
  await asking(await postgresDatabase(), `alter database ${name} with allow_connections false`)
  await asking(
    await postgresDatabase(),
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
  )

  await expect(store.close()).resolves.toBeUndefined()
})

/** As an administrator does, or a server that starts anew. */
async function cutOthers(url: string): Promise<void> {
  await asking(
    url,
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
}

/** As the connection has it through which all of the bot goes. */
async function synchronousCommitAt(url: string): Promise<string | undefined> {
  const { dialect } = await openPostgres({ databaseUrl: url, beside: false })
  const db = new Kysely<unknown>({ dialect })
  const { rows } = await sql<{ synchronous_commit: string }>`show synchronous_commit`.execute(db)
  await db.destroy()
  return rows[0]?.synchronous_commit
}

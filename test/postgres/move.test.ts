/** `privacy-desk migrate-to`: everything goes over, or nothing does. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { verifyAudit } from '../../src/store/audit-chain.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { commandLine } from '../cli/command-line.ts'
import { aRow } from '../store/a-row.ts'
import { now, temporaryFolder } from '../store/temporary-store.ts'
import { asking, bareDatabase } from './databases.ts'

const at = now().toISOString()

async function opened(databaseUrl: string): Promise<Store> {
  const store = await openStore({ databaseUrl, now })
  onTestFinished(() => store.close())
  return store
}

/** More than a page of some tables, and of each something. */
const many = 1_100

async function filled(databaseUrl: string): Promise<void> {
  const store = await opened(databaseUrl)
  await store.transaction(async ({ requests, inbox, outbox, audit, settings }) => {
    for (let number = 1; number <= many; number += 1) {
      await requests.insert(aRow({ id: `r${number}`, number, url: `https://gitlab.example/${number}` }))
      await audit.append({
        at,
        what: 'opened',
        who: 'bot',
        requestId: `r${number}`,
        iid: number,
        details: { é: '“x”' },
      })
    }
    await requests.keepStanding({ id: 'r1', version: 1 }, { standing: 'a', until: at, due: at })
    for (const key of ['one', 'two'])
      await inbox.put({ key, kind: 'click', payload: { iid: 1 }, receivedAt: at })
    await outbox.add([
      {
        opId: 'op1',
        requestId: 'r1',
        lane: 'thread',
        work: { kind: 'thread', text: 'é', mention: [] },
        dueAt: at,
        createdAt: at,
      },
    ])
    await settings.set('name', 'value')
  })
  await store.close()
}

/** The file of one that is filled: filling it takes longer than most tests. */
let bytes: Buffer | undefined

const folderWith = async (): Promise<{ folder: string; from: string }> => {
  const folder = temporaryFolder()
  const file = join(folder, 'desk.db')
  const from = `file:${file}`
  if (bytes) writeFileSync(file, bytes)
  else await filled(from)
  bytes ??= readFileSync(file)
  return { folder, from }
}

const moved = (from: string, to: string) => commandLine(['migrate-to', to], { DATABASE_URL: from })

/** All that is stored, past the bot. */
async function allOf(url: string): Promise<unknown> {
  const tables = {
    request: 'id',
    inbox: 'id',
    outbox: 'id',
    audit: 'seq',
    kv: 'name',
    standing_count: 'source, standing',
  }
  const all: Record<string, unknown> = {}
  const sqlite = url.startsWith('file:')
    ? new Sqlite(url.slice('file:'.length), { readonly: true })
    : undefined
  for (const [table, key] of Object.entries(tables)) {
    const query = `select * from ${table} order by ${key}`
    const rows = sqlite ? sqlite.prepare(query).all() : await asking(url, query)
    // Beyond four bytes PostgreSQL gives numbers as text.
    all[table] = rows.map((row) =>
      Object.fromEntries(
        Object.entries(row as object).map(([name, value]) => [name, value === null ? null : String(value)]),
      ),
    )
  }
  sqlite?.close()
  return all
}

const tablesOf = (url: string) => asking(url, "select tablename from pg_tables where schemaname = 'public'")

function placeIn(url: string): string {
  const { host, pathname } = new URL(url)
  return `${pathname.slice(1)} on ${host}`
}

describe('everything that is stored is moved', () => {
  test('to PostgreSQL and back, row by row, and the bot goes on counting where it was', async () => {
    const { folder, from } = await folderWith()
    const before = await allOf(from)
    const to = await bareDatabase()

    const there = await moved(from, to)

    const head = /(\d+:[0-9a-f]{64})\n/.exec(there.out)?.[1]
    expect(there).toEqual({
      code: 0,
      out: `ok: ${many} requests, 2 inbox and 1 outbox rows, 1 settings and ${many} audit entries are in ${placeIn(to)}, each read again; the head of the audit log is ${head}\nSet DATABASE_URL to it before the bot starts. What it was moved from is left as a copy.\n`,
      err: '',
    })
    expect(await allOf(to)).toEqual(before)
    const store = await opened(to)
    expect(await verifyAudit(store.tables)).toMatchObject({ ok: true, count: many })
    await store.tables.inbox.put({ key: 'three', kind: 'click', payload: { iid: 1 }, receivedAt: at })
    expect(await asking(to, "select id::int from inbox where key = 'three'")).toEqual([{ id: 3 }])
    await store.close()
    const atThere = await allOf(to)

    const file = join(folder, 'back.db')
    expect((await moved(to, `file:${file}`)).err).toBe('')
    expect(await allOf(`file:${file}`)).toEqual(atThere)
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([])
    const back = await opened(`file:${file}`)
    await back.tables.inbox.put({ key: 'four', kind: 'click', payload: { iid: 1 }, receivedAt: at })
    expect((await back.tables.inbox.pending('9999', 10)).map(({ id }) => id)).toEqual([1, 2, 3, 4])
  })

  test('numbers that were given and whose rows are gone are not given again', async () => {
    const { from } = await folderWith()
    const sqlite = new Sqlite(from.slice('file:'.length))
    sqlite.exec('delete from inbox; delete from outbox')
    sqlite.close()
    const to = await bareDatabase()
    await moved(from, to)

    const { inbox } = (await opened(to)).tables
    await inbox.put({ key: 'three', kind: 'click', payload: { iid: 1 }, receivedAt: at })

    expect((await inbox.pending('9999', 10)).map(({ id }) => id)).toEqual([3])
  })

  test('what it was moved from is a copy from then on: a bot that starts on it by mistake repeats nothing', async () => {
    const { from } = await folderWith()
    await moved(from, await bareDatabase())

    expect(await (await opened(from)).tables.settings.get('backup-taken-at')).toBe(at)
  })
})

describe('nothing is moved, with the reason', () => {
  /** Its target holds nothing, and its source is what it was. */
  async function refused(from: string, to: string, because: string | RegExp): Promise<void> {
    const before =
      from.startsWith('file:') && !existsSync(from.slice(5))
        ? undefined
        : await allOf(from).catch(() => 'unreadable')
    const { code, out, err } = await moved(from, to)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    if (typeof because === 'string') expect(err).toBe(`${because}\n`)
    else expect(err).toMatch(because)
    if (before !== undefined) expect(await allOf(from).catch(() => 'unreadable')).toEqual(before)
  }

  test('where the new database has our tables already, were they empty', async () => {
    const { from } = await folderWith()
    const to = await bareDatabase()
    await (await opened(to)).close()

    await refused(
      from,
      to,
      `${placeIn(to)} holds tables of privacy-desk already: nothing is written over. Name an empty database`,
    )
  })

  test('where it holds those of another program', async () => {
    const { from } = await folderWith()
    const to = await bareDatabase()
    await asking(to, 'create table song (title text)')

    await refused(from, to, /holds tables of another program \(song\)/)
  })

  test('where there is a file already', async () => {
    const from = await bareDatabase()
    await filled(from)
    const file = join(temporaryFolder(), 'desk.db')
    writeFileSync(file, 'Something else')

    await refused(from, `file:${file}`, `${file} is there already: nothing is written over. Name a new file`)

    expect(readFileSync(file, 'utf8')).toBe('Something else')
  })

  test('while the bot works with the SQLite file', async () => {
    const { from } = await folderWith()
    const to = await bareDatabase()
    const bot = spawn(process.execPath, [new URL('../store/hold-store.ts', import.meta.url).pathname, from])
    onTestFinished(() => void bot.kill('SIGKILL'))
    await once(bot.stdout, 'data')

    await refused(from, to, /^Another privacy-desk process has the database .* open/)

    expect(await tablesOf(to)).toEqual([])
  })

  test('while a replica works with the PostgreSQL database', async () => {
    const from = await bareDatabase()
    await filled(from)
    await opened(from)
    const file = join(temporaryFolder(), 'desk.db')

    await refused(
      from,
      `file:${file}`,
      `privacy-desk processes work with ${placeIn(from)}: stop all of them first`,
    )

    expect(existsSync(file)).toBe(false)
  })

  test.each([
    [
      'an earlier',
      "delete from kysely_migration where name >= '012'",
      /^The database's tables are not of this version/,
    ],
    [
      'a later',
      "insert into kysely_migration values ('999-later', '2030-01-01T00:00:00.000Z')",
      /^The database's tables are of a later version of the bot \(999-later\)/,
    ],
  ])('where the tables are of %s version', async (_, change, because) => {
    const { from } = await folderWith()
    const sqlite = new Sqlite(from.slice('file:'.length))
    sqlite.exec(change)
    sqlite.close()
    const to = await bareDatabase()

    await refused(from, to, because)

    expect(await tablesOf(to)).toEqual([])
  })

  test('where the audit log is broken, though all was copied by then', async () => {
    const { from } = await folderWith()
    const sqlite = new Sqlite(from.slice('file:'.length))
    sqlite.exec("drop trigger audit_no_update; update audit set who = 'slack:U1' where seq = 7")
    sqlite.close()
    const to = await bareDatabase()

    await refused(
      from,
      to,
      /^The audit log of .*desk\.db is broken at entry 7: its content was changed\. Nothing was moved/,
    )

    expect(await tablesOf(to)).toEqual([])
  })

  test('where a row can’t be read', async () => {
    const { from } = await folderWith()
    const sqlite = new Sqlite(from.slice('file:'.length))
    sqlite.exec("update request set seen = '{}' where id = 'r900'")
    sqlite.close()
    const to = await bareDatabase()

    await refused(from, to, /./)

    expect(await tablesOf(to)).toEqual([])
  })

  test('where the server goes away in the middle: tried again, it is moved', async () => {
    const { from } = await folderWith()
    const to = await bareDatabase()
    // As soon as rows come, whoever brings them is put out.
    const other = await bareDatabase()
    const name = new URL(to).pathname.slice(1)
    const moving = moved(from, to)
    await expect
      .poll(
        () =>
          asking(
            other,
            `select pg_terminate_backend(pid) as gone from pg_stat_activity where datname = '${name}' and query ilike '%insert into "request"%'`,
          ),
        { interval: 1 },
      )
      .not.toEqual([])

    const { code, out } = await moving
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(await tablesOf(to)).toEqual([])
    const source = await opened(from)
    expect(await source.tables.settings.get('backup-taken-at')).toBeUndefined()
    await source.close()
    expect((await moved(from, to)).code).toBe(0)
  })

  test('where a file can’t be made whole, nothing of it is left', async () => {
    const from = await bareDatabase()
    await filled(from)
    await asking(
      from,
      "set session_replication_role = replica; update audit set who = 'slack:U1' where seq = 7",
    )
    const folder = temporaryFolder()

    await refused(from, `file:${join(folder, 'desk.db')}`, /^The audit log of .* is broken at entry 7/)

    expect(readdirSync(folder)).toEqual([])
  })

  test('from one kind to the same', async () => {
    const { from } = await folderWith()

    await refused(
      from,
      `file:${join(temporaryFolder(), 'other.db')}`,
      'DATABASE_URL and the new address are both SQLite: `privacy-desk backup` makes a copy',
    )
    const postgres = await bareDatabase()
    expect((await moved(postgres, await bareDatabase())).err).toContain(
      'are both PostgreSQL: pg_dump copies one into another',
    )
  })

  test('where there is nothing to move', async () => {
    const file = join(temporaryFolder(), 'desk.db')

    await refused(`file:${file}`, await bareDatabase(), `There is no database at ${file}: see DATABASE_URL`)

    expect(existsSync(file)).toBe(false)
  })

  test.each([[], ['mysql://db/desk'], ['desk.db']])('to no address that is known: %s', async (...to) => {
    expect(await commandLine(['migrate-to', ...to])).toMatchObject({ code: 2, out: '' })
  })

  test('and no word of the password is said', async () => {
    const { from } = await folderWith()
    const to = Object.assign(new URL(await bareDatabase()), { password: 'very-wrong' }).href

    const { err } = await moved(from, to)

    expect(err).toMatch(/password authentication failed/)
    expect(err).not.toContain('very-wrong')
  })
})

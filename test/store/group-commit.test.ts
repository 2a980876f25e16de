import { AsyncLocalStorage } from 'node:async_hooks'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { Kysely, sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { groupCommit } from '../../src/store/group-commit.ts'
import type { Schema } from '../../src/store/schema.ts'
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts'
import { aRow } from './a-row.ts'
import { temporaryFolder, temporaryStore } from './temporary-store.ts'

const at = '2026-03-01T09:00:00.000Z'

/** Lets everything run that could run now. */
const aWhile = () => new Promise((resolve) => setImmediate(resolve))

/** The first of them is under way when the others are asked for. */
async function together(count: number, write: (one: number) => Promise<unknown>) {
  return Promise.allSettled(Array.from({ length: count }, (_, one) => write(one)))
}

test('transactions that wait at the same time see what the one before has written, in the order in which they came', async () => {
  const store = await temporaryStore()

  await together(40, (one) =>
    store.transaction(async ({ settings }) => {
      const before = (await settings.get('order')) ?? ''
      await aWhile()
      await settings.set('order', `${before}${one},`)
    }),
  )

  expect(await store.tables.settings.get('order')).toBe(
    Array.from({ length: 40 }, (_, one) => `${one},`).join(''),
  )
})

test('one that fails in the middle takes nothing of the others with it, and its reason is its own', async () => {
  const store = await temporaryStore()

  const ends = await together(9, (one) =>
    store.transaction(async ({ settings, audit }) => {
      await settings.set(`setting ${one}`, 'set')
      await audit.append({ at, what: `number ${one}`, who: 'bot', details: {} })
      if (one % 3 === 1) throw new Error(`number ${one} failed`)
      return one
    }),
  )

  expect(ends.map((end) => (end.status === 'fulfilled' ? end.value : end.reason.message))).toEqual([
    ...[0, 'number 1 failed', 2],
    ...[3, 'number 4 failed', 5],
    ...[6, 'number 7 failed', 8],
  ])
  const kept = await Promise.all(
    Array.from({ length: 9 }, (_, one) => store.tables.settings.get(`setting ${one}`)),
  )
  expect(kept.map((value) => value ?? 'none')).toEqual([
    ...['set', 'none', 'set', 'set', 'none', 'set', 'set', 'none', 'set'],
  ])
  expect((await store.tables.audit.page(0, 100)).map(({ what }) => what)).toEqual(
    [0, 2, 3, 5, 6, 8].map((one) => `number ${one}`),
  )
})

test('so does one that the database refuses', async () => {
  const store = await temporaryStore()

  const ends = await together(3, (one) =>
    store.transaction(async ({ requests, settings }) => {
      await settings.set(`setting ${one}`, 'set')
      await requests.insert(aRow({ id: one === 1 ? 'r0' : `r${one}`, number: one + 1 }))
    }),
  )

  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect((await store.tables.requests.open('gitlab')).map(({ id }) => id)).toEqual(['r0', 'r2'])
  expect(await store.tables.settings.get('setting 1')).toBeUndefined()
})

test('the first of them may fail, too', async () => {
  const store = await temporaryStore()

  const ends = await together(3, (one) =>
    store.transaction(async ({ settings }) => {
      await settings.set(`setting ${one}`, 'set')
      await aWhile()
      if (one === 0) throw new Error('the first failed')
    }),
  )

  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  expect(await store.tables.settings.get('setting 0')).toBeUndefined()
  expect(await store.tables.settings.get('setting 2')).toBe('set')
})

/** Over a database whose statements are listened to, with rows that need one of the same name in `owner` at the commit. */
function overNotes() {
  const file = join(temporaryFolder(), 'notes.db')
  const sqlite = new Sqlite(file, { timeout: 0 })
  sqlite.exec(`pragma foreign_keys = on; create table owner (name text primary key); create table note (
    text text primary key, owner text references owner (name) deferrable initially deferred)`)
  const said: string[] = []
  const db = new Kysely<Schema>({
    dialect: sqliteDialect(sqlite),
    log: ({ query }) => void said.push(query.sql),
  })
  onTestFinished(() => db.destroy())
  const { commitTogether, ended } = groupCommit(db)
  return {
    ...{ file, ended, commitTogether },
    write: (
      text: string,
      {
        owner = null,
        or = 'abort',
        ...how
      }: { owner?: string | null; or?: string; goesFirst?: boolean } = {},
    ) =>
      commitTogether(async (inner) => {
        await sql`insert or ${sql.raw(or)} into note values (${text}, ${owner})`.execute(inner)
        return text
      }, how),
    count: (statement: string) => said.filter((one) => one === statement).length,
    kept: () => sqlite.prepare('select text from note order by text').pluck().all(),
  }
}

const messages = (ends: readonly PromiseSettledResult<unknown>[]) =>
  ends.map((end) => (end.status === 'fulfilled' ? end.value : end.reason.message))

describe('on SQLite', () => {
  test('what waits at the same time is committed at once, and at most sixteen of them', async () => {
    const notes = overNotes()

    await together(40, (one) => notes.write(`note ${one}`))

    expect(notes.kept()).toHaveLength(40)
    expect(notes.count('commit')).toBe(3)
  })

  test('so is what is heard in the same turn of the event loop, each in a callback of its own', async () => {
    const notes = overNotes()
    const writes: Promise<string>[] = []

    for (let one = 0; one < 5; one += 1) setImmediate(() => void writes.push(notes.write(`note ${one}`)))
    await aWhile()
    await aWhile()
    await Promise.all(writes)

    expect(notes.kept()).toHaveLength(5)
    expect(notes.count('commit')).toBe(1)
  })

  test('one that goes first waits for none that has not begun: neither before it nor behind it in its commit', async () => {
    const notes = overNotes()
    const ended: string[] = []
    const write = (text: string, goesFirst = false) =>
      notes.write(text, { goesFirst }).then(() => void ended.push(`${text} of ${notes.kept().length}`))
    const before = Array.from({ length: 20 }, (_, one) => write(`decision ${one}`))
    // The first of them is under way.
    await aWhile()

    await Promise.all([write('click 1', true), write('click 2', true)])

    const begun = ended.length - 2
    expect(begun).toBeLessThanOrEqual(3)
    expect(ended.slice(-2)).toEqual([`click 1 of ${ended.length}`, `click 2 of ${ended.length}`])
    await Promise.all(before)
    expect(notes.kept()).toHaveLength(22)
    expect(ended.filter((text) => text.startsWith('decision')).map((text) => text.split(' of ')[0])).toEqual(
      Array.from({ length: 20 }, (_, one) => `decision ${one}`),
    )
  })

  test('one that is alone takes no savepoint', async () => {
    const notes = overNotes()

    await notes.write('one')
    await notes.write('two')

    expect([notes.count('begin immediate'), notes.count('commit')]).toEqual([2, 2])
    expect(notes.count('savepoint one')).toBe(0)
  })

  test('none is acknowledged where their commit fails, and the next ones go on', async () => {
    const notes = overNotes()

    const ends = await together(3, (one) =>
      notes.write(`note ${one}`, { owner: one === 1 ? 'nobody' : null }),
    )
    await notes.write('later')

    expect(messages(ends)).toEqual(Array(3).fill('FOREIGN KEY constraint failed'))
    expect(notes.kept()).toEqual(['later'])
  })

  test('none is acknowledged where the database itself takes all of them back in the middle', async () => {
    const notes = overNotes()
    await notes.write('there')

    const ends = await together(20, (one) =>
      one === 2
        ? notes.write('there', { or: 'rollback' })
        : notes.write(`note ${String(one).padStart(2, '0')}`),
    )

    const lost = 'UNIQUE constraint failed: note.text'
    expect(messages(ends).slice(0, 3)).toEqual([lost, lost, lost])
    expect(ends.slice(3).map(({ status }) => status)).toEqual(Array(17).fill('fulfilled'))
    expect(notes.kept()).toHaveLength(18)
  })

  test('all that wait are told where no transaction can begin, and whoever comes later is let in', async () => {
    const notes = overNotes()
    const other = new Sqlite(notes.file)
    other.exec('begin immediate')

    const ends = await together(3, (one) => notes.write(`note ${one}`))
    other.exec('rollback')
    other.close()
    await notes.write('later')

    expect(messages(ends)).toEqual(Array(3).fill('database is locked'))
    expect(notes.kept()).toEqual(['later'])
  })

  test('each is carried out as whoever asked for it', async () => {
    const { commitTogether } = overNotes()
    const asker = new AsyncLocalStorage<number>()

    const asked = await together(5, (one) =>
      asker.run(one, () => commitTogether(async () => asker.getStore())),
    )

    expect(messages(asked)).toEqual([0, 1, 2, 3, 4])
  })

  test('it has ended when nothing waits any more', async () => {
    const notes = overNotes()
    const writing = together(40, (one) => notes.write(`note ${one}`))

    await notes.ended()

    expect(notes.kept()).toHaveLength(40)
    await writing
  })
})

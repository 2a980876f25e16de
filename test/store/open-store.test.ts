import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { CannotOpenStore } from '../../src/store/cannot-open-store.ts'
import { openStore } from '../../src/store/open-store.ts'
import { openSqlite, secureSqlite } from '../../src/store/sqlite/file.ts'
import { isOnPostgres } from '../postgres/databases.ts'
import { aRow } from './a-row.ts'
import { now, temporaryFolder, temporaryStore } from './temporary-store.ts'

const opening = (databaseUrl: string) => openStore({ databaseUrl, now })
const isRoot = process.getuid?.() === 0

describe('opening the store', () => {
  test.skipIf(isOnPostgres())('makes the folder and the file, readable by nobody else', async () => {
    const folder = join(temporaryFolder(), 'new', 'data')

    await temporaryStore(join(folder, 'desk.db'))

    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'desk.db')).mode & 0o777).toBe(0o600)
  })

  test.skipIf(isOnPostgres())(
    'makes what was restored for everybody to read its own, with the files beside it',
    async () => {
      const folder = temporaryFolder()
      const path = join(folder, 'desk.db')
      await (await temporaryStore(path)).close()
      for (const suffix of ['-wal', '.lock']) writeFileSync(`${path}${suffix}`, '')
      for (const suffix of ['', '-wal', '.lock']) chmodSync(`${path}${suffix}`, 0o644)

      const store = await temporaryStore(path)
      await store.tables.settings.set('one', 'commit')

      const modes = readdirSync(folder).map((name) => [
        name,
        (statSync(join(folder, name)).mode & 0o777).toString(8),
      ])
      expect(Object.fromEntries(modes)).toEqual({
        'desk.db': '600',
        'desk.db-wal': '600',
        'desk.db-shm': '600',
        'desk.db.lock': '600',
        'desk.db.lock-journal': '600',
      })
    },
  )

  test('finds after a reopen what was written before', async () => {
    const path = join(temporaryFolder(), 'desk.db')
    const first = await temporaryStore(path)
    const row = await first.tables.requests.insert(aRow())
    await first.close()

    const second = await temporaryStore(path)

    expect(await second.tables.requests.byId('r1')).toEqual(row)
  })

  test('works in memory, where nothing is kept', async () => {
    const store = await opening(':memory:')

    await store.tables.settings.set('digest', '2026-03-01')

    expect(await store.tables.settings.get('digest')).toBe('2026-03-01')
    await store.close()
  })

  test('may be closed twice', async () => {
    const store = await temporaryStore()

    await store.close()

    await expect(store.close()).resolves.toBeUndefined()
  })

  test('closes only after the running transaction', async () => {
    const path = join(temporaryFolder(), 'desk.db')
    const store = await temporaryStore(path)
    const writing = store.transaction(async (tables) => {
      await tables.settings.set('first', '1')
      await tables.settings.set('second', '2')
    })

    await Promise.all([writing, store.close()])

    const again = await temporaryStore(path)
    expect(await again.tables.settings.get('second')).toBe('2')
  })
})

describe.skipIf(isOnPostgres())('a commit survives a power loss', () => {
  test('or the database is not opened: a SQLite that keeps to something else than FULL is refused', async () => {
    const sqlite = openSqlite(':memory:')
    const asItWas = sqlite.pragma.bind(sqlite)
    const stubborn = Object.assign(sqlite, {
      pragma: (source: string, options?: { simple: boolean }) =>
        asItWas(source === 'synchronous = FULL' ? 'synchronous = NORMAL' : source, options),
    })

    expect(() => secureSqlite(stubborn)).toThrow(
      'SQLite keeps synchronous at 1 instead of FULL: commits could be lost',
    )
    stubborn.close()
  })

  test('because every open sets synchronous to FULL, the second one too', async () => {
    const path = join(temporaryFolder(), 'desk.db')
    const store = await temporaryStore(path)
    await store.close()
    const reopened = openSqlite(path)
    const withoutUs = reopened.pragma('synchronous', { simple: true })

    secureSqlite(reopened)

    const pragma = (name: string) => reopened.pragma(name, { simple: true })
    expect({
      withoutUs,
      synchronous: pragma('synchronous'),
      journalMode: pragma('journal_mode'),
      foreignKeys: pragma('foreign_keys'),
      busyTimeout: pragma('busy_timeout'),
      trustedSchema: pragma('trusted_schema'),
      secureDelete: pragma('secure_delete'),
      applicationId: pragma('application_id'),
    }).toEqual({
      withoutUs: 1,
      synchronous: 2,
      journalMode: 'wal',
      foreignKeys: 1,
      busyTimeout: 5000,
      trustedSchema: 0,
      secureDelete: 1,
      applicationId: 0x50525644,
    })
    reopened.close()
  })
})

describe.skipIf(isOnPostgres())('a database that is not ours is refused', () => {
  test('when it belongs to another program, and is left as it was', async () => {
    const path = join(temporaryFolder(), 'foreign.db')
    const foreign = new Sqlite(path)
    foreign.exec('CREATE TABLE song (title TEXT)')
    foreign.close()

    await expect(opening(`file:${path}`)).rejects.toThrow(
      new CannotOpenStore(`${path} is a SQLite database of another program: DATABASE_URL must name our own`),
    )

    const after = new Sqlite(path)
    expect(after.pragma('journal_mode', { simple: true })).toBe('delete')
    expect(after.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['song'])
    after.close()
  })

  test('when it bears the mark of another program', async () => {
    const path = join(temporaryFolder(), 'marked.db')
    const foreign = new Sqlite(path)
    foreign.pragma('application_id = 42')
    foreign.close()

    await expect(opening(`file:${path}`)).rejects.toThrow('is a SQLite database of another program')
  })

  test('when it is no database at all', async () => {
    const path = join(temporaryFolder(), 'notes.txt')
    writeFileSync(
      path,
      'Shopping list: bread, milk, a longer list than the header of a database is.'.repeat(10),
    )

    await expect(opening(`file:${path}`)).rejects.toThrow(
      new CannotOpenStore(`The database ${path} can't be opened: file is not a database`),
    )
  })

  test('when a later version of the bot has written it', async () => {
    const path = join(temporaryFolder(), 'desk.db')
    await (await temporaryStore(path)).close()
    const sqlite = new Sqlite(path)
    sqlite.exec("INSERT INTO kysely_migration VALUES ('999-later', '2030-01-01T00:00:00.000Z')")
    sqlite.close()

    await expect(opening(`file:${path}`)).rejects.toThrow(
      /^The database's tables can't be brought up to date: .*999-later/,
    )
  })
})

describe.skipIf(isOnPostgres())('a command beside the bot', () => {
  const beside = (path: string) => openStore({ databaseUrl: `file:${path}`, now, beside: true })

  test('makes no database where there is none', async () => {
    const path = join(temporaryFolder(), 'desk.db')

    await expect(beside(path)).rejects.toThrow(
      new CannotOpenStore(`There is no database at ${path}: see DATABASE_URL`),
    )

    expect(existsSync(path)).toBe(false)
  })

  test('brings no tables up to date: the bot does', async () => {
    const path = join(temporaryFolder(), 'desk.db')
    await (await temporaryStore(path)).close()
    const sqlite = new Sqlite(path)
    sqlite.exec('DELETE FROM kysely_migration')
    sqlite.close()

    await expect(beside(path)).rejects.toThrow(
      new CannotOpenStore(
        "The database's tables are not of this version: start the bot once to bring them up to date",
      ),
    )
  })
})

describe.skipIf(isOnPostgres())('what can not be opened is said in one sentence', () => {
  test('when a file stands where the folder should be', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'data'), '')

    await expect(opening(`file:${folder}/data/desk.db`)).rejects.toThrow(
      /^The database .*\/data\/desk\.db can't be written: EEXIST/,
    )
  })

  test('when a folder stands where the file should be', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'desk.db'))

    await expect(opening(`file:${folder}/desk.db`)).rejects.toThrow(
      /^The database .*\/desk\.db can't be written: EISDIR/,
    )
  })

  test.skipIf(isRoot)('when the folder may not be written (root may write everywhere)', async () => {
    const folder = temporaryFolder()
    chmodSync(folder, 0o500)

    await expect(opening(`file:${folder}/desk.db`)).rejects.toThrow(/can't be written: EACCES/)
  })

  test.each([
    ['mysql://desk@db/desk', 'DATABASE_URL must begin with "file:" and name a SQLite file'],
    ['data/desk.db', 'DATABASE_URL must begin with "file:" and name a SQLite file'],
    ['file:', 'DATABASE_URL names no file after "file:"'],
    ['file:data/', 'DATABASE_URL names no file after "file:"'],
    ['file:desk.db?mode=ro', 'DATABASE_URL takes no options after a "?"'],
    ['file://elsewhere/desk.db', 'DATABASE_URL is not a file URL of this machine'],
  ])('when DATABASE_URL is %s', async (databaseUrl, sentence) => {
    await expect(opening(databaseUrl)).rejects.toThrow(new CannotOpenStore(sentence))
  })
})

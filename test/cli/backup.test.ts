import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { aRow } from '../store/a-row.ts'
import { beforeStandings } from '../store/before-standings.ts'
import { temporaryFolder, temporaryStore } from '../store/temporary-store.ts'
import { commandLine } from './command-line.ts'

describe('backup', () => {
  test('makes a copy in one file that opens as a database, while the bot writes', async () => {
    const folder = temporaryFolder()
    const { tables } = await temporaryStore(join(folder, 'desk.db'))
    const row = await tables.requests.insert(aRow())
    const copy = join(folder, 'copies', 'monday.db')

    const { code, out, err } = await commandLine(['backup', copy], { DATABASE_URL: `file:${folder}/desk.db` })
    await tables.requests.update({ ...row, step: 'evaluating' })

    expect({ code, out, err }).toEqual({
      code: 0,
      out: `ok: ${copy} (${statSync(copy).size} bytes) is a whole copy of the database\n`,
      err: '',
    })
    expect(readdirSync(join(folder, 'copies'))).toEqual(['monday.db'])
    expect(statSync(copy).mode & 0o777).toBe(0o600)
    const restored = await temporaryStore(copy)
    expect(await restored.tables.requests.open('gitlab')).toEqual([row])
    // Whoever starts on it has forgotten what was done since.
    expect(await restored.tables.settings.get('backup-taken-at')).toMatch(/^20\d\d-/)
  })

  test('copies what an older version left, so that one can be made before an upgrade', async () => {
    const folder = temporaryFolder()
    const { close } = await temporaryStore(join(folder, 'desk.db'))
    await close()
    const older = new Sqlite(join(folder, 'desk.db'))
    for (const statement of beforeStandings.sqlite) older.exec(statement)
    older.exec('alter table kv rename to setting')
    older.exec('alter table request rename column number to iid')
    older.exec("delete from kysely_migration where name >= '012'")
    older.close()
    const copy = join(folder, 'copy.db')

    const { code, err } = await commandLine(['backup', copy], { DATABASE_URL: `file:${folder}/desk.db` })

    expect({ code, err }).toEqual({ code: 0, err: '' })
    const restored = await temporaryStore(copy)
    expect(await restored.tables.settings.get('backup-taken-at')).toMatch(/^20\d\d-/)
  })

  test('replaces no file', async () => {
    const folder = temporaryFolder()
    await temporaryStore(join(folder, 'desk.db'))
    const copy = join(folder, 'copy.db')
    writeFileSync(copy, 'Something else')

    const result = await commandLine(['backup', copy], { DATABASE_URL: `file:${folder}/desk.db` })

    expect(result).toEqual({ code: 1, out: '', err: `${copy} is there already: a backup replaces nothing\n` })
    expect(statSync(copy).size).toBe('Something else'.length)
  })

  test('copies no database of another program, and leaves nothing behind', async () => {
    const folder = temporaryFolder()
    const foreign = new Sqlite(join(folder, 'foreign.db'))
    foreign.exec('CREATE TABLE song (title TEXT)')
    foreign.close()

    const { code, err } = await commandLine(['backup', join(folder, 'copy.db')], {
      DATABASE_URL: `file:${folder}/foreign.db`,
    })

    expect(code).toBe(1)
    expect(err).toContain('is a SQLite database of another program')
    expect(readdirSync(folder)).toEqual(['foreign.db'])
  })

  test('says when the copy can not be written', async () => {
    const folder = temporaryFolder()
    await temporaryStore(join(folder, 'desk.db'))

    const { code, err } = await commandLine(['backup', join(folder, 'desk.db', 'copy.db')], {
      DATABASE_URL: `file:${folder}/desk.db`,
    })

    expect(code).toBe(1)
    expect(err).toContain("can't be written")
  })
})

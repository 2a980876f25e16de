import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { commandLine, help } from '../cli/command-line.ts'
import { temporaryFolder, temporaryStore } from '../store/temporary-store.ts'

/** What is compiled once is there for the next process. */
const keptCompiled = fileURLToPath(new URL('../../node_modules/.cache/privacy-desk', import.meta.url))
const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

const sqliteFile = 'a SQLite file such as file:data/privacy-desk.db, or begin with postgres://'
const postgresDatabase = 'a PostgreSQL database as postgres://USER:PASSWORD@HOST:PORT/DATABASE'

describe('what is not understood is answered with the usage', () => {
  test.each([
    [[], 'Which command?'],
    [['dance'], 'There is no command "dance"'],
    [['toString'], 'There is no command "toString"'],
    [['audit'], 'There is no command "audit"'],
    [['audit', 'burn'], 'There is no command "audit burn"'],
    [['audit', 'verify', '--loud'], "Unknown option '--loud'."],
    [['audit', 'verify', '--head', '12'], '--head must be COUNT:HASH, as verify prints it'],
    [['audit', 'export'], '--format must be csv or jsonl'],
    [['audit', 'export', '--format', 'xml'], '--format must be csv or jsonl'],
    [['audit', 'export', '--format', 'csv', '--request', 'abc'], '--request must be the number of a request'],
    [['audit', 'export', '--format', 'csv', '--ticket', '4.5'], '--ticket must be the number of a ticket'],
    [
      ['audit', 'export', '--format', 'csv', '--request', '123', '--ticket', '456'],
      '--request and --ticket exclude each other: an entry is about an issue or a ticket',
    ],
    [['audit', 'export', '--format', 'csv', '--since', 'yesterday'], '--since must be a day (2026-03-01)'],
    [['audit', 'export', '--format', 'csv', '--since', '2026-02-30'], '--since must be a day (2026-03-01)'],
    [['backup'], 'Which file should the copy be written to?'],
    [['backup', 'a.db', 'b.db'], 'Too many arguments: "b.db"'],
    [['purge', 'everything'], 'Too many arguments: "everything"'],
    [['migrate-to'], 'Where should it be moved to? postgres://… or file:…'],
    [['migrate-to', ':memory:'], 'Where should it be moved to? postgres://… or file:…'],
    [['migrate-to', 'desk.db'], `The new address must be ${sqliteFile}`],
    [['migrate-to', 'file:'], `The new address must be ${sqliteFile}`],
    [['migrate-to', 'postgres://'], `The new address must name ${postgresDatabase}`],
    [['migrate-to', 'postgres://db'], `The new address must name ${postgresDatabase}`],
    [['migrate-to', 'postgres://desk:secret/word@db/desk'], `The new address must name ${postgresDatabase}`],
  ])('%j', async (argv, sentence) => {
    const { code, out, err } = await commandLine(argv)

    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err.startsWith(sentence)).toBe(true)
    expect(err).toContain(help)
    expect(err).not.toContain('secret')
  })

  test.each(['help', '--help', '-h'])('%s is understood', async (word) => {
    const { code, out, err } = await commandLine([word])

    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.startsWith(help)).toBe(true)
  })
})

describe('what the environment says wrongly is named', () => {
  const refused = (problem: string) => `The configuration can't be used:\n- ${problem}\n`

  test.each([
    [['purge'], { RETENTION_DAYS: '0' }, refused('RETENTION_DAYS must be a whole number from 1 to 3650')],
    [
      ['audit', 'verify'],
      { TIMEZONE: 'Mars/Base' },
      refused('TIMEZONE must be an IANA time zone such as Europe/Berlin'),
    ],
    [
      ['backup', 'copy.db'],
      { DATABASE_URL: 'desk.db' },
      refused(
        'DATABASE_URL must be a SQLite file such as file:data/privacy-desk.db, or begin with postgres://',
      ),
    ],
    [
      ['backup', 'copy.db'],
      { DATABASE_URL: 'postgres://desk:pw@db/desk' },
      'DATABASE_URL names a PostgreSQL database: pg_dump makes a copy of it, and docs/operating.md says how one is put back\n',
    ],
    [
      ['audit', 'verify'],
      { DATABASE_URL: 'postgres://desk:pw@db/desk?sslrootcert=no-such.pem' },
      "The address of the PostgreSQL database can't be used: ENOENT: no such file or directory, open 'no-such.pem'\n",
    ],
    [['backup', 'copy.db'], { DATABASE_URL: 'file:data/' }, 'DATABASE_URL names no file after "file:"\n'],
  ])('%j with %j', async (argv, env, err) => {
    expect(await commandLine(argv, env)).toEqual({ code: 1, out: '', err })
  })
})

describe('as a process of its own', () => {
  const runCli = (argv: readonly string[], databaseUrl: string) =>
    promisify(execFile)(process.execPath, [cli, ...argv], {
      env: { DATABASE_URL: databaseUrl, NODE_COMPILE_CACHE: keptCompiled },
    })

  test('it writes to standard output and ends with 0, while the bot has the database open', async () => {
    const path = join(temporaryFolder(), 'desk.db')
    const { tables } = await temporaryStore(path)
    const entry = await tables.audit.append({
      at: '2026-03-01T09:00:00.000Z',
      what: 'started',
      who: 'bot',
      details: {},
    })

    const { stdout, stderr } = await runCli(['audit', 'verify'], `file:${path}`)

    expect({ stdout, stderr }).toEqual({
      stdout: `ok: the chain of 1 entries is whole; its head is 1:${entry.hash}\n`,
      stderr: '',
    })
  })

  test('it writes to standard error and ends with 1 when it can not do what was asked', async () => {
    const path = join(temporaryFolder(), 'desk.db')

    await expect(runCli(['audit', 'verify'], `file:${path}`)).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: `There is no database at ${path}: see DATABASE_URL\n`,
    })
  })

  test('it ends with 2 when it was not understood', async () => {
    await expect(runCli(['dance'], 'file:x.db')).rejects.toMatchObject({ code: 2, stdout: '' })
  })
})

import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import type { AuditEntry } from '../../src/store/store.ts'
import { temporaryFolder, temporaryStore } from '../store/temporary-store.ts'
import { commandLine } from './command-line.ts'

/** A log of three entries: at the end of February, then two in March; the first two of request 7. */
async function aLog() {
  const path = join(temporaryFolder(), 'desk.db')
  const { audit } = (await temporaryStore(path)).tables
  const of7 = { requestId: 'r7', iid: 7 }
  const entries: AuditEntry[] = [
    await audit.append({
      ...of7,
      at: '2026-02-28T23:30:00.000Z',
      what: 'seen',
      who: 'gitlab:42',
      details: { label: 'a "b", c' },
    }),
    await audit.append({
      ...of7,
      at: '2026-03-01T09:00:00.000Z',
      what: 'decided',
      who: 'slack:U1',
      details: {},
    }),
    await audit.append({ at: '2026-03-02T09:00:00.000Z', what: 'started', who: 'bot', details: {} }),
  ]
  return { path, env: { DATABASE_URL: `file:${path}` }, entries, audit }
}

const hashes = (entries: readonly AuditEntry[]) => entries.map(({ hash }) => hash)
const jsonLines = (text: string): AuditEntry[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

describe('audit verify', () => {
  test('says that the chain is whole, and its head', async () => {
    const { env, entries } = await aLog()

    expect(await commandLine(['audit', 'verify'], env)).toEqual({
      code: 0,
      out: `ok: the chain of 3 entries is whole; its head is 3:${entries[2]?.hash}\n`,
      err: '',
    })
  })

  test('says where it is broken', async () => {
    const { path, env } = await aLog()
    const sqlite = new Sqlite(path)
    sqlite.exec("DROP TRIGGER audit_no_update; UPDATE audit SET who = 'slack:U9' WHERE seq = 2")
    sqlite.close()

    expect(await commandLine(['audit', 'verify'], env)).toEqual({
      code: 1,
      out: 'broken at entry 2: its content was changed\n',
      err: '',
    })
  })

  test('finds a tail that was cut off, with a head that was noted', async () => {
    const { env, entries } = await aLog()
    const noted = `4:${entries[2]?.hash}`

    expect(await commandLine(['audit', 'verify', '--head', noted], env)).toEqual({
      code: 1,
      out: 'broken at entry 4: the log ends at 3, but 4 was the last\n',
      err: '',
    })
  })
})

describe('audit export', () => {
  test('as JSON lines gives every entry whole', async () => {
    const { env, entries } = await aLog()

    const { code, out, err } = await commandLine(['audit', 'export', '--format', 'jsonl'], env)

    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(jsonLines(out)).toEqual(entries)
  })

  test('as CSV quotes what is special', async () => {
    const { env, entries } = await aLog()
    const [first, second, third] = hashes(entries)

    const { code, out } = await commandLine(['audit', 'export', '--format', 'csv'], env)

    expect(code).toBe(0)
    expect(out.split('\r\n')).toEqual([
      'seq,at,iid,requestId,what,who,details,previousHash,hash',
      `1,2026-02-28T23:30:00.000Z,7,r7,seen,gitlab:42,"{""label"":""a \\""b\\"", c""}",${'0'.repeat(64)},${first}`,
      `2,2026-03-01T09:00:00.000Z,7,r7,decided,slack:U1,{},${first},${second}`,
      `3,2026-03-02T09:00:00.000Z,,,started,bot,{},${second},${third}`,
      '',
    ])
  })

  test.each(['7', '#7'])('of request %s only', async (number) => {
    const { env, entries } = await aLog()

    const { out } = await commandLine(['audit', 'export', '--format', 'jsonl', '--request', number], env)

    expect(jsonLines(out)).toEqual(entries.slice(0, 2))
  })

  test.each(['456', '#456'])('of ticket %s only, and not of the issue of that number', async (number) => {
    const { env, audit } = await aLog()
    const on = { at: '2026-03-03T09:00:00.000Z', who: 'slack:U1' } as const
    await audit.append({ ...on, requestId: 'r8', iid: 456, what: 'decided', details: {} })
    await audit.append({ ...on, requestId: 'r9', what: 'decided', details: { ticket: 45 } })
    const ofTicket = [
      await audit.append({ ...on, requestId: 'r10', what: 'decided', details: { ticket: 456 } }),
      await audit.append({ ...on, what: 'effect', details: { subject: 'ticket:456' } }),
    ]

    const { out } = await commandLine(['audit', 'export', '--format', 'jsonl', '--ticket', number], env)

    expect(jsonLines(out)).toEqual(ofTicket)
  })

  test.each([
    ['2026-03-01', 'UTC', 1],
    ['2026-03-01', 'Europe/Berlin', 0],
    ['2026-03-01T09:00:00Z', 'UTC', 1],
    ['2026-03-01T10:00:00.001+01:00', 'UTC', 2],
    ['2026-03-03', 'UTC', 3],
  ])('since %s in %s leaves out the first %i', async (since, timeZone, leftOut) => {
    const { env, entries } = await aLog()
    const argv = ['audit', 'export', '--format', 'jsonl', '--since', since]

    const { out } = await commandLine(argv, { ...env, TIMEZONE: timeZone })

    expect(jsonLines(out)).toEqual(entries.slice(leftOut))
  })
})

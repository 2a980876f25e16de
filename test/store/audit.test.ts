import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canonicalJson, verifyAudit } from '../../src/store/audit-chain.ts'
import type { AuditDraft, Store } from '../../src/store/store.ts'
import { isOnPostgres } from '../postgres/databases.ts'
import { asAnyUser, pastTheBot, temporaryFolder, temporaryStore } from './temporary-store.ts'

const aDraft = (what: string, override: Partial<AuditDraft> = {}): AuditDraft => ({
  at: '2026-03-01T09:00:00.000Z',
  what,
  who: 'slack:U1',
  details: {},
  ...override,
})

async function storeWith(path: string, ...drafts: AuditDraft[]): Promise<Store> {
  const store = await temporaryStore(path)
  for (const draft of drafts) await store.tables.audit.append(draft)
  return store
}

describe('the audit log is a chain', () => {
  test('each entry holds the hash of the one before, and the first one zeros', async () => {
    const { audit } = (await temporaryStore()).tables
    const zeros = '0'.repeat(64)
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
    const firstHash = sha256(
      `${zeros}{"at":"2026-03-01T09:00:00.000Z","details":{"a":[{"x":1,"y":null}],"b":"ü"},"iid":7,"requestId":"r1","seq":1,"what":"decided","who":"slack:U1"}`,
    )
    const secondHash = sha256(
      `${firstHash}{"at":"2026-03-01T09:00:00.000Z","details":{},"seq":2,"what":"started","who":"slack:U1"}`,
    )

    const first = await audit.append(
      aDraft('decided', { requestId: 'r1', iid: 7, details: { b: 'ü', a: [{ y: null, x: 1 }] } }),
    )
    const second = await audit.append(aDraft('started'))

    expect(first).toEqual({
      ...aDraft('decided'),
      requestId: 'r1',
      iid: 7,
      details: { b: 'ü', a: [{ y: null, x: 1 }] },
      seq: 1,
      previousHash: zeros,
      hash: firstHash,
    })
    expect(second).toEqual({ ...aDraft('started'), seq: 2, previousHash: firstHash, hash: secondHash })
    expect(await audit.page(0, 10)).toEqual([first, second])
    expect(await audit.head()).toEqual({ seq: 2, hash: secondHash })
  })

  test('entries added at the same time still follow one another', async () => {
    const { tables } = await temporaryStore()

    await Promise.all(Array.from({ length: 20 }, (_, index) => tables.audit.append(aDraft(`seen ${index}`))))

    const { hash } = await tables.audit.head()
    expect(await verifyAudit(tables)).toEqual({ ok: true, count: 20, head: hash })
  })

  test('begins with nothing', async () => {
    const { tables } = await temporaryStore()

    expect(await tables.audit.head()).toEqual({ seq: 0, hash: '0'.repeat(64) })
    expect(await verifyAudit(tables)).toEqual({ ok: true, count: 0, head: '0'.repeat(64) })
  })

  test('what JSON can not say of the details is left out of both', async () => {
    const { tables } = await temporaryStore()

    const entry = await tables.audit.append(aDraft('effect', { details: { kept: 1, gone: undefined } }))

    expect(entry.details).toStrictEqual({ kept: 1 })
    expect(await verifyAudit(tables)).toEqual({ ok: true, count: 1, head: entry.hash })
  })
})

describe('the audit log is read', () => {
  test('by request, the last ones when there is a limit, in order', async () => {
    const { audit } = (await temporaryStore()).tables
    for (const what of ['one', 'two', 'three']) await audit.append(aDraft(what, { requestId: 'r1' }))
    await audit.append(aDraft('other', { requestId: 'r2' }))

    const whole = await audit.ofRequest('r1')
    const last = await audit.ofRequest('r1', 2)

    expect(whole.map(({ what }) => what)).toEqual(['one', 'two', 'three'])
    expect(last.map(({ what }) => what)).toEqual(['two', 'three'])
  })

  test('by the number of a request, which is a column or a detail, and of nothing else', async () => {
    const { audit } = (await temporaryStore()).tables
    const about = (details: AuditDraft['details']) => ({ requestId: 'r2', details })
    await audit.append(aDraft('issue', { requestId: 'r1', iid: 45 }))
    await audit.append(aDraft('ticket', about({ a: 1, ticket: 45, z: 1 })))
    await audit.append(aDraft('longer', about({ ticket: 456 })))
    await audit.append(aDraft('inside', about({ of: { ticket: 45 } })))
    await audit.append(aDraft('no request', { iid: 45, details: { ticket: 45 } }))
    await audit.append(aDraft('same ticket', about({ ticket: 45 })))

    const [issue, ticket] = await Promise.all([audit.ofNumber(45), audit.ofNumber(45, 'ticket')])

    expect(issue.map(({ what }) => what)).toEqual(['issue'])
    expect(ticket.map(({ what }) => what)).toEqual(['ticket', 'same ticket'])
  })

  test('page by page', async () => {
    const { audit } = (await temporaryStore()).tables
    for (const what of ['one', 'two', 'three']) await audit.append(aDraft(what))

    const page = await audit.page(1, 1)

    expect(page.map(({ what }) => what)).toEqual(['two'])
  })
})

const anEntry = (seq: number) => `${seq}, 'at', NULL, NULL, 'what', 'who', '{}', 'x', 'y'`

describe('the audit log is append-only', () => {
  test.each([
    ['changed', "UPDATE audit SET who = 'nobody' WHERE seq = 1"],
    ['deleted', 'DELETE FROM audit WHERE seq = 1'],
    [
      'replaced',
      isOnPostgres()
        ? `INSERT INTO audit VALUES (${anEntry(1)}) ON CONFLICT (seq) DO UPDATE SET who = 'nobody'`
        : `INSERT OR REPLACE INTO audit VALUES (${anEntry(1)})`,
    ],
    ['added after a gap', `INSERT INTO audit VALUES (${anEntry(5)})`],
    ...(isOnPostgres() ? [['cut off with all others', 'TRUNCATE audit']] : []),
  ])('no entry is %s', async (_, statement = '') => {
    const path = join(temporaryFolder(), 'desk.db')
    const { tables } = await storeWith(path, aDraft('one'), aDraft('two'))

    await expect(asAnyUser(path, statement)).rejects.toThrow('audit is append-only')

    expect(await verifyAudit(tables)).toMatchObject({ ok: true, count: 2 })
  })
})

describe('the check of the chain finds', () => {
  test.each([
    ['a changed name', "UPDATE audit SET who = 'slack:U2' WHERE seq = 2", 2, 'its content was changed'],
    ['changed details', `UPDATE audit SET details = '{"a":1}' WHERE seq = 2`, 2, 'its content was changed'],
    [
      'details that are no JSON',
      "UPDATE audit SET details = '{' WHERE seq = 2",
      2,
      'its content was changed',
    ],
    ['another request', "UPDATE audit SET request_id = 'r9' WHERE seq = 3", 3, 'its content was changed'],
    ['a gap', 'DELETE FROM audit WHERE seq = 2', 2, 'entry 2 is missing'],
    ['a missing beginning', 'DELETE FROM audit WHERE seq = 1', 1, 'entry 1 is missing'],
    [
      'a gap that was closed',
      'DELETE FROM audit WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3',
      2,
      'it does not follow the entry before it',
    ],
    [
      'another order',
      'UPDATE audit SET seq = 9 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 9',
      2,
      'it does not follow the entry before it',
    ],
  ])('%s', async (_, statement, seq, why) => {
    const path = join(temporaryFolder(), 'desk.db')
    const { tables } = await storeWith(path, aDraft('one'), aDraft('two'), aDraft('three'))

    await pastTheBot(path, statement)

    expect(await verifyAudit(tables)).toEqual({ ok: false, seq, why })
  })

  test('a tail that was cut off, when the head was noted elsewhere', async () => {
    const path = join(temporaryFolder(), 'desk.db')
    const { tables } = await storeWith(path, aDraft('one'), aDraft('two'), aDraft('three'))
    const head = await tables.audit.head()

    await pastTheBot(path, 'DELETE FROM audit WHERE seq = 3')

    expect(await verifyAudit(tables)).toMatchObject({ ok: true, count: 2 })
    expect(await verifyAudit(tables, head)).toEqual({
      ok: false,
      seq: 3,
      why: 'the log ends at 2, but 3 was the last',
    })
  })

  test('a log that was written anew, when a head was noted elsewhere', async () => {
    const { tables } = await storeWith(join(temporaryFolder(), 'desk.db'), aDraft('one'), aDraft('two'))

    expect(await verifyAudit(tables, { seq: 1, hash: 'f'.repeat(64) })).toEqual({
      ok: false,
      seq: 1,
      why: 'it is not the entry that was expected',
    })
  })

  test('nothing in a log longer than one page that was left alone', async () => {
    const { tables, transaction } = await temporaryStore()
    const head = await transaction(async ({ audit }) => {
      for (let index = 0; index < 501; index++) await audit.append(aDraft('seen', { details: { index } }))
      return audit.head()
    })

    expect(await verifyAudit(tables, head)).toEqual({ ok: true, count: 501, head: head.hash })
  })
})

test('canonical JSON sorts keys at every depth and leaves lists in order', () => {
  expect(canonicalJson({ b: [2, 1, { d: 1, c: 2 }], a: '"' })).toBe('{"a":"\\"","b":[2,1,{"c":2,"d":1}]}')
})

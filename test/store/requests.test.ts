import { describe, expect, test } from 'vitest'
import { StaleRequest } from '../../src/store/store.ts'
import { aRow } from './a-row.ts'
import { temporaryStore } from './temporary-store.ts'

const fullRow = aRow({
  closedAt: '2026-03-09T00:00:00.000Z',
  assignee: 'U1',
  facts: {
    started: '2026-03-02T08:00:00.000Z',
    suggestedReason: 'lost_2fa',
    approvals: [{ by: 'U2', roles: ['support-manager'], at: '2026-03-03T08:00:00.000Z' }],
  },
  hashes: { keyId: 'k1', email: 'hash-of-email', username: 'hash-of-username' },
  card: { channel: 'C1', ts: '1772355600.000100' },
  refreshAt: '2026-03-09T00:00:00.000Z',
})

describe('a request is kept whole', () => {
  test('with everything that can be known of it', async () => {
    const { requests } = (await temporaryStore()).tables

    const inserted = await requests.insert(fullRow)

    expect(inserted).toEqual({ ...fullRow, version: 1 })
    expect(await requests.byId('r1')).toEqual(inserted)
    expect(await requests.byNumber(1, 'gitlab')).toEqual(inserted)
  })

  test('and with what is not known left out', async () => {
    const { requests } = (await temporaryStore()).tables

    await requests.insert(aRow({ hashes: { keyId: 'k1', username: 'hash-of-username' } }))

    expect(await requests.byId('r1')).toStrictEqual({
      ...aRow({ hashes: { keyId: 'k1', username: 'hash-of-username' } }),
      version: 1,
    })
  })

  test('and one that is not there is undefined', async () => {
    const { requests } = (await temporaryStore()).tables

    expect(await requests.byId('r1')).toBeUndefined()
    expect(await requests.byNumber(1, 'gitlab')).toBeUndefined()
  })

  test('once: an issue has one request', async () => {
    const { requests } = (await temporaryStore()).tables
    await requests.insert(aRow())

    await expect(requests.insert(aRow({ id: 'r2' }))).rejects.toThrow(
      /UNIQUE constraint failed: request.source, request.number|unique constraint "request_source_iid_key"/,
    )
  })
})

describe('a request is changed by whoever read it last', () => {
  test('every change counts the version up', async () => {
    const { requests } = (await temporaryStore()).tables
    const row = await requests.insert(fullRow)
    const { closedAt: _, card: __, ...reopened } = row

    const updated = await requests.update({ ...reopened, step: 'evaluating' })

    expect(updated).toEqual({ ...reopened, step: 'evaluating', version: 2 })
    expect(await requests.byId('r1')).toStrictEqual(updated)
  })

  test('a write over a newer version is refused and changes nothing', async () => {
    const { requests } = (await temporaryStore()).tables
    const row = await requests.insert(aRow())
    const newer = await requests.update({ ...row, step: 'evaluating' })

    await expect(requests.update({ ...row, step: 'ready' })).rejects.toThrow(
      new StaleRequest('Request r1 is no longer at version 1'),
    )

    expect(await requests.byId('r1')).toEqual(newer)
  })

  test('a write to a request that is gone is refused', async () => {
    const { requests } = (await temporaryStore()).tables

    await expect(requests.update({ ...aRow(), version: 1 })).rejects.toBeInstanceOf(StaleRequest)
  })
})

describe('lists of requests', () => {
  test('the open ones come by creation', async () => {
    const { requests } = (await temporaryStore()).tables
    await requests.insert(aRow({ id: 'late', number: 1, createdAt: '2026-03-03T00:00:00.000Z' }))
    await requests.insert(aRow({ id: 'early', number: 2, createdAt: '2026-03-01T00:00:00.000Z' }))
    await requests.insert(aRow({ id: 'closed', number: 3, closedAt: '2026-03-02T00:00:00.000Z' }))

    const open = await requests.open('gitlab')

    expect(open.map(({ id }) => id)).toEqual(['early', 'late'])
  })

  test('the ones closed since an instant, that instant included', async () => {
    const { requests } = (await temporaryStore()).tables
    await requests.insert(aRow({ id: 'before', number: 1, closedAt: '2026-03-01T23:59:59.999Z' }))
    await requests.insert(aRow({ id: 'then', number: 2, closedAt: '2026-03-02T00:00:00.000Z' }))
    await requests.insert(aRow({ id: 'open', number: 3 }))

    const closed = await requests.closedSince('2026-03-02T00:00:00.000Z', 'gitlab')

    expect(closed.map(({ id }) => id)).toEqual(['then'])
  })

  test('the open ones whose card a clock changes now', async () => {
    const { requests } = (await temporaryStore()).tables
    const due = '2026-03-09T00:00:00.000Z'
    await requests.insert(aRow({ id: 'due', number: 1, refreshAt: due }))
    await requests.insert(aRow({ id: 'later', number: 2, refreshAt: '2026-03-09T00:00:00.001Z' }))
    await requests.insert(aRow({ id: 'never', number: 3 }))
    await requests.insert(aRow({ id: 'closed', number: 4, refreshAt: due, closedAt: due }))

    const rows = await requests.dueForRedraw(due, 10)

    expect(rows.map(({ id }) => id)).toEqual(['due'])
  })
})

describe('open requests of the same requester', () => {
  const email = 'hash-of-email'
  const username = 'hash-of-username'

  test('share the e-mail or the username, under the same key and among the given flows', async () => {
    const { requests } = (await temporaryStore()).tables
    const closedAt = '2026-03-02T00:00:00.000Z'
    await requests.insert(aRow({ id: 'self', number: 1, hashes: { keyId: 'k1', email, username } }))
    await requests.insert(aRow({ id: 'same-email', number: 2, hashes: { keyId: 'k1', email } }))
    await requests.insert(
      aRow({ id: 'same-username', number: 3, hashes: { keyId: 'k1', email: 'x', username } }),
    )
    await requests.insert(aRow({ id: 'other-key', number: 4, hashes: { keyId: 'k2', email } }))
    await requests.insert(
      aRow({ id: 'other-flow', number: 5, flow: 'data-access', hashes: { keyId: 'k1', email } }),
    )
    await requests.insert(aRow({ id: 'closed', number: 6, closedAt, hashes: { keyId: 'k1', email } }))
    await requests.insert(
      aRow({ id: 'stranger', number: 7, hashes: { keyId: 'k1', email: 'y', username: 'z' } }),
    )

    const rows = await requests.sameRequester(
      { keyId: 'k1', email, username },
      ['account-deletion'],
      'self',
      9,
    )

    expect(rows.map(({ id }) => id)).toEqual(['same-email', 'same-username'])
  })

  test('are none when nothing is known of the requester', async () => {
    const { requests } = (await temporaryStore()).tables
    await requests.insert(aRow({ hashes: { keyId: 'k1' } }))

    expect(await requests.sameRequester({ keyId: 'k1' }, ['account-deletion'], 'other', 9)).toEqual([])
  })
})

describe('cards that wait to be asked for', () => {
  const waits = { cardWaitsSince: '2026-03-01T09:00:00.000Z' }

  test('are those of open requests of one service, the oldest request first', async () => {
    const { requests } = (await temporaryStore()).tables
    await requests.insert(aRow({ ...waits, id: 'later', number: 1, createdAt: '2026-02-03T00:00:00.000Z' }))
    await requests.insert(aRow({ ...waits, id: 'earlier', number: 2, createdAt: '2026-02-02T00:00:00.000Z' }))
    await requests.insert(aRow({ ...waits, id: 'closed', number: 3, closedAt: '2026-03-01T09:00:00.000Z' }))
    await requests.insert(aRow({ ...waits, id: 'ticket', number: 4, source: 'zendesk' }))
    await requests.insert(aRow({ id: 'with a card', number: 5 }))

    const all = await requests.withWaitingCard('gitlab', 10)

    expect(all.map(({ id }) => id)).toEqual(['earlier', 'later'])
    expect(all[0]?.cardWaitsSince).toBe(waits.cardWaitsSince)
    expect((await requests.withWaitingCard('gitlab', 1)).map(({ id }) => id)).toEqual(['earlier'])
    expect(await requests.waitingCards('gitlab')).toEqual({ count: 2, oldest: '2026-02-02T00:00:00.000Z' })
    expect(await requests.waitingCards('folder')).toEqual({ count: 0 })
  })

  test('wait no longer once the request is written without it', async () => {
    const { requests } = (await temporaryStore()).tables
    const { cardWaitsSince: _, ...row } = await requests.insert(aRow(waits))

    await requests.update(row)

    expect(await requests.byId('r1')).not.toHaveProperty('cardWaitsSince')
    expect(await requests.waitingCards('gitlab')).toEqual({ count: 0 })
  })
})

describe('a request is found by the issue in which its deletion is worked', () => {
  const metaIssue = { iid: 700, url: 'https://gitlab.example/700', done: 0, total: 3, closed: false }

  test('while it is open, and by its own service alone', async () => {
    const { requests } = (await temporaryStore()).tables
    await requests.insert(aRow({ facts: { metaIssue } }))
    await requests.insert(
      aRow({ id: 'r2', number: 2, facts: { metaIssue }, closedAt: '2026-03-01T09:00:00.000Z' }),
    )

    expect((await requests.withMetaIssue(700, 'gitlab'))?.id).toBe('r1')
    expect(await requests.withMetaIssue(701, 'gitlab')).toBeUndefined()
    expect(await requests.withMetaIssue(700, 'zendesk')).toBeUndefined()
  })

  test('or, while it has none, by the hash of the address: the oldest of several', async () => {
    const { requests } = (await temporaryStore()).tables
    const hashes = { keyId: 'k1', email: 'e1' }
    await requests.insert(aRow({ id: 'has one', number: 1, hashes, facts: { metaIssue } }))
    await requests.insert(aRow({ id: 'later', number: 2, hashes, createdAt: '2026-03-01T08:30:00.000Z' }))
    await requests.insert(aRow({ id: 'earlier', number: 3, hashes }))
    await requests.insert(
      aRow({
        id: 'other key',
        number: 4,
        hashes: { ...hashes, keyId: 'k2' },
        createdAt: '2026-02-01T08:30:00.000Z',
      }),
    )

    expect((await requests.withoutMetaIssue({ keyId: 'k1', email: 'e1' }, 'gitlab'))?.id).toBe('earlier')
    expect(await requests.withoutMetaIssue({ keyId: 'k1', email: 'e2' }, 'gitlab')).toBeUndefined()
    expect(await requests.withoutMetaIssue({ keyId: 'k1' }, 'gitlab')).toBeUndefined()
  })
})

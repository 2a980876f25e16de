import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isOnPostgres } from '../postgres/databases.ts'
import { anEntry, aRow } from './a-row.ts'
import { now, temporaryFolder, temporaryStore } from './temporary-store.ts'

const longAgo = '2025-11-01T00:00:00.000Z'
const before = '2025-12-01T00:00:00.000Z'
const recently = '2026-02-01T00:00:00.000Z'

describe('what is kept of a closed request beside its audit entries is purged', () => {
  test('when it was closed long enough ago; the audit log says so', async () => {
    const store = await temporaryStore()
    const { requests, inbox, outbox, audit } = store.tables
    await requests.insert(aRow({ id: 'long-closed', number: 1, closedAt: longAgo }))
    await requests.insert(aRow({ id: 'just-closed', number: 2, closedAt: recently }))
    await requests.insert(aRow({ id: 'open', number: 3, createdAt: longAgo }))
    for (const requestId of ['long-closed', 'just-closed', 'open']) {
      await outbox.add([anEntry(`note of ${requestId}`, { requestId, createdAt: longAgo })])
    }
    await audit.append({
      at: longAgo,
      requestId: 'long-closed',
      what: 'decided',
      who: 'slack:U1',
      details: {},
    })
    await inbox.put({ key: 'handled long ago', kind: 'note', payload: {}, receivedAt: longAgo })
    await inbox.done({ id: 1, token: 0 }, longAgo)
    await inbox.put({ key: 'handled recently', kind: 'note', payload: {}, receivedAt: longAgo })
    await inbox.done({ id: 2, token: 0 }, recently)
    await inbox.put({ key: 'not handled', kind: 'note', payload: {}, receivedAt: longAgo })

    const purged = await store.purge(before)

    expect(purged).toEqual({ requests: 1, inbox: 1, outbox: 1 })
    expect(await requests.byId('long-closed')).toBeUndefined()
    expect(await requests.byId('just-closed')).toBeDefined()
    expect(await requests.byId('open')).toBeDefined()
    expect(await outbox.ofRequest('long-closed')).toEqual([])
    expect(await outbox.unfinishedCount()).toBe(2)
    expect(await inbox.pendingCount()).toBe(1)
    expect(await audit.page(0, 10)).toMatchObject([
      { requestId: 'long-closed', what: 'decided' },
      {
        at: now().toISOString(),
        what: 'purged',
        who: 'bot',
        details: { before, requests: 1, inbox: 1, outbox: 1 },
      },
    ])
  })

  test('and what was noted once of it, such as a call before its deadline', async () => {
    const store = await temporaryStore()
    const { requests, settings } = store.tables
    const [long, recent] = ['a'.repeat(32), 'b'.repeat(32)]
    await requests.insert(aRow({ id: long, number: 1, closedAt: longAgo }))
    await requests.insert(aRow({ id: recent, number: 2, closedAt: recently }))
    const names = [`warn:${long}`, `without-card:warn:${long}`, `warn:${recent}`, long, 'digest:2025-11-01']
    for (const name of names) await settings.claimOnce(name, longAgo)

    await store.purge(before)

    expect(await Promise.all(names.map((name) => settings.get(name)))).toEqual([
      ...[undefined, undefined],
      ...[longAgo, longAgo, longAgo],
    ])
  })

  test('and messages that stood for no request, when they were sent long ago', async () => {
    const store = await temporaryStore()
    const { outbox } = store.tables
    const { requestId: _, ...message } = anEntry('digest', {
      lane: 'channel',
      work: { kind: 'digest', desk: 'privacy', day: '2026-03-01' },
    })
    await outbox.add([message, { ...message, opId: 'sent recently' }, { ...message, opId: 'not sent' }])
    await outbox.done({ id: 1, token: 0 }, longAgo, {}, message.work)
    await outbox.done({ id: 2, token: 0 }, recently, {}, message.work)

    expect(await store.purge(before)).toEqual({ requests: 0, inbox: 0, outbox: 1 })
  })

  test('and messages that are kept by a name, when they were drawn long ago', async () => {
    const store = await temporaryStore()
    const { outbox } = store.tables
    const drawn = [
      { requestId: 'batch:2025-11-01', work: { kind: 'batch', day: '2025-11-01' } },
      { requestId: 'backlog:privacy', work: { kind: 'backlog', desk: 'privacy' } },
    ].flatMap(({ requestId, work }) =>
      [longAgo, recently, undefined].map((at) => ({ at, requestId, lane: 'card', work })),
    )
    await outbox.add(drawn.map(({ at: _, ...entry }, index) => anEntry(`op-${index}`, entry)))
    for (const [index, { at, work }] of drawn.entries())
      if (at !== undefined) await outbox.done({ id: index + 1, token: 0 }, at, {}, work)

    expect(await store.purge(before)).toEqual({ requests: 0, inbox: 0, outbox: 2 })
    expect(await outbox.unfinishedCount()).toBe(2)
  })
})

/** PostgreSQL keeps what was cleared in its journal until that is over, as docs/operating.md says. */
describe.skipIf(isOnPostgres())('what was cleared is gone from the disk', () => {
  test('payloads that were handled and words that were sent are in no file of the database', async () => {
    const folder = temporaryFolder()
    const store = await temporaryStore(join(folder, 'desk.db'))
    const { inbox, outbox } = store.tables
    const secret = (index: number) => `very-personal-${index}-`.padEnd(20 + ((index * 397) % 6000), 'x')
    const onDisk = () =>
      readdirSync(folder).filter((file) => readFileSync(join(folder, file)).includes('very-personal-'))
    for (let index = 1; index <= 60; index++) {
      const work = { kind: 'internal-note', text: secret(index) } as const
      await inbox.put({ key: `k${index}`, kind: 'note', payload: secret(index), receivedAt: longAgo })
      await outbox.add([anEntry(`op-${index}`, { work })])
    }
    await store.checkpoint()
    const beforeClearing = onDisk()

    for (let index = 1; index <= 60; index++) {
      if (index % 2 === 0) await inbox.done({ id: index, token: 0 }, recently)
      else await inbox.failed({ id: index, token: 0 }, recently, 'Not the expected form')
      await outbox.done({ id: index, token: 0 }, recently, {}, { kind: 'internal-note', text: '' })
    }
    await store.checkpoint()

    expect(beforeClearing).toEqual(['desk.db'])
    expect(onDisk()).toEqual([])
  })
})

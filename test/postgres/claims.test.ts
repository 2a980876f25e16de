/** Several processes claim, decide and write down at the same time. */
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { verifyAudit } from '../../src/store/audit-chain.ts'
import { openStore } from '../../src/store/open-store.ts'
import { lockOf } from '../../src/store/postgres/process-lock.ts'
import type { Store } from '../../src/store/store.ts'
import { anEntry, aRow } from '../store/a-row.ts'
import { claimAt, roomFor } from '../store/held.ts'
import { now } from '../store/temporary-store.ts'
import { postgresDatabase } from './databases.ts'

const at = '2026-03-01T09:00:00.000Z'

async function replicas(count: number): Promise<readonly [Store, ...Store[]]> {
  const databaseUrl = await postgresDatabase()
  const stores = await Promise.all(
    Array.from({ length: count }, async () => {
      const store = await openStore({ databaseUrl, now })
      onTestFinished(() => store.close())
      return store
    }),
  )
  const [first, ...others] = stores
  if (!first) throw new Error('none')
  return [first, ...others]
}

test('what came in is claimed by one of them, and of one request no two entries at a time, whatever the clocks say', async () => {
  const stores = await replicas(3)
  const { inbox } = stores[0].tables
  for (let number = 1; number <= 8; number += 1)
    for (const kind of ['decision', 'observation'])
      await inbox.put({ key: `${kind}-${number}`, kind, payload: { iid: number }, receivedAt: at })

  const claimed = await Promise.all(
    stores.map(({ tables }, index) =>
      // Each is a little ahead of the one before.
      tables.inbox.claim(claimAt(`2026-03-01T09:00:0${index}.000Z`, `replica ${index}`), roomFor(8), []),
    ),
  )

  const subjects = claimed.flat().map(({ subject }) => subject)
  expect(subjects).toHaveLength(8)
  expect(new Set(subjects).size).toBe(8)
})

test('of a request whose first entry is due for one of them and not yet for another, one entry is in hand', async () => {
  const stores = await replicas(2)
  const { inbox } = stores[0].tables
  const numbers = Array.from({ length: 8 }, (_, index) => index + 1)
  for (const number of numbers)
    await inbox.put({ key: `first-${number}`, kind: 'decision', payload: { iid: number }, receivedAt: at })
  for (const held of await inbox.claim(claimAt(at), roomFor(8), []))
    await inbox.postpone(held, '2026-03-01T09:00:01.000Z', 'later')
  for (const number of numbers)
    await inbox.put({ key: `second-${number}`, kind: 'decision', payload: { iid: number }, receivedAt: at })

  const claimed = await Promise.all(
    stores.map(({ tables }, index) =>
      tables.inbox.claim(claimAt(`2026-03-01T09:00:0${2 * index}.000Z`, `replica ${index}`), roomFor(8), []),
    ),
  )

  const subjects = claimed.flat().map(({ subject }) => subject)
  expect(subjects).toHaveLength(8)
  expect(new Set(subjects).size).toBe(8)
})

test('an effect is claimed by one of them', async () => {
  const stores = await replicas(3)
  await stores[0].tables.requests.insert(aRow())
  await stores[0].tables.outbox.add([anEntry('first'), anEntry('second')])
  const [entry] = await stores[0].tables.outbox.due(at, 10)

  const claims = await Promise.all(
    stores.map(({ tables }, index) =>
      tables.outbox.claim(entry ?? { id: 0, token: 0 }, claimAt(at, `replica ${index}`)),
    ),
  )

  expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1)
  expect(await stores[0].tables.outbox.due(at, 10)).toEqual([])
})

test('what one of them has not renewed in time is another’s, and its own result is not written', async () => {
  const [one, other] = await replicas(2)
  await one.tables.outbox.add([anEntry('note')])
  const claim = await one.tables.outbox.claim({ id: 1, token: 0 }, claimAt(at, 'one'))
  const later = '2026-03-01T09:01:00.000Z'

  expect(await one.tables.outbox.renew(claimAt(at, 'one'), [1])).toEqual([{ id: 1, token: 1 }])
  const taken = await other?.tables.outbox.recover({ now: later, owner: '', unverifiable: [] }, 'run-out')

  expect(taken).toBe(1)
  expect(await one.tables.outbox.renew(claimAt(later, 'one'), [1])).toEqual([])
  await expect(
    one.tables.outbox.done(claim ?? { id: 0, token: 0 }, later, {}, { kind: 'close' }),
  ).rejects.toThrow('is no longer held')
})

test('one request is changed by one transaction after the other: the second sees what the first has done', async () => {
  const stores = await replicas(3)
  await stores[0].tables.requests.insert(aRow())

  await Promise.all(
    stores.flatMap((store) =>
      Array.from({ length: 5 }, () =>
        store.transaction(async ({ requests, audit }) => {
          const row = await requests.byId('r1')
          if (!row) throw new Error('gone')
          await requests.update(row)
          await audit.append({ at, requestId: 'r1', what: 'decided', who: 'bot', details: {} })
        }),
      ),
    ),
  )

  expect((await stores[0].tables.requests.byId('r1'))?.version).toBe(16)
  expect(await verifyAudit(stores[0].tables)).toMatchObject({ ok: true, count: 15 })
})

test('the audit log is one chain, however many write it at once', async () => {
  const stores = await replicas(3)

  await Promise.all(
    stores.flatMap(({ tables }, index) =>
      Array.from({ length: 10 }, () =>
        tables.audit.append({ at, what: 'seen', who: 'bot', details: { index } }),
      ),
    ),
  )

  expect(await verifyAudit(stores[0].tables)).toMatchObject({ ok: true, count: 30 })
})

/** Slack waits three seconds for the answer to a click; some of that is needed for all else. */
const heldUpAtMostMs = 2_500

test('a replica that stands still in the middle of a transaction is put out of it before Slack gives up on a click with another one', async () => {
  const [one, other] = await replicas(2)
  const begun = Promise.withResolvers<void>()
  const goesOn = Promise.withResolvers<void>()
  const stands = one
    .transaction(async ({ settings }) => {
      await settings.set('half', 'done')
      begun.resolve()
      await goesOn.promise
      await settings.set('whole', 'done')
    })
    .then(
      () => 'committed',
      () => 'put out',
    )
  await begun.promise
  const askedAt = performance.now()

  await other?.transaction(({ settings }) => settings.set('click', 'stored'))

  const heldUpMs = performance.now() - askedAt
  goesOn.resolve()
  expect(await stands).toBe('put out')
  expect(heldUpMs).toBeLessThan(heldUpAtMostMs)
  expect(await other?.tables.settings.get('click')).toBe('stored')
  expect(await other?.tables.settings.get('half')).toBeUndefined()
  await one.transaction(({ settings }) => settings.set('whole', 'at the next attempt'))
})

test('a transaction that could not begin leaves its process able to begin the next', async () => {
  const databaseUrl = await postgresDatabase()
  const store = await openStore({ databaseUrl, now })
  onTestFinished(() => store.close())
  const other = new pg.Client({ connectionString: databaseUrl })
  await other.connect()
  onTestFinished(() => other.end())
  const waiting =
    "select pid from pg_stat_activity where datname = current_database() and wait_event = 'advisory'"
  await other.query(`select pg_advisory_lock(${lockOf('transaction')})`)

  const refused = expect(store.transaction(async () => 'done')).rejects.toThrow('canceling statement')
  await expect.poll(async () => (await other.query(waiting)).rowCount).toBe(1)
  await other.query(`select pg_cancel_backend(pid) from (${waiting}) as those`)
  await refused
  await other.query(`select pg_advisory_unlock(${lockOf('transaction')})`)

  expect(await store.tables.settings.get('anything')).toBeUndefined()
  expect(await store.transaction(async () => 'done')).toBe('done')
})

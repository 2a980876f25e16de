import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { isOnPostgres } from '../postgres/databases.ts'
import { anEntry, aRow } from './a-row.ts'
import { temporaryFolder, temporaryStore } from './temporary-store.ts'

/** Lets everything run that could run now. */
const aWhile = () => new Promise((resolve) => setImmediate(resolve))

describe('a transaction is all of it or nothing of it', () => {
  test('gives what the work gives, and all of it is kept', async () => {
    const store = await temporaryStore()

    const given = await store.transaction(async (tables) => {
      await tables.requests.insert(aRow())
      await tables.outbox.add([anEntry('op-1')])
      return 'done'
    })

    expect(given).toBe('done')
    expect(await store.tables.requests.open('gitlab')).toHaveLength(1)
    expect(await store.tables.outbox.unfinishedCount()).toBe(1)
  })

  test('leaves nothing when the work fails', async () => {
    const store = await temporaryStore()
    const failing = store.transaction(async (tables) => {
      await tables.requests.insert(aRow())
      await tables.inbox.put({
        key: 'k1',
        kind: 'click',
        payload: {},
        receivedAt: '2026-03-01T09:00:00.000Z',
      })
      await tables.outbox.add([anEntry('op-1')])
      await tables.audit.append({ at: '2026-03-01T09:00:00.000Z', what: 'decided', who: 'bot', details: {} })
      await tables.settings.set('name', 'value')
      throw new Error('The work failed')
    })

    await expect(failing).rejects.toThrow(new Error('The work failed'))

    expect({
      requests: await store.tables.requests.open('gitlab'),
      inbox: await store.tables.inbox.pendingCount(),
      outbox: await store.tables.outbox.unfinishedCount(),
      audit: await store.tables.audit.head(),
      setting: await store.tables.settings.get('name'),
    }).toEqual({
      requests: [],
      inbox: 0,
      outbox: 0,
      audit: { seq: 0, hash: '0'.repeat(64) },
      setting: undefined,
    })
  })
})

describe('transactions do not mix', () => {
  test('one begins when the one before has ended', async () => {
    const store = await temporaryStore()
    const order: string[] = []
    const write = (name: string) =>
      store.transaction(async (tables) => {
        order.push(`${name} begins`)
        await tables.settings.set(name, '1')
        await aWhile()
        await tables.settings.set(name, '2')
        order.push(`${name} ends`)
      })

    await Promise.all([write('first'), write('second')])

    expect(order).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
  })

  test('one that fails takes nothing of another with it', async () => {
    const store = await temporaryStore()
    const failing = store.transaction(async (tables) => {
      await tables.settings.set('failing', '1')
      await aWhile()
      throw new Error('The work failed')
    })
    const succeeding = store.transaction((tables) => tables.settings.set('succeeding', '1'))
    const single = store.tables.settings.set('single', '1')

    await Promise.allSettled([failing, succeeding, single])

    expect(await store.tables.settings.get('failing')).toBeUndefined()
    expect(await store.tables.settings.get('succeeding')).toBe('1')
    expect(await store.tables.settings.get('single')).toBe('1')
  })

  test.skipIf(isOnPostgres())(
    'one that has only read so far already keeps other processes from writing',
    async () => {
      const path = join(temporaryFolder(), 'desk.db')
      const store = await temporaryStore(path)
      const other = new Sqlite(path, { timeout: 0 })

      await store.transaction(async (tables) => {
        await tables.settings.get('name')

        expect(() => other.exec('BEGIN IMMEDIATE')).toThrow('database is locked')
      })

      other.close()
    },
  )

  test('a read from outside waits, and sees the whole of it', async () => {
    const store = await temporaryStore()
    const begun = Promise.withResolvers<void>()
    const writing = store.transaction(async (tables) => {
      await tables.settings.set('first', '1')
      begun.resolve()
      await aWhile()
      await tables.settings.set('second', '2')
    })
    await begun.promise

    const [second] = await Promise.all([store.tables.settings.get('second'), writing])

    expect(second).toBe('2')
  })
})

describe('inside a transaction only its own tables may be used', () => {
  test('a read through the store is refused: it would wait for itself for ever', async () => {
    const store = await temporaryStore()

    const waiting = store.transaction(() => store.tables.settings.get('name'))

    await expect(waiting).rejects.toThrow(new Error('Inside a transaction only its own tables may be used'))
  })

  test('so is a second transaction', async () => {
    const store = await temporaryStore()

    const nested = store.transaction(() => store.transaction(async () => 'inner'))

    await expect(nested).rejects.toThrow(new Error('Inside a transaction only its own tables may be used'))
  })

  test('what it set going may use the store once it has ended', async () => {
    const store = await temporaryStore()
    let later: Promise<string | undefined> = Promise.resolve(undefined)

    await store.transaction(async (tables) => {
      await tables.settings.set('name', 'value')
      later = aWhile().then(() => store.tables.settings.get('name'))
    })

    expect(await later).toBe('value')
  })

  test('its tables are of no use once it has ended', async () => {
    const store = await temporaryStore()
    const tables = await store.transaction(async (inner) => inner)

    await expect(tables.settings.get('name')).rejects.toThrow('already committed')
  })
})

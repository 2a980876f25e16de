import { describe, expect, test } from 'vitest'
import { receiver, rushOf } from '../../src/inbox/receive.ts'
import type { Store } from '../../src/store/store.ts'
import { temporaryStore } from '../store/temporary-store.ts'

const receivedAt = '2026-03-01T09:00:00.000Z'
const entry = (key: string, payload: unknown = { number: 1 }) => ({
  ...{ key, kind: 'decision', payload, receivedAt },
})

/** Counts what is written, and in how many commits. */
function watched({ transaction, tables }: Store) {
  const commits: number[] = []
  const store: Pick<Store, 'transaction' | 'tables'> = {
    transaction: async (work) => {
      let puts = 0
      const result = await transaction((inner) => {
        const put: typeof inner.inbox.put = (one) => {
          puts += 1
          return inner.inbox.put(one)
        }
        return work({ ...inner, inbox: { ...inner.inbox, put } })
      })
      commits.push(puts)
      return result
    },
    tables: {
      ...tables,
      inbox: {
        ...tables.inbox,
        put: async (one) => {
          const isNew = await tables.inbox.put(one)
          commits.push(1)
          return isNew
        },
      },
    },
  }
  return { commits, receive: receiver(store) }
}

const keysIn = async ({ tables }: Store) =>
  (await tables.inbox.pending(receivedAt, 1_000)).map(({ key }) => key)

test('there is a rush while eight come within a tenth of a second', () => {
  let ms = 0
  const rush = rushOf(() => new Date(ms))
  const after = (pauseMs: number) => {
    ms += pauseMs
    rush.note()
    return rush.isOn()
  }

  expect([50, 50, 50, 50, 50, 50, 50, 50, 50].map(after)).toEqual(Array(9).fill(false))
  expect([10, 10, 10, 10, 10, 10, 10].map(after)).toEqual([...Array(6).fill(false), true])
  ms += 40
  expect(rush.isOn()).toBe(false)
})

describe('what comes in', () => {
  test('at the same moment is one commit, in the order in which it came', async () => {
    const store = await temporaryStore()
    const { commits, receive } = watched(store)
    const keys = Array.from({ length: 30 }, (_, index) => `click:${index}`)

    const areNew = await Promise.all(keys.map((key) => receive(entry(key))))

    expect(areNew).toEqual(keys.map(() => true))
    expect(commits).toEqual([30])
    expect(await keysIn(store)).toEqual(keys)
  })

  test('goes before whatever else waits to be committed', async () => {
    const store = await temporaryStore()
    const ways: unknown[] = []
    const receive = receiver({
      tables: store.tables,
      transaction: (work, how) => {
        ways.push(how)
        return store.transaction(work, how)
      },
    })

    await Promise.all([receive(entry('click:1')), receive(entry('click:2'))])

    expect(ways).toEqual([{ goesFirst: true }])
  })

  test('is stored when it is said to be: nobody is answered before the commit', async () => {
    const store = await temporaryStore()
    const { receive } = watched(store)
    const seen: string[][] = []

    await Promise.all(
      ['click:1', 'click:2', 'click:3'].map(async (key) => {
        await receive(entry(key))
        seen.push(await keysIn(store))
      }),
    )

    expect(seen).toEqual(Array(3).fill(['click:1', 'click:2', 'click:3']))
  })

  test('while a commit is waited for goes into the next one, a hundred at a time', async () => {
    const store = await temporaryStore()
    const { commits, receive } = watched(store)

    const first = receive(entry('click:first'))
    await new Promise((resolve) => setImmediate(resolve))
    await Promise.all([first, ...Array.from({ length: 250 }, (_, index) => receive(entry(`click:${index}`)))])

    expect(commits).toEqual([1, 100, 100, 50])
  })

  test('by itself costs no transaction', async () => {
    const { commits, receive } = watched(await temporaryStore())

    expect(await receive(entry('click:1'))).toBe(true)
    expect(await receive(entry('click:2'))).toBe(true)

    expect(commits).toEqual([1, 1])
  })

  test('twice in one commit is new once', async () => {
    const store = await temporaryStore()
    const { receive } = watched(store)

    expect(await Promise.all([receive(entry('click:1')), receive(entry('click:1'))])).toEqual([true, false])
    expect(await keysIn(store)).toEqual(['click:1'])
  })

  test('and can’t be stored keeps nothing else out, and only its sender is refused', async () => {
    const store = await temporaryStore()
    const { receive } = watched(store)
    const circle: Record<string, unknown> = {}
    circle.self = circle

    const answers = await Promise.allSettled([
      receive(entry('click:1')),
      receive(entry('click:2', circle)),
      receive(entry('click:3')),
    ])

    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await keysIn(store)).toEqual(['click:1', 'click:3'])
  })

  test('when the database can’t be written is refused, and taken again when it can be', async () => {
    const store = await temporaryStore()
    let isFull = true
    const receive = receiver({
      transaction: (work) => (isFull ? Promise.reject(new Error('disk full')) : store.transaction(work)),
      tables: {
        ...store.tables,
        inbox: {
          ...store.tables.inbox,
          put: (one) => (isFull ? Promise.reject(new Error('disk full')) : store.tables.inbox.put(one)),
        },
      },
    })

    const answers = await Promise.allSettled([receive(entry('click:1')), receive(entry('click:2'))])
    isFull = false

    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await receive(entry('click:1'))).toBe(true)
    expect(await keysIn(store)).toEqual(['click:1'])
  })

  test('while a database hangs is refused beyond ten thousand, and the rest is stored when it goes on', async () => {
    const store = await temporaryStore()
    const hanging = Promise.withResolvers<void>()
    const receive = receiver({
      tables: store.tables,
      transaction: async (work) => {
        await hanging.promise
        return store.transaction(work)
      },
    })

    const answers = Promise.allSettled(
      Array.from({ length: 10_005 }, (_, index) => receive(entry(`click:${index}`))),
    )
    hanging.resolve()

    expect((await answers).filter(({ status }) => status === 'rejected')).toHaveLength(5)
    expect(await store.tables.inbox.pendingCount()).toBe(10_000)
  })
})

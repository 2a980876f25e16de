import { expect, test } from 'vitest'
import { turnsDuring } from '../turns.ts'
import { aRow } from './a-row.ts'
import { temporaryStore } from './temporary-store.ts'

const at = '2026-03-01T09:00:00.000Z'

/** So many open requests, each of its own minute, and as many closed ones. */
async function storeWith(count: number) {
  const store = await temporaryStore()
  await store.transaction(async ({ requests }) => {
    for (let iid = 1; iid <= 2 * count; iid += 1) {
      const createdAt = new Date(Date.parse(at) + (iid % 7) * 60_000).toISOString()
      await requests.insert(
        aRow({ id: `r${iid}`, number: iid, createdAt, ...(iid > count && { closedAt: createdAt }) }),
      )
    }
  })
  return store
}

test('between many transactions, one after the other, everything else has its turn', async () => {
  const store = await temporaryStore()

  const turns = await turnsDuring(async () => {
    for (let one = 0; one < 50; one += 1)
      await store.transaction(({ settings }) => settings.set('one', String(one)))
  })

  expect(turns).toBeGreaterThanOrEqual(50)
})

test.each(['eachOpen', 'eachAt', 'openNumbers', 'eachClosedSince'] as const)(
  '%s gives a turn with every hundred, and each of them once, in order',
  async (name) => {
    const { requests } = (await storeWith(450)).tables
    const each = {
      eachOpen: () => requests.eachOpen('gitlab'),
      eachAt: () => requests.eachAt('gitlab', aRow().step),
      openNumbers: () => requests.openNumbers('gitlab'),
      eachClosedSince: () => requests.eachClosedSince(at, 'gitlab'),
    }
    const read: number[] = []

    const turns = await turnsDuring(async () => {
      for await (const one of each[name]()) read.push(typeof one === 'number' ? one : one.number)
    })

    expect(turns).toBeGreaterThanOrEqual(4)
    const all = Array.from({ length: 450 }, (_, index) => index + 1 + (name === 'eachClosedSince' ? 450 : 0))
    expect(read).toEqual(all.toSorted((one, other) => (one % 7) - (other % 7) || one - other))
  },
)

test('what is closed between two pages is missed by none of the others', async () => {
  const { requests } = (await storeWith(250)).tables
  const read: number[] = []

  for await (const row of requests.eachOpen('gitlab')) {
    read.push(row.number)
    await requests.update({ ...row, closedAt: at })
  }

  expect(new Set(read).size).toBe(250)
  expect(await requests.open('gitlab')).toEqual([])
})

test('an audit log that is read page by page gives a turn with each', async () => {
  const { audit } = (await temporaryStore()).tables

  const turns = await turnsDuring(async () => {
    for (let page = 0; page < 10; page += 1) await audit.page(0, 100)
  })

  expect(turns).toBeGreaterThanOrEqual(10)
})

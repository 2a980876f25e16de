/** How many open requests have each standing is counted by the database, whatever is written and by whom. */
import { expect, test } from 'vitest'
import type { RequestRow, Standing, Store } from '../../src/store/store.ts'
import { aRow } from './a-row.ts'
import { temporaryStore } from './temporary-store.ts'

const at = '2026-03-01T09:00:00.000Z'
const standing = (name: string, due = at): Standing => ({ standing: name, due, until: '9999' })

async function told({ tables: { requests } }: Store) {
  const all = await Promise.all(['gitlab', 'zendesk'].map((source) => requests.standings(source)))
  return all.flatMap((one) => one.map(({ standing: name = '', count }) => `${name} ${count}`).sort())
}

async function ofNumbers(store: Store, numbers: readonly number[]): Promise<RequestRow[]> {
  const rows: RequestRow[] = []
  for (const number of numbers)
    rows.push(await store.tables.requests.insert(aRow({ id: `r${number}`, number })))
  return rows
}

test('they are counted as they come, change, close, are opened again and are deleted', async () => {
  const store = await temporaryStore()
  const { requests } = store.tables
  const [one, two, three] = await ofNumbers(store, [1, 2, 3])
  if (!one || !two || !three) throw new Error('nothing is there')
  await requests.insert(aRow({ id: 'z', source: 'zendesk' }))
  await requests.insert(aRow({ id: 'c', number: 9, closedAt: at }))
  expect(await told(store)).toEqual([' 3', ' 1'])

  for (const row of [one, two]) await requests.keepStanding(row, standing('a'))
  expect(await told(store)).toEqual([' 1', 'a 2', ' 1'])

  const closed = await requests.update({ ...two, closedAt: '2026-01-01T00:00:00.000Z' })
  await requests.update({ ...one, assignee: 'U1' })
  expect(await told(store)).toEqual([' 1', 'a 1', ' 1'])

  const { closedAt: _closedAt, ...open } = closed
  const reopened = await requests.update(open)
  await requests.keepStanding(reopened, standing('b'))
  expect(await told(store)).toEqual([' 1', 'a 1', 'b 1', ' 1'])

  await requests.update({ ...reopened, closedAt: '2026-01-01T00:00:00.000Z' })
  await store.purge(at)
  await requests.forgetUnused()
  expect(await told(store)).toEqual([' 1', 'a 1', ' 1'])
})

test('what a transaction has not committed is not counted', async () => {
  const store = await temporaryStore()
  const [one] = await ofNumbers(store, [1])

  const work = store.transaction(async ({ requests }) => {
    await requests.keepStanding(one ?? { id: '', version: 0 }, standing('a'))
    await requests.insert(aRow({ id: 'r2', number: 2 }))
    throw new Error('no')
  })

  await expect(work).rejects.toThrow('no')
  expect(await told(store)).toEqual([' 1'])
})

test('what was kept holds for its version alone, and until its time', async () => {
  const store = await temporaryStore()
  const { requests } = store.tables
  const [one, two, three] = await ofNumbers(store, [1, 2, 3])
  if (!one || !two || !three) throw new Error('nothing is there')
  await requests.keepStanding(one, standing('a'))
  await requests.keepStanding(two, { ...standing('a'), until: '2026-03-02T00:00:00.000Z' })
  await requests.keepStanding(three, standing('a'))
  await requests.update(three)
  const without = async (now: string) =>
    (await Array.fromAsync(requests.eachWithoutStanding(now, 'gitlab'))).map(({ row, standing: kept }) => [
      row.number,
      kept,
    ])

  expect(await without('2026-03-01T23:59:59.999Z')).toEqual([[3, 'a']])
  expect(await without('2026-03-02T00:00:00.000Z')).toEqual([
    [3, 'a'],
    [2, 'a'],
  ])
  await requests.keepStanding(three, standing('of an earlier version'))
  expect(await told(store)).toEqual(['a 3'])
})

test('those with the same standing come by when they are due, then by number, over all pages', async () => {
  const store = await temporaryStore()
  const { requests } = store.tables
  const numbers = Array.from({ length: 230 }, (_, index) => index + 1)
  for (const row of await ofNumbers(store, numbers))
    await requests.keepStanding(row, standing('a', row.number % 2 === 0 ? at : '2026-02-01T00:00:00.000Z'))
  const inOrder = [...numbers.filter((one) => one % 2 === 1), ...numbers.filter((one) => one % 2 === 0)]

  const first = await requests.firstOf('gitlab', 'a', 120)
  const each = await Array.fromAsync(requests.eachOf('gitlab', 'a'))
  const byIds = await requests.byIds(numbers.map((number) => `r${number}`))

  expect(first.map(({ number }) => number)).toEqual(inOrder.slice(0, 120))
  expect(each.map(({ row }) => row.number)).toEqual(inOrder)
  expect(byIds.map(({ row }) => row.number).sort((one, other) => one - other)).toEqual(numbers)
})

test('those that came in within a day are counted by flow', async () => {
  const store = await temporaryStore()
  const { requests } = store.tables
  await requests.insert(aRow({ createdAt: '2026-03-01T07:59:59.999Z' }))
  await requests.insert(aRow({ id: 'r2', number: 2, createdAt: '2026-03-01T08:00:00.000Z' }))
  await requests.insert(
    aRow({ id: 'r3', number: 3, createdAt: '2026-03-01T23:59:59.999Z', flow: 'full-deletion' }),
  )
  await requests.insert(aRow({ id: 'r4', number: 4, createdAt: '2026-03-02T00:00:00.000Z' }))
  await requests.insert(aRow({ id: 'r5', number: 5, createdAt: '2026-03-01T09:00:00.000Z', closedAt: at }))

  const counts = await requests.openedWithin('2026-03-01T08:00:00.000Z', '2026-03-02T00:00:00.000Z', 'gitlab')

  expect(Object.fromEntries(counts)).toEqual({ 'account-deletion': 1, 'full-deletion': 1 })
})

test('the days that were missed are those before today for which something open is promised', async () => {
  const store = await temporaryStore()
  const { requests } = store.tables
  const promised = async (number: number, sendOn: string, more: Partial<RequestRow> = {}) =>
    requests.insert(
      aRow({
        ...{ id: `r${number}`, number, source: 'zendesk', ...more },
        facts: { promisedReport: { report: 'pen test', sendOn } },
      }),
    )
  await promised(1, '2026-03-09')
  await promised(2, '2026-03-02')
  await promised(3, '2026-03-09')
  await promised(4, '2026-03-16')
  await promised(5, '2026-02-23', { closedAt: at })
  await promised(6, '2026-02-16', { source: 'gitlab' })

  expect(await requests.missedDays('2026-03-16', 'zendesk')).toEqual(['2026-03-02', '2026-03-09'])
})

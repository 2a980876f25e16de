/** Whoever has finished an entry goes on with the next that was due at its place, claimed in the commit of the result. */
import { expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { anEffectDesk, closeNoResponse, type EffectDesk } from '../services/effect-desk.ts'
import { claimAt } from '../store/held.ts'

const labels = closeNoResponse[1]
const many = 12

test('of many that are due, hardly more than the first four are claimed in a commit of their own', async () => {
  const desk = await anEffectDesk()
  const requests = await requestsToLabel(desk, many)
  const { store, counted } = counting(desk.store)

  await desk.newWorker({ store }).runUntilIdle()

  expect((await Promise.all(requests.map(({ id }) => desk.statuses(id)))).flat()).toEqual(
    requests.map(() => 'done'),
  )
  // The labels and the card of each.
  expect(counted.settled).toBe(2 * many)
  const ofLabels = await Promise.all(requests.map(({ id }) => desk.store.tables.outbox.ofRequest(id)))
  const ids = ofLabels.flat().map(({ id }) => id)
  // Where a card has taken a place over, another one has become free.
  expect(counted.claimedApart.filter((id) => ids.includes(id)).length).toBeLessThanOrEqual(6)
})

test('what a person waits for goes before all that was due when the worker last looked', async () => {
  const desk = await anEffectDesk()
  const requests = await requestsToLabel(desk, many)
  const awaited = await desk.aRequest()
  let isAsked = false
  const { store } = counting(desk.store, async () => {
    if (isAsked) return
    isAsked = true
    await desk.store.tables.outbox.add([
      {
        ...{ opId: 'awaited', requestId: awaited.id, lane: 'gitlab', priority: 'awaited', work: labels },
        ...{ dueAt: desk.now().toISOString(), createdAt: desk.now().toISOString() },
      },
    ])
    worker.wake()
  })
  const worker = desk.newWorker({ store })

  await worker.start()
  await expect
    .poll(async () => (await Promise.all(requests.map(({ id }) => desk.statuses(id)))).flat())
    .toEqual(requests.map(() => 'done'))
  await worker.stop()

  const order = desk.gitlab.fake.requests.flatMap(({ method, path }) =>
    method === 'PUT' ? Number(/issues\/(\d+)/.exec(path)?.[1]) : [],
  )
  // Four were under way, and each of them may have gone on before the worker looked.
  expect(order.indexOf(awaited.iid)).toBeLessThanOrEqual(8)
  expect(order).toHaveLength(many + 1)
})

test('what somebody else has claimed since the worker looked is left to them', async () => {
  const desk = await anEffectDesk()
  const requests = await requestsToLabel(desk, many)
  const last = requests.at(-1)
  let isTaken = false
  const { store } = counting(desk.store, async () => {
    if (isTaken) return
    isTaken = true
    const [entry] = await desk.store.tables.outbox.ofRequest(last?.id ?? '')
    if (entry) await desk.store.tables.outbox.claim(entry, claimAt(desk.now().toISOString(), 'somebody else'))
  })

  await desk.newWorker({ store }).runUntilIdle()

  const put = desk.gitlab.fake.requests.filter(({ method }) => method === 'PUT').map(({ path }) => path)
  expect(put).toHaveLength(many - 1)
  expect(put.some((path) => path.endsWith(`/${last?.iid}`))).toBe(false)
  expect(await desk.statuses(last?.id ?? '')).toEqual(['in-flight'])
})

async function requestsToLabel(desk: EffectDesk, count: number) {
  const requests: Awaited<ReturnType<typeof desk.aRequest>>[] = []
  for (let one = 0; one < count; one += 1) requests.push(await desk.aRequest())
  for (const { id } of requests) await desk.toDo(id, labels)
  return requests
}

/** `onSettled` hears of each transaction in which a result was written. */
function counting(store: Store, onSettled: () => Promise<void> = async () => {}) {
  const counted = { settled: 0, claimedApart: [] as number[] }
  const watched = {
    ...store,
    tables: {
      ...store.tables,
      outbox: {
        ...store.tables.outbox,
        claim: (entry, ...asked) => {
          counted.claimedApart.push(entry.id)
          return store.tables.outbox.claim(entry, ...asked)
        },
      },
    },
    async transaction(work) {
      let isResult = false
      const claimed: number[] = []
      const result = await store.transaction((tables) =>
        work({
          ...tables,
          outbox: {
            ...tables.outbox,
            done: (...given) => {
              isResult = true
              return tables.outbox.done(...given)
            },
            claim: (entry, ...asked) => {
              claimed.push(entry.id)
              return tables.outbox.claim(entry, ...asked)
            },
          },
        }),
      )
      if (isResult) counted.settled += 1
      else counted.claimedApart.push(...claimed)
      if (isResult) await onSettled()
      return result
    },
  } satisfies Store
  return { store: watched, counted }
}

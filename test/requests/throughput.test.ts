/** How a desk has done: what is counted, and how long things took. */
import { expect, it } from 'vitest'
import { privacy } from '../../src/desks/privacy.ts'
import { throughputOf } from '../../src/requests/throughput.ts'
import { aDesk } from './a-desk.ts'

const now = '2026-03-31T12:00:00.000Z'
const at = (day: number, hour = 12) => new Date(Date.UTC(2026, 2, day, hour)).toISOString()

async function closedIn(days: readonly number[], what = 'Close No Response') {
  const desk = await aDesk({ at: now })
  let iid = 0
  for (const took of days) {
    iid += 1
    await desk.insert({
      ...{ id: `t${iid}`, number: iid, flow: 'account-deletion', step: 'closed' },
      createdAt: at(1),
      closedAt: new Date(Date.parse(at(1)) + took * 24 * 3_600_000).toISOString(),
      facts: { lastMove: { what, by: 'slack:U1', at: now } },
    })
  }
  return desk
}

it('of nothing has no times', async () => {
  const desk = await aDesk({ at: now })

  expect(await throughputOf(desk.context, privacy, 30)).toEqual({
    opened: 0,
    closed: 0,
    onTime: 0,
    byType: [],
    byOutcome: [],
  })
})

it('gives the median between the two in the middle, and what nine of ten took at most', async () => {
  const desk = await closedIn([1, 2, 3, 4, 5, 6, 7, 8, 9, 20])

  const { toClose } = await throughputOf(desk.context, privacy, 31)

  expect(toClose).toEqual({ medianHours: 5.5 * 24, p90Hours: 9 * 24 })
})

it('of a single one has that as both', async () => {
  const desk = await closedIn([3])

  expect((await throughputOf(desk.context, privacy, 31)).toClose).toEqual({ medianHours: 72, p90Hours: 72 })
})

it('counts as on time what was closed within its thirty days, whatever day it is now', async () => {
  const desk = await aDesk({ at: '2026-05-10T12:00:00.000Z' })
  const place = { flow: 'account-deletion', step: 'closed', createdAt: '2026-03-20T12:00:00.000Z' }
  await desk.insert({ ...place, id: 'a', number: 1, closedAt: '2026-04-19T23:00:00.000Z' })
  await desk.insert({ ...place, id: 'b', number: 2, closedAt: '2026-04-20T01:00:00.000Z' })

  expect(await throughputOf(desk.context, privacy, 30)).toMatchObject({ opened: 0, closed: 2, onTime: 1 })
})

it('counts from the last reopening', async () => {
  const desk = await aDesk({ at: now })
  await desk.insert({
    ...{ id: 'a', number: 1, flow: 'data-export', step: 'closed' },
    ...{ createdAt: at(1), closedAt: at(20), facts: { reopenedAt: at(19) } },
  })

  expect((await throughputOf(desk.context, privacy, 31)).toClose).toEqual({ medianHours: 24, p90Hours: 24 })
})

it('takes the first decision or claim of a person for the first action, and nothing that the bot saw', async () => {
  const desk = await aDesk({ at: now })
  await desk.insert({ id: 'a', number: 1, flow: 'account-deletion', createdAt: at(30, 0) })
  const { audit } = desk.context.store.tables
  const entry = { requestId: 'a', iid: 1, details: {} }
  await audit.append({ ...entry, at: at(30, 1), what: 'seen', who: 'requester' })
  await audit.append({ ...entry, at: at(30, 2), what: 'refused', who: 'slack:U1' })
  await audit.append({ ...entry, at: at(30, 5), what: 'claimed', who: 'slack:U1' })
  await audit.append({ ...entry, at: at(30, 9), what: 'decided', who: 'slack:U1' })

  expect((await throughputOf(desk.context, privacy, 30)).toFirstAction).toEqual({
    medianHours: 5,
    p90Hours: 5,
  })
})

it('leaves out what is only counted, and sorts outcomes by how often they came', async () => {
  const desk = await closedIn([1, 2], 'Fail Verification')
  await desk.insert({
    id: 'x',
    number: 90,
    flow: 'invalid',
    step: 'closed',
    createdAt: at(2),
    closedAt: at(2),
  })
  await desk.insert({
    ...{ id: 'y', number: 91, flow: 'data-access', step: 'closed', createdAt: at(2), closedAt: at(3) },
    facts: { lastMove: { what: 'Complete Request', by: 'slack:U1', at: now } },
  })

  const { closed, byType, byOutcome } = await throughputOf(desk.context, privacy, 31)

  expect(closed).toBe(3)
  expect(byType.map(({ title }) => title)).toEqual(['GitLab.com Account Deletion', 'Data Access Request'])
  expect(byOutcome).toEqual([
    { outcome: 'Fail Verification', count: 2 },
    { outcome: 'Complete Request', count: 1 },
  ])
})

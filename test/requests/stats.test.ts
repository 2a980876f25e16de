/** How Field Security has kept its business day. */

import { expect, it } from 'vitest'
import { privacy } from '../../src/desks/privacy.ts'
import { security } from '../../src/desks/security.ts'
import type { Handling } from '../../src/engine/request.ts'
import { statsOf } from '../../src/requests/stats.ts'
import { aDesk, type Desk } from './a-desk.ts'

const now = '2026-03-20T12:00:00.000Z'
let number = 0

const handling = (as: string, at: string, isOnTime = true): Handling => ({ as, at, isOnTime })

async function aTicket(desk: Desk, createdAt: string, override: Parameters<Desk['insert']>[0] = {}) {
  number += 1
  const place = { source: 'zendesk', flow: 'security-ticket', step: 'new' } as const
  return desk.insert({ id: `t${number}`, number: number, ...place, createdAt, ...override })
}

const solved = (at: string, ...handlings: readonly Handling[]) => ({
  step: 'solved',
  closedAt: at,
  facts: { handlings },
})

it('of no tickets says so', async () => {
  const desk = await aDesk({ at: now })
  await desk.insert({ createdAt: '2026-03-19T12:00:00.000Z' })

  expect(await statsOf(desk.context, security, 30)).toEqual({
    desk: security,
    days: 30,
    opened: 0,
    handled: [],
    openNow: 0,
    overdueNow: 0,
  })
})

it('counts what came in, what was handled and how, the share on time, and what is open and overdue', async () => {
  const desk = await aDesk({ at: now })
  const at = '2026-03-18T12:00:00.000Z'
  await aTicket(desk, '2026-03-18T10:00:00.000Z', solved(at, handling('reply', at)))
  await aTicket(desk, '2026-03-16T12:00:00.000Z', solved(at, handling('reply', at, false)))
  await aTicket(desk, '2026-03-18T08:00:00.000Z', {
    step: 'queued',
    facts: {
      handlings: [handling('compliance-report', at)],
      promisedReport: { report: 'pen test', sendOn: '2026-03-23' },
    },
  })
  await aTicket(desk, '2026-03-20T11:00:00.000Z')
  await aTicket(desk, '2026-03-17T11:00:00.000Z')

  expect(await statsOf(desk.context, security, 30)).toEqual({
    desk: security,
    days: 30,
    opened: 5,
    handled: [
      { as: 'compliance-report', count: 1, onTime: 1 },
      { as: 'reply', count: 2, onTime: 1 },
    ],
    // 2, 4 and 48 hours
    medianHoursToHandle: 4,
    openNow: 3,
    overdueNow: 1,
  })
})

it('the median of an even number lies between the two in the middle', async () => {
  const desk = await aDesk({ at: now })
  const at = '2026-03-18T12:00:00.000Z'
  await aTicket(desk, '2026-03-18T10:00:00.000Z', solved(at, handling('reply', at)))
  await aTicket(desk, '2026-03-18T07:00:00.000Z', solved(at, handling('reply', at)))

  expect((await statsOf(desk.context, security, 30)).medianHoursToHandle).toBe(3.5)
})

it('of the last days only: what was handled or came in before is left out', async () => {
  const desk = await aDesk({ at: now })
  const before = '2026-03-12T12:00:00.000Z'
  const after = '2026-03-14T12:00:00.000Z'
  await aTicket(desk, '2026-03-12T10:00:00.000Z', solved(before, handling('reply', before)))
  await aTicket(desk, '2026-03-12T11:00:00.000Z', solved(after, handling('reply', after)))

  expect(await statsOf(desk.context, security, 7)).toEqual({
    desk: security,
    days: 7,
    opened: 0,
    handled: [{ as: 'reply', count: 1, onTime: 1 }],
    medianHoursToHandle: 49,
    openNow: 0,
    overdueNow: 0,
  })
})

it('a ticket that was reopened is handled twice, the second time from its reopening', async () => {
  const desk = await aDesk({ at: now })
  const [first, reopenedAt, second] = [
    '2026-03-16T11:00:00.000Z',
    '2026-03-18T10:00:00.000Z',
    '2026-03-18T13:00:00.000Z',
  ] as const
  const handlings = [handling('reply', first), handling('reply', second)]
  const facts = { handlings, reopenedAt }
  await aTicket(desk, '2026-03-16T10:00:00.000Z', { step: 'solved', closedAt: second, facts })

  expect(await statsOf(desk.context, security, 30)).toMatchObject({
    handled: [{ as: 'reply', count: 2, onTime: 2 }],
    // 1 hour, then 3
    medianHoursToHandle: 2,
  })
})

it('overdue is what its own deadline is over for, as on the card and in the list, not who has not answered in time', async () => {
  const desk = await aDesk({ at: now })
  const place = { flow: 'account-deletion', step: 'awaiting-answers' } as const
  await desk.insert({ id: 'silent', number: 901, createdAt: '2026-03-11T12:00:00.000Z', ...place })
  await desk.insert({ id: 'late', number: 902, createdAt: '2026-02-10T12:00:00.000Z', ...place })

  const { openNow, overdueNow } = await statsOf(desk.context, privacy, 30)

  expect([openNow, overdueNow]).toEqual([2, 1])
})

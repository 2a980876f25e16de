/** What a card shows of the work, read from the store. */
import { describe, expect, it } from 'vitest'
import { cardStateOf } from '../../src/requests/card-states.ts'
import { anEntry, aRow } from '../store/a-row.ts'
import { none } from '../store/held.ts'
import { aDesk, type Desk } from './a-desk.ts'
import { aSighting, aTicketAt, take, ticketRow, wrote } from './a-ticket.ts'

const decidedAt = '2026-03-02T10:10:00.000Z'
const reopenedAt = '2026-03-03T09:00:00.000Z'

async function workOf({ context }: Desk, row: Awaited<ReturnType<typeof ticketRow>>) {
  const parts = { context, taskText: ({ kind }: { kind: string }) => kind, cardUrl: () => undefined }
  return (await cardStateOf(parts, row)).work.map(({ what, status }) => `${what}: ${status}`)
}

/** Answered and solved, then reopened by what the requester wrote. */
async function aReopenedTicket(outcome: 'done' | 'failed') {
  const desk = await aDesk({ at: '2026-03-02T10:05:00.000Z' })
  const { id: requestId } = await aTicketAt(desk)
  const { outbox } = desk.store.tables
  const reply = { kind: 'ticket-note', text: 'x' } as const
  await outbox.add([anEntry('earlier', { requestId, lane: 'zendesk', work: reply, createdAt: decidedAt })])
  const [entry] = (await outbox.ofRequest(requestId)).filter(({ opId }) => opId === 'earlier')
  if (outcome === 'done') await outbox.done(entry ?? none, decidedAt, {}, (entry ?? none).work)
  else await outbox.failed(entry ?? none, decidedAt, 'Zendesk said no')
  const before = await workOf(desk, await ticketRow(desk))
  await take(desk, aSighting({ solved: 'solved', at: '2026-03-02T11:00:00.000Z' }))
  desk.setTime(reopenedAt)
  await take(desk, aSighting({ at: reopenedAt, news: [wrote(3, reopenedAt)], seen: { noteId: 3 } }))
  return { desk, requestId, before }
}

describe('a ticket that is open again', () => {
  it('shows nothing of what was done before', async () => {
    const { desk, before } = await aReopenedTicket('done')

    expect(before).toEqual(['ticket-note: done'])
    expect(await workOf(desk, await ticketRow(desk))).toEqual([])
  })

  it('shows what has failed before: it is still to be done', async () => {
    const { desk } = await aReopenedTicket('failed')

    expect(await workOf(desk, await ticketRow(desk))).toEqual(['ticket-note: failed'])
  })

  it('shows what the latest decision asked for, and not what another did in the same millisecond', async () => {
    const { desk, requestId } = await aReopenedTicket('done')
    const { outbox } = desk.store.tables
    const createdAt = '2026-03-03T09:30:00.000Z'
    const work = (text: string) => ({ kind: 'ticket-note', text }) as const
    await outbox.add([
      anEntry('one', { requestId, lane: 'zendesk', work: work('y'), createdAt, decisionId: 'd1' }),
      anEntry('other', { requestId, lane: 'zendesk', work: work('z'), createdAt, decisionId: 'd2' }),
    ])
    const [one] = (await outbox.ofRequest(requestId)).filter(({ opId }) => opId === 'one')
    await outbox.done(one ?? none, createdAt, {}, work(''))

    expect(await workOf(desk, await ticketRow(desk))).toEqual(['ticket-note: pending'])
  })

  it('shows what is decided anew', async () => {
    const { desk, requestId } = await aReopenedTicket('done')
    const { outbox } = desk.store.tables
    const createdAt = '2026-03-03T09:30:00.000Z'

    await outbox.add([
      anEntry('later', { requestId, lane: 'zendesk', work: { kind: 'ticket-note', text: 'y' }, createdAt }),
    ])

    expect(await workOf(desk, await ticketRow(desk))).toEqual(['ticket-note: pending'])
  })
})

it('an issue that was reopened in GitLab shows nothing of what was done before, either', async () => {
  const desk = await aDesk()
  const { outbox, requests } = desk.store.tables
  const row = await requests.insert(aRow({ step: 'evaluating' }))
  await outbox.add([anEntry('close', { createdAt: decidedAt })])
  const [entry] = await outbox.ofRequest('r1')
  await outbox.done(entry ?? none, decidedAt, {}, (entry ?? none).work)

  const before = await workOf(desk, row)
  const lastMove = { what: 'Reopened in GitLab', by: 'gitlab:42', at: reopenedAt, decisionId: 'd9' } as const
  const after = await workOf(desk, { ...row, facts: { reopenedAt, lastMove } })

  expect(before).toEqual(['close: done'])
  expect(after).toEqual([])
})

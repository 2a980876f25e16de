/** A hint says only that a ticket may have changed. */
import { describe, expect, it } from 'vitest'
import type { Sender } from '../../sandbox/zendesk/people.ts'
import { zendeskAgentId } from '../../sandbox/zendesk/zendesk.ts'
import { aTicketDesk } from '../services/zendesk/a-ticket-desk.ts'

type Desk = Awaited<ReturnType<typeof aTicketDesk>>

async function aKnownTicket(desk: Desk, ccs: readonly Sender[] = []): Promise<number> {
  const { id } = desk.zendesk.submitTicket('Is it safe?', { id: 456, ccs })
  await desk.poll()
  await desk.handleAll()
  desk.asked()
  return id
}

const reading = (id: number) => [`GET /tickets/${id}.json`, `GET /tickets/${id}/comments.json`]

describe('a ticket that is known', () => {
  it('is read, and what is new is told', async () => {
    const desk = await aTicketDesk()
    const id = await aKnownTicket(desk)
    desk.setTime('2026-03-02T10:30:00.000Z')
    desk.zendesk.requesterReplies(id, 'And now?')

    await desk.hint(id, 'delivery-1')
    await desk.handleAll()

    expect((await desk.ticketRow(id))?.facts.lastReplyAt).toBe('2026-03-02T10:30:00.000Z')
    expect(desk.asked()).toEqual(reading(id))
    expect(desk.searches.count).toBe(0)
  })

  it('and who wrote is asked once, only where it was somebody in copy: an agent may be, too', async () => {
    const desk = await aTicketDesk()
    const lee = { name: 'Lee', email: 'lee@example.com' }
    const id = await aKnownTicket(desk, [lee, { name: 'Sam Agent', email: 'sam.agent@example.com' }])
    const [copy] = desk.zendesk.ticket(id).ccs
    const hinted = async (at: string) => {
      await desk.hint(id, at)
      await desk.handleAll()
      return desk.asked()
    }

    desk.setTime('2026-03-02T10:30:00.000Z')
    desk.zendesk.requesterReplies(id, 'And now?')
    const ofRequester = await hinted('delivery-1')
    desk.setTime('2026-03-02T10:40:00.000Z')
    desk.zendesk.someoneComments(id, { body: 'Me too', public: true }, copy?.id)
    desk.setTime('2026-03-02T10:50:00.000Z')
    desk.zendesk.someoneComments(id, { body: 'For us', public: false }, zendeskAgentId)
    desk.zendesk.someoneComments(id, { body: 'Yes', public: true }, zendeskAgentId)
    const ofCopies = await hinted('delivery-2')

    expect((await desk.ticketRow(id))?.facts).toMatchObject({
      lastReplyAt: '2026-03-02T10:40:00.000Z',
      lastPublicReplyAt: '2026-03-02T10:50:00.000Z',
    })
    expect(ofRequester).toEqual(reading(id))
    expect(ofCopies).toEqual([...reading(id), 'GET /users/show_many.json'])
  })

  it('a thousand hints are answered by one reading', async () => {
    const desk = await aTicketDesk()
    const id = await aKnownTicket(desk)
    for (let delivery = 0; delivery < 1000; delivery += 1) await desk.hint(id, `delivery-${delivery}`)

    await desk.handleAll()

    expect(await desk.waiting()).toEqual([])
    expect(desk.asked()).toEqual(reading(id))
  })

  it('and leave those of another ticket, whose number begins alike', async () => {
    const desk = await aTicketDesk()
    await aKnownTicket(desk)
    desk.zendesk.submitTicket('Another', { id: 4567 })
    await desk.poll()
    await desk.handleAll()
    desk.asked()
    await desk.hint(456, 'delivery-1')
    await desk.hint(4567, 'delivery-1')

    await desk.handleAll()

    expect(desk.asked().sort()).toEqual([...reading(456), ...reading(4567)].sort())
  })

  it('that was deleted is solved', async () => {
    const desk = await aTicketDesk()
    const id = await aKnownTicket(desk)
    desk.zendesk.deletes(id)

    await desk.hint(id, 'delivery-1')
    await desk.handleAll()

    expect(await desk.ticketRow(id)).toMatchObject({
      step: 'solved',
      facts: { lastMove: { what: 'Deleted in Zendesk' } },
    })
    expect(await desk.waiting()).toEqual([])
  })

  it('that is hidden from the bot is said to be', async () => {
    const desk = await aTicketDesk()
    const id = await aKnownTicket(desk)
    desk.zendesk.fake.fail({ path: /tickets\/456/, failure: { answer: { status: 403, body: {} } } })

    await desk.hint(id, 'delivery-1')
    await desk.handleAll()

    expect(await desk.ticketRow(id)).toMatchObject({ step: 'new', facts: { unreadable: { status: 403 } } })
  })

  it('while Zendesk is down its hints wait, and none is lost', async () => {
    const desk = await aTicketDesk()
    const id = await aKnownTicket(desk)
    desk.zendesk.someoneSolves(id)
    desk.zendesk.fake.fail({ path: /tickets\/456/, failure: { answer: { status: 503, body: {} } } })

    await desk.hint(id, 'delivery-1')
    await desk.handleAll()
    const waiting = await desk.waiting()
    desk.setTime('2026-03-02T10:01:00.000Z')
    await desk.handleAll()

    expect(waiting).toEqual([{ ticket: id }])
    expect((await desk.ticketRow(id))?.step).toBe('solved')
    expect(await desk.waiting()).toEqual([])
  })
})

describe('a ticket that nobody knows', () => {
  it('is not read: whether it belongs to the queue, only the search tells', async () => {
    const desk = await aTicketDesk()
    const { id } = desk.zendesk.submitTicket('Invoice', { recipient: 'billing@gitlab.com' })

    await desk.hint(id, 'delivery-1')
    await desk.handleAll()

    expect(desk.asked()).toEqual(['GET /search.json'])
    expect(await desk.ticketRow(id)).toBeUndefined()
    expect(await desk.waiting()).toEqual([])
  })

  it('in the queue is taken in', async () => {
    const desk = await aTicketDesk()
    const { id } = desk.zendesk.submitTicket('Is it safe?')

    await desk.hint(id, 'delivery-1')
    await desk.handleAll()

    expect((await desk.ticketRow(id))?.step).toBe('new')
    expect(desk.asked()).toEqual(['GET /search.json', ...reading(id)])
  })

  it('found by the search and deleted before it was read is let go', async () => {
    const desk = await aTicketDesk()
    const { id } = desk.zendesk.submitTicket('Is it safe?')
    await desk.poll()
    desk.zendesk.deletes(id)

    await desk.handleAll()

    expect(await desk.ticketRow(id)).toBeUndefined()
    expect(await desk.waiting()).toEqual([])
    expect(desk.failures).toEqual([])
  })

  it('while the search fails waits', async () => {
    const desk = await aTicketDesk()
    const { id } = desk.zendesk.submitTicket('Is it safe?')
    desk.zendesk.fake.fail({ path: /search/, failure: { answer: { status: 503, body: {} } } })

    await desk.hint(id, 'delivery-1')
    await desk.handleAll()

    expect(await desk.waiting()).toEqual([{ ticket: id }])
  })
})

it('without Zendesk a hint of before is let go', async () => {
  const desk = await aTicketDesk()
  const intake = { ...desk.intake, services: {} }
  await desk.hint(5, 'delivery-1')

  await desk.loopOf(intake).runUntilIdle()

  expect(await desk.waiting()).toEqual([])
  expect(desk.asked()).toEqual([])
})

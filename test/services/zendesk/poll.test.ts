/** Webhooks get lost: the queue is asked for as well. */
import { expect, it } from 'vitest'
import { turnsDuring } from '../../turns.ts'
import { aTicketDesk } from './a-ticket-desk.ts'

it('hints at each ticket of the queue that is new, and at nothing that is outside of it', async () => {
  const desk = await aTicketDesk()
  const { id } = desk.zendesk.submitTicket('Is it safe?')
  desk.zendesk.submitTicket('Invoice', { recipient: 'billing@gitlab.com' })
  const solved = desk.zendesk.submitTicket('Thanks')
  desk.zendesk.someoneSolves(solved.id)

  await desk.poll()
  await desk.poll()

  // The second poll adds nothing but that there were two.
  expect(await desk.waiting()).toEqual([{ ticket: id, isInQueue: true, isOfSeveral: true }])
})

it('hints at nothing where nothing has changed, and at a ticket again once it has', async () => {
  const desk = await aTicketDesk()
  const { id } = desk.zendesk.submitTicket('Is it safe?')
  await desk.poll()
  await desk.handleAll()

  await desk.poll()
  const unchanged = await desk.waiting()
  desk.setTime('2026-03-02T11:00:00.000Z')
  desk.zendesk.requesterReplies(id, 'And now?')
  await desk.poll()

  expect(unchanged).toEqual([])
  expect(await desk.waiting()).toEqual([{ ticket: id, isInQueue: true }])
})

it.each(['the poll', 'a webhook'])('finds a reply in the very second that %s read last, once', async (by) => {
  const desk = await aTicketDesk()
  desk.zendesk.account.sharesSeconds = true
  const { id, posted } = desk.zendesk.submitTicket('Is it safe?')
  await desk.poll()
  await desk.handleAll()
  if (by === 'a webhook') {
    desk.zendesk.someoneSolves(id)
    await desk.hint(id, 'delivery-1')
    await desk.handleAll()
  }
  const read = await desk.ticketRow(id)
  desk.zendesk.requesterReplies(id, 'And now?')

  for (const at of ['02T10:01', '02T10:02', '03T10:00', '04T10:00']) {
    desk.setTime(`2026-03-${at}:00.000Z`)
    await desk.poll()
    await desk.handleAll()
  }

  const found = await desk.ticketRow(id)
  expect([read?.step, found?.step]).toEqual([by === 'a webhook' ? 'solved' : 'new', 'new'])
  expect(found?.seen.noteId).toBe(posted.at(-1)?.id)
  // Once more than before the reply, however often is polled.
  expect(desk.zendesk.fake.received('GET', /tickets\/\d+\.json$/)).toHaveLength(by === 'a webhook' ? 3 : 2)
})

it('hints once more a day at a ticket that could not be read, though nothing on it has changed', async () => {
  const desk = await aTicketDesk()
  const { id } = desk.zendesk.submitTicket('Is it safe?')
  desk.zendesk.fake.fail({ path: /tickets\//, failure: { answer: { status: 403, body: {} } } })
  await desk.poll()
  await desk.handleAll()
  desk.setTime('2026-03-02T23:00:00.000Z')
  await desk.poll()
  const onThatDay = await desk.waiting()

  desk.setTime('2026-03-03T10:00:00.000Z')
  await desk.poll()
  await desk.handleAll()

  expect(onThatDay).toEqual([])
  expect((await desk.ticketRow(id))?.step).toBe('new')
})

it('looks for what has left the queue: only the ticket itself tells why', async () => {
  const desk = await aTicketDesk()
  const { id } = desk.zendesk.submitTicket('Is it safe?')
  await desk.poll()
  await desk.handleAll()
  desk.zendesk.someoneSolves(id)

  await desk.poll()
  const waiting = await desk.waiting()
  await desk.handleAll()
  await desk.poll()

  expect(waiting).toEqual([{ ticket: id }])
  expect((await desk.ticketRow(id))?.step).toBe('solved')
  expect(await desk.waiting()).toEqual([])
})

it('reads again what could not be read, once it is found again, though nothing on it has changed', async () => {
  const desk = await aTicketDesk()
  const { id } = desk.zendesk.submitTicket('Is it safe?')
  await desk.poll()
  await desk.handleAll()
  desk.zendesk.fake.fail({ path: /tickets\//, failure: { answer: { status: 403, body: {} } } })
  await desk.hint(id, 'delivery-1')
  await desk.handleAll()
  const hidden = (await desk.ticketRow(id))?.facts.unreadable?.status

  await desk.poll()
  await desk.handleAll()

  expect(hidden).toBe(403)
  expect((await desk.ticketRow(id))?.facts).toEqual({})
})

it('reads again what was taken for deleted, once it is found again, though nothing on it has changed', async () => {
  const desk = await aTicketDesk()
  const { id } = desk.zendesk.submitTicket('Is it safe?')
  await desk.poll()
  await desk.handleAll()
  desk.zendesk.fake.fail({
    path: new RegExp(`tickets/${id}`),
    times: 2,
    failure: { answer: { status: 404, body: { error: 'RecordNotFound', description: 'Not found' } } },
  })
  await desk.hint(id, 'delivery-1')
  await desk.handleAll()
  const taken = (await desk.ticketRow(id))?.facts.ticketEnd

  await desk.poll()
  await desk.handleAll()

  expect(taken).toBe('deleted')
  expect((await desk.ticketRow(id))?.step).toBe('new')
})

it('keeps what it found before the search broke off', async () => {
  const desk = await aTicketDesk()
  desk.zendesk.pageSize = 1
  desk.zendesk.submitTicket('One')
  desk.setTime('2026-03-02T10:10:00.000Z')
  const { id } = desk.zendesk.submitTicket('Two')
  desk.zendesk.fake.fail({ path: /search/, after: 1, failure: { answer: { status: 503, body: {} } } })

  const polled = desk.poll()

  await expect(polled).rejects.toMatchObject({ status: 503 })
  expect(await desk.waiting()).toEqual([{ ticket: id, isInQueue: true }])
})

it('finds the newest first, and then the others, although the query finds more than a search gives', async () => {
  const desk = await aTicketDesk()
  // Ten pages are the limit.
  desk.zendesk.pageSize = 1
  const ids = Array.from({ length: 12 }, (_none, index) => {
    desk.setTime(`2026-03-02T10:${10 + index}:00.000Z`)
    return desk.zendesk.submitTicket(`Question ${index}`).id
  })

  await desk.poll()

  const hinted = (await desk.waiting()).map((payload) => (payload as { readonly ticket: number }).ticket)
  expect(hinted.toSorted()).toEqual(ids)
})

it.each([
  ['no requester', (ticket: Record<string, unknown>) => ({ ...ticket, requester_id: null })],
  [
    'a field that holds an object',
    (ticket: Record<string, unknown>) => ({ ...ticket, custom_fields: [{ id: 1, value: { id: 'x' } }] }),
  ],
  [
    'a field that holds numbers',
    (ticket: Record<string, unknown>) => ({ ...ticket, custom_fields: [{ id: 1, value: [1, 2] }] }),
  ],
  [
    'a status of another kind',
    (ticket: Record<string, unknown>) => ({ ...ticket, status: 7, created_at: 'soon' }),
  ],
])('hints at all that is found although one of them has %s', async (_what, odd) => {
  const desk = await aTicketDesk()
  const [first, second] = [desk.zendesk.submitTicket('One'), desk.zendesk.submitTicket('Two')]
  const results = [odd(found(first)), found(second)]
  desk.zendesk.fake.fail({
    path: /search/,
    failure: { answer: { status: 200, body: { results, next_page: null } } },
  })

  await desk.poll()

  expect(await desk.waiting()).toEqual([
    { ticket: first.id, isInQueue: true },
    { ticket: second.id, isInQueue: true },
  ])
})

function found({
  id,
  updatedAt,
}: {
  readonly id: number
  readonly updatedAt: string
}): Record<string, unknown> {
  const at = { created_at: updatedAt, updated_at: updatedAt }
  return { ...at, id, result_type: 'ticket', status: 'new', subject: 'A question', requester_id: 7001 }
}

it('gives everything else its turn after each ticket, found or gone', async () => {
  const desk = await aTicketDesk()
  for (let one = 0; one < 60; one += 1) desk.zendesk.submitTicket(`Question ${one}`)

  const finding = await turnsDuring(() => desk.poll())
  await desk.handleAll()
  for (const id of desk.zendesk.tickets.keys()) desk.zendesk.someoneSolves(id)
  const missing = await turnsDuring(() => desk.poll())

  expect(finding).toBeGreaterThanOrEqual(60)
  expect(missing).toBeGreaterThanOrEqual(60)
  expect(await desk.waiting()).toHaveLength(60)
})

import { inspect } from 'node:util'
import nodeZendesk from 'node-zendesk'
import { expect, test } from 'vitest'
import type { Failure } from '../../../sandbox/fake-server.ts'
import { zendeskEmail, zendeskToken } from '../../../sandbox/zendesk/zendesk.ts'
import type { TicketUpdate } from '../../../src/services/zendesk/client.ts'
import { aForeignHost, aZendesk, failureOf, today } from '../local.ts'

const solved = (more: Partial<TicketUpdate> = {}): TicketUpdate => ({
  status: 'solved',
  comment: { body: 'Please use the form.', public: true },
  updatedStamp: '2026-03-02T10:00:01.000Z',
  opId: 'op-1',
  ...more,
})

test('a ticket is solved with a public comment, and the update leaves its mark on the audit', async () => {
  const { local, client } = await aZendesk()
  const { id } = local.submitTicket('Delete my account')
  const { updatedAt } = await client.ticket(id)

  const after = await client.updateTicket(id, solved({ updatedStamp: updatedAt }))

  expect(after).toEqual({
    ...{ id, status: 'solved', createdAt: today, updatedAt: '2026-03-02T10:00:02.000Z' },
    ...{ subject: 'A request', requesterId: 7003, ccIds: [], isMerged: false, isCommentPublic: true },
  })
  expect(local.ticket(id).comments.at(-1)).toEqual({ body: 'Please use the form.', public: true })
  expect((await client.audits(id)).map((audit) => audit.opId)).toEqual([undefined, 'op-1'])
  expect(local.fake.received('PUT', /tickets/)[0]?.body).toEqual({
    ticket: {
      status: 'solved',
      comment: { body: 'Please use the form.', public: true },
      safe_update: true,
      updated_stamp: '2026-03-02T10:00:01Z',
      metadata: { op_id: 'op-1' },
    },
  })
})

test('a ticket that changed since it was read is not overwritten', async () => {
  const { local, client } = await aZendesk()
  const { id } = local.submitTicket('Delete my account')
  const { updatedAt } = await client.ticket(id)
  local.someoneComments(id, { body: 'An agent was faster', public: true })

  const failed = await failureOf(client.updateTicket(id, solved({ updatedStamp: updatedAt })))

  expect([failed.kind, failed.status]).toEqual(['not-done', 409])
  expect(local.ticket(id).status).toBe('new')
})

test('the same update again, after its answer was lost, is refused, and the audit tells why', async () => {
  const { local, client } = await aZendesk()
  const { id } = local.submitTicket('Delete my account')
  const { updatedAt } = await client.ticket(id)
  local.fake.fail({ method: 'PUT', failure: { applied: true, drop: 'connection' } })

  const lost = await failureOf(client.updateTicket(id, solved({ updatedStamp: updatedAt })))
  const again = await failureOf(client.updateTicket(id, solved({ updatedStamp: updatedAt })))

  expect([lost.kind, again.kind, again.status]).toEqual(['unknown', 'not-done', 409])
  expect((await client.audits(id)).filter((audit) => audit.opId === 'op-1')).toHaveLength(1)
  expect(local.ticket(id).comments).toHaveLength(2)
})

test('a help desk that comes back between two questions has no ticket of its own deleted', async () => {
  const { local, client } = await aZendesk()
  const { id, updatedAt } = local.submitTicket('Delete my account')
  const away = { answer: { status: 404, body: { error: { title: 'No help desk' } } } } as const
  local.fake.fail({ path: /tickets/, times: 1, failure: away })
  const read = await client.ticket(id)
  local.fake.fail({ method: 'PUT', times: 1, failure: away })

  const after = await client.updateTicket(id, solved({ updatedStamp: updatedAt }))

  expect([read.id, after.status]).toEqual([id, 'solved'])
  expect(local.ticket(id).comments).toHaveLength(2)
})

test('what a macro would do is read without doing it', async () => {
  const { local, client } = await aZendesk()
  const { id } = local.submitTicket('Delete my account')
  local.macros.set(7, { id: 7, body: 'Use the form', htmlBody: '<p>Use the form</p>', status: 'solved' })

  expect(await client.macroEffect(id, 7)).toEqual({
    comment: { body: 'Use the form', htmlBody: '<p>Use the form</p>', public: true },
    status: 'solved',
    customFields: [],
    tags: [],
  })
  expect(local.ticket(id).status).toBe('new')
  expect((await failureOf(client.macroEffect(id, 8))).status).toBe(404)
})

test('HTML and fields of a macro are sent on as they are', async () => {
  const { local, client } = await aZendesk()
  const { id } = local.submitTicket('Delete my account')

  const html = { htmlBody: '<p>Use the form</p>', public: true }
  await client.updateTicket(id, solved({ comment: html, customFields: [{ id: 3, value: 'gdpr' }] }))

  expect(local.fake.received('PUT', /tickets/)[0]?.body).toMatchObject({
    ticket: {
      comment: { html_body: '<p>Use the form</p>', public: true },
      custom_fields: [{ id: 3, value: 'gdpr' }],
    },
  })
})

const retryLater = { 'retry-after': '9' }
const cases: readonly { name: string; failure: Failure; kind: string; retryAfter?: number }[] = [
  {
    name: 'a 429',
    failure: { answer: { status: 429, headers: retryLater, body: {} } },
    kind: 'later',
    retryAfter: 9,
  },
  {
    name: 'a 503',
    failure: { answer: { status: 503, headers: retryLater, body: {} } },
    kind: 'unknown',
    retryAfter: 9,
  },
  { name: 'a 502', failure: { answer: { status: 502, body: { error: 'bad gateway' } } }, kind: 'unknown' },
  { name: 'a 504', failure: { answer: { status: 504, body: {} } }, kind: 'unknown' },
  { name: 'a 413', failure: { answer: { status: 413, body: {} } }, kind: 'not-done' },
  { name: 'a dropped connection', failure: { drop: 'connection' }, kind: 'unknown' },
  { name: 'half a body', failure: { drop: 'half-body' }, kind: 'unknown' },
  { name: 'no answer', failure: { hang: true }, kind: 'unknown' },
  { name: 'HTML', failure: { answer: { status: 200, body: '<html>' } }, kind: 'unknown' },
  { name: 'JSON of another form', failure: { answer: { status: 200, body: {} } }, kind: 'unknown' },
]

test.each(cases)(
  '$name is one request and one failure, never a result',
  async ({ failure, kind, retryAfter }) => {
    const { local, client } = await aZendesk({ timeoutMs: 1_000 })
    const { id } = local.submitTicket('Delete my account')
    local.fake.fail({ times: Number.POSITIVE_INFINITY, failure })

    const failed = await failureOf(client.updateTicket(id, solved()))

    expect([failed.service, failed.kind, failed.retryAfterSeconds]).toEqual(['zendesk', kind, retryAfter])
    expect(local.fake.received('PUT', /tickets/)).toHaveLength(1)
    const printed = inspect(failed, { depth: 20, showHidden: true }) + failed.stack
    expect(printed).not.toContain(zendeskToken)
    expect(printed).not.toContain(Buffer.from(`${zendeskEmail}/token:${zendeskToken}`).toString('base64'))
  },
)

test('node-zendesk alone hands a 502 and a 429 to its caller as results', async () => {
  const { local } = await aZendesk()
  const { id } = local.submitTicket('Delete my account')
  const library = nodeZendesk.createClient({
    username: zendeskEmail,
    token: zendeskToken,
    endpointUri: `${local.url}/api/v2`,
  })

  local.fake.fail({ failure: { answer: { status: 502, body: { error: 'bad gateway' } } } })
  expect((await library.tickets.show(id)).result).toEqual({ error: 'bad gateway' })
  local.fake.fail({ failure: { answer: { status: 429, headers: retryLater, body: {} } } })
  expect((await library.tickets.show(id)).result).toBeInstanceOf(Error)
})

test('a good answer that names a Retry-After is still a result', async () => {
  const { local, client } = await aZendesk()
  const ticket = { id: 1, status: 'OPEN', created_at: today, updated_at: today, requester_id: 7 }
  local.fake.fail({ failure: { answer: { status: 200, headers: retryLater, body: { ticket } } } })

  expect((await client.ticket(1)).status).toBe('open')
})

test('a next page on another host is not fetched', async () => {
  const { local, client } = await aZendesk()
  const foreign = await aForeignHost()
  const { id } = local.submitTicket('Delete my account')
  const next = `${foreign.url}/api/v2/tickets/1/audits?then=${local.url}/api/v2`
  const body = { audits: [], links: { next }, next_page: next }
  local.fake.fail({ failure: { answer: { status: 200, body } } })

  const failed = await failureOf(client.audits(id))

  expect(failed.message).toBe('zendesk GET: an address outside of the API is not followed')
  expect(foreign.requests).toEqual([])
})

test('a redirect to another host is not followed, and it ends', async () => {
  const { local, client } = await aZendesk()
  const foreign = await aForeignHost()
  local.fake.fail({ failure: { answer: { status: 302, headers: { location: foreign.url } } } })

  expect((await failureOf(client.ticket(1))).kind).toBe('later')
  expect(foreign.requests).toEqual([])
})

test.each(['../users/1' as unknown as number, 0, 2.5, Number.MAX_SAFE_INTEGER + 1])(
  'an id of %s reaches no path',
  async (id) => {
    const { local, client } = await aZendesk()

    await expect(client.ticket(id)).rejects.toThrow(RangeError)
    await expect(client.macroEffect(1, id)).rejects.toThrow(RangeError)
    await expect(client.updateTicket(id, solved())).rejects.toThrow(RangeError)
    await expect(client.audits(id)).rejects.toThrow(RangeError)
    expect(local.fake.requests).toEqual([])
  },
)

test('a wrong token is refused', async () => {
  const { client } = await aZendesk({ token: 'wrong' })

  expect((await failureOf(client.ticket(1))).status).toBe(401)
})

test('a closed ticket cannot be changed any more', async () => {
  const { local, client } = await aZendesk()
  const ticket = local.submitTicket('Delete my account')
  local.closes(ticket.id)

  const failed = await failureOf(client.updateTicket(ticket.id, solved()))

  expect([failed.kind, failed.status]).toEqual(['not-done', 422])
})

import { expect, onTestFinished, test } from 'vitest'
import { FakeServer } from '../../sandbox/fake-server.ts'
import { signature } from '../../sandbox/zendesk/webhooks.ts'
import { startZendesk, supportGroupId, zendeskAgentId } from '../../sandbox/zendesk/zendesk.ts'
import { aClock, today } from '../services/local.ts'

const secret = 'the-secret'

interface Payload {
  readonly type: string
  readonly id: string
  readonly event: object
  readonly detail: Readonly<Record<string, unknown>>
}

/** A Zendesk whose events go to a receiver that records them. */
async function aReceiver({ status = 200, clock = aClock() } = {}) {
  const local = await startZendesk({ now: clock.now, fetch })
  const receiver = new FakeServer(() => ({ status }), clock.now)
  await receiver.listen()
  onTestFinished(async () => {
    await local.close()
    await receiver.close()
  })
  local.webhook = { url: `${receiver.url}/webhooks/zendesk`, secret }
  const arrived = async () => {
    await local.webhooks.settled()
    return receiver.requests.map(({ headers, body }) => ({ headers, body: body as Payload }))
  }
  return { local, receiver, arrived, clock }
}

test('every act fires the events of what it changed', async () => {
  const { local, arrived } = await aReceiver()

  const { id } = local.submitTicket('Look')
  local.someoneComments(id, { body: 'For us', public: false })
  local.someoneSolves(id)
  local.requesterReplies(id, 'And now?')
  local.someoneMoves(id, supportGroupId)
  local.deletes(id)
  local.restores(id)
  local.merges(id, local.submitTicket('Look again').id)
  const types = (await arrived()).map(({ body }) => body.type.replace('zen:event-type:ticket.', ''))

  expect(types).toEqual([
    'created',
    'comment_added',
    'status_changed',
    'comment_added',
    'status_changed',
    'group_assignment_changed',
    'soft_deleted',
    'undeleted',
    'created',
    'comment_added',
    'comment_added',
    'status_changed',
    'tags_changed',
    'merged',
  ])
})

test('an event is Zendesk’s own: ids as text, enums in capitals, and what was changed', async () => {
  const { local, arrived } = await aReceiver()
  const kim = { name: 'Kim', email: 'kim@example.com' }
  const { id, requester } = local.submitTicket('Look', { subject: 'A leak', from: kim, tags: ['vip'] })

  local.someoneSolves(id)

  expect((await arrived()).at(-1)?.body).toEqual({
    account_id: 12_345,
    detail: {
      actor_id: String(zendeskAgentId),
      assignee_id: null,
      brand_id: '360000000001',
      created_at: '2026-03-02T10:00:00Z',
      custom_status: null,
      description: 'Look',
      external_id: null,
      form_id: null,
      group_id: null,
      id: String(id),
      is_public: true,
      organization_id: null,
      priority: null,
      requester_id: String(requester.id),
      status: 'SOLVED',
      subject: 'A leak',
      submitter_id: String(requester.id),
      tags: ['vip'],
      type: null,
      updated_at: '2026-03-02T10:00:02Z',
      via: { channel: 'mail' },
    },
    event: {
      current: 'SOLVED',
      previous: 'NEW',
      meta: { sequence: { id: 'sequence-2', position: 1 } },
    },
    id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    subject: `zen:ticket:${id}`,
    time: today,
    type: 'zen:event-type:ticket.status_changed',
    zendesk_event_version: '2022-11-06',
  })
})

test('a comment’s event says who wrote it and whether it is public', async () => {
  const { local, arrived } = await aReceiver()
  const { id } = local.submitTicket('Look')

  local.someoneComments(id, { body: 'For us', public: false })

  expect((await arrived()).at(-1)?.body.event).toMatchObject({
    comment: {
      id: '90002',
      body: 'For us',
      is_public: false,
      author: { id: String(zendeskAgentId), is_staff: true, name: 'Sam Agent' },
    },
  })
})

test('what the bot does over the API fires events, too', async () => {
  const { local, arrived } = await aReceiver()
  const { id } = local.submitTicket('Look')
  const credentials = 'agent@example.com/token:local-zendesk-token'
  const headers = {
    authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
    'content-type': 'application/json',
  }

  const body = JSON.stringify({ ticket: { status: 'solved', comment: { body: 'Done', public: true } } })
  await fetch(`${local.url}/api/v2/tickets/${id}.json`, { method: 'PUT', headers, body })

  expect((await arrived()).slice(1).map(({ body: payload }) => payload.type)).toEqual([
    'zen:event-type:ticket.comment_added',
    'zen:event-type:ticket.status_changed',
  ])
})

test('each delivery is signed over its time and body, under an invocation of its own', async () => {
  const { local, arrived } = await aReceiver()
  const { id } = local.submitTicket('Look')
  local.someoneSolves(id)

  const deliveries = await arrived()

  for (const [index, { headers }] of deliveries.entries()) {
    const timestamp = headers['x-zendesk-webhook-signature-timestamp'] ?? ''
    const body = local.webhooks.deliveries[index]?.body ?? ''
    expect(timestamp).toBe('2026-03-02T10:00:00Z')
    expect(headers['x-zendesk-webhook-signature']).toBe(signature(secret, timestamp, body))
    expect(headers['x-zendesk-webhook-id']).toBe('01ABCDEFGHJKMNPQRSTVWXYZ00')
  }
  expect(new Set(deliveries.map(({ headers }) => headers['x-zendesk-webhook-invocation-id'])).size).toBe(2)
  expect(new Set(deliveries.map(({ body }) => body.id)).size).toBe(2)
})

test('the signature of a known delivery', () => {
  const testSecret = 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=='

  expect(signature(testSecret, '2026-11-22T06:00:00Z', '{"object_kind":"note"}')).toBe(
    'iT7MWgoL8x46R0oHezqhNJtEcWMJIj/GauYMUbTUDHU=',
  )
})

test('deliveries can be held back, doubled and repeated; their answers are kept', async () => {
  const { local, arrived, clock } = await aReceiver({ status: 503 })
  local.webhooks.twice = true
  local.webhooks.hold()
  local.submitTicket('Look')
  expect(await arrived()).toEqual([])

  local.webhooks.release()
  const [delivery] = local.webhooks.deliveries
  clock.pass(60_000)
  if (delivery) local.webhooks.resend(delivery)

  const sent = (await arrived()).map(({ headers }) => [
    headers['x-zendesk-webhook-invocation-id'],
    headers['x-zendesk-webhook-signature-timestamp'],
  ])
  expect(sent).toEqual([
    [delivery?.id, '2026-03-02T10:00:00Z'],
    [delivery?.id, '2026-03-02T10:00:00Z'],
    [delivery?.id, '2026-03-02T10:01:00Z'],
  ])
  expect(delivery?.answers).toEqual([503, 503, 503])
})

test('without a fetch there are no webhooks', async () => {
  const local = await startZendesk({ now: aClock().now })
  onTestFinished(() => local.close())

  expect(() => {
    local.webhook = { url: 'http://127.0.0.1:1', secret }
  }).toThrow('started without a fetch')
})

import { Webhook } from 'standardwebhooks'
import { expect, onTestFinished, test } from 'vitest'
import { FakeServer } from '../../sandbox/fake-server.ts'
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import { signature } from '../../sandbox/gitlab/webhooks.ts'
import { aClock, aGitLab } from '../services/local.ts'

const signingToken = 'whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc='

interface Payload {
  readonly object_kind: string
  readonly event_type: string
  readonly object_attributes: {
    readonly type?: string
    readonly noteable_type?: string
    readonly url: string
    readonly action: string
    readonly note?: string
    readonly internal?: boolean
  }
  readonly changes?: Readonly<Record<string, unknown>>
}

/** A GitLab whose events go to a receiver that records them. */
async function aReceiver({ status = 200, now = aClock().now } = {}) {
  const { local, client } = await aGitLab({ now })
  const receiver = new FakeServer(() => ({ status }), now)
  await receiver.listen()
  onTestFinished(() => receiver.close())
  local.webhook = { url: `${receiver.url}/webhooks/gitlab`, secret: 'the-secret', signingToken }
  const arrived = async () => {
    await local.webhooks.settled()
    return receiver.requests.map(({ headers, body }) => ({ headers, body: body as Payload }))
  }
  return { local, client, receiver, arrived }
}

test('a service desk ticket is told as a work item, under the headers of issues', async () => {
  const { local, arrived } = await aReceiver()

  local.submitRequest({ description: 'x' })

  const told = (await arrived()).map(({ headers, body }) => [
    headers['x-gitlab-event'],
    body.object_kind,
    body.object_attributes.type ?? body.object_attributes.noteable_type,
    /\/-\/(\w+)\//.exec(body.object_attributes.url)?.[1],
  ])
  expect(told).toEqual([
    ['Confidential Issue Hook', 'work_item', 'Ticket', 'work_items'],
    ['Confidential Note Hook', 'note', 'WorkItem', 'work_items'],
  ])
})

test('a service desk issue of before 2026 and its notes fire confidential events, system notes none', async () => {
  const { local, arrived } = await aReceiver()
  local.serviceDeskType = 'issue'

  local.submitRequest({ description: 'x' })
  local.requesterReplies(1, 'The answers')
  local.someoneComments(1, usernames.engineer, 'For us', { internal: true })
  local.someoneCloses(1, usernames.engineer)
  local.someoneReopens(1, usernames.engineer)

  const events = (await arrived()).map(({ headers, body }) => [
    headers['x-gitlab-event'],
    body.event_type,
    body.object_attributes.action,
    body.object_attributes.internal,
  ])
  expect(events).toEqual([
    ['Confidential Issue Hook', 'confidential_issue', 'open', undefined],
    ['Confidential Note Hook', 'confidential_note', 'create', false],
    ['Confidential Note Hook', 'confidential_note', 'create', false],
    ['Confidential Note Hook', 'confidential_note', 'create', true],
    ['Confidential Issue Hook', 'confidential_issue', 'close', undefined],
    ['Confidential Issue Hook', 'confidential_issue', 'reopen', undefined],
  ])
})

test('an open issue fires plain events, but an internal note on it a confidential one', async () => {
  const { client, arrived } = await aReceiver()

  await client.createIssue({ title: 'open', description: '', confidential: false })
  await client.createNote(1, { body: 'for all', internal: false })
  await client.createNote(1, { body: 'for us', internal: true })

  const events = (await arrived()).map(({ headers, body }) => [headers['x-gitlab-event'], body.event_type])
  expect(events).toEqual([
    ['Issue Hook', 'issue'],
    ['Note Hook', 'note'],
    ['Confidential Note Hook', 'confidential_note'],
  ])
})

test('labels set by hand come with the labels before and after, and with who did it', async () => {
  const { local, arrived } = await aReceiver()
  local.submitRequest({ description: 'x', labels: ['a'], autoResponse: undefined })

  local.someoneLabels(1, usernames.manager, ['b'], ['a'])

  expect((await arrived()).at(-1)?.body).toMatchObject({
    user: { id: 13, username: usernames.manager, email: '[REDACTED]' },
    object_attributes: { iid: 1, action: 'update', updated_at: '2026-03-02 10:00:00 UTC' },
    changes: { labels: { previous: [{ title: 'a' }], current: [{ title: 'b' }] } },
  })
})

test('each delivery is signed as Standard Webhooks says, under an id of its own', async () => {
  const now = () => new Date()
  const { local, receiver, arrived } = await aReceiver({ now })
  local.submitRequest({ description: 'x' })

  const deliveries = await arrived()

  expect(new Set(deliveries.map(({ headers }) => headers['idempotency-key'])).size).toBe(2)
  expect(receiver.requests).toHaveLength(2)
  for (const [index, { headers }] of deliveries.entries()) {
    expect(headers).toMatchObject({ 'x-gitlab-token': 'the-secret', 'x-gitlab-instance': local.url })
    expect(headers['webhook-id']).toBe(headers['idempotency-key'])
    const body = local.webhooks.deliveries[index]?.body ?? ''
    expect(() => new Webhook(signingToken).verify(body, headers)).not.toThrow()
  }
})

test('the signature of a known delivery', () => {
  expect(signature(signingToken, 'msg-1', '1700000000', '{"object_kind":"note"}')).toBe(
    'v1,tWJcrVKCm/9IjR6S99eueg1ecBnzYyHZVFe6UzmUJAc=',
  )
})

test('a delivery that fails is written down and not repeated', async () => {
  const { local, receiver, arrived } = await aReceiver({ status: 500 })
  local.submitRequest({ description: 'x', autoResponse: undefined })
  await arrived()
  await receiver.close()
  local.someoneCloses(1, usernames.engineer)
  await arrived()

  expect(local.webhooks.deliveries.map((delivery) => delivery.answers)).toEqual([[500], ['no answer']])
  await receiver.listen()
})

test('deliveries can be held back, reordered and left out', async () => {
  const { local, arrived } = await aReceiver()
  local.submitRequest({ description: 'x', autoResponse: undefined })
  local.webhooks.hold()
  for (const text of ['1', '2', '3']) local.requesterReplies(1, text)
  expect(await arrived()).toHaveLength(1)

  local.webhooks.release(([first, , last]) => [last, first].filter((one) => one !== undefined))

  const notes = (await arrived()).slice(1).map(({ body }) => body.object_attributes.note)
  expect(notes).toEqual(['3', '1'])
})

test('a doubled and a resent delivery keep their id; a replayed one keeps its time as well', async () => {
  const clock = aClock()
  const { local, arrived } = await aReceiver({ now: clock.now })
  local.webhooks.twice = true
  local.submitRequest({ description: 'x', autoResponse: undefined })
  const [delivery] = local.webhooks.deliveries
  clock.pass(60_000)

  if (delivery) local.webhooks.resend(delivery)
  if (delivery) local.webhooks.replay(delivery)

  const sent = (await arrived()).map(({ headers }) => [headers['webhook-id'], headers['webhook-timestamp']])
  const id = delivery?.headers['webhook-id']
  const at = String(Date.parse('2026-03-02T10:00:00Z') / 1000)
  expect(sent).toEqual([
    [id, at],
    [id, at],
    [id, String(Number(at) + 60)],
    [id, at],
  ])
  expect(delivery?.answers).toEqual([200, 200, 200, 200])
})

test('without a webhook nothing is kept', async () => {
  const { local } = await aGitLab()

  local.submitRequest({ description: 'x' })

  expect(local.webhooks.deliveries).toEqual([])
})

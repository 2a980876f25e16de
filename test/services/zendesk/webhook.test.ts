import { createHash, createHmac } from 'node:crypto'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { zendeskWebhook } from '../../../src/services/zendesk/webhook.ts'

const now = new Date('2026-11-22T09:00:00.000Z')
const secret = 'the-signing-secret-of-the-webhook'
const mebibyte = 1024 * 1024

/** As https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events/ shows them. */
const ticketEvent = {
  type: 'zen:event-type:ticket.status_changed',
  account_id: 22129848,
  id: '2b24ef10-19d4-4740-93cf-8f98ec4776c0',
  time: '2026-11-22T08:59:58Z',
  zendesk_event_version: '2022-11-06',
  subject: 'zen:ticket:35436',
  detail: { id: '35436', subject: 'About Jane', description: 'Jane Doe', requester_id: '20978392' },
  event: { current: 'OPEN', previous: 'SOLVED' },
}
const triggerBody = { ticket_id: '123' }

interface Given {
  readonly secret?: string
  readonly limitBytes?: number
  readonly receive?: () => Promise<boolean>
}

async function aReceiver(given: Given = {}) {
  const received: { key: string; kind: string; payload: unknown }[] = []
  const logged: { level: string; fields: object; message: string }[] = []
  const log = (level: string) => (fields: object, message: string) =>
    void logged.push({ level, fields, message })
  const handle = zendeskWebhook({
    secret: given.secret ?? secret,
    now: () => now,
    ...(given.limitBytes === undefined ? {} : { limitBytes: given.limitBytes }),
    receive: async (entry) => {
      if (given.receive) return given.receive()
      const isNew = !received.some(({ key }) => key === entry.key)
      received.push(entry)
      return isNew
    },
    log: { info: log('info'), warn: log('warn'), error: log('error') },
  })
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/zendesk`

  async function send(body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}) {
    const response = await fetch(url, { method: 'POST', headers, body })
    return { status: response.status, text: await response.text() }
  }
  /** Signed, unless it is said how. */
  async function deliver(body: unknown, headers: Record<string, string> = {}) {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return send(text, { ...signed(text), ...headers })
  }
  return { url, received, logged, deliver, send }
}

function signed(body: string | Buffer, { at = now.toISOString(), by = secret } = {}) {
  return {
    'x-zendesk-webhook-signature-timestamp': at,
    'x-zendesk-webhook-signature': createHmac('sha256', by).update(at).update(body).digest('base64'),
  }
}

const ok = { status: 200, text: '' }
const refused = { status: 401, text: '' }
const invocation = (id: string) => ({ 'x-zendesk-webhook-invocation-id': id })

describe('a Zendesk webhook', () => {
  it('is stored as a hint to read the ticket again, without its texts and names, and answered 200', async () => {
    const { deliver, received } = await aReceiver()

    expect(await deliver(ticketEvent)).toEqual(ok)
    expect(await deliver({ ...triggerBody, requester: 'Jane Doe' }, invocation('01GK8E6'))).toEqual(ok)

    expect(received).toEqual([
      {
        key: 'zendesk:35436:2b24ef10-19d4-4740-93cf-8f98ec4776c0',
        kind: 'zendesk-hint',
        payload: { ticket: 35436 },
      },
      { key: 'zendesk:123:01GK8E6', kind: 'zendesk-hint', payload: { ticket: 123 } },
    ])
  })

  for (const [written, ticket] of [
    ['"1"', 1],
    ['1', 1],
    ['"9007199254740991"', Number.MAX_SAFE_INTEGER],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ] as const)
    it(`names its ticket as ${written}`, async () => {
      const { deliver, received } = await aReceiver()

      expect(await deliver(`{"ticket_id": ${written}}`)).toEqual(ok)
      expect(
        await deliver(`{"type": "zen:event-type:ticket.created", "detail": {"id": ${written}}}`),
      ).toEqual(ok)

      expect(received.map(({ payload }) => payload)).toEqual([{ ticket }, { ticket }])
    })

  for (const written of [
    '"../1"',
    '"1/../2"',
    '"1?x=1"',
    '"1e3"',
    '"0x10"',
    '"0b1"',
    '"9007199254740992"',
    '"9007199254740993"',
    '"01"',
    '"0"',
    '"-1"',
    '"+1"',
    '"1.0"',
    '" 1"',
    '"1\\n"',
    '"1\\u0000"',
    '"1_000"',
    '"١"',
    '""',
    '"Infinity"',
    '"{{ticket.id}}1"',
    '9007199254740992',
    '9007199254740993',
    '1e400',
    '0',
    '-1',
    '1.5',
    'null',
    'true',
    '[1]',
    '["1"]',
    '{"toString": "1"}',
  ])
    it(`whose ticket is ${written} is malformed: 400, nothing stored`, async () => {
      const { deliver, received } = await aReceiver()

      expect(await deliver(`{"ticket_id": ${written}}`)).toEqual(malformed('ticket_id'))
      const event = `{"type": "zen:event-type:ticket.created", "id": "e", "detail": {"id": ${written}}}`
      expect(await deliver(event)).toEqual(malformed('detail.id'))
      expect(received).toEqual([])
    })

  for (const [what, body, field] of [
    ['is a list', '[1]', 'ticket_id'],
    ['is null', 'null', 'ticket_id'],
    ['is a number', '123', 'ticket_id'],
    ['is empty of fields', '{}', 'ticket_id'],
    ['has a kind that is not Zendesk’s own and no ticket', '{"type": "incident"}', 'ticket_id'],
    ['has a kind that is no text', '{"type": {"startsWith": 1}}', 'ticket_id'],
    [
      'is an event without details',
      '{"type": "zen:event-type:ticket.created", "ticket_id": "1"}',
      'detail.id',
    ],
    ['gives the ticket by prototype', '{"__proto__": {"ticket_id": "1"}}', 'ticket_id'],
    ['gives the ticket by constructor', '{"constructor": {"prototype": {"ticket_id": "1"}}}', 'ticket_id'],
    [
      'gives the details by prototype',
      '{"type": "zen:event-type:ticket.created", "detail": {"__proto__": {"id": "1"}}}',
      'detail.id',
    ],
  ] as const)
    it(`whose body ${what} is answered 400 with one line that says so`, async () => {
      const { deliver, received } = await aReceiver()

      expect(await deliver(body)).toEqual(malformed(field))
      expect(received).toEqual([])
      expect(Object.hasOwn(Object.prototype, 'ticket_id')).toBe(false)
    })

  for (const [what, body] of [
    ['is no JSON', '{"ticket_id":'],
    ['is empty', ''],
    ['is a form', 'ticket_id=123'],
    ['is nested deeply and has no end', '['.repeat(500_000)],
  ] as const)
    it(`whose body ${what} is answered 400`, async () => {
      const { deliver } = await aReceiver()

      expect(await deliver(body)).toEqual({ status: 400, text: 'The body is not JSON\n' })
    })

  it('is read however deeply something else in it is nested', async () => {
    const { deliver, received } = await aReceiver()
    const nested = `${'['.repeat(400_000)}${']'.repeat(400_000)}`

    expect(await deliver(nested)).toEqual(malformed('ticket_id'))
    expect(await deliver(`{"x": ${nested}, "ticket_id": "7"}`)).toEqual(ok)

    expect(received.map(({ payload }) => payload)).toEqual([{ ticket: 7 }])
  })

  for (const [what, body] of [
    ['a user', { type: 'zen:event-type:user.active_changed', id: 'e', detail: { id: '6596848315901' } }],
    ['an organization', { type: 'zen:event-type:organization.created', id: 'e', detail: { id: '1' } }],
    ['a kind that does not exist yet', { type: 'zen:event-type:tomorrow.came', detail: { id: '1' } }],
    [
      'a kind that only begins like a ticket’s',
      { type: 'zen:event-type:ticket_form.created', detail: { id: '1' } },
    ],
    ['no kind', { type: 'zen:event-type:' }],
    ['a test of the webhook, its placeholder not filled in', { ticket_id: '{{ticket.id}}' }],
  ] as const)
    it(`about ${what} is answered 200 and not stored`, async () => {
      const { deliver, received, logged } = await aReceiver()

      expect(await deliver(body)).toEqual(ok)
      expect([received, logged]).toEqual([[], []])
    })

  it('is answered 503 and asked for again when it could not be stored', async () => {
    const { url, logged } = await aReceiver({ receive: () => Promise.reject(new TypeError('About Jane')) })
    const body = JSON.stringify(ticketEvent)

    const response = await fetch(url, { method: 'POST', headers: signed(body), body })

    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await response.text()).toBe('Not stored, send it again\n')
    expect(logged).toEqual([
      {
        level: 'error',
        fields: { key: `zendesk:35436:${ticketEvent.id}`, error: 'TypeError' },
        message: 'A Zendesk webhook was not stored',
      },
    ])
  })

  it('is answered only once it is stored', async () => {
    const { promise: stored, resolve: isStored } = Promise.withResolvers<boolean>()
    const { promise: asked, resolve: isAsked } = Promise.withResolvers<void>()
    const receive = () => {
      isAsked()
      return stored
    }
    const { deliver, url } = await aReceiver({ receive })
    let isAnswered = false

    const answer = deliver(triggerBody).finally(() => {
      isAnswered = true
    })
    await asked
    // One that came later has its answer: an answer that waits for nothing would be here as well.
    const { status } = await fetch(url)

    expect(status).toBe(405)
    expect(isAnswered).toBe(false)
    isStored(true)
    expect(await answer).toEqual(ok)
  })

  it('is taken by POST only', async () => {
    const { url } = await aReceiver()

    for (const method of ['GET', 'PUT', 'DELETE']) {
      const response = await fetch(url, { method })

      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    }
  })
})

describe('the key of a Zendesk webhook', () => {
  it('is the event’s own id, the same when it is sent again, whatever the delivery’s', async () => {
    const { deliver, received, logged } = await aReceiver()

    expect(await deliver(ticketEvent, invocation('one'))).toEqual(ok)
    expect(await deliver(ticketEvent, invocation('another'))).toEqual(ok)

    const key = 'zendesk:35436:2b24ef10-19d4-4740-93cf-8f98ec4776c0'
    expect(received.map((entry) => entry.key)).toEqual([key, key])
    expect(logged).toEqual([{ level: 'info', fields: { key }, message: 'A Zendesk webhook came again' }])
  })

  it('is the delivery’s for a trigger’s body, even one that calls something its id', async () => {
    const { deliver, received } = await aReceiver()

    await deliver(triggerBody, invocation('one'))
    await deliver({ ...triggerBody, id: 'the same each time' }, invocation('two'))

    expect(received.map(({ key }) => key)).toEqual(['zendesk:123:one', 'zendesk:123:two'])
  })

  it('is, without either, the time and the bytes: a trigger’s body is the same each time', async () => {
    const { send, received } = await aReceiver()
    const body = JSON.stringify(triggerBody)
    const [first, later] = ['2026-11-22T08:59:58Z', '2026-11-22T08:59:59Z']

    await send(body, signed(body, { at: first }))
    await send(body, signed(body, { at: later }))
    await send(body, signed(body, { at: first }))

    const hash = (at: string) => createHash('sha256').update(`${at}${body}`).digest('hex')
    expect(received.map(({ key }) => key)).toEqual(
      [first, later, first].map((at) => `zendesk:123:${hash(at)}`),
    )
  })

  for (const id of ['jane.doe@example.com', 'two words', 'x'.repeat(101), '', 7, null, { toString: 1 }])
    it(`is never made of ${JSON.stringify(id).slice(0, 40)}`, async () => {
      const { deliver, received } = await aReceiver()

      await deliver({ ...ticketEvent, id }, invocation('one'))
      await deliver(triggerBody, invocation(typeof id === 'string' ? id : ''))

      const body = `${now.toISOString()}${JSON.stringify(triggerBody)}`
      const hash = createHash('sha256').update(body).digest('hex')
      expect(received.map(({ key }) => key)).toEqual(['zendesk:35436:one', `zendesk:123:${hash}`])
    })
})

describe('who sent a Zendesk webhook', () => {
  const body = JSON.stringify(ticketEvent)
  const right = signed(body)
  const time = 'x-zendesk-webhook-signature-timestamp'
  const signature = 'x-zendesk-webhook-signature'

  for (const [how, headers] of [
    ['no signature', { [time]: right[time] }],
    ['no time', { [signature]: right[signature] }],
    ['neither', {}],
    ['an empty signature', { ...right, [signature]: '' }],
    ['another secret', signed(body, { by: 'another-secret-of-a-webhook' })],
    ['the signature of another body', signed('{"ticket_id": "123"}')],
    ['the signature in another case', { ...right, [signature]: right[signature].toLowerCase() }],
    ['the signature twice', { ...right, [signature]: `${right[signature]}, ${right[signature]}` }],
    ['a signature of before five minutes', signed(body, { at: '2026-11-22T08:54:59.999Z' })],
    ['a signature of five minutes ahead', signed(body, { at: '2026-11-22T09:05:00.001Z' })],
    [
      'an old signature at a new time',
      { ...signed(body, { at: '2026-11-22T08:00:00Z' }), [time]: right[time] },
    ],
    ['a time in seconds', signed(body, { at: String(now.getTime() / 1000) })],
    [
      'the secret itself, as GitLab would send it',
      { authorization: `Bearer ${secret}`, 'x-gitlab-token': secret },
    ],
  ] as const)
    it(`is unknown with ${how}: 401 without detail, nothing stored, and logged without anything of it`, async () => {
      const { send, received, logged } = await aReceiver()

      expect(await send(body, headers)).toEqual(refused)
      expect(received).toEqual([])
      expect(logged).toEqual([
        {
          level: 'warn',
          fields: { route: 'webhooks/zendesk' },
          message: 'A Zendesk webhook had a wrong secret or signature',
        },
      ])
    })

  it('is asked before what was sent: a stranger learns nothing of the form', async () => {
    const { send } = await aReceiver()

    expect(await send('no JSON')).toEqual(refused)
  })

  it('is not known by an empty secret', async () => {
    const { send } = await aReceiver({ secret: '' })

    expect(await send(body, signed(body, { by: '' }))).toEqual(refused)
  })

  it('is known by the bytes as they came, not by what they mean', async () => {
    const { send } = await aReceiver()
    const spaced = Buffer.from(' {"ticket_id" : "1", "x": "é\u2028"} ')
    const notText = Buffer.concat([
      Buffer.from('{"ticket_id": "1", "x": "'),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ])

    expect(await send(spaced, signed(spaced))).toEqual(ok)
    expect(await send(notText, signed(notText))).toEqual(ok)
    expect(await send(spaced, signed(spaced.toString().trim()))).toEqual(refused)
  })

  it('is known for five minutes either way', async () => {
    const { send } = await aReceiver()

    expect(await send(body, signed(body, { at: '2026-11-22T08:55:00Z' }))).toEqual(ok)
    expect(await send(body, signed(body, { at: '2026-11-22T10:05:00+01:00' }))).toEqual(ok)
  })
})

describe('the size of a Zendesk webhook', () => {
  const padded = (size: number) => {
    const short = JSON.stringify({ ...triggerBody, padding: '' })
    return JSON.stringify({ ...triggerBody, padding: 'x'.repeat(size - short.length) })
  }

  it('may be a mebibyte', async () => {
    const { deliver } = await aReceiver()

    expect(await deliver(padded(mebibyte))).toEqual(ok)
  })

  it('may be another limit', async () => {
    const { deliver } = await aReceiver({ limitBytes: 100 })

    expect((await deliver(padded(100))).status).toBe(200)
    expect((await deliver(padded(101))).status).toBe(413)
  })

  it('is refused by what is said of it, before any of it is read or its signature looked at', async () => {
    const { url, received, logged } = await aReceiver()

    const answer = await new Promise((resolve, reject) => {
      const request = httpRequest(url, { method: 'POST', headers: { 'content-length': mebibyte + 1 } })
      request.on('error', reject)
      request.on('response', (response) => {
        resolve([response.statusCode, response.headers.connection])
        request.destroy()
      })
      request.flushHeaders()
    })

    expect(answer).toEqual([413, 'close'])
    expect([received, logged]).toEqual([[], []])
  })
})

function malformed(field: string) {
  return { status: 400, text: `Not a Zendesk ticket event: missing or malformed ${field}\n` }
}

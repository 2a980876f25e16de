/** What goes wrong between us and Zendesk is a failure of every reading, never a result, a part of one or an end. */
import nodeZendesk from 'node-zendesk'
import { describe, expect, test } from 'vitest'
import type { Failure } from '../../../sandbox/fake-server.ts'
import { zendeskEmail, zendeskToken } from '../../../sandbox/zendesk/zendesk.ts'
import type { Zendesk } from '../../../src/services/zendesk/client.ts'
import { aForeignHost, aZendesk, failureOf, timeoutFor } from '../local.ts'

const readings: readonly (readonly [string, (client: Zendesk) => Promise<unknown>])[] = [
  ['a ticket', (client) => client.ticket(1)],
  ['a search', (client) => Array.fromAsync(client.search('type:ticket'))],
  ['comments', (client) => client.comments(1)],
  ['audits', (client) => client.audits(1)],
  ['users', (client) => client.users([1])],
  ['me', (client) => client.me()],
  ['a group', (client) => client.group('1')],
  ['suspended mail', (client) => client.suspended('security@gitlab.com')],
]

const answered = (status: number, body: unknown = {}, headers = {}): Failure => ({
  answer: { status, body, headers },
})
const soon = { 'retry-after': '9' }

const failures: readonly { name: string; failure: Failure; kind?: string; wait?: number }[] = [
  { name: 'a 429', failure: answered(429) },
  { name: 'a 429 that says when to come back', failure: answered(429, {}, soon), wait: 9 },
  { name: 'a 503', failure: answered(503) },
  { name: 'a 503 that says when to come back', failure: answered(503, {}, soon), wait: 9 },
  { name: 'a 500', failure: answered(500) },
  { name: 'a 502', failure: answered(502, { error: 'bad gateway' }) },
  { name: 'a 504', failure: answered(504) },
  { name: 'a 401', failure: answered(401), kind: 'not-done' },
  { name: 'HTML', failure: answered(200, '<html>', { 'content-type': 'text/html' }) },
  { name: 'an empty answer', failure: answered(200, '') },
  { name: 'JSON of another form', failure: answered(200, {}) },
  { name: 'an error that calls itself a success', failure: answered(200, { error: 'unavailable' }) },
  { name: 'half a body', failure: { drop: 'half-body' } },
  { name: 'a dropped connection', failure: { drop: 'connection' } },
  { name: 'no answer', failure: { hang: true } },
]

describe.each(readings)('%s', (_name, read) => {
  test.each(failures)('$name is one request and one failure', async ({ failure, kind = 'later', wait }) => {
    const { local, client } = await aZendesk(timeoutFor(failure))
    local.fake.fail({ times: Number.POSITIVE_INFINITY, failure })

    const failed = await failureOf(read(client))

    expect([failed.service, failed.kind, failed.retryAfterSeconds]).toEqual(['zendesk', kind, wait])
    expect(local.fake.requests).toHaveLength(1)
  })

  test('a redirect to another host is not followed, and it ends', async () => {
    const { local, client } = await aZendesk()
    const foreign = await aForeignHost()
    local.fake.fail({ failure: answered(302, '', { location: foreign.url }) })

    expect((await failureOf(read(client))).kind).toBe('later')
    expect(foreign.requests).toEqual([])
  })
})

const aTicket = { id: 1, status: 'open', created_at: '2026-03-02T10:00:00Z', requester_id: 7 }
const aResult = { ...aTicket, updated_at: '2026-03-02T10:00:00Z', result_type: 'ticket' }

/** A local Zendesk with more than a page of everything. */
async function aFullZendesk(given: { readonly timeoutMs?: number } = {}) {
  const { local, client } = await aZendesk(given)
  local.pageSize = 2
  const { id } = local.submitTicket('1')
  for (const text of ['2', '3', '4']) {
    local.submitTicket(text)
    local.someoneComments(id, { body: text, public: false })
    local.suspendMail(text)
  }
  const listings = {
    search: () => Array.fromAsync(client.search('type:ticket')),
    comments: () => client.comments(id),
    suspended: () => client.suspended('security@gitlab.com'),
  }
  return { local, client, listings }
}

describe.each(['search', 'comments', 'suspended'] as const)('a list of %s', (name) => {
  test.each(failures)('$name in the middle is a failure, not the end', async ({ failure }) => {
    const { local, listings } = await aFullZendesk(timeoutFor(failure))
    local.fake.fail({ after: 1, failure })

    await failureOf(listings[name]())

    expect(local.fake.requests).toHaveLength(2)
  })

  test('an error among its entries is a failure', async () => {
    const { local, listings } = await aFullZendesk()
    const entries = [{ error: 'RecordNotFound' }]
    const body = { results: entries, comments: entries, next_page: null, suspended_tickets: ['an Error'] }
    local.fake.fail({ failure: answered(200, body) })

    await failureOf(listings[name]())

    expect(local.fake.requests).toHaveLength(1)
  })

  test('the next page is asked of Zendesk, whatever address the answer names', async () => {
    const { local, listings } = await aFullZendesk()
    const foreign = await aForeignHost()
    const next = `${foreign.url}/api/v2/search?then=${local.url}/api/v2`
    const meta = { has_more: true, after_cursor: '2' }
    const body = {
      results: [aResult],
      comments: [],
      suspended_tickets: [],
      next_page: next,
      links: { next },
      meta,
    }
    local.fake.fail({ failure: answered(200, body) })

    await listings[name]()

    expect(local.fake.requests.length).toBeGreaterThan(1)
    expect(foreign.requests).toEqual([])
  })
})

test('a search that broke off has given the pages before', async () => {
  const { local, client } = await aFullZendesk()
  local.fake.fail({ after: 1, failure: answered(429) })
  const given: number[] = []

  const reading = (async () => {
    for await (const page of client.search('type:ticket')) given.push(page.length)
  })()

  expect((await failureOf(reading)).status).toBe(429)
  expect(given).toEqual([2])
})

test.each([
  ['no cursor', { meta: { has_more: true } }],
  ['the cursor that was asked', { meta: { has_more: true, after_cursor: 'here' } }],
  ['an address alone', { next_page: 'http://elsewhere.example/api/v2/tickets/1/comments?page=2' }],
])('a list that has more and gives %s is a failure, and not read for ever', async (_name, more) => {
  const { local, client } = await aZendesk()
  const failure = answered(200, { comments: [], ...more })
  local.fake.fail({ times: Number.POSITIVE_INFINITY, failure })

  const failed = await failureOf(client.comments(1))

  expect(failed.message).toBe('zendesk GET comments: there is more, but no way to it')
  expect(local.fake.requests.length).toBeLessThanOrEqual(2)
})

test('an anonymous answer to a wrong token is nobody', async () => {
  const { local, client } = await aZendesk()
  const body = { user: { id: null, name: 'Anonymous user', email: 'invalid@example.com', role: 'end-user' } }
  local.fake.fail({ failure: answered(200, body) })

  const failed = await failureOf(client.me())
  expect([failed.kind, failed.status, failed.message]).toEqual([
    'not-done',
    401,
    'zendesk GET user: signed in as nobody who works there',
  ])
})

test.each(['../users/1', '1/../2', '1?x', '', '0', '1e3', '0x1', ' 1', '-1', '1.5'])(
  'a group id of "%s" reaches no path',
  async (id) => {
    const { local, client } = await aZendesk()
    const update = { groupId: id, updatedStamp: '2026-03-02T10:00:00.000Z', opId: 'op-1' }

    await expect(client.group(id)).rejects.toThrow(RangeError)
    await expect(client.updateTicket(1, update)).rejects.toThrow(RangeError)
    expect(local.fake.requests).toEqual([])
  },
)

test.each(['../users/1' as unknown as number, 0, -1, 2.5, Number.NaN])(
  'an id of %s reaches no path',
  async (id) => {
    const { local, client } = await aZendesk()

    await expect(client.comments(id)).rejects.toThrow(RangeError)
    await expect(client.users([1, id])).rejects.toThrow(RangeError)
    expect(local.fake.requests).toEqual([])
  },
)

test('a query stays a query, whatever is in it', async () => {
  const { local, client } = await aZendesk()

  await failureOf(Array.fromAsync(client.search('x&page=9#/../users ü')))

  const [asked] = local.fake.requests
  expect([asked?.path, asked?.query.get('query'), asked?.query.get('page')]).toEqual([
    '/api/v2/search.json',
    'x&page=9#/../users ü',
    '1',
  ])
})

test('node-zendesk alone takes an error for an entry of a list and stops there', async () => {
  const { local } = await aFullZendesk()
  const library = nodeZendesk.createClient({
    username: zendeskEmail,
    token: zendeskToken,
    endpointUri: `${local.url}/api/v2`,
  })
  local.fake.fail({ after: 1, failure: answered(429, {}, soon) })

  const comments: readonly unknown[] = await library.tickets.getComments(5001)

  expect(comments).toHaveLength(3)
  expect(comments.at(-1)).toBeInstanceOf(Error)
})

/** Who may use the API of the local Zendesk: as the real one, an OAuth client, and an API token until these end. */
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  startZendesk,
  zendeskClientId,
  zendeskClientSecret,
  zendeskEmail,
  zendeskToken,
} from '../../sandbox/zendesk/zendesk.ts'
import { aClock } from '../services/local.ts'

const client = {
  grant_type: 'client_credentials',
  client_id: zendeskClientId,
  client_secret: zendeskClientSecret,
  scope: 'read tickets:write',
  expires_in: 1800,
}

async function anAccount(at?: string) {
  const clock = aClock(at)
  const local = await startZendesk({ now: clock.now })
  onTestFinished(() => local.close())
  const { id } = local.submitTicket('Look')
  const headers = { 'content-type': 'application/json' }
  const grant = async (asked: object) => {
    const sent = { method: 'POST', headers, body: JSON.stringify(asked) }
    const answer = await fetch(`${local.url}/oauth/tokens`, sent)
    return { status: answer.status, body: Object(await answer.json()) as Record<string, unknown> }
  }
  const call = async (authorization: string, method = 'GET') => {
    const body = method === 'PUT' ? { body: JSON.stringify({ ticket: {} }) } : {}
    const sent = { method, headers: { ...headers, authorization }, ...body }
    return (await fetch(`${local.url}/api/v2/tickets/${id}`, sent)).status
  }
  return { clock, local, grant, call }
}

describe('a grant', () => {
  test('is a token for as long as was asked for', async () => {
    const { grant } = await anAccount()

    expect(await grant(client)).toEqual({
      status: 200,
      body: {
        ...{ access_token: expect.any(String), token_type: 'bearer' },
        ...{ scope: 'read tickets:write', expires_in: 1800 },
      },
    })
  })

  test('says nothing of how long it lasts where that was not asked for', async () => {
    const { grant } = await anAccount()

    const { status, body } = await grant({ ...client, expires_in: undefined })

    expect([status, 'expires_in' in body]).toEqual([200, false])
  })

  test.each([
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['another client', { client_id: 'somebody' }, 401, 'invalid_client'],
    ['another secret', { client_secret: 'another' }, 401, 'invalid_client'],
    ['a scope that there is not', { scope: 'read everything' }, 400, 'invalid_scope'],
    ['less than five minutes', { expires_in: 299 }, 400, 'invalid_request'],
    ['more than two days', { expires_in: 172_801 }, 400, 'invalid_request'],
    ['no number of seconds', { expires_in: 'long' }, 400, 'invalid_request'],
  ])('is refused for %s', async (_what, other, status, error) => {
    const { grant } = await anAccount()

    expect(await grant({ ...client, ...other })).toMatchObject({ status, body: { error } })
  })
})

describe('an access token', () => {
  const bearer = async (grant: (asked: object) => Promise<{ body: Record<string, unknown> }>, more = {}) =>
    `Bearer ${(await grant({ ...client, ...more })).body.access_token}`

  test('serves until its end', async () => {
    const { clock, grant, call } = await anAccount()
    const token = await bearer(grant)

    clock.pass(1_800_000 - 1)
    const before = await call(token)
    clock.pass(1)

    expect([before, await call(token)]).toEqual([200, 401])
  })

  test.each([
    ['read', 200, 403],
    ['tickets:read', 200, 403],
    ['read tickets:write', 200, 200],
    ['tickets:write', 403, 200],
  ])('of the scopes “%s” reads with %i and writes with %i', async (scope, reads, writes) => {
    const { grant, call } = await anAccount()
    const token = await bearer(grant, { scope })

    expect([await call(token), await call(token, 'PUT')]).toEqual([reads, writes])
  })

  test('that nobody gave out is refused', async () => {
    const { call } = await anAccount()

    expect(await call('Bearer made-up')).toBe(401)
  })
})

test.each([
  ['2027-04-29T23:59:59.999Z', 200],
  ['2027-04-30T00:00:00.000Z', 401],
])('an API token at %s is answered with %i', async (at, status) => {
  const { call } = await anAccount(at)

  const token = Buffer.from(`${zendeskEmail}/token:${zendeskToken}`).toString('base64')
  expect(await call(`Basic ${token}`)).toBe(status)
})

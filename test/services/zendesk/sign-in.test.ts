import { inspect } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startZendesk, zendeskClientId, zendeskClientSecret } from '../../../sandbox/zendesk/zendesk.ts'
import { connectZendesk } from '../../../src/services/zendesk/client.ts'
import { apiTokensEndText, daysOfApiTokens } from '../../../src/services/zendesk/sign-in.ts'
import { aClock, failureOf } from '../local.ts'

async function anOAuthClient({ clientSecret = zendeskClientSecret } = {}) {
  const clock = aClock()
  const local = await startZendesk({ now: clock.now })
  onTestFinished(() => local.close())
  const to = { url: local.url, clientId: zendeskClientId, clientSecret, now: clock.now, fetch }
  const zendesk = connectZendesk({ ...to, timeoutMs: 1_000 })
  const { id } = local.submitTicket('Delete my account')
  const grants = () => local.fake.received('POST', /^\/oauth\/tokens$/)
  /** The number of the access token of each call, oldest first. */
  const tokensUsed = () =>
    local.fake.requests
      .filter(({ path }) => path.startsWith('/api/'))
      .map(({ headers }) => Number(headers.authorization?.split('-').at(-1)))
  return { local, zendesk, clock, id, grants, tokensUsed }
}

const minutes = (count: number) => count * 60_000
const forbidden = { status: 403, body: { error: 'Forbidden' } }

describe('an access token', () => {
  test('is asked for with the least scopes and for half an hour, and serves every call', async () => {
    const { zendesk, id, grants, tokensUsed } = await anOAuthClient()

    await zendesk.ticket(id)
    await zendesk.comments(id)
    await zendesk.me()

    expect(grants().map(({ body }) => body)).toEqual([
      {
        grant_type: 'client_credentials',
        client_id: zendeskClientId,
        client_secret: zendeskClientSecret,
        scope: 'read tickets:write',
        expires_in: 1800,
      },
    ])
    expect(tokensUsed()).toEqual([1, 1, 1])
  })

  test('is asked for once, however many calls wait for it', async () => {
    const { zendesk, id, grants, tokensUsed } = await anOAuthClient()

    await Promise.all([1, 2, 3, 4, 5].map(() => zendesk.ticket(id)))

    expect(grants()).toHaveLength(1)
    expect(tokensUsed()).toEqual([1, 1, 1, 1, 1])
  })

  test('lets a ticket be changed', async () => {
    const { local, zendesk, id } = await anOAuthClient()
    const { updatedAt: updatedStamp } = await zendesk.ticket(id)

    await zendesk.updateTicket(id, { status: 'solved', updatedStamp, opId: 'op-1' })

    expect(local.ticket(id).status).toBe('solved')
  })

  test('is followed by another a minute before it ends', async () => {
    const { zendesk, clock, id, tokensUsed } = await anOAuthClient()
    await zendesk.ticket(id)

    clock.pass(minutes(29) - 1)
    await zendesk.ticket(id)
    clock.pass(1)
    await Promise.all([zendesk.ticket(id), zendesk.ticket(id)])

    expect(tokensUsed()).toEqual([1, 1, 2, 2])
  })

  test.each([
    ['shorter than was asked for', { expires_in: 400 }, 400 - 60],
    ['so short that a minute is most of it', { expires_in: 80 }, 40],
    ['not said', {}, 1800 - 60],
  ])('lasts as long as Zendesk says: %s', async (_what, life, seconds) => {
    const { local, zendesk, clock, id, grants } = await anOAuthClient()
    const body = { access_token: 'another-1', token_type: 'bearer', scope: 'read', ...life }
    local.fake.fail({ path: /oauth/, failure: { answer: { status: 200, body } } })
    const ticket = {
      id,
      status: 'open',
      created_at: '2026-03-02T10:00:00Z',
      updated_at: '2026-03-02T10:00:00Z',
    }
    const answer = { status: 200, body: { ticket: { ...ticket, requester_id: 7 } } }
    local.fake.fail({ path: /tickets/, times: Number.POSITIVE_INFINITY, failure: { answer } })
    await zendesk.ticket(id)

    clock.pass(seconds * 1000 - 1)
    await zendesk.ticket(id)
    const before = grants().length
    clock.pass(1)
    await zendesk.ticket(id)

    expect([before, grants().length]).toEqual([1, 2])
  })

  test('that is revoked is replaced once, and the call goes on', async () => {
    const { local, zendesk, id, grants, tokensUsed } = await anOAuthClient()
    await zendesk.ticket(id)
    local.oauth.revoke()

    await Promise.all([zendesk.ticket(id), zendesk.ticket(id), zendesk.ticket(id)])

    expect(grants()).toHaveLength(2)
    expect(tokensUsed().toSorted()).toEqual([1, 1, 1, 1, 2, 2, 2])
  })

  test('that is revoked while an update is sent: the update is made once', async () => {
    const { local, zendesk, id } = await anOAuthClient()
    const { updatedAt: updatedStamp } = await zendesk.ticket(id)
    local.oauth.revoke()

    const comment = { body: 'Yes.', public: true }
    await zendesk.updateTicket(id, { comment, updatedStamp, opId: 'op-1' })

    expect(local.mails.map(({ text }) => text)).toEqual(['Yes.'])
  })

  test('that Zendesk refuses together with the one after it is refused: no third is asked for', async () => {
    const { local, zendesk, id, grants } = await anOAuthClient()
    const answer = { status: 401, body: { error: 'invalid_token' } }
    local.fake.fail({ path: /tickets/, times: Number.POSITIVE_INFINITY, failure: { answer } })

    const failed = await failureOf(zendesk.ticket(id))

    expect([failed.kind, failed.status, grants().length]).toEqual(['not-done', 401, 2])
  })

  test('is no reason to repeat what is refused for another one', async () => {
    const { local, zendesk, id, grants } = await anOAuthClient()
    local.fake.fail({ path: /tickets/, failure: { answer: forbidden } })

    expect((await failureOf(zendesk.ticket(id))).status).toBe(403)
    expect(grants()).toHaveLength(1)
  })
})

describe('a token that does not come', () => {
  // A refused client is never taken for a hidden (403) or deleted (404) ticket, and nothing was carried out.
  test.each([
    ['another secret', 401, { error: 'invalid_client' }, 'not-done', 401],
    ['a scope that is not allowed', 400, { error: 'invalid_scope' }, 'not-done', 401],
    ['an account that may not', 403, { error: 'Forbidden' }, 'not-done', 401],
    ['a help desk that is moved', 404, '<html>No help desk here</html>', 'later', undefined],
    ['too many', 429, {}, 'later', 429],
    ['an outage', 503, {}, 'later', 503],
    ['an answer without a token', 200, { token_type: 'bearer' }, 'later', undefined],
    ['a token that fits in no header', 200, { access_token: 'a\r\nb', expires_in: 1800 }, 'later', undefined],
    ['HTML', 200, '<html>', 'later', 200],
  ])('because of %s', async (_what, status, body, kind, told) => {
    const { local, zendesk, id } = await anOAuthClient()
    local.fake.fail({ path: /oauth/, failure: { answer: { status, body } } })

    const failed = await failureOf(zendesk.ticket(id))

    expect([failed.service, failed.kind, failed.status]).toEqual(['zendesk', kind, told])
    expect(local.fake.received('GET', /tickets/)).toEqual([])
  })

  test.each([{ drop: 'connection' }, { drop: 'half-body' }, { hang: true }] as const)(
    'as the connection fails (%j) leaves an update undone, not of unknown outcome',
    async (failure) => {
      const { local, zendesk, id } = await anOAuthClient()
      local.fake.fail({ path: /oauth/, failure })

      const update = { status: 'solved', updatedStamp: '2026-03-02T10:00:00.000Z', opId: 'op-1' }
      const failed = await failureOf(zendesk.updateTicket(id, update))

      expect([failed.kind, local.fake.received('PUT', /tickets/)]).toEqual(['later', []])
    },
  )

  test('is asked for anew by the next call', async () => {
    const { local, zendesk, id } = await anOAuthClient()
    local.fake.fail({ path: /oauth/, failure: { answer: { status: 503 } } })
    await failureOf(zendesk.ticket(id))

    expect((await zendesk.ticket(id)).id).toBe(id)
  })
})

test('no failure holds the secret or a token', async () => {
  const { local, zendesk, id } = await anOAuthClient()
  const refusing = await anOAuthClient({ clientSecret: 'a-secret-of-somewhere-else' })
  local.fake.fail({ path: /tickets/, failure: { answer: forbidden } })

  const failures = [await failureOf(zendesk.ticket(id)), await failureOf(refusing.zendesk.ticket(1))]

  const printed = failures.map((failed) => inspect(failed, { depth: 20, showHidden: true }) + failed.stack)
  expect(printed.join()).not.toMatch(/access-token|client-secret|somewhere-else/)
})

describe('Zendesk’s API tokens', () => {
  test.each([
    ['2026-03-02', 424, 'Zendesk’s API tokens end on Apr 30, 2027, in 424 days'],
    ['2026-11-28', 153, 'Zendesk’s API tokens end on Apr 30, in 153 days'],
    ['2027-04-29', 1, 'Zendesk’s API tokens end on Apr 30, in 1 day'],
    ['2027-04-30', 0, 'Zendesk’s API tokens ended on Apr 30'],
    ['2027-05-02', -2, 'Zendesk’s API tokens ended on Apr 30'],
  ])('on %s', (today, days, text) => {
    expect(daysOfApiTokens(today)).toBe(days)
    expect(apiTokensEndText(today)).toBe(text)
  })
})

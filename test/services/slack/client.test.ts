import { WebClient } from '@slack/web-api'
import { describe, expect, test } from 'vitest'
import type { Failure } from '../../../sandbox/fake-server.ts'
import { CHANNELS, PEOPLE, TEAM } from '../../../sandbox/slack/people.ts'
import { rateLimited } from '../../../sandbox/slack/slack.ts'
import { connectSlack } from '../../../src/services/slack/client.ts'
import { silent } from '../../sandbox/slack-client.ts'
import { timeoutFor } from '../local.ts'
import { aSlack, failureOf } from './a-slack.ts'

const channel = CHANNELS.privacy.id
const words = { channel, text: 'A request', opId: 'op-1' }
const posts = /chat\.postMessage$/
const html = { answer: { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>down</html>' } }
const said = (error: string) => ({ answer: { status: 200, body: { ok: false, error } } })

describe('a post', () => {
  test('carries its id, and makes no mention, preview or picture of what it says', async () => {
    const { local, client } = await aSlack()

    const { ts } = await client.post({ ...words, blocks: [{ type: 'divider' }] })
    await client.post({ ...words, threadTs: ts, text: 'In the thread' })

    expect(local.fake.received('POST', posts)[0]?.body).toEqual({
      channel,
      text: 'A request',
      blocks: JSON.stringify([{ type: 'divider' }]),
      link_names: 'false',
      unfurl_links: 'false',
      unfurl_media: 'false',
      parse: 'none',
      metadata: JSON.stringify({ event_type: 'privacy_desk', event_payload: { op_id: 'op-1' } }),
    })
    expect(local.thread(ts).map(({ text }) => text)).toEqual(['In the thread'])
  })

  test('is redrawn in place, and has an address', async () => {
    const { local, client } = await aSlack()
    const posted = await client.post(words)

    await client.update({ ...posted, text: 'Done' })

    expect(local.messages(channel).map(({ text }) => text)).toEqual(['Done'])
    expect(await client.permalink(posted)).toBe(
      `https://${TEAM.domain}.slack.com/archives/${channel}/p${posted.ts.replace('.', '')}`,
    )
  })

  const failures: readonly (readonly [string, Failure, object])[] = [
    ['502', { answer: { status: 502, body: 'bad gateway' } }, { kind: 'unknown', status: 502 }],
    [
      '502 though it was posted',
      { applied: true, answer: { status: 502 } },
      { kind: 'unknown', status: 502 },
    ],
    ['404', { answer: { status: 404 } }, { kind: 'not-done', status: 404 }],
    ['429', rateLimited(7), { kind: 'later', status: 429, retryAfterSeconds: 7 }],
    ['429 without Retry-After', { answer: { status: 429 } }, { kind: 'later', status: 429 }],
    ['a dropped connection', { applied: true, drop: 'connection' }, { kind: 'unknown' }],
    ['half a body', { applied: true, drop: 'half-body' }, { kind: 'unknown' }],
    ['no answer', { hang: true }, { kind: 'unknown' }],
    ['a page of HTML', html, { kind: 'unknown' }],
    ['an error nobody knows', said('quantum_error'), { kind: 'unknown' }],
    ['internal_error: it may have succeeded in part', said('internal_error'), { kind: 'unknown' }],
    ['fatal_error', said('fatal_error'), { kind: 'unknown' }],
    ['ratelimited in the answer', said('ratelimited'), { kind: 'later' }],
    ['a refusal', said('not_in_channel'), { kind: 'not-done' }],
    ['success without a ts', { answer: { status: 200, body: { ok: true } } }, { kind: 'unknown' }],
  ]

  test.each(failures)(
    'is sent once whatever happens, and the failure says what is known: %s',
    async (_name, failure, expected) => {
      const { local, client } = await aSlack(timeoutFor(failure))
      local.fake.fail({ path: posts, times: Number.POSITIVE_INFINITY, failure })

      const known = await failureOf(client.post(words))

      expect(known).toEqual({
        service: 'slack',
        status: undefined,
        retryAfterSeconds: undefined,
        ...expected,
      })
      expect(local.fake.received('POST', posts)).toHaveLength(1)
    },
  )

  test('the library by itself would send it again after a 502', async () => {
    const { local } = await aSlack()
    local.fake.fail({ path: posts, times: 1, failure: { applied: true, answer: { status: 502 } } })

    await new WebClient(local.botToken, { slackApiUrl: local.apiUrl, logger: silent }).chat.postMessage(words)

    expect(local.fake.received('POST', posts)).toHaveLength(2)
    expect(local.messages(channel)).toHaveLength(2)
  })

  test('nobody there: it may be sent later', async () => {
    const { local, client } = await aSlack()
    await local.close()

    expect(await failureOf(client.post(words))).toMatchObject({ kind: 'later' })
  })

  test('a failure tells neither the token nor the text', async () => {
    const { local, client } = await aSlack()
    local.fake.fail({ path: posts, failure: html })

    const error: unknown = await client
      .post({ ...words, text: 'a secret' })
      .catch((thrown: unknown) => thrown)

    const all = JSON.stringify(error, Object.getOwnPropertyNames(error))
    expect(all).not.toMatch(/xoxb|secret|html/)
    expect(all).toContain('slack chat.postMessage')
  })
})

test('a 429 on a post holds back no modal: each lane waits for itself', async () => {
  const { local, client } = await aSlack()
  local.fake.fail({ path: posts, failure: rateLimited(30) })
  const trigger = local.space.newTrigger(PEOPLE.engineer.id)

  await failureOf(client.post(words))
  await client.openModal(trigger, {
    type: 'modal',
    title: { type: 'plain_text', text: 'A' },
    blocks: [{ type: 'divider' }],
  })

  expect(local.openView(PEOPLE.engineer.id)?.title).toBe('A')
})

describe('what is read', () => {
  test('who the bot is, and who others are', async () => {
    const { client } = await aSlack()

    expect(await client.whoAmI()).toMatchObject({ teamId: TEAM.id, userId: PEOPLE.bot.id })
    expect(await client.userInfo(PEOPLE.guest.id)).toEqual({
      id: PEOPLE.guest.id,
      teamIds: [TEAM.id],
      name: 'Gina Park',
      isDeleted: false,
      isBot: false,
      isGuest: true,
      isStranger: false,
    })
  })

  test('a channel by id, by name and by name with #; none that is not there', async () => {
    const { client } = await aSlack()
    const expected = {
      id: channel,
      name: 'privacy-team_help',
      isPrivate: true,
      isShared: false,
      isArchived: false,
      isMember: true,
    }

    expect(
      await client.channels([channel, 'privacy-team_help', '#privacy-team_help', 'C0NOTHERE', 'not-there']),
    ).toEqual([expected, expected, expected, undefined, undefined])
  })

  describe('channels by name in a large workspace', () => {
    async function aLargeSlack(pages: number) {
      const clock = { now: Date.parse('2026-03-02T10:00:00.000Z') }
      const waited: number[] = []
      const sleep = async (ms: number) => {
        waited.push(ms / 1000)
        clock.now += ms
      }
      const { local, client } = await aSlack({ now: () => new Date(clock.now), sleep })
      const own = local.space.channels.splice(0)
      const team = (n: number) => ({
        id: `C9${n}`,
        name: `team-${n}`,
        isPrivate: false,
        isShared: false,
        members: [],
      })
      local.space.channels.push(...Array.from({ length: pages * 1000 }, (_none, n) => team(n)), ...own)
      local.space.terms.limits = { postBurst: 1 }
      const pagesAsked = () => local.fake.received('POST', /conversations\.list/).length
      return { local, client, waited, pagesAsked }
    }

    test('are looked for in one pass, and what Slack turns away is asked again when it says', async () => {
      const { client, waited, pagesAsked } = await aLargeSlack(45)
      const told: number[] = []

      const found = await client.channels(['privacy-team_help', 'field-security'], (seconds) =>
        told.push(seconds),
      )

      expect(found.map((one) => one?.id)).toEqual(['C01PRIVACY', 'C01SECURITY'])
      expect(waited).toEqual([60, 60])
      expect(told).toEqual(waited)
      expect(pagesAsked()).toBe(46 + 2)
    })

    test('are looked for no further than to where they stand', async () => {
      const { client, pagesAsked } = await aLargeSlack(45)

      expect((await client.channels(['team-1500', 'team-20'])).map((one) => one?.id)).toEqual([
        'C91500',
        'C920',
      ])
      expect(pagesAsked()).toBe(2)
    })

    test.each([
      [{ status: 429, headers: { 'retry-after': '7' } }, 7],
      [{ status: 429, body: {} }, 60],
      [{ status: 200, body: { ok: false, error: 'ratelimited' } }, 60],
    ])('%j is waited out, too', async (answer, seconds) => {
      const { local, client, waited } = await aLargeSlack(0)
      local.fake.fail({ path: /conversations/, failure: { answer } })

      expect((await client.channels(['field-security'])).map((one) => one?.id)).toEqual(['C01SECURITY'])
      expect(waited).toEqual([seconds])
    })

    test('an archived one is not there', async () => {
      const { local, client } = await aSlack()
      local.space.archive('privacy-team_help')

      expect(await client.channels(['privacy-team_help'])).toEqual([undefined])
    })
  })

  test('all members over all pages, and no page twice', async () => {
    const { local, client } = await aSlack()
    const page = (members: readonly string[], next_cursor: string) => ({
      answer: { status: 200, body: { ok: true, members, response_metadata: { next_cursor } } },
    })
    local.fake.fail({ path: /members/, failure: page(['U1'], 'a') })
    local.fake.fail({ path: /members/, failure: page(['U2'], 'a') })

    expect(await client.channelMembers(channel)).toEqual(['U1', 'U2'])
  })

  test('after a timeout it may be read again', async () => {
    const { local, client } = await aSlack({ timeoutMs: 100 })
    local.fake.fail({ path: /users\.info/, failure: { hang: true } })

    expect(await failureOf(client.userInfo('U1'))).toMatchObject({ kind: 'later' })
  })
})

describe('a private answer', () => {
  const to = { userId: PEOPLE.engineer.id, channel }
  const message = { text: 'Only you see this' }
  const seen = (local: { ephemerals(userId: string): readonly { text: string }[] }) =>
    local.ephemerals(PEOPLE.engineer.id).map(({ text }) => text)

  test('goes where the person clicked', async () => {
    const { local, client } = await aSlack()
    const path = local.space.newResponseUrlPath({ userId: to.userId, channel })

    await client.answerPrivately({ ...to, responseUrl: local.url + path }, message)

    expect(seen(local)).toEqual(['Only you see this'])
    expect(local.fake.received('POST', /^\/response\//)).toHaveLength(1)
    expect(local.fake.received('POST', /postEphemeral/)).toHaveLength(0)
  })

  test('where that is closed, to the channel; where the person is not in it, directly', async () => {
    const { local, client } = await aSlack()

    await client.answerPrivately({ ...to, responseUrl: `${local.url}/response/expired` }, message)
    await client.answerPrivately({ userId: PEOPLE.engineer.id, channel: 'C0GONE' }, { text: 'Direct' })

    expect(seen(local)).toEqual(['Only you see this'])
    expect(local.messages(`D${PEOPLE.engineer.id.slice(1)}`).map(({ text }) => text)).toEqual(['Direct'])
  })

  test('is not said twice when its outcome is unknown', async () => {
    const { local, client } = await aSlack()
    const path = local.space.newResponseUrlPath({ userId: to.userId, channel })
    local.fake.fail({ path: /response/, failure: { applied: true, answer: { status: 503 } } })

    const failure = await failureOf(client.answerPrivately({ ...to, responseUrl: local.url + path }, message))

    expect(failure).toMatchObject({ kind: 'unknown', status: 503 })
    expect(seen(local)).toEqual(['Only you see this'])
  })

  test.each([
    'https://hooks.slack.com.evil.example/x',
    'https://evilhooks.slack.com/x',
    'https://evil.hooks.slack.com/x',
    'https://evil.example/hooks.slack.com',
    'http://hooks.slack.com/x',
    'https://user@hooks.slack.com/x',
    'http://169.254.169.254/latest',
    'file:///etc/passwd',
    'nonsense',
  ])('is never sent to %s', async (responseUrl) => {
    const asked: unknown[] = []
    const client = connectSlack({
      token: 'xoxb-1',
      sleep: async () => {},
      fetch: async (url) => {
        asked.push(url)
        return new Response('ok')
      },
    })

    expect(await failureOf(client.answerAt(responseUrl, message))).toMatchObject({ kind: 'not-done' })
    expect(asked).toEqual([])
  })

  test("follows Slack's own host, private, and no redirect", async () => {
    const asked: unknown[] = []
    const client = connectSlack({
      token: 'xoxb-1',
      sleep: async () => {},
      fetch: async (url, init) => {
        asked.push([String(url), init?.redirect, JSON.parse(String(init?.body))])
        return new Response('ok')
      },
    })

    await client.answerAt('https://hooks.slack.com/actions/T1/2/3', message)

    expect(asked).toEqual([
      [
        'https://hooks.slack.com/actions/T1/2/3',
        'error',
        { text: 'Only you see this', response_type: 'ephemeral', replace_original: false },
      ],
    ])
  })
})

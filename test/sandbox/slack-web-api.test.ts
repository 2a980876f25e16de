import type { WebClient } from '@slack/web-api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import { rateLimited, type Slack, startSlack } from '../../sandbox/slack/slack.ts'
import { clientOf, refusal } from './slack-client.ts'

const clock = new Date('2026-03-02T10:00:00.000Z')
let slack: Slack
let client: WebClient

beforeEach(async () => {
  slack = await startSlack({ now: () => clock })
  client = clientOf(slack)
})
afterEach(() => slack.close())

const channel = 'privacy-team_help'
const long = { type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3_000) } } as const
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } }) as const

describe('tokens', () => {
  test('the bot token tells who the bot is', async () => {
    const answer = await client.auth.test()

    expect(answer).toMatchObject({ ok: true, user_id: PEOPLE.bot.id, team_id: 'T01DESK', bot_id: 'B01DESK' })
  })

  test('another token is refused with invalid_auth, none with not_authed', async () => {
    const stranger = clientOf(slack, 'xoxb-wrong')
    const nobody = clientOf(slack, '')

    expect(await refusal(stranger.auth.test())).toBe('invalid_auth')
    expect(await refusal(nobody.auth.test())).toBe('not_authed')
  })

  test('a method that is not there is unknown', async () => {
    expect(await refusal(client.apiCall('chat.shout'))).toBe('unknown_method')
  })
})

describe('messages', () => {
  test('a message goes to a channel by its name or its id and keeps its metadata', async () => {
    const metadata = { event_type: 'card', event_payload: { op_id: 'op-1' } }

    const byName = await client.chat.postMessage({ channel, text: 'one', metadata })
    const byId = await client.chat.postMessage({
      channel: 'C01PRIVACY',
      text: 'two',
      blocks: [section('two')],
    })

    expect(slack.messages(channel).map(({ ts, text }) => ({ ts, text }))).toEqual([
      { ts: byName.ts, text: 'one' },
      { ts: byId.ts, text: 'two' },
    ])
    expect(slack.card('one').metadata).toEqual(metadata)
  })

  test('a reply stands in the thread, a reply to a reply in the same thread', async () => {
    const { ts = '' } = await client.chat.postMessage({ channel, text: 'card' })

    const reply = await client.chat.postMessage({ channel, text: 'first', thread_ts: ts })
    await client.chat.postMessage({ channel, text: 'second', thread_ts: reply.ts ?? '' })

    expect(slack.thread(ts).map(({ text }) => text)).toEqual(['first', 'second'])
    expect(slack.messages(channel).map(({ text }) => text)).toEqual(['card'])
  })

  test('an update keeps the timestamp, and the blocks where it names none', async () => {
    const { ts = '' } = await client.chat.postMessage({ channel, text: 'before', blocks: [section('body')] })

    await client.chat.update({ channel: 'C01PRIVACY', ts, text: 'after' })

    const message = slack.card('after')
    expect(message.ts).toBe(ts)
    expect(message.blocks.map((block) => block.text?.text)).toEqual(['body'])
    expect(message.editedTs).not.toBeUndefined()
  })

  test('a deleted message is gone, and can neither be updated nor linked to', async () => {
    const { ts = '' } = await client.chat.postMessage({ channel, text: 'short' })
    const link = await client.chat.getPermalink({ channel: 'C01PRIVACY', message_ts: ts })

    await client.chat.delete({ channel: 'C01PRIVACY', ts })

    expect(link.permalink).toBe(`https://desk-sandbox.slack.com/archives/C01PRIVACY/p${ts.replace('.', '')}`)
    expect(slack.messages(channel)).toEqual([])
    expect(await refusal(client.chat.update({ channel: 'C01PRIVACY', ts, text: 'x' }))).toBe(
      'message_not_found',
    )
    expect(await refusal(client.chat.getPermalink({ channel: 'C01PRIVACY', message_ts: ts }))).toBe(
      'message_not_found',
    )
  })

  test('a text that is too long is cut when it is posted', async () => {
    await client.chat.postMessage({ channel, text: 'x'.repeat(40_001) })

    expect(slack.messages(channel).map(({ text }) => text.length)).toEqual([40_000])
  })

  test('a text that is too long is refused when a message is changed', async () => {
    const { ts = '' } = await client.chat.postMessage({ channel, text: 'x' })

    const change = client.chat.update({ channel: 'C01PRIVACY', ts, text: 'x'.repeat(4_001) })

    expect(await refusal(change)).toBe('msg_too_long')
  })

  test('a private answer is seen by its person alone', async () => {
    await client.chat.postEphemeral({ channel, user: PEOPLE.engineer.id, text: 'for you' })

    expect(slack.ephemerals(PEOPLE.engineer.id).map(({ text }) => text)).toEqual(['for you'])
    expect(slack.ephemerals(PEOPLE.manager.id)).toEqual([])
    expect(slack.messages(channel)).toEqual([])
  })

  test.each([
    [
      'an unknown channel',
      () => client.chat.postMessage({ channel: 'nowhere', text: 'x' }),
      'channel_not_found',
    ],
    ['no text at all', () => client.chat.postMessage({ channel, text: '' }), 'no_text'],
    [
      'blocks that are too long together',
      () => client.chat.postMessage({ channel, text: 'x', blocks: Array.from({ length: 5 }, () => long) }),
      'msg_blocks_too_long',
    ],
    [
      'an archived channel',
      () => {
        slack.space.archive('general')
        return client.chat.postMessage({ channel: 'C01GENERAL', text: 'x' })
      },
      'is_archived',
    ],
    [
      'a thread that is not there',
      () => client.chat.postMessage({ channel, text: 'x', thread_ts: '1.000001' }),
      'thread_not_found',
    ],
    [
      'a private answer to somebody outside the channel',
      () => client.chat.postEphemeral({ channel, user: PEOPLE.stranger.id, text: 'x' }),
      'user_not_in_channel',
    ],
    [
      'blocks that break the limits',
      () => client.chat.postMessage({ channel, text: 'x', blocks: [section('x'.repeat(3001))] }),
      'invalid_blocks',
    ],
  ])('Slack refuses %s', async (_what, call, code) => {
    expect(await refusal(call())).toBe(code)
    expect(slack.messages(channel)).toEqual([])
  })

  test('when Slack is asked too much it answers 429 with Retry-After', async () => {
    slack.fake.fail({ path: /chat\.postMessage/, failure: rateLimited(7) })

    const failed = await client.chat.postMessage({ channel, text: 'x' }).catch((error: unknown) => error)

    expect(failed).toMatchObject({ retryAfter: 7 })
    expect((await client.chat.postMessage({ channel, text: 'x' })).ok).toBe(true)
  })
})

describe('people', () => {
  test('user groups list their handles and members', async () => {
    const { usergroups = [] } = await client.usergroups.list()
    const { users } = await client.usergroups.users.list({ usergroup: 'S01MANAGERS' })

    expect(usergroups.map(({ handle }) => handle)).toEqual([
      'support-engineers',
      'support-managers',
      'privacy-team',
      'field-security',
    ])
    expect(users).toEqual([PEOPLE.manager.id])
    expect(await refusal(client.usergroups.users.list({ usergroup: 'S0' }))).toBe('no_such_subteam')
  })

  test('guests, strangers, bots and people who left are told apart', async () => {
    const told = async (user: string) => {
      const { user: info } = await client.users.info({ user })
      return [info?.is_restricted, info?.is_stranger, info?.is_bot, info?.deleted, info?.team_id]
    }

    expect(await told(PEOPLE.engineer.id)).toEqual([false, false, false, false, 'T01DESK'])
    expect(await told(PEOPLE.guest.id)).toEqual([true, false, false, false, 'T01DESK'])
    expect(await told(PEOPLE.stranger.id)).toEqual([false, true, false, false, 'T02OTHER'])
    expect(await told(PEOPLE.bot.id)).toEqual([false, false, true, false, 'T01DESK'])
    expect((await told(PEOPLE.left.id))[3]).toBe(true)
    expect(await refusal(client.users.info({ user: 'U0' }))).toBe('user_not_found')
  })

  test('a private channel is listed only where private channels are asked for', async () => {
    const all = await client.conversations.list({ types: 'private_channel' })
    const open = await client.conversations.list()
    const info = await client.conversations.info({ channel: 'C01PRIVACY' })

    expect(all.channels?.map(({ name }) => name)).toEqual(['privacy-team_help', 'field-security'])
    expect(open.channels?.map(({ name }) => name)).toEqual(['general'])
    expect([info.channel?.is_private, info.channel?.is_ext_shared]).toEqual([true, false])
  })

  test('long lists come in pages', async () => {
    const first = await client.conversations.members({ channel: 'C01PRIVACY', limit: 6 })
    const cursor = first.response_metadata?.next_cursor ?? ''
    const second = await client.conversations.members({ channel: 'C01PRIVACY', limit: 6, cursor })

    expect([...(first.members ?? []), ...(second.members ?? [])]).toEqual([
      ...(slack.space.channel('C01PRIVACY')?.members ?? []),
    ])
    expect(second.response_metadata?.next_cursor).toBe('')
  })
})

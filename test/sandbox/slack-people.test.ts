import { App, HTTPReceiver } from '@slack/bolt'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import { type Slack, startSlack } from '../../sandbox/slack/slack.ts'
import { clientOf, silent } from './slack-client.ts'

let clock = new Date('2026-03-02T10:00:00.000Z')
let slack: Slack
let bolt: App
const seen: unknown[] = []

beforeEach(async () => {
  clock = new Date('2026-03-02T10:00:00.000Z')
  seen.length = 0
  slack = await startSlack({ now: () => clock })
  const receiver = new HTTPReceiver({ signingSecret: slack.signingSecret, logger: silent })
  bolt = new App({
    token: slack.botToken,
    receiver,
    logger: silent,
    clientOptions: { slackApiUrl: slack.apiUrl },
  })
  listen(bolt)
  const server = await bolt.start({ port: 0, host: '127.0.0.1' })
  const { port } = server.address() as { readonly port: number }
  slack.app = { url: `http://127.0.0.1:${port}/slack/events`, signingSecret: slack.signingSecret }
})
afterEach(async () => {
  await bolt.stop()
  await slack.close()
})

const plain = (text: string) => ({ type: 'plain_text' as const, text })
const modal = (title: string) => ({
  type: 'modal' as const,
  callback_id: 'start',
  notify_on_close: true,
  title: plain(title),
  submit: plain('Start'),
  blocks: [
    {
      type: 'input' as const,
      block_id: 'kind',
      label: plain('Account type'),
      element: {
        type: 'static_select' as const,
        action_id: 'choice',
        options: [
          { text: plain('Free'), value: 'free' },
          { text: plain('Corporate'), value: 'corporate' },
        ],
      },
    },
    {
      type: 'input' as const,
      block_id: 'words',
      optional: true,
      label: plain('Further words'),
      element: { type: 'plain_text_input' as const, action_id: 'text' },
    },
  ],
})

function listen(app: App): void {
  app.action('start', async ({ ack, body, client }) => {
    await ack()
    seen.push(body)
    if ('trigger_id' in body) await client.views.open({ trigger_id: body.trigger_id, view: modal('First') })
  })
  app.action('more', async ({ ack, action, respond }) => {
    await ack()
    seen.push(action)
    await respond({ text: 'only for you', replace_original: false })
  })
  app.view('start', async ({ ack, view, body }) => {
    seen.push({ user: body.user.id, values: view.state.values })
    const words = view.state.values.words?.text?.value
    if (words === 'errors') return ack({ response_action: 'errors', errors: { words: 'Say more.' } })
    if (words === 'update') return ack({ response_action: 'update', view: modal('Second') })
    if (words === 'push') return ack({ response_action: 'push', view: modal('Above') })
    return words === 'clear' ? ack({ response_action: 'clear' }) : ack()
  })
  app.view({ callback_id: 'start', type: 'view_closed' }, async ({ ack, body }) => {
    await ack()
    seen.push(body.type)
  })
  app.command('/privacy', async ({ ack, command }) => {
    seen.push(command)
    await (command.text === 'list' ? ack({ text: '2 open requests' }) : ack())
  })
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [{ type: 'divider' }] } })
  })
}

async function postedCard(): Promise<string> {
  const { ts = '' } = await clientOf(slack).chat.postMessage({
    channel: 'privacy-team_help',
    text: 'Request #123',
    blocks: [
      {
        type: 'actions',
        block_id: 'buttons',
        elements: [
          { type: 'button', action_id: 'start', text: plain('Start'), value: '123' },
          {
            type: 'button',
            action_id: 'deny',
            text: plain('Fail Verification'),
            confirm: {
              title: plain('Sure?'),
              text: plain('It is sent.'),
              confirm: plain('Send'),
              deny: plain('No'),
            },
          },
          {
            type: 'overflow',
            action_id: 'more',
            options: [
              { text: plain('Mark Spam'), value: 'spam' },
              { text: plain('Show Details'), value: 'details' },
            ],
          },
        ],
      },
    ],
  })
  return ts
}

async function openedModal(): Promise<string> {
  await slack.click(PEOPLE.engineer.id, await postedCard(), { button: 'Start' })
  await expect.poll(() => slack.openView(PEOPLE.engineer.id)).toBeDefined()
  return slack.openView(PEOPLE.engineer.id)?.id ?? ''
}

describe('clicks', () => {
  test('a click reaches the app signed, with who, where, what, and a trigger that opens a modal', async () => {
    const ts = await postedCard()

    const answer = await slack.click(PEOPLE.engineer.id, ts, { button: 'Start' })

    expect(answer).toMatchObject({ status: 200, body: undefined })
    await expect.poll(() => slack.openView(PEOPLE.engineer.id)?.title).toBe('First')
    expect(seen).toMatchObject([
      {
        type: 'block_actions',
        team: { id: 'T01DESK' },
        user: { id: PEOPLE.engineer.id, team_id: 'T01DESK', username: 'ada' },
        channel: { id: 'C01PRIVACY', name: 'privacy-team_help' },
        container: { type: 'message', message_ts: ts, channel_id: 'C01PRIVACY', is_ephemeral: false },
        message: { ts, text: 'Request #123', bot_id: 'B01DESK' },
        actions: [
          { type: 'button', action_id: 'start', block_id: 'buttons', value: '123', text: plain('Start') },
        ],
      },
    ])
  })

  test('a choice in a menu carries the option, and its response_url answers privately', async () => {
    await slack.select(PEOPLE.engineer.id, await postedCard(), 'more', 'Show Details')

    await expect
      .poll(() => slack.ephemerals(PEOPLE.engineer.id).map(({ text }) => text))
      .toEqual(['only for you'])
    expect(seen).toMatchObject([{ type: 'overflow', selected_option: { value: 'details' } }])
  })

  test('a button that asks for confirmation cannot be clicked without', async () => {
    const ts = await postedCard()

    expect(() => slack.clickPayload(PEOPLE.engineer.id, ts, { button: 'Fail Verification' })).toThrow(
      'It is sent.',
    )
    expect(slack.clickPayload(PEOPLE.engineer.id, ts, 'deny', { confirm: true })).toMatchObject({
      actions: [{ action_id: 'deny' }],
    })
  })

  test('somebody outside the channel cannot click until let in, which makes the channel a shared one', async () => {
    const ts = await postedCard()

    await expect(slack.click(PEOPLE.stranger.id, ts, 'start').catch(String)).resolves.toContain('is not in')
    slack.join('privacy-team_help', PEOPLE.stranger.id)
    await slack.click(PEOPLE.stranger.id, ts, 'start')

    expect(seen).toMatchObject([{ user: { id: PEOPLE.stranger.id, team_id: 'T02OTHER' } }])
    expect(slack.space.channel('privacy-team_help')?.isShared).toBe(true)
  })
})

describe('modals', () => {
  test('a submit carries the values and closes the modal', async () => {
    const viewId = await openedModal()

    const answer = await slack.submit(PEOPLE.engineer.id, viewId, { 'Account type': 'Corporate' })

    expect(answer.status).toBe(200)
    expect(slack.openView(PEOPLE.engineer.id)).toBeUndefined()
    expect(seen.at(-1)).toEqual({
      user: PEOPLE.engineer.id,
      values: {
        kind: {
          choice: {
            type: 'static_select',
            selected_option: { text: plain('Corporate'), value: 'corporate' },
          },
        },
        words: { text: { type: 'plain_text_input', value: null } },
      },
    })
  })

  test.each([
    ['errors', ['First'], { words: 'Say more.' }],
    ['update', ['Second'], {}],
    ['push', ['First', 'Above'], {}],
    ['clear', [], undefined],
  ])('the answer %s changes what is open', async (words, titles, errors) => {
    const viewId = await openedModal()

    await slack.submit(PEOPLE.engineer.id, viewId, { kind: 'free', words })

    expect(slack.space.openViews(PEOPLE.engineer.id).map(({ title }) => title)).toEqual(titles)
    expect(slack.openView(PEOPLE.engineer.id)?.errors).toEqual(errors)
  })

  test('a required input must be filled in, as in Slack', async () => {
    const viewId = await openedModal()

    await expect(slack.submit(PEOPLE.engineer.id, viewId)).rejects.toThrow('Account type')
    await expect(slack.submit(PEOPLE.engineer.id, viewId, { kind: 'Premium' })).rejects.toThrow('No option')
  })

  test('closing tells the app where the modal asks for it', async () => {
    await openedModal()

    await slack.closeView(PEOPLE.engineer.id)

    expect(slack.openView(PEOPLE.engineer.id)).toBeUndefined()
    expect(seen.at(-1)).toBe('view_closed')
  })
})

describe('commands and events', () => {
  test('a command is answered to the asker alone', async () => {
    const answer = await slack.command(PEOPLE.manager.id, 'privacy-team_help', '/privacy', 'list')

    expect(answer).toMatchObject({ status: 200, body: { text: '2 open requests' } })
    expect(slack.ephemerals(PEOPLE.manager.id).map(({ text }) => text)).toEqual(['2 open requests'])
    expect(seen).toMatchObject([
      { command: '/privacy', text: 'list', user_id: PEOPLE.manager.id, channel_id: 'C01PRIVACY' },
    ])
  })

  test('an event arrives as JSON', async () => {
    const answer = await slack.event({ type: 'app_home_opened', user: PEOPLE.engineer.id, tab: 'home' })

    expect(answer.status).toBe(200)
    await expect.poll(() => slack.home(PEOPLE.engineer.id)?.blocks.length).toBe(1)
  })

  test('the Home that is drawn again is the same one, so that a click on what was drawn before finds it', async () => {
    const draw = async (user_id: string) =>
      (
        await clientOf(slack).views.publish({
          user_id,
          view: { type: 'home', blocks: [{ type: 'divider' }] },
        })
      ).view
    const first = await draw(PEOPLE.engineer.id)

    const again = await draw(PEOPLE.engineer.id)

    expect(again?.id).toBe(first?.id)
    expect(again?.hash).not.toBe(first?.hash)
    expect((await draw(PEOPLE.manager.id))?.id).not.toBe(first?.id)
  })
})

describe('forged requests', () => {
  const body = `payload=${encodeURIComponent(JSON.stringify({ type: 'block_actions', actions: [] }))}`

  test.each([
    ['signed with another secret', { secret: 'another' }],
    ['older than five minutes', { timestamp: Math.floor(Date.now() / 1000) - 301 }],
    ['without a true signature', { signature: 'v0=00' }],
  ])('a request %s is refused', async (_what, forgery) => {
    expect((await slack.deliverSigned(body, forgery)).status).toBe(401)
    expect(seen).toEqual([])
  })
})

describe('response urls', () => {
  const post = (path: string, text: string) =>
    fetch(slack.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
    })

  test('a response url serves five times', async () => {
    const path = slack.space.newResponseUrlPath({ userId: PEOPLE.engineer.id, channel: 'C01PRIVACY' })

    const answers = await Promise.all(['1', '2', '3', '4', '5'].map((text) => post(path, text)))

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect((await post(path, '6')).status).toBe(404)
  })

  test('a response url serves for thirty minutes', async () => {
    const path = slack.space.newResponseUrlPath({ userId: PEOPLE.engineer.id, channel: 'C01PRIVACY' })
    clock = new Date(clock.getTime() + 30 * 60_000 + 1)

    expect((await post(path, 'late')).status).toBe(404)
    expect(slack.ephemerals(PEOPLE.engineer.id)).toEqual([])
  })
})

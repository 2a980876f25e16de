import { App } from '@slack/bolt'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import { type Slack, startSlack } from '../../sandbox/slack/slack.ts'
import { clientOf, silent } from './slack-client.ts'

let slack: Slack
let bolt: App
const seen: string[] = []

beforeEach(async () => {
  seen.length = 0
  slack = await startSlack({ now: () => new Date('2026-03-02T10:00:00.000Z') })
  bolt = new App({
    token: slack.botToken,
    appToken: slack.appToken,
    socketMode: true,
    logger: silent,
    clientOptions: { slackApiUrl: slack.apiUrl },
  })
  bolt.command('/privacy', async ({ ack, command }) => {
    seen.push(command.text)
    await ack({ text: 'usage' })
  })
  bolt.action('start', async ({ ack, body }) => {
    seen.push(body.user.id)
    await ack()
  })
  bolt.event('app_home_opened', async ({ event }) => {
    seen.push(event.tab ?? '')
  })
  await bolt.start()
})
afterEach(async () => {
  await bolt.stop()
  await slack.close()
})

test('with a connection open, commands, clicks and events come through it and are acknowledged', async () => {
  const { ts = '' } = await clientOf(slack).chat.postMessage({
    channel: 'privacy-team_help',
    text: 'card',
    blocks: [
      {
        type: 'actions',
        elements: [{ type: 'button', action_id: 'start', text: { type: 'plain_text', text: 'Start' } }],
      },
    ],
  })

  const command = await slack.command(PEOPLE.engineer.id, 'privacy-team_help', '/privacy', 'help')
  const click = await slack.click(PEOPLE.manager.id, ts, { button: 'Start' })
  const event = await slack.event({ type: 'app_home_opened', user: PEOPLE.engineer.id, tab: 'home' })

  expect(slack.socket.connections()).toBe(1)
  expect([command.status, click.status, event.status]).toEqual([200, 200, 200])
  expect(command.body).toEqual({ text: 'usage' })
  expect(slack.ephemerals(PEOPLE.engineer.id).map(({ text }) => text)).toEqual(['usage'])
  await expect.poll(() => seen).toEqual(['help', PEOPLE.manager.id, 'home'])
})

test('a client that is told to go closes its connection', async () => {
  slack.socket.disconnect('refresh_requested')

  await expect.poll(() => slack.socket.isConnected()).toBe(false)
})

test('an address without a ticket opens no connection', async () => {
  const opened = await new Promise<boolean>((resolve) => {
    const socket = new WebSocket(`${slack.url.replace('http', 'ws')}/link/?ticket=made-up`)
    socket.onopen = () => resolve(true)
    socket.onerror = () => resolve(false)
  })

  expect(opened).toBe(false)
  expect(slack.socket.connections()).toBe(1)
})

test('the bot token opens no Socket Mode connection', async () => {
  const answer = await fetch(`${slack.apiUrl}apps.connections.open`, {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.botToken}` },
  })

  expect(await answer.json()).toEqual({ ok: false, error: 'invalid_auth' })
})

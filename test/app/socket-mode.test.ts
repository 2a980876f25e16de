import { describe, expect, it } from 'vitest'
import { channel, people, snippet, startWorld } from './desk-world.ts'

const socketWorld = () => startWorld({ sockets: true, env: { SLACK_APP_TOKEN: 'xapp-sandbox-app-token' } })

describe('Socket Mode', () => {
  it('is connected when the bot is ready, and there is no route for Slack', async () => {
    const world = await socketWorld()

    const ready = await fetch(`${world.url}/readyz`)
    const events = await fetch(`${world.url}/slack/events`, { method: 'POST', body: 'payload={}' })

    expect(world.slack.socket.connections()).toBe(1)
    expect(ready.status).toBe(200)
    expect(events.status).toBe(404)
  })

  it('a signed click over HTTP is not taken beside it', async () => {
    const world = await socketWorld()
    const iid = await world.request()
    const click = world.slack.clickPayload(
      people.engineer.id,
      world.card(iid),
      { button: 'Mark Spam' },
      { confirm: true },
    )

    const body = new URLSearchParams({ payload: JSON.stringify(click) }).toString()
    const { status } = await world.slack.deliverSigned(body)
    await world.settle()

    expect(status).toBe(404)
    expect(world.done(iid)).toEqual([])
  })

  it('a click, a modal and a command do what they do over HTTP', async () => {
    const world = await socketWorld()
    const iid = await world.request()
    const entries = { 'Account type': 'free', 'Reason in the requester’s comment': 'none' }

    const submitted = await world.decide(iid, 'Start', entries)
    world.gitlab.requesterReplies(iid, 'My answers')
    await world.settle()
    const clicked = await world.click(iid, 'Fail Verification')
    await world.slack.command(people.engineer.id, channel, '/privacy', `show ${iid}`)

    expect([submitted.status, clicked.status]).toEqual([200, 200])
    expect(world.done(iid)).toEqual([
      'add account-deletion::personal',
      'add Awaiting::Challenge Answers',
      `reply: ${snippet('closed-verification-failed')}`,
      'add Account Verification Failed',
      'add deletion request::denied',
      'closed',
    ])
    await expect.poll(() => world.told(people.engineer.id).join('\n')).toContain(`#${iid}`)
  })

  it('a modal that is refused says so at its field', async () => {
    const world = await socketWorld()
    const iid = await world.request()

    const answer = await world.decide(iid, 'Close Duplicate', { 'Which issue stays open?': `#${iid}` })

    expect(answer.body).toMatchObject({ response_action: 'errors' })
    expect(world.done(iid)).toEqual([])
  })

  it('the same submit delivered again is one decision', async () => {
    const world = await socketWorld()
    const iid = await world.request()
    const view = await world.openModal(iid, 'Mark Spam')
    const submit = world.slack.submitPayload(people.engineer.id, view?.id ?? '')

    await world.slack.socket.send('interactive', submit)
    await world.slack.socket.send('interactive', submit)
    await world.settle()

    expect(world.done(iid)).toEqual(['add Invalid Request::Spam', 'closed'])
    expect(world.told(people.engineer.id)).toEqual([])
  })

  it('a click by somebody without a role is refused privately', async () => {
    const world = await socketWorld()
    const iid = await world.request()

    await world.click(iid, 'Mark Spam', people.member.id)

    expect(world.done(iid)).toEqual([])
    expect(world.told(people.member.id)).toEqual([
      'Only a support engineer or a support manager can use Mark Spam. Ask <!subteam^S01ENGINEERS> <!subteam^S01MANAGERS>.',
    ])
  })

  it('a connection that Slack ends is made anew, and clicks work again', async () => {
    const world = await socketWorld()
    const iid = await world.request()

    world.slack.socket.disconnect('refresh_requested')
    await expect
      .poll(() => world.slack.fake.received('POST', /apps\.connections\.open/).length, { timeout: 10_000 })
      .toBe(2)
    await expect.poll(() => world.slack.socket.isConnected(), { timeout: 10_000 }).toBe(true)
    await expect.poll(async () => (await fetch(`${world.url}/readyz`)).status, { timeout: 10_000 }).toBe(200)
    await world.click(iid, 'Mark Spam')

    expect(world.done(iid)).toEqual(['add Invalid Request::Spam', 'closed'])
  })

  it('while Slack gives no connection the bot is not ready, and says why', async () => {
    const world = await socketWorld()
    const failure = { answer: { status: 500, body: 'down' } } as const
    world.slack.fake.fail({ path: /apps\.connections\.open/, times: Infinity, failure })

    world.slack.socket.disconnect('link_disabled')

    const readyz = async () => (await fetch(`${world.url}/readyz`)).text()
    await expect.poll(readyz, { timeout: 10_000 }).toContain('the Socket Mode connection is down')
    world.slack.fake.heal()
    await expect.poll(readyz, { timeout: 15_000 }).toBe('ready\n')
  })
})

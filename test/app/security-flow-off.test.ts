/** Without ZENDESK_URL everything Zendesk is off, and says so. Through the whole app. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { startZendesk } from '../../sandbox/zendesk/zendesk.ts'
import { people, securityChannel, startWorld } from './desk-world.ts'
import { askSecurity, batchMessages, securityDigests } from './ticket-acts.ts'

describe('Without ZENDESK_URL', () => {
  test.each(['', 'help', 'list', 'show 5001', 'claim 5001', 'batch', 'stats'])(
    '“/security %s” says that the desk is off',
    async (text) => {
      const world = await startWorld()

      const answer = await askSecurity(world, text)

      expect(answer.split('\n')[0]).toBe(
        'The security desk isn’t switched on here. For personal data requests, use /privacy help.',
      )
    },
  )

  test('nobody is told more than anybody else', async () => {
    const world = await startWorld()

    const answer = await askSecurity(world, 'list', people.engineer.id)

    expect(answer).toContain('The security desk isn’t switched on here.')
  })

  test('nothing is asked of Zendesk, though the other variables are set', async () => {
    const zendesk = await startZendesk({ now: () => new Date('2026-03-01T10:00:00.000Z') })
    onTestFinished(() => zendesk.close())
    zendesk.submitTicket('Is it safe?')
    const world = await startWorld({ env: { ZENDESK_URL: '' } })

    await world.advance({ days: 1 })

    expect(zendesk.fake.requests).toEqual([])
    expect(world.slack.messages(securityChannel)).toEqual([])
  })

  test('the webhook’s route is not there', async () => {
    const world = await startWorld()

    const answer = await world.fetch(`${world.url}/webhooks/zendesk`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ticket_id: '5001' }),
    })

    expect(answer.status).toBe(404)
  })

  test('the log says it in one line', async () => {
    const world = await startWorld()

    await world.advance({ days: 1 })

    const said = world.logged.filter((line) => line.includes('ZENDESK_URL'))
    expect(said.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      'ZENDESK_URL is not set: the security desk and everything Zendesk is off',
    ])
  })

  test('no digest and no list of reports comes into the security channel', async () => {
    const world = await startWorld()

    await world.advance({ days: 4 })

    expect([securityDigests(world), batchMessages(world)]).toEqual([[], []])
  })
})

test('With ZENDESK_URL but without ZENDESK_WEBHOOK_SECRET the route is not there, and polling alone serves', async () => {
  const world = await startWorld({ zendesk: true, webhook: false, env: { ZENDESK_WEBHOOK_SECRET: '' } })
  world.zendesk.submitTicket('Is it safe?')

  const answer = await world.fetch(`${world.url}/webhooks/zendesk`, { method: 'POST', body: '{}' })
  await world.settle()

  expect(answer.status).toBe(404)
  expect(
    world.slack.messages(securityChannel).filter(({ text }) => text.startsWith('Security ticket ')),
  ).toHaveLength(1)
})

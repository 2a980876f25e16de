/** `/security` over Slack. */

import { describe, expect, test } from 'vitest'
import { PEOPLE, TEAM } from '../../sandbox/slack/people.ts'
import { security } from '../../src/desks/security.ts'
import { aCardState } from '../views/a-card-state.ts'
import { aTicketState } from '../views/a-ticket-state.ts'
import { textsOf } from '../views/block-kit-rules.ts'
import { aSlackApp, eventually } from './a-desk.ts'

const agent = PEOPLE.fieldSecurity.id
const channel = 'field-security'

async function aSecurityDesk() {
  const world = await aSlackApp()
  world.desk.states.set('t-1', aTicketState())
  return world
}

type World = Awaited<ReturnType<typeof aSecurityDesk>>

async function typed(world: World, text: string, userId: string = agent) {
  const acknowledged = await world.slack.command(userId, channel, '/security', text)
  await eventually(() => world.slack.ephemerals(userId).length).toBe(1)
  const [message] = world.slack.ephemerals(userId)
  const shown = textsOf(message?.blocks)
    .map((one) => one.text)
    .join('\n')
  return { acknowledged, message, shown }
}

describe('answers privately', () => {
  test('list with the open tickets', async () => {
    const world = await aSecurityDesk()

    const { acknowledged, message, shown } = await typed(world, 'list overdue')

    expect(acknowledged).toMatchObject({ status: 200, body: undefined })
    expect(world.desk.listed).toEqual(['overdue'])
    expect(message?.text).toBe('1 open ticket (Overdue), by due date')
    expect(shown).toContain('ticket 456')
  })

  test('list with a step', async () => {
    const world = await aSecurityDesk()

    await typed(world, 'list queued')

    expect(world.desk.listed).toEqual([{ step: 'queued' }])
  })

  test('show with the ticket and its buttons, which work like the card’s', async () => {
    const world = await aSecurityDesk()
    world.desk.log.push('8 March 2026, 10:00: opened')

    const { message, shown } = await typed(world, 'show 456')

    if (!message) throw new Error('no answer')
    expect(message.text).toContain('icket 456')
    expect(shown).toContain('8 March 2026, 10:00: opened')
    expect(world.slack.buttons(message)).toContain('Engage Expert')
  })

  test('show of a ticket that the bot does not know', async () => {
    const world = await aSecurityDesk()

    expect((await typed(world, 'show 9')).message?.text).toBe(
      'I’m not tracking ticket 9: it isn’t in the Field Security queue, or it was solved long ago. `/security list` shows the open ones.',
    )
  })

  test('batch with the next distribution days', async () => {
    const world = await aSecurityDesk()
    const { request } = aTicketState({ step: 'queued' })
    world.desk.batches.set('2026-03-12', {
      desk: security,
      day: '2026-03-12',
      reports: [{ request, report: 'pen test', isSent: false }],
    })

    const { message, shown } = await typed(world, 'batch')

    expect(message?.text).toBe('Compliance reports of the next distribution days')
    expect(shown).toContain('ticket 456> · pen test · not sent yet')
  })

  test('stats of so many days', async () => {
    const world = await aSecurityDesk()

    const { message } = await typed(world, 'stats 7d')

    expect(message?.text).toBe(
      'Security tickets, the last 7 days: 0 tickets came in, 0 handled, 0 open now, 0 overdue',
    )
  })

  test.each([
    ['', 'How to use /security'],
    ['help', 'How to use /security'],
    ['track 5', 'I don’t understand “track 5”, so nothing was done.'],
    [
      'list wating-on-expert',
      'I don’t understand “wating-on-expert” after `/security list`, so nothing was done. Did you mean `/security list waiting-on-expert`?',
    ],
    ['stat 7d', 'I don’t understand “stat 7d”, so nothing was done. Did you mean `/security stats 30d`?'],
  ])('unknown or empty input with usage: %j', async (text, told) => {
    const { message, shown } = await typed(await aSecurityDesk(), text)

    expect(message?.text).toBe(told)
    expect(shown).toContain('`/security show 456`')
  })
})

describe('claim', () => {
  test('is stored before it is acknowledged, and answered when it is done', async () => {
    const { slack, desk } = await aSecurityDesk()

    const acknowledged = await slack.command(agent, channel, '/security', 'claim 456')

    expect(acknowledged).toMatchObject({ status: 200, body: undefined })
    expect(desk.received).toEqual([
      {
        kind: 'command',
        key: expect.stringMatching(/^command:\d/),
        payload: {
          command: 'claim',
          source: 'zendesk',
          iid: 456,
          answerTo: {
            userId: agent,
            teamId: TEAM.id,
            channel: 'C01SECURITY',
            responseUrl: expect.any(String),
          },
        },
      },
    ])
    expect(slack.ephemerals(agent)).toEqual([])
  })

  test('that can’t be stored is not acknowledged, and the person is told', async () => {
    const { slack, desk, told } = await aSecurityDesk()
    desk.broken = true

    const acknowledged = await slack.command(agent, channel, '/security', 'claim 456')

    expect(acknowledged.status).toBe(500)
    expect(told(agent)[0]).toContain('ref-1')
  })
})

describe('is for Field Security', () => {
  test.each(['list', 'show 456', 'claim 456', 'batch', 'stats'])(
    '%s is refused without the role, whatever other role somebody has',
    async (text) => {
      const world = await aSecurityDesk()

      const { message } = await typed(world, text, PEOPLE.manager.id)

      expect(message?.text).toBe('Only Field Security can do that.')
      expect(world.desk.received).toEqual([])
      expect(world.desk.listed).toEqual([])
    },
  )

  test.each([
    ['list', ''],
    ['show 456', 't-1'],
    ['show 9', ''],
    ['claim 456', 't-1'],
    ['batch', ''],
    ['stats', ''],
  ])('the refusal of %s stands in the audit log', async (text, requestId) => {
    const world = await aSecurityDesk()

    await typed(world, text, PEOPLE.manager.id)

    expect(world.desk.refused).toEqual([
      {
        requestId,
        decision: text.split(' ')[0],
        userId: PEOPLE.manager.id,
        because: 'Only Field Security can do that.',
      },
    ])
  })

  test('a guest is refused', async () => {
    const { message } = await typed(await aSecurityDesk(), 'list', PEOPLE.guest.id)

    expect(message?.text).toBe('Guests can’t use Privacy Desk. Ask a colleague who isn’t a guest.')
  })

  test('but anybody may read how it is used', async () => {
    const { message } = await typed(await aSecurityDesk(), 'help', PEOPLE.member.id)

    expect(message?.text).toBe('How to use /security')
  })

  test('and Field Security may not ask the privacy desk', async () => {
    const world = await aSecurityDesk()
    world.desk.states.set('r-1', aCardState())

    await world.slack.command(agent, 'privacy-team_help', '/privacy', 'show 123')

    await eventually(() => world.told(agent)).toEqual([
      'Only support engineers, support managers and Privacy can do that.',
    ])
  })
})

test.each(['list', 'show 456', 'claim 456', 'batch', 'stats', 'help', ''])(
  'without Zendesk %j says that the desk is off, and nothing is asked or stored',
  async (text) => {
    const world = await aSecurityDesk()
    world.desk.hasSecurityDesk = false

    const { message } = await typed(world, text)

    expect(message?.text).toContain('The security desk isn’t switched on here.')
    expect(world.desk.received).toEqual([])
    expect(world.desk.listed).toEqual([])
  },
)

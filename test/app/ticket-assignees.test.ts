/** A claim in Slack and the assignee in Zendesk are one thing where config/desk.yaml says who is who. */
import { describe, expect, test } from 'vitest'
import { zendeskAgentId } from '../../sandbox/zendesk/zendesk.ts'
import { modalAfter, people, securityChannel, type WorldOptions } from './desk-world.ts'
import {
  agent,
  aTicket,
  decideOnTicket,
  mailsOf,
  ticketCard,
  ticketCardText,
  ticketThread,
  type WithTicket,
} from './ticket-acts.ts'

/** Kenji is Sam Agent in Zendesk, and nobody else is known there. */
const linked =
  (id: number = zendeskAgentId) =>
  (text: string) =>
    text.replace('people: []', `people:\n  - {slack: ${agent}, zendesk: ${id}}`)

const start = (options: WorldOptions = {}) => aTicket({ deskYaml: linked(), ...options })

async function claim({ world, ticket }: WithTicket, by: string = agent) {
  const view = await modalAfter(world, by, () =>
    world.slack.command(by, securityChannel, '/security', `claim ${ticket}`),
  )
  if (view) await world.slack.submit(by, view.id, {})
  await world.drain()
}

const assignee = ({ world, ticket }: WithTicket) => world.zendesk.ticket(ticket).assigneeId
const asked = ({ world, ticket }: WithTicket) =>
  world.zendesk.fake
    .received('PUT', new RegExp(`tickets/${ticket}(?:\\.json)?$`))
    .map(({ body }) => (body as { ticket: { assignee_id?: unknown } }).ticket.assignee_id)

describe('A claim sets the assignee in Zendesk', () => {
  test('where the account is known, once, and Unassign takes it off', async () => {
    const given = await start()

    await claim(given)
    const claimed = assignee(given)
    await given.world.slack.click(agent, ticketCard(given), { button: 'Unassign' })
    await given.world.drain()

    expect([claimed, assignee(given)]).toEqual([zendeskAgentId, undefined])
    expect(asked(given)).toEqual([zendeskAgentId, null])
    expect(ticketThread(given)).toEqual([])
  })

  test('and what is decided then is not taken for a change by somebody else', async () => {
    const given = await start()
    await claim(given)

    await decideOnTicket(given, 'Reply', { 'Reply to the requester': 'It is.' })

    expect(mailsOf(given)).toEqual(['It is.'])
    expect(ticketCardText(given)).toContain('Solved')
  })

  test('without a known account nothing is asked of Zendesk', async () => {
    const given = await aTicket()

    await claim(given)

    expect(ticketCardText(given)).toContain(`Assigned to <@${agent}>`)
    expect(asked(given)).toEqual([])
  })

  test('an assignee whom the bot has not set is not taken off', async () => {
    const given = await start()
    await claim(given)
    given.world.zendesk.someoneAssigns(given.ticket, 6001)

    await given.world.slack.click(agent, ticketCard(given), { button: 'Unassign' })
    await given.world.drain()

    expect(assignee(given)).toBe(6001)
  })

  test('whom Zendesk does not take is told so, and the claim stands here', async () => {
    const given = await start({ deskYaml: linked(999_999) })

    await claim(given)

    expect(given.world.told(agent)).toEqual([
      `Ticket ${given.ticket} is yours now.`,
      `Ticket ${given.ticket} is yours here, but Zendesk didn’t take you as its assignee: check your user id in config/desk.yaml, and that you’re in the ticket’s group.`,
    ])
    expect(ticketCardText(given)).toContain(`Assigned to <@${agent}>`)
  })

  test('whoever gives a ticket to somebody whom Zendesk does not take is told of them', async () => {
    const colleague = people.member.id
    const given = await start({
      deskYaml: (text) => text.replace('people: []', `people:\n  - {slack: ${colleague}, zendesk: 999999}`),
    })
    const { world, ticket } = given
    world.slack.setGroupMembers('field-security', [agent, colleague])
    world.clock.advance({ minutes: 2 })

    const view = await modalAfter(world, agent, () =>
      world.slack.click(agent, ticketCard(given), { button: 'Assign…' }),
    )
    if (view) await world.slack.submit(agent, view.id, { 'Assign to': colleague })
    await world.drain()

    expect(world.told(agent)).toEqual([
      `Ticket ${ticket} is assigned to <@${colleague}> now.`,
      `Ticket ${ticket} is assigned to <@${colleague}> here, but Zendesk didn’t take them as its assignee: check their user id in config/desk.yaml, and that they’re in the ticket’s group.`,
    ])
  })

  test('while Zendesk is down it waits, and is set once it is back, once', async () => {
    const given = await start()
    const { world } = given
    world.zendesk.fake.fail({ method: 'PUT', times: 2, failure: { answer: { status: 503, body: {} } } })

    await claim(given)
    await world.advance({ minutes: 5 })
    await world.advance({ hours: 1 })

    expect(assignee(given)).toBe(zendeskAgentId)
    expect(ticketThread(given).filter((text) => text.includes('unassigned'))).toEqual([])
  })
})

describe('An assignee set in Zendesk counts like a claim', () => {
  test('whoever is assigned there has it here, and is told by whom', async () => {
    const given = await start()

    given.world.zendesk.someoneAssigns(given.ticket, zendeskAgentId)
    await given.world.advance({ minutes: 3 })

    expect(ticketCardText(given)).toContain(`Assigned to <@${agent}>`)
    expect(ticketThread(given)).toEqual([
      `<@${agent}> somebody in Zendesk has assigned ticket ${given.ticket} to you.`,
    ])
    expect(asked(given)).toEqual([])
  })

  test('who is taken off there has it no more here', async () => {
    const given = await start()
    await claim(given)

    given.world.zendesk.someoneAssigns(given.ticket, undefined)
    await given.world.advance({ minutes: 3 })

    expect(ticketCardText(given)).toContain('Unassigned')
    expect(ticketThread(given)).toEqual([
      `<@${agent}> somebody in Zendesk has unassigned you from ticket ${given.ticket}.`,
    ])
  })

  test('one whom nobody knows changes nothing', async () => {
    const given = await start()

    given.world.zendesk.someoneAssigns(given.ticket, 6001)
    await given.world.advance({ minutes: 3 })

    expect(ticketCardText(given)).toContain('Unassigned')
  })
})

/** A colleague answers in Zendesk: signed in with the bot's own account, or as an agent who is in copy. */
import { describe, expect, test } from 'vitest'
import { zendeskAgentId, zendeskBotId, zendeskEmail } from '../../sandbox/zendesk/zendesk.ts'
import {
  agent,
  aTicket,
  decideOnTicket,
  engaged,
  mailsOf,
  openOnTicket,
  ticketCardText,
  ticketThread,
  type WithTicket,
} from './ticket-acts.ts'

const label = 'Reply to the requester'
const byHand = { body: 'Yes, since 2020.', public: true } as const

const sightings = async (world: Awaited<ReturnType<typeof aTicket>>['world']) =>
  (await world.audit())
    .filter(({ details }) => details.name === 'public-reply-seen')
    .map(({ details }) => details.by)

describe('An answer by hand under the bot’s own account', () => {
  test('counts as an answer of an agent', async () => {
    const given = await engaged()
    const { world, ticket } = given
    await world.advance({ hours: 20 })

    world.zendesk.someoneCommentsAsBot(ticket, byHand)
    await world.drain()

    expect(ticketCardText(given)).toMatch(/Last reply to the requester: Mar 3, 6:/)
    expect(await sightings(world)).toEqual(['zendesk:6001'])
  })

  test('refuses what was written on the ticket as it was before, and is named as what it is', async () => {
    const given = await aTicket()
    const { world, ticket } = given
    const view = await openOnTicket(given, 'Reply')
    world.clock.advance({ minutes: 1 })
    world.zendesk.someoneCommentsAsBot(ticket, byHand)

    await world.slack.submit(agent, view?.id ?? '', { [label]: 'No.' })
    await world.drain()

    const told = [
      ...world.told(agent),
      ...ticketThread(given),
      JSON.stringify(world.slack.openView(agent)),
    ].join('\n')
    expect(told).toMatch(/an agent wrote a public answer/i)
    expect(told).not.toMatch(/the bot wrote/i)
    expect(mailsOf(given)).toEqual([byHand.body])
  })

  test('is not seen in what the bot itself wrote', async () => {
    const given = await engaged()
    const { world, ticket } = given

    world.zendesk.requesterReplies(ticket, 'And the backups?')
    await world.settle()

    expect(mailsOf(given)).toHaveLength(1)
    expect(await sightings(world)).toEqual([])
  })
})

describe('An answer by hand of an agent who is in copy', () => {
  const sam = { name: 'Sam Agent', email: 'sam.agent@example.com' }
  const ccs = [sam]

  const answered = ({ world, ticket }: WithTicket) => world.zendesk.someoneComments(ticket, byHand)

  test('is an answer to the requester: nobody is asked for another once the ticket is solved', async () => {
    const given = await aTicket({ ccs })
    const { world, ticket } = given

    answered(given)
    world.zendesk.someoneSolves(ticket)
    await world.settle()

    expect(ticketThread(given)).toEqual([
      '<!subteam^S01FIELDSEC> Ticket 5001: solved in Zendesk, not by the bot.',
    ])
    expect(ticketCardText(given)).toContain('Handled in Zendesk, outside Privacy Desk.')
    expect(await sightings(world)).toEqual([`zendesk:${zendeskAgentId}`])
  })

  test('is not said to be the requester’s while an expert has the ticket', async () => {
    const given = await engaged({ ccs })
    const before = ticketThread(given)
    await given.world.advance({ hours: 20 })

    answered(given)
    await given.world.drain()

    expect(ticketThread(given)).toEqual(before)
    expect(ticketCardText(given)).toMatch(/Last reply to the requester: Mar 3, 6:/)
    expect(ticketCardText(given)).not.toContain('The requester wrote')
  })

  test('does not make them the one who reopened a solved ticket', async () => {
    const given = await aTicket({ ccs })
    const { world, ticket } = given
    await decideOnTicket(given, 'Reply', { [label]: 'Yes.' })
    await world.advance({ minutes: 5 })

    world.zendesk.ticket(ticket).status = 'open'
    answered(given)
    await world.settle()

    expect(ticketThread(given).at(-1)).toContain(`Ticket ${ticket} is open again`)
    expect(ticketThread(given).join('\n')).not.toContain('The requester replied')
  })

  test('is named as what it is to whoever was about to reply', async () => {
    const given = await aTicket({ ccs })
    const { world } = given
    const view = await openOnTicket(given, 'Reply')
    world.clock.advance({ minutes: 1 })
    answered(given)

    await world.slack.submit(agent, view?.id ?? '', { [label]: 'No.' })

    expect(JSON.stringify(world.slack.openView(agent))).toMatch(/an agent wrote a public answer/i)
    expect(mailsOf(given)).toEqual([byHand.body])
  })

  test('is the requester’s where it is their own ticket', async () => {
    const { world } = await aTicket()
    const { id: ticket } = world.zendesk.submitTicket('Is it safe?', { from: sam, ccs })
    await world.drain()

    answered({ world, ticket })
    await world.drain()

    expect(ticketThread({ world, ticket })).toEqual([
      expect.stringContaining(`The requester replied on ticket ${ticket}.`),
    ])
  })

  test('counts as well where they are in the bot’s own account, and that is in copy', async () => {
    const given = await engaged({ ccs: [{ name: 'Desk Bot', email: zendeskEmail }] })
    const { world, ticket } = given
    await world.advance({ hours: 20 })

    world.zendesk.someoneCommentsAsBot(ticket, byHand)
    await world.drain()

    expect(ticketCardText(given)).toMatch(/Last reply to the requester: Mar 3, 6:/)
    expect(await sightings(world)).toEqual([`zendesk:${zendeskBotId}`])
  })
})

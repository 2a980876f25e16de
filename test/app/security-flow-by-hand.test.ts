/** A colleague answers in Zendesk, signed in with the bot's own account. */
import { describe, expect, test } from 'vitest'
import {
  agent,
  aTicket,
  engaged,
  mailsOf,
  openOnTicket,
  ticketCardText,
  ticketThread,
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

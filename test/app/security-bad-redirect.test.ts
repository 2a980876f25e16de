/** What becomes of a ticket that was given to support. Through the whole app. */
import { describe, expect, test } from 'vitest'
import { securityGroupId, supportGroupId } from '../../sandbox/zendesk/zendesk.ts'
import { keptToItself, privateTicket } from './kept-to-itself.ts'
import {
  decideOnTicket,
  mailsOf,
  ticketCard,
  ticketCards,
  ticketCardText,
  ticketThread,
} from './ticket-acts.ts'

keptToItself()

const open = 'Needs a reply from Field Security'
const forwarded = 'Forwarded to support'

describe('A ticket that was redirected', () => {
  test('stays with support whatever is written or changed there: no card comes back', async () => {
    const given = await privateTicket()
    const { world, ticket } = given
    await decideOnTicket(given, 'Redirect: Support')
    const before = ticketCard(given)

    for (const act of [
      () => world.zendesk.someoneComments(ticket, { body: 'Wayne, support here.', public: true }),
      () => world.zendesk.requesterReplies(ticket, 'Wayne says thanks.'),
      () => world.zendesk.someoneComments(ticket, { body: 'Wayne is happy.', public: false }),
      () => world.zendesk.someoneSolves(ticket),
      () => world.zendesk.requesterReplies(ticket, 'Wayne is not content.'),
      () => world.zendesk.closes(ticket),
    ]) {
      act()
      await world.advance({ minutes: 10 })
    }
    await world.restart()

    expect(ticketCards(given)).toHaveLength(1)
    expect(ticketCard(given).ts).toBe(before.ts)
    expect(ticketCardText(given)).toContain(forwarded)
    expect(ticketThread(given)).toEqual([])
    expect(mailsOf(given)).toEqual(['Wayne, support here.'])
  })

  test('comes back, too, where it was with support already when it was first seen', async () => {
    const { world } = await privateTicket()
    const { id: ticket } = world.zendesk.submitTicket('Mr Wayne asks again.', { groupId: supportGroupId })
    await world.settle()
    const given = { world, ticket }
    await decideOnTicket(given, 'Redirect: Support')
    const meanwhile = ticketCardText(given)

    world.zendesk.someoneMoves(ticket, securityGroupId)
    await world.settle()

    expect(meanwhile).toContain(forwarded)
    expect(ticketCardText(given)).toContain(open)
  })

  test('comes back when support gives it back, with a new business day', async () => {
    const given = await privateTicket()
    const { world, ticket } = given
    await decideOnTicket(given, 'Redirect: Support')
    await world.advance({ days: 2 })

    world.zendesk.someoneMoves(ticket, securityGroupId)
    await world.settle()

    expect(ticketCardText(given)).toContain(open)
    expect(ticketCardText(given)).toContain('Due Mar 5, 10:00 AM UTC')
    expect(world.slack.buttons(ticketCard(given))).toContain('Reply')
    await decideOnTicket(given, 'Reply', { 'Reply to the requester': 'Dear Mr Wayne, yes.' })
    expect(mailsOf(given)).toEqual(['Dear Mr Wayne, yes.'])
  })

  test.each([true, false])('and back and forth, the card follows (webhooks: %s)', async (webhook) => {
    const given = await privateTicket({ webhook })
    const { world, ticket } = given
    const seen: string[] = []
    for (const group of [supportGroupId, securityGroupId, supportGroupId, securityGroupId]) {
      world.zendesk.someoneMoves(ticket, group)
      await world.advance({ minutes: 5 })
      seen.push(ticketCardText(given).includes(open) ? 'here' : 'there')
    }

    expect(seen).toEqual(['there', 'here', 'there', 'here'])
    expect(world.zendesk.fake.received('PUT', /./)).toEqual([])
  })

  test('twice, given back in between, says so to support twice', async () => {
    const given = await privateTicket()
    const { world, ticket } = given
    await decideOnTicket(given, 'Redirect: Support')
    world.zendesk.someoneMoves(ticket, securityGroupId)
    await world.advance({ minutes: 5 })
    await decideOnTicket(given, 'Redirect: Support', { 'Internal note for support': 'Wayne again.' })

    expect(world.zendesk.ticket(ticket).groupId).toBe(supportGroupId)
    expect(world.zendesk.fake.received('PUT', /./)).toHaveLength(2)
    expect(ticketCardText(given)).toContain(forwarded)
  })

  test('and is deleted, then restored at home, comes back', async () => {
    const given = await privateTicket()
    const { world, ticket } = given
    world.zendesk.deletes(ticket)
    await world.advance({ minutes: 5 })
    const deleted = ticketCardText(given)

    world.zendesk.restores(ticket)
    await world.advance({ minutes: 5 })

    expect(deleted).toContain('Deleted in Zendesk')
    expect(ticketCardText(given)).toContain(open)
  })
})

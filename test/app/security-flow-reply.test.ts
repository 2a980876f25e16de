/** "Reply": Field Security answers itself, and the ticket is solved. Through the whole app. */
import { describe, expect, test } from 'vitest'
import {
  addedTo,
  agent,
  askSecurity,
  aTicket,
  decideOnTicket,
  expectNothingPersonal,
  mailsOf,
  openOnTicket,
  ticketCard,
  ticketCardText,
  ticketThread,
} from './ticket-acts.ts'

const label = 'Reply to the requester'
const answer = 'Hello,\n\nyes: AES-256, see https://example.com/trust.\n\nKind regards'

describe('Reply', () => {
  test('sends what stands in the field, once, as one public comment that solves the ticket', async () => {
    const given = await aTicket()
    const { world, ticket } = given

    await decideOnTicket(given, 'Reply', { [label]: answer })
    await world.restart()
    await world.passTime(3, 30)

    expect(addedTo(given)).toEqual([{ body: answer, public: true }])
    expect(world.zendesk.ticket(ticket).status).toBe('solved')
    expect(mailsOf(given)).toEqual([answer])
    expect(world.zendesk.fake.received('PUT', /./)).toHaveLength(1)
  })

  test('leaves a card that is solved, with who and when, and no button', async () => {
    const given = await aTicket()

    await decideOnTicket(given, 'Reply', { [label]: answer })

    const { ticket, world } = given
    const lines = ticketCardText(given).split('\n')
    expect([lines[0], lines[2], ...lines.slice(4)]).toEqual([
      `Security ticket ${ticket}: Solved.`,
      '*Solved: answered*, Mar 2, 10:00 AM UTC',
      `<@${agent}> chose *Reply*, Mar 2, 10:00 AM UTC · *Done.*`,
    ])
    expect(world.slack.buttons(ticketCard(given))).toEqual([])
    expectNothingPersonal(given, 'AES-256', 'requester@example.com')
  })

  test('of nothing is refused under its field', async () => {
    const given = await aTicket()

    const refused = await decideOnTicket(given, 'Reply', { [label]: '  \n ' })

    expect(refused.body).toEqual({
      response_action: 'errors',
      errors: { 'field:answer': 'Fill this in.' },
    })
    expect(addedTo(given)).toEqual([])
  })

  test('on a ticket that has changed meanwhile sends nothing, shows what is new, and keeps what was typed', async () => {
    const given = await aTicket()
    const { world, ticket } = given
    const view = await openOnTicket(given, 'Reply')
    world.clock.advance({ minutes: 5 })
    world.zendesk.requesterReplies(ticket, 'I mean backups, too.')

    await world.slack.submit(agent, view?.id ?? '', { [label]: answer })
    const again = JSON.stringify(world.slack.openView(agent)?.blocks)
    const before = mailsOf(given)
    await world.slack.submit(agent, world.slack.openView(agent)?.id ?? '')
    await world.settle()

    expect(again).toContain('Nothing was sent: the ticket has changed since you opened this.')
    expect(again).toContain('the requester wrote, Mar 2, 10:05 AM UTC')
    expect(again).toContain('I mean backups, too.')
    expect(before).toEqual([])
    expect(mailsOf(given)).toEqual([answer])
    expect(world.zendesk.ticket(ticket).status).toBe('solved')
  })

  test('clicked by two people sends the first answer alone', async () => {
    const given = await aTicket()
    const { world } = given
    world.slack.setGroupMembers('field-security', [agent, 'U01MEMBER'])
    const mine = await openOnTicket(given, 'Reply')
    const theirs = await openOnTicket(given, 'Reply', 'U01MEMBER')

    await world.slack.submit(agent, mine?.id ?? '', { [label]: answer })
    await world.settle()
    await world.slack.submit('U01MEMBER', theirs?.id ?? '', { [label]: 'Another answer.' })
    await world.settle()

    expect(mailsOf(given)).toEqual([answer])
    expect(world.told('U01MEMBER')).toEqual([
      expect.stringContaining(`Reply was not done: ticket ${given.ticket} has changed`),
    ])
  })

  test('that Zendesk does not take says so on the card, and Try Again sends it', async () => {
    const given = await aTicket()
    const { world } = given
    const body = { error: 'RecordInvalid', description: 'Record validation errors' }
    world.zendesk.fake.fail({ method: 'PUT', failure: { answer: { status: 422, body } } })

    await decideOnTicket(given, 'Reply', { [label]: answer })
    const failed = ticketCardText(given)
    const before = mailsOf(given)
    await world.slack.click(agent, ticketCard(given), { button: 'Try Again' })
    await world.settle()

    expect(failed).toContain('FAILED')
    expect(before).toEqual([])
    expect(mailsOf(given)).toEqual([answer])
    expect(ticketCardText(given)).toContain('*Done.*')
  })

  test('that Zendesk keeps internal says so on the card, and Try Again writes nothing more', async () => {
    const given = await aTicket()
    const { world, ticket } = given
    world.zendesk.account.onlyPrivateComments = true

    await decideOnTicket(given, 'Reply', { [label]: answer })
    const card = ticketCardText(given)
    await world.slack.click(agent, ticketCard(given), { button: 'Try Again' })
    await world.settle()

    expect(card).toContain(
      `FAILED: Zendesk did not do all of it on ticket ${ticket}: it kept the answer as an internal comment. The requester got nothing.`,
    )
    expect(card).not.toContain('*Done.*')
    expect(ticketCardText(given)).toContain('FAILED')
    expect([mailsOf(given), addedTo(given)]).toEqual([[], [{ body: answer, public: false }]])
  })

  test('by an agent in Zendesk solves it here too, and the bot sends nothing', async () => {
    const given = await aTicket()
    const { world, ticket } = given

    world.zendesk.someoneComments(ticket, { body: answer, public: true })
    world.zendesk.someoneSolves(ticket)
    await world.settle()

    expect(ticketCardText(given)).toMatch(
      /\*Solved in Zendesk\*[\s\S]*\nHandled in Zendesk, outside Privacy Desk\./,
    )
    expect(world.zendesk.fake.received('PUT', /./)).toEqual([])
    expect(ticketThread(given)).toEqual([
      '<!subteam^S01FIELDSEC> Ticket 5001: solved in Zendesk, not by the bot.',
    ])
  })
})

describe('The business day of a ticket that was answered', () => {
  test.each([
    [{ hours: 23 }, '1, 1 of them within the business day (100%)', '23 hours'],
    [{ hours: 25 }, '1, 0 of them within the business day (0%)', '25 hours'],
  ])('is kept or missed in the statistics: after %o', async (later, share, median) => {
    const given = await aTicket()
    await given.world.advance(later)

    await decideOnTicket(given, 'Reply', { [label]: answer })

    const onTime = share.includes('(100%)') ? '1, 1 of them on time (100%)' : '1, 0 of them on time (0%)'
    expect((await askSecurity(given.world, 'stats')).split('\n').slice(1)).toEqual([
      'Security tickets, the last 30 days',
      '1 ticket came in.',
      `Handled: ${share}.`,
      `• Reply: ${share}`,
      `Median time until a ticket was handled: ${median}.`,
      `Closed: ${onTime}.`,
      `Until somebody first worked on a ticket: median ${median}, 90% within ${median}.`,
      `Until a ticket was closed: median ${median}, 90% within ${median}.`,
      'Open now: 0, 0 of them overdue.',
      '*Closed, by what closed them*',
      '• Reply: 1',
    ])
  })
})

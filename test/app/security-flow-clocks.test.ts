/** One business day to handle a ticket: when it ends, who is reminded, and that across holidays and time zones. Through the whole app. */
import { describe, expect, test } from 'vitest'
import { askSecurity, aTicket, decideOnTicket, ticketCardText, ticketThread } from './ticket-acts.ts'

const soon = (end: string): unknown =>
  expect.stringMatching(
    new RegExp(`^<!subteam\\^S01FIELDSEC> Ticket 5001 is due ${end}, in \\d hours?\\. Next: “.*”\\.$`),
  )
const overdue = (end: string): unknown =>
  expect.stringMatching(
    new RegExp(`^<!subteam\\^S01FIELDSEC> Ticket 5001 has been overdue since ${end}\\. Next: “.*”\\.$`),
  )

describe('One business day ends at the same local time on the next business day', () => {
  test.each([
    ['of a Tuesday', '2026-03-03T09:30:00.000Z', 'Due Mar 4, 9:30 AM UTC'],
    ['of a Friday 15:00', '2026-03-06T15:00:00.000Z', 'Due Mar 9, 3:00 PM UTC'],
    [
      'of a Thursday before Independence Day, observed on Friday',
      '2026-07-02T16:00:00.000Z',
      'Due Jul 6, 4:00 PM UTC',
    ],
    ['of a Saturday, which counts from Monday 00:00', '2026-03-07T12:00:00.000Z', 'Due Mar 9'],
    ['of a holiday, which counts from the next business day 00:00', '2026-05-25T12:00:00.000Z', 'Due May 26'],
    ['of the Wednesday before Thanksgiving', '2026-11-25T08:00:00.000Z', 'Due Nov 27, 8:00 AM UTC'],
  ])('the clock %s', async (_of, startsAt, ends) => {
    const given = await aTicket({ startsAt })

    expect(ticketCardText(given)).toContain(ends)
  })

  test.each([
    [
      'in spring, when the night has an hour less',
      '2026-03-06T20:00:00.000Z',
      'Due Mar 9, 3:00 PM America/New_York',
      '2026-03-09T19:00:00.000Z',
    ],
    [
      'in autumn, when the night has an hour more',
      '2026-10-30T19:00:00.000Z',
      'Due Nov 2, 3:00 PM America/New_York',
      '2026-11-02T20:00:00.000Z',
    ],
  ])('in New York, %s', async (_when, startsAt, ends, overAt) => {
    const given = await aTicket({ startsAt, env: { TIMEZONE: 'America/New_York' } })
    const { world } = given
    const card = ticketCardText(given)

    world.clock.advance({ seconds: (Date.parse(overAt) - world.clock.now().getTime()) / 1000 - 60 })
    await world.settle()
    const inTime = await askSecurity(world, 'list overdue')
    await world.advance({ minutes: 2 })

    expect(card).toContain(ends)
    expect(inTime).toContain('Nothing overdue.')
    expect(await askSecurity(world, 'list overdue')).toContain('1 open ticket')
  })
})

describe('Field Security is reminded', () => {
  test('three hours before the end, once, and once when it is overdue', async () => {
    const given = await aTicket()
    const { world } = given
    await world.advance({ hours: 20, minutes: 59 })
    const tooEarly = ticketThread(given)

    await world.advance({ minutes: 1 })
    await world.restart()
    await world.advance({ hours: 1 })
    const before = ticketThread(given)
    await world.advance({ hours: 2 })
    await world.restart()
    await world.advance({ days: 3 })

    const end = 'Mar 3, 10:00 AM UTC'
    expect(tooEarly).toEqual([])
    expect(before).toEqual([soon(end)])
    expect(ticketThread(given)).toEqual([soon(end), overdue(end)])
  })

  test('of nothing once the ticket is handled', async () => {
    const given = await aTicket()
    await decideOnTicket(given, 'Redirect: Copyright')

    await given.world.advance({ hours: 21 })
    await given.world.advance({ days: 3 })

    expect(ticketThread(given)).toEqual([])
  })

  test('anew of a ticket that was reopened', async () => {
    const given = await aTicket()
    const { world, ticket } = given
    await world.advance({ hours: 25 })
    await decideOnTicket(given, 'Reply', { 'Reply to the requester': 'Yes.' })
    await world.advance({ hours: 1 })
    world.zendesk.requesterReplies(ticket, 'Really?')
    await world.settle()

    await world.advance({ hours: 21 })
    await world.advance({ hours: 3 })

    const again = 'Mar 4, 12:00 PM UTC'
    expect(ticketThread(given)).toEqual([
      overdue('Mar 3, 10:00 AM UTC'),
      '<!subteam^S01FIELDSEC> The requester replied on ticket 5001, so it is open again: its business day starts anew.',
      soon(again),
      overdue(again),
    ])
  })

  test.each([
    ['five hours before its end', 19, '4 hours left'],
    ['in its last hour', 23.5, 'less than an hour left'],
  ])(
    'by the card, which says by when, and by the list, which says what is left, %s',
    async (_when, hours, left) => {
      const given = await aTicket()

      await given.world.advance({ minutes: hours * 60 + 1 })

      expect(ticketCardText(given)).toContain('Due Mar 3, 10:00 AM UTC')
      expect(await askSecurity(given.world, 'list')).toMatch(
        left.includes('hours') ? left : /\d\d minutes left/,
      )
    },
  )

  test('by the card too, which says since when it is overdue', async () => {
    const given = await aTicket()

    await given.world.advance({ hours: 26 })

    expect(ticketCardText(given)).toContain('*Overdue:* was due Mar 3, 10:00 AM UTC')
  })
})

/** `/security`, through the whole app. */
import { describe, expect, test } from 'vitest'
import { people, securityChannel, textOf } from './desk-world.ts'
import { agent, aQueue, askSecurity, aTicket, decideOnTicket, seen, ticketCardText } from './ticket-acts.ts'

describe('/security list', () => {
  test('shows the open tickets by due date, each with where it stands, what is left and its card', async () => {
    const { world, tickets } = await aQueue()

    const answer = await askSecurity(world, 'list')

    const [overdue, waiting, queued, fresh] = tickets
    expect(seen(answer)).toEqual([
      '4 open tickets, by due date',
      '4 open tickets, by due date',
      `ticket ${overdue} · New: needs a first reply · overdue by 3 days · Unassigned · Open`,
      `ticket ${fresh} · New: needs a first reply · 23 hours left · Unassigned · Open`,
      `ticket ${queued} · Report queued for its distribution day · planned for Thu, Mar 5 · Unassigned · Open`,
      `ticket ${waiting} · Waiting on Application Security · 7 days left · Unassigned · Open`,
    ])
  })

  test.each([
    ['list overdue', [0]],
    ['list waiting', [1, 2]],
    ['list unassigned', [0, 1, 2]],
    ['list queued', [2]],
    ['list waiting-on-expert', [1]],
    ['list waiting on expert', [1]],
    ['list new', [0, 3]],
    ['list mine', [3]],
  ])('“%s” shows those alone', async (text, which) => {
    const { world, tickets } = await aQueue()
    await askSecurity(world, `claim ${tickets[3]}`)

    const answer = await askSecurity(world, text)

    const shown = [...answer.matchAll(/\|ticket (\d+)>/g)].map(([, number]) => Number(number))
    expect(shown.toSorted()).toEqual(which.map((one) => tickets[one]))
  })
})

describe('/security show', () => {
  test('tells the step, why the clock ends when it ends, the log and the buttons', async () => {
    const { world, ticket } = await aTicket()

    const lines = seen(await askSecurity(world, `show ${ticket}`))

    expect(lines).toEqual([
      `Security ticket ${ticket}: details`,
      `Security ticket ${ticket}`,
      '*New: needs a first reply*',
      'Needs a reply from Field Security · Handbook: Reply',
      `Ticket ${ticket} in Zendesk · received Mar 2, 10:00 AM UTC · Unassigned`,
      '*Deadlines*',
      '• Business day: due Mar 3, 10:00 AM UTC (1 day left), received Mar 2, 10:00 AM UTC: “Field Security has a 1 business-day SLA to handle the ticket”',
      '*History*',
      '• Mar 2, 10:00 AM UTC: taken in as Security ticket, by the bot',
      'Reply',
      'Claim',
      'Engage Expert',
      'Compliance Report',
      'Redirect: Support',
      'Redirect: Vulnerability',
      'Redirect: Copyright',
      'Read Ticket',
      'Assign…',
    ])
  })

  test('has buttons that work as those of the card', async () => {
    const { world, ticket } = await aTicket()
    await askSecurity(world, `show ${ticket}`)
    const answer = world.slack.ephemerals(agent).at(-1)

    await world.slack.click(agent, answer ?? '', { button: 'Redirect: Copyright' })
    await expect.poll(() => world.slack.openView(agent), { timeout: 5_000 }).toBeDefined()
    await world.slack.submit(agent, world.slack.openView(agent)?.id ?? '')
    await world.settle()

    expect(world.zendesk.ticket(ticket).status).toBe('solved')
  })

  test('of a ticket that the bot does not know says so', async () => {
    const { world } = await aTicket()

    expect(await askSecurity(world, 'show 77')).toContain('I’m not tracking ticket 77:')
  })
})

describe('/security claim', () => {
  test('notes on the card who works on it; the ticket in Zendesk stays as it is', async () => {
    const given = await aTicket()
    const { world, ticket } = given

    const [first] = seen(await askSecurity(world, `claim ${ticket}`))
    const [again] = seen(await askSecurity(world, `claim #${ticket}`))

    expect([first, again]).toEqual([`Ticket ${ticket} is yours now.`, `Ticket ${ticket} is yours already.`])
    expect(ticketCardText(given)).toContain(`Assigned to <@${agent}>`)
    expect(world.zendesk.fake.received('PUT', /./)).toEqual([])
    const claims = (await world.audit()).filter(({ what }) => what === 'claimed')
    expect(claims.map(({ who, details }) => ({ who, details }))).toEqual([
      { who: `slack:${agent}`, details: { ticket } },
    ])
  })

  test('of a ticket that the bot does not know, or that is solved, says so', async () => {
    const given = await aTicket()
    await decideOnTicket(given, 'Redirect: Copyright')

    const unknown = await askSecurity(given.world, 'claim 77')
    const solved = await askSecurity(given.world, `claim ${given.ticket}`)

    expect(unknown).toContain('I’m not tracking ticket 77')
    expect(seen(solved)[0]).toBe(`Ticket ${given.ticket} is closed.`)
  })
})

describe('/security stats', () => {
  test('counts what came in and how it was handled in the days asked for', async () => {
    const { world, ticket } = await aTicket()
    await decideOnTicket({ world, ticket }, 'Redirect: Copyright')
    await world.advance({ days: 10 })
    const second = world.zendesk.submitTicket('Two').id
    await world.advance({ hours: 2 })
    await decideOnTicket({ world, ticket: second }, 'Redirect: Support')

    const month = await askSecurity(world, 'stats')
    const week = await askSecurity(world, 'stats 7d')

    expect(seen(month).slice(1)).toEqual([
      'Security tickets, the last 30 days',
      '2 tickets came in.',
      'Handled: 2, 2 of them within the business day (100%).',
      '• Redirect: Copyright: 1, 1 of them within the business day (100%)',
      '• Redirect: Support: 1, 1 of them within the business day (100%)',
      'Median time until a ticket was handled: 1 hour.',
      'Closed: 2, 2 of them on time (100%).',
      'Until somebody first worked on a ticket: median 1 hour, 90% within 2 hours.',
      'Until a ticket was closed: median 1 hour, 90% within 2 hours.',
      'Open now: 0, 0 of them overdue.',
      '*Closed, by what closed them*',
      '• Redirect: Copyright: 1',
      '• Redirect: Support: 1',
    ])
    expect(seen(week).slice(1)).toEqual([
      'Security tickets, the last 7 days',
      '1 ticket came in.',
      'Handled: 1, 1 of them within the business day (100%).',
      '• Redirect: Support: 1, 1 of them within the business day (100%)',
      'Median time until a ticket was handled: 2 hours.',
      'Closed: 1, 1 of them on time (100%).',
      'Until somebody first worked on a ticket: median 2 hours, 90% within 2 hours.',
      'Until a ticket was closed: median 2 hours, 90% within 2 hours.',
      'Open now: 0, 0 of them overdue.',
      '*Closed, by what closed them*',
      '• Redirect: Support: 1',
    ])
  })

  test('of nothing says that nothing was handled', async () => {
    const { world } = await aTicket()

    expect(seen(await askSecurity(world, 'stats 1')).slice(2)).toEqual([
      '1 ticket came in.',
      'None was handled.',
      'None was closed.',
      'Open now: 1, 0 of them overdue.',
    ])
  })
})

describe('/security', () => {
  test.each([
    '',
    'help',
    'nonsense',
    'show',
    'claim twelve',
    'list solved',
    'batch now',
    'stats 0',
    'stats 999',
  ])('“%s” answers with usage', async (text) => {
    const { world } = await aTicket()

    const answer = await askSecurity(world, text)

    const isHelp = text === '' || text === 'help'
    expect(seen(answer)[0]).toMatch(
      isHelp
        ? /^How to use \/security$/
        : /^(?:I don’t understand “.+” after `\/security \w+`, so nothing was done\.|I don’t understand “nonsense”, so nothing was done\.|`\/security show` needs more: `\/security show 456`\.)/,
    )
    expect(seen(answer)).toContain('*Commands of /security*')
  })

  test.each(['list', 'show 5001', 'claim 5001', 'batch', 'stats'])(
    'is for Field Security: “%s” of a support manager is refused',
    async (text) => {
      const { world, ticket } = await aTicket()

      const answer = await askSecurity(world, text, people.manager.id)

      expect(seen(answer)[0]).toBe('Only Field Security can do that.')
      expect(ticketCardText({ world, ticket })).toContain('Unassigned')
    },
  )

  test('explains itself to anybody', async () => {
    const { world } = await aTicket()

    const answer = await askSecurity(world, 'help', people.engineer.id)

    expect(seen(answer)[0]).toBe('How to use /security')
  })

  test('answers nobody but who asked, and with no word of a ticket', async () => {
    const { world, tickets } = await aQueue()
    const before = world.slack.messages(securityChannel).length

    for (const text of ['list', `show ${tickets[0]}`, 'batch', 'stats', 'help'])
      await askSecurity(world, text)

    expect(world.slack.messages(securityChannel)).toHaveLength(before)
    for (const word of ['encrypted', 'Robin', 'requester@example.com', 'Initech'])
      expect(world.slack.ephemerals(agent).map(textOf).join('\n')).not.toContain(word)
  })
})

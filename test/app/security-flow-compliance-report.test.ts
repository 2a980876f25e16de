/** "Compliance Report Requests": who may ask for which, what is confirmed, what is queued. Through the whole app. */
import { describe, expect, test } from 'vitest'
import * as texts from '../../src/flows/ticket-texts.ts'
import {
  addedTo,
  agent,
  aTicket,
  customerReport,
  decideOnTicket,
  draftIn,
  expectNothingPersonal,
  mailsOf,
  openOnTicket,
  ticketCard,
  ticketCardText,
  ticketThread,
} from './ticket-acts.ts'

const verified = 'How the customer’s status was verified'
const confirmedFor = (day: string) => texts.reportConfirmed.replace('{distribution day}', day)
const reports = ['SOC 2 Type 1', 'pen test', 'SOC 2 Type 1 and pen test'] as const

/** The card's line of the promise. */
/** `Thu, Mar 5` for `Thursday 5 March 2026` */
const short = (day: string) => day.replace(/^(\w{3})\w* (\d+) (\w{3})\w* \d{4}$/, '$1, $3 $2')
const promise = (report: string, day: string) => `*${report}* report: due ${day}.`

describe('A report is promised', () => {
  test.each(reports)('to a customer: %s', async (Report) => {
    const given = await aTicket()

    await decideOnTicket(given, 'Compliance Report', { ...customerReport, Report })

    expect(addedTo(given)).toEqual([
      { body: confirmedFor('Thursday 5 March 2026'), public: true },
      {
        body: `Compliance report queued by Kenji Mori, 2 March 2026, 10:00 UTC: ${Report}, asked for by a customer.\nCustomer: Initech\nStatus verified: Salesforce`,
        public: false,
      },
    ])
    expect(mailsOf(given)).toEqual([confirmedFor('Thursday 5 March 2026')])
    expect(ticketCardText(given)).toContain(promise(Report, 'Thu, Mar 5'))
    expectNothingPersonal(given, 'Initech', 'Salesforce')
  })

  test.each(reports)('to a GitLab employee on behalf of a customer: %s', async (Report) => {
    const given = await aTicket()

    await decideOnTicket(given, 'Compliance Report', {
      ...customerReport,
      Report,
      'Requested by': 'A GitLab employee',
    })

    expect(addedTo(given)[1]?.body).toBe(
      `Compliance report queued by Kenji Mori, 2 March 2026, 10:00 UTC: ${Report}, asked for by a GitLab employee.\nCustomer: Initech\nStatus verified: Salesforce`,
    )
    expect(ticketCardText(given)).toContain(promise(Report, 'Thu, Mar 5'))
  })

  test('to a GitLab employee who asks for the pen test for nobody in particular', async () => {
    const given = await aTicket()

    await decideOnTicket(given, 'Compliance Report', {
      Report: 'pen test',
      'Requested by': 'A GitLab employee',
      [verified]: 'Works here',
    })

    expect(addedTo(given)[1]?.body).toBe(
      'Compliance report queued by Kenji Mori, 2 March 2026, 10:00 UTC: pen test, asked for by a GitLab employee.\nCustomer: none given\nStatus verified: Works here',
    )
  })
})

describe('A report is not promised', () => {
  const employeeNeedsCustomer =
    'A GitLab employee can ask for the SOC 2 report only for a customer. Enter the customer.'

  test.each([
    ...reports.map((report) => [report, 'A customer', 'Enter the customer’s company.'] as const),
    ['SOC 2 Type 1', 'A GitLab employee', employeeNeedsCustomer] as const,
    ['SOC 2 Type 1 and pen test', 'A GitLab employee', employeeNeedsCustomer] as const,
  ])('without a company, which is said under that field: %s, %s', async (Report, asker, because) => {
    const given = await aTicket()

    const refused = await decideOnTicket(given, 'Compliance Report', {
      ...{ Report, 'Requested by': asker },
      Customer: '  ',
      [verified]: 'Salesforce',
    })

    expect(refused.body).toEqual({ response_action: 'errors', errors: { 'field:company': because } })
    expect(addedTo(given)).toEqual([])
    expect(ticketCardText(given)).toContain('Needs a reply from Field Security')
    const log = (await given.world.audit()).filter(({ what }) => what === 'refused')
    expect(log.map(({ who, details }) => ({ who, details }))).toEqual([
      {
        who: `slack:${agent}`,
        details: { ticket: given.ticket, decision: 'compliance-report', because },
      },
    ])
  })

  test('without a word on how the status was verified', async () => {
    const given = await aTicket()

    const refused = await decideOnTicket(given, 'Compliance Report', { ...customerReport, [verified]: ' ' })

    expect(refused.body).toEqual({
      response_action: 'errors',
      errors: { 'field:verified': 'Fill this in.' },
    })
    expect(addedTo(given)).toEqual([])
  })

  test('is mended in the same modal', async () => {
    const given = await aTicket()
    const { world } = given
    await decideOnTicket(given, 'Compliance Report', { ...customerReport, Customer: '' })

    const view = world.slack.openView(agent)
    await world.slack.submit(agent, view?.id ?? '', { Customer: 'Initech' })
    await world.settle()

    expect(mailsOf(given)).toEqual([confirmedFor('Thursday 5 March 2026')])
  })
})

describe('The distribution day', () => {
  test.each([
    ['Monday 2 March 2026', '2026-03-02T10:00:00.000Z', 'Thursday 5 March 2026'],
    ['Thursday 5 March 2026', '2026-03-05T10:00:00.000Z', 'Monday 9 March 2026'],
    ['Friday 6 March 2026', '2026-03-06T10:00:00.000Z', 'Monday 9 March 2026'],
    ['Friday before Memorial Day', '2026-05-22T10:00:00.000Z', 'Tuesday 26 May 2026'],
    ['Wednesday before Thanksgiving', '2026-11-25T10:00:00.000Z', 'Friday 27 November 2026'],
  ])('after %s is named in the confirmation, the modal and the card', async (_name, startsAt, day) => {
    const given = await aTicket({ startsAt })

    const view = await openOnTicket(given, 'Compliance Report')
    const { slack } = given.world
    await slack.submit(agent, view?.id ?? '', customerReport)
    await given.world.settle()

    expect(draftIn(view, 'Confirmation to the requester')).toBe(confirmedFor(day))
    expect(JSON.stringify(view?.blocks)).toContain(`Schedules the report for ${short(day)}.`)
    expect(mailsOf(given)).toEqual([confirmedFor(day)])
    expect(ticketCardText(given)).toContain(promise('SOC 2 Type 1', short(day)))
  })

  test('is the team’s own day, where its day begins earlier or later than in UTC', async () => {
    const given = await aTicket({
      startsAt: '2026-03-05T03:00:00.000Z',
      env: { TIMEZONE: 'America/New_York' },
    })

    await decideOnTicket(given, 'Compliance Report', customerReport)

    expect(mailsOf(given)).toEqual([confirmedFor('Thursday 5 March 2026')])
  })

  test('heeds the days off that config/desk.yaml adds', async () => {
    const given = await aTicket({
      deskYaml: (text) => text.replace(/^ {2}also: \[\]$/m, '  also: [2026-03-05]'),
    })

    await decideOnTicket(given, 'Compliance Report', customerReport)

    expect(mailsOf(given)).toEqual([confirmedFor('Friday 6 March 2026')])
  })
})

describe('A queued ticket', () => {
  test('offers Report Sent and Reply, stays open, and names the day of its report as its clock', async () => {
    const given = await aTicket()

    await decideOnTicket(given, 'Compliance Report', customerReport)

    const { world, ticket } = given
    expect(world.slack.buttons(ticketCard(given))).toEqual(['Report Sent', 'Claim', 'Reply', 'Read Ticket'])
    expect(world.zendesk.ticket(ticket).status).not.toBe('solved')
    expect(ticketCardText(given).split('\n')[0]).toBe(
      `Security ticket ${ticket}: Compliance report queued. Report queued for its distribution day. Compliance report until Mar 5.`,
    )
  })

  test('is not reported as sent before its day: the refusal names the day, and nothing is sent', async () => {
    const given = await aTicket()
    await decideOnTicket(given, 'Compliance Report', customerReport)
    const before = mailsOf(given)

    const view = await openOnTicket(given, 'Report Sent')

    expect(view).toBeUndefined()
    expect(given.world.told(agent)).toEqual([
      `Too early: Report Sent opens for ticket ${given.ticket} on Thu, Mar 5, the day that was promised. Reports are distributed on Mondays &amp; Thursdays, with adjustments for US holidays.`,
    ])
    expect(mailsOf(given)).toEqual(before)
  })

  test('is reported as sent on its day: the requester is told, and the ticket is solved', async () => {
    const given = await aTicket()
    await decideOnTicket(given, 'Compliance Report', customerReport)
    await given.world.advance({ days: 3 })

    await decideOnTicket(given, 'Report Sent')

    const { world, ticket } = given
    expect(mailsOf(given)).toEqual([confirmedFor('Thursday 5 March 2026'), texts.reportSentNotice])
    expect(world.zendesk.ticket(ticket).status).toBe('solved')
    expect(ticketCardText(given)).toContain(`<@${agent}> chose *Report Sent*, Mar 5, 10:00 AM UTC`)
  })

  test('that is answered otherwise keeps its promise when the answer is refused by a change', async () => {
    const given = await aTicket()
    await decideOnTicket(given, 'Compliance Report', customerReport)
    const { world, ticket } = given
    const view = await openOnTicket(given, 'Reply')
    const conflict = { status: 409, body: { error: 'UpdateConflict' } }
    world.zendesk.fake.fail({ method: 'PUT', failure: { answer: conflict } })

    await world.slack.submit(agent, view?.id ?? '', { 'Reply to the requester': 'We can’t.' })
    await world.settle()

    expect(mailsOf(given)).toEqual([confirmedFor('Thursday 5 March 2026')])
    expect(ticketThread(given).at(-1)).toContain(`Nothing was sent on ticket ${ticket}`)
    expect(ticketCardText(given)).toContain('Compliance report queued')
    expect(ticketCardText(given)).toContain(promise('SOC 2 Type 1', 'Thu, Mar 5'))
  })

  test('is overdue once its day has passed, which is said in the thread, once', async () => {
    const given = await aTicket()
    await decideOnTicket(given, 'Compliance Report', customerReport)

    await given.world.advance({ days: 3, hours: 13 })
    const before = ticketThread(given)
    await given.world.advance({ hours: 1 })
    await given.world.advance({ days: 1 })

    expect(before).toEqual([])
    expect(ticketThread(given)).toEqual([
      `<!subteam^S01FIELDSEC> Ticket ${given.ticket} has been overdue since the end of Thu, Mar 5. Next: “Report is due: send it”.`,
    ])
  })
})

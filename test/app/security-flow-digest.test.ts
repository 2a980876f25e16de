/** The daily digest of the security desk, through the whole app. */
import { describe, expect, test } from 'vitest'
import { zendeskEmail, zendeskToken } from '../../sandbox/zendesk/zendesk.ts'
import {
  aQueue,
  aTicket,
  customerReport,
  decideOnTicket,
  engaged,
  securityDigests,
  seen,
} from './ticket-acts.ts'

describe('The digest of the security desk', () => {
  test('is posted once a day at its time, in its own channel, with what is due first', async () => {
    const { world, tickets } = await aQueue()
    const before = securityDigests(world).length
    await world.advance({ hours: 22, minutes: 15 })
    const tooEarly = securityDigests(world).length - before

    await world.advance({ minutes: 16 })
    await world.restart()
    await world.advance({ hours: 3 })

    const [overdue, , , fresh] = tickets
    const lines = seen(securityDigests(world).at(-1) ?? '')
    expect([tooEarly, securityDigests(world).length - before]).toEqual([0, 1])
    expect(lines).toEqual([
      'Security tickets, Tue, Mar 3: 2 to do, 1 overdue. 4 open tickets; since yesterday 3 new.',
      'Security tickets, Tue, Mar 3',
      '*2 to do, 1 overdue*',
      '*Unassigned*',
      `ticket ${overdue} · New: needs a first reply · *overdue by 4 days*`,
      'Claim',
      expect.stringMatching(`^ticket ${fresh} · New: needs a first reply · 5\\d minutes left$`),
      'Claim',
      '1 waiting on an expert team, 1 waiting for the day their report goes out.',
      '4 open tickets; since yesterday 3 new.',
    ])
  })

  test('of a day with nothing to say is one line', async () => {
    const { world, ticket } = await aTicket()
    await decideOnTicket({ world, ticket }, 'Redirect: Copyright')
    // The first digest may have been posted before the ticket was solved, or not: that of the next day tells of it.
    await world.advance({ days: 1 })

    await world.advance({ days: 1 })

    expect(securityDigests(world).at(-1)?.split('\n')[0]).toBe(
      'Security tickets, Wed, Mar 4: nothing to do. 0 open tickets.',
    )
  })

  test('counts what was solved, redirected and reopened since yesterday', async () => {
    const { world, ticket } = await aTicket({ startsAt: '2026-03-02T07:00:00.000Z' })
    const [support, again] = ['One', 'Two'].map((text) => world.zendesk.submitTicket(text).id)
    await world.settle()
    await decideOnTicket({ world, ticket }, 'Redirect: Copyright')
    await decideOnTicket({ world, ticket: support ?? 0 }, 'Redirect: Support')
    await decideOnTicket({ world, ticket: again ?? 0 }, 'Redirect: Vulnerability')
    world.zendesk.requesterReplies(again ?? 0, 'But')
    await world.settle()

    await world.advance({ hours: 2 })

    expect(securityDigests(world).at(-1)?.split('\n').at(-1)).toBe(
      '1 open ticket; since yesterday 3 new, 1 solved, 1 redirected, 1 reopened.',
    )
  })

  test('says how many tickets of the queue are not seen, where they are more than the bot reads', async () => {
    const { world } = await aTicket()
    const counts = (answer: { readonly status: number; readonly body: object }) => {
      world.zendesk.fake.heal()
      world.zendesk.fake.fail({ path: /search\/count/, failure: { answer } })
    }
    const linesOfDay = async () => {
      await world.advance({ days: 1 })
      return seen(securityDigests(world).at(-1) ?? '').filter((line) => line.startsWith('The queue'))
    }

    counts({ status: 200, body: { count: 51_234 } })
    const cut = await linesOfDay()
    counts({ status: 200, body: { count: 50_000 } })
    const whole = await linesOfDay()
    counts({ status: 500, body: {} })
    const unknown = await linesOfDay()

    expect(cut).toEqual([
      'The queue has 51,234 tickets, and the bot reads 50,000 of them, so 1,234 are not seen: your admins have to narrow ZENDESK_QUERY.',
    ])
    expect([whole, unknown]).toEqual([[], []])
    expect(world.logged.join('')).toContain('the tickets of the queue could not be counted')
  })

  test('tells of a missing update, of reports to be sent today, and of mail held back as spam', async () => {
    const { world, ticket: waiting } = await engaged({ startsAt: '2026-02-26T12:00:00.000Z' })
    const { id: queued } = world.zendesk.submitTicket('A report')
    await world.advance({ days: 4 })
    await decideOnTicket({ world, ticket: queued }, 'Compliance Report', customerReport)
    world.zendesk.suspendMail('Buy now', { subject: 'Cheap' })

    await world.advance({ days: 2, hours: 21 })

    const lines = seen(securityDigests(world).at(-1) ?? '')
    const [first] = lines
    expect(first).toMatch(/^Security tickets, Thu, Mar 5: /)
    const line = (ticket: number) => lines.find((one) => one.startsWith(`ticket ${ticket} `))
    expect(line(waiting)).toMatch(/ · .*update.* · /i)
    expect(line(queued)).toContain('Report is due: send it · planned for today')
    expect(lines).toContain('Reports due today: 0 of 1 sent. `/security batch` lists them.')
    expect(lines).toContain(
      '1 e-mail to security@ is held back by Zendesk as suspected spam: look at it there.',
    )
    expect(world.sentToSlack()).not.toContain('Buy now')
  })
})

describe('An API token of Zendesk, which ends on Apr 30, 2027', () => {
  const withApiToken = {
    ...{ ZENDESK_CLIENT_ID: '', ZENDESK_CLIENT_SECRET: '' },
    ...{ ZENDESK_EMAIL: zendeskEmail, ZENDESK_TOKEN: zendeskToken },
  }

  test('is counted down in the digest and in the log at start', async () => {
    const { world } = await aTicket({ env: withApiToken })
    await world.advance({ days: 2 })

    expect(securityDigests(world).at(-1)).toContain(
      'Zendesk’s API tokens end on Apr 30, 2027, in 422 days, and with them this desk: its operators have to set up an OAuth client.',
    )
    expect(world.logged.join('')).toContain(
      'Zendesk’s API tokens end on Apr 30, 2027, in 424 days: set ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET instead',
    )
  })

  test('is spoken of nowhere where an OAuth client signs in', async () => {
    const { world } = await aTicket()
    await world.advance({ days: 2 })

    expect([...securityDigests(world), ...world.logged].join('')).not.toContain('API token')
  })
})

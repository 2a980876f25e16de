/** "The ticket requestor may reopen the ticket at any time should they require further assistance." Through the whole app. */
import { describe, expect, test } from 'vitest'
import { supportGroupId } from '../../sandbox/zendesk/zendesk.ts'
import type { WorldOptions } from './desk-world.ts'
import {
  agent,
  askSecurity,
  aTicket,
  customerReport,
  decideOnTicket,
  draftIn,
  engaged,
  expectNothingPersonal,
  mailsOf,
  openOnTicket,
  ticketCard,
  ticketCards,
  ticketCardText,
  ticketThread,
  type WithTicket,
} from './ticket-acts.ts'

const label = 'Reply to the requester'
const openAgain = (ticket: number) =>
  `<!subteam^S01FIELDSEC> The requester replied on ticket ${ticket}, so it is open again: its business day starts anew.`

async function solved(options: WorldOptions = {}): Promise<WithTicket> {
  const given = await aTicket(options)
  await decideOnTicket(given, 'Reply', { [label]: 'Yes.' })
  return given
}

async function requesterWrites({ world, ticket }: WithTicket, text = 'And backups of Wayne?'): Promise<void> {
  world.zendesk.requesterReplies(ticket, text)
  await world.settle()
}

describe('A solved ticket to which the requester replies', () => {
  test.each([true, false])('is back at new, with all its buttons; webhook: %s', async (webhook) => {
    const given = await solved({ webhook })
    await given.world.advance({ days: 2 })

    await requesterWrites(given)

    expect(ticketCards(given)).toHaveLength(1)
    expect(ticketCardText(given)).toContain('Needs a reply from Field Security')
    expect(ticketCardText(given)).toContain(
      '*Reopened* Mar 4, 10:00 AM UTC: it was solved before, so read the earlier replies too.',
    )
    expect(given.world.slack.buttons(ticketCard(given))).toEqual([
      'Reply',
      'Claim',
      'Engage Expert',
      'Compliance Report',
      'Redirect: Support',
      'Redirect: Vulnerability',
      'Redirect: Copyright',
      'Read Ticket',
    ])
    expectNothingPersonal(given, 'Wayne', 'backups')
  })

  test('has a new business day from the moment of the reply, though it was seen later', async () => {
    const given = await solved({ webhook: false })
    const { world, ticket } = given
    await world.advance({ days: 2 })

    world.zendesk.requesterReplies(ticket, 'And backups?')
    await world.advance({ minutes: 30 })

    expect(ticketCardText(given)).toContain('Due Mar 5, 10:00 AM UTC')
  })

  test('calls Field Security in the thread, once', async () => {
    const given = await solved()

    await requesterWrites(given)
    await given.world.restart()

    expect(ticketThread(given)).toEqual([openAgain(given.ticket)])
  })

  test('shows nothing of the answer that was sent before', async () => {
    const given = await solved()
    const before = ticketCardText(given)
    await given.world.advance({ hours: 1 })

    await requesterWrites(given)

    expect(before).toContain('*Done.*')
    expect(ticketCardText(given)).toContain('*Reopened by the requester*')
    expect(ticketCardText(given)).not.toMatch(/Done|solve ticket/)
  })

  test('is answered anew, and both answers went out', async () => {
    const given = await solved()
    await given.world.advance({ days: 1 })
    await requesterWrites(given)

    await decideOnTicket(given, 'Reply', { [label]: 'Backups, too.' })

    expect(mailsOf(given)).toEqual(['Yes.', 'Backups, too.'])
    expect(given.world.zendesk.ticket(given.ticket).status).toBe('solved')
    expect(ticketCardText(given)).toContain(`<@${agent}> chose *Reply*, Mar 3, 10:00 AM UTC`)
  })

  test('counts each of its business days in the statistics', async () => {
    const given = await solved()
    await given.world.advance({ days: 1 })
    await requesterWrites(given)
    await given.world.advance({ days: 2 })
    await decideOnTicket(given, 'Reply', { [label]: 'Backups, too.' })

    const stats = await askSecurity(given.world, 'stats')

    expect(stats.split('\n').slice(2, 5)).toEqual([
      '1 ticket came in.',
      'Handled: 2, 1 of them within the business day (50%).',
      '• Reply: 2, 1 of them within the business day (50%)',
    ])
  })

  test('is back every time', async () => {
    const given = await solved()
    await requesterWrites(given)
    await decideOnTicket(given, 'Reply', { [label]: 'Backups, too.' })
    await given.world.advance({ hours: 1 })

    await requesterWrites(given, 'Thank you!')

    expect(ticketThread(given)).toEqual([openAgain(given.ticket), openAgain(given.ticket)])
    expect(ticketCardText(given)).toContain('Needs a reply from Field Security')
  })
})

describe('What was promised before', () => {
  test('is over: a ticket whose report was sent waits for no distribution day when it is reopened', async () => {
    const given = await aTicket()
    await decideOnTicket(given, 'Compliance Report', customerReport)
    await given.world.advance({ days: 3 })
    await decideOnTicket(given, 'Report Sent')

    await requesterWrites(given)

    expect(ticketCardText(given)).not.toContain('promised for')
    expect(ticketCardText(given)).toContain('Due Mar 6, 10:00 AM UTC')
  })

  test('can be promised again', async () => {
    const given = await aTicket()
    await decideOnTicket(given, 'Compliance Report', customerReport)
    await given.world.advance({ days: 3 })
    await decideOnTicket(given, 'Report Sent')
    await requesterWrites(given)

    await decideOnTicket(given, 'Compliance Report', { ...customerReport, Report: 'pen test' })

    expect(ticketCardText(given)).toContain('*pen test* report: due Mon, Mar 9.')
  })
})

test('A ticket that support gives back is open again; one that they keep is not', async () => {
  const given = await aTicket()
  const { world, ticket } = given
  const { groupId } = world.zendesk.ticket(ticket)
  await decideOnTicket(given, 'Redirect: Support')
  await requesterWrites(given)
  const kept = ticketCardText(given)

  world.zendesk.someoneMoves(ticket, 8002)
  await world.settle()

  expect(groupId).not.toBe(supportGroupId)
  expect(kept).toContain('Forwarded to support')
  expect(ticketCardText(given)).toContain('Needs a reply from Field Security')
  expect(ticketThread(given)).toEqual([
    `<!subteam^S01FIELDSEC> Ticket ${ticket} is open again: its business day starts anew.`,
  ])
})

test('A ticket that an expert has answered before offers that old answer no more', async () => {
  const given = await engaged()
  const { world } = given
  world.gitlab.someoneComments(1, 'expert-of-application-security', 'AES-256.', {
    project: 'gitlab-com/gl-security/product-security/appsec/appsec-team',
  })
  await world.settle()
  await decideOnTicket(given, 'Reply')
  await world.advance({ days: 1 })
  await requesterWrites(given, 'And where is it stored?')

  const view = await openOnTicket(given, 'Reply')

  expect(draftIn(view, label)).toBeUndefined()
})

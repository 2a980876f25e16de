/** "Redirect": support, vulnerabilities, copyright. Through the whole app. */
import { describe, expect, test } from 'vitest'
import { supportGroupId } from '../../sandbox/zendesk/zendesk.ts'
import * as texts from '../../src/flows/ticket-texts.ts'
import {
  addedTo,
  agent,
  askSecurity,
  aTicket,
  decideOnTicket,
  draftIn,
  expectNothingPersonal,
  mailsOf,
  openOnTicket,
  ticketCard,
  ticketCards,
  ticketCardText,
  ticketThread,
} from './ticket-acts.ts'

describe('Redirect: Support', () => {
  test('forwards the ticket to the support group with an internal note that says who, and mails nobody', async () => {
    const given = await aTicket()
    const { world, ticket } = given

    await decideOnTicket(given, 'Redirect: Support')

    expect(world.zendesk.ticket(ticket).groupId).toBe(supportGroupId)
    expect(addedTo(given)).toEqual([
      { body: `${texts.forwardedToSupport}\nKenji Mori, 2 March 2026, 10:00 UTC`, public: false },
    ])
    expect(mailsOf(given)).toEqual([])
    expect(world.zendesk.ticket(ticket).status).not.toBe('solved')
  })

  test('keeps the note as it was changed, and closes the card with who and when', async () => {
    const given = await aTicket()

    await decideOnTicket(given, 'Redirect: Support', { 'Internal note for support': 'Lost 2FA device.' })

    expect(addedTo(given)).toEqual([
      { body: 'Lost 2FA device.\nKenji Mori, 2 March 2026, 10:00 UTC', public: false },
    ])
    const card = ticketCardText(given)
    expect(card).toContain('*Forwarded to support*, Mar 2, 10:00 AM UTC')
    expect(card).toContain(`<@${agent}> chose *Redirect: Support*, Mar 2, 10:00 AM UTC`)
    expect(given.world.slack.buttons(ticketCard(given))).toEqual([])
    expectNothingPersonal(given, 'Lost 2FA')
  })

  test('is final though the ticket is still open in the queue’s search: no second card comes', async () => {
    const given = await aTicket()
    await decideOnTicket(given, 'Redirect: Support')

    await given.world.advance({ hours: 1 })
    given.world.zendesk.someoneComments(given.ticket, { body: 'Support here.', public: true })
    await given.world.settle()
    await given.world.restart()

    expect(ticketCards(given)).toHaveLength(1)
    expect(ticketCardText(given)).toContain('Forwarded to support')
    expect(ticketThread(given)).toEqual([])
  })

  test('is not offered without ZENDESK_SUPPORT_GROUP', async () => {
    const given = await aTicket({ env: { ZENDESK_SUPPORT_GROUP: '' } })

    expect(given.world.slack.buttons(ticketCard(given))).toEqual([
      'Reply',
      'Claim',
      'Engage Expert',
      'Compliance Report',
      'Redirect: Vulnerability',
      'Redirect: Copyright',
      'Read Ticket',
    ])
  })
})

describe.each([
  {
    button: 'Redirect: Vulnerability',
    text: texts.vulnerability,
    links: [
      'https://hackerone.com/gitlab',
      'https://about.gitlab.com/security/disclosure/',
      'security@gitlab.com',
    ],
  },
  {
    button: 'Redirect: Copyright',
    text: texts.copyright,
    links: ['dmca@gitlab.com', 'https://about.gitlab.com/handbook/dmca/'],
  },
])('$button', ({ button, text, links }) => {
  test('shows the referral before it is sent', async () => {
    const given = await aTicket()

    const view = await openOnTicket(given, button)

    expect(draftIn(view, 'Referral to the requester')).toBe(text)
  })

  test('sends the referral with its links as one public comment, and solves the ticket', async () => {
    const given = await aTicket()
    const { world, ticket } = given

    await decideOnTicket(given, button)

    expect(addedTo(given)).toEqual([{ body: text, public: true }])
    expect(mailsOf(given)).toEqual([text])
    for (const link of links) expect(mailsOf(given)[0]).toContain(link)
    expect(world.zendesk.ticket(ticket).status).toBe('solved')
    const card = ticketCardText(given)
    expect(card).toMatch(/\*Solved: referred to .*\*, Mar 2, 10:00 AM UTC/)
    expect(card).toContain(`<@${agent}> chose *${button}*, Mar 2, 10:00 AM UTC`)
  })

  test('sends what the person has made of it', async () => {
    const given = await aTicket()

    await decideOnTicket(given, button, { 'Referral to the requester': 'Please write to them.' })

    expect(mailsOf(given)).toEqual(['Please write to them.'])
  })

  test('counts as handled', async () => {
    const given = await aTicket()
    await decideOnTicket(given, button)

    const stats = await askSecurity(given.world, 'stats')

    expect(stats).toContain(`• ${button}: 1, 1 of them within the business day (100%)`)
  })
})

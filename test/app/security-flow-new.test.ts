/** A new security ticket: its card for everybody, its words for Field Security alone. Through the whole app. */
import { describe, expect, test } from 'vitest'
import { people, securityChannel, textOf } from './desk-world.ts'
import {
  agent,
  aTicket,
  decideOnTicket,
  draftIn,
  expectNothingPersonal,
  openOnTicket,
  ticketCard,
  ticketCards,
  ticketCardText,
} from './ticket-acts.ts'

const text = 'Dear security, is the data of Wayne Enterprises encrypted?'
const subject = 'Encryption at Wayne Enterprises'
const personal = ['Wayne', 'encrypted', 'Encryption', 'Robin', 'requester@example.com']

describe('The card of a new ticket', () => {
  test('shows the number, when it was received, and by when it has to be handled', async () => {
    const given = await aTicket({ text, subject })

    const url = `${given.world.zendesk.url}/agent/tickets/${given.ticket}`
    expect(ticketCardText(given).split('\n').slice(0, 4)).toEqual([
      `Security ticket ${given.ticket}: Needs a reply from Field Security. New: needs a first reply. Due Mar 3, 10:00 AM UTC.`,
      `Security ticket ${given.ticket}`,
      '*New: needs a first reply* · Unassigned',
      expect.stringContaining(
        `Due Mar 3, 10:00 AM UTC · <${url}|Ticket ${given.ticket} in Zendesk> · Handbook: <https://`,
      ),
    ])
    expect(ticketCards(given)).toHaveLength(1)
  })

  test('offers the four ways in which a ticket is handled, each redirect by its own button', async () => {
    const given = await aTicket()

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
  })

  test('holds no word of the ticket, no subject, no name and no address', async () => {
    const given = await aTicket({ text, subject })

    expectNothingPersonal(given, ...personal)
  })

  test('is there when only the poll finds the ticket, and once however often it does', async () => {
    const polled = await aTicket({ webhook: false })

    await polled.world.restart()

    expect(ticketCards(polled)).toHaveLength(1)
  })

  test('is not there for a ticket to another address, nor for one that is solved already', async () => {
    const { world } = await aTicket()

    world.zendesk.submitTicket('Where is my invoice?', { recipient: 'billing@example.com' })
    const solved = world.zendesk.submitTicket('Never mind')
    world.zendesk.someoneSolves(solved.id)
    await world.settle()

    const cards = world.slack
      .messages(securityChannel)
      .filter(({ text }) => text.startsWith('Security ticket '))
    expect(cards).toHaveLength(1)
  })
})

describe('The modal of a Field Security person', () => {
  test('shows who gets the answer, the subject, the whole text, and an empty field', async () => {
    const given = await aTicket({ text, subject })

    const view = await openOnTicket(given, 'Reply')

    expect(textOf({ text: '', blocks: view?.blocks ?? [] }).split('\n')).toEqual([
      '',
      `*Security ticket ${given.ticket}*`,
      'Goes to: Robin Requester <requester@example.com>',
      `Subject: ${subject}`,
      'Robin Requester <requester@example.com> ·',
      'Mar 2, 10:00 AM UTC ·',
      'public',
      text,
      'Reply to the requester',
      'Sent exactly as written.',
      '*When you confirm*',
      `• Sends the text you typed to the requester by e-mail. Solves ticket ${given.ticket}.`,
      'Sent exactly as written under “Reply to the requester”.',
    ])
    expect(draftIn(view, 'Reply to the requester')).toBeUndefined()
    expectNothingPersonal(given, ...personal)
  })

  test('names who is in copy and shows internal comments as such', async () => {
    const { world } = await aTicket()
    const { id: ticket } = world.zendesk.submitTicket(text, {
      ccs: [{ name: 'Lucius Fox', email: 'fox@example.com' }],
    })
    world.zendesk.someoneComments(ticket, { body: 'Known customer.', public: false })
    await world.settle()

    const view = await openOnTicket({ world, ticket }, 'Reply')

    const words = textOf({ text: '', blocks: view?.blocks ?? [] })
    expect(words).toContain(
      'Goes to: Robin Requester <requester@example.com>, cc Lucius Fox <fox@example.com>',
    )
    expect(words).toContain(
      'Sam Agent <sam.agent@example.com> ·\nMar 2, 10:00 AM UTC ·\ninternal\nKnown customer.',
    )
  })

  test('is recorded: the audit log says who was shown which ticket', async () => {
    const { world, ticket } = await aTicket()

    await openOnTicket({ world, ticket }, 'Reply')

    const revealed = (await world.audit()).filter(({ what }) => what === 'revealed')
    expect(revealed.map(({ who, iid, details }) => ({ who, iid, details }))).toEqual([
      { who: `slack:${agent}`, iid: revealed[0]?.iid, details: { ticket } },
    ])
  })

  test('is recorded once for a reply that nothing has come between', async () => {
    const given = await aTicket()

    await decideOnTicket(given, 'Reply', { 'Reply to the requester': 'Yes, it is.' })

    const log = await given.world.audit()
    expect(log.filter(({ what }) => what === 'decided')).toHaveLength(1)
    expect(log.filter(({ what }) => what === 'revealed')).toHaveLength(1)
  })

  test('is recorded once more where the form comes again with what is new', async () => {
    const given = await aTicket()
    const { world, ticket } = given
    const view = await openOnTicket(given, 'Reply')
    world.clock.advance({ hours: 1 })
    world.zendesk.requesterReplies(ticket, 'I am Bruce Wayne.')

    await world.slack.submit(agent, view?.id ?? '', { 'Reply to the requester': 'Yes, it is.' })
    await world.settle()

    const log = await world.audit()
    expect(log.filter(({ what }) => what === 'decided')).toEqual([])
    expect(log.filter(({ what }) => what === 'revealed')).toHaveLength(2)
  })
})

describe('Anybody else', () => {
  const refusals = {
    engineer: 'Only Field Security can use Reply.',
    manager: 'Only Field Security can use Reply.',
    privacy: 'Only Field Security can use Reply.',
    member: 'Only Field Security can use Reply.',
    guest: 'Guests can’t use Privacy Desk. Ask a colleague who isn’t a guest.',
  } as const

  test.each(Object.entries(refusals))('is refused privately and sees nothing: %s', async (name, because) => {
    const given = await aTicket({ text, subject })
    const { id } = people[name as keyof typeof refusals]
    const { world, ticket } = given

    const view = await openOnTicket(given, 'Reply', id)

    expect(view).toBeUndefined()
    expect(world.told(id)).toEqual([expect.stringContaining(because)])
    expect(world.sentToSlack()).not.toContain('Wayne')
    const log = (await world.audit()).filter(({ what }) => what === 'refused' || what === 'revealed')
    expect(log.map(({ what, who, details }) => ({ what, who, details }))).toEqual([
      { what: 'refused', who: `slack:${id}`, details: { ticket, decision: 'reply', because } },
    ])
  })

  test.each(['Engage Expert', 'Compliance Report', 'Redirect: Support', 'Redirect: Vulnerability'])(
    'is refused whatever the button: %s',
    async (button) => {
      const given = await aTicket()

      const view = await openOnTicket(given, button, people.manager.id)

      expect(view).toBeUndefined()
      expect(given.world.told(people.manager.id)).toEqual([
        `Only Field Security can use ${button}. Ask <!subteam^S01FIELDSEC>.`,
      ])
    },
  )

  test('who has lost the role while the modal was open sends nothing, and is shown nothing new of the ticket', async () => {
    const given = await aTicket()
    const { world, ticket } = given
    const view = await openOnTicket(given, 'Reply')
    world.slack.setGroupMembers('field-security', [])
    world.clock.advance({ hours: 1 })
    world.zendesk.requesterReplies(ticket, 'I am Bruce Wayne.')

    const answered = await world.slack.submit(agent, view?.id ?? '', { 'Reply to the requester': 'Yes.' })
    await world.settle()

    expect(world.zendesk.mails).toEqual([])
    expect(JSON.stringify(answered)).toContain('Only Field Security can use Reply.')
    expect(world.sentToSlack()).not.toContain('Wayne')
    expect(JSON.stringify(world.slack.openView(agent) ?? '')).not.toContain('Wayne')
    const log = await world.audit()
    expect(log.filter(({ what }) => what === 'revealed')).toHaveLength(1)
    expect(log.filter(({ what }) => what === 'refused')).toMatchObject([
      { who: `slack:${agent}`, details: { ticket, decision: 'reply' } },
    ])
  })
})

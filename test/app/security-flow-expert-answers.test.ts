/** An expert team at work on a ticket: what they write, what the requester hears meanwhile. Through the whole app. */
import { describe, expect, test } from 'vitest'
import { appSec } from '../../sandbox/gitlab/seed.ts'
import * as texts from '../../src/flows/ticket-texts.ts'
import {
  askSecurity,
  decideOnTicket,
  draftIn,
  engaged,
  expectNothingPersonal,
  expert,
  mailsOf,
  openOnTicket,
  ticketCard,
  ticketCardText,
  ticketThread,
  type WithTicket,
} from './ticket-acts.ts'

const fieldSecurity = '<!subteam^S01FIELDSEC>'
const { project } = appSec

const expertWrites = async ({ world }: WithTicket, text: string) => {
  world.gitlab.someoneComments(1, expert, text, { project })
  await world.settle()
}

describe('The expert’s issue is monitored', () => {
  test('a comment is said in the thread and on the card, and Reply holds it as a draft', async () => {
    const given = await engaged()
    await given.world.advance({ hours: 2 })

    await expertWrites(given, 'Yes. AES-256, always.')

    expect(ticketThread(given)).toEqual([
      `${fieldSecurity} Application Security wrote on the issue of ticket ${given.ticket}. Reply offers what they wrote as a draft.`,
    ])
    expect(ticketCardText(given)).toContain('issue in GitLab>, last wrote Mar 2, 12:00 PM UTC.')
    expectNothingPersonal(given, 'AES-256')
    const view = await openOnTicket(given, 'Reply')
    expect(draftIn(view, 'Reply to the requester')).toBe('Yes. AES-256, always.')
  })

  test('what stands in the field after the draft is what is sent', async () => {
    const given = await engaged()
    await expertWrites(given, 'Yes. AES-256, always.')

    await decideOnTicket(given, 'Reply')

    expect(mailsOf(given)).toEqual([texts.moreResearch, 'Yes. AES-256, always.'])
    expect(given.world.zendesk.ticket(given.ticket).status).toBe('solved')
  })

  test('the last comment is the draft, and each is said once, restarted or not', async () => {
    const given = await engaged()
    await expertWrites(given, 'We are looking.')
    await given.world.advance({ minutes: 5 })

    await expertWrites(given, 'It is safe.')
    await given.world.restart()

    expect(ticketThread(given)).toHaveLength(2)
    const view = await openOnTicket(given, 'Reply')
    expect(draftIn(view, 'Reply to the requester')).toBe('It is safe.')
  })

  test('its close without a word is said in the thread and on the card, and nothing is offered', async () => {
    const given = await engaged()

    given.world.gitlab.someoneCloses(1, expert, project)
    await given.world.settle()

    expect(ticketThread(given)).toEqual([
      `${fieldSecurity} Application Security closed the issue of ticket ${given.ticket}. They wrote nothing on it.`,
    ])
    expect(ticketCardText(given)).toContain('issue in GitLab>, no reply yet, closed.')
    expect(given.world.slack.buttons(ticketCard(given))).toContain('Reply')
  })

  test('is nobody’s business any more once the ticket is solved', async () => {
    const given = await engaged()
    await decideOnTicket(given, 'Reply', { 'Reply to the requester': 'It is safe.' })

    await expertWrites(given, 'It is safe.')

    expect(ticketThread(given)).toEqual([])
  })
})

describe('Periodic updates are given to the requestor as appropriate', () => {
  const reminder = (since: string) =>
    `${fieldSecurity} We last wrote on ticket 5001 ${since}. Let the requester know that it’s being worked on: Send Update.`

  test('after 5 business days the thread reminds, once', async () => {
    const given = await engaged()
    const { world } = given
    await world.advance({ days: 6, hours: 23 })
    const before = ticketThread(given)

    await world.advance({ hours: 1 })
    await world.restart()
    await world.advance({ days: 3 })

    expect(before).toEqual([])
    expect(ticketThread(given)).toEqual([reminder('Mar 2, 10:00 AM UTC')])
  })

  test('Send Update tells the requester, keeps the ticket waiting, and the five days start anew', async () => {
    const given = await engaged()
    const { world } = given
    await world.advance({ days: 7 })

    await decideOnTicket(given, 'Send Update')
    const card = ticketCardText(given)
    await world.advance({ days: 6, hours: 23 })
    const before = ticketThread(given)
    await world.advance({ hours: 2 })

    expect(mailsOf(given)).toEqual([texts.moreResearch, texts.stillWorking])
    expect(world.zendesk.ticket(given.ticket).status).not.toBe('solved')
    expect(card).toContain('Update to the requester until Mar 16, 10:00 AM UTC')
    expect(before).toEqual([reminder('Mar 2, 10:00 AM UTC')])
    expect(ticketThread(given)).toEqual([reminder('Mar 2, 10:00 AM UTC'), reminder('Mar 9, 10:00 AM UTC')])
  })

  test('an agent’s public comment in Zendesk is such an update, an internal one is not', async () => {
    const given = await engaged()
    const { world, ticket } = given
    await world.advance({ days: 1 })
    world.zendesk.someoneComments(ticket, { body: 'Still waiting.', public: false })
    await world.settle()
    const internal = ticketCardText(given)

    world.zendesk.someoneComments(ticket, { body: 'We are on it.', public: true })
    await world.settle()

    expect(internal).toContain('Update to the requester until Mar 9')
    expect(ticketCardText(given)).toContain('Update to the requester until Mar 10')
  })

  test('config/desk.yaml says after how many business days', async () => {
    const given = await engaged({
      deskYaml: (text) =>
        text.replace('security-update-business-days: 5', 'security-update-business-days: 2'),
    })

    expect(ticketCardText(given)).toContain('Update to the requester until Mar 4, 10:00 AM UTC')
  })
})

test('An answer of an expert does not count as late or in time: the ticket was handled when the expert was engaged', async () => {
  const given = await engaged()
  const { world } = given
  await world.advance({ days: 4 })
  await decideOnTicket(given, 'Reply', { 'Reply to the requester': 'It is safe.' })

  const stats = await askSecurity(world, 'stats')

  expect(stats.split('\n').slice(2, 5)).toEqual([
    '1 ticket came in.',
    'Handled: 1, 1 of them within the business day (100%).',
    '• Engage Expert: 1, 1 of them within the business day (100%)',
  ])
})

/** Who may not: roles that are lost, and people of the other desk. Through the whole app. */
import { describe, expect, test } from 'vitest'
import { people } from './desk-world.ts'
import { keptToItself, privateTicket } from './kept-to-itself.ts'
import {
  addedTo,
  agent,
  decideOnTicket,
  mailsOf,
  openOnTicket,
  ticketCard,
  ticketCardText,
} from './ticket-acts.ts'

keptToItself()

const label = 'Reply to the requester'
const answer = 'Dear Mr Wayne, yes.'
const because = 'Only Field Security can use Reply.'
const asked = `${because} Ask <!subteam^S01FIELDSEC>.`

describe('A role that is lost', () => {
  test('between the card and the click: no modal, and nothing of the ticket is read', async () => {
    const given = await privateTicket()
    const { world } = given
    await decideOnTicket(given, 'Reply', { [label]: ' ' })
    await world.slack.closeView(agent)
    world.slack.setGroupMembers('field-security', [])
    await world.advance({ seconds: 60 })
    world.zendesk.fake.requests.length = 0

    const view = await openOnTicket(given, 'Reply')

    expect(view).toBeUndefined()
    expect(world.told(agent)).toEqual([asked])
    expect(world.zendesk.fake.requests).toEqual([])
    expect((await world.audit()).filter(({ what }) => what === 'refused')).toMatchObject([
      { who: `slack:${agent}`, details: { decision: 'reply', because } },
    ])
  })

  test('between the modal and its submit: nothing is sent', async () => {
    const given = await privateTicket()
    const { world } = given
    const view = await openOnTicket(given, 'Reply')
    world.slack.setGroupMembers('field-security', [])
    await world.advance({ seconds: 60 })

    await world.slack.submit(agent, view?.id ?? '', { [label]: answer })
    await world.settle()

    expect(addedTo(given)).toEqual([])
    expect(world.slack.openView(agent)?.errors).toEqual({ 'field:answer': because })
    expect(ticketCardText(given)).toContain('Needs a reply from Field Security')
    expect((await world.audit()).filter(({ what }) => what === 'refused')).toMatchObject([
      { who: `slack:${agent}`, details: { decision: 'reply' } },
    ])
  })

  test('after the submit changes nothing: it was decided by somebody who might', async () => {
    const given = await privateTicket()
    const { world } = given
    const failure = { answer: { status: 429, headers: { 'retry-after': '60' }, body: {} } }
    world.zendesk.fake.fail({ method: 'PUT', failure })
    await decideOnTicket(given, 'Reply', { [label]: answer })
    world.slack.setGroupMembers('field-security', [])

    await world.passTime(3, 60)

    expect(mailsOf(given)).toEqual([answer])
  })

  test('keeps from Try Again', async () => {
    const given = await privateTicket()
    const { world } = given
    world.zendesk.fake.fail({ method: 'PUT', failure: { answer: { status: 422, body: {} } } })
    await decideOnTicket(given, 'Reply', { [label]: answer })
    world.slack.setGroupMembers('field-security', [])
    await world.advance({ seconds: 60 })
    await world.slack.click(agent, ticketCard(given), { button: 'Try Again' })
    await world.settle()
    const [mails, told] = [mailsOf(given), world.told(agent)]

    world.slack.setGroupMembers('field-security', [agent])
    await world.advance({ seconds: 60 })
    await world.slack.click(agent, ticketCard(given), { button: 'Try Again' })
    await world.settle()

    expect(mails).toEqual([])
    expect(told).toEqual(['Only Field Security can do that.'])
    expect(mailsOf(given)).toEqual([answer])
  })
})

describe('People of one desk at the other', () => {
  test.each([
    ['a privacy person', people.privacy.id],
    ['a support manager', people.manager.id],
    ['a support engineer', people.engineer.id],
  ])('%s may decide nothing on a ticket’s card, nor choose Try Again', async (_who, id) => {
    const given = await privateTicket()
    const { world } = given
    world.zendesk.fake.fail({ method: 'PUT', failure: { answer: { status: 422, body: {} } } })
    const view = await openOnTicket(given, 'Reply', id)
    await decideOnTicket(given, 'Redirect: Copyright')
    await world.slack.click(id, ticketCard(given), { button: 'Try Again' })
    await world.settle()

    expect(view).toBeUndefined()
    expect(world.told(id)).toEqual([asked, 'Only Field Security can do that.'])
    expect(mailsOf(given)).toEqual([])
  })

  test('a Field Security person may decide nothing on a privacy card', async () => {
    const { world } = await privateTicket()
    const iid = await world.request()
    world.gitlab.requesterReplies(iid, 'Here.')
    await world.settle()

    await world.click(iid, 'Fail Verification', agent)
    const view = await world.openModal(iid, 'Pass Verification', agent)

    expect(view).toBeUndefined()
    expect(world.told(agent)).toEqual([
      'Only a support engineer or a support manager can use Fail Verification. Ask <!subteam^S01ENGINEERS> <!subteam^S01MANAGERS>.',
      'Only a support engineer or a support manager can use Pass Verification. Ask <!subteam^S01ENGINEERS> <!subteam^S01MANAGERS>.',
    ])
    expect(world.done(iid)).toEqual([])
  })

  test.each([
    ['a guest', people.guest.id, 'Guests can’t use Privacy Desk. Ask a colleague who isn’t a guest.'],
    ['an app', people.bot.id, 'Apps and bots can’t use Privacy Desk.'],
    ['a stranger of another organisation', people.stranger.id, expect.stringMatching(/Only members of this/)],
  ])('%s is refused, in the group or not', async (_who, id, says) => {
    const given = await privateTicket()
    const { world } = given
    world.slack.join('field-security', id)
    world.slack.setGroupMembers('field-security', [agent, id])
    await world.advance({ seconds: 60 })

    const view = await openOnTicket(given, 'Reply', id)

    expect(view).toBeUndefined()
    expect(world.told(id)).toEqual([says])
  })
})

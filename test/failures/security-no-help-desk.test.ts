/** The whole help desk answers 404 (moved, suspended, not set up): that says of no ticket that it was deleted. Through the whole app. */
import { describe, expect, test } from 'vitest'
import { inSlack, textOf } from '../app/desk-world.ts'
import {
  agent,
  aTicket,
  decideOnTicket,
  mailsOf,
  openOnTicket,
  ticketCard,
  ticketCardText,
  ticketThread,
  type WithTicket,
} from '../app/ticket-acts.ts'

const label = 'Reply to the requester'
const pages = [
  ['as a page', { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>No help desk</html>' }],
  ['as JSON', { status: 404, body: { error: { title: 'No help desk', message: 'There is none here' } } }],
] as const

function noHelpDesk({ world }: WithTicket, answer: (typeof pages)[number][1]) {
  world.zendesk.fake.fail({ times: Number.POSITIVE_INFINITY, failure: { answer } })
}

const whatIsSaid = (given: WithTicket) => [ticketCardText(given), ...ticketThread(given)].join('\n')

describe.each(pages)('While no help desk is found (%s)', (_how, answer) => {
  test('a waiting ticket is not deleted, and its clock goes on', async () => {
    const given = await aTicket()
    const { world, ticket } = given
    world.zendesk.requesterReplies(ticket, 'One more thing')
    noHelpDesk(given, answer)
    await world.passTime(5, 60)
    const during = whatIsSaid(given)
    world.zendesk.fake.heal()
    await world.passTime(5, 60)

    expect(during).not.toMatch(/deleted|gone/i)
    expect(ticketCardText(given)).toContain('Needs a reply from Field Security')
    expect(ticketCardText(given)).toContain('Due Mar 3, 10:00 AM UTC')
    expect(ticketThread(given).filter((text) => /reopened/i.test(text))).toEqual([])
  })

  test('whoever answers is told that Zendesk can’t be read, and answers once it is back', async () => {
    const given = await aTicket()
    const { world } = given
    const view = await openOnTicket(given, 'Reply')
    noHelpDesk(given, answer)
    await world.slack.submit(agent, view?.id ?? '', { [label]: 'Yes.' })
    await world.settle()
    const told = await inSlack(world, () => world.slack.ephemerals(agent).at(-1))
    await world.passTime(5, 60)
    const during = whatIsSaid(given)
    world.zendesk.fake.heal()
    await world.passTime(2, 60)
    await decideOnTicket(given, 'Reply', { [label]: 'Yes.' })

    expect(textOf(told)).toContain('Zendesk isn’t responding')
    expect(during).not.toMatch(/deleted|gone|changed meanwhile/i)
    expect(mailsOf(given)).toEqual(['Yes.'])
  })

  test('an answer that is on its way waits, and goes out once', async () => {
    const given = await aTicket()
    const { world } = given
    world.zendesk.fake.fail({ method: 'PUT', failure: { answer } })
    world.zendesk.fake.fail({ path: /users\/me/, failure: { answer } })
    await decideOnTicket(given, 'Reply', { [label]: 'Yes.' })
    const during = whatIsSaid(given)
    await world.passTime(5, 60)

    expect(during).not.toMatch(/deleted|gone/i)
    expect(mailsOf(given)).toEqual(['Yes.'])
    expect(ticketCard(given).text).not.toMatch(/deleted|gone/i)
  })
})

test('A ticket that is deleted while the help desk is there is said to be', async () => {
  const given = await aTicket()
  const { world, ticket } = given
  world.zendesk.deletes(ticket)
  await world.passTime(5, 60)

  expect(whatIsSaid(given)).toMatch(/deleted/i)
})

/** A service that never gives a clear answer: an hour later people know, on either desk. */
import { expect, test } from 'vitest'
import { channel, people, startWorld, textOf } from './desk-world.ts'
import { agent, aTicket, decideOnTicket, mailsOf, ticketCardText, ticketThread } from './ticket-acts.ts'

const always = { times: Number.POSITIVE_INFINITY, failure: { answer: { status: 502, body: {} } } }

test('labels in GitLab: whoever decided it is called, the card offers Try Again, the digest has it', async () => {
  const world = await startWorld()
  const iid = await world.request()
  world.gitlab.fake.fail({ method: 'PUT', path: /\/issues\/\d+$/, ...always })
  await world.click(iid, 'Mark Spam')

  await world.passTime(20, 240)

  expect(world.thread(iid).filter((text) => text.includes('no clear answer'))).toEqual([
    expect.stringMatching(new RegExp(`<@${people.engineer.id}> No clear answer to `)),
  ])
  expect(world.cardText(iid)).toMatch(/NO CLEAR ANSWER since .* so it may be done or not/)
  expect(world.cardText(iid)).toContain('Try Again')

  await world.advance({ days: 1 })
  expect(world.slack.messages(channel).map(textOf).join('\n')).toContain(
    'No clear answer for an hour: check it, then Try Again',
  )

  world.gitlab.fake.heal()
  await world.click(iid, 'Try Again')
  await world.passTime(5, 30)
  expect(world.gitlab.issue(iid).state).toBe('closed')
  expect(world.cardText(iid)).not.toContain('NO CLEAR ANSWER')
})

test('an answer in Zendesk', async () => {
  const given = await aTicket()
  const { world, ticket } = given
  world.zendesk.fake.fail({ method: 'PUT', path: new RegExp(`/tickets/${ticket}`), ...always })
  await decideOnTicket(given, 'Reply', { 'Reply to the requester': 'It is encrypted.' })

  await world.passTime(20, 240)

  expect(ticketThread(given).filter((text) => text.includes('no clear answer'))).toEqual([
    expect.stringMatching(new RegExp(`<@${agent}> No clear answer to `)),
  ])
  expect(ticketCardText(given)).toContain('NO CLEAR ANSWER since')

  world.zendesk.fake.heal()
  await world.passTime(20, 240)
  expect(mailsOf(given)).toEqual([expect.stringContaining('It is encrypted.')])
})

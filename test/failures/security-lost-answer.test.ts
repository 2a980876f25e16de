/** The answer of an update is lost: it is looked up, and nothing is sent twice. Through the whole app. */
import { describe, expect, test } from 'vitest'
import type { Failure } from '../../sandbox/fake-server.ts'
import { supportGroupId } from '../../sandbox/zendesk/zendesk.ts'
import * as texts from '../../src/flows/ticket-texts.ts'
import { shortLimitMs } from '../app/desk-world.ts'
import { keptToItself, privateTicket } from '../app/kept-to-itself.ts'
import {
  addedTo,
  decideOnTicket,
  mailsOf,
  ticketCards,
  ticketCardText,
  type WithTicket,
} from '../app/ticket-acts.ts'

keptToItself()

const label = 'Reply to the requester'
const answer = 'Dear Mr Wayne, yes.'
const html = { 'content-type': 'text/html' }
const updates = ({ world }: WithTicket) => world.zendesk.fake.received('PUT', /\/tickets\//)
const reply = (given: WithTicket) => decideOnTicket(given, 'Reply', { [label]: answer })

describe('an update that was made although its answer was lost', () => {
  const lost: [string, Failure][] = [
    ['the connection dropped', { applied: true, drop: 'connection' }],
    ['the answer broke off', { applied: true, drop: 'half-body' }],
    ['500', { applied: true, answer: { status: 500, body: {} } }],
    ['502 from a proxy', { applied: true, answer: { status: 502, body: 'Bad Gateway' } }],
    ['200 with HTML', { applied: true, answer: { status: 200, headers: html, body: '<p>ok' } }],
    [
      '200 with half a body',
      {
        applied: true,
        answer: { status: 200, headers: { 'content-type': 'application/json' }, body: '{"ti' },
      },
    ],
  ]

  test.each(lost)('Reply, %s: one comment, one mail, one update asked for', async (_how, failure) => {
    const given = await privateTicket()
    const { world } = given
    world.zendesk.fake.fail({ method: 'PUT', failure })

    await reply(given)
    await world.passTime(10, 10)

    expect(addedTo(given)).toEqual([{ body: answer, public: true }])
    expect(mailsOf(given)).toEqual([answer])
    expect(updates(given)).toHaveLength(1)
    expect(ticketCardText(given)).toContain('*Done.*')
    expect(ticketCards(given)).toHaveLength(1)
  })

  test.each(lost)(
    'Redirect: Support, %s: one internal comment, in the group of support',
    async (_how, failure) => {
      const given = await privateTicket()
      const { world, ticket } = given
      world.zendesk.fake.fail({ method: 'PUT', failure })

      await decideOnTicket(given, 'Redirect: Support')
      await world.passTime(10, 10)

      expect(addedTo(given)).toEqual([
        { body: `${texts.forwardedToSupport}\nKenji Mori, 2 March 2026, 10:00 UTC`, public: false },
      ])
      expect(world.zendesk.ticket(ticket).groupId).toBe(supportGroupId)
      expect(ticketCardText(given)).toContain('Forwarded to support')
    },
  )

  test('a requester who writes before it can be looked up: one answer, and the ticket is open again', async () => {
    const given = await privateTicket()
    const { world, ticket } = given
    world.zendesk.fake.fail({ method: 'PUT', failure: { applied: true, drop: 'connection' } })

    await reply(given)
    world.zendesk.requesterReplies(ticket, 'Thank you, says Wayne, but what of backups?')
    await world.passTime(10, 10)

    expect(mailsOf(given)).toEqual([answer])
    expect(updates(given)).toHaveLength(1)
    expect(ticketCardText(given)).toContain('Needs a reply from Field Security')
  })

  test('whose fate can’t be looked up for an hour is not repeated meanwhile', async () => {
    const given = await privateTicket()
    const { world } = given
    world.zendesk.fake.fail({ method: 'PUT', failure: { applied: true, drop: 'connection' } })
    const unreadable = { answer: { status: 503, body: {} } }
    world.zendesk.fake.fail({ method: 'GET', path: /audits/, times: Infinity, failure: unreadable })

    await reply(given)
    await world.passTime(12, 300)
    const meanwhile = ticketCardText(given)
    world.zendesk.fake.heal()
    await world.passTime(20, 600)

    expect(meanwhile).toContain('NO CLEAR ANSWER since')
    expect(updates(given)).toHaveLength(1)
    expect(mailsOf(given)).toEqual([answer])
    expect(ticketCardText(given)).toContain('*Done.*')
  })

  test('and that never came: after the limit it is looked up', async () => {
    const given = await privateTicket({ answerWithinMs: shortLimitMs })
    const { world } = given
    world.zendesk.fake.fail({ method: 'PUT', failure: { applied: true, hang: true } })

    await reply(given)
    await world.passTime(6, 10)

    expect(updates(given)).toHaveLength(1)
    expect(mailsOf(given)).toEqual([answer])
    expect(ticketCardText(given)).toContain('*Done.*')
  })

  test('and that was not made after all: it is made once', async () => {
    const given = await privateTicket()
    const { world } = given
    world.zendesk.fake.fail({ method: 'PUT', failure: { drop: 'connection' } })

    await reply(given)
    const early = mailsOf(given)
    await world.passTime(16, 10)

    expect(early).toEqual([])
    expect(mailsOf(given)).toEqual([answer])
    expect(updates(given)).toHaveLength(2)
  })
})

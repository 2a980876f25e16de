/** Zendesk is down or refuses: what was decided is done once, later. Through the whole app. */
import { describe, expect, test } from 'vitest'
import type { Failure } from '../../sandbox/fake-server.ts'
import { supportGroupId } from '../../sandbox/zendesk/zendesk.ts'
import { shortLimitMs, type WorldOptions } from '../app/desk-world.ts'
import { keptToItself, privateTicket } from '../app/kept-to-itself.ts'
import {
  addedTo,
  agent,
  decideOnTicket,
  mailsOf,
  openOnTicket,
  ticketCard,
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

const downs: [string, Failure][] = [
  ['drops every connection', { drop: 'connection' }],
  ['breaks off in the middle of its answers', { drop: 'half-body' }],
  ['answers 500', { answer: { status: 500, body: {} } }],
  ['answers 502', { answer: { status: 502, body: '<html>Bad Gateway</html>' } }],
  ['answers 503 with HTML', { answer: { status: 503, headers: html, body: '<h1>Down</h1>' } }],
  ['answers 429 without saying for how long', { answer: { status: 429, body: {} } }],
  ['answers 429 and asks to wait', { answer: { status: 429, headers: { 'retry-after': '90' }, body: {} } }],
  ['answers 200 with HTML', { answer: { status: 200, headers: html, body: '<h1>Sign in</h1>' } }],
]

describe('Zendesk is down for an hour after a decision', () => {
  test.each(downs)(
    '%s: afterwards the answer goes out once, and the ticket is solved',
    async (_how, failure) => {
      const given = await privateTicket()
      const { world, ticket } = given
      world.zendesk.fake.fail({ method: 'PUT', times: Infinity, failure })
      await reply(given)
      world.zendesk.fake.fail({ times: Infinity, failure })

      await world.passTime(12, 300)
      const meanwhile = ticketCardText(given)
      world.zendesk.fake.heal()
      await world.passTime(20, 600)

      expect(meanwhile).not.toContain('*Done.*')
      expect(addedTo(given)).toEqual([{ body: answer, public: true }])
      expect(world.zendesk.ticket(ticket).status).toBe('solved')
      expect(ticketCardText(given)).toContain('*Done.*')
      expect(ticketCards(given)).toHaveLength(1)
    },
  )

  test.each(downs)(
    '%s when the button is clicked: the person is told, and no modal opens',
    async (_how, failure) => {
      const given = await privateTicket()
      const { world, ticket } = given
      world.zendesk.fake.fail({ times: Infinity, failure })

      const view = await openOnTicket(given, 'Reply')

      expect(view).toBeUndefined()
      expect(world.told(agent)).toEqual([
        `Zendesk isn’t responding, so I can’t check ticket ${ticket}. Nothing was changed: try again in a few minutes.`,
      ])
      world.zendesk.fake.heal()
      await reply(given)
      expect(mailsOf(given)).toEqual([answer])
    },
  )

  test.each(downs)(
    '%s when the modal is submitted: nothing is sent, then or later',
    async (_how, failure) => {
      const given = await privateTicket()
      const { world, ticket } = given
      const view = await openOnTicket(given, 'Reply')
      world.zendesk.fake.fail({ times: Infinity, failure })

      await world.slack.submit(agent, view?.id ?? '', { [label]: answer })
      await world.settle()
      world.zendesk.fake.heal()
      await world.passTime(5, 60)

      expect(world.told(agent)).toEqual([
        `Zendesk isn’t responding, so I can’t check ticket ${ticket}. Nothing was changed: try again in a few minutes.`,
      ])
      expect(addedTo(given)).toEqual([])
      expect(ticketCardText(given)).toContain('Needs a reply from Field Security')
    },
  )

  test('a new ticket gets its card once Zendesk is back, and one only', async () => {
    const { world } = await privateTicket()
    world.zendesk.fake.fail({ times: Infinity, failure: { drop: 'connection' } })
    const { id: ticket } = world.zendesk.submitTicket('Wayne again.')
    await world.settle()
    await world.passTime(12, 300)
    const meanwhile = ticketCards({ world, ticket })

    world.zendesk.fake.heal()
    await world.passTime(2, 300)

    expect(meanwhile).toEqual([])
    expect(ticketCards({ world, ticket })).toHaveLength(1)
  })
})

describe('What the bot’s account wrote can’t be told apart, since the ticket’s audits can’t be read', () => {
  const unread = (ticket: number) =>
    `Zendesk isn’t responding, so I can’t check ticket ${ticket}. Nothing was changed: try again in a few minutes.`
  const decisions = ({ world }: WithTicket) =>
    world.inDatabase("select key from inbox where kind = 'decision'")

  /** A modal is open, and a colleague has written under the bot's account since. */
  async function writtenMeanwhile(failure: Failure, options: WorldOptions = {}) {
    const given = await privateTicket(options)
    const { world, ticket } = given
    const view = await openOnTicket(given, 'Reply')
    world.clock.advance({ minutes: 1 })
    world.zendesk.someoneCommentsAsBot(ticket, { body: 'We know of it.', public: false })
    world.zendesk.fake.fail({ path: /audits/, times: Infinity, failure })
    const submit = () => world.slack.submit(agent, view?.id ?? '', { [label]: answer })
    return { ...given, submit }
  }

  const down: Failure = { answer: { status: 503, body: {} } }

  test('when the button is clicked: the person is told, and no modal opens', async () => {
    const given = await writtenMeanwhile(down)

    const view = await openOnTicket(given, 'Reply')

    expect(view).toBeUndefined()
    expect(given.world.told(agent)).toEqual([unread(given.ticket)])
  })

  test('when the modal is submitted: the decision is stored, and the person is told', async () => {
    const given = await writtenMeanwhile(down)

    const { status } = await given.submit()
    await given.world.drain()

    expect(status).toBe(200)
    expect(await decisions(given)).toHaveLength(1)
    expect(given.world.told(agent)).toEqual([unread(given.ticket)])
    expect(addedTo(given)).toEqual([{ body: 'We know of it.', public: false }])
  })

  test('when the modal is submitted and the audits hang: the submit is acknowledged meanwhile', async () => {
    const answerWithinMs = shortLimitMs * 5
    const given = await writtenMeanwhile({ hang: true }, { answerWithinMs })

    const before = performance.now()
    const { status } = await given.submit()

    expect(status).toBe(200)
    expect(performance.now() - before).toBeLessThan(answerWithinMs)
    expect(await decisions(given)).toHaveLength(1)
    const told = () => given.world.told(agent)
    await expect.poll(told, { timeout: answerWithinMs * 4 }).toEqual([unread(given.ticket)])
  })
})

describe('429', () => {
  test('is believed: nothing is sent again before the time that Zendesk asked for', async () => {
    const given = await privateTicket()
    const { world } = given
    const failure = { answer: { status: 429, headers: { 'retry-after': '600' }, body: {} } }
    world.zendesk.fake.fail({ method: 'PUT', failure })

    await reply(given)
    await world.passTime(9, 60)
    const early = updates(given).length
    await world.passTime(2, 60)

    expect(early).toBe(1)
    expect(mailsOf(given)).toEqual([answer])
  })

  test('without a time is tried again soon', async () => {
    const given = await privateTicket()
    const { world } = given
    world.zendesk.fake.fail({ method: 'PUT', times: 2, failure: { answer: { status: 429, body: {} } } })

    await reply(given)
    await world.passTime(2, 10)

    expect(mailsOf(given)).toEqual([answer])
  })
})

describe('Zendesk refuses for good', () => {
  test('a group that goes after the look: the card names the setting, and Try Again goes on once it is mended', async () => {
    const given = await privateTicket()
    const { world, ticket } = given
    const { groups } = world.zendesk
    world.zendesk.groups = groups.filter(({ id }) => id !== supportGroupId)
    const there = { status: 200, body: { group: { id: supportGroupId, name: 'Support' } } }
    // Before the modal opens, and when it is decided.
    world.zendesk.fake.fail({ path: /\/groups\/\d+/, times: 2, failure: { answer: there } })

    await decideOnTicket(given, 'Redirect: Support')
    const failed = ticketCardText(given)
    world.zendesk.groups = groups
    await world.slack.click(agent, ticketCard(given), { button: 'Try Again' })
    await world.settle()

    expect(failed).toContain(
      `Zendesk has no group ${supportGroupId} (422): put the number of the support group into ZENDESK_SUPPORT_GROUP and start the bot again; then choose Try Again.`,
    )
    expect(world.zendesk.ticket(ticket).groupId).toBe(supportGroupId)
    expect(addedTo(given)).toHaveLength(1)
    expect(ticketCardText(given)).toContain('*Done.*')
  })

  test('a token that was revoked after the submit: the card says so, and Try Again sends it once it is renewed', async () => {
    const given = await privateTicket()
    const { world } = given
    const failure = { answer: { status: 401, body: { error: "Couldn't authenticate you" } } }
    world.zendesk.fake.fail({ method: 'PUT', times: Infinity, failure })

    await reply(given)
    const failed = ticketCardText(given)
    world.zendesk.fake.heal()
    await world.slack.click(agent, ticketCard(given), { button: 'Try Again' })
    await world.settle()

    expect(failed).toContain(
      "Zendesk doesn't accept the bot's token (401). Tell your admins: it has to be renewed.",
    )
    expect(world.logged.join('')).toMatch(/"effect":"ticket-reply".*401/)
    expect(mailsOf(given)).toEqual([answer])
  })

  test('a token that was revoked before the click: the person and the log are told', async () => {
    const given = await privateTicket()
    const { world } = given
    const failure = { answer: { status: 401, body: { error: "Couldn't authenticate you" } } }
    world.zendesk.fake.fail({ times: Infinity, failure })

    const view = await openOnTicket(given, 'Reply')
    await world.settle()

    expect(view).toBeUndefined()
    expect(world.told(agent)).toEqual([
      'Zendesk does not accept the bot’s token (401): tell your admins. Nothing was changed.',
    ])
    expect(world.logged.join('')).toMatch(/401.*Zendesk could not be polled/)
  })
})

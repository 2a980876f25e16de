/** Somebody writes whom Zendesk does not trust with the conversation, through the whole app. */
import { describe, expect, test } from 'vitest'
import {
  aTicket,
  decideOnTicket,
  engaged,
  expectNothingPersonal,
  mailsOf,
  ticketCardText,
  ticketThread,
  type WithTicket,
} from './ticket-acts.ts'

const answer = { 'Reply to the requester': 'Yes, it is.' }

const places = {
  new: () => aTicket(),
  'waiting for an expert': () => engaged(),
  solved: async () => {
    const given = await aTicket()
    await decideOnTicket(given, 'Reply', answer)
    return given
  },
} as const

const somebodyElse = ({ world, ticket }: WithTicket) =>
  world.zendesk.somebodyElseReplies(ticket, 'I am Bruce: it is worse than reported.')

/** What the card says of the step and when its clock ends; how long that is goes on. */
const head = (given: WithTicket) =>
  ticketCardText(given)
    .split('\n')[0]
    ?.replace(/, [^,]+ left/, '')

describe('A reply that Zendesk keeps internal', () => {
  test.each(Object.keys(places) as (keyof typeof places)[])(
    'is told in the thread and on the card of a ticket that is %s, without a name or a word, and nothing moves',
    async (place) => {
      const given = await places[place]()
      const { world, ticket } = given
      await world.advance({ minutes: 5 })
      const [before, threadBefore] = [head(given), ticketThread(given).length]

      somebodyElse(given)
      await world.drain()

      const rest =
        place === 'solved'
          ? 'The ticket stays as it is: if it needs an answer, open it again there.'
          : 'It counts as no reply of the requester: the clock goes on as before.'
      expect(ticketThread(given).slice(threadBefore)).toEqual([
        expect.stringContaining(
          `<!subteam^S01FIELDSEC> Somebody who is not the requester wrote on ticket ${ticket}. Zendesk kept it as an internal comment: read it there. ${rest}`,
        ),
      ])
      expect(ticketCardText(given)).toMatch(
        /\*Somebody who is not the requester wrote\*, .*and Zendesk kept it as an internal comment: read it there\. It doesn’t count as the requester’s reply\./,
      )
      expect(head(given)).toBe(before)
      expectNothingPersonal(given, 'Bruce', 'worse', 'Quinn', 'colleague@example.org')
    },
  )

  test('of somebody in copy is told as theirs, where the account keeps copies internal', async () => {
    const given = await aTicket()
    const { world } = given
    world.zendesk.account.ccsStayInternal = true
    const ccs = [{ name: 'Lee', email: 'lee@example.com' }]
    const {
      id: ticket,
      ccs: [lee],
    } = world.zendesk.submitTicket('Is it safe?', { ccs })
    await world.drain()

    world.zendesk.someoneComments(ticket, { body: 'Me too', public: true }, lee?.id)
    await world.drain()

    expect(ticketThread({ world, ticket }).at(-1)).toContain(
      `<!subteam^S01FIELDSEC> Somebody in copy wrote on ticket ${ticket}. Zendesk kept`,
    )
    expect(ticketCardText({ world, ticket })).toContain('*Somebody in copy wrote*')
  })

  test('is on the card until somebody has answered', async () => {
    const given = await aTicket()
    somebodyElse(given)
    await given.world.drain()
    await given.world.advance({ minutes: 5 })

    await decideOnTicket(given, 'Reply', answer)

    expect(mailsOf(given)).toEqual(['Yes, it is.'])
    expect(ticketCardText(given)).not.toContain('kept it as an internal comment')
  })

  test('is said once of many that come at once, and again of the next', async () => {
    const given = await aTicket({ webhook: false })
    const { world } = given
    const before = ticketThread(given).length
    for (let count = 0; count < 20; count++) somebodyElse(given)
    await world.settle()
    const once = ticketThread(given).length - before

    await world.advance({ minutes: 5 })
    somebodyElse(given)
    await world.settle()

    expect([once, ticketThread(given).length - before]).toEqual([1, 2])
  })

  test('is not taken of what an agent or Zendesk itself adds as an internal comment', async () => {
    const given = await aTicket()
    const { world, ticket } = given
    const before = ticketThread(given)

    world.zendesk.someoneComments(ticket, { body: 'For us', public: false })
    await world.drain()

    expect(ticketThread(given)).toEqual(before)
    expect(ticketCardText(given)).not.toContain('kept it as an internal comment')
  })

  test('on a ticket that was given to support is theirs to see', async () => {
    const given = await aTicket()
    await decideOnTicket(given, 'Redirect: Support')
    const before = ticketThread(given)

    somebodyElse(given)
    await given.world.drain()

    expect(ticketThread(given)).toEqual(before)
  })

  test('that was written while a ticket was being solved is told as well', async () => {
    const given = await aTicket({ webhook: false })
    const { world, ticket } = given
    const before = ticketThread(given).length

    somebodyElse(given)
    world.zendesk.someoneSolves(ticket)
    await world.settle()

    const said = ticketThread(given)
      .slice(before)
      .filter((text) => text.includes('kept it as an internal comment'))
    expect(said).toHaveLength(1)
  })
})

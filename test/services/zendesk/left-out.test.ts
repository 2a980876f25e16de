/** An update that Zendesk answers with 200 and carries out in part: what is missing has failed, and no e-mail goes twice. */
import { describe, expect, test } from 'vitest'
import { zendeskAgentId } from '../../../sandbox/zendesk/zendesk.ts'
import { expectAll } from '../../../src/services/zendesk/left-out.ts'
import { aTicketDesk, minute, type TicketDesk } from './ticket-desk.ts'

const toldOf = (what: string, rest: string) => [
  {
    status: 'failed',
    error: `Zendesk did not do all of it on ticket 456: ${what}. ${rest}, then choose Try Again.`,
  },
]
const unsent =
  'The requester got nothing. Give the bot’s account a role that may write public comments, and answer this one by hand in Zendesk'
const sent = 'The requester has the answer, and it is not sent again. Do the rest by hand in Zendesk'

const tryAgain = async (desk: TicketDesk) => {
  await desk.store.transaction(({ outbox }) => outbox.tryAgain(desk.id, desk.now().toISOString()))
  await desk.workFor(2 * minute)
  return desk.work(desk.id)
}

describe('an answer that is kept internal', () => {
  const kept = async () => {
    const desk = await aTicketDesk()
    desk.zendesk.account.onlyPrivateComments = true
    return desk
  }

  test('has failed, though Zendesk solves the ticket, and the card says what to do', async () => {
    const desk = await kept()

    const work = await desk.carryOut(desk.reply)

    expect(work).toEqual(toldOf('it kept the answer as an internal comment', unsent))
    expect([desk.ticket.status, desk.zendesk.mails]).toEqual(['solved', []])
  })

  test('stays failed until somebody has answered by hand, and is not written again', async () => {
    const desk = await kept()
    await desk.carryOut(desk.reply)
    desk.zendesk.account.onlyPrivateComments = false

    const before = await tryAgain(desk)
    desk.zendesk.someoneComments(456, { body: 'All of them.', public: true }, zendeskAgentId)
    const after = await tryAgain(desk)

    expect(before).toEqual(toldOf('it kept the answer as an internal comment', unsent))
    expect(after).toMatchObject([{ status: 'done' }])
    expect(desk.puts()).toHaveLength(1)
    expect(desk.zendesk.mails.map(({ text }) => text)).toEqual(['All of them.'])
  })

  test('is answered by an agent who is in copy', async () => {
    const desk = await kept()
    await desk.carryOut(desk.reply)
    desk.zendesk.account.onlyPrivateComments = false
    const sam = desk.zendesk.world.users.find(({ id }) => id === zendeskAgentId)
    Object.assign(desk.ticket, { ccs: [...desk.ticket.ccs, sam] })

    desk.zendesk.someoneComments(456, { body: 'All of them.', public: true }, zendeskAgentId)

    expect(await tryAgain(desk)).toMatchObject([{ status: 'done' }])
    expect(desk.puts()).toHaveLength(1)
  })

  test('is not answered by what the requester or somebody in copy writes', async () => {
    const desk = await kept()
    await desk.carryOut(desk.reply)
    desk.zendesk.requesterReplies(456, 'Hello?')
    desk.zendesk.someoneComments(456, { body: 'Hello?', public: true }, desk.ticket.ccs[0]?.id)

    expect(await tryAgain(desk)).toMatchObject([{ status: 'failed' }])
  })

  test.each([
    ['its answer was lost', { applied: true, drop: 'connection' } as const],
    [
      'its answer was a conflict',
      { applied: true, answer: { status: 409, body: { error: 'UpdateConflict' } } },
    ],
  ])('has failed as well where %s', async (_where, failure) => {
    const desk = await kept()
    desk.zendesk.fake.fail({ method: 'PUT', failure })

    expect(await desk.carryOut(desk.reply)).toEqual(
      toldOf('it kept the answer as an internal comment', unsent),
    )
    expect(desk.puts()).toHaveLength(1)
  })
})

describe('an answer after which the ticket is not solved', () => {
  test('has failed, and Try Again sends no second e-mail, but sees that somebody has solved it', async () => {
    const desk = await aTicketDesk()
    desk.zendesk.account.undoes = ['status']

    const first = await desk.carryOut(desk.reply)
    const before = await tryAgain(desk)
    desk.zendesk.someoneSolves(456)
    const after = await tryAgain(desk)

    expect(first).toEqual(toldOf('the ticket is new, not solved', sent))
    expect(before).toEqual(first)
    expect(after).toMatchObject([{ status: 'done' }])
    expect([desk.puts(), desk.zendesk.mails]).toMatchObject([{ length: 1 }, { length: 1 }])
  })

  test('has failed as well where its answer was lost', async () => {
    const desk = await aTicketDesk()
    desk.zendesk.account.undoes = ['status']
    desk.zendesk.fake.fail({ method: 'PUT', failure: { applied: true, drop: 'connection' } })

    expect(await desk.carryOut(desk.reply)).toEqual(toldOf('the ticket is new, not solved', sent))
    expect(desk.zendesk.mails).toHaveLength(1)
  })

  test('is done where it was not to be solved', async () => {
    const desk = await aTicketDesk()
    desk.zendesk.account.undoes = ['status']

    expect(await desk.carryOut({ ...desk.reply, solve: false })).toMatchObject([{ status: 'done' }])
  })
})

test('a ticket that stays with its group is not forwarded', async () => {
  const desk = await aTicketDesk()
  desk.zendesk.account.undoes = ['group_id']

  const work = await desk.carryOut(desk.forward)

  expect(work).toEqual(toldOf('the ticket is not in group 8001', 'Do that by hand in Zendesk'))
})

describe('what is asked for beside the answer', () => {
  const at = '2026-03-02T10:00:00.000Z'
  const ticket = {
    ...{ id: 7, createdAt: at, updatedAt: at, status: 'closed', subject: '', requesterId: 1, ccIds: [] },
    ...{ isMerged: false, tags: ['form', 'vip'] },
    customFields: [
      { id: 3, value: '5' },
      { id: 4, value: null },
      { id: 5, value: ['b', 'a'] },
    ],
  }
  const asked = {
    status: 'solved',
    tags: ['form'],
    customFields: [
      { id: 3, value: 5 },
      { id: 4, value: '' },
      { id: 5, value: ['a', 'b'] },
    ],
    comment: { body: 'x', public: true },
  }

  test('is there in whatever form Zendesk keeps it: closed at once, a number as text, more tags', () => {
    expect(() => expectAll(7, asked, { ...ticket, isCommentPublic: true })).not.toThrow()
    expect(() => expectAll(7, asked, ticket)).not.toThrow()
  })

  test.each([
    [{ tags: ['form', 'gone', 'lost'] }, '2 of 3 tags are not on it'],
    [
      {
        customFields: [
          { id: 3, value: 'x' },
          { id: 9, value: true },
        ],
      },
      'field 3 is not set; field 9 is not set',
    ],
    [
      { status: 'pending', groupId: '8001' },
      'the ticket is closed, not pending; the ticket is not in group 8001',
    ],
  ])('%j is missing, by number and without a word of it', (more, what) => {
    expect(() => expectAll(7, { ...asked, ...more }, ticket)).toThrow(
      `Zendesk did not do all of it on ticket 7: ${what}. ${sent}.`,
    )
  })

  test('an internal comment is as it was asked for', () => {
    expect(() =>
      expectAll(7, { comment: { body: 'x', public: false } }, { ...ticket, isCommentPublic: false }),
    ).not.toThrow()
  })
})

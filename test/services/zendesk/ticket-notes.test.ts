/** Internal comments on a ticket, through the worker. */
import { describe, expect, test } from 'vitest'
import { trustSafetyProject } from '../../../sandbox/gitlab/gitlab.ts'
import { claimAt, none } from '../../store/held.ts'
import { aTicketDesk, minute } from './ticket-desk.ts'

const note = {
  kind: 'ticket-note',
  text: 'Queued by {person:U01MANAGER}.\nCustomer: none given',
} as const
const link = { kind: 'link-expert-issue' } as const
const ask = { kind: 'open-expert-issue', team: 'Abuse', question: 'Is it known?' } as const
const abuse = { name: 'Abuse', project: trustSafetyProject, labels: [] }

describe('an internal comment', () => {
  test('is added to the ticket as it is by now, with people’s names', async () => {
    const desk = await aTicketDesk()
    desk.zendesk.requesterReplies(456, 'One more thing')

    const work = await desk.carryOut(note)

    expect(desk.puts().map(({ body }) => body)).toEqual([
      {
        ticket: {
          comment: { body: 'Queued by Mara Silva.\nCustomer: none given', public: false },
          safe_update: true,
          updated_stamp: '2026-11-22T09:01:00Z',
          metadata: { op_id: 'op-1' },
        },
      },
    ])
    expect(desk.zendesk.mails).toEqual([])
    expect(work).toEqual([{ status: 'done', result: { ticket: 456, updatedAt: '2026-11-22T09:01:01.000Z' } }])
  })

  test('leaves what was seen as it is: what came between is still to be read', async () => {
    const desk = await aTicketDesk()
    const before = await desk.seen()

    await desk.carryOut(note)

    expect(await desk.seen()).toEqual(before)
  })

  test('whose answer was lost is found on the audits', async () => {
    const desk = await aTicketDesk()
    desk.zendesk.fake.fail({ method: 'PUT', failure: { applied: true, drop: 'connection' } })

    const work = await desk.carryOut(note)

    expect(desk.comments()).toHaveLength(1)
    expect(work).toEqual([{ status: 'done', result: { ticket: 456, updatedAt: '2026-11-22T09:01:00.000Z' } }])
  })

  test('is written again soon when somebody was faster by a moment', async () => {
    const desk = await aTicketDesk()
    const answer = { status: 409, body: { error: 'UpdateConflict' } }
    desk.zendesk.fake.fail({ method: 'PUT', failure: { answer } })
    await desk.toDo(desk.id, note)

    await desk.worker.runUntilIdle()
    const first = await desk.work(desk.id)
    await desk.workFor(minute)

    expect(first).toEqual([
      { status: 'pending', error: 'Ticket 456 changed at the same moment: it is written again soon.' },
    ])
    expect(await desk.statuses(desk.id)).toEqual(['done'])
    expect(desk.comments()).toHaveLength(1)
    expect(desk.told).toEqual([])
  })

  test.each([
    ['closed', 'Ticket 456 is closed and can’t be changed (422). Write to the requester in a new ticket.'],
    ['deleted', "Ticket 456 is gone (404), or the bot's account can't see it."],
  ] as const)('on a ticket that is %s is not written', async (how, error) => {
    const desk = await aTicketDesk()
    if (how === 'closed') desk.zendesk.closes(456)
    else desk.zendesk.deletes(456)

    const work = await desk.carryOut(note)

    expect(work).toEqual([{ status: 'failed', error }])
  })
})

describe('the link to the expert team’s issue', () => {
  const given = { context: { expertTeams: [abuse] } }

  test('names the team and the address', async () => {
    const desk = await aTicketDesk(given)

    await desk.carryOut(ask, link)

    const url = `${desk.gitlab.url}/${trustSafetyProject}/-/issues/1`
    expect(desk.comments()).toEqual([{ body: `Expert issue (Abuse): ${url}`, public: false }])
    expect(await desk.statuses(desk.id)).toEqual(['done', 'done'])
  })

  test('is that of the issue opened last before it', async () => {
    const desk = await aTicketDesk(given)
    await desk.carryOut(ask, link)

    await desk.carryOut(ask, link)

    expect(desk.comments().map(({ body }) => body.replace(desk.gitlab.url, ''))).toEqual([
      `Expert issue (Abuse): /${trustSafetyProject}/-/issues/1`,
      `Expert issue (Abuse): /${trustSafetyProject}/-/issues/2`,
    ])
  })

  test('waits while the issue is not open yet', async () => {
    const desk = await aTicketDesk(given)
    await desk.toDo(desk.id, ask, link)
    const [first, second] = await desk.store.tables.outbox.ofRequest(desk.id)
    await desk.store.tables.outbox.claim(
      first ?? none,
      claimAt(desk.now().toISOString(), 'a stopped process'),
    )

    const handler = desk.zendeskEffects['link-expert-issue']
    const waiting = handler.execute(second ?? expect.unreachable(), link)

    await expect(waiting).rejects.toThrow('Waiting for the expert team’s issue to be opened.')
  })

  test('is not written where no issue was opened', async () => {
    const desk = await aTicketDesk(given)

    const work = await desk.carryOut(link)

    expect(work).toEqual([
      {
        status: 'failed',
        error: 'The expert team’s issue was not opened, so there is no address to write to the ticket.',
      },
    ])
    expect(desk.puts()).toEqual([])
  })
})

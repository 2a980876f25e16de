/** What was decided on a ticket, through the worker: what the local Zendesk receives, and what comes of it. */
import { describe, expect, test } from 'vitest'
import type { Failure } from '../../../sandbox/fake-server.ts'
import { origins } from '../../../sandbox/services.ts'
import {
  securityGroupId,
  supportGroupId,
  zendeskBotId,
  zendeskEmail,
  zendeskToken,
} from '../../../sandbox/zendesk/zendesk.ts'
import { connectZendesk } from '../../../src/services/zendesk/client.ts'
import { aTicketDesk, decidedAt, minute, type TicketDesk } from './ticket-desk.ts'

const updated = '2026-11-22T09:01:00.000Z'
const opId = 'op-1'

describe('an answer', () => {
  test('is one update: a public comment, and the ticket is solved', async () => {
    const desk = await aTicketDesk()

    const work = await desk.carryOut(desk.reply)

    expect(desk.puts().map(({ body }) => body)).toEqual([
      {
        ticket: {
          status: 'solved',
          comment: { body: 'All of them.', public: true },
          safe_update: true,
          updated_stamp: '2026-11-22T09:00:01Z',
          metadata: { op_id: opId },
        },
      },
    ])
    expect(desk.zendesk.mails.map(({ to, text }) => [to, text])).toEqual([
      [['jane.doe@example.com', 'joe.copy@example.com'], 'All of them.'],
    ])
    expect(work).toEqual([{ status: 'done', result: { ticket: 456, updatedAt: updated } }])
  })

  test('that does not solve leaves the status as it is', async () => {
    const desk = await aTicketDesk()

    await desk.carryOut({ ...desk.reply, solve: false })

    expect(desk.puts().map(({ body }) => body)).toMatchObject([{ ticket: { comment: { public: true } } }])
    expect(Object(desk.puts()[0]?.body).ticket).not.toHaveProperty('status')
    expect([desk.ticket.status, (await desk.seen())?.state]).toEqual(['new', 'opened'])
  })

  test('is noted as seen with its result, so that a later reopening is one and our own change is none', async () => {
    const desk = await aTicketDesk()
    const before = await desk.seen()

    await desk.carryOut(desk.reply)

    expect(await desk.seen()).toEqual({ ...before, state: 'closed', updatedAt: updated })
    expect(await desk.store.tables.inbox.pendingCount()).toBe(0)
  })

  test('without words is not sent', async () => {
    const desk = await aTicketDesk()

    const work = await desk.carryOut({ ...desk.reply, text: ' \n ' })

    expect(desk.puts()).toEqual([])
    expect(work).toEqual([{ status: 'failed', error: 'The text is empty. Nothing was sent.' }])
  })

  test('is in the audit log with the ticket’s number, and without what was written', async () => {
    const desk = await aTicketDesk()

    await desk.carryOut(desk.reply)

    const entries = await desk.store.tables.audit.ofRequest(desk.id)
    expect(entries.map(({ iid, details }) => [iid, details])).toEqual([
      [
        undefined,
        {
          ...{ effect: 'ticket-reply', opId, ticket: 456 },
          ...{ outcome: 'done', attempt: 1, updatedAt: updated },
        },
      ],
    ])
  })
})

describe('an outcome that is not known', () => {
  const applied: readonly (readonly [string, Failure])[] = [
    ['a 502', { applied: true, answer: { status: 502, body: {} } }],
    ['no answer in time', { applied: true, hang: true }],
    ['a dropped connection', { applied: true, drop: 'connection' }],
  ]

  test.each(applied)(
    '%s: what was done is found on the audits, and not done again',
    async (_what, failure) => {
      const desk = await aTicketDesk()
      desk.zendesk.fake.fail({ method: 'PUT', failure })

      const work = await desk.carryOut(desk.reply)

      expect(desk.puts()).toHaveLength(1)
      expect(desk.gets()).toEqual(['tickets/456/audits.json'])
      expect(desk.comments()).toEqual([{ body: 'All of them.', public: true }])
      expect(work).toEqual([{ status: 'done', result: { ticket: 456, updatedAt: updated } }])
      expect((await desk.seen())?.state).toBe('closed')
    },
  )

  test('what was not done is looked for eight times, and then done', async () => {
    const desk = await aTicketDesk()
    desk.zendesk.fake.fail({ method: 'PUT', failure: { drop: 'connection' } })

    await desk.carryOut(desk.forward)

    expect(desk.gets()).toEqual(Array(8).fill('tickets/456/audits.json'))
    expect(desk.comments()).toEqual([{ body: 'For you.', public: false }])
  })

  test('a conflict with our own update is found on the audits', async () => {
    const desk = await aTicketDesk()
    const answer = { status: 409, body: { error: 'UpdateConflict' } }
    desk.zendesk.fake.fail({ method: 'PUT', failure: { applied: true, answer } })

    const work = await desk.carryOut(desk.reply)

    expect(work).toEqual([{ status: 'done', result: { ticket: 456, updatedAt: updated } }])
    expect(desk.told).toEqual([])
  })

  test.each([
    ['', '2026-11-22T09:01:03.000Z'],
    [' in the same second', updated],
  ])(
    'a ticket that was read after it already%s, perhaps reopened by then, is read once more',
    async (_when, later) => {
      const desk = await aTicketDesk()
      desk.zendesk.fake.fail({ method: 'PUT', failure: { applied: true, drop: 'connection' } })
      await desk.toDo(desk.id, desk.reply)
      await desk.worker.runUntilIdle()
      const row = await desk.store.tables.requests.byId(desk.id)
      await desk.store.tables.requests.update({
        ...(row ?? expect.unreachable()),
        seen: { ...(row ?? expect.unreachable()).seen, updatedAt: later },
      })

      await desk.workFor(minute)

      expect(await desk.seen()).toMatchObject({ state: 'closed', updatedAt: later })
      expect(
        (await desk.store.tables.inbox.pending('2027-01-01T00:00:00.000Z', 9)).map(
          ({ key, kind, payload }) => [key, kind, payload],
        ),
      ).toEqual([['hint:zendesk:456:overtaken:op-1', 'zendesk-hint', { ticket: 456 }]])
    },
  )
})

describe('a ticket that has changed since', () => {
  const at = 'Nov 22, 9:01 AM UTC'
  const changes: readonly (readonly [string, (desk: TicketDesk) => void, readonly string[]])[] = [
    [
      'the requester wrote',
      ({ zendesk }) => void zendesk.requesterReplies(456, 'One more thing'),
      [`the requester wrote, ${at}`],
    ],
    [
      'somebody in copy wrote',
      ({ zendesk, ticket }) => zendesk.someoneComments(456, text, ticket.ccs[0]?.id),
      [`somebody in copy wrote, ${at}`],
    ],
    [
      'an agent answered',
      ({ zendesk }) => zendesk.someoneComments(456, text),
      [`an agent wrote a public answer, ${at}`],
    ],
    [
      'an agent noted something',
      ({ zendesk }) => zendesk.someoneComments(456, { ...text, public: false }),
      [`an internal comment was added, ${at}`],
    ],
    ['an agent solved it', ({ zendesk }) => zendesk.someoneSolves(456), ['it is solved now']],
    [
      'an agent gave it to another group',
      ({ zendesk }) => zendesk.someoneMoves(456, supportGroupId),
      ['it belongs to another group now'],
    ],
    [
      'a trigger set it pending',
      ({ zendesk, ticket }) => {
        zendesk.someoneMoves(456, securityGroupId)
        ticket.status = 'pending'
      },
      ['something on it was changed'],
    ],
  ]
  const text = { body: 'Jane Doe has called', public: true }

  test.each(changes)('%s: nothing is sent, and whoever decided is told', async (_what, change, sentences) => {
    const desk = await aTicketDesk()
    change(desk)
    const before = structuredClone(desk.ticket.comments)

    const work = await desk.carryOut(desk.reply)

    expect(desk.puts()).toHaveLength(1)
    expect(desk.ticket.comments).toEqual(before)
    expect(desk.told).toEqual([
      {
        requestId: desk.id,
        observation: {
          name: 'ticket-update-refused',
          changes: sentences,
          decisionId: 'decision-0',
          decidedAt,
          at: '2026-11-22T09:01:00.000Z',
          backTo: 'new',
        },
        key: 'effect:op-1:refused',
      },
    ])
    expect(desk.hinted).toEqual([{ ticket: 456, key: 'hint:zendesk:456:refused:op-1' }])
    expect(work).toEqual([{ status: 'cancelled', error: `The ticket had changed: ${sentences.join('; ')}.` }])
  })

  test('what was decided with it is not done either', async () => {
    const desk = await aTicketDesk()
    desk.zendesk.someoneSolves(456)

    await desk.carryOut(desk.reply, { kind: 'ticket-note', text: 'Report queued.' })

    expect(await desk.statuses(desk.id)).toEqual(['cancelled', 'cancelled'])
    expect(desk.comments()).toEqual([])
  })

  test('unless the request stands where it was moved to all the same', async () => {
    const desk = await aTicketDesk()
    desk.zendesk.someoneMoves(456, supportGroupId)
    const { backTo: _backTo, ...notice } = desk.reply

    await desk.carryOut({ ...notice, solve: false }, { kind: 'ticket-note', text: 'Asked.' })

    expect(await desk.statuses(desk.id)).toEqual(['cancelled', 'done'])
    expect(desk.told.map(({ observation }) => observation)).toEqual([
      {
        name: 'ticket-update-refused',
        changes: ['it belongs to another group now'],
        ...{ decisionId: 'decision-0', decidedAt, at: '2026-11-22T09:01:00.000Z' },
      },
    ])
  })

  test('is not forwarded', async () => {
    const desk = await aTicketDesk()
    desk.zendesk.requesterReplies(456, 'Never mind')

    const work = await desk.carryOut(desk.forward)

    expect(desk.ticket.groupId).toBe(securityGroupId)
    expect(work).toEqual([
      { status: 'cancelled', error: `The ticket had changed: the requester wrote, ${at}.` },
    ])
  })

  test('that can’t be read just then is asked for again', async () => {
    const desk = await aTicketDesk()
    desk.zendesk.requesterReplies(456, 'Never mind')
    desk.zendesk.fake.fail({ path: /comments/, failure: { answer: { status: 503, body: {} } } })

    const work = await desk.carryOut(desk.reply)

    expect(desk.told).toHaveLength(1)
    expect(work).toMatchObject([{ status: 'cancelled' }])
  })

  test('by the bot’s own earlier answer says so', async () => {
    const desk = await aTicketDesk()

    const work = await desk.carryOut({ ...desk.reply, solve: false }, desk.reply)

    expect(desk.zendesk.mails).toHaveLength(1)
    expect(work.map(({ error }) => error)).toEqual([
      undefined,
      `The ticket had changed: the bot wrote a public answer, ${at}.`,
    ])
    expect(desk.ticket.posted.at(-1)?.authorId).toBe(zendeskBotId)
  })
})

describe('a note of the bot’s own that waited before it', () => {
  const note = { kind: 'ticket-note', text: 'Report queued.' } as const
  const whatWasAdded = (desk: TicketDesk) => desk.comments().map(({ body }) => body)

  test('is no change: the answer goes out as the ticket stands then', async () => {
    const desk = await aTicketDesk()

    const work = await desk.carryOut(note, desk.reply)

    expect(work.map(({ status }) => status)).toEqual(['done', 'done'])
    expect(whatWasAdded(desk)).toEqual(['Report queued.', 'All of them.'])
    expect(desk.puts().map(({ body }) => Object(body).ticket.updated_stamp)).toEqual([
      '2026-11-22T09:00:01Z',
      '2026-11-22T09:00:01Z',
      '2026-11-22T09:01:00Z',
    ])
    expect(desk.told).toEqual([])
  })

  test('nor is one whose answer was lost, or another process’s', async () => {
    const desk = await aTicketDesk()
    desk.zendesk.fake.fail({ method: 'PUT', failure: { applied: true, drop: 'connection' } })

    const work = await desk.carryOut(note, note, desk.reply)

    expect(work.map(({ status }) => status)).toEqual(['done', 'done', 'done'])
    expect(whatWasAdded(desk)).toEqual(['Report queued.', 'Report queued.', 'All of them.'])
  })

  test('the ticket is forwarded to support all the same', async () => {
    const desk = await aTicketDesk()

    const work = await desk.carryOut(note, desk.forward)

    expect(work.map(({ status }) => status)).toEqual(['done', 'done'])
    expect(desk.ticket.groupId).toBe(supportGroupId)
  })

  const others: readonly (readonly [string, (desk: TicketDesk) => void])[] = [
    ['the requester writes', ({ zendesk }) => void zendesk.requesterReplies(456, 'One more thing')],
    [
      'a colleague notes something',
      ({ zendesk }) => zendesk.someoneComments(456, { body: 'Wait for me', public: false }),
    ],
    ['a colleague sets it back', ({ zendesk }) => zendesk.someoneMoves(456, securityGroupId)],
    ['it is deleted', ({ zendesk }) => zendesk.deletes(456)],
  ]

  test.each(others)('%s before the note: nothing is sent', async (_what, happens) => {
    const desk = await aTicketDesk()
    happens(desk)

    await desk.carryOut(note, desk.reply)

    expect(whatWasAdded(desk)).not.toContain('All of them.')
    expect(desk.zendesk.mails).toEqual([])
  })

  test.each(others)('%s between the note and the answer: nothing is sent', async (_what, happens) => {
    const desk = await aTicketDesk()
    await desk.carryOut(note)
    happens(desk)

    await desk.carryOut(desk.reply)

    expect(await desk.statuses(desk.id)).toEqual(['done', 'cancelled'])
    expect(desk.zendesk.mails).toEqual([])
  })

  test.each(others)('%s while it is looked at: nothing is sent', async (_what, happens) => {
    const during: (() => void)[] = []
    const desk = await aTicketDesk({ zendesk: () => ({ sleep: async () => during.shift()?.() }) })
    during.push(() => happens(desk))

    await desk.carryOut(note, desk.reply)

    expect(await desk.statuses(desk.id)).toEqual(['done', 'cancelled'])
    expect(desk.zendesk.mails).toEqual([])
  })

  test('what bears the mark of another desk is somebody else’s', async () => {
    const desk = await aTicketDesk()
    await desk.carryOut(note)
    const other = connectZendesk({
      ...{ url: origins.zendesk, email: zendeskEmail, token: zendeskToken, fetch: desk.fetch },
    })
    const { updatedAt: updatedStamp } = await other.ticket(456)
    const comment = { body: 'Of another desk', public: false }
    await other.updateTicket(456, { comment, updatedStamp, opId: 'op-of-another' })

    await desk.carryOut(desk.reply)

    expect(await desk.statuses(desk.id)).toEqual(['done', 'cancelled'])
  })

  test('a change that leaves no audit is somebody else’s', async () => {
    const desk = await aTicketDesk()
    await desk.carryOut(note)
    desk.zendesk.deletes(456)
    desk.zendesk.restores(456)

    await desk.carryOut(desk.reply)

    expect(await desk.statuses(desk.id)).toEqual(['done', 'cancelled'])
  })

  test('a note that a trigger has solved the ticket by is a change', async () => {
    const desk = await aTicketDesk()
    await desk.carryOut(note)
    const [first, audit] = desk.ticket.audits.splice(0)
    const solving = { id: 1, type: 'Change', field_name: 'status', value: 'solved' } as const
    if (first && audit) desk.ticket.audits.push(first, { ...audit, events: [...audit.events, solving] })
    desk.ticket.status = 'solved'

    const work = await desk.carryOut(desk.reply)

    expect(work.map(({ error }) => error)).toEqual([undefined, 'The ticket had changed: it is solved now.'])
  })
})

describe('forwarding to support', () => {
  test('gives the ticket to the group with an internal comment, in one update', async () => {
    const desk = await aTicketDesk()
    const text = 'A lost phone.\n{person:U01MANAGER}, Nov 22, 9:01 AM UTC'

    const work = await desk.carryOut({ ...desk.forward, text })

    expect(desk.puts().map(({ body }) => body)).toEqual([
      {
        ticket: {
          comment: { body: 'A lost phone.\nMara Silva, Nov 22, 9:01 AM UTC', public: false },
          group_id: supportGroupId,
          safe_update: true,
          updated_stamp: '2026-11-22T09:00:01Z',
          metadata: { op_id: opId },
        },
      },
    ])
    expect(desk.zendesk.mails).toEqual([])
    expect(work).toEqual([{ status: 'done', result: { ticket: 456, updatedAt: updated } }])
    expect(await desk.seen()).toMatchObject({
      state: 'opened',
      groupId: String(supportGroupId),
      updatedAt: updated,
    })
  })

  test('to a group that is not there says which setting to mend, and Try Again works', async () => {
    const desk = await aTicketDesk()
    const { groups } = desk.zendesk
    desk.zendesk.groups = groups.filter(({ id }) => id !== supportGroupId)

    const work = await desk.carryOut(desk.forward)
    desk.zendesk.groups = groups
    await desk.store.tables.outbox.tryAgain(desk.id, desk.now().toISOString())
    await desk.workFor(minute)

    expect(work).toEqual([
      {
        status: 'failed',
        error: `Zendesk has no group ${supportGroupId} (422): put the number of the support group into ZENDESK_SUPPORT_GROUP and start the bot again; then choose Try Again.`,
      },
    ])
    expect(await desk.statuses(desk.id)).toEqual(['done'])
    expect(desk.ticket.groupId).toBe(supportGroupId)
  })

  test('without the setting says so', async () => {
    const { zendesk: _zendesk, ...desk } = await aTicketDesk({
      zendesk: () => ({ supportGroup: undefined }) as object,
    })

    const work = await desk.carryOut(desk.forward)

    expect(desk.puts()).toEqual([])
    expect(work).toEqual([
      {
        status: 'failed',
        error:
          'It is not known to which group support requests go: set ZENDESK_SUPPORT_GROUP and start the bot again; then choose Try Again.',
      },
    ])
  })
})

describe('a ticket that can’t be changed', () => {
  test.each(['reply', 'forward'] as const)(
    'closed (%s): nothing was sent, and there is nothing to try again',
    async (what) => {
      const desk = await aTicketDesk()
      desk.zendesk.closes(456)

      const work = await desk.carryOut(desk[what])

      expect(work).toEqual([{ status: 'cancelled', error: 'The ticket had changed: it is closed now.' }])
      expect(desk.hinted).toEqual([{ ticket: 456, key: 'hint:zendesk:456:refused:op-1' }])
    },
  )

  test('deleted before it was known whether the answer had gone out: nobody says that it had not, and it is found once the ticket is back', async () => {
    const desk = await aTicketDesk()
    desk.zendesk.fake.fail({ method: 'PUT', failure: { applied: true, drop: 'connection' } })
    const tryAgain = async () => {
      await desk.store.tables.outbox.tryAgain(desk.id, desk.now().toISOString())
      await desk.workFor(minute)
      return desk.statuses(desk.id)
    }

    await desk.toDo(desk.id, desk.reply)
    await desk.workFor(1_000)
    desk.zendesk.deletes(456)
    await desk.workFor(minute)
    const [atFirst, again] = [await desk.work(desk.id), await tryAgain()]
    desk.zendesk.restores(456)
    const atLast = await tryAgain()

    expect(atFirst).toEqual([
      {
        status: 'failed',
        error:
          "Ticket 456 is gone (404), or the bot's account can't see it. It can’t be seen whether this had been sent before.",
      },
    ])
    expect([again, atLast]).toEqual([['failed'], ['done']])
    expect(desk.puts()).toHaveLength(1)
    expect(desk.told).toEqual([])
  })

  test('deleted: nothing was sent, and there is nothing to try again', async () => {
    const desk = await aTicketDesk()
    desk.zendesk.deletes(456)

    const work = await desk.carryOut(desk.reply)

    expect(work).toEqual([
      {
        status: 'cancelled',
        error: 'The ticket had changed: it was deleted, or the bot’s account can no longer see it.',
      },
    ])
  })

  test.each([
    [401, "Zendesk doesn't accept the bot's token (401). Tell your admins: it has to be renewed."],
    [403, "The bot's account isn't allowed to change ticket 456 (403)."],
    [
      422,
      'Zendesk does not take the change of ticket 456 (422): most likely a field has to be filled in first. Fill it in there, then choose Try Again.',
    ],
  ])('by a %d is told of', async (status, error) => {
    const desk = await aTicketDesk()
    desk.zendesk.fake.fail({ method: 'PUT', failure: { answer: { status, body: {} } } })

    const work = await desk.carryOut(desk.reply)

    expect(desk.puts()).toHaveLength(1)
    expect(work).toEqual([{ status: 'failed', error }])
  })

  test('by a 422 whose reason can’t be looked for is told of with what it may be', async () => {
    const desk = await aTicketDesk()
    desk.zendesk.fake.fail({ method: 'PUT', failure: { answer: { status: 422, body: {} } } })
    desk.zendesk.fake.fail({ method: 'GET', failure: { answer: { status: 503, body: {} } } })

    const work = await desk.carryOut(desk.reply)

    expect(work[0]?.error).toBe(
      'Zendesk does not take the change of ticket 456 (422): it is closed, or a field has to be filled in before it can be solved.',
    )
  })
})

test.each([
  ['with Retry-After', { 'retry-after': '40' }, 40_000],
  ['without Retry-After', {}, 500],
])('A 429 %s is waited for, and then it is done once', async (_what, headers, ms) => {
  const desk = await aTicketDesk()
  desk.zendesk.fake.fail({ method: 'PUT', failure: { answer: { status: 429, headers, body: {} } } })
  await desk.toDo(desk.id, desk.reply)

  await desk.workFor(ms - 1)
  const before = desk.puts().length
  await desk.workFor(minute)

  expect([before, desk.puts().length]).toEqual([1, 2])
  expect(desk.comments()).toHaveLength(1)
  expect(await desk.statuses(desk.id)).toEqual(['done'])
})

test('Not more updates of tickets a minute than Zendesk takes', async () => {
  const desk = await aTicketDesk({ sizes: { zendeskUpdates: { burst: 1, perMinute: 1 } } })
  await desk.toDo(desk.id, { ...desk.reply, solve: false }, { kind: 'ticket-note', text: 'Noted.' })

  await desk.worker.runUntilIdle()
  const atOnce = desk.puts().length
  await desk.workFor(minute)

  expect([atOnce, desk.puts().length]).toEqual([1, 2])
})

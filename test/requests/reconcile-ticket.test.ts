/** What is read of a ticket, and what it changes. */
import { describe, expect, it } from 'vitest'
import type { Event } from '../../src/engine/event.ts'
import { unreadable as takeUnreadable } from '../../src/requests/reconcile.ts'
import { aDesk, type Desk, handleById } from './a-desk.ts'
import {
  answered,
  aSighting,
  aTicketAt,
  put,
  security,
  support,
  take,
  ticketRow,
  ticketThread,
  wrote,
} from './a-ticket.ts'

const start = { at: '2026-03-02T10:05:00.000Z' }

const unreadable = async (desk: Desk, status: 404 | 403) => {
  const row = await ticketRow(desk)
  await desk.store.transaction((tables) =>
    takeUnreadable(desk.context, tables, row, { status, isGone: status === 404 }),
  )
}

const logged = async (desk: Desk) =>
  (await desk.store.tables.audit.ofRequest((await ticketRow(desk)).id)).map(
    ({ what, details }) => details.name ?? what,
  )

async function decide(desk: Desk, decision: string, input: Record<string, string>) {
  const { id } = await ticketRow(desk)
  const event: Event = {
    kind: 'decision',
    decision,
    by: { id: 'UFSE', roles: ['field-security'] },
    input,
    at: desk.context.now().toISOString(),
  }
  return desk.store.transaction((tables) => handleById(desk, tables, id, event))
}

describe('a ticket is taken in', () => {
  it('when it is in the queue and not solved: new, with a clock of one business day and a card to come', async () => {
    const desk = await aDesk(start)

    const { id: _id, version: _version, ...row } = await aTicketAt(desk)

    const { seen } = aSighting()
    expect(row).toEqual({
      source: 'zendesk',
      number: 456,
      url: 'https://example.zendesk.com/agent/tickets/456',
      flow: 'security-ticket',
      step: 'new',
      stepSince: '2026-03-02T10:05:00.000Z',
      createdAt: '2026-03-02T10:00:00.000Z',
      refreshAt: '2026-03-03T07:00:00.000Z',
      facts: {},
      seen: { ...seen, homeGroupId: security },
    })
    expect(await desk.store.tables.outbox.waitingRedraw(_id)).toBeDefined()
    expect(await logged(desk)).toEqual(['opened'])
  })

  it('with what was written before the bot first saw it', async () => {
    const desk = await aDesk(start)
    const news = [answered(2, '2026-03-02T10:01:00.000Z'), wrote(3, '2026-03-02T10:02:00.000Z')]

    const row = await aTicketAt(desk, aSighting({ news, seen: { noteId: 3 } }))

    expect(row.facts).toEqual({
      lastPublicReplyAt: '2026-03-02T10:01:00.000Z',
      lastReplyAt: '2026-03-02T10:02:00.000Z',
    })
  })

  it.each([
    ['not when it is outside of the queue', aSighting(), false],
    ['not when it is solved already', aSighting({ solved: 'solved' }), true],
    ['not when it was merged already', aSighting({ solved: 'merged' }), true],
    ['not when it is closed already', aSighting({ solved: 'closed' }), true],
  ])('%s', async (_what, sighting, isInQueue) => {
    const desk = await aDesk(start)

    await take(desk, sighting, isInQueue)

    expect(await desk.store.tables.requests.byNumber(456, 'zendesk')).toBeUndefined()
    expect((await desk.store.tables.audit.head()).seq).toBe(0)
  })

  it('once, however often it is read; an issue of the same number is another request', async () => {
    const desk = await aDesk(start)
    await desk.insert({ id: 'issue', number: 456 })

    await take(desk, aSighting(), true)
    await take(desk, aSighting(), true)

    expect(await desk.store.tables.requests.open('zendesk')).toHaveLength(1)
    expect((await desk.row('issue')).step).toBe('awaiting-answers')
  })
})

describe('what is closed elsewhere is closed here', () => {
  const at = '2026-03-02T11:00:00.000Z'

  it.each([
    ['solved', 'Solved in Zendesk, not by the bot'],
    ['closed', 'Closed in Zendesk, not by the bot'],
    ['merged', 'Merged into another ticket in Zendesk'],
  ] as const)('%s', async (solved, what) => {
    const desk = await aDesk(start)
    await aTicketAt(desk)

    await take(desk, aSighting({ solved, at }))

    expect(await ticketRow(desk)).toMatchObject({
      step: 'solved',
      closedAt: '2026-03-02T10:05:00.000Z',
      facts: { closedFrom: 'new', ticketEnd: solved, lastMove: { what, by: 'zendesk', at } },
    })
    expect((await ticketThread(desk)).map((text) => text.toLowerCase())).toEqual([
      expect.stringContaining(`ticket 456: ${what.toLowerCase()}.`),
    ])
  })

  it('answered and solved at once: the answer counts, and nothing is left to be done', async () => {
    const desk = await aDesk(start)
    await aTicketAt(desk)

    await take(desk, aSighting({ solved: 'solved', at, news: [answered(2, at)], seen: { noteId: 2 } }))

    const { facts } = await ticketRow(desk)
    expect(facts).toMatchObject({ lastPublicReplyAt: at, ticketEnd: 'solved' })
    expect(facts.isIncomplete).toBeUndefined()
    expect(await ticketThread(desk)).toEqual([
      '{person:assignee} Ticket 456: solved in Zendesk, not by the bot.',
    ])
  })

  it('at a time of which the restored bot knows nothing: it may have been the bot, and the log says so', async () => {
    const desk = await aDesk(start)
    await aTicketAt(desk)
    const restored = { ...desk, context: { ...desk.context, restoreGap: { from: start.at, to: at } } }

    await take(restored, aSighting({ solved: 'solved', at }))

    const audit = await desk.store.tables.audit.page(0, 10)
    expect((await ticketRow(desk)).facts.lastMove).toMatchObject({ by: 'forgotten:zendesk' })
    expect(audit.findLast(({ what }) => what === 'seen')).toMatchObject({
      who: 'forgotten:zendesk',
      details: { name: 'ticket-solved' },
    })
  })

  it('deleted', async () => {
    const desk = await aDesk(start)
    await aTicketAt(desk)

    await unreadable(desk, 404)

    expect(await ticketRow(desk)).toMatchObject({
      step: 'solved',
      facts: { ticketEnd: 'deleted', lastMove: { what: 'Deleted in Zendesk', by: 'zendesk' } },
    })
  })

  it('and what was deleted and is restored comes back', async () => {
    const desk = await aDesk(start)
    await aTicketAt(desk)
    await unreadable(desk, 404)

    await take(desk, aSighting({ at: '2026-03-04T10:00:00.000Z' }))

    expect(await ticketRow(desk)).toMatchObject({
      step: 'new',
      facts: { reopenedAt: '2026-03-04T10:00:00.000Z' },
    })
  })

  it('also where its requester had written before it was deleted and nobody had read that: it is not what brought it back', async () => {
    const desk = await aDesk(start)
    await aTicketAt(desk)
    await unreadable(desk, 404)
    const before = wrote(2, '2026-03-02T10:02:00.000Z')

    await take(desk, aSighting({ at: '2026-03-04T10:00:00.000Z', news: [before], seen: { noteId: 2 } }))

    const { step, facts } = await ticketRow(desk)
    expect(step).toBe('new')
    expect(facts).toMatchObject({
      reopenedAt: '2026-03-04T10:00:00.000Z',
      lastReplyAt: '2026-03-02T10:02:00.000Z',
      lastMove: { by: 'zendesk' },
    })
  })

  it('and where they wrote once it was back, its clock begins with that', async () => {
    const desk = await aDesk(start)
    await aTicketAt(desk)
    await unreadable(desk, 404)
    const after = wrote(2, '2026-03-04T10:00:00.000Z')

    await take(desk, aSighting({ at: '2026-03-04T11:00:00.000Z', news: [after], seen: { noteId: 2 } }))

    expect((await ticketRow(desk)).facts).toMatchObject({
      reopenedAt: '2026-03-04T10:00:00.000Z',
      lastMove: { by: 'requester' },
    })
  })

  it('a 404 that is known already is not written to the log again', async () => {
    const desk = await aDesk(start)
    await aTicketAt(desk)

    await unreadable(desk, 404)
    await unreadable(desk, 404)

    expect(await logged(desk)).toEqual(['opened', 'ticket-solved'])
  })
})

describe('a ticket that is hidden from the bot', () => {
  it('is said to be, once, and stays details', async () => {
    const desk = await aDesk(start)
    await aTicketAt(desk)

    await unreadable(desk, 403)
    await unreadable(desk, 403)

    expect(await ticketRow(desk)).toMatchObject({
      step: 'new',
      facts: { unreadable: { status: 403, since: '2026-03-02T10:05:00.000Z' } },
    })
    expect(await logged(desk)).toEqual(['opened', 'issue-unreadable'])
  })

  it('loses its flag when it can be read again, though nothing on it has changed', async () => {
    const desk = await aDesk(start)
    await aTicketAt(desk)
    await unreadable(desk, 403)

    await take(desk, aSighting())

    expect((await ticketRow(desk)).facts).toEqual({})
  })
})

describe('a ticket that was solved is open again', () => {
  const solvedAt = '2026-03-02T11:00:00.000Z'
  const wroteAt = '2026-03-05T09:00:00.000Z'
  const readAt = '2026-03-05T09:40:00.000Z'

  async function solved(desk: Desk) {
    await aTicketAt(desk)
    await take(desk, aSighting({ solved: 'solved', at: solvedAt, seen: { noteId: 2 } }))
  }

  it('its clock of one business day starts anew with what the requester wrote', async () => {
    const desk = await aDesk(start)
    await solved(desk)
    desk.setTime(readAt)

    await take(desk, aSighting({ at: readAt, news: [wrote(3, wroteAt)], seen: { noteId: 3 } }))

    const row = await ticketRow(desk)
    expect(row).toMatchObject({ step: 'new', refreshAt: '2026-03-06T06:00:00.000Z' })
    expect(row.closedAt).toBeUndefined()
    expect(row.facts).toEqual({
      reopenedAt: wroteAt,
      lastReplyAt: wroteAt,
      lastMove: {
        what: 'Reopened by the requester',
        by: 'requester',
        at: wroteAt,
        decisionId: expect.any(String),
      },
    })
    expect((await ticketThread(desk)).slice(1)).toEqual([
      '{person:assignee} The requester replied on ticket 456, so it is open again: its business day starts anew.',
    ])
  })

  it('reopened by an agent’s hand: from when that was', async () => {
    const desk = await aDesk(start)
    await solved(desk)

    await take(desk, aSighting({ at: readAt, seen: { noteId: 2 } }))

    expect((await ticketRow(desk)).facts.reopenedAt).toBe(readAt)
    expect((await ticketThread(desk)).slice(1)).toEqual([
      '{person:assignee} Ticket 456 is open again: its business day starts anew.',
    ])
  })

  it('what the requester writes after that is told like any other', async () => {
    const desk = await aDesk(start)
    await solved(desk)
    const second = wrote(4, '2026-03-05T09:05:00.000Z')

    await take(desk, aSighting({ at: readAt, news: [wrote(3, wroteAt), second], seen: { noteId: 4 } }))

    expect((await ticketThread(desk)).slice(1)).toEqual([
      '{person:assignee} The requester replied on ticket 456, so it is open again: its business day starts anew.',
      '{person:assignee} The requester replied on ticket 456.{next}',
    ])
    expect((await ticketRow(desk)).facts.lastReplyAt).toBe('2026-03-05T09:05:00.000Z')
  })

  it('forgets the report that was promised before', async () => {
    const desk = await aDesk(start)
    await aTicketAt(desk)
    await put(desk, {
      step: 'queued',
      facts: { promisedReport: { report: 'pen test', sendOn: '2026-03-05' } },
    })
    await take(desk, aSighting({ solved: 'solved', at: solvedAt }))

    await take(desk, aSighting({ at: readAt }))

    expect((await ticketRow(desk)).facts.promisedReport).toBeUndefined()
    expect(await desk.store.tables.requests.promisedFor('2026-03-05')).toEqual([])
  })

  it('told once, however often it is read', async () => {
    const desk = await aDesk(start)
    await solved(desk)
    const open = aSighting({ at: readAt, news: [wrote(3, wroteAt)], seen: { noteId: 3 } })

    await take(desk, open)
    await take(desk, open)

    expect(await ticketThread(desk)).toHaveLength(2)
  })
})

describe('a ticket that was forwarded to support', () => {
  const note = { note: 'For you.' }
  const later = '2026-03-02T12:00:00.000Z'
  const latest = '2026-03-04T12:00:00.000Z'
  const withSupport = { groupId: support }

  /** As the worker leaves it once Zendesk has taken the update. */
  async function forwarded(desk: Desk, sighting = aSighting()) {
    await aTicketAt(desk, sighting)
    await decide(desk, 'redirect-support', note)
    const { seen } = await ticketRow(desk)
    await put(desk, { seen: { ...seen, groupId: support, updatedAt: '2026-03-02T10:06:00.000Z' } })
  }

  it('stays so while support works on it', async () => {
    const desk = await aDesk(start)
    await forwarded(desk)

    await take(desk, aSighting({ at: later, seen: withSupport, news: [wrote(2, later)] }), true)

    expect((await ticketRow(desk)).step).toBe('redirected')
    expect(await ticketThread(desk)).toEqual([])
  })

  it('is not back while Zendesk has not heard of it yet', async () => {
    const desk = await aDesk(start)
    await aTicketAt(desk)
    await decide(desk, 'redirect-support', note)

    await take(desk, aSighting({ at: later }), true)

    expect((await ticketRow(desk)).step).toBe('redirected')
  })

  it('comes back to the group that it came from: a new business day from then', async () => {
    const desk = await aDesk(start)
    await forwarded(desk)

    await take(desk, aSighting({ at: latest }))

    expect(await ticketRow(desk)).toMatchObject({ step: 'new', facts: { reopenedAt: latest } })
  })

  it('comes back to whichever group takes it from support, where it had none', async () => {
    const desk = await aDesk(start)
    const { groupId: _none, ...seen } = aSighting().seen
    await forwarded(desk, { ...aSighting(), seen })

    await take(desk, aSighting({ at: latest }))

    expect((await ticketRow(desk)).step).toBe('new')
  })

  it('does not come back when support hands it to others', async () => {
    const desk = await aDesk(start)
    await forwarded(desk)

    await take(desk, aSighting({ at: latest, seen: { groupId: '8009' } }), true)

    expect((await ticketRow(desk)).step).toBe('redirected')
  })

  it('does not come back when it is solved and reopened with support', async () => {
    const desk = await aDesk(start)
    await forwarded(desk)

    await take(desk, aSighting({ at: later, solved: 'solved', seen: withSupport }))
    await take(desk, aSighting({ at: latest, seen: withSupport, news: [wrote(2, latest)] }))

    expect((await ticketRow(desk)).step).toBe('redirected')
  })

  it('given back and solved at once, it comes back when it is reopened', async () => {
    const desk = await aDesk(start)
    await forwarded(desk)

    await take(desk, aSighting({ at: later, solved: 'solved' }))
    await take(desk, aSighting({ at: latest }))

    expect((await ticketRow(desk)).step).toBe('new')
  })

  it('by hand: it leaves the queue, and comes back like one that the bot forwarded', async () => {
    const desk = await aDesk(start)
    await aTicketAt(desk)

    await take(desk, aSighting({ at: later, seen: withSupport }), true)
    const given = await ticketRow(desk)
    await take(desk, aSighting({ at: later, seen: withSupport }), true)
    await take(desk, aSighting({ at: latest }), true)

    expect(given).toMatchObject({
      step: 'redirected',
      facts: { lastMove: { what: 'Given to support in Zendesk, not by the bot', by: 'zendesk', at: later } },
    })
    expect(await ticketRow(desk)).toMatchObject({ step: 'new', facts: { reopenedAt: latest } })
  })

  it('a queue that belongs to support itself is not forwarded by standing there', async () => {
    const desk = await aDesk(start)
    await aTicketAt(desk, aSighting({ seen: withSupport }))

    await take(desk, aSighting({ at: later, seen: withSupport }), true)

    expect((await ticketRow(desk)).step).toBe('new')
  })

  it('where nobody knows the support group, groups say nothing', async () => {
    const desk = await aDesk(start)
    const sighting = { ...aSighting({ at: later, seen: withSupport }), stands: {} }
    await aTicketAt(desk)

    await take(desk, sighting, true)

    expect((await ticketRow(desk)).step).toBe('new')
  })
})

describe('news is told once, and in its order', () => {
  const at = '2026-03-02T11:00:00.000Z'

  it('the same comment read twice', async () => {
    const desk = await aDesk(start)
    await aTicketAt(desk)
    const sighting = aSighting({ at, news: [wrote(2, at)], seen: { noteId: 2 } })

    await take(desk, sighting)
    await take(desk, sighting)

    expect(await ticketThread(desk)).toEqual(['{person:assignee} The requester replied on ticket 456.{next}'])
  })

  it('an older sighting takes nothing back', async () => {
    const desk = await aDesk(start)
    await aTicketAt(desk)
    await take(desk, aSighting({ at: '2026-03-02T12:00:00.000Z', seen: { noteId: 5 } }))
    const before = await ticketRow(desk)

    await take(desk, aSighting({ at, solved: 'solved', news: [wrote(6, at)], seen: { noteId: 6 } }))

    expect(await ticketRow(desk)).toEqual(before)
  })

  it('what the requester writes while a solve is on its way is told once the solve is refused', async () => {
    const desk = await aDesk(start)
    await aTicketAt(desk)
    await decide(desk, 'reply', { answer: 'Yes.' })
    const replied = aSighting({ at, news: [wrote(2, at)], seen: { noteId: 2 } })

    await take(desk, replied)
    const underWay = await ticketRow(desk)
    const { id, facts } = underWay
    const { at: decidedAt = '', decisionId = '' } = facts.lastMove ?? {}
    await desk.store.transaction((tables) =>
      handleById(desk, tables, id, {
        kind: 'observation',
        observation: {
          name: 'ticket-update-refused',
          changes: ['the requester wrote'],
          backTo: 'new',
          decisionId,
          decidedAt,
          at,
        },
      }),
    )
    await take(desk, replied)

    expect(underWay).toMatchObject({ step: 'solved', seen: { noteId: 1 } })
    expect(await ticketRow(desk)).toMatchObject({ step: 'new', facts: { lastReplyAt: at } })
    expect(await ticketThread(desk)).toEqual([
      '{person:UFSE} Nothing was sent on ticket 456, because it had changed meanwhile: the requester wrote. Read it, and decide again.',
      '{person:assignee} The requester replied on ticket 456.{next}',
    ])
  })

  it('the requester’s words are in no log and in no row', async () => {
    const desk = await aDesk(start)
    await aTicketAt(desk)

    await take(desk, aSighting({ at, news: [wrote(2, at)], seen: { noteId: 2 } }))

    const entries = await desk.store.tables.audit.ofRequest((await ticketRow(desk)).id)
    expect(entries.at(-1)).toMatchObject({
      what: 'seen',
      who: 'requester',
      details: {
        ticket: 456,
        name: 'requester-replied',
        at,
        from: 'security-ticket/new',
        to: 'security-ticket/new',
      },
    })
  })
})

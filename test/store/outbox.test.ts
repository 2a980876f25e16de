import { describe, expect, test } from 'vitest'
import { effects, redacted } from '../../src/engine/effect.ts'
import type { AnyEffect } from '../../src/engine/effects/definition.ts'
import { ClaimLost, type Outbox } from '../../src/store/store.ts'
import { anEntry, aRow } from './a-row.ts'
import { claimAt, none } from './held.ts'
import { temporaryStore } from './temporary-store.ts'

const at = '2026-03-01T09:00:00.000Z'
const later = '2026-03-01T09:05:00.000Z'

const said = { kind: 'thread', text: 'Done.', mention: [] } as const

type OutboxHeld = Parameters<Outbox['later']>[0]

async function outboxWith(...entries: ReturnType<typeof anEntry>[]): Promise<Outbox> {
  const { outbox } = (await temporaryStore()).tables
  await outbox.add(entries)
  return outbox
}

const dueAt = async (outbox: Outbox, now: string) => (await outbox.due(now, 10)).map(({ opId }) => opId)

describe('effects of one request and lane are carried out one after the other', () => {
  test('only the first unfinished entry of a lane is due; lanes do not wait for each other', async () => {
    const outbox = await outboxWith(
      anEntry('note'),
      anEntry('close'),
      anEntry('thread', { lane: 'thread' }),
      anEntry('other request', { requestId: 'r2' }),
    )

    expect(await dueAt(outbox, at)).toEqual(['note', 'thread', 'other request'])
  })

  test('the next one is due when the one before is done', async () => {
    const outbox = await outboxWith(anEntry('note'), anEntry('close'))
    await outbox.claim({ id: 1, token: 0 }, claimAt(at))
    const whileInFlight = await dueAt(outbox, at)

    await outbox.done({ id: 1, token: 1 }, at, { noteId: 7 }, { kind: 'close' })

    expect(whileInFlight).toEqual([])
    expect(await dueAt(outbox, at)).toEqual(['close'])
  })

  test('one that is to be tried later holds up what is behind it', async () => {
    const outbox = await outboxWith(anEntry('note'), anEntry('close'))
    await outbox.claim({ id: 1, token: 0 }, claimAt(at))

    await outbox.later({ id: 1, token: 1 }, later, 'GitLab asks to wait')

    expect(await dueAt(outbox, at)).toEqual([])
    expect(await dueAt(outbox, later)).toEqual(['note'])
  })

  test('one with an unknown outcome is due for a look, and holds up what is behind it', async () => {
    const outbox = await outboxWith(anEntry('note'), anEntry('close'))
    await outbox.claim({ id: 1, token: 0 }, claimAt(at))

    await outbox.unknown({ id: 1, token: 1 }, later, 'the connection was lost', 1)

    expect(await dueAt(outbox, at)).toEqual([])
    expect(await outbox.due(later, 10)).toEqual([
      {
        id: 1,
        opId: 'note',
        requestId: 'r1',
        lane: 'gitlab',
        position: 1,
        priority: 'background',
        work: { kind: 'close' },
        status: 'unknown',
        attempts: 1,
        dueAt: later,
        createdAt: at,
        startedAt: at,
        error: 'the connection was lost',
        lookups: 1,
        token: 1,
      },
    ])
  })

  test('one that failed for good stops its lane until Try Again, and no other lane', async () => {
    const outbox = await outboxWith(anEntry('note'), anEntry('close'), anEntry('thread', { lane: 'thread' }))
    await outbox.claim({ id: 1, token: 0 }, claimAt(at))
    await outbox.failed({ id: 1, token: 1 }, at, '403 Forbidden')
    const stopped = await dueAt(outbox, later)

    const again = await outbox.tryAgain('r1', later)

    expect(stopped).toEqual(['thread'])
    expect(again).toBe(1)
    expect(await dueAt(outbox, later)).toEqual(['note', 'thread'])
  })

  test('Try Again of one request leaves the others as they are', async () => {
    const outbox = await outboxWith(anEntry('note', { requestId: 'r2' }))
    await outbox.failed({ id: 1, token: 0 }, at, '403 Forbidden')

    expect(await outbox.tryAgain('r1', later)).toBe(0)
    expect(await dueAt(outbox, later)).toEqual([])
  })

  test('messages that stand for no request wait for nothing', async () => {
    const { outbox } = (await temporaryStore()).tables
    const post = { kind: 'digest', desk: 'privacy', day: '2026-03-01' } as const
    const { requestId: _, ...message } = anEntry('digest', { lane: 'channel', work: post })

    await outbox.add([message, { ...message, opId: 'report' }])

    expect(await outbox.due(at, 10)).toMatchObject([
      { opId: 'digest', position: 1, work: post },
      { opId: 'report', position: 2, work: post },
    ])
  })

  test('the longest waiting come first, and no more than asked for', async () => {
    const outbox = await outboxWith(
      anEntry('second', { requestId: 'r1', dueAt: later }),
      anEntry('first', { requestId: 'r2', dueAt: at }),
      anEntry('third', { requestId: 'r3', dueAt: later }),
    )

    const due = await outbox.due(later, 2)

    expect(due.map(({ opId }) => opId)).toEqual(['first', 'second'])
  })

  test('an operation is added once', async () => {
    const outbox = await outboxWith(anEntry('note'))

    await expect(outbox.add([anEntry('close'), anEntry('note')])).rejects.toThrow(
      /UNIQUE constraint|unique constraint/,
    )

    expect(await outbox.unfinishedCount()).toBe(1)
  })
})

describe('an entry is in flight once', () => {
  test('the first who claims it has it, and the attempt is counted', async () => {
    const outbox = await outboxWith(anEntry('note'))

    const claims = await Promise.all([
      outbox.claim({ id: 1, token: 0 }, claimAt(at)),
      outbox.claim({ id: 1, token: 0 }, claimAt(at)),
    ])

    expect(claims).toEqual([{ id: 1, token: 1 }, undefined])
    expect(await outbox.ofRequest('r1')).toMatchObject([{ status: 'in-flight', attempts: 1, startedAt: at }])
  })

  test('a later attempt keeps the instant of the first: our own note can not be older', async () => {
    const outbox = await outboxWith(anEntry('note'))
    await outbox.claim({ id: 1, token: 0 }, claimAt(at))
    await outbox.unknown({ id: 1, token: 1 }, later, 'timeout', 0)

    const claimed = await outbox.claim({ id: 1, token: 1 }, claimAt(later))

    expect(claimed).toEqual({ id: 1, token: 2 })
    expect(await outbox.ofRequest('r1')).toMatchObject([{ status: 'in-flight', attempts: 2, startedAt: at }])
  })

  test.each(['done', 'failed'] as const)('nobody can claim one that is %s', async (outcome) => {
    const outbox = await outboxWith(anEntry('note'))
    if (outcome === 'done') await outbox.done({ id: 1, token: 0 }, at, {}, { kind: 'close' })
    if (outcome === 'failed') await outbox.failed({ id: 1, token: 0 }, at, '404 Not Found')

    expect(await outbox.claim({ id: 1, token: 0 }, claimAt(at))).toBeUndefined()
  })

  test('what a stopped process left in flight has an unknown outcome', async () => {
    const outbox = await outboxWith(anEntry('note'), anEntry('other', { requestId: 'r2' }))
    await outbox.claim({ id: 1, token: 0 }, claimAt(at))

    const recovered = await outbox.recover(
      { ...claimAt(later, 'the next process'), unverifiable: [] },
      'all-others',
    )

    expect(recovered).toBe(1)
    expect(await outbox.ofRequest('r1')).toMatchObject([
      { status: 'unknown', dueAt: later, error: 'The process stopped before the outcome was known' },
    ])
    expect(await outbox.ofRequest('r2')).toMatchObject([{ status: 'pending' }])
  })
})

describe('what comes of an attempt is written by whoever holds the entry', () => {
  const overtaken = async () => {
    const outbox = await outboxWith(anEntry('note'))
    await outbox.claim({ id: 1, token: 0 }, claimAt(at, 'one process'))
    await outbox.recover({ ...claimAt(at, 'the next'), unverifiable: [] }, 'all-others')
    await outbox.claim({ id: 1, token: 2 }, claimAt(at, 'the next'))
    return { outbox, held: { id: 1, token: 1 } }
  }

  test.each([
    [
      'done',
      (outbox: Outbox, held: OutboxHeld) => outbox.done(held, later, { noteId: 7 }, { kind: 'close' }),
    ],
    ['later', (outbox: Outbox, held: OutboxHeld) => outbox.later(held, later, 'GitLab asks to wait')],
    ['done and to be done again', (outbox: Outbox, held: OutboxHeld) => outbox.again(held, later, at)],
    ['unknown', (outbox: Outbox, held: OutboxHeld) => outbox.unknown(held, later, 'timeout', 0)],
    ['failed', (outbox: Outbox, held: OutboxHeld) => outbox.failed(held, later, '404')],
    [
      'stopped',
      (outbox: Outbox, held: OutboxHeld) =>
        outbox.cancel(held, { at, because: 'No more.', alone: false, redact: (work) => work }),
    ],
  ] as const)('that it is %s is not, once another has taken it', async (_outcome, write) => {
    const { outbox, held } = await overtaken()

    await expect(write(outbox, held)).rejects.toThrow(ClaimLost)

    expect(await outbox.ofRequest('r1')).toMatchObject([{ status: 'in-flight', token: 3 }])
  })

  test('one whose turn has not come can’t be claimed, whoever has read that it had', async () => {
    const outbox = await outboxWith(anEntry('note'), anEntry('close'))

    expect(await outbox.claim({ id: 2, token: 0 }, claimAt(at))).toBeUndefined()
  })

  test('a lease that has run out is looked up, one that has not is left to its owner', async () => {
    const outbox = await outboxWith(anEntry('note'), anEntry('other', { requestId: 'r2' }))
    await outbox.claim({ id: 1, token: 0 }, claimAt(at, 'a process that hangs'))
    await outbox.claim({ id: 2, token: 0 }, claimAt(later, 'a process that works'))

    const recovered = await outbox.recover({ ...claimAt(later, 'this process'), unverifiable: [] }, 'run-out')

    expect(recovered).toBe(1)
    expect(await outbox.ofRequest('r1')).toMatchObject([{ status: 'unknown' }])
    expect(await outbox.ofRequest('r2')).toMatchObject([{ status: 'in-flight' }])
  })

  test('a lease that is renewed has not run out', async () => {
    const outbox = await outboxWith(anEntry('note'))
    await outbox.claim({ id: 1, token: 0 }, claimAt(at, 'a process that works'))
    await outbox.renew(claimAt(later, 'a process that works'), [1])

    expect(await outbox.recover({ ...claimAt(later, 'this process'), unverifiable: [] }, 'run-out')).toBe(0)
  })
})

describe('what is done keeps what was done, and nothing that a person typed', () => {
  test.each([
    {
      work: {
        kind: 'reply',
        snippet: 'unblocked-by-security',
        replacements: { '#123': '#7' },
        addition: 'Typed words',
      },
      kept: { kind: 'reply', snippet: 'unblocked-by-security', replacements: {} },
    },
    {
      work: { kind: 'internal-note', text: 'Typed words' },
      kept: { kind: 'internal-note', text: '' },
    },
    {
      work: { kind: 'thread', text: 'Typed words', mention: ['privacy'] },
      kept: { kind: 'thread', text: '', mention: ['privacy'] },
    },
    {
      work: { kind: 'typed-reply', text: 'Typed words' },
      kept: { kind: 'typed-reply', text: '' },
    },
    {
      work: { kind: 'ticket-note', text: 'Typed words' },
      kept: { kind: 'ticket-note', text: '' },
    },
    {
      work: { kind: 'ticket-reply', text: 'Typed words', solve: true, stamp: at, decidedAt: at },
      kept: { kind: 'ticket-reply', text: '', solve: true, stamp: at, decidedAt: at },
    },
    {
      work: { kind: 'forward-ticket', text: 'Typed words', stamp: at, decidedAt: at, backTo: 'new' },
      kept: { kind: 'forward-ticket', text: '', stamp: at, decidedAt: at, backTo: 'new' },
    },
    {
      work: { kind: 'open-expert-issue', team: 'Abuse', question: 'Typed words' },
      kept: { kind: 'open-expert-issue', team: 'Abuse', question: '' },
    },
    {
      work: { kind: 'labels', add: ['deletion request::denied'], remove: [] },
      kept: { kind: 'labels', add: ['deletion request::denied'], remove: [] },
    },
    {
      work: { kind: 'open-issue', purpose: 'meta', template: 'Deletion Meta Issue - Full' },
      kept: { kind: 'open-issue', purpose: 'meta', template: 'Deletion Meta Issue - Full' },
    },
    { work: { kind: 'mark-duplicate', of: 7 }, kept: { kind: 'mark-duplicate', of: 7 } },
    { work: { kind: 'gather-evidence' }, kept: { kind: 'gather-evidence' } },
    { work: { kind: 'close' }, kept: { kind: 'close' } },
  ] as const)('$work.kind', async ({ work, kept }) => {
    const outbox = await outboxWith(anEntry('op', { work }))
    await outbox.later({ id: 1, token: 0 }, at, 'first it did not work')
    await outbox.claim({ id: 1, token: 0 }, claimAt(at))

    await outbox.done(
      { id: 1, token: 1 },
      later,
      { noteId: 7, url: 'https://gitlab.example/1' },
      redacted(effects, work),
    )

    expect(await outbox.ofRequest('r1')).toEqual([
      {
        id: 1,
        opId: 'op',
        requestId: 'r1',
        lane: 'gitlab',
        position: 1,
        priority: 'background',
        work: kept,
        status: 'done',
        attempts: 1,
        dueAt: at,
        createdAt: at,
        startedAt: at,
        finishedAt: later,
        result: { noteId: 7, url: 'https://gitlab.example/1' },
        lookups: 0,
        token: 1,
      },
    ])
  })

  test('one that failed keeps its words, for Try Again', async () => {
    const work = { kind: 'internal-note', text: 'Typed words' } as const
    const outbox = await outboxWith(anEntry('op', { work }))

    await outbox.failed({ id: 1, token: 0 }, at, '403 Forbidden')

    expect(await outbox.ofRequest('r1')).toMatchObject([
      { work, status: 'failed', error: '403 Forbidden', finishedAt: at },
    ])
  })
})

describe('what is in the outbox', () => {
  const redraw = { lane: 'card', work: { kind: 'card' } } as const

  test('of a request, in order, without redraws', async () => {
    const outbox = await outboxWith(
      anEntry('note'),
      anEntry('redraw', redraw),
      anEntry('other', { requestId: 'r2' }),
      anEntry('thread', { lane: 'thread' }),
    )

    const entries = await outbox.ofRequest('r1')

    expect(entries.map(({ opId, position }) => [opId, position])).toEqual([
      ['note', 1],
      ['thread', 3],
    ])
  })

  test('one waiting redraw is enough; one that is already under way is not', async () => {
    const outbox = await outboxWith(anEntry('redraw', redraw))
    const waiting = await outbox.waitingRedraw('r1')
    await outbox.claim({ id: 1, token: 0 }, claimAt(at))

    expect(waiting).toMatchObject({ opId: 'redraw' })
    expect(await outbox.waitingRedraw('r1')).toBeUndefined()
    expect(await outbox.waitingRedraw('r2')).toBeUndefined()
  })

  test('the last that was asked for about a ticket', async () => {
    const aboutTicket = (opId: string, subject: string) => {
      const { requestId: _, ...entry } = anEntry(opId, { lane: 'zendesk', subject })
      return entry
    }
    const outbox = await outboxWith(
      aboutTicket('first', 'ticket:5'),
      aboutTicket('second', 'ticket:5'),
      aboutTicket('other', 'ticket:6'),
      anEntry('request'),
    )

    expect(await outbox.lastOfSubject('ticket:5')).toMatchObject({ opId: 'second', subject: 'ticket:5' })
    expect(await outbox.lastOfSubject('ticket:7')).toBeUndefined()
  })

  test('a redirect that came to nothing is finished: who asked was told, and nobody tries it again', async () => {
    const work = {
      kind: 'redirect-ticket',
      ticket: 5,
      to: 'deletion',
      updatedStamp: at,
      answerTo: { userId: 'U1', teamId: 'T1' },
    } as const
    const outbox = await outboxWith(
      anEntry('given up', { lane: 'zendesk', work }),
      anEntry('waiting', { lane: 'zendesk', work }),
      anEntry('answer', { lane: 'zendesk', requestId: 'r2', work: { kind: 'ticket-note', text: 'A note' } }),
    )
    const because = 'Somebody has changed ticket 5 meanwhile'
    await outbox.cancel(
      { id: 1, token: 0 },
      { at, because, alone: true, redact: (one) => redacted(effects, one) },
    )
    await outbox.failed({ id: 3, token: 0 }, at, 'The ticket is closed')

    expect(await outbox.unfinishedCount()).toBe(2)
  })

  test('everything that is not done counts as unfinished', async () => {
    const outbox = await outboxWith(anEntry('done'), anEntry('failed'), anEntry('pending'))
    await outbox.done({ id: 1, token: 0 }, at, {}, { kind: 'close' })
    await outbox.failed({ id: 2, token: 0 }, at, '403 Forbidden')

    expect(await outbox.unfinishedCount()).toBe(2)
  })

  test('the next one is due when the first that can move is', async () => {
    const outbox = await outboxWith(
      anEntry('failed', { dueAt: at }),
      anEntry('held up', { dueAt: at }),
      anEntry('can move', { lane: 'thread', dueAt: later }),
    )
    await outbox.failed({ id: 1, token: 0 }, at, '403 Forbidden')

    expect(await outbox.nextDueAt()).toBe(later)
  })

  test('nothing is due when nothing can move', async () => {
    const outbox = await outboxWith(anEntry('done'))
    await outbox.done({ id: 1, token: 0 }, at, {}, { kind: 'close' })

    expect(await outbox.nextDueAt()).toBeUndefined()
  })
})

describe('what a decision asked for is cancelled only while nothing of it is begun', () => {
  const undone = { at: later, because: 'Undone.', redact: () => ({ kind: 'redacted' }) }
  const decision = { requestId: 'r1', lane: 'gitlab', decisionId: 'd1' }
  const asked = (opId: string, override = {}) => anEntry(opId, { decisionId: 'd1', ...override })
  const statuses = async (outbox: Outbox) =>
    (await outbox.ofRequest('r1')).map(({ opId, status }) => [opId, status])

  test('all of it, in order, and nothing of another decision, lane or request', async () => {
    const outbox = await outboxWith(
      anEntry('before'),
      asked('reply'),
      asked('close'),
      anEntry('another', { decisionId: 'd2' }),
      asked('thread', { lane: 'thread', work: said }),
      asked('elsewhere', { requestId: 'r2' }),
    )

    const cancelled = await outbox.cancelUnbegun(decision, undone)

    expect(cancelled?.map(({ opId }) => opId)).toEqual(['reply', 'close'])
    expect(await statuses(outbox)).toEqual([
      ['before', 'pending'],
      ['reply', 'cancelled'],
      ['close', 'cancelled'],
      ['another', 'pending'],
      ['thread', 'pending'],
    ])
    const [, reply] = await outbox.ofRequest('r1')
    expect(reply).toMatchObject({ work: { kind: 'redacted' }, finishedAt: later, error: 'Undone.' })
    expect(await dueAt(outbox, at)).toEqual(['before', 'thread', 'elsewhere'])
  })

  test.each<[string, (outbox: Outbox, held: OutboxHeld) => Promise<unknown>]>([
    ['in flight', async () => {}],
    ['to be tried again', (outbox, held) => outbox.later(held, later, 'busy')],
    ['of unknown outcome', (outbox, held) => outbox.unknown(held, later, 'no answer', 1)],
    ['failed', (outbox, held) => outbox.failed(held, at, '403')],
    ['done', (outbox, held) => outbox.done(held, at, {}, { kind: 'close' })],
    [
      'stopped',
      (outbox, held) => outbox.cancel(held, { at, because: 'x', alone: true, redact: (work) => work }),
    ],
  ])('and nothing once the first of it is %s', async (_how, become) => {
    const outbox = await outboxWith(asked('reply'), asked('close'))
    const held = await outbox.claim({ id: 1, token: 0 }, claimAt(at))
    await become(outbox, held ?? none)
    const before = await outbox.ofRequest('r1')

    expect(await outbox.cancelUnbegun(decision, undone)).toBeUndefined()

    expect(await outbox.ofRequest('r1')).toEqual(before)
  })

  test('nor what there is none of, nor a second time', async () => {
    const outbox = await outboxWith(asked('reply'))

    expect(await outbox.cancelUnbegun({ ...decision, decisionId: 'd9' }, undone)).toBeUndefined()
    await outbox.cancelUnbegun(decision, undone)
    expect(await outbox.cancelUnbegun(decision, undone)).toBeUndefined()
  })

  test('and nothing of it begins while an Undo of its request waits to be handled', async () => {
    const { requests, inbox, outbox } = (await temporaryStore()).tables
    await requests.insert(aRow())
    await requests.insert(aRow({ id: 'r2', number: 2 }))
    await outbox.add([asked('reply'), asked('other', { requestId: 'r2', decisionId: 'd2' })])
    await outbox.add([anEntry('card', { lane: 'card', work: { kind: 'card' } })])
    const claim = (id: number) => outbox.claim({ id, token: 0 }, claimAt(at))
    const payload = { requestId: 'r1', decisionId: 'd1' }
    await inbox.put({ key: 'decision', kind: 'decision', payload, receivedAt: at })
    await inbox.put({ key: 'undo', kind: 'undo', payload, receivedAt: at })

    expect(await claim(1)).toBeUndefined()
    expect(await claim(2)).toMatchObject({ id: 2 })
    expect(await claim(3)).toMatchObject({ id: 3 })

    await inbox.doneToo([{ id: 2, token: 0 }], at)
    expect(await claim(1)).toMatchObject({ id: 1, token: 1 })
  })

  test('of a subject without a request, of which nothing begins, either, while its Undo waits', async () => {
    const { inbox, outbox } = (await temporaryStore()).tables
    const ofTicket = (subject: string) => {
      const { requestId: _none, ...entry } = asked(subject)
      return { ...entry, subject }
    }
    await outbox.add([ofTicket('ticket:5'), ofTicket('ticket:6')])
    const payload = { requestId: 'ticket:5', decisionId: 'd1' }
    await inbox.put({ key: 'undo', kind: 'undo', payload, receivedAt: at })

    expect(await outbox.claim({ id: 1, token: 0 }, claimAt(at))).toBeUndefined()
    expect(await outbox.claim({ id: 2, token: 0 }, claimAt(at))).toMatchObject({ id: 2 })
    const cancel = (subject: string) =>
      outbox.cancelUnbegun({ subject, lane: 'gitlab', decisionId: 'd1' }, undone)
    expect((await cancel('ticket:5'))?.map(({ opId }) => opId)).toEqual(['ticket:5'])
    expect(await cancel('ticket:6')).toBeUndefined()
  })

  test('and what is cancelled is not claimed, nor what is claimed cancelled: of both at once one alone comes first', async () => {
    for (const isUndoFirst of [true, false]) {
      const outbox = await outboxWith(asked('reply'), asked('close'))
      const claim = () => outbox.claim({ id: 1, token: 0 }, claimAt(at))
      const cancel = () => outbox.cancelUnbegun(decision, undone)

      const [claimed, cancelled] = isUndoFirst
        ? await Promise.all([cancel(), claim()]).then(([one, other]) => [other, one])
        : await Promise.all([claim(), cancel()])

      expect((claimed === undefined) !== (cancelled === undefined)).toBe(true)
    }
  })
})

describe('what is cancelled will never be done', () => {
  const decided = { decisionId: 'd1' }
  const redact = (work: AnyEffect) => redacted(effects, work)
  const stopped = { at, because: 'The requester had written.', alone: false, redact }

  test('with what waits behind it of the same decision; everything else stays', async () => {
    const outbox = await outboxWith(
      anEntry('before', decided),
      anEntry('reply', decided),
      anEntry('thread', { ...decided, lane: 'thread' }),
      anEntry('close', decided),
      // In the same millisecond.
      anEntry('another decision', { decisionId: 'd2' }),
      anEntry('another request', { ...decided, requestId: 'r2' }),
    )
    await outbox.done({ id: 1, token: 0 }, at, {}, { kind: 'close' })

    const cancelled = await outbox.cancel({ id: 2, token: 0 }, stopped)

    expect(cancelled.map(({ opId }) => opId)).toEqual(['reply', 'close'])
    expect((await outbox.ofRequest('r1')).map(({ opId, status }) => [opId, status])).toEqual([
      ['before', 'done'],
      ['reply', 'cancelled'],
      ['thread', 'pending'],
      ['close', 'cancelled'],
      ['another decision', 'pending'],
    ])
    expect((await outbox.ofRequest('r2')).map(({ status }) => status)).toEqual(['pending'])
  })

  test('it is never due, holds up nothing, is not unfinished, and Try Again leaves it', async () => {
    const outbox = await outboxWith(anEntry('close', decided), anEntry('another decision'))
    await outbox.cancel({ id: 1, token: 0 }, stopped)

    expect(await outbox.tryAgain('r1', later)).toBe(0)
    expect(await dueAt(outbox, later)).toEqual(['another decision'])
    expect(await outbox.claim({ id: 1, token: 0 }, claimAt(later))).toBeUndefined()
    expect(await outbox.unfinishedCount()).toBe(1)
  })

  test('what a person typed is cleared', async () => {
    const outbox = await outboxWith(anEntry('reply', { work: { kind: 'typed-reply', text: 'Dear Jane,' } }))

    await outbox.cancel({ id: 1, token: 0 }, stopped)

    expect(JSON.stringify(await outbox.ofRequest('r1'))).not.toContain('Jane')
  })
})

describe('what may have been done is looked up', () => {
  const statusOf = async (outbox: Outbox, requestId = 'r1') =>
    (await outbox.ofRequest(requestId)).map(({ opId, status, attempts, lookups }) => ({
      ...{ opId, status, attempts, lookups },
    }))

  test('after Try Again: at an earlier attempt it may have come through', async () => {
    const outbox = await outboxWith(anEntry('note'))
    await outbox.claim({ id: 1, token: 0 }, claimAt(at))
    await outbox.failed({ id: 1, token: 1 }, at, '403 Forbidden', 3)

    await outbox.tryAgain('r1', later)

    expect(await statusOf(outbox)).toEqual([{ opId: 'note', status: 'unknown', attempts: 1, lookups: 3 }])
  })

  test('in a restored copy: never begun there is begun, and a post that can’t be looked up is not posted', async () => {
    const outbox = await outboxWith(anEntry('note'), anEntry('thread', { lane: 'thread', work: said }))

    const marked = await outbox.markUnverified(later, ['thread'])

    expect(marked).toEqual({ lookedUp: 1, notPosted: 1 })
    expect(await statusOf(outbox)).toEqual([
      { opId: 'note', status: 'unknown', attempts: 1, lookups: 0 },
      { opId: 'thread', status: 'cancelled', attempts: 0, lookups: 0 },
    ])
  })

  test('what was in flight when the process ended: of a post that was being sent that counts as one unclear answer', async () => {
    const thread = { lane: 'thread', work: said } as const
    const outbox = await outboxWith(anEntry('note'), anEntry('sent', thread), anEntry('asked for', thread))
    for (const id of [1, 2]) await outbox.claim({ id, token: 0 }, claimAt(at))
    await outbox.sends({ id: 2, token: 1 })
    await outbox.done({ id: 1, token: 1 }, at, {}, { kind: 'close' })

    await outbox.recover({ now: later, owner: 'the next', unverifiable: ['thread'] }, 'all-others')
    await outbox.claim({ id: 2, token: 2 }, claimAt(at))
    await outbox.recover({ now: later, owner: 'the next', unverifiable: ['thread'] }, 'all-others')

    expect(await statusOf(outbox)).toContainEqual({
      ...{ opId: 'sent', status: 'unknown', attempts: 2, lookups: 1 },
    })
  })

  test('how many lives ended at it counts until one has an answer', async () => {
    const outbox = await outboxWith(anEntry('note'))
    const ends = async () => (await outbox.ofRequest('r1'))[0]?.ends
    const isOver = { now: later, owner: 'the next', unverifiable: [] }
    await outbox.claim({ id: 1, token: 0 }, claimAt(at))
    await outbox.recover(isOver, 'all-others')
    await outbox.claim({ id: 1, token: 2 }, claimAt(at))
    await outbox.recover(isOver, 'all-others')
    const twice = await ends()
    await outbox.claim({ id: 1, token: 4 }, claimAt(at))

    await outbox.later({ id: 1, token: 5 }, later, 'busy')

    expect([twice, await ends()]).toEqual([2, undefined])
  })

  test('a post is no longer sent by whoever holds it no more', async () => {
    const outbox = await outboxWith(anEntry('thread', { lane: 'thread', work: said }))
    await outbox.claim({ id: 1, token: 0 }, claimAt(at))
    await outbox.recover({ now: later, owner: 'the next', unverifiable: ['thread'] }, 'all-others')

    await expect(outbox.sends({ id: 1, token: 1 })).rejects.toThrow(ClaimLost)
  })
})

test('a card that is about to change again is drawn a second later, once for all of it', async () => {
  const { outbox } = (await temporaryStore()).tables
  const redraw = { opId: 'redraw', requestId: 'r1', work: { kind: 'card' }, at } as const

  await outbox.wantRedraw({ ...redraw, when: 'soon' })

  expect(await dueAt(outbox, at)).toEqual([])
  expect(await dueAt(outbox, '2026-03-01T09:00:01.000Z')).toEqual(['redraw'])
})

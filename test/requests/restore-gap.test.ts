/** A bot that wakes up in a copy of its database does nothing of what it has forgotten a second time. */

import { describe, expect, it } from 'vitest'
import { privacy } from '../../src/desks/privacy.ts'
import { security } from '../../src/desks/security.ts'
import { digestWhenDue } from '../../src/requests/digest.ts'
import { pollOnce } from '../../src/requests/poll-rounds.ts'
import { backupTakenAt, isInRestoreGap, recoverFromBackup } from '../../src/requests/restore-gap.ts'
import { anEntry } from '../store/a-row.ts'
import { none } from '../store/held.ts'
import { aDesk, type Desk } from './a-desk.ts'

const takenAt = '2026-03-01T03:00:00.000Z'
const start = '2026-03-01T10:00:00.000Z'
const restoreGap = { from: takenAt, to: start }

async function aCopy() {
  const desk = await aDesk({ at: start })
  await desk.insert()
  await desk.store.tables.settings.set(backupTakenAt, takenAt)
  return desk
}

const receive = (desk: Desk, key: string, kind: string, payload: object) =>
  desk.store.tables.inbox.put({ key, kind, payload, receivedAt: takenAt })

const waiting = async (desk: Desk) =>
  (await desk.store.tables.inbox.pending('2030-01-01T00:00:00.000Z', 100)).map(({ key, kind, payload }) => ({
    key,
    kind,
    payload,
  }))

const entries = async (desk: Desk) =>
  (await desk.store.tables.outbox.ofRequest('r1')).map(({ opId, status }) => [opId, status])

describe('recoverFromBackup', () => {
  it('says from when to when the bot knows nothing, and writes it to the log', async () => {
    const desk = await aCopy()

    expect(await recoverFromBackup(desk.context)).toEqual(restoreGap)
    expect(await desk.store.tables.audit.page(0, 10)).toMatchObject([
      {
        what: 'restored',
        who: 'bot',
        at: start,
        details: { takenAt, lookedUp: 0, notPosted: 0, clicksGivenUp: 0 },
      },
    ])
  })

  it('has unfinished effects looked up before they are done, and does not post what can’t be', async () => {
    const desk = await aCopy()
    const { outbox } = desk.store.tables
    await outbox.add([
      anEntry('close'),
      anEntry('done', { requestId: 'r2' }),
      anEntry('thread', { lane: 'thread', work: { kind: 'thread', text: 'Hello', mention: [] } }),
    ])
    const { requestId: _none, ...post } = anEntry('post', {
      lane: 'channel',
      work: { kind: 'digest', desk: 'privacy', day: '2026-03-01' },
    })
    await outbox.add([post])
    const [first] = await outbox.due(start, 10)
    const finished = (await outbox.due(start, 10)).find(({ opId }) => opId === 'done')
    await outbox.done(finished ?? none, takenAt, {}, { kind: 'close' })

    await recoverFromBackup(desk.context)

    expect(first?.opId).toBe('close')
    expect(await entries(desk)).toEqual([
      ['close', 'unknown'],
      ['thread', 'cancelled'],
    ])
    expect((await outbox.due(start, 10)).map(({ opId, status, lookups }) => [opId, status, lookups])).toEqual(
      [['close', 'unknown', 0]],
    )
    expect((await outbox.ofRequest('r2')).map(({ status }) => status)).toEqual(['done'])
  })

  it('gives up what people clicked and typed, and tells each of them once', async () => {
    const desk = await aCopy()
    const answerTo = { userId: 'U1', teamId: 'T1', channel: 'C1' }
    await receive(desk, 'click:1', 'decision', { requestId: 'r1', decision: 'close', input: {}, answerTo })
    await receive(desk, 'command:1', 'command', { command: 'claim', iid: 1, answerTo })
    await receive(desk, 'click:2', 'try-again', { requestId: 'r1', answerTo })
    await receive(desk, 'command:2', 'redirect-ticket', { ticket: 5, to: 'both', answerTo })

    await recoverFromBackup(desk.context)

    const text =
      'The bot’s database was restored as of Mar 1, 3:00 AM UTC, so nobody knows whether what you chose then was done. Check the card, and choose again if it wasn’t.'
    expect(await waiting(desk)).toEqual(
      ['click:1', 'command:1', 'click:2', 'command:2'].map((key) => ({
        key: `restored:${key}`,
        kind: 'answer',
        payload: { answerTo, text },
      })),
    )
  })

  it('also of a click that waits for a later attempt', async () => {
    const desk = await aCopy()
    await receive(desk, 'click:1', 'decision', { requestId: 'r1', answerTo: { userId: 'U1', teamId: 'T1' } })
    const [click] = await desk.store.tables.inbox.pending(start, 1)
    await desk.store.tables.inbox.postpone(click ?? none, '2026-03-01T10:05:00.000Z', '503')

    await recoverFromBackup(desk.context)

    expect((await waiting(desk)).map(({ key }) => key)).toEqual(['restored:click:1'])
  })

  it('keeps hints, what was seen, and answers on their way to people', async () => {
    const desk = await aCopy()
    const kept = [
      { key: 'zendesk:456:1', kind: 'zendesk-hint', payload: { ticket: 456 } },
      { key: 'gitlab:1', kind: 'gitlab-hint', payload: { iid: 1 } },
      {
        key: 'effect:1',
        kind: 'observation',
        payload: { requestId: 'r1', observation: { name: 'close-stopped' } },
      },
      {
        key: 'answer:1',
        kind: 'answer',
        payload: { answerTo: { userId: 'U1', teamId: 'T1' }, text: 'Done.' },
      },
    ]
    for (const { key, kind, payload } of kept) await receive(desk, key, kind, payload)

    await recoverFromBackup(desk.context)

    expect(await waiting(desk)).toEqual(kept)
  })

  it('called twice does nothing more, and still knows what is forgotten', async () => {
    const desk = await aCopy()
    await receive(desk, 'click:1', 'decision', { requestId: 'r1', answerTo: { userId: 'U1', teamId: 'T1' } })
    await recoverFromBackup(desk.context)
    await receive(desk, 'click:2', 'decision', { requestId: 'r1', answerTo: { userId: 'U1', teamId: 'T1' } })
    await desk.store.tables.outbox.add([anEntry('new')])
    desk.setTime('2026-03-01T11:00:00.000Z')

    expect(await recoverFromBackup(desk.context)).toEqual(restoreGap)
    expect((await waiting(desk)).map(({ key }) => key)).toEqual(['restored:click:1', 'click:2'])
    expect(await entries(desk)).toEqual([['new', 'pending']])
    expect((await desk.store.tables.audit.head()).seq).toBe(1)
  })

  it('does nothing in a database that is no copy', async () => {
    const desk = await aDesk({ at: start })
    await desk.insert()
    await receive(desk, 'click:1', 'decision', { requestId: 'r1', answerTo: { userId: 'U1', teamId: 'T1' } })
    await desk.store.tables.outbox.add([anEntry('close')])

    expect(await recoverFromBackup(desk.context)).toBeUndefined()
    expect((await waiting(desk)).map(({ key }) => key)).toEqual(['click:1'])
    expect(await entries(desk)).toEqual([['close', 'pending']])
    expect((await desk.store.tables.audit.head()).seq).toBe(0)
  })
})

it.each([
  ['before, more than the services’ clocks differ', '2026-03-01T02:58:59.999Z', false],
  ['just before', '2026-03-01T02:59:00.000Z', true],
  ['within', '2026-03-01T06:00:00.000Z', true],
  ['just after', '2026-03-01T10:01:00.000Z', true],
  ['after', '2026-03-01T10:01:00.001Z', false],
])('what happened %s', (_when, at, is) => {
  expect(isInRestoreGap(restoreGap, at)).toBe(is)
  expect(isInRestoreGap(undefined, at)).toBe(false)
})

describe('a digest that may have been posted after the backup is not posted again', () => {
  const post = async (desk: Desk) => {
    const parts = {
      context: { ...desk.context, restoreGap },
      digestAt: { hour: 9, minute: 0 },
    }
    for (const name of ['gitlab', 'zendesk']) await pollOnce(desk.context, { name, poll: async () => {} })
    await digestWhenDue({ ...parts, desk: privacy })
    await digestWhenDue({ ...parts, desk: security })
    return (await desk.store.tables.outbox.due('2030-01-01T00:00:00.000Z', 10)).map(({ work }) => work)
  }

  it('on the day of the restore', async () => {
    expect(await post(await aDesk({ at: start }))).toEqual([])
  })

  it('the next day it is', async () => {
    expect(await post(await aDesk({ at: '2026-03-02T09:00:00.000Z' }))).toEqual([
      { kind: 'digest', desk: 'privacy', day: '2026-03-02' },
      { kind: 'digest', desk: 'security', day: '2026-03-02' },
    ])
  })
})

/** A hint says only that a request may have changed, whichever service it is in. */

import { expect, it } from 'vitest'
import { clockWith } from '../../src/clock.ts'
import { handleEntry } from '../../src/inbox/intake.ts'
import { createInboxLoop } from '../../src/queue/inbox-loop.ts'
import { issueSnapshot } from '../../src/services/gitlab/issue-snapshot.ts'
import { hintKey, type Service } from '../../src/services/service.ts'
import { aDesk } from '../requests/a-desk.ts'
import { aRow } from '../store/a-row.ts'

async function aServiceDesk() {
  const desk = await aDesk()
  const { context, store } = desk
  const { seen, createdAt, url } = aRow()
  const reads: number[] = []
  const told: unknown[] = []
  let whileRead = async () => {}
  const gitlab: { -readonly [Key in keyof Service]: Service[Key] } = {
    name: 'gitlab',
    title: 'GitLab',
    pollSeconds: 60,
    poll: async () => {},
    explain: () => 'It can’t be read.',
    read: async (iid) => {
      reads.push(iid)
      await whileRead()
      whileRead = async () => {}
      const snapshot = issueSnapshot({
        ...{ iid, url, createdAt, seen, news: [], hashes: { keyId: 'k' } },
        ...{ isFromRequester: true, isInvalid: false, isEmbargoed: false, hasOtherAddress: false },
        form: { type: 'account-deletion', intent: true, direct: false, problems: [] },
      })
      return { snapshot }
    },
  }
  const inbox = createInboxLoop({
    ...{ store, clock: clockWith(context.now), owner: 'one', wakeWorker: () => {} },
    handle: handleEntry({
      ...{ clock: clockWith(context.now), context, services: { gitlab }, vacancy: async () => undefined },
      lookForNeeds: async () => [],
      whoIs: async () => ({ refused: 'nobody clicks here' }),
      drawViews: async () => {},
      showLinks: async () => {},
      openPane: async () => {},
      tell: async () => {},
    }),
    giveUp: () => ({}),
    onGivenUp: () => {},
    tell: async () => {},
    log: { error: (fields) => expect.fail(JSON.stringify(fields)) },
  })
  return {
    ...desk,
    reads,
    handleAll: () => inbox.runUntilIdle(),
    /** Once, while the issue is being read the next time. */
    whileRead: (act: () => Promise<void>) => {
      whileRead = act
    },
    /** From now on each hint is told to the service, which says that it knows all of it. */
    knowsAll: () => {
      gitlab.readHinted = async (_iid, _known, hint) => void told.push(hint)
      return told
    },
    hint: (iid: number, delivery: number, more: object = {}) =>
      store.tables.inbox.put({
        key: `${hintKey('gitlab', iid)}${delivery}`,
        kind: 'gitlab-hint',
        payload: { iid, ...more },
        receivedAt: context.now().toISOString(),
      }),
  }
}

it('a thousand hints about one issue are answered by one reading', async () => {
  const desk = await aServiceDesk()
  for (let delivery = 0; delivery < 1000; delivery += 1) await desk.hint(12, delivery)

  await desk.handleAll()

  expect(desk.reads).toEqual([12])
  expect(await desk.store.tables.inbox.pendingCount()).toBe(0)
  expect((await desk.store.tables.requests.byNumber(12, 'gitlab'))?.step).toBe('awaiting-answers')
})

it('and leave those about another, whose number begins alike', async () => {
  const desk = await aServiceDesk()
  await desk.hint(12, 1)
  await desk.hint(123, 1)

  await desk.handleAll()

  expect(desk.reads.toSorted()).toEqual([12, 123])
})

it.each([
  ['its card is posted: that changes nothing of it', { card: { channel: 'C1', ts: '1.000001' } }, [12, 12]],
  ['somebody decides on it: it is read once more', { step: 'evaluating' }, [12, 12, 12]],
])('while an issue is read, %s', async (_what, change, readings) => {
  const desk = await aServiceDesk()
  const { requests } = desk.store.tables
  await desk.hint(12, 1)
  await desk.handleAll()
  const row = await requests.byNumber(12, 'gitlab')
  if (!row) throw new Error('it was not opened')
  desk.whileRead(async () => void (await requests.update({ ...row, ...change })))
  await desk.hint(12, 2)

  await desk.handleAll()

  expect(desk.reads).toEqual(readings)
  expect(await requests.byNumber(12, 'gitlab')).toMatchObject(change)
  expect(await desk.store.tables.inbox.pendingCount()).toBe(0)
})

const ofNote = { objectKind: 'note', action: 'create', noteId: 7 }

it.each([
  ['a new note', [ofNote], { isListed: false, note: { id: 7, isNew: true } }],
  ['a changed note', [{ ...ofNote, action: 'update' }], { isListed: false, note: { id: 7, isNew: false } }],
  [
    'a note by a GitLab that names no action',
    [{ ...ofNote, action: undefined }],
    { isListed: false, note: { id: 7, isNew: false } },
  ],
  ['an issue', [{ objectKind: 'issue', action: 'update' }], { isListed: false }],
  ['a note and something else', [ofNote, { objectKind: 'issue', action: 'update' }], { isListed: false }],
  ['a note and what the poll has found', [{}, ofNote], { isListed: false }],
])('its service hears what it tells of: %s', async (_what, hints, expected) => {
  const desk = await aServiceDesk()
  await desk.hint(12, 0)
  await desk.handleAll()
  const told = desk.knowsAll()
  for (const [index, more] of hints.entries()) await desk.hint(12, index + 1, more)

  await desk.handleAll()

  expect(told).toEqual([expected])
  expect(await desk.store.tables.inbox.pendingCount()).toBe(0)
})

it('what its service knows already changes nothing', async () => {
  const desk = await aServiceDesk()
  await desk.hint(12, 0)
  await desk.handleAll()
  const before = await desk.store.tables.requests.byNumber(12, 'gitlab')
  desk.knowsAll()
  await desk.hint(12, 1, ofNote)

  await desk.handleAll()

  expect(await desk.store.tables.requests.byNumber(12, 'gitlab')).toEqual(before)
})

it('the note that a process which is gone had begun with answers for what came behind it, and is read with that', async () => {
  const desk = await aServiceDesk()
  await desk.hint(12, 0)
  await desk.handleAll()
  const told = desk.knowsAll()
  await desk.hint(12, 1, ofNote)
  const at = desk.context.now().toISOString()
  await desk.store.tables.inbox.claim({ owner: 'gone', now: at, until: at }, { most: 8, busy: new Map() }, [])
  await desk.hint(12, 2, { objectKind: 'issue', action: 'update' })

  await desk.handleAll()

  expect(told).toEqual([{ isListed: false }])
  expect(await desk.store.tables.inbox.pendingCount()).toBe(0)
})

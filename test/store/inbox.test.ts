import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ClaimLost, type Inbox } from '../../src/store/store.ts'
import { aRow } from './a-row.ts'
import { claimAt, none, roomFor } from './held.ts'
import { pastTheBot, temporaryFolder, temporaryStore } from './temporary-store.ts'

const at = '2026-03-01T09:00:00.000Z'
const later = '2026-03-01T09:05:00.000Z'
const aDelivery = (key: string, receivedAt = at) => ({ key, kind: 'note', payload: { of: key }, receivedAt })

describe('the inbox', () => {
  test('keeps what came in, oldest first, until it is handled', async () => {
    const { inbox } = (await temporaryStore()).tables
    await inbox.put(aDelivery('k1'))
    await inbox.put(aDelivery('k2'))
    await inbox.put(aDelivery('k3', later))

    const pending = await inbox.pending(at, 10)

    expect(pending).toEqual([
      {
        id: 1,
        key: 'k1',
        kind: 'note',
        payload: { of: 'k1' },
        receivedAt: at,
        attempts: 0,
        token: 0,
        place: '-',
      },
      {
        id: 2,
        key: 'k2',
        kind: 'note',
        payload: { of: 'k2' },
        receivedAt: at,
        attempts: 0,
        token: 0,
        place: '-',
      },
    ])
    expect(await inbox.pending(later, 1)).toHaveLength(1)
    expect(await inbox.pendingCount()).toBe(3)
  })

  test('takes a delivery without a payload', async () => {
    const { inbox } = (await temporaryStore()).tables

    await inbox.put({ key: 'k1', kind: 'tick', payload: undefined, receivedAt: at })

    expect(await inbox.pending(at, 10)).toEqual([
      { id: 1, key: 'k1', kind: 'tick', payload: null, receivedAt: at, attempts: 0, token: 0, place: '-' },
    ])
  })

  test('knows the same delivery when it comes twice, before and after it was handled', async () => {
    const { inbox } = (await temporaryStore()).tables

    const first = await inbox.put(aDelivery('k1'))
    const beforeHandling = await inbox.put(aDelivery('k1'))
    await inbox.done({ id: 1, token: 0 }, at)
    const afterHandling = await inbox.put(aDelivery('k1'))

    expect({ first, beforeHandling, afterHandling }).toEqual({
      first: true,
      beforeHandling: false,
      afterHandling: false,
    })
    expect(await inbox.pendingCount()).toBe(0)
  })

  test('offers again, later, what could not be handled', async () => {
    const { inbox } = (await temporaryStore()).tables
    await inbox.put(aDelivery('k1'))

    await inbox.postpone({ id: 1, token: 0 }, later, 'GitLab did not answer')

    expect(await inbox.pending(at, 10)).toEqual([])
    expect(await inbox.pending(later, 10)).toEqual([
      {
        id: 1,
        key: 'k1',
        kind: 'note',
        payload: { of: 'k1' },
        receivedAt: at,
        attempts: 1,
        token: 0,
        place: '-',
      },
    ])
  })

  test('does not wake what was handled in the meantime', async () => {
    const { inbox } = (await temporaryStore()).tables
    await inbox.put(aDelivery('k1'))
    await inbox.done({ id: 1, token: 0 }, at)

    await expect(inbox.postpone({ id: 1, token: 0 }, later, 'too late')).rejects.toThrow(ClaimLost)

    expect(await inbox.pending(later, 10)).toEqual([])
  })

  test('forgets what was given up but for its key', async () => {
    const { inbox } = (await temporaryStore()).tables
    await inbox.put(aDelivery('k1'))

    await inbox.failed({ id: 1, token: 0 }, at, 'Not the expected form')

    expect(await inbox.pendingCount()).toBe(0)
    expect(await inbox.put(aDelivery('k1'))).toBe(false)
  })

  test('keeps nothing of what a person typed once it is over, however it ended', async () => {
    const file = join(temporaryFolder(), 'desk.db')
    const { inbox } = (await temporaryStore(file)).tables
    for (const key of ['done', 'done too', 'given up']) await inbox.put(aDelivery(key))

    await inbox.done({ id: 1, token: 0 }, at)
    await inbox.doneToo([{ id: 2, token: 0 }], at)
    await inbox.failed({ id: 3, token: 0 }, at, 'Not the expected form')

    const kept = { payload: null }
    expect(await pastTheBot(file, 'select payload from inbox')).toEqual([kept, kept, kept])
  })
})

describe('entries are claimed', () => {
  const about = (iid: number) => ({ payload: { iid } })
  const keys = (entries: readonly { readonly key: string }[]) => entries.map(({ key }) => key)

  test('the first of each subject, until it is handled; what is about nothing waits for nobody', async () => {
    const { inbox } = (await temporaryStore()).tables
    await inbox.put({ ...aDelivery('first of 1'), ...about(1) })
    await inbox.put({ ...aDelivery('second of 1'), ...about(1) })
    await inbox.put({ ...aDelivery('first of 2'), ...about(2) })
    await inbox.put(aDelivery('about nothing'))

    const first = await inbox.claim(claimAt(at), roomFor(8), [])
    const meanwhile = await inbox.claim(claimAt(at, 'another process'), roomFor(8), [])
    for (const entry of first) await inbox.done(entry, at)

    expect(keys(first)).toEqual(['first of 1', 'first of 2', 'about nothing'])
    expect(meanwhile).toEqual([])
    expect(keys(await inbox.claim(claimAt(at, 'another process'), roomFor(8), []))).toEqual(['second of 1'])
  })

  test('a request is one subject, whether it is named by its id or by its number', async () => {
    const store = await temporaryStore()
    const { inbox } = store.tables
    await store.tables.requests.insert(aRow({ id: 'r1', number: 1 }))
    await inbox.put({ ...aDelivery('click'), payload: { requestId: 'r1' } })
    await inbox.put({ ...aDelivery('hint'), ...about(1) })
    await inbox.put({ ...aDelivery('ticket'), payload: { ticket: 1 } })

    expect(keys(await inbox.claim(claimAt(at), roomFor(8), []))).toEqual(['click', 'ticket'])
  })

  test('whoever comes late writes nothing: another has it since', async () => {
    const { inbox } = (await temporaryStore()).tables
    await inbox.put(aDelivery('k1'))
    const [one] = await inbox.claim(claimAt(at, 'a process that hangs'), roomFor(8), [])
    const [other] = await inbox.claim(claimAt(later, 'this process'), roomFor(8), [])

    await expect(inbox.done(one ?? none, later)).rejects.toThrow(ClaimLost)
    await expect(inbox.postpone(one ?? none, later, 'again')).rejects.toThrow(ClaimLost)
    await inbox.done(other ?? none, later)

    expect(await inbox.pendingCount()).toBe(0)
  })

  test('what is taken from others may be claimed at once, and they write nothing of it; the owner keeps its own', async () => {
    const { inbox } = (await temporaryStore()).tables
    await inbox.put({ ...aDelivery('of another'), ...about(1) })
    const [of] = await inbox.claim(claimAt(at, 'another process'), roomFor(8), [])
    await inbox.put({ ...aDelivery('own'), ...about(2) })
    const [own] = await inbox.claim(claimAt(at), roomFor(8), [])

    await inbox.release(claimAt(at))

    await expect(inbox.done(of ?? none, at)).rejects.toThrow(ClaimLost)
    expect(keys(await inbox.claim(claimAt(at), roomFor(8), [own?.id ?? 0]))).toEqual(['of another'])
    await inbox.done(own ?? none, at)
    await inbox.release(claimAt(at, 'a third'))
    expect(keys(await inbox.claim(claimAt(at, 'a fourth'), roomFor(8), []))).toEqual(['of another'])
  })

  test('what its own owner is handling is not claimed again, and holds up what is behind it', async () => {
    const { inbox } = (await temporaryStore()).tables
    await inbox.put({ ...aDelivery('first of 1'), ...about(1) })
    await inbox.put({ ...aDelivery('second of 1'), ...about(1) })
    await inbox.claim(claimAt(at), roomFor(8), [])

    expect(await inbox.claim(claimAt(at), roomFor(8), [1])).toEqual([])
  })

  test('all hints about one issue are alike, and nothing else is', async () => {
    const { inbox } = (await temporaryStore()).tables
    await inbox.put({ ...aDelivery('hint'), ...about(1) })
    await inbox.put({ ...aDelivery('again'), ...about(1) })
    await inbox.put({ ...aDelivery('another issue'), ...about(2) })
    await inbox.put({ ...aDelivery('a ticket'), payload: { ticket: 1 } })
    await inbox.put({ ...aDelivery('a command'), ...about(1), kind: 'command' })
    const [hint] = await inbox.pending(at, 1)

    expect(await inbox.alike(hint ?? { id: 0, kind: '' })).toEqual([{ id: 2, token: 0 }])
  })
})

describe('a hint of what has one waiting', () => {
  const soon = '2026-03-01T09:00:10.000Z'
  const hint = (key: string, more: object = {}, receivedAt = at) => ({
    ...{ key, kind: 'zendesk-hint', receivedAt },
    payload: { ticket: 7, ...more },
  })
  const waiting = async (inbox: Inbox, now = later) =>
    (await inbox.pending(now, 10)).map(({ key, payload, receivedAt }) => ({ key, payload, receivedAt }))

  test('is answered by that one, which then speaks for both, and its key is known', async () => {
    const { inbox } = (await temporaryStore()).tables
    await inbox.put(hint('webhook'))

    const isNew = await inbox.put(hint('poll', { isInQueue: true }, soon))

    expect(isNew).toBe(true)
    expect(await inbox.put(hint('poll'))).toBe(false)
    expect(await waiting(inbox)).toEqual([
      { key: 'webhook', payload: { ticket: 7, isInQueue: true, isOfSeveral: true }, receivedAt: soon },
    ])
  })

  test('is not done with that one, where somebody reads what that one tells of since before it came', async () => {
    const { inbox } = (await temporaryStore()).tables
    await inbox.put(hint('webhook'))
    const [first] = await inbox.claim(claimAt(at), roomFor(8), [])
    await inbox.put(hint('another webhook'))
    await inbox.postpone(first ?? none, soon, 'Zendesk did not answer')
    const [again] = await inbox.claim(claimAt(soon), roomFor(8), [])
    const answered = await inbox.alike(again ?? { id: 0, kind: '' })
    await inbox.put(hint('poll', { isInQueue: true }, soon))

    await inbox.done(again ?? none, later)
    await inbox.doneToo(answered, later)

    expect(answered).toHaveLength(1)
    expect((await waiting(inbox)).map(({ payload }) => payload)).toEqual([
      { ticket: 7, isInQueue: true, isOfSeveral: true },
    ])
  })

  test('keeps what the waiting one said further', async () => {
    const { inbox } = (await temporaryStore()).tables
    await inbox.put(hint('poll', { isInQueue: true }))

    await inbox.put(hint('webhook', {}, soon))

    expect((await waiting(inbox)).map(({ payload }) => payload)).toEqual([
      { ticket: 7, isInQueue: true, isOfSeveral: true },
    ])
  })

  test('waits by itself where the other is being read', async () => {
    const { inbox } = (await temporaryStore()).tables
    await inbox.put(hint('first'))
    await inbox.claim(claimAt(at), roomFor(8), [])

    await inbox.put(hint('second'))
    await inbox.put(hint('third'))

    expect((await waiting(inbox)).map(({ key }) => key)).toEqual(['first', 'second'])
  })

  test('brings forward one that failed, but none that the service has put off', async () => {
    const { inbox } = (await temporaryStore()).tables
    await inbox.put(hint('fails'))
    await inbox.postpone({ id: 1, token: 0 }, later, 'no answer')
    await inbox.put(hint('again', {}, soon))
    const forward = await waiting(inbox, soon)
    await inbox.postpone({ id: 1, token: 1 }, '2026-03-01T10:00:00.000Z', '429')

    await inbox.put(hint('too soon', {}, soon))

    expect(forward.map(({ key }) => key)).toEqual(['fails'])
    expect(await waiting(inbox, later)).toEqual([])
    expect(await inbox.pendingCount()).toBe(1)
  })

  test('is not taken for one about another request, nor a click for a hint', async () => {
    const { inbox } = (await temporaryStore()).tables
    await inbox.put(hint('of 7'))
    await inbox.put(hint('of 8', { ticket: 8 }))
    await inbox.put({ key: 'issue 7', kind: 'gitlab-hint', payload: { iid: 7 }, receivedAt: at })
    await inbox.put({ key: 'click', kind: 'redirect-ticket', payload: { ticket: 7 }, receivedAt: at })
    await inbox.put({ key: 'again', kind: 'redirect-ticket', payload: { ticket: 7 }, receivedAt: at })

    expect(await inbox.pendingCount()).toBe(5)
  })
})

describe('places', () => {
  const put = (inbox: Inbox, key: string, kind: string, payload: object) =>
    inbox.put({ key, kind, payload, receivedAt: at })
  const claimed = async (inbox: Inbox, most: number, busy: readonly (readonly [string, number])[] = []) =>
    (await inbox.claim(claimAt(at), { most, busy: new Map(busy) }, [])).map(({ key, place }) => [key, place])

  test('are those of each service, of what is asked for and of hints', async () => {
    const { inbox, requests } = (await temporaryStore()).tables
    await requests.insert(aRow())
    for (const iid of [11, 12, 13]) await put(inbox, `issue ${iid}`, 'gitlab-hint', { iid })
    await put(inbox, 'ticket', 'zendesk-hint', { ticket: 9 })
    await put(inbox, 'answer', 'answer', { text: 'done' })
    await put(inbox, 'click', 'decision', { requestId: 'r1' })

    expect(await claimed(inbox, 2)).toEqual([
      ['issue 11', 'hint:gitlab'],
      ['issue 12', 'hint:gitlab'],
      ['ticket', 'hint:zendesk'],
      ['answer', '-'],
      ['click', 'gitlab'],
    ])
  })

  test('that are full leave the others theirs', async () => {
    const { inbox } = (await temporaryStore()).tables
    for (const iid of [11, 12, 13]) await put(inbox, `issue ${iid}`, 'gitlab-hint', { iid })
    await put(inbox, 'ticket', 'zendesk-hint', { ticket: 9 })

    expect(await claimed(inbox, 2, [['hint:gitlab', 2]])).toEqual([['ticket', 'hint:zendesk']])
    expect(await claimed(inbox, 2, [['hint:gitlab', 1]])).toEqual([
      ['issue 11', 'hint:gitlab'],
      ['ticket', 'hint:zendesk'],
    ])
  })

  test('let a click pass the hint about its request that waits, and the hint waits for the click', async () => {
    const { inbox, requests } = (await temporaryStore()).tables
    await requests.insert(aRow())
    await put(inbox, 'hint', 'gitlab-hint', { iid: aRow().number })
    await put(inbox, 'click', 'decision', { requestId: 'r1' })

    expect(await claimed(inbox, 8)).toEqual([['click', 'gitlab']])
  })
})

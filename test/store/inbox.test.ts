import { describe, expect, test } from 'vitest'
import { temporaryStore } from './temporary-store.ts'

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
      { id: 1, key: 'k1', kind: 'note', payload: { of: 'k1' }, receivedAt: at, attempts: 0 },
      { id: 2, key: 'k2', kind: 'note', payload: { of: 'k2' }, receivedAt: at, attempts: 0 },
    ])
    expect(await inbox.pending(later, 1)).toHaveLength(1)
    expect(await inbox.pendingCount()).toBe(3)
  })

  test('takes a delivery without a payload', async () => {
    const { inbox } = (await temporaryStore()).tables

    await inbox.put({ key: 'k1', kind: 'tick', payload: undefined, receivedAt: at })

    expect(await inbox.pending(at, 10)).toEqual([
      { id: 1, key: 'k1', kind: 'tick', payload: null, receivedAt: at, attempts: 0 },
    ])
  })

  test('knows the same delivery when it comes twice, before and after it was handled', async () => {
    const { inbox } = (await temporaryStore()).tables

    const first = await inbox.put(aDelivery('k1'))
    const beforeHandling = await inbox.put(aDelivery('k1'))
    await inbox.done(1, at)
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

    await inbox.postpone(1, later, 'GitLab did not answer')

    expect(await inbox.pending(at, 10)).toEqual([])
    expect(await inbox.pending(later, 10)).toEqual([
      { id: 1, key: 'k1', kind: 'note', payload: { of: 'k1' }, receivedAt: at, attempts: 1 },
    ])
  })

  test('does not wake what was handled in the meantime', async () => {
    const { inbox } = (await temporaryStore()).tables
    await inbox.put(aDelivery('k1'))
    await inbox.done(1, at)

    await inbox.postpone(1, later, 'too late')

    expect(await inbox.pending(later, 10)).toEqual([])
  })

  test('forgets what was given up but for its key', async () => {
    const { inbox } = (await temporaryStore()).tables
    await inbox.put(aDelivery('k1'))

    await inbox.failed(1, at, 'Not the expected form')

    expect(await inbox.pendingCount()).toBe(0)
    expect(await inbox.put(aDelivery('k1'))).toBe(false)
  })
})

import { describe, expect, test } from 'vitest'
import type { Claim } from '../../src/store/store.ts'
import { now, temporaryStore } from './temporary-store.ts'

const at = now().toISOString()

describe('settings', () => {
  test('keep the last value set', async () => {
    const { settings } = (await temporaryStore()).tables

    const before = await settings.get('poll-cursor')
    await settings.set('poll-cursor', '1')
    await settings.set('poll-cursor', '2')

    expect(before).toBeUndefined()
    expect(await settings.get('poll-cursor')).toBe('2')
  })

  test('a name is claimed by the first who claims it, and by nobody after', async () => {
    const { settings } = (await temporaryStore()).tables

    const claims = await Promise.all([
      settings.claimOnce('digest 2026-03-01', at),
      settings.claimOnce('digest 2026-03-01', at),
      settings.claimOnce('digest 2026-03-02', at),
    ])

    expect(claims).toEqual([true, false, true])
    expect(await settings.get('digest 2026-03-01')).toBe(at)
  })
})

test('a lease has one owner, until it has run out or is given back', async () => {
  const { settings } = (await temporaryStore()).tables
  const at = (seconds: number, owner: string): Claim => ({
    owner,
    now: new Date(Date.parse('2026-03-01T09:00:00.000Z') + seconds * 1_000).toISOString(),
    until: new Date(Date.parse('2026-03-01T09:00:08.000Z') + seconds * 1_000).toISOString(),
  })

  expect(await settings.takeLease('rounds', at(0, 'one'))).toBe(true)
  expect(await settings.takeLease('rounds', at(2, 'other'))).toBe(false)
  expect(await settings.takeLease('rounds', at(4, 'one'))).toBe(true)
  expect(await settings.takeLease('rounds', at(11, 'other'))).toBe(false)
  expect(await settings.takeLease('rounds', at(12, 'other'))).toBe(true)
  expect(await settings.takeLease('rounds', at(13, 'one'))).toBe(false)
  await settings.endLease('rounds', 'one')
  expect(await settings.takeLease('rounds', at(13, 'one'))).toBe(false)
  await settings.endLease('rounds', 'other')
  expect(await settings.takeLease('rounds', at(13, 'one'))).toBe(true)
})

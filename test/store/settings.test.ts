import { describe, expect, test } from 'vitest'
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

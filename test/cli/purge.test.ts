import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aRow } from '../store/a-row.ts'
import { temporaryFolder, temporaryStore } from '../store/temporary-store.ts'
import { commandLine } from './command-line.ts'

describe('purge', () => {
  // It is 1 March 2026, 09:00 UTC: 90 days before is 1 December 2025, 09:00 UTC.
  test.each([
    [{}, '2025-12-01T09:00:00.000Z', ['on the day', 'yesterday']],
    [{ RETENTION_DAYS: '1' }, '2026-02-28T09:00:00.000Z', ['yesterday']],
  ])('deletes what was closed longer ago than RETENTION_DAYS says: %j', async (env, before, kept) => {
    const path = join(temporaryFolder(), 'desk.db')
    const { requests, audit } = (await temporaryStore(path)).tables
    await requests.insert(aRow({ id: 'long ago', number: 1, closedAt: '2025-12-01T08:59:59.999Z' }))
    await requests.insert(aRow({ id: 'on the day', number: 2, closedAt: '2025-12-01T09:00:00.000Z' }))
    await requests.insert(aRow({ id: 'yesterday', number: 3, closedAt: '2026-02-28T09:00:00.000Z' }))

    const { code, out, err } = await commandLine(['purge'], { ...env, DATABASE_URL: `file:${path}` })

    expect({ code, out, err }).toEqual({
      code: 0,
      out: `ok: of what was closed or handled before ${before}: ${3 - kept.length} requests, 0 inbox and 0 outbox rows deleted\n`,
      err: '',
    })
    const left = await requests.closedSince('2025-01-01T00:00:00.000Z', 'gitlab')
    expect(left.map(({ id }) => id)).toEqual(kept)
    expect(await audit.page(0, 10)).toMatchObject([{ what: 'purged', details: { before } }])
  })
})

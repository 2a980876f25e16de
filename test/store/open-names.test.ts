import { expect, test } from 'vitest'
import { anEntry, aRow } from './a-row.ts'
import { temporaryStore } from './temporary-store.ts'

test('a request may be in a service that no table knows by its name, and so may its effects', async () => {
  const { tables } = await temporaryStore()

  await tables.requests.insert(aRow({ source: 'folder' }))
  await tables.outbox.add([anEntry('op-1', { lane: 'folder' })])

  expect((await tables.requests.byNumber(1, 'folder'))?.source).toBe('folder')
  expect(await tables.requests.byNumber(1, 'gitlab')).toBeUndefined()
  expect((await tables.outbox.ofRequest('r1')).map(({ lane }) => lane)).toEqual(['folder'])
})

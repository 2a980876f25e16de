/** One file changes requests: whoever wants to know what can happen to one reads it. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { amendRequest } from '../../src/requests/handle-event.ts'
import { aDesk } from './a-desk.ts'

const src = fileURLToPath(new URL('../../src/', import.meta.url))

test('a request is changed in src/requests/handle-event.ts and nowhere else', () => {
  const changing = globSync('**/*.ts', { cwd: src })
    .filter((file) => /\brequests\s*\.\s*update\(/.test(readFileSync(join(src, file), 'utf8')))
    .sort()

  expect(changing).toEqual(['requests/handle-event.ts'])
})

test('what no flow decides is written beside what there is', async () => {
  const desk = await aDesk()
  const row = await desk.insert()

  const claimed = await amendRequest(desk.store.tables, row, { assignee: 'UENG' })
  const stopped = await amendRequest(desk.store.tables, claimed, { refreshAt: undefined })

  const { refreshAt, version, ...kept } = row
  expect(refreshAt).toBeDefined()
  expect(await desk.row()).toEqual({ ...kept, assignee: 'UENG', version: version + 2 })
  expect(stopped).toEqual(await desk.row())
})

test('what has changed since it was read is not written over', async () => {
  const desk = await aDesk()
  const row = await desk.insert()
  await amendRequest(desk.store.tables, row, { assignee: 'UENG' })

  await expect(amendRequest(desk.store.tables, row, { assignee: 'UMAN' })).rejects.toThrow(
    'no longer at version',
  )
})

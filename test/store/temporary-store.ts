import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { fastFolder } from '../../sandbox/fast-folder.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { writeReadyDatabase } from './ready-database.ts'

export const now = () => new Date('2026-03-01T09:00:00.000Z')

/** A folder that is gone when the test has finished. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(fastFolder, 'privacy-desk-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A store on a real file, closed when the test has finished; a new one with its tables in it unless a path is given. */
export async function temporaryStore(path?: string, clock: () => Date = now): Promise<Store> {
  const file = path ?? join(temporaryFolder(), 'desk.db')
  if (path === undefined) await writeReadyDatabase(file)
  const store = await openStore({ databaseUrl: `file:${file}`, now: clock })
  onTestFinished(() => store.close())
  return store
}

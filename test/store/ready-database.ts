import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fastFolder } from '../../sandbox/fast-folder.ts'
import { openStore } from '../../src/store/open-store.ts'

let made: Promise<Buffer> | undefined

/**
 * Writes an empty database whose tables are there already: the migrations are run once for all tests of a thread, since
 * they take five times as long as all else of a start. They have tests of their own.
 */
export async function writeReadyDatabase(file: string): Promise<void> {
  made ??= readyDatabase()
  writeFileSync(file, await made, { mode: 0o600 })
}

async function readyDatabase(): Promise<Buffer> {
  const folder = mkdtempSync(join(fastFolder, 'privacy-desk-'))
  try {
    const file = join(folder, 'desk.db')
    const store = await openStore({ databaseUrl: `file:${file}`, now: () => new Date() })
    await store.close()
    return readFileSync(file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

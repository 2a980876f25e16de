import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { fastFolder } from '../../sandbox/fast-folder.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { asking, isOnPostgres, postgresDatabase } from '../postgres/databases.ts'
import { writeReadyDatabase } from './ready-database.ts'

export const now = () => new Date('2026-03-01T09:00:00.000Z')

/** A folder that is gone when the test has finished. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(fastFolder, 'privacy-desk-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Changes a database of the tests as whoever may write in it. */
export async function asAnyUser(path: string, statement: string): Promise<void> {
  if (isOnPostgres()) return void (await asking(String(databases.get(path)), statement))
  const sqlite = new Sqlite(path)
  try {
    sqlite.exec(statement)
  } finally {
    sqlite.close()
  }
}

/** Asks a database past the bot, or changes it as somebody would who owns it: past the triggers. */
export async function pastTheBot(path: string, statement: string): Promise<readonly unknown[]> {
  if (isOnPostgres())
    return asking(String(databases.get(path)), `set session_replication_role = replica; ${statement}`)
  const sqlite = new Sqlite(path)
  try {
    if (/^select/i.test(statement)) return sqlite.prepare(statement).all()
    for (const name of ['audit_no_update', 'audit_no_delete', 'audit_grows'])
      sqlite.exec(`drop trigger if exists ${name}`)
    sqlite.exec(statement)
    return []
  } finally {
    sqlite.close()
  }
}

/**
 * A store closed when the test has finished: on a real file, a new one with its tables in it unless a path is given, or
 * in the tests on PostgreSQL on one of its databases, always the same for a path.
 */
export async function temporaryStore(path?: string, clock: () => Date = now): Promise<Store> {
  const store = await openStore({ databaseUrl: await databaseAt(path), now: clock })
  onTestFinished(() => store.close())
  return store
}

const databases = new Map<string, string>()

async function databaseAt(path: string | undefined): Promise<string> {
  if (isOnPostgres()) {
    const url = databases.get(path ?? '') ?? (await postgresDatabase())
    if (path !== undefined) databases.set(path, url)
    return url
  }
  const file = path ?? join(temporaryFolder(), 'desk.db')
  if (path === undefined) await writeReadyDatabase(file)
  return `file:${file}`
}

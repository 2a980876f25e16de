/** A disk after a power loss, opened like at the next start: what of it is wrong, and what of the acknowledged is gone. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { fastFolder } from '../../sandbox/fast-folder.ts'
import { verifyAudit } from '../../src/store/audit-chain.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Image } from './disk.ts'

/** What the services know at the instant of the power loss. */
export interface Owed {
  /** Keys of the inbox. */
  readonly keys: readonly string[]
  /** How many changes GitLab has got. */
  readonly changes: number
}

export interface JudgedImage {
  /** Acknowledged, and not in the file. */
  readonly lost: readonly string[]
  /** Changed outside, and the file does not know that it was begun: it would be done again. */
  readonly forgotten: number
  readonly broken: readonly string[]
}

export async function judgeImage({ database, journal }: Image, owed: Owed): Promise<JudgedImage> {
  const folder = mkdtempSync(join(fastFolder, 'privacy-desk-image-'))
  const file = join(folder, 'desk.db')
  try {
    if (database) writeFileSync(file, database)
    if (journal) writeFileSync(`${file}-wal`, journal)
    const sqlite = new Sqlite(file)
    const seen = readInside(sqlite)
    sqlite.close()
    const wrong = owed.keys.length > 0 && seen.broken.length === 0 ? await brokenChain(file) : []
    return {
      lost: owed.keys.filter((key) => !seen.keys.has(key)),
      forgotten: Math.max(0, owed.changes - seen.attempts),
      broken: [...seen.broken, ...wrong],
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readInside(sqlite: Sqlite.Database) {
  const nothing = { keys: new Set<string>(), attempts: 0 }
  try {
    const verdict = sqlite.pragma('integrity_check', { simple: true })
    if (verdict !== 'ok') return { ...nothing, broken: [`integrity: ${verdict}`] }
    // Before the tables are made nothing can be acknowledged.
    const isMade = sqlite.prepare("select 1 from sqlite_schema where name = 'outbox'").get()
    if (isMade === undefined) return { ...nothing, broken: [] }
    const keys = sqlite.prepare<[], string>('select key from inbox').pluck().all()
    const attempts = sqlite
      .prepare<[], number>("select coalesce(sum(attempts), 0) from outbox where lane = 'gitlab'")
      .pluck()
      .get()
    return { keys: new Set(keys), attempts: attempts ?? 0, broken: [] }
  } catch (error) {
    return { ...nothing, broken: [`it can't be read: ${error instanceof Error ? error.message : error}`] }
  }
}

async function brokenChain(file: string): Promise<readonly string[]> {
  try {
    const store = await openStore({ databaseUrl: `file:${file}`, now: () => new Date(), beside: true })
    const verdict = await verifyAudit(store.tables).finally(() => store.close())
    return verdict.ok ? [] : [`audit log, entry ${verdict.seq}: ${verdict.why}`]
  } catch (error) {
    return [`it can't be opened: ${error instanceof Error ? error.message : error}`]
  }
}

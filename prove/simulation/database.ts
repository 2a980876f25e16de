/** What lies in the bot's database, read past the bot's own code. */
import type Sqlite from 'better-sqlite3'
import type { BotDatabase } from './bot-database.ts'

export interface InboxRow {
  readonly key: string
  readonly kind: string
  readonly finished_at: string | null
  readonly error: string | null
}

export interface OutboxRow {
  readonly id: number
  readonly op_id: string
  readonly request_id: string | null
  /** Shared by all that one decision asked for. */
  readonly decision_id: string | null
  readonly lane: string
  readonly position: number
  readonly kind: string
  readonly work: string
  readonly status: 'pending' | 'in-flight' | 'unknown' | 'done' | 'failed' | 'cancelled'
  readonly due_at: string
  readonly created_at: string
  readonly error: string | null
  readonly result: string | null
}

/** What the bot says of itself. */
export interface AuditEntry {
  readonly seq: number
  /** By the bot's own clock. */
  readonly at: string
  readonly requestId?: string
  readonly iid?: number
  readonly what: string
  readonly who: string
  readonly details: Readonly<Record<string, unknown>>
  readonly previousHash: string
  readonly hash: string
}

const inboxRows = 'select * from inbox order by id'
const outboxRows = 'select * from outbox order by id'

export const inboxOf = (database: BotDatabase) => database.rows<InboxRow>(inboxRows)
export const outboxOf = (database: BotDatabase) => database.rows<OutboxRow>(outboxRows)

export const auditOf = async (database: BotDatabase): Promise<readonly AuditEntry[]> =>
  (await database.rows<AuditRow>('select * from audit order by seq')).map(entryOf)

interface AuditRow {
  readonly seq: number
  readonly at: string
  readonly request_id: string | null
  readonly iid: number | null
  readonly what: string
  readonly who: string
  readonly details: string
  readonly previous_hash: string
  readonly hash: string
}

function entryOf(row: AuditRow): AuditEntry {
  const { seq, at, request_id: requestId, iid, what, who, details, previous_hash: previousHash, hash } = row
  return {
    ...{ seq, at, what, who, details: JSON.parse(details), previousHash, hash },
    ...(requestId !== null && { requestId }),
    ...(iid !== null && { iid }),
  }
}

export const unrest = async (database: BotDatabase): Promise<readonly string[]> =>
  unrestOf(await inboxOf(database), await outboxOf(database))

export const unrestIn = (sqlite: Sqlite.Database): readonly string[] =>
  unrestOf(sqlite.prepare<[], InboxRow>(inboxRows).all(), sqlite.prepare<[], OutboxRow>(outboxRows).all())

/** What still has to go on by itself: not what failed for good, nor what waits behind that. */
function unrestOf(arrived: readonly InboxRow[], outbox: readonly OutboxRow[]): readonly string[] {
  const inbox = arrived.filter(({ finished_at }) => finished_at === null)
  const isBlocked = (row: OutboxRow) =>
    row.request_id !== null &&
    outbox.some(
      (one) =>
        one.status === 'failed' &&
        one.request_id === row.request_id &&
        one.lane === row.lane &&
        one.position < row.position,
    )
  return [
    ...inbox.map(({ key, error }) => `inbox ${key}: ${error ?? 'waits'}`),
    ...outbox
      .filter((row) => !['done', 'cancelled', 'failed'].includes(row.status) && !isBlocked(row))
      .map((row) => `outbox ${row.kind} ${row.op_id} ${row.status}: ${row.error ?? 'waits'}`),
  ]
}

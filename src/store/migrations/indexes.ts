import type { Kysely } from 'kysely'
import { carryOut, type Ddl } from './ddl.ts'

/** Indexes that the queries use, so that none reads all open requests or sorts them to find a few. */
export async function indexes(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  await carryOut(db, ddl, statements)
}

const statements = [
  // Without the condition that `request_open` has: SQLite would take that one, which holds all open requests.
  'drop index request_card_waits',
  'create index request_card_waits on request (source, created_at, iid) where card_waits_since is not null',
  // In the order in which the first of them are asked for.
  'drop index request_email',
  'create index request_email on request (email_hash, created_at, iid) where closed_at is null',
  'drop index request_username',
  'create index request_username on request (username_hash, created_at, iid) where closed_at is null',
  'drop index request_changes',
  'create index request_refresh on request (refresh_at, iid) where closed_at is null',
  'create index request_closed_of on request (source, closed_at, iid) where closed_at is not null',
  "create index outbox_in_flight on outbox (id) where status = 'in-flight'",
]

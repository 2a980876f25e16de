import type { Kysely } from 'kysely'
import { carryOut, type Ddl } from './ddl.ts'

/**
 * What lists count, group and sort by, beside each request: its standing, the version of the request of which that is,
 * until when it holds, and by when the request is due. An earlier version writes none of it, and need not: a standing of
 * another version than the request's own holds for nothing.
 */
export async function standings(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  await carryOut(db, ddl, statements)
}

const statements = [
  'alter table request add column standing text',
  'alter table request add column standing_of integer',
  'alter table request add column standing_until text',
  'alter table request add column standing_due text',
  // Counted without reading a row, and each standing's in the order in which they are due. SQLite looks for the condition's
  // column in the index, too: without it, it would read every row.
  `create index request_standing on request (source, standing, standing_due, number, closed_at)
   where closed_at is null`,
  // Those that have changed since: as few as there were changes.
  `create index request_changed on request (source, created_at, number)
   where closed_at is null and coalesce(standing_of, 0) <> version`,
  'create index request_standing_until on request (source, standing_until, number) where closed_at is null',
  // Counted by step, and those that came in since an instant by flow.
  'create index request_step on request (source, flow, step, created_at, closed_at) where closed_at is null',
]

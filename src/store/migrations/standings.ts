import type { Kysely } from 'kysely'
import { carryOut, type Ddl } from './ddl.ts'

/**
 * What lists count, group and sort by, beside each request: its standing, the version of the request of which that is,
 * until when it holds, and by when the request is due. An earlier version writes none of it, and need not: a standing of
 * another version than the request's own holds for nothing. How many open requests have each standing is counted by the
 * database, whoever writes.
 */
export async function standings(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  await carryOut(db, ddl, statements(ddl))
}

const statements = (ddl: Ddl) => [
  'alter table request add column standing text',
  'alter table request add column standing_of integer',
  'alter table request add column standing_until text',
  'alter table request add column standing_due text',
  // Each standing's in the order in which they are due.
  'create index request_standing on request (source, standing, standing_due, number) where closed_at is null',
  // Those that have changed since: as few as there were changes.
  `create index request_changed on request (source, created_at, number)
   where closed_at is null and coalesce(standing_of, 0) <> version`,
  'create index request_standing_until on request (source, standing_until, number) where closed_at is null',
  `create table standing_count (
     source text not null,
     standing text not null,
     count integer not null,
     primary key (source, standing)
   ) ${ddl.tableEnd}`,
  `insert into standing_count (source, standing, count)
   select source, '', count(*) from request where closed_at is null group by source`,
  ...ddl.counted({
    table: 'request',
    counts: 'standing_count',
    by: ['source', 'standing'],
    whileEmpty: 'closed_at',
  }),
]

import { type Kysely, sql } from 'kysely'

/**
 * The place at which an entry of the inbox waits: of each service the hints, and apart from them what a person asked
 * for. Computed from what is stored, so that what waits already has one.
 */
export async function places(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `alter table inbox add column place text generated always as (
     case when kind like '%-hint' then 'hint:' || substr(kind, 1, length(kind) - 5)
     else coalesce(substr(subject, 1, instr(subject, ':') - 1), '-') end) virtual`,
  'create index inbox_place on inbox (place, id) where finished_at is null',
]

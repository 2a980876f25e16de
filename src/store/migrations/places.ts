import type { Kysely } from 'kysely'
import { carryOut, type Ddl } from './ddl.ts'

/**
 * The place at which an entry of the inbox waits: of each service the hints, and apart from them what a person asked
 * for. Computed from what is stored, so that what waits already has one.
 */
export async function places(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  await carryOut(db, ddl, statements(ddl))
}

const statements = (ddl: Ddl) => [
  `alter table inbox add column place text generated always as (
     case when kind like '%-hint' then 'hint:' || substr(kind, 1, length(kind) - 5)
     else coalesce(${ddl.beforeColon('subject')}, '-') end) ${ddl.computed}`,
  'create index inbox_place on inbox (place, id) where finished_at is null',
]

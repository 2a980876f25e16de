import { type Kysely, sql } from 'kysely'

/** A request's number has the same name for an issue and a ticket, and values noted by a key stand in `kv`. */
export async function names(db: Kysely<unknown>): Promise<void> {
  await sql`alter table request rename column iid to number`.execute(db)
  await sql`alter table setting rename to kv`.execute(db)
}

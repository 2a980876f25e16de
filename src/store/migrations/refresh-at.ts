import { type Kysely, sql } from 'kysely'

/** When a request's card is drawn anew has the name that the code gives it. */
export async function refreshAt(db: Kysely<unknown>): Promise<void> {
  await sql`alter table request rename column changes_at to refresh_at`.execute(db)
}

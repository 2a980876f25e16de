import { type Kysely, sql } from 'kysely'

/** Since when an effect has had no clear answer, and when people were called about it. */
export async function unclear(db: Kysely<unknown>): Promise<void> {
  for (const column of ['unclear_since', 'called_at'])
    await sql.raw(`alter table outbox add column ${column} text`).execute(db)
}

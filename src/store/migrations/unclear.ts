import type { Kysely } from 'kysely'
import { carryOut, type Ddl } from './ddl.ts'

/** Since when an effect has had no clear answer, and when people were called about it. */
export async function unclear(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  await carryOut(
    db,
    ddl,
    ['unclear_since', 'called_at'].map((column) => `alter table outbox add column ${column} text`),
  )
}

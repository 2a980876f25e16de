import type { Kysely } from 'kysely'
import type { Ddl } from './ddl.ts'

/** Services have names of their own: which there are, the desks and services in force say, and no longer the tables. */
export async function openNames(db: Kysely<unknown>, ddl: Ddl): Promise<void> {
  await ddl.withoutCheck(db, 'request', 'source')
  await ddl.withoutCheck(db, 'outbox', 'lane')
}

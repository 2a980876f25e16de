import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/** Returns the target of a table's queries: the transaction they stand in, or the database itself. */
export type Connection = () => Kysely<Schema>

/** In the transaction that is open already, or in one of its own. */
export async function inTransaction<T>(connection: Connection, work: (db: Kysely<Schema>) => Promise<T>) {
  const db = connection()
  return db.isTransaction ? work(db) : db.transaction().execute(work)
}

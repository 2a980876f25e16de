/** Kysely's PostgreSQL dialect, with transactions that follow each other, as they do in SQLite. */
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'
import type { Pool } from 'pg'
import { lockOf } from './locks.ts'

export function postgresDialect(pool: Pool): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new OneByOneDriver({ pool }),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
}

class OneByOneDriver extends PostgresDriver {
  /**
   * A transaction waits here for the one before it, as it does in SQLite, in whichever process that is. So it reads
   * nothing that another is about to change, none of them has to be tried anew, and no two wait for each other.
   */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(
      CompiledQuery.raw(`begin; select pg_advisory_xact_lock(${lockOf('transaction')})`),
    )
  }
}

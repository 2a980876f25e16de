/** What is PostgreSQL's own: Kysely's dialect, with transactions that follow each other as they do in SQLite, and the words that only it has. */
import {
  CompiledQuery,
  type Dialect,
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely'
import type { Pool } from 'pg'
import { inTransaction, type Words } from '../database.ts'
import { lockOf } from './process-lock.ts'

export function postgresDialect(pool: Pool): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new OneByOneDriver({ pool }),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
}

type Connection = Parameters<PostgresDriver['rollbackTransaction']>[0]

class OneByOneDriver extends PostgresDriver {
  /**
   * A transaction waits here for the one before it, as it does in SQLite, in whichever process that is. So it reads
   * nothing that another is about to change, none of them has to be tried anew, and no two wait for each other.
   */
  override async beginTransaction(connection: Connection): Promise<void> {
    try {
      await connection.executeQuery(
        CompiledQuery.raw(`begin; select pg_advisory_xact_lock(${lockOf('transaction')})`),
      )
    } catch (error) {
      // It has begun all the same, and the server refuses everything else until it ends; Kysely ends only what it saw begin.
      await this.rollbackTransaction(connection).catch(() => undefined)
      throw error
    }
  }
}

export const postgresWords: Words = {
  joinEach: (table, select) =>
    sql`cross join lateral (${select((alias) => sql`${sql.table(alias)}.*`)}) as ${sql.table(table)}`,
  alone: inTransaction,
  numbersIn: (json) => sql`select cast(value as bigint) from json_array_elements_text(${json}) as value`,
  textsIn: (json) => sql`select value from json_array_elements_text(${json}) as value`,
  lastNumber: (table) =>
    sql`select coalesce(pg_sequence_last_value(pg_get_serial_sequence(${table}, 'id')::regclass), 0)::float8 as last`,
  countFrom: (table, last) => [sql`select setval(pg_get_serial_sequence(${table}, 'id'), ${last})`],
}

import { sql } from 'kysely'
import { inTransaction } from '../connection.ts'
import type { Words } from '../database.ts'

export const postgresWords: Words = {
  joinEach: (table, select) =>
    sql`cross join lateral (${select((alias) => sql`${sql.table(alias)}.*`)}) as ${sql.table(table)}`,
  alone: inTransaction,
  rowsOf: (numbers) =>
    sql`select cast(value as bigint) from json_array_elements_text(${JSON.stringify(numbers)}) as value`,
  lastNumber: (table) =>
    sql`select coalesce(pg_sequence_last_value(pg_get_serial_sequence(${table}, 'id')::regclass), 0)::float8 as last`,
  countFrom: (table, last) => [sql`select setval(pg_get_serial_sequence(${table}, 'id'), ${last})`],
}

import { sql } from 'kysely'
import { inTransaction } from '../connection.ts'
import type { Words } from '../database.ts'

export const postgresWords: Words = {
  joinEach: (table, select) =>
    sql`cross join lateral (${select((alias) => sql`${sql.table(alias)}.*`)}) as ${sql.table(table)}`,
  alone: inTransaction,
  rowsOf: (numbers) =>
    sql`select cast(value as bigint) from json_array_elements_text(${JSON.stringify(numbers)}) as value`,
}

import { sql } from 'kysely'
import type { Words } from '../database.ts'

export const sqliteWords: Words = {
  // CROSS JOIN keeps SQLite from turning the order round: https://www.sqlite.org/optoverview.html#crossjoin
  joinEach: (table, select) =>
    sql`cross join ${sql.table(table)} on ${sql.ref(`${table}.id`)} in (${select((alias) => sql.ref(`${alias}.id`))})`,
  // One process has the database, and a claim of its own follows the one before.
  alone: (connection, work) => work(connection()),
  rowsOf: (numbers) => sql`select value from json_each(${JSON.stringify(numbers)})`,
  // https://www.sqlite.org/autoinc.html
  lastNumber: (table) => sql`select coalesce(max(seq), 0) as last from sqlite_sequence where name = ${table}`,
  countFrom: (table, last) => [
    sql`delete from sqlite_sequence where name = ${table}`,
    sql`insert into sqlite_sequence (name, seq) values (${table}, ${last})`,
  ],
}

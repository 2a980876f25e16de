import { type Kysely, sql } from 'kysely'

/** The differences between SQLite and PostgreSQL in making tables. All other SQL of the migrations is common to both. */
export interface Ddl {
  /** A primary key that counts up and never gives a number twice. */
  readonly identity: string
  /** The clause after a table's columns that makes each column take only its own type. */
  readonly tableEnd: string
  /** The end of a computed column: whether it is stored. */
  readonly computed: string
  /** Returns the statement with the column types, which are written as SQLite calls them, as this database does. */
  typed(statement: string): string
  /** The part of a column's text before its first colon. */
  beforeColon(column: string): string
  /** Statements after which rows of `table` can only be added, each with `column` one higher than the last. */
  appendOnly(table: string, column: string): readonly string[]
  /**
   * Statements after which `counts` holds how many rows of `table` there are by its columns `by`, an empty one as
   * empty text, of those whose column `whileEmpty` is empty. Rows that are there already are not counted.
   */
  counted(given: Counted): readonly string[]
  /** Takes away what `check` says of a column. */
  withoutCheck(db: Kysely<unknown>, table: string, column: string): Promise<void>
  /** A statement that takes out of a column of JSON what stands at the path, where that is text. */
  withoutText(table: string, column: string, path: readonly string[]): string
}

export interface Counted {
  readonly table: string
  readonly counts: string
  readonly by: readonly string[]
  /** The column that says whether a row counts: it does where that is empty. */
  readonly whileEmpty: string
}

/** What keeps the counts, in the words that both databases have. */
export function counting({ table, counts, by, whileEmpty }: Counted) {
  const columns = [...by, whileEmpty]
  const of = (row: string, column: string) => `coalesce(${row}.${column}, '')`
  return {
    columns: columns.join(', '),
    name: `${table}_counted`,
    differs: `(${columns.map((column) => `old.${column} is distinct from new.${column}`).join(' or ')})`,
    oneMore: `insert into ${counts} (${by.join(', ')}, count)
      select ${by.map((column) => of('new', column)).join(', ')}, 1 where new.${whileEmpty} is null
      on conflict (${by.join(', ')}) do update set count = ${counts}.count + 1;`,
    oneLess: `update ${counts} set count = count - 1
      where ${by.map((column) => `${column} = ${of('old', column)}`).join(' and ')} and old.${whileEmpty} is null;`,
  }
}

/** Carries out the statements of a migration one after the other. */
export async function carryOut(db: Kysely<unknown>, ddl: Ddl, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(ddl.typed(statement)).execute(db)
}

import type { Dialect, KyselyPlugin, RawBuilder } from 'kysely'
import type { Ddl } from './migrations/ddl.ts'

/** A database that is open: all that the store has to know of which one it is. */
export interface Database {
  readonly dialect: Dialect
  readonly plugins: readonly KyselyPlugin[]
  readonly ddl: Ddl
  readonly words: Words
  /** Removes what was cleared from the journal; left out where the database does so itself. */
  readonly checkpoint?: RawBuilder<unknown>
  readonly isOpen: () => boolean
  /** Lets another process have it, once its connections are closed. */
  release(): void
  /** Closes what Kysely has not taken over. */
  abandon(): void | Promise<void>
}

/** The phrases that SQLite and PostgreSQL have different words for; all other queries are common to both. */
export interface Words {
  /**
   * Joins each row of what stands before with the rows of `table` that are selected for it, under the table's name.
   * `select` is given what to select of a table that it calls by the alias.
   */
  joinEach(
    table: string,
    select: (columnsOf: (alias: string) => RawBuilder<unknown>) => RawBuilder<unknown>,
  ): RawBuilder<unknown>
  /** The numbers as the rows of a query, in one parameter: the statement is the same however many there are. */
  rowsOf(numbers: readonly number[]): RawBuilder<unknown>
}

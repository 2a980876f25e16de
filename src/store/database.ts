import type { Dialect, Kysely, KyselyPlugin, RawBuilder } from 'kysely'
import type { Ddl } from './migrations/ddl.ts'
import type { Schema } from './schema.ts'
import type { Sharing } from './store.ts'

/** A database that is open: all that the store has to know of which one it is. */
export interface Database {
  readonly dialect: Dialect
  readonly plugins: readonly KyselyPlugin[]
  readonly ddl: Ddl
  readonly words: Words
  readonly sharing: Sharing
  /** Removes what was cleared from the journal; left out where the database does so itself. */
  readonly checkpoint?: RawBuilder<unknown>
  /**
   * Carries out `migrate`, while no other process works with the database unless `fitsBeside` says that the others may
   * go on; left out where none ever does.
   */
  readonly exclusively?: (
    db: Kysely<Schema>,
    fitsBeside: () => Promise<boolean>,
    migrate: () => Promise<void>,
  ) => Promise<void>
  /**
   * Keeps all other processes away from now on, for as long as it stays connected; left out where opening it does.
   * Throws `CannotOpenStore` where one works with it.
   */
  readonly requireAlone?: (db: Kysely<Schema>) => Promise<void>
  /** The server's clock, which is the same for all its processes; left out where the machine's own is. */
  readonly time?: RawBuilder<{ readonly ms: number }>
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
  /** Carries out what reads and then writes, with nobody writing in between. */
  alone<T>(connection: Connection, work: (db: Kysely<Schema>) => Promise<T>): Promise<T>
  /** The rows of a JSON list of numbers, which is one parameter: the statement is the same however many there are. */
  numbersIn(json: string): RawBuilder<unknown>
  /** The same of texts. */
  textsIn(json: string): RawBuilder<unknown>
  /** The last number that a table has given, also where its row is gone; 0 where it has given none. */
  lastNumber(table: 'inbox' | 'outbox'): RawBuilder<{ readonly last: number }>
  /** Has a table give the number after this one next. */
  countFrom(table: 'inbox' | 'outbox', last: number): readonly RawBuilder<unknown>[]
}

/** Returns the target of a table's queries: the transaction they stand in, or the database itself. */
export type Connection = () => Kysely<Schema>

/** In the transaction that is open already, or in one of its own. */
export async function inTransaction<T>(connection: Connection, work: (db: Kysely<Schema>) => Promise<T>) {
  const db = connection()
  return db.isTransaction ? work(db) : db.transaction().execute(work)
}

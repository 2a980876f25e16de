/** The differences between SQLite and PostgreSQL in making tables. All other SQL of the migrations is common to both. */
export interface Ddl {
  /** A primary key that counts up and never gives a number twice. */
  readonly identity: string
  /** The clause after a table's columns that makes each column take only its own type. */
  readonly tableEnd: string
  /** Statements after which rows of `table` can only be added, each with `column` one higher than the last. */
  appendOnly(table: string, column: string): readonly string[]
}

export const sqliteDdl: Ddl = {
  identity: 'integer primary key autoincrement',
  tableEnd: 'strict',
  appendOnly: (table, column) => [
    ...['update', 'delete'].map(
      (change) =>
        `create trigger ${table}_no_${change} before ${change} on ${table}
         begin select raise(abort, '${table} is append-only'); end`,
    ),
    // Without it INSERT OR REPLACE would get past the trigger on DELETE.
    `create trigger ${table}_grows before insert on ${table}
     when new.${column} <> (select coalesce(max(${column}), 0) + 1 from ${table})
     begin select raise(abort, '${table} is append-only'); end`,
  ],
}

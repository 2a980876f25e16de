import { type Kysely, sql } from 'kysely'
import { counting, type Ddl } from '../migrations/ddl.ts'

export const sqliteDdl: Ddl = {
  identity: 'integer primary key autoincrement',
  tableEnd: 'strict',
  computed: 'virtual',
  typed: (statement) => statement,
  beforeColon: (column) => `substr(${column}, 1, instr(${column}, ':') - 1)`,
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
  counted: (given) => {
    const { name, columns, differs, oneMore, oneLess } = counting(given)
    return [
      `create trigger ${name}_in after insert on ${given.table} begin ${oneMore} end`,
      `create trigger ${name}_anew after update of ${columns} on ${given.table} when ${differs}
       begin ${oneLess} ${oneMore} end`,
      `create trigger ${name}_out after delete on ${given.table} begin ${oneLess} end`,
    ]
  },
  withoutCheck,
  withoutText: (table, column, path) => {
    const at = `'$.${path.join('.')}'`
    return `update ${table} set ${column} = json_remove(${column}, ${at}) where json_type(${column}, ${at}) = 'text'`
  },
}

/** SQLite takes a check away only with its table: https://www.sqlite.org/lang_altertable.html#otheralter */
async function withoutCheck(db: Kysely<unknown>, table: string, column: string): Promise<void> {
  const parts = await sql<{ type: string; sql: string }>`
    select type, sql from sqlite_master where tbl_name = ${table} and sql is not null`.execute(db)
  const made = parts.rows.find(({ type }) => type === 'table')?.sql ?? ''
  const check = new RegExp(`(\\b${column} text not null) check \\(${column} in \\([^)]*\\)\\)`)
  const next = `${table}_without_check`
  const renamed = made.replace(check, '$1').replace(/^create table "?\w+"?/i, `create table ${next}`)
  // A number that was given to a row that is no more is not given again.
  const last = await sql<{ seq: number }>`select seq from sqlite_sequence where name = ${table}`.execute(db)
  const statements = [
    renamed,
    `insert into ${next} select * from ${table}`,
    `drop table ${table}`,
    `alter table ${next} rename to ${table}`,
    ...parts.rows.filter(({ type }) => type !== 'table').map((part) => part.sql),
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
  for (const { seq } of last.rows)
    await sql`update sqlite_sequence set seq = ${seq} where name = ${table}`.execute(db)
}

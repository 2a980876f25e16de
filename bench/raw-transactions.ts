/**
 * The least that could write what the bot has written: the same rows of the same tables, each decision in a transaction of
 * its own, by statements of better-sqlite3 that are compiled once. It decides nothing: the rows are those that the bot
 * has left in its database.
 */
import Sqlite from 'better-sqlite3'
import { requestId } from './open-requests.ts'
import { begin, type Rate } from './rate.ts'

/** How many transactions a second; `into` holds what stood in the bot's database before, `from` what stands there since. */
export function rawTransactionsPerSecond(from: string, into: string, count: number): Rate {
  const source = new Sqlite(from, { readonly: true })
  const target = new Sqlite(into)
  try {
    target.pragma('journal_mode = WAL')
    target.pragma('synchronous = FULL')
    target.pragma('secure_delete = ON')
    const rowsOf = (table: string, column: string, value: string) =>
      source.prepare(`select * from ${table} where ${column} = ? order by 1`).all(value) as readonly Row[]
    const pieces = Array.from({ length: count }, (_, index) => {
      const id = requestId(index + 1)
      return {
        id,
        request: rowsOf('request', 'id', id)[0] ?? {},
        inbox: rowsOf('inbox', 'key', `bench-${index + 1}`)[0],
        audit: rowsOf('audit', 'request_id', id),
        outbox: rowsOf('outbox', 'request_id', id),
      }
    })
    const { request = {}, audit = [], outbox = [] } = pieces[0] ?? {}
    const insertAudit = insert(target, 'audit', audit[0] ?? {})
    const insertOutbox = insert(target, 'outbox', outbox[0] ?? {})
    const columns = Object.keys(request)
    const readRequest = target.prepare('select * from request where id = ?')
    const readInbox = target.prepare('select * from inbox where key = ?')
    const update = target.prepare(
      `update request set ${columns.map((one) => `${one} = @${one}`).join(', ')} where id = @id`,
    )
    const done = target.prepare('update inbox set finished_at = ?, payload = null where key = ?')
    let seq = Number(target.prepare('select coalesce(max(seq), 0) from audit').pluck().get())
    const one = target.transaction((piece: (typeof pieces)[number]) => {
      if (piece.inbox) readInbox.get(piece.inbox.key)
      readRequest.get(piece.id)
      update.run(piece.request)
      for (const row of piece.audit) {
        seq += 1
        insertAudit.run({ ...row, seq })
      }
      for (const row of piece.outbox) insertOutbox.run(row)
      if (piece.inbox) done.run(piece.inbox.finished_at, piece.inbox.key)
    })
    const end = begin()
    for (const piece of pieces) one.immediate(piece)
    return end(count)
  } finally {
    source.close()
    target.close()
  }
}

type Row = Readonly<Record<string, unknown>>

function insert(database: Sqlite.Database, table: string, row: Row) {
  const columns = Object.keys(row)
  return database.prepare(
    `insert into ${table} (${columns.join(', ')}) values (${columns.map((one) => `@${one}`).join(', ')})`,
  )
}

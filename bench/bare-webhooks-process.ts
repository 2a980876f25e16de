/** The least that keeps a webhook: its signature is checked, and each is a row of its own, on the disk before the answer. */
import { createServer, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import Sqlite from 'better-sqlite3'
import { isSignedBy } from '../src/http/standard-webhook.ts'

const { PORT, FILE = '', SECRET = '' } = process.env
const database = new Sqlite(FILE)
database.pragma('journal_mode = WAL')
database.pragma('synchronous = FULL')
database.exec('create table webhook (id integer primary key, key text unique, body text)')
const insert = database.prepare('insert into webhook (key, body) values (?, ?)')

createServer(async (request, response) => {
  response.statusCode = request.url === '/readyz' || (await isKept(request)) ? 200 : 401
  response.end()
}).listen(Number(PORT), '127.0.0.1')

async function isKept(request: IncomingMessage): Promise<boolean> {
  const body = await buffer(request)
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = request.headers
  const signed = { id: String(id), timestamp: String(timestamp), signature: String(signature), body }
  if (!isSignedBy(SECRET, signed, new Date())) return false
  insert.run(signed.id, body.toString())
  return true
}

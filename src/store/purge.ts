import { sql } from 'kysely'
import type { Instant } from '../engine/time.ts'
import type { Connection } from './connection.ts'
import type { Purged } from './store.ts'

/** Within a transaction: what is kept of a closed request beside its audit entries goes, and what was handled long ago. */
export async function purgeBefore(connection: Connection, before: Instant): Promise<Purged> {
  const db = connection()
  const longClosed = db.selectFrom('request').select('id').where('closedAt', '<', before)
  const outbox = await db
    .deleteFrom('outbox')
    .where((of) =>
      of.or([
        of('requestId', 'in', longClosed),
        of.and([of('requestId', 'is', null), of('finishedAt', '<', before)]),
      ]),
    )
    .executeTakeFirst()
  const inbox = await db.deleteFrom('inbox').where('finishedAt', '<', before).executeTakeFirst()
  // What was noted once of a request ends with its id, which has 32 digits: one look at each note, and one at its request.
  await db
    .deleteFrom('kv')
    .where(sql<string>`substr(name, length(name) - 32, 1)`, '=', ':')
    .where(sql<string>`substr(name, length(name) - 31)`, 'in', longClosed)
    .execute()
  const requests = await db.deleteFrom('request').where('closedAt', '<', before).executeTakeFirst()
  return {
    requests: Number(requests.numDeletedRows),
    inbox: Number(inbox.numDeletedRows),
    outbox: Number(outbox.numDeletedRows),
  }
}

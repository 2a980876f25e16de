import type { Kysely } from 'kysely'
import { readWork } from './json-column.ts'
import { toEntry } from './outbox-entry.ts'
import type { Schema } from './schema.ts'
import type { Cancelling, OutboxEntry } from './store.ts'

/** Nothing waits for these, and nothing is done with them any more. */
export const finished = ['done', 'cancelled'] as const

/** Within a transaction. What one decision asked for bears the same time of creation; what another one did is left. */
export async function cancelDecision(
  db: Kysely<Schema>,
  id: number,
  { at, because, alone, redact }: Cancelling,
): Promise<OutboxEntry[]> {
  const first = await db.selectFrom('outbox').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const rows = await db
    .selectFrom('outbox')
    .selectAll()
    .where('requestId', 'is not distinct from', first.requestId)
    .where('lane', '=', first.lane)
    .where('createdAt', '=', first.createdAt)
    .where('position', '>=', first.position)
    .where((of) => (alone ? of('id', '=', id) : of.lit(true)))
    .where('status', 'not in', finished)
    .orderBy('position')
    .execute()
  for (const { id: one, work } of rows)
    await db
      .updateTable('outbox')
      .set({
        status: 'cancelled',
        work: JSON.stringify(redact(readWork(work))),
        finishedAt: at,
        error: because,
      })
      .where('id', '=', one)
      .execute()
  return rows.map(toEntry)
}

import type { Selectable } from 'kysely'
import type { Connection } from './connection.ts'
import type { InboxTable } from './schema.ts'
import type { Inbox, InboxEntry } from './store.ts'

export function inbox(connection: Connection): Inbox {
  return {
    async put({ key, kind, payload, receivedAt }) {
      const inserted = await connection()
        .insertInto('inbox')
        .values({
          key,
          kind,
          payload: JSON.stringify(payload ?? null),
          receivedAt,
          dueAt: receivedAt,
          attempts: 0,
        })
        .onConflict((conflict) => conflict.column('key').doNothing())
        .executeTakeFirst()
      return inserted.numInsertedOrUpdatedRows === 1n
    },

    async pending(now, limit) {
      const rows = await connection()
        .selectFrom('inbox')
        .selectAll()
        .where('finishedAt', 'is', null)
        .where('dueAt', '<=', now)
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(toEntry)
    },

    async pendingCount() {
      const { count } = await connection()
        .selectFrom('inbox')
        .select((of) => of.fn.countAll<number>().as('count'))
        .where('finishedAt', 'is', null)
        .executeTakeFirstOrThrow()
      return Number(count)
    },

    async pendingWithKey(beginning) {
      const rows = await connection()
        .selectFrom('inbox')
        .select('id')
        .where('finishedAt', 'is', null)
        // A range, so that the index of the keys serves; all keys are plain text.
        .where('key', '>=', beginning)
        .where('key', '<', `${beginning}\uffff`)
        .execute()
      return rows.map(({ id }) => id)
    },

    async done(id, at) {
      return finish(connection, id, { finishedAt: at, error: null })
    },

    async postpone(id, dueAt, error) {
      await connection()
        .updateTable('inbox')
        .set((of) => ({ dueAt, error, attempts: of('attempts', '+', 1) }))
        .where('id', '=', id)
        .where('finishedAt', 'is', null)
        .execute()
    },

    async failed(id, at, error) {
      await finish(connection, id, { finishedAt: at, error })
    },
  }
}

/** The key stays, so that the same delivery is known when it comes again. */
async function finish(
  connection: Connection,
  id: number,
  outcome: { finishedAt: string; error: string | null },
): Promise<boolean> {
  const { numUpdatedRows } = await connection()
    .updateTable('inbox')
    .set({ ...outcome, payload: null })
    .where('id', '=', id)
    .where('finishedAt', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

function toEntry(row: Selectable<InboxTable>): InboxEntry {
  return {
    id: row.id,
    key: row.key,
    kind: row.kind,
    payload: JSON.parse(row.payload ?? 'null'),
    receivedAt: row.receivedAt,
    attempts: row.attempts,
  }
}

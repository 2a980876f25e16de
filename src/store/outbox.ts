import type { ExpressionBuilder, Kysely } from 'kysely'
import { type Connection, inTransaction } from './connection.ts'
import { cancelDecision, finished } from './outbox-cancel.ts'
import { toEntry } from './outbox-entry.ts'
import type { OutboxTable, Schema } from './schema.ts'
import type { Outbox } from './store.ts'

type NewEntry = Parameters<Outbox['add']>[0][number]
type Change = Partial<Omit<OutboxTable, 'id' | 'attempts'>>

export function outbox(connection: Connection): Outbox {
  const change = (id: number, columns: Change) =>
    connection().updateTable('outbox').set(columns).where('id', '=', id).execute()

  return {
    async add(entries) {
      await inTransaction(connection, async (db) => {
        for (const entry of entries) await addLast(db, entry)
      })
    },

    async due(now, limit) {
      const rows = await ready(connection())
        .selectAll('entry')
        .where('dueAt', '<=', now)
        .orderBy('dueAt')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(toEntry)
    },

    async claim(id, at) {
      const { numUpdatedRows } = await connection()
        .updateTable('outbox')
        .set((of) => ({
          status: 'in-flight',
          attempts: of('attempts', '+', 1),
          startedAt: of.fn.coalesce('startedAt', of.val(at)),
        }))
        .where('id', '=', id)
        .where('status', 'in', ['pending', 'unknown'])
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    async done(id, at, result, kept) {
      await change(id, {
        status: 'done',
        work: JSON.stringify(kept),
        finishedAt: at,
        result: JSON.stringify(result),
        error: null,
      })
    },

    async later(id, dueAt, error) {
      await change(id, { status: 'pending', dueAt, error })
    },

    async unknown(id, dueAt, error, lookups) {
      await change(id, { status: 'unknown', dueAt, error, lookups })
    },

    async failed(id, at, error) {
      await change(id, { status: 'failed', finishedAt: at, error })
    },

    async cancel(id, given) {
      return inTransaction(connection, (db) => cancelDecision(db, id, given))
    },

    async tryAgain(requestId, now) {
      const { numUpdatedRows } = await connection()
        .updateTable('outbox')
        // What failed may have been done at an earlier attempt: one more look tells, and where none can, nobody says that it was not.
        .set({ status: 'unknown', dueAt: now, finishedAt: null, error: null, lookups: 1 })
        .where('requestId', '=', requestId)
        .where('status', '=', 'failed')
        .executeTakeFirst()
      return Number(numUpdatedRows)
    },

    async distrust(now, unverifiable) {
      const unfinished = () =>
        connection().updateTable('outbox').where('status', 'in', ['pending', 'in-flight', 'unknown'])
      const error = 'It may have been done after the backup was taken'
      const posts = await unfinished()
        .set({ status: 'cancelled', finishedAt: now, error })
        .where('kind', 'in', unverifiable)
        .executeTakeFirst()
      const others = await unfinished()
        .set((of) => ({
          status: 'unknown' as const,
          attempts: of.fn<number>('max', ['attempts', of.lit(1)]),
          startedAt: of.fn.coalesce('startedAt', 'createdAt'),
          dueAt: now,
          lookups: 0,
          error,
        }))
        .executeTakeFirst()
      return { lookedUp: Number(others.numUpdatedRows), notPosted: Number(posts.numUpdatedRows) }
    },

    async recover(now, unverifiable) {
      const { numUpdatedRows } = await connection()
        .updateTable('outbox')
        .set((of) => ({
          status: 'unknown' as const,
          dueAt: now,
          error: 'The process stopped before the outcome was known',
          // A message that can't be looked up may be there: of those, unclear outcomes are counted.
          lookups: of
            .case()
            .when('kind', 'in', unverifiable)
            .then(of('lookups', '+', 1))
            .else(of.ref('lookups'))
            .end(),
        }))
        .where('status', '=', 'in-flight')
        .executeTakeFirst()
      return Number(numUpdatedRows)
    },

    async ofRequest(requestId) {
      const rows = await connection()
        .selectFrom('outbox')
        .selectAll()
        .where('requestId', '=', requestId)
        .where('lane', '<>', 'card')
        .orderBy('position')
        .execute()
      return rows.map(toEntry)
    },

    async lastOfSubject(subject) {
      const row = await connection()
        .selectFrom('outbox')
        .selectAll()
        .where('subject', '=', subject)
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row && toEntry(row)
    },

    async hasPendingRedraw(requestId) {
      const row = await connection()
        .selectFrom('outbox')
        .select('id')
        .where('requestId', '=', requestId)
        .where('lane', '=', 'card')
        .where('status', '=', 'pending')
        .executeTakeFirst()
      return row !== undefined
    },

    async unfinishedCount() {
      const { count } = await connection()
        .selectFrom('outbox')
        .select((of) => of.fn.countAll<number>().as('count'))
        .where('status', 'not in', finished)
        .executeTakeFirstOrThrow()
      return Number(count)
    },

    async nextDueAt() {
      const row = await ready(connection()).select('dueAt').orderBy('dueAt').limit(1).executeTakeFirst()
      return row?.dueAt
    },
  }
}

/** Waiting entries with nothing unfinished before them in their request's lane; what stands for no request waits for nothing. */
function ready(db: Kysely<Schema>) {
  return db
    .selectFrom('outbox as entry')
    .where('status', 'in', ['pending', 'unknown'])
    .where((of) => of.not(of.exists(unfinishedBefore(of))))
}

/** Two conditions, as the index `outbox_lane` has them: with `not in` and parameters SQLite doesn't see that it fits. */
function unfinishedBefore(of: ExpressionBuilder<Schema & { entry: OutboxTable }, 'entry'>) {
  return of
    .selectFrom('outbox as before')
    .select('before.id')
    .whereRef('before.requestId', '=', 'entry.requestId')
    .whereRef('before.lane', '=', 'entry.lane')
    .whereRef('before.position', '<', 'entry.position')
    .where('before.status', '<>', 'done')
    .where('before.status', '<>', 'cancelled')
}

async function addLast(db: Kysely<Schema>, { subject, ...entry }: NewEntry) {
  const { opId, requestId, lane, work, dueAt, createdAt } = entry
  const { last } = await db
    .selectFrom('outbox')
    .select((of) => of.fn.max<number | null>('position').as('last'))
    .where('requestId', 'is not distinct from', requestId ?? null)
    .executeTakeFirstOrThrow()
  await db
    .insertInto('outbox')
    .values({
      opId,
      requestId: requestId ?? null,
      subject: subject ?? null,
      lane,
      position: (last ?? 0) + 1,
      kind: work.kind,
      work: JSON.stringify(work),
      status: 'pending',
      attempts: 0,
      dueAt,
      createdAt,
      lookups: 0,
    })
    .execute()
}

import type { ExpressionBuilder, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Connection } from './connection.ts'
import type { InboxTable, Schema } from './schema.ts'
import { type Claim, ClaimLost, type Held, type Inbox, type InboxEntry } from './store.ts'

export function inbox(connection: Connection): Inbox {
  /** While it is held as it was claimed. */
  async function change(
    { id, token }: Held,
    columns: Partial<Omit<InboxTable, 'id' | 'token'>>,
    tried: 0 | 1,
  ): Promise<void> {
    const { numUpdatedRows } = await connection()
      .updateTable('inbox')
      .set((of) => ({ ...columns, attempts: of('attempts', '+', tried) }))
      .where('id', '=', id)
      .where('token', '=', token)
      .where('finishedAt', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new ClaimLost(`inbox entry ${id} is not held any more`)
  }

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
          subject: subjectOf(payload),
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

    async claim(claim, limit, except) {
      const ids = await connection()
        .selectFrom('inbox')
        .select('id')
        .where('finishedAt', 'is', null)
        .where('dueAt', '<=', claim.now)
        .where((of) => isFree(of, claim))
        .$if(except.length > 0, (query) => query.where('id', 'not in', [...except]))
        .where((of) => of.not(of.exists(ofSameSubject(of, claim, except))))
        .orderBy('id')
        .limit(limit)
        .execute()
      if (ids.length === 0) return []
      const rows = await connection()
        .updateTable('inbox')
        .set((of) => ({
          claimedBy: claim.owner,
          claimedUntil: claim.until,
          token: of('token', '+', 1),
        }))
        .where(
          'id',
          'in',
          ids.map(({ id }) => id),
        )
        .where('finishedAt', 'is', null)
        .where((of) => isFree(of, claim))
        .returningAll()
        .execute()
      return rows.map(toEntry).sort((one, other) => one.id - other.id)
    },

    async renew({ owner, until }, ids) {
      await connection()
        .updateTable('inbox')
        .set({ claimedUntil: until })
        .where('id', 'in', [...ids])
        .where('claimedBy', '=', owner)
        .execute()
    },

    async done(held, at) {
      await change(held, { finishedAt: at, error: null, payload: null }, 0)
    },

    async doneToo(ids, at) {
      if (ids.length === 0) return
      await connection()
        .updateTable('inbox')
        .set({ finishedAt: at, error: null, payload: null })
        .where('id', 'in', [...ids])
        .where('finishedAt', 'is', null)
        .execute()
    },

    async alike({ id, kind, subject }) {
      if (subject === undefined) return []
      const rows = await connection()
        .selectFrom('inbox')
        .select('id')
        .where('finishedAt', 'is', null)
        .where('subject', '=', subject)
        .where('kind', '=', kind)
        .where('id', '<>', id)
        .execute()
      return rows.map((row) => row.id)
    },

    async postpone(held, dueAt, error) {
      await change(held, { dueAt, error, claimedBy: null, claimedUntil: null }, 1)
    },

    async failed(held, at, error) {
      await change(held, { finishedAt: at, error, payload: null }, 0)
    },
  }
}

type OfEntry = ExpressionBuilder<Schema, 'inbox'>

/** Claimed by nobody, or by somebody whose time is over; what its own owner is not handling now it may claim again. */
function isFree(of: OfEntry, { owner, now }: Claim) {
  return of.or([of('claimedBy', 'is', null), of('claimedBy', '=', owner), of('claimedUntil', '<=', now)])
}

/** Selects the entries of the same subject that are in progress, and the earlier ones that are due. */
function ofSameSubject(of: OfEntry, { now, owner }: Claim, except: readonly number[]) {
  return of
    .selectFrom('inbox as other')
    .select('other.id')
    .whereRef('other.subject', '=', 'inbox.subject')
    .where('other.finishedAt', 'is', null)
    .whereRef('other.id', '<>', 'inbox.id')
    .where((other) =>
      other.or([
        other.and([other('other.dueAt', '<=', now), other('other.id', '<', other.ref('inbox.id'))]),
        other.and([other('other.claimedBy', '<>', owner), other('other.claimedUntil', '>', now)]),
        ...(except.length > 0 ? [other('other.id', 'in', [...except])] : []),
      ]),
    )
}

/**
 * Payloads name a request by its id, an issue by `iid`, a ticket by `iid` and `source` or by `ticket`: decisions and
 * readings of one of them are one after the other, whichever way they came.
 */
function subjectOf(payload: unknown) {
  const { iid, source, requestId, ticket } = (payload ?? {}) as Readonly<Record<string, unknown>>
  if (typeof ticket === 'number') return `zendesk:${ticket}`
  if (typeof iid === 'number') return `${typeof source === 'string' ? source : 'gitlab'}:${iid}`
  if (typeof requestId !== 'string') return null
  return sql<string | null>`(select source || ':' || cast(iid as text) from request where id = ${requestId})`
}

function toEntry(row: Selectable<InboxTable>): InboxEntry {
  return {
    id: row.id,
    key: row.key,
    kind: row.kind,
    payload: JSON.parse(row.payload ?? 'null'),
    receivedAt: row.receivedAt,
    attempts: row.attempts,
    token: row.token,
    ...(row.subject !== null && { subject: row.subject }),
  }
}

import type { Kysely, Selectable } from 'kysely'
import { readWork } from './json-column.ts'
import { toEntry } from './outbox-entry.ts'
import type { OutboxTable, Schema } from './schema.ts'
import { type Cancelling, ClaimLost, type Held, type Lane, type OutboxEntry } from './store.ts'

/** The states of an entry that is finished: no other entry waits for it, and the worker leaves it alone. */
const finished = ['done', 'cancelled'] as const

/** Within a transaction. What another decision asked for is left. */
export async function cancelDecision(
  db: Kysely<Schema>,
  { id, token }: Held,
  { alone, ...given }: Cancelling,
): Promise<OutboxEntry[]> {
  const first = await db
    .selectFrom('outbox')
    .selectAll()
    .where('id', '=', id)
    .where('token', '=', token)
    .executeTakeFirst()
  if (!first) throw new ClaimLost(`outbox entry ${id} is no longer held`)
  const rows = await db
    .selectFrom('outbox')
    .selectAll()
    .where('requestId', 'is not distinct from', first.requestId)
    .where('lane', '=', first.lane)
    .where('position', '>=', first.position)
    .where((of) =>
      alone
        ? of('id', '=', id)
        : of.and([
            of('decisionId', 'is not distinct from', first.decisionId),
            // What was asked for before decisions had ids is known by its instant.
            ...(first.decisionId === null ? [of('createdAt', '=', first.createdAt)] : []),
          ]),
    )
    .where('status', 'not in', finished)
    .orderBy('position')
    .execute()
  await cancelAll(db, rows, given)
  return rows.map(toEntry)
}

/** Within a transaction: no claim comes between the look and the change. */
export async function cancelUnbegun(
  db: Kysely<Schema>,
  decision: { lane: Lane; decisionId: string } & ({ requestId: string } | { subject: string }),
  given: Omit<Cancelling, 'alone'>,
): Promise<OutboxEntry[] | undefined> {
  const rows = await db
    .selectFrom('outbox')
    .selectAll()
    .where((of) =>
      'subject' in decision ? of('subject', '=', decision.subject) : of('requestId', '=', decision.requestId),
    )
    .where('lane', '=', decision.lane)
    .where('decisionId', '=', decision.decisionId)
    .orderBy('position')
    .execute()
  const isUnbegun = rows.length > 0 && rows.every((row) => row.status === 'pending' && row.attempts === 0)
  if (!isUnbegun) return undefined
  await cancelAll(db, rows, given)
  return rows.map(toEntry)
}

async function cancelAll(
  db: Kysely<Schema>,
  rows: readonly Pick<Selectable<OutboxTable>, 'id' | 'work'>[],
  { at, because, isUnclear, redact }: Omit<Cancelling, 'alone'>,
): Promise<void> {
  for (const { id, work } of rows)
    await db
      .updateTable('outbox')
      .set({
        status: 'cancelled',
        work: JSON.stringify(redact(readWork(work))),
        finishedAt: at,
        error: because,
        ...(!isUnclear && { unclearSince: null }),
      })
      .where('id', '=', id)
      .execute()
}

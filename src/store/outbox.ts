import { type ExpressionBuilder, type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import type { Instant } from '../engine/time.ts'
import { type Connection, inTransaction, type Words } from './database.ts'
import { kept, keptInForms, keptOfEach } from './kept-query.ts'
import { cancelDecision, cancelUnbegun } from './outbox-cancel.ts'
import { toEntry } from './outbox-entry.ts'
import type { OutboxTable, Schema } from './schema.ts'
import {
  type Claim,
  ClaimLost,
  type Held,
  type Lane,
  type Outbox,
  type OutboxEntry,
  type Passed,
  type Priority,
} from './store.ts'

/**
 * The pause before a card that is about to change again is drawn: the decision's effects are nearly always done by then,
 * and the card is drawn once for all of it. A person who looks sees it within a second all the same.
 */
const redrawAfterMs = 1_000

type NewEntry = Parameters<Outbox['add']>[0][number]
type Change = Partial<Omit<OutboxTable, 'id' | 'attempts' | 'token'>>

export function outbox(connection: Connection, words: Words): Outbox {
  /** While it is held as it was claimed. */
  async function change({ id, token }: Held, columns: Change): Promise<void> {
    const query = changeHeld(connection(), { id, token }, columns)
    requireHeld(id, await connection().executeQuery(query.compile()))
  }

  return {
    async add(entries) {
      if (entries.length === 0) return
      await inTransaction(connection, (db) => addLast(db, entries))
    },

    async due(now, limit, but = {}) {
      const { rows } = await firstOfEach(connection(), words, limit, but, now)
      return awaitedFirst(rows.map(toEntry)).slice(0, limit)
    },

    async behind({ requestId, lane, position }) {
      if (requestId === undefined) return undefined
      const { rows } = await firstBehind(connection(), { requestId, lane, position })
      return rows[0] && toEntry(rows[0])
    },

    async claim(entry, claim) {
      const { rows } = await words.alone(connection, (db) => claimOne(db, { ...entry, ...claim }))
      const [row] = rows
      if (!row) return undefined
      const { requestVersion } = row
      return { id: entry.id, token: row.token, ...(requestVersion !== null && { requestVersion }) }
    },

    async renew({ owner, until }, ids) {
      return connection()
        .updateTable('outbox')
        .set({ claimedUntil: until })
        .where('id', 'in', [...ids])
        .where('claimedBy', '=', owner)
        .returning(['id', 'token'])
        .execute()
    },

    async done({ id, token }, at, result, work) {
      const given = { id, token, at, result: JSON.stringify(result), work: JSON.stringify(work) }
      requireHeld(id, await markDone(connection(), given))
    },

    async sends({ id, token }) {
      requireHeld(id, await countSend(connection(), { id, token }))
    },

    async later(held, dueAt, error, { calledAt, lookups } = {}) {
      await change(held, {
        ...{ status: 'pending', dueAt, error },
        ...(calledAt !== undefined && { calledAt }),
        ...(lookups !== undefined && { lookups }),
      })
    },

    async again(held, dueAt, unclearSince) {
      await change(held, { status: 'pending', dueAt, error: null, unclearSince, calledAt: null })
    },

    async stillUnclear({ id }, unclearSince) {
      await connection().updateTable('outbox').set({ unclearSince }).where('id', '=', id).execute()
    },

    async unknown(held, dueAt, error, lookups, unclear) {
      await change(held, { status: 'unknown', dueAt, error, lookups, ...unclear })
    },

    async failed(held, at, error, lookups) {
      await change(held, {
        status: 'failed',
        finishedAt: at,
        error,
        ...clear,
        ...(lookups !== undefined && { lookups }),
      })
    },

    async cancel(held, given) {
      return inTransaction(connection, (db) => cancelDecision(db, held, given))
    },

    async cancelUnbegun(decision, given) {
      return inTransaction(connection, (db) => cancelUnbegun(db, decision, given))
    },

    async tryAgain(requestId, now) {
      const { numUpdatedRows } = await connection()
        .updateTable('outbox')
        // What failed may have been done at an earlier attempt: looks tell, and where none can, nobody says that it was not.
        .set({
          status: 'unknown',
          priority: 'awaited',
          dueAt: now,
          finishedAt: null,
          error: null,
          unclearSince: now,
          calledAt: null,
        })
        .where('requestId', '=', requestId)
        .where(waitsForTryAgain)
        .executeTakeFirst()
      return Number(numUpdatedRows)
    },

    async markUnverified(now, unverifiable) {
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
          attempts: of.case().when('attempts', '<', 1).then(1).else(of.ref('attempts')).end(),
          startedAt: of.fn.coalesce('startedAt', 'createdAt'),
          dueAt: now,
          unclearSince: of.fn.coalesce('unclearSince', of.val(now)),
          lookups: 0,
          error,
        }))
        .executeTakeFirst()
      return { lookedUp: Number(others.numUpdatedRows), notPosted: Number(posts.numUpdatedRows) }
    },

    async recover({ now, owner, unverifiable }, whose) {
      const { numUpdatedRows } = await connection()
        .updateTable('outbox')
        .set((of) => ({
          status: 'unknown' as const,
          // Whoever had it writes nothing of it any more.
          token: of('token', '+', 1),
          claimedBy: null,
          claimedUntil: null,
          dueAt: now,
          unclearSince: of.fn.coalesce('unclearSince', of.val(now)),
          error: 'The process stopped before the outcome was known',
          // A message that can't be looked up may be there once it was being sent, which has been counted.
          lookups: of.case().when('kind', 'in', unverifiable).then(of.ref('lookups')).else(0).end(),
          ends: of('ends', '+', 1),
        }))
        .where('status', '=', sql.lit('in-flight'))
        .where((of) => of.or([of('claimedBy', 'is', null), of('claimedBy', '<>', owner)]))
        .$if(whose === 'run-out', (query) => query.where('claimedUntil', '<=', now))
        .executeTakeFirst()
      return Number(numUpdatedRows)
    },

    async ofRequest(requestId) {
      const { rows } = await allOfRequest(connection(), { requestId })
      return rows.map(toEntry)
    },

    async openWork() {
      const rows = await connection()
        .selectFrom('outbox')
        .select(['requestId', 'status', 'calledAt'])
        .where('requestId', 'is not', null)
        .where('status', '<>', sql.lit('done'))
        .where('status', '<>', sql.lit('cancelled'))
        .where('lane', 'not in', ['thread', 'card'])
        .execute()
      const open = new Map<string, { failed: number; unclear: number; unknown: number; pending: number }>()
      for (const { requestId, status, calledAt } of rows) {
        const counts = open.get(requestId ?? '') ?? { failed: 0, unclear: 0, unknown: 0, pending: 0 }
        const isUnclear = calledAt !== null && status !== 'failed'
        counts[isUnclear ? 'unclear' : status === 'failed' || status === 'unknown' ? status : 'pending'] += 1
        open.set(requestId ?? '', counts)
      }
      return [...open].map(([requestId, counts]) => ({ requestId, ...counts }))
    },

    async lastOfSubject(subject) {
      const row = await connection()
        .selectFrom('outbox')
        .selectAll()
        .where('subject', '=', subject)
        .orderBy('id', 'desc')
        .limit(sql.lit(1))
        .executeTakeFirst()
      return row && toEntry(row)
    },

    waitingRedraw: (requestId) => waitingRedraw(connection(), requestId),

    async wantRedraw({ at, when, priority = 'background', ...redraw }) {
      const dueAt = when === 'now' ? at : new Date(Date.parse(at) + redrawAfterMs).toISOString()
      await inTransaction(connection, async (db) => {
        const waiting = await waitingRedraw(db, redraw.requestId)
        if (!waiting) return addLast(db, [{ ...redraw, priority, lane: 'card', dueAt, createdAt: at }])
        const isSooner = waiting.dueAt > dueAt
        const isRaised = priority === 'awaited' && waiting.priority !== 'awaited'
        if (isSooner || isRaised)
          await db
            .updateTable('outbox')
            .set({ ...(isSooner && { dueAt }), ...(isRaised && { priority }) })
            .where('id', '=', waiting.id)
            .where('status', '=', sql.lit('pending'))
            .execute()
      })
    },

    async bringForward(requestId, lane, now) {
      await connection()
        .updateTable('outbox')
        .set({ dueAt: now })
        .where('requestId', '=', requestId)
        .where('lane', '=', lane)
        .where('status', '=', sql.lit('pending'))
        .where('dueAt', '>', now)
        .execute()
    },

    async unfinishedCount() {
      const { count } = await connection()
        .selectFrom('outbox')
        .select((of) => of.fn.countAll<number>().as('count'))
        .where('status', '<>', sql.lit('done'))
        .where('status', '<>', sql.lit('cancelled'))
        .executeTakeFirstOrThrow()
      return Number(count)
    },

    async nextDueAt(but = {}) {
      const { rows } = await firstOfEach(connection(), words, 1, but)
      return rows.map(({ dueAt }) => dueAt).sort()[0]
    },
  }
}

function changeHeld(db: Kysely<Schema>, { id, token }: Held, columns: Change) {
  return (
    db
      .updateTable('outbox')
      .set({ ...columns, claimedBy: null, claimedUntil: null, ends: 0 })
      .where('id', '=', id)
      .where('token', '=', token)
      // A commit whose answer was lost has been made: it is not made a second time.
      .where('status', 'not in', ['done', 'failed', 'cancelled'])
  )
}

function requireHeld(id: number, { numAffectedRows }: { readonly numAffectedRows?: bigint }): void {
  if (numAffectedRows !== 1n) throw new ClaimLost(`outbox entry ${id} is no longer held`)
}

/** Of what has a clear outcome. */
const clear = { unclearSince: null, calledAt: null }

const markDone = kept(
  (db, { id, token, at, work, result }: Held & Record<'at' | 'work' | 'result', string>) =>
    changeHeld(db, { id, token }, { status: 'done', work, finishedAt: at, result, error: null, ...clear }),
)

const countSend = kept((db, { id, token }: Held) =>
  db
    .updateTable('outbox')
    .set((of) => ({ lookups: of('lookups', '+', 1) }))
    .where('id', '=', id)
    .where('token', '=', token)
    .where('status', '=', sql.lit('in-flight')),
)

/** What has failed, and what people were called about; what is in flight is looked at already. */
const waitsForTryAgain = sql<boolean>`(status = 'failed' or (status in ('pending', 'unknown') and called_at is not null))`

/** What a look is told: the time, and JSON lists of lanes and of ids. */
type Look = Record<'now' | 'lanes' | Priority, string>

const firstInForms = keptInForms<Look, Selectable<OutboxTable>>()

/**
 * Selects of both priorities the first by their time, at most so many of each: with one query for both, all would be
 * sorted. Ready is what waits with nothing unfinished before it in its request's lane; what stands for no request waits
 * for nothing. A form of it for each of what is said of the time and of what is passed over.
 */
function firstOfEach(
  db: Kysely<Schema>,
  words: Words,
  limit: number,
  { lanes = [], ids = { awaited: [], background: [] } }: Passed,
  now?: Instant,
) {
  const hasTime = now !== undefined
  const passes = { awaited: ids.awaited.length > 0, background: ids.background.length > 0 }
  const form = JSON.stringify([limit, hasTime, lanes.length > 0, passes])
  const build = (look: Look) => {
    const firstOf = (priority: Priority) => sql`select * from (
      select outbox.* from outbox
      where ${isWaiting} and priority = ${sql.lit(priority)}
        ${hasTime ? sql`and due_at <= ${look.now}` : sql``}
        ${lanes.length > 0 ? sql`and lane not in (${words.textsIn(look.lanes)})` : sql``}
        ${passes[priority] ? sql`and id not in (${words.numbersIn(look[priority])})` : sql``}
        and not exists (
          select before.id from outbox as before
          where before.request_id = outbox.request_id and before.lane = outbox.lane
            and before.position < outbox.position and before.status <> 'done' and before.status <> 'cancelled'
        )
      order by due_at, id limit ${sql.lit(limit)}
    ) as ${sql.table(priority)}`
    const query = sql<Selectable<OutboxTable>>`${firstOf('awaited')} union all ${firstOf('background')}`
    return { compile: () => query.compile(db) }
  }
  return firstInForms(db, form, build, {
    now: now ?? '',
    lanes: JSON.stringify(lanes),
    awaited: JSON.stringify(ids.awaited),
    background: JSON.stringify(ids.background),
  })
}

function awaitedFirst(entries: readonly OutboxEntry[]): OutboxEntry[] {
  return [...entries.filter(isAwaited), ...entries.filter((entry) => !isAwaited(entry))]
}

function isAwaited({ priority }: { readonly priority?: Priority }): boolean {
  return priority === 'awaited'
}

/** As the index `outbox_due` has it: with parameters SQLite doesn't see that it fits. */
const isWaiting = sql<boolean>`status in ('pending', 'unknown')`

/** Two conditions, as the index `outbox_lane` has them. */
function unfinishedBefore(of: ExpressionBuilder<Schema, 'outbox'>) {
  return of
    .selectFrom('outbox as before')
    .select('before.id')
    .whereRef('before.requestId', '=', 'outbox.requestId')
    .whereRef('before.lane', '=', 'outbox.lane')
    .whereRef('before.position', '<', 'outbox.position')
    .where('before.status', '<>', sql.lit('done'))
    .where('before.status', '<>', sql.lit('cancelled'))
}

/**
 * Whoever has clicked Undo before anything was begun is not overtaken: of what was decided on the request, or on a subject
 * without one, nothing begins.
 */
function undoThatWaits(of: ExpressionBuilder<Schema, 'outbox'>) {
  return of
    .selectFrom('inbox')
    .select('inbox.id')
    .where('inbox.kind', '=', sql.lit('undo'))
    .where('inbox.finishedAt', 'is', null)
    .where('inbox.subject', '=', (about) =>
      about.fn.coalesce(
        about
          .selectFrom('request')
          .select(sql<string>`source || ':' || cast(number as text)`.as('subject'))
          .whereRef('request.id', '=', 'outbox.requestId'),
        'outbox.subject',
      ),
    )
}

/** Returns the version of its request, too; nothing where somebody else has it. */
const claimOne = kept((db, { id, token, now, owner, until }: Held & Claim) =>
  db
    .updateTable('outbox')
    .set((of) => ({
      status: 'in-flight',
      attempts: of('attempts', '+', 1),
      startedAt: of.fn.coalesce('startedAt', of.val(now)),
      claimedBy: owner,
      claimedUntil: until,
      token: of('token', '+', 1),
    }))
    .where('id', '=', id)
    .where('token', '=', token)
    .where(isWaiting)
    .where((of) => of.not(of.exists(unfinishedBefore(of))))
    .where((of) => of.or([of('decisionId', 'is', null), of.not(of.exists(undoThatWaits(of)))]))
    .returning((of) => [
      'token',
      of
        .selectFrom('request')
        .select('request.version')
        .whereRef('request.id', '=', 'outbox.requestId')
        .as('requestVersion'),
    ]),
)

const firstBehind = kept(
  (db, { requestId, lane, position }: { requestId: string; lane: Lane; position: number }) =>
    db
      .selectFrom('outbox')
      .selectAll()
      .where('requestId', '=', requestId)
      .where('lane', '=', lane)
      .where('position', '>', position)
      .where('status', '<>', sql.lit('done'))
      .where('status', '<>', sql.lit('cancelled'))
      .orderBy('position')
      .limit(sql.lit(1)),
)

const allOfRequest = kept((db, { requestId }: { requestId: string }) =>
  db
    .selectFrom('outbox')
    .selectAll()
    .where('requestId', '=', requestId)
    .where('lane', '<>', 'card')
    .orderBy('position'),
)

const redrawThatWaits = kept((db, { requestId }: { requestId: string }) =>
  db
    .selectFrom('outbox')
    .selectAll()
    .where('requestId', '=', requestId)
    .where('lane', '=', 'card')
    .where('status', '=', sql.lit('pending'))
    .orderBy('position')
    .limit(sql.lit(1)),
)

async function waitingRedraw(db: Kysely<Schema>, requestId: string): Promise<OutboxEntry | undefined> {
  const { rows } = await redrawThatWaits(db, { requestId })
  return rows[0] && toEntry(rows[0])
}

type NewRow = Readonly<Insertable<OutboxTable>>

/** Behind what there is, each in its request's order. */
async function addLast(db: Kysely<Schema>, entries: readonly NewEntry[]): Promise<void> {
  const last = new Map<string | undefined, number>()
  for (const requestId of new Set(entries.map((entry) => entry.requestId)))
    last.set(requestId, await positionOfLast(db, requestId))
  // Nothing stands before the first.
  await raiseBefore(
    db,
    entries.filter((entry) => isAwaited(entry) && last.get(entry.requestId) !== 0),
  )
  const rows = entries.map(({ subject, requestId, decisionId, work, priority = 'background', ...entry }) => {
    const position = (last.get(requestId) ?? 0) + 1
    last.set(requestId, position)
    return {
      ...entry,
      requestId: requestId ?? null,
      subject: subject ?? null,
      decisionId: decisionId ?? null,
      position,
      priority,
      kind: work.kind,
      work: JSON.stringify(work),
      status: 'pending' as const,
      attempts: 0,
      lookups: 0,
    } satisfies NewRow
  })
  const [first, ...others] = rows
  if (first) await insertRows(db, [first, ...others])
}

const insertRows = keptOfEach((db, rows: readonly [NewRow, ...NewRow[]]) =>
  db.insertInto('outbox').values(
    rows.map((row) => ({
      opId: row.opId,
      requestId: row.requestId,
      subject: row.subject,
      decisionId: row.decisionId,
      lane: row.lane,
      position: row.position,
      priority: row.priority,
      kind: row.kind,
      work: row.work,
      status: row.status,
      attempts: row.attempts,
      lookups: row.lookups,
      dueAt: row.dueAt,
      createdAt: row.createdAt,
    })),
  ),
)

/** Somebody waits for whatever stands in front of what they wait for. */
async function raiseBefore(db: Kysely<Schema>, entries: readonly NewEntry[]): Promise<void> {
  for (const requestId of new Set(entries.flatMap((entry) => entry.requestId ?? []))) {
    const lanes = new Set(entries.flatMap((entry) => (entry.requestId === requestId ? entry.lane : [])))
    for (const lane of lanes) await raise(db, { requestId, lane })
  }
}

const raise = kept((db, { requestId, lane }: { requestId: string; lane: Lane }) =>
  db
    .updateTable('outbox')
    .set({ priority: sql.lit('awaited') })
    .where('requestId', '=', requestId)
    .where('lane', '=', lane)
    .where('status', '<>', sql.lit('done'))
    .where('status', '<>', sql.lit('cancelled'))
    .where('priority', '=', sql.lit('background')),
)

async function positionOfLast(db: Kysely<Schema>, requestId: string | undefined): Promise<number> {
  const { rows } = await lastPosition(db, { requestId: requestId ?? null })
  return rows[0]?.last ?? 0
}

const lastPosition = kept((db, { requestId }: { requestId: string | null }) =>
  db
    .selectFrom('outbox')
    .select((of) => of.fn.max<number | null>('position').as('last'))
    .where('requestId', 'is not distinct from', requestId),
)

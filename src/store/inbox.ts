import { type ExpressionBuilder, type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import type { Instant } from '../engine/time.ts'
import type { Connection, Words } from './database.ts'
import { kept, keptInForms, keptOfEach } from './kept-query.ts'
import type { InboxTable, Schema } from './schema.ts'
import { type Claim, ClaimLost, type Held, type Inbox, type InboxEntry, type Room } from './store.ts'

export function inbox(connection: Connection, words: Words): Inbox {
  /** While it is held as it was claimed. */
  async function change(
    { id, token }: Held,
    columns: Partial<Omit<InboxTable, 'id' | 'token' | 'place'>>,
    tried: 0 | 1,
  ): Promise<void> {
    const { numUpdatedRows } = await connection()
      .updateTable('inbox')
      .set((of) => ({ ...columns, attempts: of('attempts', '+', tried), ends: 0 }))
      .where('id', '=', id)
      .where('token', '=', token)
      .where('finishedAt', 'is', null)
      .executeTakeFirst()
    requireHeld(id, { numAffectedRows: numUpdatedRows })
  }

  return {
    async put(entry) {
      return isHint(entry.kind)
        ? words.alone(connection, async (db) => insert(db, entry, await joinWaiting(db, entry)))
        : insert(connection(), entry, false)
    },

    async pending(now, limit) {
      const db = connection()
      const build = ({ now }: Pick<Claim, 'now'>) =>
        unfinished(db).selectAll().where('dueAt', '<=', now).orderBy('id').limit(sql.lit(limit))
      const { rows } = await pendingInForms(db, String(limit), build, { now })
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

    async hasWaiting(most) {
      const db = connection()
      const build = () =>
        unfinished(db)
          .select('id')
          .limit(sql.lit(1))
          .offset(sql.lit(most - 1))
      const { rows } = await beyondInForms(db, String(most), build, {})
      return rows.length > 0
    },

    async claim(claim, room, except) {
      const rows = await words.alone(connection, async (db) => {
        const { rows: first } = await firstOfEachPlace(db, words, claim, room, except)
        const [id, ...others] = withinRoom(first, room).map((one) => ({ ...claim, id: one }))
        return id === undefined ? [] : (await claimThese(db, [id, ...others])).rows
      })
      return rows.map(toEntry).sort((one, other) => one.id - other.id)
    },

    async renew({ owner, until }, ids) {
      return connection()
        .updateTable('inbox')
        .set({ claimedUntil: until })
        .where('id', 'in', [...ids])
        .where('claimedBy', '=', owner)
        .returning(['id', 'token'])
        .execute()
    },

    async release({ owner }) {
      await connection()
        .updateTable('inbox')
        .set((of) => ({
          claimedBy: null,
          claimedUntil: null,
          token: of('token', '+', 1),
          ends: of('ends', '+', 1),
        }))
        .where('finishedAt', 'is', null)
        .where('claimedBy', '<>', owner)
        .execute()
    },

    async done({ id, token }, at) {
      requireHeld(id, await markDone(connection(), { id, token, at }))
    },

    async doneToo(others, at) {
      for (const { id, token } of others) await markDone(connection(), { id, token, at })
    },

    async alike({ id, kind, subject }) {
      if (subject === undefined) return []
      return (await othersAlike(connection(), { id, kind, subject })).rows
    },

    async postpone(held, dueAt, error, isCounted = true) {
      await change(held, { dueAt, error, claimedBy: null, claimedUntil: null }, isCounted ? 1 : 0)
    },

    async failed(held, at, error) {
      await change(held, { finishedAt: at, error, payload: null }, 0)
    },
  }
}

const unfinished = (db: Kysely<Schema>) => db.selectFrom('inbox').where('finishedAt', 'is', null)

const pendingInForms = keptInForms<Pick<Claim, 'now'>, Selectable<InboxTable>>()
const beyondInForms = keptInForms<object, Pick<Held, 'id'>>()

const othersAlike = kept((db, { id, kind, subject }: Alike) =>
  unfinished(db)
    .select(['id', 'token'])
    .where('subject', '=', subject)
    .where('kind', '=', kind)
    .where('id', '<>', id),
)

interface Alike {
  readonly id: number
  readonly kind: string
  readonly subject: string
}

const waitingAlike = kept((db, { kind, subject }: Omit<Alike, 'id'>) =>
  unfinished(db)
    .select(['id', 'payload', 'dueAt', 'receivedAt'])
    .where('subject', '=', subject)
    .where('kind', '=', kind)
    .where('claimedBy', 'is', null)
    .orderBy('id')
    .limit(sql.lit(1)),
)

/** True when the key is new. What is answered by another is only remembered. */
async function insert(
  db: Kysely<Schema>,
  { key, kind, payload, receivedAt }: Parameters<Inbox['put']>[0],
  isAnswered: boolean,
): Promise<boolean> {
  const row = {
    ...{ key, kind, receivedAt },
    payload: isAnswered ? null : JSON.stringify(payload ?? null),
    finishedAt: isAnswered ? receivedAt : null,
  }
  const about = subjectOf(payload)
  const { numAffectedRows } = await ('requestId' in about
    ? insertAboutRequest(db, { ...row, ...about })
    : insertAbout(db, { ...row, ...about }))
  return numAffectedRows === 1n
}

type NewRow = Pick<Selectable<InboxTable>, 'key' | 'kind' | 'payload' | 'receivedAt' | 'finishedAt'>

const insertAbout = kept((db, row: NewRow & Pick<Selectable<InboxTable>, 'subject'>) =>
  insertUnlessKnown(db, row, row.subject),
)

const insertAboutRequest = kept((db, row: NewRow & { readonly requestId: string }) =>
  insertUnlessKnown(db, row, subjectOfRequest(row.requestId)),
)

function insertUnlessKnown(
  db: Kysely<Schema>,
  { key, kind, payload, receivedAt, finishedAt }: NewRow,
  subject: string | RawBuilder<string> | null,
) {
  return db
    .insertInto('inbox')
    .values({ key, kind, payload, finishedAt, receivedAt, dueAt: receivedAt, attempts: 0, subject })
    .onConflict((conflict) => conflict.column('key').doNothing())
}

function requireHeld(id: number, { numAffectedRows }: { readonly numAffectedRows?: bigint }): void {
  if (numAffectedRows !== 1n) throw new ClaimLost(`inbox entry ${id} is no longer held`)
}

const markDone = kept((db, { id, token, at }: Held & { readonly at: Instant }) =>
  db
    .updateTable('inbox')
    .set({ finishedAt: at, error: null, payload: null })
    .where('id', '=', id)
    .where('token', '=', token)
    .where('finishedAt', 'is', null),
)

type OfEntry = ExpressionBuilder<Schema, 'inbox'>

/** Claimed by nobody, or by somebody whose time is over; what its own owner is not handling now it may claim again. */
function isFree(of: OfEntry, { owner, now }: Claim) {
  return of.or([
    of('claimedBy', 'is', null),
    // As the opposite of an inequality: for an equality among alternatives, SQLite compiles the statement each time.
    of.not(of.and([of('claimedBy', '<>', owner), of('claimedUntil', '>', now)])),
  ])
}

const claimThese = keptOfEach((db, all: readonly [ClaimOne, ...ClaimOne[]]) => {
  const [claim] = all
  return db
    .updateTable('inbox')
    .set((of) => ({
      claimedBy: claim.owner,
      claimedUntil: claim.until,
      token: of('token', '+', 1),
      // Whoever had it has let its time go by: it was killed, or stood still.
      ends: of
        .case()
        .when('claimedBy', '<>', claim.owner)
        .then(of('ends', '+', 1))
        .else(of.ref('ends'))
        .end(),
    }))
    .where(
      'id',
      'in',
      all.map(({ id }) => id),
    )
    .where('finishedAt', 'is', null)
    .where((of) => isFree(of, claim))
    .returningAll()
})

interface ClaimOne extends Claim {
  readonly id: number
}

interface Candidate {
  readonly id: number
  readonly place: string
  readonly subject: string | null
}

/** What a look is told: whose it is, and JSON lists of places and of ids. */
type Look = Record<'owner' | 'now' | 'full' | 'except', string>

const firstInForms = keptInForms<Look, Candidate>()

/**
 * Selects of each place that is not full the first entries, each with nothing before it in its subject. The places are
 * found by stepping through the index `inbox_place`, which nothing else of the inbox makes longer.
 */
function firstOfEachPlace(
  db: Kysely<Schema>,
  words: Words,
  { now, owner }: Claim,
  { most, busy }: Room,
  except: readonly number[],
) {
  const full = [...busy].flatMap(([place, count]) => (count >= most ? [place] : []))
  const form = JSON.stringify([most, full.length > 0, except.length > 0])
  const build = (look: Look) => {
    const but = (condition: RawBuilder<unknown>) => (except.length > 0 ? condition : sql``)
    const isHeld = sql`(other.claimed_by <> ${look.owner} and other.claimed_until > ${look.now})
            ${but(sql`or other.id in (${words.numbersIn(look.except)})`)}`
    const firstAt = (columnsOf: (alias: string) => RawBuilder<unknown>) => sql`
      select ${columnsOf('one')} from inbox as one
      where one.finished_at is null and one.place = waiting.place and one.due_at <= ${look.now}
        and (one.claimed_by is null or not (one.claimed_by <> ${look.owner} and one.claimed_until > ${look.now}))
        ${but(sql`and one.id not in (${words.numbersIn(look.except)})`)}
        and not exists (
          select other.id from inbox as other
          where other.finished_at is null and other.subject = one.subject and other.id <> one.id and (
            (other.due_at <= ${look.now} and other.id < one.id
              and (other.kind not like ${sql.lit(anyHint)} or one.kind like ${sql.lit(anyHint)}))
            or ${isHeld}
          )
        )
      order by one.id limit ${sql.lit(most)}`
    const query = sql<Candidate>`
    with recursive waiting(place) as (
      select min(place) from inbox where finished_at is null union all
      select (select min(next.place) from inbox as next where next.finished_at is null and next.place > waiting.place)
      from waiting where waiting.place is not null
    )
    select inbox.id, inbox.place, inbox.subject from waiting ${words.joinEach('inbox', firstAt)}
    where waiting.place is not null
      ${full.length > 0 ? sql`and waiting.place not in (${words.textsIn(look.full)})` : sql``}`
    return { compile: () => query.compile(db) }
  }
  return firstInForms(db, form, build, {
    ...{ owner, now },
    ...{ full: JSON.stringify(full), except: JSON.stringify(except) },
  })
}

/** What people asked for before hints, and of a subject no second one. */
function withinRoom(candidates: readonly Candidate[], { most, busy }: Room): readonly number[] {
  const free = new Map<string, number>()
  const subjects = new Set<string>()
  const inTurn = candidates.toSorted(
    (one, other) => Number(isHintPlace(one)) - Number(isHintPlace(other)) || one.id - other.id,
  )
  return inTurn.flatMap(({ id, place, subject }) => {
    const left = free.get(place) ?? most - (busy.get(place) ?? 0)
    if (left <= 0 || (subject !== null && subjects.has(subject))) return []
    free.set(place, left - 1)
    if (subject !== null) subjects.add(subject)
    return [id]
  })
}

const anyHint = '%-hint'

function isHint(kind: string): boolean {
  return kind.endsWith('-hint')
}

function isHintPlace({ place }: Candidate): boolean {
  return place.startsWith('hint:')
}

/** The pauses between attempts are no longer: what is put off further was put off by the service's own wish. */
const longestOwnPauseMs = 300_000

/**
 * True where a hint of the same request waits, which is read no sooner than now: it takes over what the new one says
 * further, and its instant, since a search that was made before it answers it no more; and another token, since a reading
 * that has begun answers it no more, either.
 */
async function joinWaiting(
  db: Kysely<Schema>,
  { kind, payload, receivedAt }: Pick<InboxEntry, 'kind' | 'payload' | 'receivedAt'>,
): Promise<boolean> {
  const about = subjectOf(payload)
  if ('requestId' in about || about.subject === null) return false
  const { subject } = about
  const [waiting] = (await waitingAlike(db, { kind, subject })).rows
  if (!waiting) return false
  const isOwnPause = Date.parse(waiting.dueAt) - Date.parse(receivedAt) <= longestOwnPauseMs
  const { numUpdatedRows } = await db
    .updateTable('inbox')
    .set((of) => ({
      token: of('token', '+', 1),
      payload: JSON.stringify({
        ...JSON.parse(waiting.payload ?? '{}'),
        ...(payload as object),
        isOfSeveral: true,
      }),
      receivedAt: waiting.receivedAt > receivedAt ? waiting.receivedAt : receivedAt,
      ...(isOwnPause && waiting.dueAt > receivedAt && { dueAt: receivedAt }),
    }))
    .where('id', '=', waiting.id)
    .where('finishedAt', 'is', null)
    .where('claimedBy', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/**
 * Payloads name a request by its id, an issue by `iid`, a ticket by `iid` and `source` or by `ticket`: decisions and
 * readings of one of them are one after the other, whichever way they came. An id that no request has is a subject of the
 * outbox.
 */
function subjectOf(payload: unknown): { readonly requestId: string } | { readonly subject: string | null } {
  const { iid, source, requestId, ticket } = (payload ?? {}) as Readonly<Record<string, unknown>>
  if (typeof ticket === 'number') return { subject: `zendesk:${ticket}` }
  if (typeof iid === 'number') return { subject: `${typeof source === 'string' ? source : 'gitlab'}:${iid}` }
  return typeof requestId === 'string' ? { requestId } : { subject: null }
}

function subjectOfRequest(requestId: string) {
  return sql<string>`coalesce((select source || ':' || cast(number as text) from request where id = ${requestId}), ${requestId})`
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
    place: row.place,
    ...(row.ends > 0 && { ends: row.ends }),
    ...(row.subject !== null && { subject: row.subject }),
  }
}

import { type ExpressionBuilder, type Kysely, type Selectable, type SelectQueryBuilder, sql } from 'kysely'
import { nextTurn } from '../clock.ts'
import type { Instant } from '../engine/time.ts'
import type { Connection } from './database.ts'
import { readFacts, readSyncCursor } from './json-column.ts'
import { kept, keptInForms } from './kept-query.ts'
import type { RequestTable, Schema } from './schema.ts'
import { type KeptRow, type RequestRow, type Requests, StaleRequest, type Standing } from './store.ts'

export function requests(connection: Connection): Requests {
  const all = () => connection().selectFrom('request').selectAll()
  const open = () => all().where('closedAt', 'is', null)
  const eachOpen = (source: string) => openPages(connection(), { source }, toRow)

  const eachClosedSince = (at: Instant, source: string) => closedPages(connection(), { at, source }, toRow)

  async function* eachWithoutStanding(now: Instant, source: string): AsyncGenerator<KeptRow> {
    yield* changedPages(connection(), { source }, toKept)
    yield* overPages(connection(), { now, source }, toKept)
  }

  return {
    async insert(row) {
      const inserted: RequestRow = { ...row, version: 1 }
      await connection().insertInto('request').values(toColumns(inserted)).execute()
      return inserted
    },

    async byId(id) {
      const { rows } = await oneById(connection(), { id })
      return rows[0] && toRow(rows[0])
    },

    async byNumber(number, source) {
      const { rows } = await oneByNumber(connection(), { number, source })
      return rows[0] && toRow(rows[0])
    },

    async highestIid(source) {
      const { highest } = await connection()
        .selectFrom('request')
        .select((of) => of.fn.max<number | null>('number').as('highest'))
        .where('source', '=', source)
        .executeTakeFirstOrThrow()
      return highest ?? 0
    },

    eachOpen,

    eachAt: (source, step) => pagesAt(connection(), { source, step }, toRow),

    openNumbers: (source) => numberPages(connection(), { source }, ({ number }) => number),

    open: (source) => Array.fromAsync(eachOpen(source)),

    eachClosedSince,

    closedSince: (at, source) => Array.fromAsync(eachClosedSince(at, source)),

    async byIds(ids) {
      const found: KeptRow[] = []
      for (let from = 0; from < ids.length; from += rowsInPage) {
        if (from > 0) await nextTurn()
        const page = await all()
          .where('id', 'in', ids.slice(from, from + rowsInPage))
          .execute()
        found.push(...page.map(toKept))
      }
      return found
    },

    async standings(source) {
      const { rows } = await standingsOf(connection(), { source })
      return rows.map(({ standing, count }) => ({
        ...(standing !== '' && { standing }),
        count: Number(count),
      }))
    },

    async forgetUnused() {
      await sql`delete from standing_count where count <= 0`.execute(connection())
    },

    async firstOf(source, standing, most) {
      // In hundreds: each limit is another statement.
      const limit = Math.ceil(most / rowsInPage) * rowsInPage
      const rows = await ofStanding(connection(), { source, standing })
        .select(['id', 'number', 'standingDue'])
        .orderBy('standingDue')
        .orderBy('number')
        .limit(sql.lit(limit))
        .execute()
      return rows
        .slice(0, most)
        .map(({ id, number, standingDue }) => ({ id, number, due: standingDue ?? '' }))
    },

    eachOf: (source, standing) => standingPages(connection(), { source, standing }, toKept),

    eachWithoutStanding,

    async keepStanding({ id, version }, { standing, until, due }) {
      await keepBeside(connection(), { id, version, standing, until, due })
    },

    async openedWithin(from, until, source) {
      const rows = await connection()
        .selectFrom('request')
        .where('closedAt', 'is', null)
        .where('source', '=', source)
        .where('createdAt', '>=', from)
        .where('createdAt', '<', until)
        .groupBy('flow')
        .select((of) => ['flow', of.fn.countAll<number>().as('count')])
        .execute()
      return new Map(rows.map(({ flow, count }) => [flow, Number(count)]))
    },

    async openWithPromise() {
      const { count } = await connection()
        .selectFrom('request')
        .where('promisedFor', 'is not', null)
        .where(isNotClosed)
        .select((of) => of.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return Number(count)
    },

    async sameRequester({ keyId, email, username }, flows, exceptId, most) {
      // One hash after the other, each by its own index: with both at once SQLite would read all open requests.
      const sharing = async (column: 'emailHash' | 'usernameHash', hash: string | undefined) =>
        hash === undefined
          ? []
          : open()
              .where(column, '=', hash)
              .where('hashKey', '=', keyId)
              .where('flow', 'in', [...flows])
              .where('id', '<>', exceptId)
              .orderBy('createdAt')
              .orderBy('number')
              .limit(sql.lit(most))
              .execute()
      const rows = [...(await sharing('emailHash', email)), ...(await sharing('usernameHash', username))]
      return [...new Map(rows.map((row) => [row.id, row])).values()]
        .sort((one, other) => (isBefore(one, other) ? -1 : 1))
        .slice(0, most)
        .map(toRow)
    },

    async withMetaIssue(iid, source) {
      const row = await open().where('metaIssue', '=', iid).where('source', '=', source).executeTakeFirst()
      return row && toRow(row)
    },

    async withoutMetaIssue({ keyId, email }, source) {
      if (email === undefined) return undefined
      const row = await open()
        .where('emailHash', '=', email)
        .where('hashKey', '=', keyId)
        .where('source', '=', source)
        .where('metaIssue', 'is', null)
        .orderBy('createdAt')
        .orderBy('number')
        .limit(sql.lit(1))
        .executeTakeFirst()
      return row && toRow(row)
    },

    async update(row) {
      const updated: RequestRow = { ...row, version: row.version + 1 }
      const columns = { ...toColumns(updated), before: row.version }
      const { numAffectedRows } = await updateRow(connection(), columns)
      if (numAffectedRows !== 1n)
        throw new StaleRequest(`Request ${row.id} is no longer at version ${row.version}`)
      return updated
    },

    async missedDays(today, source) {
      // Not asked for by the service: SQLite would take the index of that, which holds all of its requests.
      const rows = await connection()
        .selectFrom('request')
        .select(['promisedFor', 'source'])
        .where('promisedFor', 'is not', null)
        .where('promisedFor', '<', today)
        .where(isNotClosed)
        .orderBy('promisedFor')
        .execute()
      const days = rows.flatMap((row) => (row.source === source ? (row.promisedFor ?? []) : []))
      return [...new Set(days)]
    },

    async promisedFor(day) {
      const rows = await all().where('promisedFor', '=', day).orderBy('createdAt').orderBy('number').execute()
      return rows.map(toRow)
    },

    async withWaitingCard(source, most) {
      const rows = await waitingOf(connection(), { source })
        .selectAll()
        .orderBy('createdAt')
        .orderBy('number')
        .limit(sql.lit(most))
        .execute()
      return rows.map(toRow)
    },

    async waitingCards(source) {
      const { rows } = await waitingCounted(connection(), { source })
      const { count = 0, oldest = null } = rows[0] ?? {}
      return { count: Number(count), ...(oldest !== null && { oldest }) }
    },

    async dueForRedraw(now, most) {
      const db = connection()
      const build = (given: { readonly now: Instant }) =>
        db
          .selectFrom('request')
          .selectAll()
          .where('closedAt', 'is', null)
          .where('refreshAt', '<=', given.now)
          .orderBy('refreshAt')
          .orderBy('number')
          .limit(sql.lit(most))
      return (await dueInForms(db, String(most), build, { now })).rows.map(toRow)
    },
  }
}

/** Some milliseconds, with what is done with each of them. */
const rowsInPage = 100

type Found = Selectable<RequestTable>
type Query<Of> = SelectQueryBuilder<Schema, 'request', Of>
type Ordering = 'createdAt' | 'closedAt' | 'standingUntil' | 'standingDue'

/**
 * Reads what a query finds in the order of a column and the number: a page after the other, with a turn for everything
 * else in between. Both queries, of the first page and of a further one, are kept.
 */
function paged<Values extends object, Of extends Pick<Found, 'number'> & Partial<Found>>(
  column: Ordering & keyof Of,
  query: (db: Kysely<Schema>, values: Values) => Query<Of>,
) {
  const page = (found: Query<Of>) => found.orderBy(column).orderBy('number').limit(sql.lit(rowsInPage))
  const first = kept((db, values: Values) => page(query(db, values)))
  const further = kept((db, values: Values & Last) =>
    page(query(db, values).where(comesAfter(column, values.lastAt, values.lastNumber))),
  )
  return async function* <Row>(
    db: Kysely<Schema>,
    values: Values,
    read: (found: Of) => Row,
  ): AsyncGenerator<Row> {
    let { rows } = await first(db, values)
    for (;;) {
      yield* rows.map(read)
      const last = rows.at(-1)
      if (!last || rows.length < rowsInPage) return
      await nextTurn()
      const lastAt = String(last[column] ?? '')
      rows = (await further(db, { ...values, lastAt, lastNumber: last.number })).rows
    }
  }
}

interface Last {
  readonly lastAt: string
  readonly lastNumber: number
}

type OfSource = Pick<Found, 'source'>

const openOf = (db: Kysely<Schema>, { source }: OfSource) =>
  db.selectFrom('request').where('closedAt', 'is', null).where('source', '=', source)

const ofStanding = (db: Kysely<Schema>, of: OfSource & { readonly standing: string }) =>
  openOf(db, of).where('standing', '=', of.standing)

const waitingOf = (db: Kysely<Schema>, { source }: OfSource) =>
  db
    .selectFrom('request')
    .where('source', '=', source)
    .where('cardWaitsSince', 'is not', null)
    .where(isNotClosed)

const waitingCounted = kept((db, of: OfSource) =>
  waitingOf(db, of).select(({ fn }) => [
    fn.countAll<number>().as('count'),
    fn.min<Instant | null>('createdAt').as('oldest'),
  ]),
)

const standingsOf = kept((db, { source }: OfSource) => {
  const query = sql<{ standing: string; count: number }>`
    select standing, count from standing_count where source = ${source} and count > 0`
  return { compile: () => query.compile(db) }
})

const dueInForms = keptInForms<{ readonly now: Instant }, Found>()

const openPages = paged('createdAt', (db, of: OfSource) => openOf(db, of).selectAll())

const numberPages = paged('createdAt', (db, of: OfSource) => openOf(db, of).select(['createdAt', 'number']))

const pagesAt = paged('createdAt', (db, of: OfSource & Pick<Found, 'step'>) =>
  openOf(db, of).selectAll().where('step', '=', of.step),
)

const closedPages = paged('closedAt', (db, { source, at }: OfSource & { readonly at: Instant }) =>
  db.selectFrom('request').selectAll().where('source', '=', source).where('closedAt', '>=', at),
)

const changedPages = paged('createdAt', (db, of: OfSource) =>
  openOf(db, of).selectAll().where(hasChanged(true)),
)

const overPages = paged('standingUntil', (db, of: OfSource & { readonly now: Instant }) =>
  openOf(db, of).selectAll().where('standingUntil', '<=', of.now).where(hasChanged(false)),
)

const standingPages = paged('standingDue', (db, of: OfSource & { readonly standing: string }) =>
  ofStanding(db, of).selectAll(),
)

/** What stands behind a row in the order of this column and the number. */
const comesAfter =
  (column: Ordering, value: string, number: number) => (of: ExpressionBuilder<Schema, 'request'>) =>
    of(of.refTuple(column, 'number'), '>', of.tuple(value, number))

/** In the words of the index of those that have changed since their standing was kept. */
const hasChanged = (isSo: boolean) =>
  isSo ? sql<boolean>`coalesce(standing_of, 0) <> version` : sql<boolean>`coalesce(standing_of, 0) = version`

/** Said so that SQLite takes the index of the few, and not that of all open requests. */
const isNotClosed = sql<boolean>`coalesce(closed_at, '') = ''`

function isBefore(
  one: Pick<RequestTable, 'createdAt' | 'number'>,
  other: Pick<RequestTable, 'createdAt' | 'number'>,
): boolean {
  return one.createdAt === other.createdAt ? one.number < other.number : one.createdAt < other.createdAt
}

type StandingColumn = 'standing' | 'standingOf' | 'standingUntil' | 'standingDue'

const oneById = kept((db, { id }: Pick<Found, 'id'>) =>
  db.selectFrom('request').selectAll().where('id', '=', id),
)

const oneByNumber = kept((db, { number, source }: Pick<Found, 'number' | 'source'>) =>
  db.selectFrom('request').selectAll().where('number', '=', number).where('source', '=', source),
)

type Columns = ReturnType<typeof toColumns>

/** `before`: the version that it has had. Where it came from never changes. */
const updateRow = kept((db, row: Columns & { readonly before: number }) =>
  db
    .updateTable('request')
    .set({
      url: row.url,
      flow: row.flow,
      step: row.step,
      stepSince: row.stepSince,
      createdAt: row.createdAt,
      closedAt: row.closedAt,
      assignee: row.assignee,
      facts: row.facts,
      version: row.version,
      seen: row.seen,
      hashKey: row.hashKey,
      emailHash: row.emailHash,
      usernameHash: row.usernameHash,
      cardChannel: row.cardChannel,
      cardTs: row.cardTs,
      refreshAt: row.refreshAt,
      promisedFor: row.promisedFor,
      cardWaitsSince: row.cardWaitsSince,
      metaIssue: row.metaIssue,
    })
    .where('id', '=', row.id)
    .where('version', '=', row.before),
)

const keepBeside = kept(
  (db, { id, version, standing, until, due }: Standing & Pick<Found, 'id' | 'version'>) =>
    db
      .updateTable('request')
      .set({ standing, standingUntil: until, standingDue: due, standingOf: version })
      .where('id', '=', id)
      .where('version', '=', version),
)

/** What is kept of its standing stays, and is that of an earlier version from now on. */
function toColumns(row: RequestRow): Omit<RequestTable, StandingColumn> {
  return {
    id: row.id,
    source: row.source,
    number: row.number,
    url: row.url,
    flow: row.flow,
    step: row.step,
    stepSince: row.stepSince,
    createdAt: row.createdAt,
    closedAt: row.closedAt ?? null,
    assignee: row.assignee ?? null,
    facts: JSON.stringify(row.facts),
    version: row.version,
    seen: JSON.stringify(row.seen),
    hashKey: row.hashes?.keyId ?? null,
    emailHash: row.hashes?.email ?? null,
    usernameHash: row.hashes?.username ?? null,
    cardChannel: row.card?.channel ?? null,
    cardTs: row.card?.ts ?? null,
    refreshAt: row.refreshAt ?? null,
    promisedFor: row.facts.promisedReport?.sendOn ?? null,
    cardWaitsSince: row.cardWaitsSince ?? null,
    metaIssue: row.facts.metaIssue?.iid ?? null,
  }
}

function toKept(found: Found): KeptRow {
  const { standing } = found
  return { row: toRow(found), ...(standing !== null && { standing }) }
}

function toRow(row: Found): RequestRow {
  const {
    closedAt,
    assignee,
    facts,
    seen,
    hashKey,
    emailHash,
    usernameHash,
    cardChannel,
    cardTs,
    refreshAt,
    promisedFor: _promisedFor,
    cardWaitsSince,
    metaIssue: _metaIssue,
    standing: _standing,
    standingOf: _standingOf,
    standingUntil: _standingUntil,
    standingDue: _standingDue,
    ...plain
  } = row
  return {
    ...plain,
    facts: readFacts(facts),
    seen: readSyncCursor(seen),
    ...(closedAt !== null && { closedAt }),
    ...(assignee !== null && { assignee }),
    ...(hashKey !== null && {
      hashes: {
        keyId: hashKey,
        ...(emailHash !== null && { email: emailHash }),
        ...(usernameHash !== null && { username: usernameHash }),
      },
    }),
    ...(cardChannel !== null && cardTs !== null && { card: { channel: cardChannel, ts: cardTs } }),
    ...(refreshAt !== null && { refreshAt }),
    ...(cardWaitsSince !== null && { cardWaitsSince }),
  }
}

import { type Selectable, sql } from 'kysely'
import { nextTurn } from '../clock.ts'
import type { Instant } from '../engine/time.ts'
import type { Connection } from './connection.ts'
import { readFacts, readSyncCursor } from './json-column.ts'
import type { RequestTable } from './schema.ts'
import { type RequestRow, type Requests, StaleRequest } from './store.ts'

export function requests(connection: Connection): Requests {
  const all = () => connection().selectFrom('request').selectAll()
  const open = () => all().where('closedAt', 'is', null)
  const waiting = (source: string) =>
    connection()
      .selectFrom('request')
      .where('source', '=', source)
      .where('cardWaitsSince', 'is not', null)
      .where(isNotClosed)

  async function* eachOpen(source: string): AsyncGenerator<RequestRow> {
    const first = () =>
      open().where('source', '=', source).orderBy('createdAt').orderBy('number').limit(sql.lit(rowsInPage))
    let page = await first().execute()
    for (;;) {
      yield* page.map(toRow)
      const last = page.at(-1)
      if (!last || page.length < rowsInPage) return
      await nextTurn()
      page = await first()
        .where((of) => of(of.refTuple('createdAt', 'number'), '>', of.tuple(last.createdAt, last.number)))
        .execute()
    }
  }

  async function* eachClosedSince(at: Instant, source: string): AsyncGenerator<RequestRow> {
    const first = () =>
      all()
        .where('source', '=', source)
        .where('closedAt', '>=', at)
        .orderBy('closedAt')
        .orderBy('number')
        .limit(sql.lit(rowsInPage))
    let page = await first().execute()
    for (;;) {
      yield* page.map(toRow)
      const last = page.at(-1)
      if (!last?.closedAt || page.length < rowsInPage) return
      const { closedAt, number } = last
      await nextTurn()
      page = await first()
        .where((of) => of(of.refTuple('closedAt', 'number'), '>', of.tuple(closedAt, number)))
        .execute()
    }
  }

  return {
    async insert(row) {
      const inserted: RequestRow = { ...row, version: 1 }
      await connection().insertInto('request').values(toColumns(inserted)).execute()
      return inserted
    },

    async byId(id) {
      const row = await all().where('id', '=', id).executeTakeFirst()
      return row && toRow(row)
    },

    async byNumber(number, source) {
      const row = await all().where('number', '=', number).where('source', '=', source).executeTakeFirst()
      return row && toRow(row)
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

    open: (source) => Array.fromAsync(eachOpen(source)),

    eachClosedSince,

    closedSince: (at, source) => Array.fromAsync(eachClosedSince(at, source)),

    async openBySteps(source) {
      const rows = await connection()
        .selectFrom('request')
        .where('closedAt', 'is', null)
        .where('source', '=', source)
        .groupBy('step')
        .select((of) => ['step', of.fn.countAll<number>().as('count')])
        .execute()
      return new Map(rows.map(({ step, count }) => [step, Number(count)]))
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
      const { numUpdatedRows } = await connection()
        .updateTable('request')
        .set(toColumns(updated))
        .where('id', '=', row.id)
        .where('version', '=', row.version)
        .executeTakeFirst()
      if (numUpdatedRows === 0n)
        throw new StaleRequest(`Request ${row.id} is no longer at version ${row.version}`)
      return updated
    },

    async promisedFor(day) {
      const rows = await all().where('promisedFor', '=', day).orderBy('createdAt').orderBy('number').execute()
      return rows.map(toRow)
    },

    async withWaitingCard(source, most) {
      const rows = await waiting(source)
        .selectAll()
        .orderBy('createdAt')
        .orderBy('number')
        .limit(sql.lit(most))
        .execute()
      return rows.map(toRow)
    },

    async waitingCards(source) {
      const { count, oldest } = await waiting(source)
        .select((of) => [
          of.fn.countAll<number>().as('count'),
          of.fn.min<Instant | null>('createdAt').as('oldest'),
        ])
        .executeTakeFirstOrThrow()
      return { count: Number(count), ...(oldest !== null && { oldest }) }
    },

    async dueForRedraw(now, most) {
      const due = open()
        .where('refreshAt', '<=', now)
        .orderBy('refreshAt')
        .orderBy('number')
        .limit(sql.lit(most))
      return (await due.execute()).map(toRow)
    },
  }
}

/** Some milliseconds, with what is done with each of them. */
const rowsInPage = 100

/** Said so that SQLite takes the index of the few, and not that of all open requests. */
const isNotClosed = sql<boolean>`coalesce(closed_at, '') = ''`

function isBefore(
  one: Pick<RequestTable, 'createdAt' | 'number'>,
  other: Pick<RequestTable, 'createdAt' | 'number'>,
): boolean {
  return one.createdAt === other.createdAt ? one.number < other.number : one.createdAt < other.createdAt
}

function toColumns(row: RequestRow): RequestTable {
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

function toRow(row: Selectable<RequestTable>): RequestRow {
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

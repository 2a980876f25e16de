import type { Selectable } from 'kysely'
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
      .where('closedAt', 'is', null)

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

    async byIid(iid, source) {
      const row = await all().where('iid', '=', iid).where('source', '=', source).executeTakeFirst()
      return row && toRow(row)
    },

    async open(source) {
      const rows = await open().where('source', '=', source).orderBy('createdAt').orderBy('iid').execute()
      return rows.map(toRow)
    },

    async closedSince(at, source) {
      const rows = await all()
        .where('closedAt', '>=', at)
        .where('source', '=', source)
        .orderBy('closedAt')
        .orderBy('iid')
        .execute()
      return rows.map(toRow)
    },

    async sameRequester({ keyId, email, username }, flows, exceptId, most) {
      const rows = await open()
        .where('hashKey', '=', keyId)
        .where('flow', 'in', [...flows])
        .where('id', '<>', exceptId)
        .where((of) =>
          of.or([
            ...(email === undefined ? [] : [of('emailHash', '=', email)]),
            ...(username === undefined ? [] : [of('usernameHash', '=', username)]),
          ]),
        )
        .orderBy('createdAt')
        .orderBy('iid')
        .limit(most)
        .execute()
      return rows.map(toRow)
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
        .orderBy('iid')
        .limit(1)
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
      const rows = await all().where('promisedFor', '=', day).orderBy('createdAt').orderBy('iid').execute()
      return rows.map(toRow)
    },

    async withWaitingCard(source, most) {
      const rows = await waiting(source).selectAll().orderBy('createdAt').orderBy('iid').limit(most).execute()
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

    async dueForRedraw(now) {
      const rows = await open().where('refreshAt', '<=', now).orderBy('refreshAt').orderBy('iid').execute()
      return rows.map(toRow)
    },
  }
}

function toColumns(row: RequestRow): RequestTable {
  return {
    id: row.id,
    source: row.source,
    iid: row.iid,
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

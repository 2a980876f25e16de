import { type Selectable, sql } from 'kysely'
import { nextTurn } from '../clock.ts'
import { canonicalJson, genesis, hashOf } from './audit-chain.ts'
import { type Connection, inTransaction } from './database.ts'
import { readDetails } from './json-column.ts'
import { kept } from './kept-query.ts'
import type { AuditTable } from './schema.ts'
import type { Audit, AuditEntry } from './store.ts'

export function audit(connection: Connection): Audit {
  return {
    append(draft) {
      return inTransaction(connection, async (db) => {
        const before = await head(() => db)
        const details = canonicalJson(draft.details)
        const unsealed = {
          ...draft,
          details: readDetails(details),
          seq: before.seq + 1,
          previousHash: before.hash,
          hash: '',
        }
        const entry: AuditEntry = { ...unsealed, hash: hashOf(unsealed) }
        const { requestId = null, iid = null } = entry
        await insertRow(db, { ...entry, requestId, iid, details })
        return entry
      })
    },

    async ofRequest(requestId, limit) {
      const newestFirst = connection()
        .selectFrom('audit')
        .selectAll()
        .where('requestId', '=', requestId)
        .orderBy('seq', 'desc')
      const rows = await (limit === undefined ? newestFirst : newestFirst.limit(sql.lit(limit))).execute()
      return rows.reverse().map(toEntry)
    },

    async ofNumber(number, detail) {
      if (detail !== undefined) return withDetail(connection, detail, number)
      const rows = await connection()
        .selectFrom('audit')
        .selectAll()
        .where('iid', '=', number)
        .where('requestId', 'is not', null)
        .orderBy('seq')
        .execute()
      return rows.map(toEntry)
    },

    async page(afterSeq, limit) {
      const rows = await connection()
        .selectFrom('audit')
        .selectAll()
        .where('seq', '>', afterSeq)
        .orderBy('seq')
        .limit(sql.lit(limit))
        .execute()
      // Whoever asks for one asks for the next.
      await nextTurn()
      return rows.map(toEntry)
    },

    head: () => head(connection),
  }
}

/** So many entries are searched before others have their turn. */
const searchedAtOnce = 10_000

/** No index knows the details, so all entries are searched. */
async function withDetail(connection: Connection, detail: string, number: number): Promise<AuditEntry[]> {
  const found: AuditEntry[] = []
  const said = `"${detail}":${number}`
  const { seq: last } = await head(connection)
  for (let after = 0; after < last; after += searchedAtOnce) {
    const rows = await connection()
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', after)
      .where('seq', '<=', after + searchedAtOnce)
      .where('requestId', 'is not', null)
      .where((of) => of(of.fn('replace', ['details', of.val(said), of.val('')]), '<>', of.ref('details')))
      .orderBy('seq')
      .execute()
    found.push(...rows.map(toEntry))
    await nextTurn()
  }
  // It may be the beginning of a longer number.
  return found.filter(({ details }) => details[detail] === number)
}

async function head(connection: Connection): Promise<{ seq: number; hash: string }> {
  const { rows } = await lastRow(connection(), {})
  return rows[0] ?? genesis
}

const lastRow = kept((db) =>
  db.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(sql.lit(1)),
)

const insertRow = kept(
  (db, { seq, at, requestId, iid, what, who, details, previousHash, hash }: Readonly<AuditTable>) =>
    db.insertInto('audit').values({ seq, at, requestId, iid, what, who, details, previousHash, hash }),
)

function toEntry(row: Selectable<AuditTable>): AuditEntry {
  const { requestId, iid, details, ...plain } = row
  return {
    ...plain,
    ...(requestId !== null && { requestId }),
    ...(iid !== null && { iid }),
    details: readDetails(details),
  }
}

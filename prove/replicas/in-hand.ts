/** What the replicas have in hand, read past them in their database, and how long it takes until somebody else goes on with it. */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

export interface Watched {
  /** What stands in hand now, by table and number. */
  inHand(): Promise<ReadonlyMap<string, Hold>>
  /** How much is stored and not done. */
  waiting(): Promise<number>
  /** What was in hand and was taken over by somebody else: the milliseconds from now on, of each. */
  takenOver(before: ReadonlyMap<string, Hold>): Promise<readonly number[]>
  /** What came in about one request, and what became of it. */
  cameIn(iid: number): Promise<readonly string[]>
  close(): Promise<void>
}

interface Hold {
  readonly owner: string | null
  /** It grows with each claim, and when what has run out is taken from its owner. */
  readonly token: number
  readonly until: string | null
  readonly state: string
}

const lookMs = 100
/** Beyond this nobody goes on with it. */
const patienceMs = 60_000

const inHandNow = `
  select 'outbox ' || id as entry, claimed_by as owner, token, claimed_until as until, status as state from outbox
  where status = 'in-flight' union all
  select 'inbox ' || id, claimed_by, token, claimed_until, '' from inbox
  where finished_at is null and claimed_by is not null`
const ofThese = (table: string, state: string) =>
  `select '${table} ' || id as entry, claimed_by as owner, token, claimed_until as until, ${state} as state
   from ${table} where id = any($1)`
const outboxOf = ofThese('outbox', 'status')
const inboxOf = ofThese('inbox', "coalesce(finished_at, '')")

const isSame = (one: Hold, other: Hold): boolean =>
  one.token === other.token &&
  one.owner === other.owner &&
  one.until === other.until &&
  one.state === other.state

export async function watchDatabase(databaseUrl: string): Promise<Watched> {
  // As many as wait for a takeover at the same time, or nearly.
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 })
  pool.on('error', () => {})
  const holds = async (statement: string, values: readonly unknown[] = []) => {
    const { rows } = await pool.query<Hold & { readonly entry: string }>(statement, [...values])
    return new Map(rows.map(({ entry, ...hold }) => [entry, { ...hold, token: Number(hold.token) }]))
  }
  const idsIn = (table: string, entries: Iterable<string>) =>
    [...entries].flatMap((entry) =>
      entry.startsWith(`${table} `) ? [Number(entry.slice(table.length))] : [],
    )

  return {
    inHand: () => holds(inHandNow),
    async waiting() {
      const { rows } = await pool.query<{ count: number }>(`
        select ((select count(*) from inbox where finished_at is null) +
          (select count(*) from outbox where status not in ('done', 'cancelled')))::int as count`)
      return rows[0]?.count ?? Number.NaN
    },
    async takenOver(before) {
      const since = performance.now()
      const left = new Map(before)
      const took: number[] = []
      while (left.size > 0 && performance.now() - since < patienceMs) {
        await sleep(lookMs)
        const now = new Map([
          ...(await holds(outboxOf, [idsIn('outbox', left.keys())])),
          ...(await holds(inboxOf, [idsIn('inbox', left.keys())])),
        ])
        for (const [entry, was] of left) {
          const is = now.get(entry)
          if (is && isSame(is, was)) continue
          left.delete(entry)
          if (is && is.token !== was.token) took.push(performance.now() - since)
        }
      }
      // Whatever is still as it was nobody has gone on with.
      return [...took, ...[...left].map(() => Number.POSITIVE_INFINITY)]
    },
    async cameIn(iid) {
      const { rows } = await pool.query<object>(
        'select id, kind, received_at, finished_at, attempts, token, error from inbox where subject = $1 order by id',
        [`gitlab:${iid}`],
      )
      return rows.map((row) => JSON.stringify(row))
    },
    close: () => pool.end(),
  }
}

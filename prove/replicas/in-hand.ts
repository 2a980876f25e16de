/** What the replicas have in hand, read past them in their database, and how long it takes until somebody else goes on with it. */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

export interface Watched {
  /** What stands in hand now, by table and number. */
  inHand(): Promise<ReadonlyMap<string, Hold>>
  /** What is stored and not done, by table and number, and how it stands. */
  waiting(): Promise<ReadonlyMap<string, string>>
  /**
   * What was in hand and was taken over by somebody else, each when that came about. `waitedMs`: how long by now the
   * others had to wait for the processor.
   */
  takenOver(before: ReadonlyMap<string, Hold>, waitedMs?: () => number): Promise<readonly TakenOver[]>
  /** What came in about one request and what was to be done for it, and what became of that. */
  storyOf(iid: number): Promise<readonly string[]>
  /** Who lives and who makes the rounds, by the leases in the database. */
  leases(): Promise<readonly string[]>
  close(): Promise<void>
}

export interface TakenOver {
  /** By table and number. */
  readonly entry: string
  readonly afterMs: number
  /**
   * By so much the looks themselves came too late, since the machine had other things to do, or the replicas that could
   * have taken it over waited for the processor, whichever is more.
   */
  readonly lateMs: number
  /** The lease that it was held by ran for so long when its holder fell silent; nothing where it had none. */
  readonly leaseMs?: number
  /** What the replicas did in the database while it was overdue. */
  readonly meanwhile: readonly string[]
}

interface Hold {
  readonly owner: string | null
  /** It grows with each claim, and when what has run out is taken from its owner. */
  readonly token: number
  readonly until: string | null
  readonly state: string
}

const lookMs = 100
/** A server that says nothing for so long is not there any more. */
const silentMs = 5_000
/** A look of the others comes within a second of the end of a lease; what takes longer is told, each so often. */
const overdueMs = 1_500
const tellEveryMs = 1_000
/** Beyond this, not counting what the machine was late, nobody goes on with it. */
const patienceMs = 60_000

const inHandNow = `
  select 'outbox ' || id as entry, claimed_by as owner, token, claimed_until as until, status as state from outbox
  where status = 'in-flight' union all
  select 'inbox ' || id, claimed_by, token, claimed_until, '' from inbox
  where finished_at is null and claimed_by is not null`
/** All but what was written there, which is long. */
const waitingNow = `
  select 'inbox ' || id as entry, to_jsonb(inbox) - 'payload' as told from inbox where finished_at is null union all
  select 'outbox ' || id, to_jsonb(outbox) - 'work' - 'result' from outbox where status not in ('done', 'cancelled')`
/** What each replica asks of the database at the moment, or has asked last, and for how long. */
const atWork = `
  select 'pid ' || pid || ' ' || coalesce(state, '') || ' ' || coalesce(wait_event_type || ' ' || wait_event, '') || ' for ' ||
    round(extract(epoch from clock_timestamp() - state_change)::numeric, 1) || ' s, in a transaction for ' ||
    coalesce(round(extract(epoch from clock_timestamp() - xact_start)::numeric, 1), 0) || ' s: ' || left(query, 120) as told
  from pg_stat_activity where application_name = 'privacy-desk' order by pid`
const storyOfOne = `
  select 'inbox ' || id as entry, to_jsonb(inbox) - 'payload' as told from inbox where subject = $1 union all
  select 'outbox ' || id, to_jsonb(outbox) - 'work' from outbox
  where request_id = (select id from request where source || ':' || number = $1)`
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
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4, query_timeout: silentMs })
  pool.on('error', () => {})
  /** Its server may be about to be replaced by another one. */
  const rowsOf = async <Row extends pg.QueryResultRow>(
    statement: string,
    values: readonly unknown[] = [],
  ) => {
    const patience = AbortSignal.timeout(patienceMs)
    for (;;) {
      try {
        return (await pool.query<Row>(statement, [...values])).rows
      } catch (error) {
        if (patience.aborted) throw error
        await sleep(lookMs)
      }
    }
  }
  const holds = async (statement: string, values: readonly unknown[] = []) => {
    const rows = await rowsOf<Hold & { readonly entry: string }>(statement, values)
    return new Map(rows.map(({ entry, ...hold }) => [entry, { ...hold, token: Number(hold.token) }]))
  }
  const told = (statement: string, values: readonly unknown[] = []) =>
    rowsOf<{ readonly entry: string; readonly told: object }>(statement, values)
  const idsIn = (table: string, entries: Iterable<string>) =>
    [...entries].flatMap((entry) =>
      entry.startsWith(`${table} `) ? [Number(entry.slice(table.length))] : [],
    )

  /** Read by whoever asks why nobody goes on with these. */
  async function stateOf(overdue: readonly (readonly [string, Hold])[]): Promise<readonly string[]> {
    const at = new Date().toISOString()
    const rows = await rowsOf<{ readonly told: string }>(atWork)
    return [
      `${at}: not yet gone on with: ${overdue.map(([entry, { until }]) => `${entry} until ${until}`).join(', ')}`,
      ...rows.map(({ told: what }) => `${at}: ${what}`),
    ]
  }

  return {
    inHand: () => holds(inHandNow),
    async waiting() {
      return new Map((await told(waitingNow)).map((row) => [row.entry, JSON.stringify(row.told)]))
    },
    async takenOver(before, waitedMs = () => 0) {
      const since = performance.now()
      const silentAt = Date.now()
      const leaseOf = ({ until }: Hold) =>
        until === null ? {} : { leaseMs: Math.max(0, Date.parse(until) - silentAt) }
      const left = new Map(before)
      const took: TakenOver[] = []
      const meanwhile: string[] = []
      let looksLateMs = 0
      let lateMs = 0
      let lookedAt = since
      let toldAt = since
      while (left.size > 0 && performance.now() - since - lateMs < patienceMs) {
        await sleep(lookMs)
        const now = new Map([
          ...(await holds(outboxOf, [idsIn('outbox', left.keys())])),
          ...(await holds(inboxOf, [idsIn('inbox', left.keys())])),
        ])
        looksLateMs += performance.now() - lookedAt - lookMs
        lateMs = Math.max(looksLateMs, waitedMs())
        lookedAt = performance.now()
        for (const [entry, was] of left) {
          const is = now.get(entry)
          if (is && isSame(is, was)) continue
          left.delete(entry)
          // Whoever lives puts back what it has in hand, and may claim it again.
          if (is && is.token !== was.token && is.owner !== was.owner)
            took.push({ entry, afterMs: performance.now() - since, lateMs, ...leaseOf(was), meanwhile })
        }
        const overdue = [...left].filter(([, { until }]) => Date.now() - Date.parse(until ?? '') > overdueMs)
        if (overdue.length === 0 || lookedAt - toldAt < tellEveryMs) continue
        toldAt = lookedAt
        meanwhile.push(...(await stateOf(overdue)))
      }
      // Whatever is still as it was nobody has gone on with.
      const never = [...left].map(([entry, was]) => ({
        ...{ entry, afterMs: Number.POSITIVE_INFINITY, lateMs, ...leaseOf(was), meanwhile },
      }))
      return [...took, ...never]
    },
    async storyOf(iid) {
      return (await told(storyOfOne, [`gitlab:${iid}`])).map(
        (row) => `${row.entry} ${JSON.stringify(row.told)}`,
      )
    },
    async leases() {
      const rows = await rowsOf(
        "select name, value, now() as asked_at from kv where name like 'lease:%' order by name",
      )
      return rows.map((row) => JSON.stringify(row))
    },
    close: () => pool.end(),
  }
}

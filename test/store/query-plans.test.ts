/**
 * How SQLite would answer every query of the store. Nothing is ever analyzed, so that it plans by the schema alone: the
 * plans of an empty database are those of one with 100,000 requests.
 */
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import type { Claim, Store, Tables } from '../../src/store/store.ts'
import { anEntry, aRow } from './a-row.ts'
import { roomFor } from './held.ts'
import { temporaryFolder, temporaryStore } from './temporary-store.ts'

const at = '2026-03-01T09:00:00.000Z'
const claim: Claim = { now: at, owner: 'me', until: '2026-03-01T09:01:00.000Z' }
const hashes = { keyId: 'k1', email: 'e1', username: 'u1' }

/** Reads all of a table, or an index that holds all of it. */
const isFullScan = /^SCAN (?:request|inbox|outbox|audit|setting)\b/
/** Of these there are only as many rows as there is work to do. */
const isOfUnfinished =
  /USING (?:COVERING )?INDEX (?:outbox_(?:due|lane|in_flight)|inbox_pending|request_promised)\b/
const isSort = /^USE TEMP B-TREE/

/** May read or sort what others must not, each for a reason. */
const exempt: readonly (readonly [query: RegExp, because: string])[] = [
  [/^select "seq", "hash" from "audit" order by "seq" desc limit/, 'the last row, by the key of the table'],
  [/"created_at" < \? group by "flow"/, 'counts those that came in on one day'],
  [/"promised_for" = [^"]*order by/, 'the reports of one day are sorted'],
  [/^delete from "kv" where substr/, 'once a day, by the purge'],
  [/^update "outbox" set .* where "status" in \(\?, \?, \?\)/, 'once, at the start on a restored copy'],
]

test('no query of the store reads a whole table, or sorts what it finds', async () => {
  const { executed, called, tables } = await everyQuery()

  const known = (Object.keys(tables) as (keyof Tables)[]).flatMap((table) =>
    Object.keys(tables[table]).map((name) => `${table}.${name}`),
  )
  expect([...called].sort()).toEqual(known.sort())
  const slow = executed.flatMap(({ source, plan }) => {
    if (exempt.some(([query]) => query.test(source))) return []
    const steps = plan.filter(
      (step) => isSort.test(step) || (isFullScan.test(step) && !isOfUnfinished.test(step)),
    )
    return steps.length > 0 ? [{ source, steps }] : []
  })
  expect(slow).toEqual([])
  expect(executed.length).toBeGreaterThan(50)
})

test.each([
  ['at a step', /"step" = [^"]*order by/, 'INDEX request_at_step (source=? AND step=?)'],
  [
    'the first of a standing',
    /"standing" = [^"]*order by/,
    'INDEX request_standing (source=? AND standing=?)',
  ],
  ['that have changed since', /standing_of, 0\) <> version order/, 'INDEX request_changed (source=?)'],
  [
    'that time has changed',
    /"standing_until" <= \? and .* order/,
    'INDEX request_standing_until (source=? AND standing_until<?)',
  ],
])('open requests %s are found by their own index', async (_which, query, index) => {
  const { executed } = await everyQuery()

  const plans = executed.filter(({ source }) => query.test(source)).map(({ plan }) => plan)

  expect(plans.length).toBeGreaterThan(0)
  // A further page begins behind the last row.
  const steps = plans.flat().map((step) => step.replace(/\(\w+,number\)>\(\?,\?\) AND /, ''))
  expect([...new Set(steps)]).toEqual([`SEARCH request USING ${index}`])
})

test('how many open requests have each standing is counted already', async () => {
  const { executed } = await everyQuery()

  const plans = executed.filter(({ source }) => /from standing_count where source/.test(source))
  expect(plans.map(({ plan }) => plan)).toEqual([
    ['SEARCH standing_count USING INDEX sqlite_autoindex_standing_count_1 (source=?)'],
  ])
})

test('what is exempt is still asked', async () => {
  const { executed } = await everyQuery()

  expect(exempt.filter(([query]) => !executed.some(({ source }) => query.test(source)))).toEqual([])
})

test('what is asked is compiled once, though SQLite compiles anew where a value decides on the plan', async () => {
  const { file, executed } = await everyQuery()
  const database = new Sqlite(file)
  onTestFinished(() => void database.close())

  const asked = executed.filter(({ source }) => database.prepare(source).reader)
  const again = asked.filter(({ source, values }) => isCompiledEachTime(database, source, values))

  expect(asked.length).toBeGreaterThan(50)
  expect(again.map(({ source }) => source)).toEqual([])
  expect(executed.filter(({ source }) => /\b(?:limit|like) \?/.test(source))).toEqual([])
})

/** It takes much longer where its values are bound each time, as that is what SQLite compiles it again for. */
function isCompiledEachTime(database: Sqlite.Database, source: string, values: readonly unknown[]): boolean {
  const bound = database.prepare(source).bind(...values)
  const binding = database.prepare(source)
  return leastOf(() => binding.all(...values)) > 2.5 * leastOf(() => bound.all())
}

/** The least of many short rounds: what else the machine does falls into the others. */
function leastOf(work: () => void): number {
  const rounds = Array.from({ length: 30 }, () => {
    const before = performance.now()
    for (let time = 0; time < 10; time += 1) work()
    return performance.now() - before
  })
  return Math.min(...rounds)
}

async function everyQuery() {
  const file = join(temporaryFolder(), 'desk.db')
  const store = await temporaryStore(file)
  const called = new Set<string>()
  const statements = await watched(() => askEverything(store, called))
  const database = new Sqlite(file, { readonly: true })
  const executed = [...statements].map(([source, values]) => ({
    ...{ source, values },
    plan: planOf(database, source, values),
  }))
  database.close()
  return { file, executed, called, tables: store.tables }
}

function planOf(database: Sqlite.Database, source: string, values: readonly unknown[]): readonly string[] {
  const rows = database.prepare(`explain query plan ${source}`).all(...values) as {
    readonly detail: string
  }[]
  return rows.map(({ detail }) => detail)
}

type Execute = (this: { readonly source: string }, ...values: unknown[]) => unknown

/** Every statement that is executed meanwhile, once, with the values of one time. */
async function watched(work: () => Promise<void>): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const statements = new Map<string, readonly unknown[]>()
  const memory = new Sqlite(':memory:')
  const prototype: Record<string, Execute> = Object.getPrototypeOf(memory.prepare('select 1'))
  memory.close()
  const names = ['run', 'all', 'get'] as const
  const before = names.map((name) => [name, prototype[name]] as const)
  for (const [name, execute] of before)
    prototype[name] = function (...values) {
      if (/^\s*(?:select|update|insert|delete|with)/i.test(this.source))
        statements.set(this.source, values.flat())
      return execute?.apply(this, values)
    }
  try {
    await work()
    return statements
  } finally {
    for (const [name, execute] of before) if (execute) prototype[name] = execute
  }
}

/** Each function of each table, in every form that its query takes. */
async function askEverything(store: Store, called: Set<string>): Promise<void> {
  const { requests, inbox, outbox, audit, settings } = recording(store.tables, called)
  const row = await requests.insert(aRow({ hashes }))
  await requests.update(row)
  await requests.byId('r1')
  await requests.byNumber(1, 'gitlab')
  await requests.highestIid('gitlab')
  await Array.fromAsync(requests.eachOpen('gitlab'))
  await Array.fromAsync(requests.eachAt('gitlab', 'open'))
  await Array.fromAsync(requests.openNumbers('gitlab'))
  await requests.open('gitlab')
  await Array.fromAsync(requests.eachClosedSince(at, 'gitlab'))
  await requests.closedSince(at, 'gitlab')
  await requests.openWithPromise()
  await requests.byIds(['r1', 'r2'])
  await requests.standings('gitlab')
  await requests.firstOf('gitlab', 'a', 40)
  await requests.openedWithin(at, '2026-03-02T00:00:00.000Z', 'gitlab')
  await requests.forgetUnused()
  await requests.sameRequester(hashes, ['account-deletion'], 'r2', 6)
  await requests.withMetaIssue(1, 'gitlab')
  await requests.withoutMetaIssue(hashes, 'gitlab')
  await requests.withWaitingCard('gitlab', 10)
  await requests.waitingCards('gitlab')
  await requests.dueForRedraw(at, 100)
  await requests.promisedFor('2026-03-02')
  await requests.missedDays('2026-03-02', 'gitlab')
  for (let iid = 2; iid <= 201; iid += 1) {
    const closed = iid % 2 === 0 ? { closedAt: at } : {}
    await requests.insert(aRow({ id: `r${iid}`, number: iid, ...closed }))
  }
  // The second page.
  await Array.fromAsync(requests.eachAt('gitlab', row.step))
  await Array.fromAsync(requests.openNumbers('gitlab'))
  await requests.open('gitlab')
  await requests.closedSince(at, 'gitlab')
  await Array.fromAsync(requests.eachWithoutStanding(at, 'gitlab'))
  for (const open of await requests.open('gitlab'))
    await requests.keepStanding(open, { standing: 'a', until: at, due: at })
  await Array.fromAsync(requests.eachOf('gitlab', 'a'))
  await Array.fromAsync(requests.eachWithoutStanding(at, 'gitlab'))

  await inbox.put({ key: 'a', kind: 'gitlab-hint', payload: { iid: 1 }, receivedAt: at })
  await inbox.put({ key: 'b', kind: 'decision', payload: { requestId: 'r1' }, receivedAt: at })
  await inbox.put({ key: 'c', kind: 'gitlab-hint', payload: { iid: 3 }, receivedAt: at })
  await inbox.pending(at, 10)
  await inbox.pendingCount()
  await inbox.hasWaiting(100)
  await inbox.claim(claim, roomFor(1), [7])
  const [first, second] = await inbox.claim(claim, roomFor(8), [])
  if (!first || !second) throw new Error('nothing was claimed')
  await inbox.renew(claim, [first.id])
  await inbox.alike(first)
  await inbox.release(claim)
  await inbox.postpone(first, at, 'later')
  await inbox.failed(second, at, 'given up')
  await inbox.doneToo([{ id: 2, token: 0 }], at)
  const [last] = await inbox.claim(claim, roomFor(8), [])
  if (last) await inbox.done(last, at)

  await outbox.add(['1', '2', '3', '4', '5', '6'].map((opId) => anEntry(opId, { requestId: `r${opId}` })))
  await outbox.due(at, 24)
  const held = await outbox.due(at, 24, {
    lanes: ['card', 'thread'],
    ids: { awaited: [7], background: [8, 9] },
  })
  const claimed = await Promise.all(held.map((entry) => outbox.claim(entry, claim)))
  const [one, two, three, four, five, six] = claimed.flatMap((entry) => entry ?? [])
  if (!one || !two || !three || !four || !five || !six) throw new Error('nothing was claimed')
  await outbox.renew(claim, [one.id])
  await outbox.sends(one)
  await outbox.behind({ requestId: 'r1', lane: 'gitlab', position: 0 })
  await outbox.done(one, at, {}, { kind: 'close' })
  await outbox.later(two, at, 'later')
  await outbox.unknown(three, at, 'unknown', 1)
  await outbox.again(six, at, at)
  await outbox.stillUnclear({ id: 1 }, at)
  await outbox.failed(four, at, 'failed')
  await outbox.cancel(five, { at, because: 'x', alone: false, redact: (work) => work })
  await outbox.add([anEntry('7', { requestId: 'r7', decisionId: 'd7' })])
  const ofDecision = { requestId: 'r7', lane: 'gitlab', decisionId: 'd7' }
  await outbox.cancelUnbegun(ofDecision, { at, because: 'x', redact: (work) => work })
  await outbox.tryAgain('r4', at)
  await outbox.recover({ now: at, owner: 'other', unverifiable: ['thread'] }, 'run-out')
  await outbox.recover({ now: at, owner: 'other', unverifiable: ['thread'] }, 'all-others')
  await outbox.ofRequest('r1')
  await outbox.openWork()
  await outbox.lastOfSubject('ticket:1')
  await outbox.waitingRedraw('r1')
  await outbox.wantRedraw({ opId: 'w', requestId: 'r1', work: { kind: 'card' }, at, when: 'soon' })
  await outbox.wantRedraw({ opId: 'v', requestId: 'r1', work: { kind: 'card' }, at, when: 'now' })
  await outbox.bringForward('r1', 'thread', at)
  await outbox.unfinishedCount()
  await outbox.nextDueAt()
  await outbox.markUnverified(at, ['thread'])

  await audit.append({ at, what: 'seen', who: 'bot', details: {}, requestId: 'r1', iid: 1 })
  await audit.ofRequest('r1')
  await audit.ofRequest('r1', 20)
  await audit.ofNumber(1)
  await audit.ofNumber(1, 'ticket')
  await audit.page(0, 10)
  await audit.head()

  await settings.set('a', 'b')
  await settings.get('a')
  await settings.claimOnce('c', at)
  await settings.takeLease('d', claim)
  await settings.countLeases('e:', 'e:me', claim)
  await settings.endLease('d', claim.owner)
  await settings.remove('a')
  await store.purge('2026-03-01T00:00:00.000Z')
}

/** The same tables, with the name of each function that is called. */
function recording(tables: Tables, called: Set<string>): Tables {
  const over = <T extends object>(table: T, name: string): T =>
    new Proxy(table, {
      get(target, key) {
        called.add(`${name}.${String(key)}`)
        return Reflect.get(target, key)
      },
    })
  return {
    requests: over(tables.requests, 'requests'),
    inbox: over(tables.inbox, 'inbox'),
    outbox: over(tables.outbox, 'outbox'),
    audit: over(tables.audit, 'audit'),
    settings: over(tables.settings, 'settings'),
  }
}

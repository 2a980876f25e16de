/** Lists, the Home, the digest and the statistics say the same whatever is kept beside the requests, and however old it is. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { nextTurn } from '../../src/clock.ts'
import { privacy } from '../../src/desks/privacy.ts'
import { security } from '../../src/desks/security.ts'
import type { Person } from '../../src/engine/request.ts'
import { type CardState, lineStateOf } from '../../src/requests/card-states.ts'
import type { DeskContext } from '../../src/requests/desk-context.ts'
import { digestState } from '../../src/requests/digest.ts'
import { homeFilters, homeOf } from '../../src/requests/home.ts'
import { listOpen } from '../../src/requests/list.ts'
import { openRequestsOf } from '../../src/requests/open-requests.ts'
import { keepStandings, standingOf } from '../../src/requests/standing.ts'
import { countOverdue, statsOf } from '../../src/requests/stats.ts'
import { throughputOf } from '../../src/requests/throughput.ts'
import { drawDigest } from '../../src/views/digest-message.ts'
import { anEntry } from '../store/a-row.ts'
import { aDesk, type Desk } from './a-desk.ts'
import { instant, openRows } from './open-rows.ts'

const engineer: Person = { id: 'U1ENGINEER', roles: ['support-engineer'] }
const securityPerson: Person = { id: 'U1SECURITY', roles: ['field-security'] }
const hour = 24 * 30

async function aDeskWith(count: number, isOf: (source: string) => boolean = () => true): Promise<Desk> {
  const desk = await aDesk({ at: instant(hour) })
  const rows = fc.sample(openRows, { numRuns: 4 * count, seed: 11 }).filter(({ source }) => isOf(source))
  for (const [index, row] of rows.slice(0, count).entries())
    await desk.insert({ ...row, id: `r${index}`, number: index + 1 })
  return desk
}

const partsOf = (context: DeskContext) => ({
  context,
  taskText: () => '',
  cardUrl: () => undefined,
  isOn: () => true,
})

/** All that anybody is told of all open requests. */
async function toldIn(context: DeskContext) {
  const parts = partsOf(context)
  const numbers = (states: readonly CardState[]) => states.map(({ request }) => request.number)
  const homes = []
  for (const [desk, person] of [
    [privacy, engineer],
    [security, securityPerson],
  ] as const)
    for (const filter of homeFilters)
      for (const page of filter === 'all' ? [0, 1, 2] : [0]) {
        const home = await homeOf(parts, person, { desk: desk.name, filter, page })
        homes.push([home?.counts, home?.load, home?.pages, numbers(home?.lines ?? [])])
      }
  const lists = []
  for (const desk of [privacy, security])
    for (const filter of [
      'all',
      'overdue',
      'mine',
      'waiting',
      'approval',
      { type: 'Data Access' },
    ] as const) {
      const { count, first } = await listOpen(parts, desk, filter, engineer, 40)
      lists.push([count, numbers(first)])
    }
  return {
    homes,
    lists,
    digests: await Promise.all(
      [privacy, security].map(async (desk) => drawDigest(await digestState({ ...parts, desk }))),
    ),
    stats: await Promise.all([privacy, security].map((desk) => statsOf(context, desk, 30))),
    throughput: await Promise.all([privacy, security].map((desk) => throughputOf(context, desk, 30))),
    overdue: await Promise.all([privacy, security].map((desk) => countOverdue(context, desk))),
  }
}

const isKept = async ({ context }: Desk) => {
  const of = async (source: string) =>
    await Array.fromAsync(
      context.store.tables.requests.eachWithoutStanding(context.now().toISOString(), source),
    )
  return [...(await of('gitlab')), ...(await of('zendesk'))].length
}

it('the same is told before anything is kept and after, also of what has failed', async () => {
  const desk = await aDeskWith(150)
  const { outbox } = desk.store.tables
  await outbox.add(['r3', 'r50', 'r77'].map((requestId) => anEntry(requestId, { requestId })))
  const claim = { now: instant(hour), owner: 'me', until: instant(hour + 1) }
  for (const entry of (await outbox.due(instant(hour), 10)).slice(0, 2)) {
    const held = await outbox.claim(entry, claim)
    if (held) await outbox.failed(held, instant(hour), 'refused')
  }
  const before = await toldIn(desk.context)
  expect(await isKept(desk)).toBe(150)

  await keepStandings(desk.context)

  expect(await isKept(desk)).toBe(0)
  expect(await toldIn(desk.context)).toEqual(before)
})

it('the same is told once time has passed, and nothing was kept anew', async () => {
  const desk = await aDeskWith(80)
  const bare = await aDeskWith(80)
  await keepStandings(desk.context)

  for (const hours of [14, 24 * 5, 24 * 40]) {
    desk.setTime(instant(hour + hours))
    bare.setTime(instant(hour + hours))
    expect(await toldIn(desk.context)).toEqual(await toldIn(bare.context))
  }
  expect(await isKept(desk)).toBeGreaterThan(0)
})

it('the same is told once requests were changed by a version that keeps nothing beside them', async () => {
  const [desk, bare] = [await aDeskWith(80), await aDeskWith(80)]
  await keepStandings(desk.context)

  for (const { store } of [desk, bare]) {
    const { requests } = store.tables
    for (const row of (await requests.open('gitlab')).filter(({ number }) => number % 3 === 0)) {
      const isClosed = row.number % 2 === 0
      await requests.update({
        ...row,
        assignee: 'U2ENGINEER',
        facts: {},
        ...(isClosed && { closedAt: instant(hour), step: 'closed' }),
      })
    }
  }

  expect(await toldIn(desk.context)).toEqual(await toldIn(bare.context))
})

it('the same is told where another version or other settings have kept it, and it is kept anew', async () => {
  const desk = await aDeskWith(80)
  await keepStandings({ ...desk.context, stuckAfterDays: 0, judgement: 'of another version' })
  const bare = await aDeskWith(80)

  const told = await toldIn(desk.context)
  expect(told).toEqual(await toldIn(bare.context))
  await keepStandings(desk.context)

  const standings = await desk.store.tables.requests.standings('gitlab')
  expect(standings.filter(({ standing }) => standing?.includes('of another version'))).toEqual([])
  expect(await toldIn(desk.context)).toEqual(told)
})

it.each([1, 5])(
  'nobody is missed where %i at a time are kept in the middle of a reading',
  async (atATime) => {
    const desk = await aDeskWith(10)
    const before = await toldIn(desk.context)
    const { tables } = desk.store
    const requests = {
      ...tables.requests,
      async standings(source: string) {
        const known = await tables.requests.standings(source)
        const all = tables.requests.eachWithoutStanding(desk.context.now().toISOString(), source)
        for (const { row } of (await Array.fromAsync(all)).slice(0, atATime))
          await tables.requests.keepStanding(row, standingOf(desk.context, row))
        return known
      },
    }
    const context = { ...desk.context, store: { ...desk.store, tables: { ...tables, requests } } }

    const listed = async () => (await listOpen(partsOf(context), privacy, 'all', engineer, 40)).count

    const [count] = before.lists[0] ?? []
    expect([await listed(), await listed(), await listed()]).toEqual([count, count, count])
  },
)

it('a digest of more than it lists says what one of all of them would', async () => {
  const desk = await aDeskWith(800, (source) => source === 'gitlab')
  const parts = partsOf(desk.context)
  await keepStandings(desk.context)
  const rows = await desk.store.tables.requests.open('gitlab')
  const all = rows.map((row) => lineStateOf(parts, row))

  const { unlisted, ...state } = await digestState({ ...parts, desk: privacy })

  expect(rows.length).toBe(800)
  expect(state.open.length).toBeLessThan(600)
  expect(unlisted?.open).toBe(800 - state.open.length)
  expect(drawDigest({ ...state, ...(unlisted && { unlisted }) })).toEqual(drawDigest({ ...state, open: all }))
})

it('the list and the Home have every request once, by when it is due', async () => {
  const desk = await aDeskWith(150, (source) => source === 'gitlab')
  const parts = partsOf(desk.context)
  const all = (await desk.store.tables.requests.open('gitlab')).map((row) => lineStateOf(parts, row))
  const inOrder = (keyOf: (state: CardState) => string) =>
    all
      .toSorted((one, other) =>
        keyOf(one) === keyOf(other)
          ? one.request.number - other.request.number
          : keyOf(one) < keyOf(other)
            ? -1
            : 1,
      )
      .map(({ request }) => request.number)
  const pages = Array.from({ length: 8 }, (_, page) => page)

  for (const isOnceKept of [false, true]) {
    if (isOnceKept) await keepStandings(desk.context)
    const { first } = await listOpen(parts, privacy, 'all', engineer, 1_000)
    const homes = await Promise.all(pages.map((page) => homeOf(parts, engineer, { filter: 'all', page })))

    expect(first.map(({ request }) => request.number)).toEqual(
      inOrder(({ clocks }) => clocks[0]?.overAt ?? '9999'),
    )
    const listed = new Set(all.filter(({ flow }) => !flow.isCountedOnly).map(({ request }) => request.number))
    expect(homes.flatMap((home) => home?.lines.map(({ request }) => request.number) ?? [])).toEqual(
      inOrder(
        ({ next, clocks }) => `${next?.urgency ?? 9}:${next?.due?.overAt ?? clocks[0]?.overAt ?? '9999'}`,
      ).filter((number) => listed.has(number)),
    )
  }
})

it('a request that changes while its standing is being written keeps none, and is told as it is', async () => {
  const desk = await aDesk({ at: instant(hour) })
  const row = await desk.insert({ createdAt: instant(1) })
  const { requests } = desk.store.tables
  await requests.update({ ...row, assignee: 'U2ENGINEER' })

  await requests.keepStanding(row, { standing: 'x', until: '9999', due: '9999' })

  expect(await isKept(desk)).toBe(1)
  expect(
    (await listOpen(partsOf(desk.context), privacy, 'mine', { ...engineer, id: 'U2ENGINEER' }, 9)).count,
  ).toBe(1)
})

it('of requests that are counted anew no row is held, however many they are', async () => {
  const { context } = await aDeskWith(150, (source) => source === privacy.source)
  const read: WeakRef<object>[] = []
  const { requests } = context.store.tables
  const watched: DeskContext['store']['tables']['requests'] = {
    ...requests,
    async *eachWithoutStanding(now, source) {
      for await (const one of requests.eachWithoutStanding(now, source)) {
        read.push(new WeakRef(one.row))
        yield one
      }
    },
  }
  const store = { ...context.store, tables: { ...context.store.tables, requests: watched } }

  const open = await openRequestsOf({ ...context, store }, privacy)
  // What was made in this turn of the event loop is held until its end.
  await nextTurn()
  setFlagsFromString('--expose-gc')
  runInNewContext('gc()')

  expect(read).toHaveLength(150)
  expect(open.groups.reduce((sum, { count }) => sum + count, 0)).toBe(150)
  expect(read.filter((row) => row.deref() !== undefined)).toEqual([])
})

/**
 * A year of the privacy desk, played with the engine's clock: 2,000 requests of all types, two support engineers and a
 * support manager, who work on weekdays by what their digest lists. On every day every open request that needs somebody is
 * in the digest, once, under whoever has the turn. `PRINT_YEAR=1` prints what each of them got, which docs/operating.md
 * has.
 */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { usFederalHolidays } from '../../src/config/us-holidays.ts'
import type { QueueFor } from '../../src/desks/listed.ts'
import { privacy } from '../../src/desks/privacy.ts'
import { decide } from '../../src/engine/decide.ts'
import { decisionAt, fieldsOf } from '../../src/engine/decision-rule.ts'
import type { Event, Observation } from '../../src/engine/event.ts'
import { assigneeWord } from '../../src/engine/outcome.ts'
import type { Role } from '../../src/engine/request.ts'
import { plus } from '../../src/engine/time.ts'
import { flows } from '../../src/flows/index.ts'
import { type CardState, lineStateOf } from '../../src/requests/card-states.ts'
import { type DeskContext, environmentOf } from '../../src/requests/desk-context.ts'
import type { DigestState } from '../../src/requests/digest.ts'
import { messagesOf, remindersOf } from '../../src/requests/reminders.ts'
import type { RequestRow, Store } from '../../src/store/store.ts'
import { drawDigest } from '../../src/views/digest-message.ts'
import { queueOf } from '../../src/views/digest-queue.ts'
import { acceptedInput } from '../../src/views/field-inputs.ts'
import { aRow } from '../store/a-row.ts'

const [ada, ben, mara] = ['U01ADA', 'U01BEN', 'U01MARA']
const rolesOf: Readonly<Record<string, readonly Role[]>> = {
  [ada]: ['support-engineer'],
  [ben]: ['support-engineer'],
  [mara]: ['support-manager', 'privacy'],
}
const people = [ada, ben, mara]
const holders = (role: Role) => people.filter((person) => rolesOf[person]?.includes(role))

/** Each engineer claims so many a day and works on as many as that of their own; the manager decides what is asked. */
const [claimsADay, actsADay] = [8, 25]
const types = [
  'account-deletion',
  'full-deletion',
  'deceased-user',
  'portal-deletion',
  'marketing-deletion',
  'data-access',
  'data-export',
  'general-question',
]
const [requests, days] = [2_000, 365]
const dayMs = 24 * 3_600_000

/** The same year each time. */
function chances(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

interface Got {
  messages: number
  mentions: number
}

function aYear() {
  const chance = chances(20_260_105)
  let now = '2026-01-05T09:00:00.000Z'
  const context: DeskContext = {
    // Nothing is read or written: the year lives in memory.
    store: {} as Store,
    desks: { all: [privacy], of: () => privacy },
    flows,
    now: () => new Date(now),
    startedAt: now,
    newId: () => 'id',
    timeZone: 'UTC',
    calendar: usFederalHolidays(),
    requirePrivacyApproval: false,
    settings: { 'trust-safety-project': false, 'feature-request': false, 'admin-token': false },
    stuckAfterDays: 7,
    wakeWorker: () => {},
  }
  const open = new Map<number, RequestRow>()
  /** What happens outside, by day. */
  const outside = new Map<number, { readonly iid: number; readonly observation: Observation }[]>()
  const reminded = new Set<string>()
  const got = new Map<string, Got[]>(people.map((person) => [person, []]))
  let closed = 0
  let today = 0

  const later = (inDays: number, iid: number, observation: Observation) => {
    const day = today + inDays
    outside.set(day, [...(outside.get(day) ?? []), { iid, observation }])
  }
  const hear = (row: RequestRow, texts: readonly { text: string; mention: readonly Role[] }[]) => {
    for (const { text, mention } of texts) {
      const named = [...text.matchAll(/\{person:(U\w+)\}/g)].map(([, person]) => person ?? '')
      const whose = text.includes(assigneeWord)
        ? row.assignee === undefined
          ? holders('support-engineer')
          : [row.assignee]
        : []
      for (const person of new Set([...named, ...whose, ...mention.flatMap(holders)])) {
        const day = got.get(person)?.[today]
        if (day) day.messages += 1
        if (day) day.mentions += 1
      }
    }
  }
  const happen = (row: RequestRow, event: Event) => {
    const outcome = decide(flows, row, event, environmentOf(context))
    if (outcome.kind !== 'move') return false
    const isElsewhere = outcome.step !== row.step || outcome.flow !== row.flow
    const { closedAt: _closed, ...kept } = row
    const moved: RequestRow = {
      ...kept,
      flow: outcome.flow,
      step: outcome.step,
      facts: outcome.facts,
      stepSince: isElsewhere ? (outcome.stepSince ?? now) : row.stepSince,
    }
    hear(
      moved,
      outcome.effects.flatMap((effect) => (effect.kind === 'thread' ? [effect] : [])),
    )
    const isNowClosed = flows[moved.flow as keyof typeof flows]?.steps[moved.step]?.isClosed === true
    if (isNowClosed && open.delete(row.number)) closed += 1
    else open.set(row.number, moved)
    for (const effect of outcome.effects) {
      if (effect.kind !== 'open-issue' || effect.purpose !== 'meta') continue
      const issue = (done: number) => ({ iid: 9, url: 'https://g.example/9', done, total: 3, closed: false })
      later(1, row.number, { name: 'meta-issue-seen', issue: issue(0), at: now })
      // One in ten is forgotten for weeks.
      later(chance() < 0.1 ? 16 : 4, row.number, { name: 'meta-issue-seen', issue: issue(3), at: now })
    }
    // Most requesters answer what they are asked.
    const waits = flows[moved.flow as keyof typeof flows]?.steps[moved.step]?.waitsFor === 'requester'
    if (isElsewhere && waits && chance() < 0.6)
      later(1 + Math.floor(chance() * 6), row.number, { name: 'requester-replied', at: now })
    return true
  }

  const stateOf = (row: RequestRow): CardState =>
    lineStateOf({ context, taskText: () => '', cardUrl: () => undefined }, row)
  const digestOf = (states: readonly CardState[]): DigestState => ({
    ...{ desk: privacy, now, timeZone: 'UTC', open: states, closed: [], counts: [], notes: [] },
    mentions: { 'support-manager': `<@${mara}>`, privacy: `<@${mara}>` },
  })

  const act = (person: string, iid: number) => {
    const row = open.get(iid)
    const { next } = row ? stateOf(row) : {}
    if (!row || next?.decision === undefined || next.from !== undefined) return
    const flow = flows[row.flow as keyof typeof flows]
    const step = flow?.steps[row.step]
    if (!flow || !step) return
    const place = { flows, flow, step, request: row, environment: environmentOf(context) }
    const rule = decisionAt(place, next.decision)
    const fields = rule ? fieldsOf(rule, row) : []
    // A text, a reason and the link of a folder alike.
    const texts = fields.flatMap(({ kind, name }) => (kind === 'text' ? [[name, 'https://x.example/f']] : []))
    const input = { ...acceptedInput(fields), ...Object.fromEntries(texts) }
    const by = { id: person, roles: rolesOf[person] ?? [] }
    // Every tenth answer does not pass, and goes to those who decide.
    const decision =
      next.decision === 'pass-verification' && chance() < 0.1 && step.decisions['request-exception']
        ? 'request-exception'
        : next.decision
    happen(row, { kind: 'decision', decision, by, input, at: now })
  }

  const dayOfWork = (digest: DigestState) => {
    const { groups } = queueOf(digest)
    const iids = (fits: (whose: QueueFor) => boolean) =>
      groups
        .filter((group) => fits(group.for))
        .flatMap(({ items }) => items.map(({ state }) => state.request.number))
    const unassigned = iids((whose) => 'isUnassigned' in whose)
    for (const engineer of [ada, ben])
      for (const iid of unassigned.splice(0, claimsADay)) {
        const row = open.get(iid)
        if (row) open.set(iid, { ...row, assignee: engineer })
        act(engineer, iid)
      }
    for (const engineer of [ada, ben])
      for (const iid of iids((whose) => 'person' in whose && whose.person === engineer).slice(0, actsADay))
        act(engineer, iid)
    for (const iid of iids((whose) => 'roles' in whose)) act(mara, iid)
  }

  return {
    context,
    stateOf,
    digestOf,
    got,
    rows: () => [...open.values()],
    closed: () => closed,
    /** The night before: what comes in, what happens outside, and what the clocks have to say. */
    night(day: number) {
      today = day
      now = plus('2026-01-05T09:00:00.000Z', day * dayMs)
      for (const person of people) got.get(person)?.push({ messages: 0, mentions: 0 })
      const from = Math.floor((day * requests) / days)
      const until = Math.floor(((day + 1) * requests) / days)
      for (let iid = from + 1; iid <= until; iid += 1) {
        const flow = types[iid % types.length] ?? ''
        const { first = '' } = flows[flow as keyof typeof flows] ?? {}
        const createdAt = plus(now, -Math.floor(chance() * dayMs))
        const row = { ...aRow({ id: `r${iid}`, number: iid, flow, step: first }), version: 1 }
        open.set(iid, { ...row, createdAt, stepSince: createdAt })
        if (chance() < 0.6)
          later(1 + Math.floor(chance() * 6), iid, { name: 'requester-replied', at: createdAt })
      }
      for (const { iid, observation } of outside.get(day) ?? []) {
        const row = open.get(iid)
        if (row) happen(row, { kind: 'observation', observation: { ...observation, at: now } })
      }
      for (const row of open.values()) {
        const due = remindersOf(context, row).filter(({ name }) => !reminded.has(`${name}:${row.id}`))
        for (const { name } of due) reminded.add(`${name}:${row.id}`)
        hear(
          row,
          messagesOf(row, due).flatMap((effect) => (effect.kind === 'thread' ? [effect] : [])),
        )
      }
    },
    /** The digest itself is one message to all, and a mention to those whom it names. */
    read({ message }: ReturnType<typeof drawDigest>) {
      for (const person of people) {
        const day = got.get(person)?.[today]
        if (day) day.messages += 1
        if (day && JSON.stringify(message).includes(`<@${person}>`)) day.mentions += 1
      }
    },
    work(digest: DigestState) {
      const { dayOfWeek } = Temporal.Instant.from(now).toZonedDateTimeISO('UTC')
      if (dayOfWeek <= 5) dayOfWork(digest)
    },
  }
}

it('on every day of a year, what needs somebody is in the digest once, under whoever has the turn', {
  timeout: 120_000,
}, () => {
  const year = aYear()
  const most = { open: 0, listed: 0, replies: 0 }

  for (let day = 0; day < days; day += 1) {
    year.night(day)
    const states = year.rows().map(year.stateOf)
    const digest = year.digestOf(states)
    const { groups, waiting } = queueOf(digest)
    const listed = new Map(
      groups.flatMap((group) => group.items.map(({ state }) => [state.request.number, group.for] as const)),
    )

    for (const {
      request,
      next,
      clocks: [due],
    } of states) {
      const whose = listed.get(request.number)
      const isQuiet = !next || 'awaits' in next.turn || next.kind === 'paused'
      // What is overdue is told of, whomever it waits for.
      if (isQuiet && due?.isOver && !due.isPaused)
        expect(whose).toEqual(request.assignee ? { person: request.assignee } : { isUnassigned: true })
      else if (isQuiet) expect(whose).toBeUndefined()
      // Whoever has it, where it is for those who work requests; else those who alone may decide it.
      else if (!next.turn.roles.includes('support-engineer'))
        expect(whose).toEqual({ roles: [...next.turn.roles].sort() })
      else expect(whose).toEqual(request.assignee ? { person: request.assignee } : { isUnassigned: true })
    }
    const waits = Object.values(waiting).reduce((sum, count) => sum + count, 0)
    const items = groups.flatMap(({ items: some }) => some)
    expect(items.length + waits).toBe(states.length)
    expect(new Set(items.map(({ state }) => state.request.number)).size).toBe(items.length)

    const drawn = drawDigest(digest)
    const named = [drawn.message, ...drawn.replies].flatMap(({ blocks }) =>
      [...JSON.stringify(blocks).matchAll(/\|#(\d+)>/g)].map(([, iid]) => Number(iid)),
    )
    expect(named).toEqual(items.map(({ state }) => state.request.number))
    most.open = Math.max(most.open, states.length)
    most.listed = Math.max(most.listed, items.length)
    most.replies = Math.max(most.replies, drawn.replies.length)
    year.read(drawn)
    year.work(digest)
  }

  const table = people.map((person) => {
    const all = year.got.get(person) ?? []
    const of = (what: keyof Got) => all.map((one) => one[what]).sort((one, other) => one - other)
    const row = (counts: readonly number[]) => ({
      median: counts[Math.floor(counts.length / 2)] ?? 0,
      'of ten days nine': counts[Math.floor(counts.length * 0.9)] ?? 0,
      most: counts.at(-1) ?? 0,
    })
    return { person, messages: row(of('messages')), mentions: row(of('mentions')) }
  })
  if (process.env.PRINT_YEAR) console.log(JSON.stringify({ ...most, closed: year.closed(), table }, null, 1))
  expect(year.closed()).toBeGreaterThan(1_500)
  const page = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8')
  const rows = page.match(/^\| (?:first engineer|second engineer|support manager).* \|$/gm) ?? []
  const told = (counts: object) => Object.values(counts).join(', ')
  expect(rows.map((row) => row.split(' | ').slice(1).join(' | '))).toEqual(
    table.map(({ messages, mentions }) => `${told(messages)} | ${told(mentions)} |`),
  )
  expect(page).toContain(`At most ${most.open} requests were open and ${most.listed} of them needed somebody`)
  expect(most.replies).toBe(1)
})

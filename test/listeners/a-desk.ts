/** A desk in memory, and the Slack app before it, listening for the local Slack. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { KnownBlock } from '@slack/types'
import pino from 'pino'
import { expect, onTestFinished } from 'vitest'
import { PEOPLE, TEAM } from '../../sandbox/slack/people.ts'
import { startSlack } from '../../sandbox/slack/slack.ts'
import { clockWith } from '../../src/clock.ts'
import { shipped } from '../../src/desks/index.ts'
import { security } from '../../src/desks/security.ts'
import { decide } from '../../src/engine/decide.ts'
import type { Role } from '../../src/engine/request.ts'
import { flows } from '../../src/flows/index.ts'
import { loadSnippets, snippetTitles } from '../../src/flows/snippets.ts'
import type { DeskQueries, Refused, ShownTo } from '../../src/listeners/desk.ts'
import { createSlackApp } from '../../src/listeners/slack-app.ts'
import type { BatchState } from '../../src/requests/batches.ts'
import type { CardState } from '../../src/requests/card-states.ts'
import type { ListFilter } from '../../src/requests/list.ts'
import { connectSlack } from '../../src/services/slack/client.ts'

const roles: Readonly<Record<string, readonly Role[]>> = {
  [PEOPLE.engineer.id]: ['support-engineer'],
  [PEOPLE.secondEngineer.id]: ['support-engineer'],
  [PEOPLE.manager.id]: ['support-manager'],
  [PEOPLE.fieldSecurity.id]: ['field-security'],
  [PEOPLE.member.id]: [],
}

type Redirect = Awaited<ReturnType<DeskQueries['previewRedirect']>>

interface Received {
  readonly kind: string
  readonly key: string
  readonly payload: unknown
}

/** What the desk answers is set by the test; what it was given is read from it. */
function aDesk() {
  const desk = {
    states: new Map<string, CardState>(),
    received: [] as Received[],
    listed: [] as ListFilter[],
    readAfresh: [] as string[],
    /** Why nothing new was read. */
    unread: undefined as string | undefined,
    others: undefined as number | undefined,
    refused: [] as object[],
    batches: new Map<string, BatchState>(),
    /** Whom which ticket was shown, and since when its changes were asked for. */
    shownTo: [] as object[],
    log: [] as string[],
    previewed: [] as object[],
    redirect: { because: 'Ticket 456 is solved already.' } as Redirect,
    refusal: undefined as Refused | undefined,
    /** By role, whatever the step. */
    roleRefusal: undefined as string | undefined,
    shown: { because: 'Zendesk can’t be read right now.' } as ShownTo,
    broken: false,
    hasSecurityDesk: true,
  }
  const port: DeskQueries = {
    receive: async (kind, key, payload) => {
      if (desk.broken) throw new Error('disk I/O error')
      if (desk.received.some((one) => one.key === key)) return false
      desk.received.push({ kind, key, payload })
      return true
    },
    whoIs: async (userId, teamId) => {
      const held = teamId === TEAM.id ? roles[userId] : undefined
      return held
        ? { person: { id: userId, roles: held } }
        : { refused: 'Guests can’t use Privacy Desk. Ask a colleague who isn’t a guest.' }
    },
    cardState: async (requestId) => desk.states.get(requestId),
    cardStateByNumber: async (iid) => [...desk.states.values()].find(({ request }) => request.number === iid),
    readAfresh: async (requestId) => {
      desk.readAfresh.push(requestId)
      return desk.unread
    },
    previewRedirect: async (ticket, to, answerTo) => {
      desk.previewed.push({ ticket, to, answerTo })
      return desk.redirect
    },
    countOthers: async () => desk.others,
    tryOut: async (requestId, decision, by, input) => {
      if (desk.refusal) return desk.refusal
      const state = desk.states.get(requestId)
      if (!state) return { because: 'I’m not tracking this request anymore.' }
      const event = { kind: 'decision', decision, by, input, at: state.now } as const
      const outcome = decide(flows, state.request, event, state)
      return { effects: outcome.kind === 'move' ? outcome.effects : [] }
    },
    tryWithNeeds: async (...asked) => port.tryOut(...asked),
    refusedByRole: async () =>
      desk.roleRefusal === undefined
        ? undefined
        : { because: desk.roleRefusal, ask: '<!subteam^S01MANAGERS>' },
    recordRefusal: async (requestId, decision, userId, because) =>
      void desk.refused.push({ requestId, decision, userId, because }),
    list: async (_desk, filter) => {
      desk.listed.push(filter)
      const first = [...desk.states.values()]
      return { first, count: first.length }
    },
    recentLog: async () => desk.log,
    snippets: loadSnippets(),
    snippetTitles,
    desks: shipped.all,
    isOn: ({ name }) => name === 'privacy' || desk.hasSecurityDesk,
    showTicket: async (requestId, userId, since) => {
      desk.shownTo.push({ requestId, userId, since })
      return desk.shown
    },
    showsLinks: true,
    permalink: ({ channel, ts }) => `https://slack.example/${channel}/${ts}`,
    digest: async (about) => ({
      desk: about,
      now: '2026-03-02T10:00:00.000Z',
      timeZone: 'UTC',
      open: [],
      closed: [],
      counts: [],
      notes: [],
    }),
    wholeLog: async () => desk.log,
    purgedLog: async () => [],
    batch: async (day) => desk.batches.get(day) ?? { desk: security, day, reports: [] },
    nextBatches: async () => [...desk.batches.values()],
    stats: async (about, days) => ({ desk: about, days, opened: 0, handled: [], openNow: 0, overdueNow: 0 }),
  }
  return Object.assign(desk, { port })
}

/** What comes after the acknowledgement: looked for until it is there, with time enough for a busy machine. */
export function eventually<T>(look: () => T) {
  return expect.poll(look, { timeout: 10_000, interval: 10 })
}

export async function aSlackApp(given: { socket?: boolean } = {}) {
  const clock = clockWith(() => new Date('2026-03-02T10:00:00.000Z'))
  const slack = await startSlack(clock)
  const desk = aDesk()
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
  const client = connectSlack({
    token: slack.botToken,
    apiUrl: slack.apiUrl,
    fetch,
    ...clock,
    timeoutMs: 2000,
  })
  const mode = given.socket ? { appToken: slack.appToken } : { signingSecret: slack.signingSecret }
  const app = createSlackApp({
    config: { botToken: slack.botToken, apiUrl: slack.apiUrl, ...mode },
    desk: desk.port,
    slack: {
      ...client,
      answerWithChart: (to, _chart, draw) => client.answerPrivately(to, draw('text')),
    },
    log,
    fetch,
    newReference: () => 'ref-1',
    clock,
  })
  const server = createServer((request, response) => app.handleHttp(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  slack.app = { url: `${url}/slack/events`, signingSecret: slack.signingSecret }
  await app.start()
  onTestFinished(async () => {
    await app.stop()
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
    await slack.close()
  })

  return {
    app,
    slack,
    desk,
    lines,
    url,
    /** The desk knows the request, and its card stands in the channel. */
    async card(state: CardState, message: { text: string; blocks: readonly KnownBlock[] }) {
      desk.states.set(state.request.id, state)
      const { ts } = await client.post({ ...message, channel: 'C01PRIVACY', opId: 'card' })
      return ts
    },
    /** What only this person was told, as text. */
    told: (userId: string) => slack.ephemerals(userId).map(({ text }) => text),
  }
}

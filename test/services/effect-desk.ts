/** A worker over a real store, a local GitLab, Slack and Zendesk in this process, with a clock that the test moves. */

import { adminToken, autoResponse, botToken, serviceDeskProject } from '../../sandbox/gitlab/gitlab.ts'
import { fetchFrom } from '../../sandbox/in-process.ts'
import { origins, reachBy, servicesInProcess } from '../../sandbox/services.ts'
import { CHANNELS } from '../../sandbox/slack/people.ts'
import { clockWith } from '../../src/clock.ts'
import { aboutRequest } from '../../src/desks/desk.ts'
import { shipped } from '../../src/desks/index.ts'
import { type Effect, effects } from '../../src/engine/effect.ts'
import type { Observation } from '../../src/engine/event.ts'
import { loadSnippets } from '../../src/flows/snippets.ts'
import { type LimitSizes, limitsWith } from '../../src/queue/limits.ts'
import { createWorker, type Worker, type WorkerOptions } from '../../src/queue/worker.ts'
import { executorOf } from '../../src/services/effect-handler.ts'
import { connectGitLabAdmin, connectGitLabExports } from '../../src/services/gitlab/admin.ts'
import { connectGitLab } from '../../src/services/gitlab/client.ts'
import type { EffectContext } from '../../src/services/gitlab/effect-context.ts'
import { issueHandlers } from '../../src/services/gitlab/effects.ts'
import { lastLook } from '../../src/services/gitlab/last-look.ts'
import { noteHandlers } from '../../src/services/gitlab/notes.ts'
import { connectSlack, type SlackMessage } from '../../src/services/slack/client.ts'
import { messageHandlers, type SlackContext } from '../../src/services/slack/effects.ts'
import type { ZendeskContext } from '../../src/services/zendesk/effect-context.ts'
import { ticketHandlers } from '../../src/services/zendesk/effects.ts'
import type { Lane, OutboxEntry, Store } from '../../src/store/store.ts'
import { temporaryStore } from '../store/temporary-store.ts'

export const snippets = loadSnippets()
export const deskChannel = CHANNELS.privacy.id
export const securityChannel = CHANNELS.security.id
const channelOf = ({ source }: { readonly source: string }) =>
  source === 'zendesk' ? securityChannel : deskChannel
const channelOfDesk = (desk = 'security') => (desk === 'security' ? securityChannel : deskChannel)
const replyRule = {
  supportBots: ['support-bot'],
  automaticResponses: { texts: [autoResponse], beginnings: [] },
}
const start = '2026-11-22T09:00:00.000Z'
const unheard: Fetch = async () => {
  throw new TypeError('the bot hears nobody here')
}

export const form = `**Request Type:** GitLab.com Account Deletion
**Username:** quiet.owner
**Email Address:** jane.doe@example.com`

type Fetch = typeof globalThis.fetch

export interface Given {
  /** How the services are reached, given how they are without fail. */
  readonly reach?: (services: Fetch) => Fetch
  readonly context?: Partial<EffectContext>
  readonly sizes?: Partial<LimitSizes>
  /** Given how the local Zendesk is reached. */
  readonly zendesk?: (services: Fetch) => Partial<ZendeskContext>
  readonly drawBatch?: SlackContext['drawBatch']
  readonly vacancy?: SlackContext['vacancy']
  readonly workerOf?: SlackContext['workerOf']
  readonly digestReplies?: readonly SlackMessage[]
}

export type EffectDesk = Awaited<ReturnType<typeof anEffectDesk>>

export async function anEffectDesk(given: Given = {}) {
  let time = Date.parse(start)
  let aheadMs = 0
  /** As the bot's clock says. */
  const now = () => new Date(time + aheadMs)
  const outsideNow = () => new Date(time)
  const { gitlab, slack, zendesk } = servicesInProcess({ now: outsideNow, reach: reachBy(unheard) })
  const { reach = (services) => services } = given
  const fetch = reach(
    fetchFrom({
      [origins.gitlab]: gitlab.fake,
      [origins.slack]: slack.fake,
      [origins.zendesk]: zendesk.fake,
    }),
  )
  const store = await temporaryStore(undefined, now)
  const told: { requestId: string; observation: Observation; key: string }[] = []
  const hinted: { ticket: number; key: string }[] = []
  const logged: object[] = []
  const to = { url: gitlab.url, fetch, timeoutMs: 2_000 }
  const asAdmin = { ...to, token: adminToken, isAsAdmin: true }
  const context: EffectContext = {
    store,
    gitlab: connectGitLab({ ...to, token: botToken, project: serviceDeskProject }),
    reads: connectGitLabAdmin(asAdmin),
    exports: connectGitLabExports(asAdmin),
    project: serviceDeskProject,
    snippets,
    labelNames: {},
    templateNames: {},
    aliases: { fields: {}, types: {} },
    featureRequest: 'gitlab-org/gitlab#330669',
    expertTeams: [],
    replyRule,
    nameOf: async (userId) => (userId === 'U01MANAGER' ? 'Mara Silva' : userId),
    happened: async (requestId, observation, key) => void told.push({ requestId, observation, key }),
    now,
    ...given.context,
  }
  const zendeskEffects = ticketHandlers({
    macros: {},
    formUrl: 'https://form.example/',
    timeZone: 'UTC',
    sleep: async (ms) => {
      time += ms
    },
    store,
    now,
    nameOf: context.nameOf,
    happened: context.happened,
    ticketChanged: async (ticket, key) => void hinted.push({ ticket, key }),
    ...given.zendesk?.(fetch),
  })
  const executor = executorOf(
    effects,
    {
      ...noteHandlers(context),
      ...issueHandlers(context),
      ...zendeskEffects,
      ...messageHandlers({
        store,
        slack: connectSlack({
          token: slack.botToken,
          apiUrl: slack.apiUrl,
          fetch,
          ...clockWith(now),
          timeoutMs: 2_000,
        }),
        channelOf,
        channelOfDesk,
        nextText: () => '',
        workerOf: given.workerOf ?? (() => 'support-engineer'),
        vacancy: given.vacancy ?? (async () => undefined),
        mention: async (role) => (role === 'support-manager' ? '<!subteam^S01MANAGERS>' : ''),
        drawCard: async ({ id }) => ({ text: await drawn(store, id), blocks: [] }),
        drawBatch: given.drawBatch ?? (async () => undefined),
        drawBacklog: async (desk, isCall) => ({
          text: `Backlog of ${desk}${isCall ? ', with a call' : ''}`,
          blocks: [{ type: 'divider' }],
        }),
        postReport: (desk, post) => post({ text: `report of ${desk}` }),
        drawDigest: async (desk) => ({
          message: { text: `Digest of ${desk}`, blocks: [{ type: 'divider' }] },
          replies: given.digestReplies ?? [],
          auditHead: '42:ab',
          posted: async ({ settings, outbox }, replies) => {
            await settings.set('digest-posted', desk)
            const at = now().toISOString()
            await outbox.add(
              replies.map((work, index) => ({
                ...{ opId: `reply-${index}`, lane: 'channel', work, dueAt: at, createdAt: at },
              })),
            )
          },
        }),
      }),
    },
    {},
    lastLook(context),
  )
  const log = { warn: (fields: object) => void logged.push(fields), error: noErrors }
  const limits = limitsWith({
    now,
    definitions: effects,
    channelOfDesk,
    channelOfRequest: async (requestId) =>
      channelOf((await store.tables.requests.byId(requestId)) ?? { source: 'gitlab' }),
    ...(given.sizes && { sizes: given.sizes }),
  })
  const about: WorkerOptions['about'] = (request, details) =>
    aboutRequest(shipped.of(request), request, details)
  const newWorker = (other: Partial<WorkerOptions> = {}): Worker =>
    createWorker({
      owner: 'this process',
      store,
      clock: clockWith(now),
      random: () => 0,
      executor,
      limits,
      about,
      whom: () => ['support-engineer'],
      log,
      ...other,
    })
  const worker = newWorker()
  const counter = { opId: 0 }

  return {
    gitlab,
    slack,
    zendesk,
    /** Reaches the services as the worker does. */
    fetch,
    store,
    worker,
    newWorker,
    executor,
    context,
    zendeskEffects,
    told,
    hinted,
    logged,
    now,
    outsideNow,
    pass: (ms: number) => {
      time += ms
    },
    /** The clock of the bot alone; no time passes. */
    setForward: (ms: number) => {
      aheadMs += ms
    },
    /** Works through a span of time: whenever something falls due, the clock stands there. */
    async workFor(ms: number): Promise<void> {
      const end = time + ms
      for (;;) {
        await worker.runUntilIdle()
        const next = Date.parse((await worker.nextDueAt()) ?? '') - aheadMs
        if (!(next <= end)) break
        time = Math.max(time + 1, next)
      }
      time = end
    },
    /** A request whose issue is in the local GitLab; returns its id and number. */
    async aRequest(description = form) {
      const { iid } = gitlab.submitRequest({
        description,
        email: 'jane.doe@example.com',
        autoResponse: undefined,
      })
      const id = `r${iid}`
      const at = now().toISOString()
      const url = gitlab.issueView(iid).url
      const seen = { noteId: 0, labelEventId: 0, stateEventId: 0, assigneeIds: [] }
      await store.tables.requests.insert({
        ...{
          id,
          source: 'gitlab' as const,
          number: iid,
          url,
          flow: 'account-deletion',
          step: 'evaluating',
          stepSince: at,
          createdAt: at,
          facts: {},
        },
        seen: { state: 'opened', labels: [], updatedAt: at, ...seen },
      })
      return { id, iid }
    },
    /** As the decision to close it leaves the request, before anything of it is done. */
    async decideToClose(id: string) {
      const row = await store.tables.requests.byId(id)
      if (row) await store.tables.requests.update({ ...row, step: 'closed', closedAt: now().toISOString() })
    },
    /** Undefined: for no request, but for the desk. */
    async toDo(requestId: string | undefined, ...effects: readonly Effect[]) {
      await addAll(store, requestId, effects, now().toISOString(), counter)
    },
    /** What is to be done for a request, without redraws. */
    async work(requestId: string): Promise<Pick<OutboxEntry, 'status' | 'error' | 'result'>[]> {
      const entries = await store.tables.outbox.ofRequest(requestId)
      return entries.map(({ status, error, result }) => ({
        status,
        ...(error === undefined ? {} : { error }),
        ...(result === undefined ? {} : { result }),
      }))
    },
    async statuses(requestId: string): Promise<string[]> {
      return (await store.tables.outbox.ofRequest(requestId)).map(({ status }) => status)
    },
    async effectsInAudit(requestId: string) {
      const entries = await store.tables.audit.ofRequest(requestId)
      return entries.filter(({ what }) => what === 'effect').map(({ details }) => details)
    },
  }
}

/** The text of a card that shows how far everything is, as the real one does. */
async function drawn(store: Store, requestId: string): Promise<string> {
  const entries = await store.tables.outbox.ofRequest(requestId)
  return [`Card of ${requestId}:`, ...entries.map(({ work, status }) => `${work.kind} ${status}`)].join(' ')
}

async function addAll(
  store: Store,
  requestId: string | undefined,
  works: readonly Effect[],
  at: string,
  counter: { opId: number },
): Promise<void> {
  const decisionId = `decision-${counter.opId}`
  await store.tables.outbox.add(
    works.map((work) => {
      counter.opId += 1
      const lane = laneOf(work)
      return {
        opId: `op-${counter.opId}`,
        ...(requestId !== undefined && { requestId }),
        lane,
        work,
        decisionId,
        dueAt: at,
        createdAt: at,
      }
    }),
  )
}

function laneOf({ kind }: Effect): Lane {
  const { lane } = effects[kind]
  if (lane !== 'request') return lane
  return /ticket|expert/.test(kind) ? 'zendesk' : 'gitlab'
}

function noErrors(fields: object, message: string): void {
  throw new Error(`${message}: ${JSON.stringify(fields)}`)
}

export const closeNoResponse = [
  { kind: 'reply', snippet: 'closed-no-response', replacements: {} },
  { kind: 'labels', add: ['Account Verification Failed', 'deletion request::denied'], remove: [] },
  { kind: 'close' },
] as const satisfies readonly Effect[]

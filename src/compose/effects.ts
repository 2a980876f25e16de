/** The worker with all that it can carry out. */

import type { Config } from '../config/config.ts'
import { aboutRequest, type Desk, workerOf } from '../desks/desk.ts'
import { effects } from '../engine/effect.ts'
import type { Request } from '../engine/request.ts'
import { readBack } from '../inbox/read-back.ts'
import { type LimitSizes, limitsWith } from '../queue/limits.ts'
import type { LimitShare } from '../queue/replicas.ts'
import { createWorker, type Worker, type WorkerOptions } from '../queue/worker.ts'
import { deskWithBatches } from '../requests/ask-for-effects.ts'
import { backlogOf } from '../requests/backlog.ts'
import { batchOf } from '../requests/batches.ts'
import { type CardStateParts, cardStateOf } from '../requests/card-states.ts'
import { digestState, isOvertaken, markDigest } from '../requests/digest.ts'
import { nextTextOf } from '../requests/reminders.ts'
import { reportState } from '../requests/report.ts'
import { stoppedByReopening } from '../requests/undone.ts'
import { executorOf, type HandlersOfServices } from '../services/effect-handler.ts'
import { CannotDo } from '../services/failure.ts'
import type { EffectContext } from '../services/gitlab/effect-context.ts'
import { issueHandlers } from '../services/gitlab/effects.ts'
import { lastLook } from '../services/gitlab/last-look.ts'
import { noteHandlers } from '../services/gitlab/notes.ts'
import { sendChart } from '../services/slack/chart-sender.ts'
import { messageHandlers, type SlackContext } from '../services/slack/effects.ts'
import { assignHandler } from '../services/zendesk/assign.ts'
import type { ZendeskContext } from '../services/zendesk/effect-context.ts'
import { ticketHandlers } from '../services/zendesk/effects.ts'
import { backlogMessage } from '../views/backlog-message.ts'
import { batchMessage } from '../views/batch-message.ts'
import { drawDigest as digestDrawn } from '../views/digest-message.ts'
import { requestCard } from '../views/request-card.ts'
import { statsChart, statsMessage } from '../views/stats-message.ts'
import type { Bot } from './bot.ts'
import { replyRuleOf } from './shipped.ts'

export function wireEffects(parts: Bot, whileHeld: WorkerOptions['whileHeld'], share: LimitShare): Worker {
  const { clock, config, context, owner, log, random, wakeInbox } = parts
  const { store } = context
  const gitlab = inGitLab(parts)
  const look = lastLook(gitlab)
  return createWorker({
    store,
    clock,
    owner,
    random,
    log,
    whileHeld,
    limits: limitsWith({
      now: clock.now,
      definitions: effects,
      channelOfDesk: channelOfDesk(parts),
      channelOfRequest: async (requestId, known) => {
        const row = known ?? (await store.tables.requests.byId(requestId))
        return row ? channelOf(parts)(row) : firstChannel(parts)
      },
      sizes: limitSizes(config),
      share,
    }),
    executor: executorOf(
      effects,
      {
        ...noteHandlers(gitlab),
        ...issueHandlers(gitlab),
        ...ticketHandlers(inZendesk(parts)),
        ...messageHandlers(inSlack(parts)),
      },
      handlersOf(parts),
      async (entry) => (await stoppedByReopening(store.tables, entry)) ?? look(entry),
    ),
    about: (request, details) => aboutRequest(context.desks.of(request), request, details),
    whom: (request) => {
      const { worker, whom } = context.desks.of(request).reminders
      return [worker ?? whom]
    },
    readBack: (entry, done) => readBack(parts, entry, done),
    // Whoever redirected a ticket is waiting to be told, and a ticket may have to be read again.
    onSettled: ({ lane }) => {
      if (lane === 'zendesk') wakeInbox()
    },
  })
}

type Channels = Pick<Bot, 'workspace' | 'context'>

function channelOf(parts: Channels): (request: Pick<Request, 'source'>) => string {
  return (request) => channelOfDesk(parts)(parts.context.desks.of(request).name)
}

/** Of a desk that is off: its requests were taken in before its service was switched off, and their cards stay where they are. */
function channelOfDesk(parts: Channels): (desk: string | undefined) => string {
  return (desk = deskWithBatches(parts.context).name) => parts.workspace.channels[desk] ?? firstChannel(parts)
}

function firstChannel({ workspace: { channels } }: Channels): string {
  return Object.values(channels)[0] ?? ''
}

/** Puts the result of an effect into the inbox: it is there before the effect is done. */
function tellInbox({ context, wakeInbox }: Pick<Bot, 'context' | 'wakeInbox'>, kind: string) {
  const { store, now } = context
  return async (key: string, payload: object): Promise<void> => {
    await store.tables.inbox.put({ key, kind, payload, receivedAt: now().toISOString() })
    wakeInbox()
  }
}

function happenedWith(parts: Pick<Bot, 'context' | 'wakeInbox'>): EffectContext['happened'] {
  const tell = tellInbox(parts, 'observation')
  return (requestId, observation, key) => tell(key, { requestId, observation })
}

function inGitLab(
  parts: Pick<Bot, 'config' | 'connections' | 'context' | 'nameOf' | 'snippets' | 'wakeInbox'>,
): EffectContext {
  const { config, connections, context, snippets } = parts
  const { store, now } = context
  const { gitlab: settings, desk } = config
  const { gitlab, reads, exports } = connections
  return {
    store,
    now,
    gitlab,
    reads,
    exports,
    snippets,
    project: settings.project,
    ...(settings.trustSafetyProject === undefined ? {} : { trustSafetyProject: settings.trustSafetyProject }),
    ...(desk.featureRequest === undefined ? {} : { featureRequest: desk.featureRequest }),
    labelNames: desk.labels,
    templateNames: desk.templates,
    aliases: desk.aliases,
    expertTeams: desk.expertTeams,
    replyRule: replyRuleOf(desk),
    ...(context.accounts && { accounts: context.accounts }),
    nameOf: parts.nameOf,
    happened: happenedWith(parts),
  }
}

type Drawing = CardStateParts &
  Pick<Bot, 'config' | 'connections' | 'log' | 'mention' | 'services' | 'vacancy' | 'workspace'>

function inSlack(parts: Drawing): SlackContext {
  const { config, connections, context, services } = parts
  const { store } = context
  return {
    store,
    slack: connections.slack,
    channelOf: channelOf(parts),
    channelOfDesk: channelOfDesk(parts),
    mention: parts.mention,
    vacancy: parts.vacancy,
    workerOf: (request) => workerOf(context.desks.of(request)),
    nextText: (row) => nextTextOf(context, row),
    drawCard: async (row) =>
      context.flows[row.flow]?.isCountedOnly ? undefined : requestCard(await cardStateOf(parts, row)),
    drawBatch: async (day) => batchMessage(await batchOf(parts, day)),
    drawBacklog: async (name, isCall) => {
      const desk = deskNamed(context, name)
      const mentions = isCall ? await parts.mention(desk.reminders.whom) : undefined
      return backlogMessage(await backlogOf(context, desk), mentions)
    },
    postReport: async (name, post) => {
      const state = await reportState(context, deskNamed(context, name))
      const chart = statsChart(state)
      const title = `${state.desk.statistics?.title ?? state.desk.digest.title}: the last week`
      if (!chart) return post(statsMessage(state, 'text', title))
      const sending = { context, slack: connections.slack, log: parts.log }
      return sendChart(sending, chart, (form) => post(statsMessage(state, form, title)))
    },
    drawDigest: async (name, day) => {
      const desk = deskNamed(context, name)
      const { digestAt, digestDays } = config
      if (await isOvertaken({ context, desk, digestAt, digestDays }, day)) return undefined
      const digestNotes = services[desk.source]?.digestNotes
      const state = await digestState({
        ...{ ...parts, desk },
        ...(digestNotes && { notes: digestNotes }),
      })
      const { auditHead: head } = state
      return {
        ...digestDrawn(state),
        ...(head && { auditHead: `${head.seq}:${head.hash}` }),
        posted: (tables, replies) => markDigest(context, tables, state, replies),
      }
    },
  }
}

function deskNamed({ desks }: Pick<Bot['context'], 'desks'>, name: string): Desk {
  const desk = desks.all.find((one) => one.name === name)
  if (!desk) throw new CannotDo(`There is no desk ${name} by now.`)
  return desk
}

/** Returns each service's handlers for the work on its own requests. */
function handlersOf(parts: Parameters<typeof inZendesk>[0] & Pick<Bot, 'services'>): HandlersOfServices {
  const services = Object.values(parts.services).map(({ name, handlers = {} }) => [name, handlers] as const)
  const assign = assignHandler(inZendesk(parts), parts.context.accounts)
  const { zendesk = {}, ...others } = Object.fromEntries(services)
  return { ...others, zendesk: { assign, ...zendesk } }
}

function inZendesk(
  parts: Pick<Bot, 'clock' | 'config' | 'connections' | 'context' | 'nameOf' | 'wakeInbox'>,
): ZendeskContext {
  const { clock, config, connections, context } = parts
  const { store, now, timeZone } = context
  const { desk, zendesk: settings } = config
  const { zendesk } = connections
  const hint = tellInbox(parts, 'zendesk-hint')
  return {
    ...(zendesk && { zendesk }),
    store,
    now,
    timeZone,
    sleep: clock.sleep,
    macros: desk.zendeskMacros,
    formUrl: desk.formUrl,
    ...(settings?.supportGroup === undefined ? {} : { supportGroup: settings.supportGroup }),
    nameOf: parts.nameOf,
    happened: happenedWith(parts),
    ticketChanged: (ticket, key) => hint(key, { ticket }),
  }
}

function limitSizes({ desk: { rateLimits } }: Config): LimitSizes {
  const { gitlabNotes, slackPosts, zendeskUpdates } = rateLimits
  return {
    gitlabNotes: { burst: gitlabNotes.perMinute, perMinute: gitlabNotes.perMinute },
    slackPosts: { burst: slackPosts.burst, perMinute: slackPosts.perSecond * 60 },
    zendeskUpdates: { burst: zendeskUpdates.perMinute, perMinute: zendeskUpdates.perMinute },
  }
}

/** The worker with all that it can carry out. */
import type { Config } from '../config/config.ts'
import type { Source } from '../engine/request.ts'
import type { Snippets } from '../flows/snippets.ts'
import { isRequesterReply } from '../form/requester-reply.ts'
import { type LimitSizes, limitsWith } from '../queue/limits.ts'
import { createWorker, type Worker, type WorkerOptions } from '../queue/worker.ts'
import { batchOf } from '../requests/batches.ts'
import { type CardStateParts, cardStateOf } from '../requests/card-states.ts'
import { carryOut } from '../services/carry-out.ts'
import type { EffectContext } from '../services/gitlab/effect-context.ts'
import { gitlabEffects } from '../services/gitlab/effects.ts'
import { slackEffects } from '../services/slack/effects.ts'
import type { Workspace } from '../services/slack/workspace.ts'
import { zendeskEffects } from '../services/zendesk/effects.ts'
import { batchMessage } from '../views/batch-message.ts'
import { requestCard } from '../views/request-card.ts'
import type { Connections } from './connections.ts'
import { replyRuleOf } from './reply-rule.ts'

export interface EffectParts {
  readonly config: Config
  readonly connections: Connections
  readonly workspace: Workspace
  readonly cards: CardStateParts
  readonly snippets: Snippets
  readonly random: () => number
  readonly log: WorkerOptions['log']
  readonly wakeInbox: () => void
}

export function wireEffects(parts: EffectParts): Worker {
  const { config, workspace, cards, log, random, wakeInbox } = parts
  const { store, now } = cards.context
  return createWorker({
    store,
    now,
    random,
    log,
    limits: limitsWith({
      now,
      channelOf: channelOf(workspace),
      sourceOf: async (requestId) => (await store.tables.requests.byId(requestId))?.source,
      sizes: limitSizes(config),
    }),
    carryOut: carryOut({ gitlab: inGitLab(parts), slack: inSlack(parts), zendesk: inZendesk(parts) }),
    // Whoever redirected a ticket is waiting to be told, and a ticket may have to be read again.
    onSettled: ({ lane }) => {
      if (lane === 'zendesk') wakeInbox()
    },
  })
}

/** A ticket without Zendesk: it was taken in before Zendesk was switched off, and its card stays where it is. */
function channelOf({ channel, securityChannel = channel }: Workspace): (source: Source) => string {
  return (source) => (source === 'zendesk' ? securityChannel : channel)
}

/** What came of an effect, into the inbox: it is there before the effect is done. */
function tellInbox({ cards, wakeInbox }: EffectParts, kind: string) {
  const { store, now } = cards.context
  return async (key: string, payload: object): Promise<void> => {
    await store.tables.inbox.put({ key, kind, payload, receivedAt: now().toISOString() })
    wakeInbox()
  }
}

function happenedWith(parts: EffectParts): EffectContext['happened'] {
  const tell = tellInbox(parts, 'happening')
  return (requestId, happening, key) => tell(key, { requestId, happening })
}

function inGitLab(parts: EffectParts) {
  const { config, connections, cards, snippets } = parts
  const { store, now } = cards.context
  const { gitlab: settings, desk } = config
  const { slack, gitlab, reads, exports } = connections
  const replyRule = replyRuleOf(desk)
  return gitlabEffects({
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
    isRequesterReply: (note) => isRequesterReply(note, replyRule),
    nameOf: async (userId) => (await slack.userInfo(userId)).name,
    happened: happenedWith(parts),
  })
}

function inSlack({ connections, workspace, cards }: EffectParts) {
  const { store } = cards.context
  return slackEffects({
    store,
    slack: connections.slack,
    channelOf: channelOf(workspace),
    mention: workspace.mention,
    drawCard: async (requestId) => {
      const row = await store.tables.requests.byId(requestId)
      return row && row.flow !== 'invalid' ? requestCard(await cardStateOf(cards, row)) : undefined
    },
    drawBatch: async (day) => batchMessage(await batchOf(cards, day)),
  })
}

function inZendesk(parts: EffectParts) {
  const { config, connections, cards } = parts
  const { store, now, timeZone } = cards.context
  const { desk, zendesk: settings } = config
  const { zendesk, slack } = connections
  const hint = tellInbox(parts, 'zendesk-hint')
  return zendeskEffects({
    ...(zendesk && { zendesk }),
    store,
    now,
    timeZone,
    macros: desk.zendeskMacros,
    formUrl: desk.formUrl,
    ...(settings?.supportGroup === undefined ? {} : { supportGroup: settings.supportGroup }),
    nameOf: async (userId) => (await slack.userInfo(userId)).name,
    happened: happenedWith(parts),
    ticketChanged: (ticket, key) => hint(key, { ticket }),
  })
}

function limitSizes({ desk: { rateLimits } }: Config): LimitSizes {
  const { gitlabNotes, slackPosts, zendeskUpdates } = rateLimits
  return {
    gitlabNotes: { burst: gitlabNotes.perMinute, perMinute: gitlabNotes.perMinute },
    slackPosts: { burst: slackPosts.burst, perMinute: slackPosts.perSecond * 60 },
    zendeskUpdates: { burst: zendeskUpdates.perMinute, perMinute: zendeskUpdates.perMinute },
  }
}

/** The worker with all that it can carry out. */
import type { Config } from '../config.ts'
import { carryOut } from '../effects/carry-out.ts'
import { gitlabEffects } from '../effects/gitlab.ts'
import { type LimitSizes, limitsWith } from '../effects/limits.ts'
import { slackEffects } from '../effects/slack.ts'
import { createWorker, type Worker, type WorkerOptions } from '../effects/worker.ts'
import { zendeskEffects } from '../effects/zendesk.ts'
import { isRequesterReply } from '../flows/requester-reply.ts'
import type { Snippets } from '../flows/snippets.ts'
import { type CardStateParts, cardStateOf } from '../requests/card-states.ts'
import type { Workspace } from '../slack-workspace.ts'
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
    limits: limitsWith({ now, cardChannel: workspace.channel, sizes: limitSizes(config) }),
    carryOut: carryOut({ gitlab: inGitLab(parts), slack: inSlack(parts), zendesk: inZendesk(parts) }),
    // Whoever redirected a ticket is waiting to be told.
    onSettled: ({ lane }) => {
      if (lane === 'zendesk') wakeInbox()
    },
  })
}

function inGitLab({ config, connections, cards, snippets, wakeInbox }: EffectParts) {
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
    isRequesterReply: (note) => isRequesterReply(note, replyRule),
    nameOf: async (userId) => (await slack.userInfo(userId)).name,
    happened: async (requestId, happening, key) => {
      const payload = { requestId, happening }
      await store.tables.inbox.put({ key, kind: 'happening', payload, receivedAt: now().toISOString() })
      wakeInbox()
    },
  })
}

function inSlack({ connections, workspace, cards }: EffectParts) {
  const { store } = cards.context
  return slackEffects({
    store,
    slack: connections.slack,
    channel: workspace.channel,
    mention: workspace.mention,
    drawCard: async (requestId) => {
      const row = await store.tables.requests.byId(requestId)
      return row && row.flow !== 'invalid' ? requestCard(await cardStateOf(cards, row)) : undefined
    },
  })
}

function inZendesk({ config: { desk }, connections: { zendesk } }: EffectParts) {
  return zendeskEffects({ ...(zendesk && { zendesk }), macros: desk.zendeskMacros, formUrl: desk.formUrl })
}

function limitSizes({ desk: { rateLimits } }: Config): LimitSizes {
  const { gitlabNotes, slackPosts, zendeskUpdates } = rateLimits
  return {
    gitlabNotes: { burst: gitlabNotes.perMinute, perMinute: gitlabNotes.perMinute },
    slackPosts: { burst: slackPosts.burst, perMinute: slackPosts.perSecond * 60 },
    zendeskUpdates: { burst: zendeskUpdates.perMinute, perMinute: zendeskUpdates.perMinute },
  }
}

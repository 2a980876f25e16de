/** The worker with all that it can carry out. */
import type { Config } from '../config/config.ts'
import { effects } from '../engine/effect.ts'
import type { DeskName } from '../engine/effects/definition.ts'
import type { Source } from '../engine/request.ts'
import type { Snippets } from '../flows/snippets.ts'
import { isRequesterReply } from '../form/requester-reply.ts'
import { type LimitSizes, limitsWith } from '../queue/limits.ts'
import { createWorker, type Worker, type WorkerOptions } from '../queue/worker.ts'
import { batchOf } from '../requests/batches.ts'
import { type CardStateParts, cardStateOf } from '../requests/card-states.ts'
import { digestState } from '../requests/digest.ts'
import { securityDigestState } from '../requests/security-digest.ts'
import { executorOf } from '../services/effect-handler.ts'
import type { EffectContext } from '../services/gitlab/effect-context.ts'
import { issueHandlers } from '../services/gitlab/effects.ts'
import { noteHandlers } from '../services/gitlab/notes.ts'
import { messageHandlers, type SlackContext } from '../services/slack/effects.ts'
import type { Workspace } from '../services/slack/workspace.ts'
import type { ZendeskContext } from '../services/zendesk/effect-context.ts'
import { ticketHandlers } from '../services/zendesk/effects.ts'
import { apiTokensEndText, daysOfApiTokens } from '../services/zendesk/sign-in.ts'
import { batchMessage } from '../views/batch-message.ts'
import { digestMessage } from '../views/digest-message.ts'
import { requestCard } from '../views/request-card.ts'
import { securityDigest } from '../views/security-digest.ts'
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
  const gitlab = inGitLab(parts)
  return createWorker({
    store,
    now,
    random,
    log,
    limits: limitsWith({
      now,
      definitions: effects,
      channelOfDesk: channelOfDesk(workspace),
      channelOfRequest: async (requestId) => {
        const row = await store.tables.requests.byId(requestId)
        return channelOf(workspace)(row?.source ?? 'gitlab')
      },
      sizes: limitSizes(config),
    }),
    executor: executorOf(effects, {
      ...noteHandlers(gitlab),
      ...issueHandlers(gitlab),
      ...ticketHandlers(inZendesk(parts)),
      ...messageHandlers(inSlack(parts)),
    }),
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

function channelOfDesk({ channel, securityChannel = channel }: Workspace): (desk: DeskName) => string {
  return (desk) => (desk === 'security' ? securityChannel : channel)
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

function inGitLab(parts: EffectParts): EffectContext {
  const { config, connections, cards, snippets } = parts
  const { store, now } = cards.context
  const { gitlab: settings, desk } = config
  const { slack, gitlab, reads, exports } = connections
  const replyRule = replyRuleOf(desk)
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
    isRequesterReply: (note) => isRequesterReply(note, replyRule),
    nameOf: async (userId) => (await slack.userInfo(userId)).name,
    happened: happenedWith(parts),
  }
}

function inSlack(parts: EffectParts): SlackContext {
  const { connections, workspace, cards } = parts
  const { store } = cards.context
  return {
    store,
    slack: connections.slack,
    channelOf: channelOf(workspace),
    channelOfDesk: channelOfDesk(workspace),
    mention: workspace.mention,
    drawCard: async (requestId) => {
      const row = await store.tables.requests.byId(requestId)
      return row && !cards.context.flows[row.flow]?.isCountedOnly
        ? requestCard(await cardStateOf(cards, row))
        : undefined
    },
    drawBatch: async (day) => batchMessage(await batchOf(cards, day)),
    drawDigest: async (desk) =>
      desk === 'privacy'
        ? digestMessage(await digestState(cards))
        : securityDigest(
            await securityDigestState({
              ...cards,
              suspended: () => suspendedMails(parts),
              apiTokensEnd: (today) => apiTokensEndOn(today, parts.config.zendesk),
            }),
          ),
  }
}

function inZendesk(parts: EffectParts): ZendeskContext {
  const { config, connections, cards } = parts
  const { store, now, timeZone } = cards.context
  const { desk, zendesk: settings } = config
  const { zendesk, slack } = connections
  const hint = tellInbox(parts, 'zendesk-hint')
  return {
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
  }
}

/** Nothing where an OAuth client signs in. */
function apiTokensEndOn(today: string, zendesk: Config['zendesk']): string | undefined {
  return zendesk && 'token' in zendesk ? apiTokensEndText(daysOfApiTokens(today)) : undefined
}

/** The digest does not wait for it: what can't be asked is not said. */
async function suspendedMails({ config, connections, log }: EffectParts): Promise<number | undefined> {
  const recipient = config.zendesk?.recipient
  if (recipient === undefined || !connections.zendesk) return undefined
  try {
    return await connections.zendesk.suspended(recipient)
  } catch (error) {
    log.warn({ error: String(error) }, 'the suspended e-mails could not be counted')
    return undefined
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

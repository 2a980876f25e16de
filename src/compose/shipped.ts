/** The desks and the services of requests that are shipped, as the configuration says. */

import type { Config } from '../config/config.ts'
import type { StaffedDesk } from '../desks/desk.ts'
import { shippedWith } from '../desks/index.ts'
import { dayIn } from '../engine/time.ts'
import { approvalLabels } from '../engine/traits.ts'
import { identityHash } from '../form/form.ts'
import { type ReplyRule, snippetIn } from '../form/requester-reply.ts'
import { nowOf } from '../requests/desk-context.ts'
import { watchExperts } from '../services/gitlab/expert-issue.ts'
import { handbookName } from '../services/gitlab/label-names.ts'
import { poll as pollGitLab } from '../services/gitlab/poll.ts'
import type { IssueReader } from '../services/gitlab/read-issue.ts'
import { watchExports } from '../services/gitlab/run-exports.ts'
import { gitlabService } from '../services/gitlab/service.ts'
import { tokenNotes } from '../services/gitlab/token-end.ts'
import { watchProject } from '../services/gitlab/watch-project.ts'
import { gitlabWebhook } from '../services/gitlab/webhook.ts'
import { coalesce, memoize } from '../services/memoize.ts'
import type { Service, Services } from '../services/service.ts'
import type { WebhookOptions } from '../services/webhook.ts'
import { pollZendesk } from '../services/zendesk/poll.ts'
import { quietUpdatesOn } from '../services/zendesk/quiet-updates.ts'
import { digestNotes, zendeskService } from '../services/zendesk/service.ts'
import type { TicketReader } from '../services/zendesk/ticket-reader.ts'
import { mostFound } from '../services/zendesk/transport.ts'
import { zendeskWebhook } from '../services/zendesk/webhook.ts'
import type { ServiceParts } from './bot.ts'

/** Without Zendesk there is GitLab alone. */
export function shippedServices(parts: ServiceParts): Services {
  let knownOwnId: number | undefined
  const gitlabOwnId = memoize(async () => {
    const { id } = await parts.connections.gitlab.me()
    // After a restore what the bot itself did is news to it.
    if (!parts.context.restoreGap) knownOwnId = id
    return id
  })
  const { tickets } = parts
  return {
    gitlab: gitlabWith(parts, gitlabOwnId, () => knownOwnId),
    ...(tickets && { zendesk: zendeskWith(parts, tickets.reader) }),
  }
}

function gitlabWith(
  parts: ServiceParts,
  ownId: () => Promise<number>,
  knownOwnId: () => number | undefined,
): Service {
  const { config, connections, context, wakeInbox, log } = parts
  const { webhookSecret: secret, project, pollSeconds } = config.gitlab
  const { gitlab, gitlabTokens: tokens, exports, moved } = connections
  const watched = watchProject({ context, gitlab, moved, project, log })
  const reader = issueReader(parts, ownId)
  const { handbookLabel } = reader
  return gitlabService({
    clock: parts.clock,
    context,
    reader,
    lastAnswer: gitlab.takeLastAnswer,
    pollSeconds,
    digestNotes: () => tokenNotes({ tokens, now: context.now(), log }),
    dropped: (iid) => {
      parts.counts.add('dropped', 'unread-issue')
      log.warn(
        { iid },
        'an issue that GitLab does not show is not remembered: there are too many, or it is far above all that are known',
      )
    },
    async poll() {
      await pollGitLab({ context, gitlab, handbookLabel, wakeInbox })
      await watched.look()
      await watchExports({
        ...{ context, gitlab, exports, wakeInbox, aliases: config.desk.aliases },
        onFailure: ({ number }, error) =>
          log.warn({ iid: number, error: String(error) }, 'the exports could not be read'),
      })
      await watchExperts({
        ...{ context, gitlab, wakeInbox },
        onFailure: ({ number }, error) =>
          log.warn({ ticket: number, error: String(error) }, 'the expert issue could not be read'),
      })
    },
    ...(secret !== undefined && {
      webhook: gitlabWebhook({
        ...receivingWith(parts),
        secret,
        project,
        projectId: watched.id,
        ownId: knownOwnId,
      }),
    }),
  })
}

function zendeskWith(parts: ServiceParts, reader: TicketReader): Service {
  const { clock, config, connections, context, wakeInbox, log } = parts
  const { webhookSecret: secret, pollSeconds = 60, recipient } = config.zendesk ?? {}
  const poll = async () => {
    const found = await pollZendesk({ context, reader, wakeInbox })
    if (found >= mostFound)
      log.warn({ found }, 'the queue may hold more tickets than these: narrow ZENDESK_QUERY')
  }
  return zendeskService({
    ...{ clock, reader, gitlab: connections.gitlab, poll, pollSeconds },
    flows: context.flows,
    timeZone: context.timeZone,
    lookForRequests: coalesce(context.now, poll),
    quietUpdates: (ticket) => quietUpdatesOn(context.store, ticket),
    digestNotes: () =>
      digestNotes({
        ...{ zendesk: reader.zendesk, query: reader.query, recipient, log },
        hasApiToken: config.zendesk !== undefined && 'token' in config.zendesk,
        today: dayIn(context.timeZone, nowOf(context)),
      }),
    ...(secret !== undefined && { webhook: zendeskWebhook({ ...receivingWith(parts), secret }) }),
  })
}

/**
 * Of one issue or ticket one hint waits; of so many, more than a desk has, somebody who knows the secret names numbers as
 * they like, or the bot has much to catch up with. The poll brings what is turned away then.
 */
const mostWaiting = 50_000

/** Stored first: there only with its secret. */
function receivingWith({
  context: { store, now },
  receive,
  counts,
  log,
}: ServiceParts): WebhookOptions<{ key: string; kind: string; payload: unknown }> {
  return {
    now,
    log,
    receive: async (entry) => {
      if (await store.tables.inbox.hasWaiting(mostWaiting)) {
        counts.add('dropped', 'webhook')
        return 'full'
      }
      return receive({ ...entry, receivedAt: now().toISOString() })
    },
  }
}

function issueReader(
  { config: { desk, gitlab }, connections, context, snippets, whoIsHere }: ServiceParts,
  ownId: () => Promise<number>,
): IssueReader {
  const { now, restoreGap, accounts } = context
  return {
    gitlab: connections.gitlab,
    now,
    ownId,
    ...replyRuleOf(desk),
    aliases: desk.aliases,
    handbookLabel: (name) => handbookName(name, desk.labels),
    hash: identityHash(gitlab.token),
    snippetIn: snippetIn(snippets),
    ...(accounts?.areKnownIn('gitlab') && {
      personOf: (username: string) => accounts.personOf('gitlab', username),
    }),
    ...(desk.labelApproves === 'with-role' && { approvalOf: approvalByLabel(context, whoIsHere) }),
    ...(restoreGap && { restoreGap }),
  }
}

export function shippedDesks({ slack, roles, desk, zendesk }: Config): readonly StaffedDesk[] {
  const channels: Readonly<Record<string, string>> = {
    PRIVACY_CHANNEL: slack.privacyChannel,
    SECURITY_CHANNEL: slack.securityChannel,
  }
  return shippedWith({
    expertTeams: desk.expertTeams.map(({ name }) => name),
    hasSupportGroup: zendesk?.supportGroup !== undefined,
    updateAfterBusinessDays: desk.securityUpdateBusinessDays,
  }).map((one) => ({ desk: one, channel: channels[one.channelVariable] ?? one.name, members: roles }))
}

/** Returns the rule that tells a requester's reply from GitLab's own automatic responses. */
export function replyRuleOf({ supportBot }: Config['desk']): ReplyRule {
  return {
    supportBots: supportBot.usernames,
    automaticResponses: supportBot.automaticResponses,
  }
}

/** Who set a label that stands for an approval: the linked person and their roles, and those of whoever approved before. */
function approvalByLabel(
  { accounts, flows, store }: ServiceParts['context'],
  whoIsHere: ServiceParts['whoIsHere'],
): NonNullable<IssueReader['approvalOf']> {
  const standsForApproval = approvalLabels(flows)
  const personWith = async (userId: string) => {
    const who = await whoIsHere(userId)
    return 'person' in who ? who.person : undefined
  }
  return async ({ iid, label, by }) => {
    if (!standsForApproval.has(label)) return undefined
    if (by === 'bot') return { by, before: [] }
    const userId = by.username === undefined ? undefined : accounts?.personOf('gitlab', by.username)
    const known = await store.tables.requests.byNumber(iid, 'gitlab')
    const before = await Promise.all((known?.facts.approvals ?? []).map((one) => personWith(one.by)))
    return {
      by: userId === undefined ? 'unlinked' : ((await personWith(userId)) ?? 'refused'),
      before: before.filter((one) => one !== undefined),
    }
  }
}

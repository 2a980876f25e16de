/** Wires everything from what is handed in: configuration, clock, randomness, HTTP transport, log. Tests start here. */
import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { connectGitLab } from './clients/gitlab.ts'
import { connectGitLabAdmin } from './clients/gitlab-admin.ts'
import { connectGitLabExports } from './clients/gitlab-exports.ts'
import { connectSlack } from './clients/slack.ts'
import { rolesReader } from './clients/slack-roles.ts'
import { connectZendesk } from './clients/zendesk.ts'
import type { Config } from './config.ts'
import { deskOf } from './desk.ts'
import { carryOut } from './effects/carry-out.ts'
import { gitlabEffects } from './effects/gitlab.ts'
import { limitsWith } from './effects/limits.ts'
import { slackEffects } from './effects/slack.ts'
import { createWorker } from './effects/worker.ts'
import { zendeskEffects } from './effects/zendesk.ts'
import { isAutomaticResponse } from './flows/automatic-responses.ts'
import { flows } from './flows/index.ts'
import { handbookName } from './flows/labels.ts'
import { isRequesterReply } from './flows/requester-reply.ts'
import { snippetIn } from './flows/snippet-in.ts'
import { loadSnippets } from './flows/snippets.ts'
import { listen } from './http-server.ts'
import { identityHash } from './intake/identity-hash.ts'
import { createInboxLoop } from './intake/inbox-loop.ts'
import { handleEntry, subjectOf } from './intake/intake.ts'
import { poll } from './intake/poll.ts'
import { readInTime } from './intake/read-in-time.ts'
import { watchExports } from './intake/watch-exports.ts'
import { gitlabWebhook } from './listeners/gitlab-webhook.ts'
import { createSlackApp } from './listeners/slack-app.ts'
import { everySoOften } from './listeners/timers.ts'
import { metricsOf } from './metrics.ts'
import { readiness } from './readiness.ts'
import { cardStateOf } from './requests/card-states.ts'
import type { DeskContext } from './requests/desk-context.ts'
import { digestWhenDue } from './requests/digest.ts'
import { purgeWhenDue } from './requests/purge.ts'
import { remind } from './requests/remind.ts'
import { findWorkspace } from './slack-workspace.ts'
import { openStore } from './store/open-store.ts'
import { answer } from './views/answers.ts'
import { digestMessage } from './views/digest-message.ts'
import { requestCard } from './views/request-card.ts'
import { taskText } from './views/what-it-does.ts'

export interface AppParts {
  readonly config: Config
  readonly now: () => Date
  /** At least 0, below 1. */
  readonly random: () => number
  readonly fetch: typeof globalThis.fetch
  readonly log: Logger
}

export interface App {
  readonly port: number
  /** Polls GitLab and looks at the clocks once, then works until nothing is left that is due now. */
  settle(): Promise<void>
  /** Takes nothing new, finishes the calls in flight, closes the database. */
  stop(): Promise<void>
}

export async function startApp(parts: AppParts): Promise<App> {
  const { config, now, fetch, log } = parts
  const { timezone: timeZone, desk: team } = config
  const store = await openStore({ databaseUrl: config.databaseUrl, now })
  const slack = connectSlack({ token: config.slack.botToken, apiUrl: config.slack.apiUrl, fetch })
  const workspace = await findWorkspace(slack, config, log).catch(async (error: unknown) => {
    await store.close()
    throw error
  })
  const gitlab = connectGitLab({ ...config.gitlab, fetch })
  const reads = connectGitLabAdmin({
    url: config.gitlab.url,
    token: config.gitlab.adminToken ?? config.gitlab.token,
    fetch,
  })
  const zendesk = config.zendesk && connectZendesk({ ...config.zendesk, fetch })
  const exports = connectGitLabExports({
    url: config.gitlab.url,
    token: config.gitlab.adminToken ?? config.gitlab.token,
    fetch,
  })
  const replyRule = {
    supportBots: team.supportBot.usernames,
    isAutomaticResponse: (text: string) => isAutomaticResponse(text, team.supportBot.automaticResponses),
  }
  const snippets = loadSnippets()

  const context: DeskContext = {
    store,
    flows,
    now,
    newId: () => randomBytes(16).toString('hex'),
    timeZone,
    requirePrivacyApproval: config.requirePrivacyApproval,
    settings: {
      'trust-safety-project': config.gitlab.trustSafetyProject !== undefined,
      'feature-request': team.featureRequest !== undefined,
      'admin-token': config.gitlab.adminToken !== undefined,
    },
    wakeWorker: () => worker.wake(),
  }
  const { whoIs } = rolesReader({ slack, ...workspace, now })
  const cards = { context, taskText, cardUrl: workspace.cardUrl }

  const worker = createWorker({
    store,
    now,
    random: parts.random,
    log,
    limits: limitsWith({ now, cardChannel: workspace.channel, sizes: limitSizes(config) }),
    carryOut: carryOut({
      gitlab: gitlabEffects({
        store,
        gitlab,
        reads,
        project: config.gitlab.project,
        ...(config.gitlab.trustSafetyProject === undefined
          ? {}
          : { trustSafetyProject: config.gitlab.trustSafetyProject }),
        snippets,
        labelNames: team.labels,
        templateNames: team.templates,
        aliases: team.aliases,
        exports,
        ...(team.featureRequest === undefined ? {} : { featureRequest: team.featureRequest }),
        isRequesterReply: (note) => isRequesterReply(note, replyRule),
        nameOf: async (userId) => (await slack.userInfo(userId)).name,
        now,
        happened: async (requestId, happening, key) => {
          await store.tables.inbox.put({
            key,
            kind: 'happening',
            payload: { requestId, happening },
            receivedAt: now().toISOString(),
          })
          inbox.wake()
        },
      }),
      slack: slackEffects({
        store,
        slack,
        channel: workspace.channel,
        mention: workspace.mention,
        drawCard: async (requestId) => {
          const row = await store.tables.requests.byId(requestId)
          return row && row.flow !== 'invalid' ? requestCard(await cardStateOf(cards, row)) : undefined
        },
      }),
      zendesk: zendeskEffects({
        ...(zendesk && { zendesk }),
        macros: team.zendeskMacros,
        formUrl: team.formUrl,
      }),
    }),
    // Whoever redirected a ticket is waiting to be told.
    onSettled: ({ lane }) => {
      if (lane === 'zendesk') inbox.wake()
    },
  })

  const reader = {
    gitlab,
    ownId: once(async () => (await gitlab.me()).id),
    ...replyRule,
    aliases: team.aliases,
    handbookLabel: (name: string) => handbookName(name, team.labels),
    hash: identityHash(config.gitlab.token),
    snippetIn: snippetIn(snippets),
  }
  const inbox = createInboxLoop({
    store,
    now,
    log,
    subjectOf: subjectOf(context),
    handle: handleEntry({
      context,
      reader,
      ...(zendesk && { zendesk }),
      whoIs,
      tell: async (to, text) => {
        await slack.answerPrivately(to, answer(text)).catch((error: unknown) => {
          log.warn({ userId: to.userId, error: String(error) }, 'a person could not be answered')
        })
      },
    }),
  })

  const desk = deskOf({
    ...cards,
    whoIs,
    snippets,
    wakeInbox: inbox.wake,
    readAfresh: (requestId) => readInTime({ context, reader }, requestId),
  })
  const slackApp = createSlackApp({
    config: config.slack,
    desk,
    slack,
    log,
    fetch,
    newReference: () => randomBytes(4).toString('hex'),
  })
  const lookAtClocks = async () => {
    await remind(context)
    await digestWhenDue({
      ...cards,
      digestAt: config.digestAt,
      channel: workspace.channel,
      draw: digestMessage,
    })
  }
  const keepHouse = async () => {
    await store.checkpoint()
    await purgeWhenDue(context, config.retentionDays)
  }
  const pollGitLab = async () => {
    await poll({ context, gitlab, wakeInbox: inbox.wake })
    await watchExports({
      context,
      gitlab,
      exports,
      aliases: team.aliases,
      wakeInbox: inbox.wake,
      onFailure: ({ iid }, error) => log.warn({ iid, error: String(error) }, 'the exports could not be read'),
    })
  }

  await store.tables.audit.append({
    at: now().toISOString(),
    what: 'started',
    who: 'bot',
    details: { node: process.version, timeZone, requirePrivacyApproval: config.requirePrivacyApproval },
  })
  for (const warning of config.warnings) log.warn(warning)
  if (!config.zendesk) log.info('ZENDESK_URL is not set: everything Zendesk is off')

  const http = await listen(
    {
      routes: {
        '/slack/events': config.slack.appToken === undefined ? slackApp.handleHttp : undefined,
        '/webhooks/gitlab': webhookRoute(),
      },
      ready: readiness({ store, isConnected: slackApp.isConnected, slack, now }),
      metrics: metricsOf(store),
      log,
    },
    config.port,
  )
  await worker.start()
  await slackApp.start()
  inbox.wake()
  const timers = [
    everySoOften('inbox', 1, async () => inbox.wake(), log),
    everySoOften('clocks', 20, lookAtClocks, log),
    everySoOften('poll', config.gitlab.pollSeconds, pollGitLab, log),
    everySoOften('housekeeping', 60, keepHouse, log),
  ]
  log.info({ port: http.port, channel: workspace.channel }, 'privacy-desk is ready')

  function webhookRoute() {
    const { webhookSecret: secret, project } = config.gitlab
    if (secret === undefined) return undefined
    return gitlabWebhook({
      secret,
      project,
      now,
      log,
      receive: async (entry) => {
        const isNew = await store.tables.inbox.put({ ...entry, receivedAt: now().toISOString() })
        inbox.wake()
        return isNew
      },
    })
  }

  return {
    port: http.port,
    settle: async () => {
      await pollGitLab().catch((error: unknown) =>
        log.warn({ error: String(error) }, 'GitLab could not be polled'),
      )
      await lookAtClocks()
      do {
        await inbox.runUntilIdle()
        await worker.runUntilIdle()
      } while ((await store.tables.inbox.pending(now().toISOString(), 1)).length > 0)
    },
    stop: async () => {
      for (const timer of timers) await timer.stop()
      await http.close()
      await slackApp.stop()
      await inbox.stop()
      await worker.stop()
      await store.close()
    },
  }
}

function limitSizes({ desk: { rateLimits } }: Config) {
  const { gitlabNotes, slackPosts, zendeskUpdates } = rateLimits
  return {
    gitlabNotes: { burst: gitlabNotes.perMinute, perMinute: gitlabNotes.perMinute },
    slackPosts: { burst: slackPosts.burst, perMinute: slackPosts.perSecond * 60 },
    zendeskUpdates: { burst: zendeskUpdates.perMinute, perMinute: zendeskUpdates.perMinute },
  }
}

/** Asked once and kept; what failed is asked again. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined
  return () => {
    kept ??= ask().catch((error: unknown) => {
      kept = undefined
      throw error
    })
    return kept
  }
}

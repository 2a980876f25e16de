/** The local Slack, GitLab and Zendesk, and the environment that points a bot at them. */
import { adminToken, botToken, LocalGitLab, serviceDeskProject } from './gitlab/gitlab.ts'
import { type Slack, slackInProcess, startSlack } from './slack/slack.ts'
import {
  LocalZendesk,
  supportGroupId,
  zendeskClientId,
  zendeskClientSecret,
  zendeskEmail,
  zendeskToken,
} from './zendesk/zendesk.ts'

export interface Services {
  readonly slack: Slack
  readonly gitlab: LocalGitLab
  readonly zendesk: LocalZendesk
}

type Fetch = typeof globalThis.fetch

/** How each service reaches the bot. */
export type Reach = Readonly<Record<keyof Services, Fetch>>

export interface ServicesOptions {
  readonly now: () => Date
  readonly reach: Reach
  /** So many bytes by chance, in hexadecimal, for Slack's ids. */
  readonly randomHex?: (bytes: number) => string
}

/** Where everybody is said to be when nothing listens. */
export const origins = {
  slack: 'http://slack.local',
  gitlab: 'http://gitlab.local',
  zendesk: 'http://zendesk.local',
  bot: 'http://bot.local',
} as const

export const gitlabWebhookSecret = 'the-gitlab-webhook-secret-of-the-sandbox'
export const zendeskWebhookSecret = 'the-zendesk-webhook-secret-of-the-sandbox'

/** Each listens at a free port of this machine. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { slack, gitlab, zendesk } = { slack: await startSlack(options), ...desksIn(options) }
  await Promise.all([gitlab.fake.listen(), zendesk.fake.listen()])
  return { slack, gitlab, zendesk }
}

/** None listens: they are reached by their `fake`. */
export function servicesInProcess(options: ServicesOptions): Services {
  return { slack: slackInProcess({ ...options, origin: origins.slack }), ...desksIn(options, origins) }
}

function desksIn({ now, reach }: ServicesOptions, at: Partial<Record<'gitlab' | 'zendesk', string>> = {}) {
  const { gitlab, zendesk } = at
  return {
    gitlab: new LocalGitLab({ now, fetch: reach.gitlab, ...(gitlab !== undefined && { origin: gitlab }) }),
    zendesk: new LocalZendesk({
      now,
      fetch: reach.zendesk,
      ...(zendesk !== undefined && { origin: zendesk }),
    }),
  }
}

export function reachBy(fetch: Fetch): Reach {
  return { slack: fetch, gitlab: fetch, zendesk: fetch }
}

export interface Connecting {
  readonly reach: Reach
  /** False: clicks and commands alone. */
  readonly webhooks?: boolean
  /** One that begins with `whsec_` signs. */
  readonly gitlabSecret?: string | undefined
}

/** From now on clicks and webhooks go to the bot at this address. */
export function connect(
  { slack, gitlab, zendesk }: Services,
  botUrl: string,
  { reach, webhooks = true, gitlabSecret = gitlabWebhookSecret }: Connecting,
): void {
  slack.app = { url: `${botUrl}/slack/events`, signingSecret: slack.signingSecret, fetch: reach.slack }
  if (!webhooks) return
  gitlab.webhook = {
    url: `${botUrl}/webhooks/gitlab`,
    ...(gitlabSecret.startsWith('whsec_') ? { signingToken: gitlabSecret } : { secret: gitlabSecret }),
  }
  zendesk.webhook = { url: `${botUrl}/webhooks/zendesk`, secret: zendeskWebhookSecret }
}

/** Every variable that is set; those named are always. */
export type BotEnvironment = Readonly<Record<string, string>> &
  Readonly<Record<'DATABASE_URL' | 'SLACK_BOT_TOKEN' | 'GITLAB_TOKEN' | 'GITLAB_PROJECT', string>>

/** Of a bot beside these services; what is empty in `more` is not set. Without `zendesk` everything Zendesk is off. */
export function environmentOf(
  { slack, gitlab, zendesk }: Omit<Services, 'zendesk'> & { readonly zendesk?: LocalZendesk },
  databaseFile: string,
  more: Readonly<Record<string, string>> = {},
): BotEnvironment {
  const environment = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    SUPPORT_ENGINEERS: '@support-engineers',
    SUPPORT_MANAGERS: '@support-managers',
    PRIVACY_TEAM: '@privacy-team',
    FIELD_SECURITY: '@field-security',
    GITLAB_URL: gitlab.url,
    GITLAB_TOKEN: botToken,
    GITLAB_ADMIN_TOKEN: adminToken,
    GITLAB_PROJECT: serviceDeskProject,
    GITLAB_WEBHOOK_SECRET: gitlabWebhookSecret,
    ...(zendesk && {
      ZENDESK_URL: zendesk.url,
      ZENDESK_CLIENT_ID: zendeskClientId,
      ZENDESK_CLIENT_SECRET: zendeskClientSecret,
      ZENDESK_WEBHOOK_SECRET: zendeskWebhookSecret,
      ZENDESK_SUPPORT_GROUP: String(supportGroupId),
    }),
    DATABASE_URL: `file:${databaseFile}`,
    PORT: '0',
    ...more,
  }
  // An empty REPORT_AT says something.
  const set = Object.entries(environment).filter(([name, value]) => value !== '' || name === 'REPORT_AT')
  return Object.fromEntries(set) as BotEnvironment
}

/** What whoever starts a bot for a while adds: the rounds that it asks for are the only ones. */
export const noPolls = { GITLAB_POLL_SECONDS: '3600', ZENDESK_POLL_SECONDS: '3600' } as const

/** An agent's API token instead of an OAuth client, which asks for a token before its first call. */
export const byApiToken = {
  ZENDESK_CLIENT_ID: '',
  ZENDESK_CLIENT_SECRET: '',
  ZENDESK_EMAIL: zendeskEmail,
  ZENDESK_TOKEN: zendeskToken,
} as const

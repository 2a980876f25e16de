// Environment and config/desk.yaml in, one Config out, or one error that names every problem at once.

import type { ProxySettings } from '../http/outgoing.ts'
import type { Desk, DeskReading } from './desk.ts'
import { Environment, lacking, problemsBetween, secretsOf, variablesSet } from './environment.ts'
import { misspeltIn, misspeltText } from './misspelt.ts'
import type { RoleMembers } from './variables.ts'

/** The whole configuration, checked: the environment and config/desk.yaml together. */
export interface Config {
  readonly slack: SlackConfig
  readonly gitlab: GitLabConfig
  /** Absent: everything Zendesk is off, and with it the security desk. */
  readonly zendesk?: ZendeskConfig
  readonly roles: Readonly<Record<ConfiguredRole, RoleMembers>>
  readonly requirePrivacyApproval: boolean
  /** Seconds for which a public reply waits with Undo on the card. */
  readonly undoSeconds: number
  /** Links to requests that people post are shown with where the request stands. */
  readonly unfurlLinks: boolean
  readonly desk: Desk
  readonly timezone: string
  readonly digestAt: { readonly hour: number; readonly minute: number }
  /** When the weekly report is posted, 1 is Monday; left out: never. */
  readonly reportAt?: { readonly weekday: number; readonly hour: number; readonly minute: number }
  /** 1 is Monday; `lessHolidays`: not on federal holidays. */
  readonly digestDays: { readonly weekdays: readonly number[]; readonly lessHolidays: boolean }
  readonly databaseUrl: string
  readonly port: number
  /** Absent: everything is asked directly. */
  readonly proxy?: ProxySettings
  readonly logLevel: Environment['LOG_LEVEL']
  readonly retentionDays: number
  /** All that no log may hold. */
  readonly secrets: readonly string[]
  /** What is lacking though the bot can start, and variables that it does not know: to be logged at start. */
  readonly warnings: readonly string[]
}

/** A role that the environment has a variable for. */
export type ConfiguredRole = 'support-engineer' | 'support-manager' | 'privacy' | 'field-security'

/** The settings of Slack: the app's tokens, the channels and who holds which role. */
export interface SlackConfig {
  readonly botToken: string
  /** Absent only in Socket Mode. */
  readonly signingSecret?: string
  /** Socket Mode when set. */
  readonly appToken?: string
  /** Ends in a slash, as the Web API client expects it. */
  readonly apiUrl: string
  /** Names without "#", or ids. */
  readonly privacyChannel: string
  readonly securityChannel: string
}

/** The settings of GitLab: where it is, the tokens, the projects and the poll. */
export interface GitLabConfig {
  /** Without a slash at its end. */
  readonly url: string
  readonly token: string
  readonly project: number | string
  readonly adminToken?: string
  readonly webhookSecret?: string
  readonly pollSeconds: number
  readonly trustSafetyProject?: number | string
}

/** The credentials of Zendesk: an API token, which Zendesk switches off on 30 April 2027, or an OAuth client. */
export type ZendeskCredentials =
  | { readonly email: string; readonly token: string }
  | { readonly clientId: string; readonly clientSecret: string }

/** The settings of Zendesk, of which the security desk has need. */
export type ZendeskConfig = ZendeskCredentials & {
  /** Without a slash at its end. */
  readonly url: string
  readonly webhookSecret?: string
  readonly query: string
  /** The address that the query asks for: mails to it that Zendesk holds back are counted. */
  readonly recipient?: string
  readonly pollSeconds: number
  /** A string: Zendesk's ids may go beyond what a number holds. */
  readonly supportGroup?: string
}

/** The error that keeps the bot from starting: every problem by variable or path, never a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  /** `hints` are no problems, but may be the cause of one: they stand at the end of the message alone. */
  constructor(problems: readonly string[], hints: readonly string[] = []) {
    const lines = [...problems, ...hints].map((line) => `- ${line}`)
    super(`The configuration can't be used:\n${lines.join('\n')}`)
    this.problems = problems
  }
}

/** Reads the environment beside config/desk.yaml. Throws `ConfigError` with all problems of both. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>, desk: DeskReading): Config {
  const set = variablesSet(env)
  const environment = Environment.safeParse(set)
  const unknown = misspeltIn(env).map(misspeltText)
  const problems = [
    ...(environment.error?.issues ?? []).map(({ path, message }) => `${String(path[0])} ${message}`),
    ...problemsBetween(set),
    ...('problems' in desk ? desk.problems : []),
  ]
  if (!environment.success || 'problems' in desk || problems.length > 0)
    throw new ConfigError(problems, unknown)
  return configOf(environment.data, desk.desk, unknown)
}

function configOf(env: Environment, desk: Desk, unknown: readonly string[]): Config {
  const zendesk = zendeskOf(env)
  return {
    slack: slackOf(env),
    gitlab: gitlabOf(env),
    ...(zendesk && { zendesk }),
    roles: {
      'support-engineer': env.SUPPORT_ENGINEERS,
      'support-manager': env.SUPPORT_MANAGERS,
      privacy: env.PRIVACY_TEAM,
      'field-security': env.FIELD_SECURITY,
    },
    unfurlLinks: env.UNFURL_LINKS,
    requirePrivacyApproval: env.REQUIRE_PRIVACY_APPROVAL,
    undoSeconds: env.UNDO_SECONDS,
    desk,
    timezone: env.TIMEZONE,
    digestAt: env.DIGEST_AT,
    ...(env.REPORT_AT && { reportAt: env.REPORT_AT }),
    digestDays: env.DIGEST_DAYS,
    databaseUrl: env.DATABASE_URL,
    port: env.PORT,
    ...proxyOf(env),
    logLevel: env.LOG_LEVEL,
    retentionDays: env.RETENTION_DAYS,
    secrets: secretsOf(env),
    warnings: [...lacking(env), ...unknown],
  }
}

function slackOf(env: Environment): SlackConfig {
  return {
    botToken: env.SLACK_BOT_TOKEN,
    ...(env.SLACK_SIGNING_SECRET !== undefined && { signingSecret: env.SLACK_SIGNING_SECRET }),
    ...(env.SLACK_APP_TOKEN !== undefined && { appToken: env.SLACK_APP_TOKEN }),
    apiUrl: `${env.SLACK_API_URL}/`,
    privacyChannel: env.PRIVACY_CHANNEL,
    securityChannel: env.SECURITY_CHANNEL,
  }
}

function gitlabOf(env: Environment): GitLabConfig {
  return {
    url: env.GITLAB_URL,
    token: env.GITLAB_TOKEN,
    project: env.GITLAB_PROJECT,
    ...(env.GITLAB_ADMIN_TOKEN !== undefined && { adminToken: env.GITLAB_ADMIN_TOKEN }),
    ...(env.GITLAB_WEBHOOK_SECRET !== undefined && { webhookSecret: env.GITLAB_WEBHOOK_SECRET }),
    pollSeconds: env.GITLAB_POLL_SECONDS,
    ...(env.GITLAB_TRUST_SAFETY_PROJECT !== undefined && {
      trustSafetyProject: env.GITLAB_TRUST_SAFETY_PROJECT,
    }),
  }
}

function zendeskOf(env: Environment): ZendeskConfig | undefined {
  const { ZENDESK_URL: url } = env
  const credentials = zendeskCredentials(env)
  if (url === undefined || credentials === undefined) return undefined
  const recipient = recipientIn(env.ZENDESK_QUERY)
  return {
    url,
    ...credentials,
    ...(env.ZENDESK_WEBHOOK_SECRET !== undefined && { webhookSecret: env.ZENDESK_WEBHOOK_SECRET }),
    query: env.ZENDESK_QUERY,
    ...(recipient !== undefined && { recipient }),
    pollSeconds: env.ZENDESK_POLL_SECONDS,
    ...(env.ZENDESK_SUPPORT_GROUP !== undefined && { supportGroup: env.ZENDESK_SUPPORT_GROUP }),
  }
}

function zendeskCredentials(env: Environment): ZendeskCredentials | undefined {
  const { ZENDESK_CLIENT_ID: clientId, ZENDESK_CLIENT_SECRET: clientSecret } = env
  const { ZENDESK_EMAIL: email, ZENDESK_TOKEN: token } = env
  if (clientId !== undefined && clientSecret !== undefined) return { clientId, clientSecret }
  return email === undefined || token === undefined ? undefined : { email, token }
}

function proxyOf({ HTTPS_PROXY: https, HTTP_PROXY: http, NO_PROXY: no }: Environment): Pick<Config, 'proxy'> {
  if (https === undefined && http === undefined) return {}
  return {
    proxy: {
      ...(https !== undefined && { https }),
      ...(http !== undefined && { http }),
      ...(no !== undefined && { no }),
    },
  }
}

function recipientIn(query: string): string | undefined {
  return /(?:^|\s)recipient:"?([^\s"]+@[^\s"]+)/i.exec(query)?.[1]
}

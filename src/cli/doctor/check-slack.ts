import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { Config } from '../../config/config.ts'
import { ask, type Fetch, parse } from '../../services/ask.ts'
import type { Channel } from '../../services/slack/answers.ts'
import { connectSlack, type SlackClient } from '../../services/slack/client.ts'
import { checkRoles } from './check-roles.ts'
import { type Finding, look, ok, problem, warn } from './finding.ts'

/** The scopes that manifest.yml asks for. */
export const scopes = [
  'chat:write',
  'commands',
  'usergroups:read',
  'users:read',
  'channels:read',
  'groups:read',
  'files:write',
] as const
/** Those without which the bot works, and what is lacking then. */
const optionalScopes: Readonly<Record<string, string>> = {
  'files:write': 'charts come as text where the workspace draws none itself',
}
/** Those that UNFURL_LINKS needs beside them. */
const linkScopes = ['links:read', 'links:write'] as const

/** Checks the token with its scopes, the channels and the roles in Slack. */
export async function checkSlack(
  config: Config,
  fetch: Fetch,
  { sleep }: Pick<Clock, 'sleep'>,
): Promise<readonly Finding[]> {
  const { slack } = config
  const client = connectSlack({ token: slack.botToken, apiUrl: slack.apiUrl, fetch, sleep })
  const account = await look('Slack', 'check SLACK_BOT_TOKEN and SLACK_API_URL', () => checkAccount(client))
  if (account.some(({ verdict }) => verdict === 'problem')) return account
  const mend = 'see that Slack answers and that the app has its scopes, then try again'
  const channels = [slack.privacyChannel, ...(config.zendesk === undefined ? [] : [slack.securityChannel])]
  return [
    ...account,
    ...(await look('Slack scopes', mend, () => checkScopes(config, fetch))),
    ...(await look('Slack Socket Mode', 'check SLACK_APP_TOKEN', () => checkSocketMode(slack, fetch))),
    ...(await look(channels.map((name) => `Slack channel ${name}`).join(', '), mend, () =>
      checkChannels(client, channels),
    )),
    ...(await look('Slack roles', mend, () => checkRoles(config, client))),
  ]
}

async function checkAccount(client: SlackClient): Promise<readonly Finding[]> {
  const { url, userId } = await client.whoAmI()
  return [ok(`Slack: signed in as ${userId} in ${url}`)]
}

/** Slack gives a token's scopes in a header: https://docs.slack.dev/authentication/installing-with-oauth */
async function checkScopes(
  { slack, unfurlLinks }: Pick<Config, 'slack' | 'unfurlLinks'>,
  fetch: Fetch,
): Promise<readonly Finding[]> {
  const { headers } = await post(slack.apiUrl, 'auth.test', slack.botToken, fetch)
  const granted = headers['x-oauth-scopes']?.split(',').map((scope) => scope.trim())
  if (granted === undefined)
    return [warn('Slack scopes: Slack does not say', 'compare them with manifest.yml')]
  const wanted: readonly string[] = [...scopes, ...(unfurlLinks ? linkScopes : [])]
  const absent = wanted.filter((scope) => !granted.includes(scope))
  if (absent.length === 0) return [ok('Slack scopes: all are granted')]
  const mend = 'add them under OAuth & Permissions and install the app again'
  const mendOne = 'add it under OAuth & Permissions and install the app again'
  const needed = absent.filter((scope) => optionalScopes[scope] === undefined)
  return [
    ...(needed.length > 0 ? [problem(`Slack scopes that are not granted: ${needed.join(', ')}`, mend)] : []),
    ...absent.flatMap((scope) => {
      const lacking = optionalScopes[scope]
      return lacking === undefined ? [] : [warn(`Slack scope ${scope} is not granted: ${lacking}`, mendOne)]
    }),
  ]
}

async function checkSocketMode(slack: Config['slack'], fetch: Fetch): Promise<readonly Finding[]> {
  if (slack.appToken === undefined) return []
  const { body } = await post(slack.apiUrl, 'apps.connections.open', slack.appToken, fetch)
  const answer = parse(z.object({ ok: z.boolean(), error: z.string().optional() }), body, {
    service: 'slack',
    method: 'GET',
    what: 'apps.connections.open',
  })
  if (answer.ok) return [ok('Slack Socket Mode: a connection can be opened')]
  const mend = 'switch Socket Mode on and make an app-level token with the scope connections:write'
  return [problem(`Slack Socket Mode: ${answer.error ?? 'refused'}`, mend)]
}

/** In one pass, as the start does it. */
async function checkChannels(client: SlackClient, names: readonly string[]): Promise<readonly Finding[]> {
  const found = await client.channels(names)
  return names.flatMap((name, index) => checkChannel(name, found[index]))
}

function checkChannel(name: string, channel: Channel | undefined): readonly Finding[] {
  const what = `Slack channel ${name}`
  const invite = 'invite the bot there: /invite @ and its name'
  if (channel === undefined) {
    return [
      problem(`${what}: not there, or private and the bot is no member`, `check its name, or ${invite}`),
    ]
  }
  if (channel.isArchived) return [problem(`${what}: archived`, 'unarchive it, or name another')]
  if (!channel.isMember) return [problem(`${what}: the bot is no member`, invite)]
  if (channel.isShared) {
    return [warn(`${what}: shared with another organization`, 'take one that only your own people see')]
  }
  if (!channel.isPrivate) return [warn(`${what}: public in your workspace`, 'make it private')]
  return [ok(`${what}: private, and the bot is a member`)]
}

function post(apiUrl: string, method: string, token: string, fetch: Fetch) {
  return ask(
    { service: 'slack', fetch, timeoutMs: 10_000 },
    { method: 'POST', url: new URL(method, apiUrl), headers: { authorization: `Bearer ${token}` } },
  )
}

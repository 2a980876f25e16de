// Every environment variable, its default and its rules.
import { z } from 'zod'
import { isEmail } from '../form/form-values.ts'
import {
  channel,
  databaseUrl,
  gitlabWebhookSecret,
  groupId,
  integer,
  mode,
  oneOf,
  project,
  proxyUrl,
  type RoleMembers,
  roleMembers,
  secret,
  serviceUrl,
  timeOfDay,
  timeZone,
  token,
  trueOrFalse,
  weekdays,
  weekly,
} from './variables.ts'

const defaultChannels = { privacy: 'privacy-team_help', security: 'field-security' } as const

/** The variables by name, in the order of .env.example; a variable that is empty counts as not set. */
export const Environment = z.object({
  SLACK_BOT_TOKEN: token('xoxb-', 'a bot token'),
  SLACK_SIGNING_SECRET: secret.optional(),
  SLACK_APP_TOKEN: token('xapp-', 'an app-level token').optional(),
  SLACK_API_URL: serviceUrl.prefault('https://slack.com/api'),
  PRIVACY_CHANNEL: channel.prefault(defaultChannels.privacy),
  SECURITY_CHANNEL: channel.prefault(defaultChannels.security),
  UNFURL_LINKS: trueOrFalse.prefault('false'),
  SUPPORT_ENGINEERS: roleMembers.prefault(''),
  SUPPORT_MANAGERS: roleMembers.prefault(''),
  PRIVACY_TEAM: roleMembers.prefault(''),
  FIELD_SECURITY: roleMembers.prefault(''),
  REQUIRE_PRIVACY_APPROVAL: trueOrFalse.prefault('false'),
  GITLAB_URL: serviceUrl.prefault('https://gitlab.com'),
  GITLAB_TOKEN: token('', 'one token without spaces'),
  GITLAB_PROJECT: project,
  GITLAB_ADMIN_TOKEN: token('', 'one token without spaces').optional(),
  GITLAB_WEBHOOK_SECRET: gitlabWebhookSecret.optional(),
  GITLAB_POLL_SECONDS: integer(1, 3600).prefault('60'),
  GITLAB_TRUST_SAFETY_PROJECT: project.optional(),
  ZENDESK_URL: serviceUrl.optional(),
  ZENDESK_CLIENT_ID: token('', 'one identifier without spaces').optional(),
  ZENDESK_CLIENT_SECRET: secret.optional(),
  ZENDESK_EMAIL: z.string().refine(isEmail, 'must be an e-mail address').optional(),
  ZENDESK_TOKEN: token('', 'one token without spaces').optional(),
  ZENDESK_WEBHOOK_SECRET: secret.optional(),
  ZENDESK_QUERY: z.string().prefault('type:ticket recipient:security@gitlab.com status<solved'),
  ZENDESK_POLL_SECONDS: integer(1, 3600).prefault('60'),
  ZENDESK_SUPPORT_GROUP: groupId.optional(),
  DATABASE_URL: databaseUrl.prefault('file:data/privacy-desk.db'),
  TIMEZONE: timeZone.prefault('UTC'),
  DIGEST_AT: timeOfDay.prefault('09:00'),
  DIGEST_DAYS: weekdays.prefault('Mon-Sun'),
  PORT: integer(0, 65535).prefault('3000'),
  LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent').prefault('info'),
  UNDO_SECONDS: integer(0, 3600).prefault('0'),
  REPORT_AT: weekly.prefault('Mon 09:00'),
  MODE: mode.prefault('live'),
  RETENTION_DAYS: integer(1, 3650).prefault('90'),
  HTTPS_PROXY: proxyUrl.optional(),
  HTTP_PROXY: proxyUrl.optional(),
  NO_PROXY: z.string().optional(),
})

/** The values of the variables, parsed and with their defaults. */
export type Environment = z.infer<typeof Environment>
/** The name of a variable that the bot knows. */
export type VariableName = keyof Environment
/** The variables that are set, trimmed. */
export type SetVariables = Readonly<Partial<Record<VariableName, string>>>

/** The names of all variables, in the order of .env.example. */
export const variableNames = Object.keys(Environment.shape) as readonly VariableName[]

/** By their names, so that none is left out: no two of them may be the same, and no log holds one. */
const secretNames = variableNames.filter((name) => /(?:TOKEN|SECRET|PASSWORD|KEY)$/.test(name))

/** Returns all that no log may hold: the secrets that are set, and the passwords of the proxies and of the database. */
export function secretsOf(env: Environment): readonly string[] {
  const addresses = [env.HTTPS_PROXY, env.HTTP_PROXY, env.DATABASE_URL]
  // In an address a password may be written otherwise than it is.
  const passwords = addresses.flatMap((url) =>
    url !== undefined && URL.canParse(url) ? bothWaysOf(new URL(url).password) : [],
  )
  return [...secretNames.map((name) => env[name]), ...passwords].filter(
    (secret): secret is string => typeof secret === 'string' && secret !== '',
  )
}

function bothWaysOf(password: string): readonly string[] {
  try {
    return [...new Set([password, decodeURIComponent(password)])]
  } catch {
    return [password]
  }
}

/** Reads the variables without empty values (REPORT_AT's empty means off) and without the white space around them. */
export function variablesSet(env: Readonly<Record<string, string | undefined>>): SetVariables {
  return Object.fromEntries(
    variableNames.flatMap((name) => {
      const value = valueIn(env, name)?.trim()
      return value === undefined || (value === '' && name !== 'REPORT_AT') ? [] : [[name, value]]
    }),
  )
}

/** The variables of proxies are written in small letters, too, and count as such where both are set, as in curl. */
function valueIn(env: Readonly<Record<string, string | undefined>>, name: VariableName): string | undefined {
  return (name.endsWith('_PROXY') ? env[name.toLowerCase()] : undefined) ?? env[name]
}

/** Finds problems between variables that are right each alone. */
export function problemsBetween(set: SetVariables): readonly string[] {
  const problems: string[] = []
  if (set.SLACK_SIGNING_SECRET === undefined && set.SLACK_APP_TOKEN === undefined) {
    problems.push('SLACK_SIGNING_SECRET is missing (or SLACK_APP_TOKEN, for Socket Mode)')
  }
  const because = wantsZendesk.find((name) => set[name] !== undefined)
  if (because !== undefined) problems.push(...problemsOfZendesk(set, because))
  if (because !== undefined && sameChannel(set))
    problems.push('SECURITY_CHANNEL is the same as PRIVACY_CHANNEL: tickets are for Field Security only')
  secretNames.forEach((name, index) => {
    const same = secretNames
      .slice(0, index)
      .find((other) => set[other] !== undefined && set[other] === set[name])
    if (same !== undefined) problems.push(`${name} is the same as ${same}: each needs a secret of its own`)
  })
  return problems
}

const oauthClient = ['ZENDESK_CLIENT_ID', 'ZENDESK_CLIENT_SECRET'] as const
const apiToken = ['ZENDESK_EMAIL', 'ZENDESK_TOKEN'] as const
const wantsZendesk = [
  ...(['ZENDESK_URL', ...oauthClient, ...apiToken] as const),
  ...(['ZENDESK_WEBHOOK_SECRET', 'ZENDESK_SUPPORT_GROUP'] as const),
] as const

/** Its address, and one whole way to sign in, not two. */
function problemsOfZendesk(set: SetVariables, because: VariableName): readonly string[] {
  const isSet = (name: VariableName) => set[name] !== undefined
  const url = isSet('ZENDESK_URL') ? [] : [`ZENDESK_URL is missing, though ${because} is set`]
  const [ofClient, ofToken] = [oauthClient.filter(isSet), apiToken.filter(isSet)]
  if (ofClient.length > 0 && ofToken.length > 0) {
    const both = `${ofClient.join(' and ')} set beside ${ofToken.join(' and ')}`
    return [
      ...url,
      `Zendesk has two ways to sign in, ${both}: keep the OAuth client, leave out the API token`,
    ]
  }
  const [begun] = [...ofClient, ...ofToken]
  const wanted = ofToken.length > 0 ? apiToken : oauthClient
  return [
    ...url,
    ...wanted
      .filter((name) => !isSet(name))
      .map((name) => `${name} is missing, though ${begun ?? because} is set`),
  ]
}

function sameChannel({ PRIVACY_CHANNEL, SECURITY_CHANNEL }: SetVariables): boolean {
  const bare = (name: string) => name.replace(/^#/, '')
  return (
    bare(PRIVACY_CHANNEL ?? defaultChannels.privacy) === bare(SECURITY_CHANNEL ?? defaultChannels.security)
  )
}

/** Finds variables that are not set though something is lacking without them; one sentence each. */
export function lacking({ ZENDESK_URL, FIELD_SECURITY }: Environment): readonly string[] {
  return ZENDESK_URL === undefined || isHeld(FIELD_SECURITY)
    ? []
    : ['FIELD_SECURITY is not set: nobody can decide on security tickets.']
}

function isHeld({ groups, handles, users }: RoleMembers): boolean {
  return groups.length + handles.length + users.length > 0
}

// The kinds of environment variables. A message says what is right; it never holds the value that is wrong.
import { z } from 'zod'

/** The members of a role, sorted by how they are named. */
export interface RoleMembers {
  /** Slack user group ids, `S…`. */
  readonly groups: readonly string[]
  /** User group handles without their `@`. */
  readonly handles: readonly string[]
  /** Slack user ids, `U…` (`W…` in Enterprise Grid). */
  readonly users: readonly string[]
}

const required = () => z.string({ error: 'is missing' })

const shortestSecret = 16
/** Printed for everybody to read, so secrets to nobody: taken over from an example, they would let everybody in. */
const published: Readonly<Record<string, string>> = {
  'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==':
    "is Zendesk's published test secret: take the webhook's own",
  // https://docs.slack.dev/authentication/verifying-requests-from-slack
  '8f742231b10e8888abcd99yyyzzz85a5': "is the example of Slack's documentation: take the app's own",
  // https://github.com/standard-webhooks/standard-webhooks, whose signatures GitLab's signing tokens make
  whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw: "is the example of the Standard Webhooks: take the webhook's own",
}

/** The schema of a required token that begins with this prefix. */
export const token = (prefix: string, what: string) =>
  required().refine(
    (value) => value.startsWith(prefix) && value.length > prefix.length && !/\s/.test(value),
    `must be ${what}${prefix === '' ? '' : `, which begins with ${prefix}`}`,
  )

/** The schema of a required secret: at least 16 characters, and none that is published as an example. */
export const secret = required()
  .min(shortestSecret, `must have at least ${shortestSecret} characters`)
  .superRefine(refusePublished)

/** The schema of a GitLab webhook's secret: a secret token, or a signing token (`whsec_` and a key in base64). */
export const gitlabWebhookSecret = required().superRefine((value, context) => {
  refusePublished(value, context)
  const isSigningToken = value.startsWith('whsec_')
  if (isSigningToken && signingKey(value.slice('whsec_'.length)) === undefined)
    context.addIssue('begins with whsec_, but what follows is not base64 of 24 to 64 bytes')
  if (!isSigningToken && value.length < shortestSecret)
    context.addIssue(`must have at least ${shortestSecret} characters`)
})

/** The schema of a service's URL; the slash at its end is dropped. */
export const serviceUrl = required()
  .refine(isServiceUrl, 'must be an http or https URL without credentials, query or fragment')
  .transform((url) => url.replace(/\/+$/, ''))

/**
 * The schema of a proxy's URL. Without a scheme it is taken as with `http://`; a name and a password may stand in it.
 */
export const proxyUrl = z
  .string()
  .transform((value) => (/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`))
  .refine(
    (value) =>
      URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) && new URL(value).hostname !== '',
    'must be the http or https URL of a proxy',
  )

/** The schema of a GitLab project; an id becomes a number, a full path stays text. */
export const project = required()
  .refine(isProject, 'must be a project id or a full path such as group/project')
  .transform((value) => (/^\d+$/.test(value) ? Number(value) : value))

/** The schema of a Slack channel: its name, with or without `#`, or its id. */
export const channel = z
  .string()
  .transform((value) => value.replace(/^#/, ''))
  .refine(
    (value) => /^(?:[CG][A-Z0-9]{2,20}|[\p{Ll}\p{Lo}\p{M}\p{N}_-]{1,80})$/u.test(value),
    'must be the name or the id of a Slack channel',
  )

/** The schema of a whole number from `least` to `most`. */
export const integer = (least: number, most: number) =>
  z
    .string()
    .transform((value) => (/^\d{1,9}$/.test(value) ? Number(value) : -1))
    .refine((value) => value >= least && value <= most, `must be a whole number from ${least} to ${most}`)

/** The schema of one of these words. */
export const oneOf = <const Value extends string>(...values: readonly Value[]) =>
  z.enum(values, { error: `must be ${listed(values)}` })

/** The schema of a switch, `true` or `false`. */
export const trueOrFalse = oneOf('true', 'false').transform((value) => value === 'true')

/** The schema of an IANA time zone. */
export const timeZone = z.string().refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin')

/** The schema of a time of day, `09:00`, as hour and minute. */
export const timeOfDay = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 09:00')
  .transform((value) => ({ hour: Number(value.slice(0, 2)), minute: Number(value.slice(3)) }))

const dayNames: readonly string[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const [aDay, days] = [`(?:${dayNames.join('|')})`, 'such as Mon-Fri, or Mon,Wed,Fri, or business-days']

/**
 * The schema of days of the week: `Mon-Fri`, `Mon,Wed,Fri`, or `business-days`, which are Monday to Friday less the US
 * federal holidays and the team's further days off. Days are numbered from 1, Monday.
 */
export const weekdays = z
  .string()
  .regex(
    new RegExp(`^(?:business-days|${aDay}(?:-${aDay})?(?:, ?${aDay}(?:-${aDay})?)*)$`),
    `must be days ${days}`,
  )
  .transform((value) => ({
    weekdays:
      value === 'business-days' ? [1, 2, 3, 4, 5] : [...new Set(value.split(/, ?/).flatMap(daysIn))].sort(),
    lessHolidays: value === 'business-days',
  }))

/** Over the end of the week, too: `Sat-Mon`. */
function daysIn(range: string): readonly number[] {
  const [from = '', to = from] = range.split('-')
  const numbers = [from, to].map((name) => dayNames.indexOf(name))
  const [first = 0, last = 0] = numbers
  return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, index) => ((first + index) % 7) + 1)
}

/** The schema of a day of the week with a time, `Mon 09:00`; 1 is Monday, and empty means off. */
export const weekly = z
  .string()
  .regex(
    /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:[01]\d|2[0-3]):[0-5]\d)?$/,
    'must be a day and a time such as "Mon 09:00", or empty',
  )
  .transform((value) => {
    const [day = '', time = ''] = value.split(' ')
    if (day === '') return undefined
    const [hour = 0, minute = 0] = time.split(':').map(Number)
    return { weekday: dayNames.indexOf(day) + 1, hour, minute }
  })

/** The schema of a Zendesk group's number, kept as text. */
export const groupId = z.string().regex(/^\d{1,20}$/, 'must be the number of a Zendesk group')

/** The schema of the database: a SQLite file as `file:PATH`, `:memory:`, or PostgreSQL as `postgres://…`. */
export const databaseUrl = z.string().superRefine((value, context) => {
  if (/^postgres(?:ql)?:/i.test(value)) {
    if (!namesPostgres(value))
      context.addIssue('must name a PostgreSQL database as postgres://USER:PASSWORD@HOST:PORT/DATABASE')
  } else if (!/^file:./.test(value) && value !== ':memory:') {
    context.addIssue('must be a SQLite file such as file:data/privacy-desk.db, or begin with postgres://')
  }
})

/** What cannot be read as a URL, a password with a slash in it for instance, would be taken for something else. */
function namesPostgres(value: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(value) && URL.canParse(value) && new URL(value).pathname.length > 1
}

/** The schema of the mode. `live` is the only one of this version; planned ones get their own refusal. */
export const mode = z.string().superRefine((value, context) => {
  if (value === 'dry-run' || value === 'shadow')
    context.addIssue('asks for a mode that is not available in this version')
  else if (value !== 'live') context.addIssue('must be live')
})

/** The schema of a role's members: user group ids, `@handles` and user ids, between commas. */
export const roleMembers = z.string().transform((value, context): RoleMembers => {
  const members = value.split(',').map((member) => member.trim())
  members.forEach((member, index) => {
    if (member === '' || Object.values(memberKinds).some((kind) => kind.test(member))) return
    const message = `has an entry (number ${index + 1}) that is no user group id (S…), handle (@…) or user id (U…)`
    context.issues.push({ code: 'custom', message, input: undefined })
  })
  return {
    groups: members.filter((member) => memberKinds.group.test(member)),
    handles: members.filter((member) => memberKinds.handle.test(member)).map((handle) => handle.slice(1)),
    users: members.filter((member) => memberKinds.user.test(member)),
  }
})

const memberKinds = {
  group: /^S[A-Z0-9]{2,20}$/,
  handle: /^@[\p{Ll}\p{Lo}\p{N}._-]{1,80}$/u,
  user: /^[UW][A-Z0-9]{2,20}$/,
}

/** Tells whether a text is a GitLab project's id or full path. */
export function isProject(value: string): boolean {
  return /^[1-9]\d{0,14}$/.test(value) || /^[\w.][\w.-]*(?:\/[\w.][\w.-]*)+$/.test(value)
}

/** Tells whether a text is an http or https URL without credentials, query or fragment. */
export function isServiceUrl(value: string): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) return false
  return url.username === '' && url.password === '' && !/[?#\s]/.test(value)
}

function isTimeZone(value: string): boolean {
  try {
    // Intl also takes offsets such as +02:00, which know no daylight saving time.
    return /^[A-Za-z]/.test(value) && new Intl.DateTimeFormat('en', { timeZone: value }) !== undefined
  } catch {
    return false
  }
}

function signingKey(base64: string): Uint8Array | undefined {
  const key = Buffer.from(base64, 'base64')
  const same = key.toString('base64').replace(/=+$/, '') === base64.replace(/=+$/, '')
  return same && key.length >= 24 && key.length <= 64 ? key : undefined
}

function refusePublished(value: string, context: { addIssue(message: string): void }): void {
  const problem = Object.hasOwn(published, value) ? published[value] : undefined
  if (problem !== undefined) context.addIssue(problem)
}

function listed(values: readonly string[]): string {
  return `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`
}

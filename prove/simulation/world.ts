/** One simulated world: a seed, the services, the network between, and the bot in the middle. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import {
  adminToken,
  botToken,
  LocalGitLab,
  serviceDeskProject,
  trustSafetyProject,
} from '../../sandbox/gitlab/gitlab.ts'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import { slackInProcess } from '../../sandbox/slack/slack.ts'
import type { Message } from '../../sandbox/slack/workspace.ts'
import { LocalZendesk, supportGroupId, zendeskEmail, zendeskToken } from '../../sandbox/zendesk/zendesk.ts'
import { loadConfig } from '../../src/config/config.ts'
import { Bot } from './bot.ts'
import { Deliveries } from './deliveries.ts'
import { Faults } from './faults.ts'
import { FieldSecurity } from './field-security.ts'
import { History } from './history.ts'
import { Network } from './network.ts'
import { type Prng, prngOf } from './prng.ts'
import type { Requester } from './texts.ts'
import { VirtualTime } from './virtual-time.ts'

export type World = ReturnType<typeof makeWorld>

/** In memory where the system has one: no power fails here, and writes need not wait for a disk. */
const disk = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

const slackOrigin = 'http://slack.simulation'
const gitlabOrigin = 'http://gitlab.simulation'
const zendeskOrigin = 'http://zendesk.simulation'
const botOrigin = 'http://bot.simulation'
const secret = 'the-webhook-secret-of-the-simulation'
const zendeskSecret = 'the-zendesk-secret-of-the-simulation'
const signingToken = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

/** Those of config/desk.yaml but one, whose project is gone. */
const expertTeams = [
  { name: 'Application Security', project: 'gitlab-com/gl-security/product-security/appsec/appsec-team' },
  { name: 'Abuse', project: 'gitlab-com/gl-security/security-operations/trust-and-safety/operations' },
  {
    name: 'Security Compliance',
    project: 'gitlab-com/gl-security/security-assurance/security-compliance-commercial-and-dedicated/team',
  },
] as const

/** Near what clocks stumble over: both changes of summer time, a leap day, the turn of a year. */
const beginnings = [
  '2026-03-01T10:00:00.000Z',
  '2026-03-07T21:30:00.000Z',
  '2026-03-28T23:10:00.000Z',
  '2026-10-24T22:50:00.000Z',
  '2026-12-30T18:00:00.000Z',
  '2028-02-27T23:58:00.000Z',
]

export function makeWorld(seed: number) {
  const prng = prngOf(seed)
  const time = new VirtualTime(prng.pick(beginnings))
  const history = new History(time.now)
  const faults = new Faults(prng.fork('faults'), history)
  const folder = mkdtempSync(join(disk, 'privacy-desk-simulation-'))
  const slackIds = prng.fork('slack')
  const slack = slackInProcess({
    now: time.now,
    origin: slackOrigin,
    randomHex: (bytes) => slackIds.hex(bytes),
  })
  const gitlab = new LocalGitLab({
    now: time.now,
    origin: gitlabOrigin,
    fetch: (input, init) => deliveries.fromGitLab(input, init),
  })
  const zendesk = new LocalZendesk({
    now: time.now,
    origin: zendeskOrigin,
    fetch: (input, init) => deliveries.fromZendesk(input, init),
  })
  for (const team of expertTeams) gitlab.addExpertTeam(team)
  const services = {
    [slackOrigin]: { service: 'slack', fake: slack.fake },
    [gitlabOrigin]: { service: 'gitlab', fake: gitlab.fake },
    [zendeskOrigin]: { service: 'zendesk', fake: zendesk.fake },
  } as const
  const network = new Network({ time, prng: prng.fork('network'), faults, history, services })
  const environment = environmentOf(prng.fork('environment'))
  const deskYaml = readFileSync(new URL('../../config/desk.yaml', import.meta.url), 'utf8')
  const errors: string[] = []
  const bot = new Bot({
    time,
    prng: prng.fork('bot'),
    history,
    network,
    folder,
    configFor: (file) => loadConfig({ ...environment, DATABASE_URL: `file:${file}` }, deskYaml),
    log: pino({ level: 'warn', timestamp: false }, { write: (line: string) => void errors.push(line) }),
  })
  mkdirSync(join(folder, 'life-0'))
  // Slack Connect may bring somebody of another organisation into the channel.
  if (prng.chance(0.3)) slack.join('privacy-team_help', PEOPLE.stranger.id)
  const deliveries = new Deliveries({ time, prng: prng.fork('deliveries'), faults, history, bot })
  slack.app = {
    url: `${botOrigin}/slack/events`,
    signingSecret: slack.signingSecret,
    fetch: deliveries.fromSlack,
  }
  gitlab.webhook = {
    url: `${botOrigin}/webhooks/gitlab`,
    ...(environment.GITLAB_WEBHOOK_SECRET === secret ? { secret } : { signingToken }),
  }
  zendesk.webhook = { url: `${botOrigin}/webhooks/zendesk`, secret: zendeskSecret }
  const messagesIn = (channel: string, words: RegExp): Message[] =>
    slack.messages(slack.space.channel(channel)?.id ?? '').filter(({ text }) => words.test(text))

  return {
    seed,
    prng: prng.fork('people') as Prng,
    time,
    history,
    faults,
    slack,
    gitlab,
    zendesk,
    fieldSecurity: new FieldSecurity(slack, time, history),
    network,
    bot,
    deliveries,
    environment,
    folder,
    errors,
    /** By issue number. */
    requesters: new Map<number, Requester>(),
    /** What requesters wrote besides: as secret as who they are. */
    secrets: new Set<string>(),
    /** When requesters wrote, in milliseconds since the run began. */
    replies: [] as { readonly iid: number; readonly at: number }[],
    /** Of tickets: what is in Zendesk stays there, and in the modals of whoever may read it. */
    ticketSecrets: new Set<string>(),
    /** Cards as they once were: people act on what their screen still shows. */
    oldCards: [] as Message[],
    oldTicketCards: [] as Message[],
    cards: () => messagesIn('privacy-team_help', /^#\d+ /),
    ticketCards: () => messagesIn('field-security', /^Security ticket \d+/),
    /** The lists of the distribution days. */
    batches: () => messagesIn('field-security', /^Compliance reports of /),
    end: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function environmentOf(prng: Prng) {
  const isSet = <T extends object>(probability: number, variables: T) =>
    prng.chance(probability) ? variables : {}
  return {
    SLACK_BOT_TOKEN: 'xoxb-sandbox-bot-token',
    SLACK_SIGNING_SECRET: 'sandbox-signing-secret',
    SLACK_API_URL: `${slackOrigin}/api/`,
    SUPPORT_ENGINEERS: '@support-engineers',
    SUPPORT_MANAGERS: '@support-managers',
    PRIVACY_TEAM: '@privacy-team',
    FIELD_SECURITY: '@field-security',
    GITLAB_URL: gitlabOrigin,
    GITLAB_TOKEN: botToken,
    GITLAB_PROJECT: serviceDeskProject,
    GITLAB_WEBHOOK_SECRET: prng.pick([secret, signingToken]),
    GITLAB_POLL_SECONDS: String(prng.pick([5, 20, 60])),
    TIMEZONE: prng.pick(['UTC', 'America/New_York', 'Europe/Berlin', 'Pacific/Auckland', 'Asia/Kolkata']),
    REQUIRE_PRIVACY_APPROVAL: String(prng.chance(0.3)),
    PORT: '0',
    // What is purged can't be checked.
    RETENTION_DAYS: '3650',
    ZENDESK_URL: zendeskOrigin,
    ZENDESK_EMAIL: zendeskEmail,
    ZENDESK_TOKEN: zendeskToken,
    ZENDESK_WEBHOOK_SECRET: zendeskSecret,
    ZENDESK_POLL_SECONDS: String(prng.pick([10, 30, 60])),
    ZENDESK_SUPPORT_GROUP: String(supportGroupId),
    ...isSet(0.8, { GITLAB_ADMIN_TOKEN: adminToken }),
    ...isSet(0.5, { GITLAB_TRUST_SAFETY_PROJECT: trustSafetyProject }),
  }
}

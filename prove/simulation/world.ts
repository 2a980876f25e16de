/** One simulated world: a seed, the services, the network between, and the bot in the middle. */
import { pino } from 'pino'
import { adminToken, trustSafetyProject } from '../../sandbox/gitlab/gitlab.ts'
import { gitlabWebhookSecret, origins } from '../../sandbox/services.ts'
import { GROUPS, PEOPLE } from '../../sandbox/slack/people.ts'
import type { Message } from '../../sandbox/slack/workspace.ts'
import { openWorld } from '../../sandbox/world.ts'
import { nextTurn } from '../../src/clock.ts'
import { learnCountries } from '../../src/form/country.ts'
import { Bot } from './bot.ts'
import { FilesOfLives } from './bot-database.ts'
import { Conditions, rolesByName } from './conditions.ts'
import { Deliveries } from './deliveries.ts'
import { Faults } from './faults.ts'
import { FieldSecurity } from './field-security.ts'
import { History } from './history.ts'
import { Network } from './network.ts'
import { PostgresOfLives } from './postgres-database.ts'
import { type Prng, prngOf } from './prng.ts'
import { type SecondThoughts, undoSecondsFrom } from './second-thoughts.ts'
import type { Requester, Submitted } from './texts.ts'
import { supportManagers } from './two-roles.ts'
import { VirtualTime } from './virtual-time.ts'
import { setUpAccount } from './zendesk-weather.ts'

export type World = Awaited<ReturnType<typeof makeWorld>>

/** One look at the bot: in milliseconds since the run began, and since 1970 by the clocks of the services. */
export interface Look {
  readonly at: number
  readonly ms: number
  readonly isUp: boolean
}

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

/** `databaseUrl`: of an empty PostgreSQL database; files, as SQLite has them, unless given. */
export async function makeWorld(seed: number, databaseUrl?: string) {
  // Else the first start in this process, and the first picture, would take more turns than all others.
  await learnCountries(nextTurn)
  await Promise.all([
    import('../../src/compose/metrics.ts'),
    import('../../src/services/slack/chart-picture.ts'),
    databaseUrl !== undefined && import('../../src/store/postgres/open-postgres.ts'),
  ])
  const prng = prngOf(seed)
  const time = new VirtualTime(prng.pick(beginnings))
  const history = new History(time.now)
  const faults = new Faults(prng.fork('faults'), history, () => time.elapsed)
  const slackIds = prng.fork('slack')
  const plan = prng.fork('plan')
  const hasUserGroups = plan.chance(0.75)
  const secondThoughts: SecondThoughts = { prng: prng.fork('undo'), seen: new Set() }
  const reach = {
    slack: (...given: Parameters<typeof fetch>) => deliveries.fromSlack(...given),
    gitlab: (...given: Parameters<typeof fetch>) => deliveries.fromGitLab(...given),
    zendesk: (...given: Parameters<typeof fetch>) => deliveries.fromZendesk(...given),
  }
  const around = await openWorld({
    ...{ now: time.now, inProcess: true, reach, randomHex: (bytes) => slackIds.hex(bytes) },
    env: {
      ...chosenBy(prng.fork('environment')),
      ...(!hasUserGroups && rolesByName),
      ...undoSecondsFrom(secondThoughts.prng),
    },
  })
  const { slack, gitlab, zendesk, environment, folder } = around
  if (hasUserGroups) slack.setGroupMembers(GROUPS.managers.handle, supportManagers)
  for (const team of expertTeams) gitlab.addExpertTeam(team)
  setUpAccount({ zendesk, prng: prng.fork('zendesk') })
  const services = {
    [origins.slack]: { service: 'slack', fake: slack.fake },
    [origins.gitlab]: { service: 'gitlab', fake: gitlab.fake },
    [origins.zendesk]: { service: 'zendesk', fake: zendesk.fake },
  } as const
  const conditions = new Conditions({
    ...{ services: around.services, time, prng: plan, history, faults, hasUserGroups },
  })
  const network: Network = new Network({
    ...{ time, prng: prng.fork('network'), faults, conditions, history, services },
  })
  const errors: string[] = []
  const database =
    databaseUrl === undefined ? new FilesOfLives(folder) : await PostgresOfLives.open(databaseUrl, time)
  const bot: Bot = new Bot({
    time,
    database,
    prng: prng.fork('bot'),
    history,
    network,
    world: around,
    log: pino({ level: 'warn', timestamp: false }, { write: (line: string) => void errors.push(line) }),
  })
  // Slack Connect may bring somebody of another organisation into the channel.
  if (prng.chance(0.3)) slack.join('privacy-team_help', PEOPLE.stranger.id)
  const deliveries: Deliveries = new Deliveries({
    ...{ time, prng: prng.fork('deliveries'), faults, history, bot, conditions },
  })
  const messagesIn = (channel: string, words: RegExp): Message[] =>
    slack.messages(slack.space.channel(channel)?.id ?? '').filter(({ text }) => words.test(text))

  return {
    seed,
    prng: prng.fork('people') as Prng,
    time,
    history,
    faults,
    conditions,
    secondThoughts,
    slack,
    gitlab,
    zendesk,
    fieldSecurity: new FieldSecurity(slack, time, history, hasUserGroups),
    network,
    bot,
    database,
    deliveries,
    environment,
    folder,
    errors,
    /** By issue number. */
    requesters: new Map<number, Requester>(),
    /** What stood in the form, by issue number. */
    submissions: new Map<number, Submitted>(),
    /** What requesters wrote besides: as secret as who they are. */
    secrets: new Set<string>(),
    /** When requesters wrote, in milliseconds since the run began. */
    replies: [] as { readonly iid: number; readonly at: number; readonly ms: number }[],
    /** Whether the bot was up, and Slack to be reached, each time that somebody did something. */
    looks: [] as Look[],
    /** Of tickets: what is in Zendesk stays there, and in the modals of whoever may read it. */
    ticketSecrets: new Set<string>(),
    /** Cards as they once were: people act on what their screen still shows. */
    oldCards: [] as Message[],
    oldTicketCards: [] as Message[],
    cards: () => messagesIn('privacy-team_help', /^#\d+ /),
    ticketCards: () => messagesIn('field-security', /^Security ticket \d+/),
    /** The lists of the distribution days. */
    batches: () => messagesIn('field-security', /^Reports due /),
    /** The timers, the clock and what a database answers are those of the run from now on; gives the way back. */
    install: () => {
      const back = [time.install(), ...(database instanceof PostgresOfLives ? [database.install()] : [])]
      return () => {
        for (const one of back) one()
      }
    },
    end: async () => {
      network.end()
      await database.end()
      await around.close()
    },
  }
}

/** Whether whoever looks for the bot in Slack finds it, now. */
export function look({ time, bot, faults, conditions, looks }: World): void {
  const { elapsed: at, ms } = time
  const isUp = bot.isReady && ['calm', 'gusty'].includes(faults.weather.name) && conditions.canPost
  looks.push({ at, ms, isUp })
}

function chosenBy(prng: Prng): Readonly<Record<string, string>> {
  const isSet = <T extends object>(probability: number, variables: T) =>
    prng.chance(probability) ? variables : {}
  return {
    GITLAB_WEBHOOK_SECRET: prng.pick([gitlabWebhookSecret, signingToken]),
    GITLAB_POLL_SECONDS: String(prng.pick([5, 20, 60])),
    TIMEZONE: prng.pick(['UTC', 'America/New_York', 'Europe/Berlin', 'Pacific/Auckland', 'Asia/Kolkata']),
    REQUIRE_PRIVACY_APPROVAL: String(prng.chance(0.3)),
    // What is purged can't be checked.
    RETENTION_DAYS: '3650',
    ZENDESK_POLL_SECONDS: String(prng.pick([10, 30, 60])),
    GITLAB_ADMIN_TOKEN: '',
    ...isSet(0.8, { GITLAB_ADMIN_TOKEN: adminToken }),
    ...isSet(0.5, { GITLAB_TRUST_SAFETY_PROJECT: trustSafetyProject }),
  }
}

/** The real bot on this machine, against a local Slack, GitLab and Zendesk, with the page that shows them. */
import type { Logger } from 'pino'
import { movableClock } from './clock.ts'
import { EXAMPLE_DAYS, submitExamples } from './examples.ts'
import { type LocalGitLab, trustSafetyProject } from './gitlab/gitlab.ts'
import { withPeople } from './page/accounts.ts'
import { type Clock, startPage } from './page/server.ts'
import type { Slack } from './slack/slack.ts'
import { startWorld } from './world.ts'
import type { LocalZendesk } from './zendesk/zendesk.ts'

const DAY_MS = 86_400_000

export interface Sandbox {
  /** The page. */
  readonly url: string
  readonly slack: Slack
  readonly gitlab: LocalGitLab
  readonly zendesk: LocalZendesk
  readonly clock: Clock
  /** Until what has been told to the bot is done. */
  drain(): Promise<void>
  close(): Promise<void>
}

export interface SandboxParts {
  /** The wall clock; the sandbox's own goes on from it. */
  readonly now: () => Date
  readonly random: () => number
  readonly log: Logger
  /** Of the page; 0 takes a free one. */
  readonly port: number
  /** Settings of the bot that differ from the defaults, e.g. REQUIRE_PRIVACY_APPROVAL. */
  readonly env?: Readonly<Record<string, string>>
  /** Where its folder is made, which goes when it is closed; in memory unless given. */
  readonly folderIn?: string
}

export async function startSandbox({
  now: wallClock,
  random,
  log,
  port,
  folderIn,
  env,
}: SandboxParts): Promise<Sandbox> {
  const passing = () => wallClock().getTime()
  const { now, advance } = movableClock(new Date(passing() - EXAMPLE_DAYS * DAY_MS), passing)
  const world = await startWorld({
    ...{ now, log, app: { random } },
    ...(folderIn !== undefined && { folderIn }),
    deskYaml: withPeople,
    env: { UNFURL_LINKS: 'true', ...env, GITLAB_TRUST_SAFETY_PROJECT: trustSafetyProject },
  })
  try {
    return await withPage(world, { now, advance }, port)
  } catch (error) {
    // Neither its folder nor its services outlive a start that has failed.
    await world.close()
    throw error
  }
}

async function withPage(
  world: Awaited<ReturnType<typeof startWorld>>,
  { now, advance }: Pick<ReturnType<typeof movableClock>, 'now' | 'advance'>,
  port: number,
): Promise<Sandbox> {
  const { slack, gitlab, zendesk, drain } = world
  slack.space.terms.unfurlDomains = [gitlab, zendesk].map(({ url }) => new URL(url).host)
  for (const team of world.configFor().desk.expertTeams) gitlab.addExpertTeam(team)
  const to = async (ms: number) => {
    advance({ ms })
    await world.settle()
  }
  const { digestAt, timezone, requirePrivacyApproval } = world.configFor()
  const clock = {
    now,
    /** Each morning on the way is lived through, so that none is without its digest. */
    async advance(ms: number) {
      const until = now().getTime() + ms
      for (;;) {
        const next = nextMorning(now(), digestAt, timezone)
        if (next >= until) break
        await to(next - now().getTime())
      }
      await to(Math.max(0, until - now().getTime()))
    },
  }
  await submitExamples({ slack, gitlab, zendesk, clock, drain })
  let isOn = requirePrivacyApproval
  const twoApprovals = {
    isOn: () => isOn,
    /** A setting is read when the bot starts: it starts again, over the same database. */
    async set(on: boolean) {
      await world.drain()
      await world.stop()
      await world.start({ REQUIRE_PRIVACY_APPROVAL: String(on) })
      isOn = on
      await world.settle()
    },
  }
  const page = await startPage({ slack, gitlab, zendesk, clock, port, twoApprovals })
  const close = async () => {
    await page.close()
    await world.close()
  }
  return { url: page.url, slack, gitlab, zendesk, clock, drain, close }
}

/** The next instant, in milliseconds, at which the digests are due. */
function nextMorning(now: Date, { hour, minute }: TimeOfDay, timeZone: string): number {
  const local = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone)
  const today = local.withPlainTime({ hour, minute })
  const next = Temporal.ZonedDateTime.compare(today, local) > 0 ? today : today.add({ days: 1 })
  return next.epochMilliseconds
}

type TimeOfDay = Readonly<Record<'hour' | 'minute', number>>

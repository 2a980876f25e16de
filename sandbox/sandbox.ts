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
  const clock = {
    now,
    async advance(ms: number) {
      advance({ ms })
      await world.settle()
    },
  }
  await submitExamples({ slack, gitlab, zendesk, clock, drain })
  const twoApprovals = world.configFor().requirePrivacyApproval
  const page = await startPage({ slack, gitlab, zendesk, clock, port, twoApprovals })
  const close = async () => {
    await page.close()
    await world.close()
  }
  return { url: page.url, slack, gitlab, zendesk, clock, drain, close }
}

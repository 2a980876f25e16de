/** The real bot on this machine, against a local Slack, GitLab and Zendesk, with the page that shows them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { startApp } from '../src/app.ts'
import { loadConfig } from '../src/config/config.ts'
import { EXAMPLE_DAYS, submitExamples } from './examples.ts'
import {
  adminToken,
  botToken,
  type LocalGitLab,
  serviceDeskProject,
  startGitLab,
  trustSafetyProject,
} from './gitlab/gitlab.ts'
import { type Clock, startPage } from './page/server.ts'
import { CHANNELS } from './slack/people.ts'
import { type Slack, startSlack } from './slack/slack.ts'
import {
  type LocalZendesk,
  startZendesk,
  supportGroupId,
  zendeskClientId,
  zendeskClientSecret,
} from './zendesk/zendesk.ts'

const GITLAB_SECRET = 'sandbox-gitlab-secret'
const ZENDESK_SECRET = 'sandbox-zendesk-secret'
const DAY_MS = 86_400_000

export interface Sandbox {
  /** The page. */
  readonly url: string
  readonly slack: Slack
  readonly gitlab: LocalGitLab
  readonly zendesk: LocalZendesk
  readonly clock: Clock
  /** Until everything that is due now has been done. */
  settle(): Promise<void>
  close(): Promise<void>
}

export interface SandboxParts {
  /** The wall clock; the sandbox's own goes on from it. */
  readonly now: () => Date
  readonly random: () => number
  readonly fetch: typeof globalThis.fetch
  readonly log: Logger
  /** Of the page; 0 takes a free one. */
  readonly port: number
}

export async function startSandbox({
  now: wallClock,
  random,
  fetch,
  log,
  port,
}: SandboxParts): Promise<Sandbox> {
  let aheadMs = -EXAMPLE_DAYS * DAY_MS
  const now = () => new Date(wallClock().getTime() + aheadMs)
  const folder = mkdtempSync(join(tmpdir(), 'privacy-desk-sandbox-'))
  const slack = await startSlack({ now })
  const gitlab = await startGitLab({ now, fetch })
  const zendesk = await startZendesk({ now, fetch })
  const desk = readFileSync(new URL('../config/desk.yaml', import.meta.url), 'utf8')
  const config = loadConfig(environmentFor({ slack, gitlab, zendesk }, folder), desk)
  for (const team of config.desk.expertTeams) gitlab.addExpertTeam(team)
  const app = await startApp({ config, now, random, fetch, log })
  const appUrl = `http://127.0.0.1:${app.port}`
  slack.app = { url: `${appUrl}/slack/events`, signingSecret: slack.signingSecret }
  gitlab.webhook = { url: `${appUrl}/webhooks/gitlab`, secret: GITLAB_SECRET }
  zendesk.webhook = { url: `${appUrl}/webhooks/zendesk`, secret: ZENDESK_SECRET }

  /** Twice: what the first round does in GitLab and Zendesk comes back as webhooks. */
  const settle = async () => {
    for (const _round of [1, 2]) {
      await gitlab.webhooks.settled()
      await zendesk.webhooks.settled()
      await app.settle()
    }
  }
  const clock = {
    now,
    async advance(ms: number) {
      aheadMs += ms
      await settle()
    },
  }
  await submitExamples({ slack, gitlab, zendesk, clock, settle })
  const page = await startPage({ slack, gitlab, zendesk, clock, port })
  const close = async () => {
    await page.close()
    await app.stop()
    await gitlab.close()
    await slack.close()
    await zendesk.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { url: page.url, slack, gitlab, zendesk, clock, settle, close }
}

function environmentFor(
  { slack, gitlab, zendesk }: Pick<Sandbox, 'slack' | 'gitlab' | 'zendesk'>,
  folder: string,
) {
  return {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    PRIVACY_CHANNEL: CHANNELS.privacy.name,
    SECURITY_CHANNEL: CHANNELS.security.name,
    SUPPORT_ENGINEERS: '@support-engineers',
    SUPPORT_MANAGERS: '@support-managers',
    PRIVACY_TEAM: '@privacy-team',
    FIELD_SECURITY: '@field-security',
    GITLAB_URL: gitlab.url,
    GITLAB_TOKEN: botToken,
    GITLAB_ADMIN_TOKEN: adminToken,
    GITLAB_PROJECT: serviceDeskProject,
    GITLAB_TRUST_SAFETY_PROJECT: trustSafetyProject,
    GITLAB_WEBHOOK_SECRET: GITLAB_SECRET,
    ZENDESK_URL: zendesk.url,
    ZENDESK_CLIENT_ID: zendeskClientId,
    ZENDESK_CLIENT_SECRET: zendeskClientSecret,
    ZENDESK_WEBHOOK_SECRET: ZENDESK_SECRET,
    ZENDESK_SUPPORT_GROUP: String(supportGroupId),
    DATABASE_URL: `file:${join(folder, 'desk.db')}`,
    PORT: '0',
  }
}

/** The local Slack, GitLab and Zendesk, which live here, and beside them the bot as a process, which is killed. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { adminToken, botToken, serviceDeskProject, startGitLab } from '../../sandbox/gitlab/gitlab.ts'
import { type Slack, startSlack } from '../../sandbox/slack/slack.ts'
import { startZendesk, supportGroupId, zendeskEmail, zendeskToken } from '../../sandbox/zendesk/zendesk.ts'
import { type BotProcess, type Ending, startBot } from './bot-process.ts'
import type { Order } from './orders.ts'
import { type Rest, rest } from './rest.ts'
import { watchCalls } from './watch-calls.ts'

export type Desk = Awaited<ReturnType<typeof openDesk>>

export interface DeskOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Where the database lies; without one, a temporary folder of its own. */
  readonly dataFolder?: string
}

const webhookSecret = 'the-webhook-secret-of-the-proofs'
const zendeskSecret = 'the-zendesk-secret-of-the-proofs'
/** Early enough in a day that no digest is due, however far the clock is moved. */
const startsAt = Date.parse('2026-03-02T00:10:00.000Z')

/** Everything but the bot itself, which `start` starts. */
export async function openDesk({ env = {}, dataFolder }: DeskOptions = {}) {
  const clock = shiftedClock()
  const folder = mkdtempSync(join(tmpdir(), 'privacy-desk-kill-'))
  const [slack, gitlab, zendesk] = await Promise.all([
    startSlack(clock),
    startGitLab(clock),
    startZendesk({ ...clock, fetch: globalThis.fetch }),
  ])
  const calls = watchCalls([slack.fake, gitlab.fake, zendesk.fake])
  const databaseFile = join(dataFolder ?? folder, 'desk.db')
  const environment = {
    ...environmentOf(slack),
    GITLAB_URL: gitlab.url,
    ZENDESK_URL: zendesk.url,
    DATABASE_URL: `file:${databaseFile}`,
    ...env,
  }
  let bot: BotProcess | undefined
  let port: number | undefined

  const running = (): BotProcess => {
    if (!bot) throw new Error('the bot was never started')
    return bot
  }
  const desk = {
    ...{ slack, gitlab, zendesk, calls, folder, databaseFile, environment },
    now: clock.now,
    get bot() {
      return running()
    },
    get url() {
      return `http://127.0.0.1:${port ?? 0}`
    },
    /** True when it is ready; false when it died on the way. */
    async start(orders: readonly Order[] = []): Promise<boolean> {
      const clockOrder = { order: 'clock', aheadMs: clock.aheadMs() } as const
      bot = startBot({ env: environment, folder, orders: [clockOrder, ...orders] })
      const polls = [
        () => gitlab.fake.received('GET', /\/issues$/),
        () => zendesk.fake.received('GET', /search/),
      ]
      const before = polls.map((one) => one().length)
      port = await bot.ready
      if (port === undefined) return false
      slack.app = { url: `${desk.url}/slack/events`, signingSecret: slack.signingSecret }
      gitlab.webhook = { url: `${desk.url}/webhooks/gitlab`, secret: webhookSecret }
      zendesk.webhook = { url: `${desk.url}/webhooks/zendesk`, secret: zendeskSecret }
      // What was missed is asked for at once: nothing is at rest before.
      const isAsking = () => polls.some((one, index) => one().length === before[index])
      while (isAsking() && bot.isAlive()) await sleep(10)
      return bot.isAlive()
    },
    /** Kills it where it still lives, and waits for its end. */
    async kill(): Promise<Ending> {
      running().kill()
      return running().ended
    },
    async restart(): Promise<void> {
      await desk.kill()
      if (!(await desk.start())) throw new Error(`the bot does not start again:\n${running().output()}`)
    },
    async advance(ms: number): Promise<void> {
      clock.advance(ms)
      await running().order({ order: 'clock', aheadMs: clock.aheadMs() })
    },
    /** What is done meanwhile has happened so long ago. */
    ago<T>(ms: number, act: () => T): T {
      clock.advance(-ms)
      try {
        return act()
      } finally {
        clock.advance(ms)
      }
    },
    rest: (patienceMs?: number): Promise<Rest> => rest(desk, patienceMs),
    async close(): Promise<void> {
      if (bot) await desk.kill()
      await Promise.all([gitlab.close(), slack.close(), zendesk.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return desk
}

function environmentOf({ botToken: slackToken, signingSecret, apiUrl }: Slack) {
  return {
    SLACK_BOT_TOKEN: slackToken,
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_API_URL: apiUrl,
    SUPPORT_ENGINEERS: '@support-engineers',
    SUPPORT_MANAGERS: '@support-managers',
    PRIVACY_TEAM: '@privacy-team',
    FIELD_SECURITY: '@field-security',
    GITLAB_TOKEN: botToken,
    GITLAB_ADMIN_TOKEN: adminToken,
    GITLAB_PROJECT: serviceDeskProject,
    GITLAB_WEBHOOK_SECRET: webhookSecret,
    // Once at each start: what a webhook tells is then told by the poll only where it was lost.
    GITLAB_POLL_SECONDS: '3600',
    ZENDESK_POLL_SECONDS: '3600',
    ZENDESK_WEBHOOK_SECRET: zendeskSecret,
    ZENDESK_SUPPORT_GROUP: String(supportGroupId),
    ZENDESK_EMAIL: zendeskEmail,
    ZENDESK_TOKEN: zendeskToken,
    DIGEST_AT: '23:59',
    PORT: '0',
  }
}

function shiftedClock() {
  let ahead = startsAt - Date.now()
  return {
    now: () => new Date(Date.now() + ahead),
    aheadMs: () => ahead,
    advance: (ms: number) => {
      ahead += ms
    },
  }
}

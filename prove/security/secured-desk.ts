/** The whole bot over real HTTP, with the local Slack, GitLab and Zendesk, and readers of what it stored. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { adminToken, botToken, serviceDeskProject, startGitLab } from '../../sandbox/gitlab/gitlab.ts'
import { CHANNELS } from '../../sandbox/slack/people.ts'
import { startSlack } from '../../sandbox/slack/slack.ts'
import type { Message } from '../../sandbox/slack/workspace.ts'
import {
  type Submission,
  startZendesk,
  supportGroupId,
  zendeskEmail,
  zendeskToken,
} from '../../sandbox/zendesk/zendesk.ts'
import { startApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config/config.ts'
import { createLog } from '../../src/http/log.ts'

export const webhookSecret = 'the-webhook-secret-of-the-proof'
export const zendeskSecret = 'the-zendesk-secret-of-the-proof'

export interface DeskOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly fetch?: typeof globalThis.fetch
}

export type SecuredDesk = Awaited<ReturnType<typeof startSecuredDesk>>

export async function startSecuredDesk({ env = {}, fetch = globalThis.fetch }: DeskOptions = {}) {
  let at = Date.parse('2026-03-01T10:00:00.000Z')
  const now = () => new Date(at)
  const folder = mkdtempSync(join(tmpdir(), 'privacy-desk-security-'))
  const file = join(folder, 'desk.db')
  const slack = await startSlack({ now })
  const gitlab = await startGitLab({ now })
  const zendesk = await startZendesk({ now, fetch: globalThis.fetch })
  const environment = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    SUPPORT_ENGINEERS: '@support-engineers',
    SUPPORT_MANAGERS: '@support-managers',
    PRIVACY_TEAM: '@privacy-team',
    FIELD_SECURITY: '@field-security',
    GITLAB_URL: gitlab.url,
    GITLAB_TOKEN: botToken,
    GITLAB_ADMIN_TOKEN: adminToken,
    GITLAB_PROJECT: serviceDeskProject,
    GITLAB_WEBHOOK_SECRET: webhookSecret,
    GITLAB_POLL_SECONDS: '3600',
    ZENDESK_URL: zendesk.url,
    ZENDESK_EMAIL: zendeskEmail,
    ZENDESK_TOKEN: zendeskToken,
    ZENDESK_WEBHOOK_SECRET: zendeskSecret,
    ZENDESK_SUPPORT_GROUP: String(supportGroupId),
    ZENDESK_POLL_SECONDS: '3600',
    DATABASE_URL: `file:${file}`,
    LOG_LEVEL: 'trace',
    PORT: '0',
    ...env,
  }
  const config = loadConfig(
    environment,
    readFileSync(new URL('../../config/desk.yaml', import.meta.url), 'utf8'),
  )
  const secrets = Object.entries(environment).flatMap(([name, value]) =>
    /TOKEN|SECRET/.test(name) ? [value] : [],
  )
  const logged: string[] = []
  const log = createLog('trace', { write: (line) => logged.push(line) }, secrets)
  const wallClock = () => new Date()
  const app = await startApp({ config, now, wallClock, random: () => 0.5, fetch, log })
  const url = `http://127.0.0.1:${app.port}`
  slack.app = { url: `${url}/slack/events`, signingSecret: slack.signingSecret }
  const isSigning = environment.GITLAB_WEBHOOK_SECRET.startsWith('whsec_')
  gitlab.webhook = {
    url: `${url}/webhooks/gitlab`,
    ...(isSigning
      ? { signingToken: environment.GITLAB_WEBHOOK_SECRET }
      : { secret: environment.GITLAB_WEBHOOK_SECRET }),
  }
  zendesk.webhook = { url: `${url}/webhooks/zendesk`, secret: zendeskSecret }
  let isStopped = false

  const settle = async () => {
    for (const _round of [1, 2]) {
      await gitlab.webhooks.settled()
      await zendesk.webhooks.settled()
      await app.settle()
    }
  }
  const stop = async () => {
    if (!isStopped) await app.stop()
    isStopped = true
  }
  return {
    ...{
      slack,
      gitlab,
      zendesk,
      url,
      port: app.port,
      file,
      folder,
      logged,
      secrets,
      environment,
      now,
      settle,
      stop,
    },
    advance: async (seconds: number) => {
      at += seconds * 1000
      await settle()
    },
    /** A request comes in by the form, and its card is there. */
    request: async (description: string, more: { readonly email?: string; readonly title?: string } = {}) => {
      const { iid } = gitlab.submitRequest({ description, ...more })
      await settle()
      return iid
    },
    card: (iid: number): Message => {
      const card = slack.messages(CHANNELS.privacy.name).findLast(({ text }) => text.startsWith(`#${iid} `))
      if (!card) throw new Error(`#${iid} has no card`)
      return card
    },
    /** A ticket to security@ comes in, and its card is there. */
    ticket: async (text: string, more: Submission = {}) => {
      const { id } = zendesk.submitTicket(text, more)
      await settle()
      return id
    },
    ticketCard: (ticket: number): Message => {
      const cards = slack.messages(CHANNELS.security.name)
      const card = cards.findLast(({ text }) => text.startsWith(`Security ticket ${ticket}`))
      if (!card) throw new Error(`ticket ${ticket} has no card`)
      return card
    },
    told: (userId: string) => slack.ephemerals(userId).map(({ text }) => text),
    /** What is in the database, read beside the running bot. */
    rows: (sql: string): readonly Readonly<Record<string, unknown>>[] => {
      const database = new DatabaseSync(file, { readOnly: true })
      try {
        return database.prepare(sql).all()
      } finally {
        database.close()
      }
    },
    close: async () => {
      await stop()
      await Promise.all([gitlab.close(), slack.close(), zendesk.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function formCopy(more: Readonly<Record<string, string>> = {}): string {
  const entries = {
    'Request Type': 'GitLab.com Account Deletion',
    Username: 'quiet.owner',
    'Email Address': 'requester@example.com',
    'Country/Region': 'Netherlands',
    Comments: 'Please delete it.',
    ...more,
  }
  return Object.entries(entries)
    .map(([name, value]) => `**${name}:** ${value}`)
    .join('\n\n')
}

/** One POST; the status, or 0 where the connection ended without one. */
export function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer | string,
): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(url, { method: 'POST', headers: { ...headers } }, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode ?? 0))
      response.once('error', () => resolve(0))
    })
    sent.once('error', () => resolve(0))
    sent.end(body)
  })
}

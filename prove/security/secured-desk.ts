/** The whole bot over real HTTP, with the local Slack, GitLab and Zendesk, and readers of what it stored. */
import { request } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { movableClock } from '../../sandbox/clock.ts'
import { byApiToken, noPolls } from '../../sandbox/services.ts'
import { onceSeen } from '../../sandbox/slack/once-seen.ts'
import { CHANNELS } from '../../sandbox/slack/people.ts'
import type { Message, View } from '../../sandbox/slack/workspace.ts'
import { startWorld } from '../../sandbox/world.ts'
import type { Submission } from '../../sandbox/zendesk/zendesk.ts'
import { createLog } from '../../src/http/log.ts'

export interface DeskOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly fetch?: typeof globalThis.fetch
}

export type SecuredDesk = Awaited<ReturnType<typeof startSecuredDesk>>

export async function startSecuredDesk({ env = {}, fetch = globalThis.fetch }: DeskOptions = {}) {
  const { now, advance } = movableClock('2026-03-01T10:00:00.000Z')
  const logged: string[] = []
  let secrets: readonly string[] = []
  const world = await startWorld({
    now,
    app: { wallClock: () => new Date(), fetch },
    env: { ...byApiToken, ...noPolls, LOG_LEVEL: 'trace', ...env },
    log: (given) => {
      secrets = Object.entries(given).flatMap(([name, value]) => (/TOKEN|SECRET/.test(name) ? [value] : []))
      return createLog('trace', { write: (line) => logged.push(line) }, secrets)
    },
  })
  const { slack, gitlab, zendesk, folder, databaseFile: file, environment, settle, drain } = world
  return {
    ...{ slack, gitlab, zendesk, file, folder, logged, secrets, environment, now, settle },
    url: world.url,
    port: Number(new URL(world.url).port),
    stop: world.stop,
    advance: async (seconds: number) => {
      advance({ seconds })
      await settle()
    },
    /** A request comes in by the form, and its card is there. */
    request: async (description: string, more: { readonly email?: string; readonly title?: string } = {}) => {
      const { iid } = gitlab.submitRequest({ description, ...more })
      await drain()
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
      await drain()
      return id
    },
    ticketCard: (ticket: number): Message => {
      const cards = slack.messages(CHANNELS.security.name)
      const card = cards.findLast(({ text }) => text.startsWith(`Security ticket ${ticket}`))
      if (!card) throw new Error(`ticket ${ticket} has no card`)
      return card
    },
    /** The modal that opens for this person after what they do, where it is not there already. */
    opened: async (by: string, what: string): Promise<View> => {
      const view = await onceSeen(slack, () => slack.openView(by))
      if (!view) throw new Error(`“${what}” opened no modal: ${slack.ephemerals(by).at(-1)?.text}`)
      return view
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
    close: world.close,
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

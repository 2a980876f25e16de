/** The whole bot over HTTP: the local Slack and GitLab, real signatures, a clock that the test moves. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { pino } from 'pino'
import { expect, onTestFinished, vi } from 'vitest'
import type { RecordedRequest } from '../../sandbox/fake-server.ts'
import {
  adminToken,
  botToken,
  type LocalGitLab,
  type Submission,
  serviceDeskProject,
  startGitLab,
} from '../../sandbox/gitlab/gitlab.ts'
import type { Issue } from '../../sandbox/gitlab/world.ts'
import { CHANNELS, PEOPLE } from '../../sandbox/slack/people.ts'
import { type Slack, startSlack } from '../../sandbox/slack/slack.ts'
import type { Message } from '../../sandbox/slack/workspace.ts'
import {
  type LocalZendesk,
  startZendesk,
  supportGroupId,
  zendeskEmail,
  zendeskToken,
} from '../../sandbox/zendesk/zendesk.ts'
import { type App, startApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config/config.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { AuditEntry } from '../../src/store/store.ts'

export const people = PEOPLE
export const channel = CHANNELS.privacy.name
export const securityChannel = CHANNELS.security.name
const webhookSecret = 'the-webhook-secret-of-the-tests'
const zendeskSecret = 'the-zendesk-secret-of-the-tests'

export type World = Awaited<ReturnType<typeof startWorld>>

export interface WorldOptions {
  readonly startsAt?: string
  readonly env?: Readonly<Record<string, string>>
  /** Edits config/desk.yaml. */
  readonly deskYaml?: (text: string) => string
  /** False: GitLab sends no webhooks and only the poll serves. */
  readonly webhook?: boolean
  /** True: there is a local Zendesk, and the bot knows it. */
  readonly zendesk?: boolean
}

/** Starts everything; it ends with the test. */
export async function startWorld({
  startsAt = '2026-03-01T10:00:00.000Z',
  env = {},
  deskYaml = (text) => text,
  webhook = true,
  zendesk: hasZendesk = false,
}: WorldOptions = {}) {
  const clock = movableClock(startsAt)
  const folder = mkdtempSync(join(tmpdir(), 'privacy-desk-'))
  const slack = await startSlack({ now: clock.now })
  const gitlab = await startGitLab({ now: clock.now })
  const zendesk = hasZendesk ? await startZendesk({ now: clock.now, fetch: globalThis.fetch }) : undefined
  const environment = {
    ...environmentFor(slack, gitlab, folder),
    ...(zendesk ? zendeskEnvironment(zendesk) : {}),
    ...env,
  }
  const shipped = readFileSync(new URL('../../config/desk.yaml', import.meta.url), 'utf8')
  const logged: string[] = []
  const start = async () => {
    const app = await startApp({
      config: loadConfig(environment, deskYaml(shipped)),
      now: clock.now,
      random: () => 0.5,
      fetch: globalThis.fetch,
      log: pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) }),
    })
    slack.app = { url: `http://127.0.0.1:${app.port}/slack/events`, signingSecret: slack.signingSecret }
    if (webhook)
      gitlab.webhook = { url: `http://127.0.0.1:${app.port}/webhooks/gitlab`, secret: webhookSecret }
    if (webhook && zendesk)
      zendesk.webhook = { url: `http://127.0.0.1:${app.port}/webhooks/zendesk`, secret: zendeskSecret }
    return app
  }
  const running: { app: App | undefined } = { app: await start() }

  const databaseFile = join(folder, 'desk.db')
  const settleNow = async () => {
    for (const _round of [1, 2]) {
      await gitlab.webhooks.settled()
      await zendesk?.webhooks.settled()
      await running.app?.settle()
    }
  }

  const world = {
    slack,
    gitlab,
    get zendesk() {
      if (!zendesk) throw new Error('this world has no Zendesk')
      return zendesk
    },
    clock,
    logged,
    databaseFile,
    get url() {
      return `http://127.0.0.1:${running.app?.port ?? 0}`
    },
    /**
     * Until everything that is due now has been done: webhooks delivered, inbox and outbox worked off. A card is redrawn
     * at most once a second, so the clock goes on while one waits for the next.
     */
    settle: async () => {
      await settleNow()
      while (running.app && isRedrawPutOff(databaseFile, clock.now())) {
        clock.advance({ seconds: 1 })
        await settleNow()
      }
    },
    advance: async (time: { days?: number; hours?: number; minutes?: number; seconds?: number }) => {
      clock.advance(time)
      await world.settle()
    },
    stop: async () => {
      await running.app?.stop()
      running.app = undefined
    },
    restart: async () => {
      await world.stop()
      running.app = await start()
      await world.settle()
    },
    /** A request comes in by the form, and its card is there. */
    request: async (given: Partial<Submission> & { type?: string } = {}) => {
      const { iid } = gitlab.submitRequest({ description: formCopy(given.type), ...given })
      await world.settle()
      return iid
    },
    card: (iid: number): Message => {
      const card = slack.messages(channel).findLast(({ text }) => text.startsWith(`#${iid} `))
      if (!card) throw new Error(`#${iid} has no card`)
      return card
    },
    cardText: (iid: number): string => textOf(world.card(iid)),
    /** Clicks a button of the card, and all that follows happens. */
    click: async (iid: number, button: string, by: string = people.engineer.id) => {
      const answer = await slack.click(by, world.card(iid), { button }, { confirm: true })
      await world.settle()
      return answer
    },
    /** Clicks and waits for the modal; undefined when the person was told something instead. */
    openModal: async (iid: number, button: string, by: string = people.engineer.id) => {
      const before = world.told(by).length
      await slack.click(by, world.card(iid), { button })
      await vi.waitFor(() => {
        if (!slack.openView(by) && world.told(by).length === before)
          throw new Error(`nothing came of “${button}”`)
      }, 5_000)
      return slack.openView(by)
    },
    /** Clicks, fills in the modal and submits it. */
    decide: async (
      iid: number,
      button: string,
      entries: Record<string, string>,
      by: string = people.engineer.id,
    ) => {
      const view = await world.openModal(iid, button, by)
      if (!view) throw new Error(`“${button}” opened no modal; ${by} was told: ${world.told(by).at(-1)}`)
      const answer = await slack.submit(by, view.id, entries)
      await world.settle()
      return answer
    },
    /** What only this person was told, oldest first. */
    told: (userId: string): string[] => slack.ephemerals(userId).map(({ text }) => text),
    thread: (iid: number): string[] => slack.thread(world.card(iid).ts).map(({ text }) => text),
    /** The changes asked of GitLab for this issue, oldest first: what a person outside would notice. */
    changes: (iid: number): Change[] => changesOf(gitlab.fake.requests, iid),
    /** What the bot's account has really changed on the issue, in GitLab's own order, whatever was asked or answered. */
    done: (iid: number): string[] => doneBy(gitlab.issue(iid), 'privacy-desk-bot'),
    /** The time passes in steps, and at each of them everything that is due is done. */
    passTime: async (steps: number, secondsEach: number) => {
      for (let step = 0; step < steps; step++) await world.advance({ seconds: secondsEach })
    },
    /** Everything that Slack was ever sent, as one text. */
    sentToSlack: (): string => slack.fake.requests.map(({ body }) => JSON.stringify(body)).join('\n'),
    audit: async (): Promise<AuditEntry[]> => {
      await world.stop()
      const store = await openStore({ databaseUrl: environment.DATABASE_URL, now: clock.now })
      try {
        return await store.tables.audit.page(0, 10_000)
      } finally {
        await store.close()
      }
    },
  }
  onTestFinished(async () => {
    await world.stop()
    await gitlab.close()
    await slack.close()
    await zendesk?.close()
    rmSync(folder, { recursive: true, force: true })
    expect(secretsIn(logged.join(''), Object.values(environment), peopleOf(gitlab, zendesk))).toEqual([])
  })
  return world
}

/** Whoever wrote to one of the desks: none of them may be known to the log. */
function peopleOf(gitlab: LocalGitLab, zendesk: LocalZendesk | undefined): readonly string[] {
  const requesters = gitlab.world.issues.flatMap(({ participants }) => participants)
  const writers = [...(zendesk?.tickets.values() ?? [])].map(({ requester }) => requester.email)
  return [...requesters, ...writers, 'quiet.owner']
}

/** Of every world of every test: its log holds no secret and nobody's address. */
function secretsIn(log: string, settings: readonly string[], people: readonly string[]): readonly string[] {
  const secrets = settings.filter((value) => /token|secret|xoxb|glpat/i.test(value))
  return [...new Set([...secrets, ...people])].filter((word) => log.includes(word))
}

function environmentFor(slack: Slack, gitlab: LocalGitLab, folder: string) {
  return {
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
    // The rounds of the test itself are the only ones.
    GITLAB_POLL_SECONDS: '3600',
    DATABASE_URL: `file:${join(folder, 'desk.db')}`,
    PORT: '0',
  }
}

function zendeskEnvironment({ url }: LocalZendesk) {
  return {
    ZENDESK_URL: url,
    ZENDESK_EMAIL: zendeskEmail,
    ZENDESK_TOKEN: zendeskToken,
    ZENDESK_WEBHOOK_SECRET: zendeskSecret,
    ZENDESK_SUPPORT_GROUP: String(supportGroupId),
    // The rounds of the test itself are the only ones.
    ZENDESK_POLL_SECONDS: '3600',
  }
}

export function formCopy(
  type = 'GitLab.com Account Deletion',
  more: Readonly<Record<string, string>> = {},
): string {
  const entries = {
    'Request Type': type,
    Username: 'quiet.owner',
    'Email Address': 'requester@example.com',
    'Country/Region': 'Netherlands',
    Comments: 'Please delete it.',
    ...more,
  }
  return `${Object.entries(entries)
    .map(([name, value]) => `**${name}:** ${value}`)
    .join('\n\n')}\n\nI confirm that I want to delete my account.\n`
}

export function textOf({ text, blocks }: Pick<Message, 'text' | 'blocks'>): string {
  const words: string[] = [text]
  JSON.stringify(blocks, (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string') words.push(value)
    return value
  })
  return words.join('\n')
}

export interface Change {
  readonly note?: string
  readonly internal?: boolean
  readonly add?: string
  readonly remove?: string
  readonly state?: string
}

function changesOf(requests: readonly RecordedRequest[], iid: number): Change[] {
  return requests.flatMap(({ method, path, body }): Change[] => {
    const given = (body ?? {}) as Record<string, unknown>
    if (method === 'POST' && path.endsWith(`/issues/${iid}/notes`))
      return [{ note: String(given.body), internal: given.internal === true || given.internal === 'true' }]
    if (method !== 'PUT' || !path.endsWith(`/issues/${iid}`)) return []
    return [
      {
        ...(given.add_labels === undefined ? {} : { add: String(given.add_labels) }),
        ...(given.remove_labels === undefined ? {} : { remove: String(given.remove_labels) }),
        ...(given.state_event === undefined ? {} : { state: String(given.state_event) }),
      },
    ]
  })
}

/** Notes, labels and closes, oldest first. */
function doneBy(issue: Issue, username: string): string[] {
  const notes = issue.notes
    .filter((note) => note.author.username === username && !note.system)
    .map(({ id, internal, body }) => ({ id, what: `${internal ? 'internal note' : 'reply'}: ${body}` }))
  const labels = issue.labelEvents
    .filter(({ user }) => user.username === username)
    .map(({ id, action, label }) => ({ id, what: `${action} ${label}` }))
  const states = issue.stateEvents
    .filter(({ user }) => user.username === username)
    .map(({ id, state }) => ({ id, what: state }))
  return [...notes, ...labels, ...states].sort((one, other) => one.id - other.id).map(({ what }) => what)
}

/** What is posted for the first time waits for its channel instead, and may take long. */
function isRedrawPutOff(databaseFile: string, now: Date): boolean {
  const soon = new Date(now.getTime() + 1000).toISOString()
  const database = new Database(databaseFile, { readonly: true })
  try {
    const waiting = database.prepare(
      `SELECT outbox.id FROM outbox LEFT JOIN request ON request.id = outbox.request_id
       WHERE lane = 'card' AND status = 'pending' AND attempts = 0 AND due_at <= ?
       AND (kind = 'batch' OR card_ts IS NOT NULL)`,
    )
    return waiting.get(soon) !== undefined
  } finally {
    database.close()
  }
}

function movableClock(startsAt: string) {
  let at = Date.parse(startsAt)
  return {
    now: () => new Date(at),
    advance: ({
      days = 0,
      hours = 0,
      minutes = 0,
      seconds = 0,
    }: {
      days?: number
      hours?: number
      minutes?: number
      seconds?: number
    }) => {
      at += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000
    },
  }
}

/** A reply of the handbook as it has to arrive. */
export function snippet(name: string): string {
  return readFileSync(new URL(`../../src/flows/snippets/${name}.md`, import.meta.url), 'utf8').trimEnd()
}

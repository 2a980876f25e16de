/** The whole bot among the local Slack, GitLab and Zendesk, with real signatures and a clock that the test moves. */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { pino } from 'pino'
import { expect, onTestFinished } from 'vitest'
import { movableClock, type Time } from '../../sandbox/clock.ts'
import type { RecordedRequest } from '../../sandbox/fake-server.ts'
import type { LocalGitLab, Submission } from '../../sandbox/gitlab/gitlab.ts'
import type { Issue } from '../../sandbox/gitlab/world.ts'
import { noPolls } from '../../sandbox/services.ts'
import { onceSeen } from '../../sandbox/slack/once-seen.ts'
import { CHANNELS, PEOPLE } from '../../sandbox/slack/people.ts'
import type { Slack } from '../../sandbox/slack/slack.ts'
import type { Message, View } from '../../sandbox/slack/workspace.ts'
import { startWorld as startBotAndServices } from '../../sandbox/world.ts'
import type { LocalZendesk } from '../../sandbox/zendesk/zendesk.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { AuditEntry } from '../../src/store/store.ts'
import { asking, emptied, isOnPostgres, postgresDatabase, textIn } from '../postgres/databases.ts'
import { writeReadyDatabase } from '../store/ready-database.ts'

export const people = PEOPLE
export const channel = CHANNELS.privacy.name
export const securityChannel = CHANNELS.security.name

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
  /** True: everybody listens, for what is about HTTP itself. */
  readonly sockets?: boolean
  /** How many milliseconds a service has for one answer, for what is about one that never comes. */
  readonly answerWithinMs?: number
  /** How many milliseconds calls in flight have when the bot stops. */
  readonly stopWithinMs?: number
  /** The address by which the bot reaches its PostgreSQL; the database's own unless given. */
  readonly databaseVia?: (databaseUrl: string) => Promise<string>
  /** How long the bot waits for whoever else writes to its database, for what is about one that never ends. */
  readonly busyTimeoutMs?: number
}

/** A limit for an answer that never comes; all others come within a few milliseconds. */
export const shortLimitMs = 1_000
/**
 * A call's limit is real time, and the world's clock stands still: where the machine itself stands still for some seconds,
 * what is put off for that would never be tried again.
 */
const unhurriedMs = 45_000

/** Starts everything; it ends with the test. */
export async function startWorld({
  startsAt = '2026-03-01T10:00:00.000Z',
  env = {},
  deskYaml = (text) => text,
  webhook = true,
  zendesk: hasZendesk = false,
  sockets = false,
  answerWithinMs = unhurriedMs,
  stopWithinMs,
  busyTimeoutMs,
  databaseVia = async (url) => url,
}: WorldOptions = {}) {
  const clock = movableClock(startsAt)
  const logged: string[] = []
  const database = isOnPostgres() ? await postgresDatabase() : undefined
  const inner = await startBotAndServices({
    ...{ now: clock.now, deskYaml, inProcess: !sockets, webhooks: webhook, zendesk: hasZendesk },
    ...(database === undefined && { writeDatabase: writeReadyDatabase }),
    env: { ...noPolls, ...env, ...(database !== undefined && { DATABASE_URL: await databaseVia(database) }) },
    app: {
      answerWithinMs,
      ...(busyTimeoutMs !== undefined && { busyTimeoutMs }),
      ...(stopWithinMs !== undefined && { stopWithinMs }),
    },
    log: pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) }),
  })
  const { slack, gitlab, databaseFile, environment } = inner
  const zendesk = hasZendesk ? inner.zendesk : undefined
  const redraws = database ? redrawsOnPostgres(database, clock.now) : watchRedraws(databaseFile, clock.now)

  /** A card is redrawn at most once a second, so the clock goes on while one waits for the next. */
  const redrawn = async (round: () => Promise<void>) => {
    await round()
    while (inner.app && (await redraws.arePutOff())) {
      clock.advance({ seconds: 1 })
      await round()
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
    databaseUrl: environment.DATABASE_URL,
    fetch: inner.fetchBot,
    get url() {
      return inner.url
    },
    /** Until everything that is due now has been done: polls, clocks, webhooks delivered, inbox and outbox worked off. */
    settle: () => redrawn(inner.settle),
    /** The same of what has been told: nothing is polled, so what no webhook, click or timer told is not seen. */
    drain: () => redrawn(webhook ? inner.drain : inner.settle),
    advance: async (time: Time) => {
      clock.advance(time)
      await world.settle()
    },
    stop: async () => {
      redraws.close()
      await inner.stop()
    },
    restart: async () => {
      await world.stop()
      await inner.start()
      await world.settle()
    },
    /** Asks the bot's database past the bot, or writes to it. */
    inDatabase: async <Row extends object>(statement: string): Promise<readonly Row[]> =>
      database === undefined ? inFile<Row>(databaseFile, statement) : asking<Row>(database, statement),
    /** All that the bot's database holds, as one text: of SQLite its files, with what was cleared and is still there. */
    kept: async (): Promise<string> =>
      database === undefined ? textOfFiles(databaseFile) : textIn(database),
    /** The bot is stopped, and its database is gone. */
    loseDatabase: async () => {
      await world.stop()
      if (database) return emptied(database)
      for (const suffix of ['', '-wal', '-shm']) rmSync(databaseFile + suffix, { force: true })
    },
    /** The bot is stopped, and its database is gone; a restart begins anew, in channels where nothing was said yet. */
    forgetAll: async () => {
      await world.loseDatabase()
      slack.space.messages.length = 0
    },
    /** A request comes in by the form, and its card is there. */
    request: async (given: Partial<Submission> & { type?: string } = {}) => {
      const { iid } = gitlab.submitRequest({ description: formCopy(given.type), ...given })
      await world.drain()
      return iid
    },
    card: (iid: number): Message => {
      const card = slack.messages(channel).findLast(({ text }) => text.startsWith(`#${iid} `))
      if (!card) throw new Error(`#${iid} has no card`)
      return card
    },
    /** The card, or as it was when it last offered this: somebody may have it open still. */
    cardOffering: (iid: number, button: string): Message => {
      const card = world.card(iid)
      if (slack.offers(card).includes(button)) return card
      const drawn = slack.fake.requests.flatMap(({ body }) => {
        const { text, blocks } = (body ?? {}) as { readonly text?: unknown; readonly blocks?: unknown }
        if (typeof text !== 'string' || !text.startsWith(`#${iid} `)) return []
        return [{ ...card, blocks: typeof blocks === 'string' ? JSON.parse(blocks) : blocks } as Message]
      })
      return drawn.findLast((one) => slack.offers(one).includes(button)) ?? card
    },
    cardText: (iid: number): string => textOf(world.card(iid)),
    /** Clicks a button of the card, and all that follows happens. */
    click: async (iid: number, button: string, by: string = people.engineer.id) => {
      const answer = await slack.click(by, world.cardOffering(iid, button), { button }, { confirm: true })
      await world.drain()
      return answer
    },
    /** Clicks and waits for the modal; undefined when the person was told something instead. */
    openModal: async (iid: number, button: string, by: string = people.engineer.id) => {
      return modalAfter(world, by, () => slack.click(by, world.cardOffering(iid, button), { button }))
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
      await world.drain()
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
    redraws.close()
    await inner.close()
    const secrets = [...Object.values(environment), accessTokens]
    expect(secretsIn(logged.join(''), secrets, peopleOf(gitlab, zendesk))).toEqual([])
  })
  return world
}

function inFile<Row>(file: string, statement: string): readonly Row[] {
  const db = new Database(file)
  try {
    if (/^\s*select\b/i.test(statement)) return db.prepare<[], Row>(statement).all()
    db.exec(statement)
    return []
  } finally {
    db.close()
  }
}

/** The file, its journal and what else lies beside it under its name. */
function textOfFiles(databaseFile: string): string {
  const folder = dirname(databaseFile)
  const names = readdirSync(folder).filter((name) => name.startsWith(basename(databaseFile)))
  expect(names).toContain(basename(databaseFile))
  return names.map((name) => readFileSync(join(folder, name), 'latin1')).join('\n')
}

/** Whoever wrote to one of the desks: none of them may be known to the log. */
function peopleOf(gitlab: LocalGitLab, zendesk: LocalZendesk | undefined): readonly string[] {
  const requesters = gitlab.world.issues.flatMap(({ participants }) => participants)
  const writers = [...(zendesk?.tickets.values() ?? [])].map(({ requester }) => requester.email)
  return [...requesters, ...writers, 'quiet.owner']
}

/** How the local Zendesk's access tokens begin, which are secrets for half an hour. */
const accessTokens = 'local-zendesk-access-token-'

/** Of every world of every test: its log holds no secret and nobody's address. */
function secretsIn(log: string, settings: readonly string[], people: readonly string[]): readonly string[] {
  const secrets = settings.filter((value) => /token|secret|xoxb|glpat/i.test(value))
  return [...new Set([...secrets, ...people])].filter((word) => log.includes(word))
}

/** Looks whenever something has changed in Slack. */
export async function inSlack<T>({ slack }: Pick<InFront, 'slack'>, look: () => T | undefined): Promise<T> {
  const seen = await onceSeen(slack, look)
  if (seen === undefined) throw new Error('nothing came of it in Slack')
  return seen
}

interface InFront {
  readonly slack: Slack
  told(userId: string): readonly string[]
}

/** What the person has in front of them then; undefined when they were told something instead. */
export async function modalAfter(
  world: InFront,
  by: string,
  act: () => Promise<unknown>,
): Promise<View | undefined> {
  const told = world.told(by).length
  const before = world.slack.openView(by)?.id
  await act()
  const wasTold = () => world.told(by).length > told || undefined
  const fresh = () => {
    const view = world.slack.openView(by)
    return view?.id === before ? undefined : view
  }
  const seen = await inSlack(world, () => wasTold() ?? fresh())
  return seen === true ? undefined : seen
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
    if (key === 'text' && typeof value === 'string') words.push(withDates(value))
    return value
  })
  return words.join('\n')
}

/** Dates as Slack shows them where it can't fill them in: in the team's time zone. */
function withDates(text: string): string {
  return text.replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
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
const redrawsUntil = (
  instant: string,
) => `SELECT outbox.id FROM outbox LEFT JOIN request ON request.id = outbox.request_id
    WHERE lane = 'card' AND status = 'pending' AND attempts = 0 AND due_at <= ${instant}
    AND (kind = 'batch' OR card_ts IS NOT NULL)`

const inASecond = (now: () => Date) => new Date(now().getTime() + 1000).toISOString()

interface Redraws {
  readonly arePutOff: () => boolean | Promise<boolean>
  readonly close: () => void
}

function redrawsOnPostgres(url: string, now: () => Date): Redraws {
  return {
    arePutOff: async () => (await asking(url, redrawsUntil(`'${inASecond(now)}'`))).length > 0,
    close: () => {},
  }
}

function watchRedraws(databaseFile: string, now: () => Date): Redraws {
  let open: { readonly database: Database.Database; readonly waiting: Database.Statement } | undefined
  return {
    arePutOff: () => {
      if (!open) {
        const database = new Database(databaseFile, { readonly: true })
        open = { database, waiting: database.prepare(redrawsUntil('?')) }
      }
      return open.waiting.get(inASecond(now)) !== undefined
    },
    /** Before the bot stops: who else has the database open keeps its journal from being emptied. */
    close: () => {
      open?.database.close()
      open = undefined
    },
  }
}

/** A reply of the handbook as it has to arrive. */
export function snippet(name: string): string {
  return readFileSync(new URL(`../../src/flows/snippets/${name}.md`, import.meta.url), 'utf8').trimEnd()
}

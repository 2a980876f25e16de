/**
 * Inputs far larger than any day brings: how long the bot's event loop stands still over each, and whether all of it
 * arrived. The bot is a process of its own, so that the local services take no time from it.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import { CHANNELS, PEOPLE } from '../sandbox/slack/people.ts'
import { type OpenWorld, openWorld } from '../sandbox/world.ts'
import { openStore } from '../src/store/open-store.ts'
import { formOf } from './first-start.ts'
import { freePort } from './free-port.ts'

/** No click of a person, which Slack gives three seconds, may wait for anything for longer. */
export const longestAllowedMs = 200

/** What the event loop of the bot did over one input. */
interface Measured {
  /** Until all of it was worked off. */
  readonly seconds: number
  readonly cpuSeconds: number
  readonly memoryMb: number
  /** By the clock; with other work on the machine that is more than the bot's own. */
  readonly longestMs: number
  /** By the processor time of the bot's main thread. */
  readonly longestCpuMs: number
  /** What of it is missing afterward. */
  readonly lost: number
}

type Told = Pick<Measured, 'cpuSeconds' | 'memoryMb' | 'longestMs' | 'longestCpuMs'>

interface Bot {
  readonly world: OpenWorld
  readonly count: (sql: string) => number
  readonly url: string
}

interface Input {
  readonly input: string
  readonly env?: Readonly<Record<string, string>>
  /** Everything is there before the bot starts. */
  readonly prepare: (world: OpenWorld) => unknown
  /** Until all of it is worked off: how many are missing. */
  readonly workedOff: (bot: Bot) => Promise<number>
}

const watch = new URL('./watch-event-loop.ts', import.meta.url)

/** What is there before has been there for so long: longer than a poll looks back, and not yet due. */
const ageMs = 20 * 24 * 3_600_000

/** Measures the bot over one input. */
export async function measure({ env, prepare, workedOff }: Input): Promise<Measured> {
  let behindMs = ageMs
  const now = () => new Date(Date.now() - behindMs)
  const world = await openWorld({ now, webhooks: false, env: { ...quiet, ...env } })
  await prepare(world)
  behindMs = 0
  const port = await freePort()
  const child = world.startProcess({
    preload: watch,
    env: { PORT: String(port) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  try {
    const url = `http://127.0.0.1:${port}`
    await listening(child, url)
    world.botListensAt(port)
    // The start itself is another measure: nobody asks anything of a bot that does not listen yet.
    await told(child)
    const startedAt = performance.now()
    const database = new Sqlite(world.databaseFile, { readonly: true })
    const count = (sql: string) => Number(database.prepare(sql).pluck().get())
    const lost = await workedOff({ world, count, url })
    database.close()
    return { seconds: (performance.now() - startedAt) / 1000, lost, ...(await told(child)) }
  } finally {
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
    await world.close()
  }
}

const quiet = {
  LOG_LEVEL: 'error',
  GITLAB_POLL_SECONDS: '10',
  ZENDESK_POLL_SECONDS: '10',
  GITLAB_ADMIN_TOKEN: '',
} as const

/** Since it was last asked. */
async function told(child: ChildProcess): Promise<Told> {
  const answer = once(child, 'message')
  child.send('how long?')
  const [message] = await answer
  return message
}

async function listening(child: ChildProcess, url: string): Promise<void> {
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`the bot ended with ${child.exitCode}`)
    return (await fetch(`${url}/healthz`).catch(() => undefined))?.ok === true
  })
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) await sleep(100)
}

async function takenIn({ count }: Bot, wanted: number, source = 'gitlab'): Promise<number> {
  const known = () => count(`select count(*) from request where source = '${source}'`)
  const waiting = () => count('select count(*) from inbox where finished_at is null')
  await until(() => known() >= wanted && waiting() === 0)
  return wanted - known()
}

/** A round of what people ask for, and of what looks around by itself. */
async function askedFor({ world, url }: Bot): Promise<void> {
  const ask = (by: string, channel: string, command: string, text: string) =>
    world.slack.command(by, channel, command, text)
  for (const text of ['list', 'list overdue']) {
    await ask(PEOPLE.engineer.id, CHANNELS.privacy.name, '/privacy', text)
    await ask(PEOPLE.fieldSecurity.id, CHANNELS.security.name, '/security', text)
  }
  await ask(PEOPLE.fieldSecurity.id, CHANNELS.security.name, '/security', 'stats')
  for (const path of ['/metrics', '/readyz']) await (await fetch(url + path)).text()
  await sleep(25_000)
}

const lines = (count: number, line: string) =>
  Array.from({ length: count }, (_, one) => `${line} ${one}`).join('\n')
const megabyte = (text: string) => text.repeat(Math.ceil(1_000_000 / text.length))

function submit({ gitlab }: OpenWorld, description: string): number {
  return gitlab.submitRequest({ description, email: 'requester@example.com' }).iid
}

function submitMany({ gitlab }: OpenWorld, count: number): void {
  for (let one = 0; one < count; one += 1)
    gitlab.submitRequest({ description: formOf(one), email: `user${one}@example.com` })
}

/** Every issue of the project as the bot knows it, with its card. */
async function known({ gitlab, databaseFile }: OpenWorld): Promise<void> {
  const store = await openStore({ databaseUrl: `file:${databaseFile}`, now: () => new Date() })
  await store.transaction(async ({ requests }) => {
    for (const { iid, createdAt, updatedAt, title } of gitlab.world.issues) {
      if (/Help with the accounts/.test(title)) continue
      // Longer after it than GitLab holds a change back: it is not read once more.
      const readAt = { first: updatedAt, last: new Date(Date.parse(updatedAt) + 600_000).toISOString() }
      const none = { labels: [], noteId: 0, labelEventId: 0, stateEventId: 0, assigneeIds: [] }
      await requests.insert({
        ...{ id: `request-${iid}`, source: 'gitlab', number: iid, url: `https://gitlab.example/${iid}` },
        ...{ flow: 'account-deletion', step: 'awaiting-answers', stepSince: createdAt, createdAt, facts: {} },
        seen: { ...none, state: 'opened', updatedAt, readAt },
        card: { channel: CHANNELS.privacy.id, ts: `1700000000.${String(iid).padStart(6, '0')}` },
      })
    }
  })
  await store.close()
}

function enlarge({ slack: { space } }: OpenWorld, users: number, channels: number): void {
  const [someone] = space.people
  const [channel] = space.channels
  if (!someone || !channel) throw new Error('the workspace is empty')
  const people = Array.from({ length: users }, (_, one) => ({ ...someone, id: `U9${one}`, name: `u${one}` }))
  const others = Array.from({ length: channels }, (_, one) => ({
    ...channel,
    id: `C9${one}`,
    name: `c${one}`,
  }))
  const everybody = [...channel.members, ...people.map(({ id }) => id)]
  for (const one of space.channels) Object.assign(one, { members: everybody })
  ;(space.people as unknown[]).push(...people)
  ;(space.channels as unknown[]).unshift(...others)
}

const manyUsers = 50_000
const claims = 100

/** People from all over the list each claim a request; how many of them were refused or not heard, though they hold the role. */
async function claimedBy({ world, count }: Bot): Promise<number> {
  for (let one = 0; one < claims; one += 1) {
    const userId = `U9${Math.floor((one * (manyUsers - 1)) / (claims - 1))}`
    await world.slack.command(userId, CHANNELS.privacy.name, '/privacy', `claim ${one + 1}`)
  }
  const waiting = () => count('select count(*) from inbox where finished_at is null')
  await until(() => waiting() === 0)
  return claims - count("select count(distinct iid) from audit where what = 'claimed'")
}

/** By name, as they are asked for. */
export const inputs: Readonly<Record<string, Input>> = {
  ordinary: {
    input: 'an ordinary form, for comparison',
    prepare: (world) => submitMany(world, 1),
    workedOff: (bot) => takenIn(bot, 1),
  },
  form: {
    input: 'a form with 10,000 lines, each naming a country',
    prepare: (world) => submit(world, `${formOf(1)}\n\n${lines(10_000, 'Country: Land')}`),
    workedOff: (bot) => takenIn(bot, 1),
  },
  note: {
    input: 'three notes of 1 MB each',
    prepare: (world) => {
      const iid = submit(world, formOf(1))
      for (const text of ['Thank you for your request. ', '> quoted\n', '**a** [b](c) <d> '])
        world.gitlab.requesterReplies(iid, megabyte(text))
    },
    workedOff: async (bot) => {
      await takenIn(bot, 1)
      return 1 - bot.count("select count(*) from request where step = 'evaluating'")
    },
  },
  labels: {
    input: 'a list of 500 labels, each set by somebody',
    prepare: (world) => {
      const names = Array.from({ length: 500 }, (_, one) => `scope-${one}::value`)
      world.gitlab.someoneLabels(submit(world, formOf(1)), 'ines.engineer', names)
    },
    workedOff: (bot) => takenIn(bot, 1),
  },
  workspace: {
    input: 'a workspace of 50,000 users and 5,000 channels, in which everybody is support',
    env: { SUPPORT_ENGINEERS: '' },
    prepare: (world) => {
      enlarge(world, manyUsers, 5_000)
      submitMany(world, claims)
    },
    workedOff: async (bot) => {
      const lost = await takenIn(bot, claims)
      await askedFor(bot)
      return lost + (await claimedBy(bot))
    },
  },
  tickets: {
    input:
      '2,000 tickets in the queue, twice what a search gives: the first start, and what is asked for then',
    prepare: ({ zendesk }) => {
      for (let one = 0; one < 2_000; one += 1)
        zendesk.submitTicket('We found something.', {
          from: { name: `R${one}`, email: `r${one}@example.com` },
        })
    },
    workedOff: async (bot) => {
      const lost = await takenIn(bot, 2_000, 'zendesk')
      await askedFor(bot)
      return lost
    },
  },
  issues: {
    input: 'a project with 20,000 open issues: the polls, the digest, and what is asked for',
    env: { DIGEST_AT: '00:00' },
    prepare: async (world) => {
      submitMany(world, 20_000)
      await known(world)
    },
    workedOff: async (bot) => {
      const digests = () => bot.count("select count(*) from outbox where kind = 'digest' and status = 'done'")
      await until(() => digests() > 0)
      await askedFor(bot)
      return 20_000 - bot.count('select count(*) from request where closed_at is null')
    },
  },
  'first-start': {
    input: 'a first start on a project with 20,000 open issues',
    prepare: (world) => submitMany(world, 20_000),
    workedOff: (bot) => takenIn(bot, 20_000),
  },
}

/** A scenario on one database, of which a backup was taken at some instant; then the bot is killed and starts on that copy, or on none. */
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import { verifyAudit } from '../../src/store/audit-chain.ts'
import { openStore } from '../../src/store/open-store.ts'
import { backupDatabase } from '../../src/store/sqlite/backup.ts'
import type { AuditEntry, RequestRow } from '../../src/store/store.ts'
import type { Outside } from '../crash/outside.ts'
import type { Scenario, Subject } from '../crash/scenarios.ts'
import { allOutside } from '../fault-injection/all-outside.ts'
import { type InProcess, openDesk } from '../fault-injection/desk.ts'

/** The bot's commits since the act began: the copy holds those before this one, from 1. `none`: there is no copy. */
export type CopyTaken = { readonly beforeCommit: number } | 'none'

export interface Recovered {
  readonly commits: number
  /** When the original had come to rest, and when the copy had. */
  readonly original: State
  readonly copy: State
  /** Clicks that waited in the copy. */
  readonly pendingClicks: number
  /** What each person was told alone after the start. */
  readonly told: readonly string[]
  readonly restless: boolean
  readonly log: string
}

export interface State {
  readonly outside: Outside
  readonly open: readonly RequestRow[]
  readonly row: RequestRow | undefined
  readonly audit: readonly AuditEntry[]
  readonly wrong: string | undefined
}

const minuteMs = 60_000

export async function recover(scenario: Scenario, taken: CopyTaken): Promise<Recovered> {
  const inProcess = await openDesk()
  try {
    return await inProcess.run(() => play(inProcess, scenario, taken))
  } finally {
    await inProcess.end()
  }
}

async function play(inProcess: InProcess, scenario: Scenario, taken: CopyTaken): Promise<Recovered> {
  const { desk, bot, time, databaseFaults, logged } = inProcess
  bot.start()
  await desk.rest()
  const subject = await scenario.prepare(desk)
  const frozen = join(desk.folder, 'frozen.db')
  let commits = 0
  let takenAt = time.now()
  databaseFaults.before = (_number, { commits: isCommit }) => {
    if (!isCommit) return
    commits += 1
    if (taken === 'none' || commits !== taken.beforeCommit) return
    takenAt = time.now()
    copyDatabase(desk.databaseFile, frozen)
  }
  databaseFaults.arm()
  await scenario.act(desk, subject)
  await desk.rest()
  databaseFaults.disarm()
  if (taken !== 'none' && !existsSync(frozen)) throw new Error('the instant of the backup was not met')
  const original = await stateOf(inProcess, subject)
  time.jump(30 * minuteMs)
  const copied = taken === 'none' ? undefined : await backupOf(frozen, takenAt)
  const before = ephemerals(inProcess).length
  bot.die()
  putInPlace(desk.databaseFile, copied)
  const pendingClicks = copied === undefined ? 0 : await clicksIn(copied, time.now)
  const rest = await desk.rest()
  return {
    ...{ commits, original, pendingClicks, log: logged.join('') },
    copy: await stateOf(inProcess, subject),
    told: ephemerals(inProcess).slice(before),
    restless: rest !== 'at-rest',
  }
}

function ephemerals({ desk: { slack } }: InProcess): readonly string[] {
  return [PEOPLE.engineer.id, PEOPLE.manager.id, PEOPLE.fieldSecurity.id].flatMap((id) =>
    slack.ephemerals(id).map(({ text }) => text),
  )
}

/** As it lies on the disk at this very instant; `privacy-desk backup` then takes its copy of that. */
function copyDatabase(file: string, to: string): void {
  mkdirSync(join(to, '..'), { recursive: true })
  for (const part of ['', '-wal']) if (existsSync(file + part)) copyFileSync(file + part, to + part)
}

async function backupOf(frozen: string, takenAt: Date): Promise<string> {
  const file = `${frozen}.backup`
  await backupDatabase(`file:${frozen}`, file, () => takenAt)
  return file
}

/** As docs/operating.md says how to restore. */
function putInPlace(databaseFile: string, copy: string | undefined): void {
  for (const part of ['', '-wal', '-shm']) rmSync(databaseFile + part, { force: true })
  if (copy !== undefined) copyFileSync(copy, databaseFile)
}

async function clicksIn(file: string, now: () => Date): Promise<number> {
  const store = await openStore({ databaseUrl: `file:${file}`, now, beside: true })
  try {
    const pending = await store.tables.inbox.pending('9999', 1_000)
    return pending.filter(({ kind }) =>
      ['decision', 'command', 'redirect-ticket', 'try-again'].includes(kind),
    ).length
  } finally {
    await store.close()
  }
}

async function stateOf({ desk, time }: InProcess, subject: Subject): Promise<State> {
  const outside = await allOutside(desk, subject)
  const store = await openStore({ databaseUrl: `file:${desk.databaseFile}`, now: time.now, beside: true })
  try {
    const { requests, audit } = store.tables
    const { iid, ticket } = subject
    const verdict = await verifyAudit(store.tables)
    return {
      outside,
      open: [...(await requests.open('gitlab')), ...(await requests.open('zendesk'))],
      row:
        iid !== undefined
          ? await requests.byNumber(iid, 'gitlab')
          : ticket === undefined
            ? undefined
            : await requests.byNumber(ticket, 'zendesk'),
      audit: await audit.page(0, 100_000),
      wrong: verdict.ok ? undefined : `entry ${verdict.seq}: ${verdict.why}`,
    }
  } finally {
    await store.close()
  }
}

/** The audit log of a desk that has worked: nobody changes it unseen, and its exports hold every entry. */

import { execFile } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import Sqlite from 'better-sqlite3'
import { run as runCli } from '../../src/cli/run.ts'
import { clockWith } from '../../src/clock.ts'
import { hashOf } from '../../src/store/audit-chain.ts'
import { openStore } from '../../src/store/open-store.ts'
import { openSqlite, secureSqlite } from '../../src/store/sqlite/file.ts'
import type { AuditEntry } from '../../src/store/store.ts'
import { channel, click, decide, engineer, manager } from '../crash/acts.ts'
import { newRequester, sendForm } from '../crash/people-who-write.ts'
import { count, type Tally } from '../crash/tally.ts'
import { digestAt } from '../fault-injection/all-scenarios.ts'
import { type InProcess, openDesk } from '../fault-injection/desk.ts'
import { type Tampering, tampered, tamperings } from './tampering.ts'

export interface AuditProof {
  /** Each so many-th way of tampering is put before the real command, the others before the same code in this process. */
  readonly realEvery: number
  readonly everyHow: number
  readonly log: (line: string) => void
}

interface Log {
  readonly file: string
  readonly folder: string
  readonly entries: readonly AuditEntry[]
  /** As the digest posted it. */
  readonly head: string
}

interface Ended {
  readonly code: number
  readonly out: string
}

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

export async function auditTellsEverything(given: AuditProof, tally: Tally): Promise<void> {
  const inProcess = await openDesk()
  try {
    const log = await inProcess.run(() => workedLog(inProcess))
    given.log(`audit log of ${log.entries.length} entries, head ${log.head.slice(0, 12)}`)
    checkTriggers(log, tally)
    await checkTamperings(log, given, tally)
    await checkExports(log, tally)
  } finally {
    await inProcess.end()
  }
}

/** Decisions, refusals and effects, and then the digest, after which nothing comes. */
async function workedLog({ bot, desk, time }: InProcess): Promise<Log> {
  bot.start()
  await desk.rest()
  const iid = sendForm(desk, newRequester(desk))
  await desk.rest()
  // Too early, and by somebody who may not.
  await click(desk, { iid, button: 'Close No Response', by: engineer.id })
  await desk.rest()
  desk.gitlab.requesterReplies(iid, 'I made it in 2019.')
  await desk.rest()
  await click(desk, { iid, button: 'Request Exception', by: engineer.id })
  await desk.rest()
  await decide(desk, { iid, button: 'Approve Exception', by: engineer.id }, { Reason: 'Both agreed.' })
  await decide(
    desk,
    { iid, button: 'Approve Exception', by: manager.id },
    { Reason: 'Both, "really", agreed.' },
  )
  await desk.rest()
  const now = desk.now()
  await desk.advance(Date.parse(`${now.toISOString().slice(0, 10)}T${digestAt}:30.000Z`) - now.getTime())
  await desk.rest()
  const said = desk.slack.messages(channel).flatMap(({ ts }) => desk.slack.thread(ts))
  const head = said.map(({ text }) => /Audit log: `(\d+:[0-9a-f]{64})`/.exec(text)?.[1]).find(Boolean)
  if (head === undefined) throw new Error('no digest tells the head of the audit log in its thread')
  await bot.stop()
  const file = join(desk.folder, 'audit.db')
  copyFileSync(desk.databaseFile, file)
  const store = await openStore({ databaseUrl: `file:${file}`, now: time.now, beside: true })
  const entries = await store.tables.audit.page(0, 100_000)
  await store.close()
  return { file, folder: desk.folder, entries, head }
}

/** Through a connection as the bot opens it. */
function checkTriggers({ file }: Log, tally: Tally): void {
  const sqlite = openSqlite(file)
  secureSqlite(sqlite)
  for (const statement of [
    "update audit set who = 'x' where seq = 1",
    'delete from audit where seq = 1',
    'delete from audit',
    'insert or replace into audit select * from audit where seq = 1',
    'insert into audit select seq + 5000, at, request_id, iid, what, who, details, previous_hash, hash from audit limit 1',
  ])
    try {
      sqlite.prepare(statement).run()
      tally.letIn.push(`the bot's own connection may: ${statement}`)
    } catch (error) {
      if (!(error instanceof Sqlite.SqliteError && error.message.includes('append-only'))) throw error
    }
  sqlite.close()
}

async function checkTamperings(log: Log, { realEvery, everyHow }: AuditProof, tally: Tally): Promise<void> {
  const whole = await verify(log.file, log, true)
  if (whole.code !== 0) tally.broken.push(`the whole log is called broken: ${whole.out}`)
  const seqOfHead = Number(log.head.split(':')[0])
  const all = tamperings(log.entries).filter((_one, index) => index % everyHow === 0)
  for (const [index, tampering] of all.entries()) {
    const copy = join(log.folder, 'tampered.db')
    tampered(log.file, copy, tampering)
    const from = Number(/\d+$/.exec(tampering.name)?.[0])
    // What came after the digest is in no head yet.
    if (tampering.needsHead && from > seqOfHead) continue
    const { code, out } = await verify(copy, tampering.needsHead ? log : undefined, index % realEvery === 0)
    if (code !== 1 || !out.startsWith('broken at entry'))
      tally.letIn.push(`not found: ${tampering.name} (${code}, ${out.trim()})`)
    tally.runs += 1
    count(tally.faults, kindOf(tampering))
  }
}

const kindOf = ({ name }: Tampering): string => `audit log: ${name.replace(/\d+/g, 'N')}`

function verify(file: string, head: Pick<Log, 'head'> | undefined, isReal: boolean): Promise<Ended> {
  return command(file, ['audit', 'verify', ...(head ? ['--head', head.head] : [])], isReal)
}

async function checkExports({ file, entries }: Log, tally: Tally): Promise<void> {
  const jsonl = await command(file, ['audit', 'export', '--format', 'jsonl'], true)
  const exported = jsonl.out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as AuditEntry)
  if (JSON.stringify(exported.map(hashOf)) !== JSON.stringify(entries.map(({ hash }) => hash)))
    tally.missing.push('JSON lines are not the whole log')
  const csv = await command(file, ['audit', 'export', '--format', 'csv'], true)
  const [header = [], ...rows] = csvRows(csv.out)
  const columns = ['seq', 'at', 'what', 'who', 'hash'] as const
  const wanted = entries.map((entry) => columns.map((column) => String(entry[column])))
  const got = rows.map((row) => columns.map((column) => row[header.indexOf(column)]))
  if (JSON.stringify(got) !== JSON.stringify(wanted)) tally.missing.push('CSV is not the whole log')
  const refused = exported.filter(({ what }) => what === 'refused').length
  count(tally.reached, 'refused clicks in the exports', refused)
  tally.effectsChecked += 2 * entries.length
}

/** RFC 4180. */
function csvRows(text: string): readonly (readonly string[])[] {
  const lines = text.match(/(?:"(?:[^"]|"")*"|[^"\r])*\r\n/g) ?? []
  return lines.map((line) =>
    [...line.slice(0, -2).matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
      ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
    ),
  )
}

async function command(file: string, args: readonly string[], isReal: boolean): Promise<Ended> {
  const env = { DATABASE_URL: `file:${file}` }
  if (isReal) return asProcess(args, env)
  const written: string[] = []
  const out = { write: (text: string) => written.push(text) }
  const fetch = () => Promise.reject(new Error('nothing is asked'))
  const clock = clockWith(() => new Date(0))
  const code = await runCli(args, env, { out, err: out, ...clock, fetch })
  return { code, out: written.join('') }
}

/** As an operator runs it. */
async function asProcess(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  try {
    const options = { env: { PATH: process.env.PATH ?? '', ...env }, maxBuffer: 100_000_000 }
    const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args], options)
    return { code: 0, out: stdout }
  } catch (error) {
    const { code, stdout } = error as { readonly code?: number; readonly stdout?: string }
    if (code === undefined || stdout === undefined) throw error
    return { code, out: stdout }
  }
}

import { ConfigError } from '../config/config.ts'
import { databaseUrl } from '../config/variables.ts'
import { plus, toInstant } from '../engine/time.ts'
import { CannotOpenStore } from '../store/cannot-open-store.ts'
import { inMemory } from '../store/database-url.ts'
import { moveDatabase } from '../store/move.ts'
import { openStore } from '../store/open-store.ts'
import { BackupRefused, backupDatabase } from '../store/sqlite/backup.ts'
import { auditExport, auditVerify } from './audit.ts'
import { doctor } from './doctor.ts'
import { type Env, type ExitCode, type Io, Misused, readArguments, readSettings } from './io.ts'
import { setup } from './setup.ts'

const usage = `Usage:
  privacy-desk setup https://ADDRESS | --socket-mode [--env FILE]
                                          print the link that creates the Slack app, and write .env where there is none
  privacy-desk doctor                     check the configuration against the real services
  privacy-desk audit verify [--head COUNT:HASH]
                                          check the hash chain of the audit log, and that it reaches a head noted before
  privacy-desk audit export --format csv|jsonl [--request 123 | --ticket 456] [--since DATE]
                                          write the audit log out: all of it, or of one issue or ticket
  privacy-desk backup FILE                write a consistent copy of the database while the bot runs
  privacy-desk migrate-to URL             move all that is stored to an empty database of the other kind, while the bot
                                          is stopped: postgres://USER:PASSWORD@HOST:PORT/DATABASE or file:PATH
  privacy-desk purge                      run the retention rules now
  privacy-desk help                       show this

DATE is a day in TIMEZONE (2026-03-01) or an instant (2026-03-01T09:00:00Z).
`

type Command = (args: readonly string[], env: Env, io: Io) => Promise<ExitCode>

const commands: Readonly<Record<string, Command>> = {
  'audit verify': auditVerify,
  'audit export': auditExport,
  backup,
  doctor,
  'migrate-to': migrateTo,
  purge,
  setup,
}

/** Carries out one command line and gives the exit code. */
export async function run(argv: readonly string[], env: Env, io: Io): Promise<ExitCode> {
  if (argv.length === 1 && ['help', '--help', '-h'].includes(argv[0] ?? '')) {
    io.out.write(usage)
    return 0
  }
  try {
    const { command, args } = commandOf(argv)
    return await command(args, env, io)
  } catch (error) {
    return explain(error, io)
  }
}

function commandOf(argv: readonly string[]): { command: Command; args: readonly string[] } {
  const words = argv[0] === 'audit' ? 2 : 1
  const name = argv.slice(0, words).join(' ')
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined)
    throw new Misused(name === '' ? 'Which command?' : `There is no command "${name}"`)
  return { command, args: argv.slice(words) }
}

/** An operator's mistake is one sentence; anything else is for us, with its stack. */
function explain(error: unknown, io: Io): ExitCode {
  if (error instanceof Misused) {
    io.err.write(`${error.message}\n\n${usage}`)
    return 2
  }
  const isPlain = [CannotOpenStore, BackupRefused, ConfigError].some((kind) => error instanceof kind)
  io.err.write(`${isPlain && error instanceof Error ? error.message : inFull(error)}\n`)
  return 1
}

function inFull(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** `backup FILE`. */
async function backup(args: readonly string[], env: Env, io: Io): Promise<ExitCode> {
  const { positionals } = readArguments(args, {}, 1)
  const [file] = positionals
  if (file === undefined) throw new Misused('Which file should the copy be written to?')
  const { bytes } = await backupDatabase(readSettings(env).databaseUrl, file, io.now)
  io.out.write(`ok: ${file} (${bytes} bytes) is a whole copy of the database\n`)
  return 0
}

/** `migrate-to URL`. */
async function migrateTo(args: readonly string[], env: Env, io: Io): Promise<ExitCode> {
  const [to] = readArguments(args, {}, 1).positionals
  if (to === undefined || to === inMemory)
    throw new Misused('Where should it be moved to? postgres://… or file:…')
  const { error } = databaseUrl.safeParse(to)
  if (error) throw new Misused(`The new address ${error.issues[0]?.message}`)
  const { place, rows, head } = await moveDatabase({ from: readSettings(env).databaseUrl, to, now: io.now })
  io.out.write(
    `ok: ${rows.request} requests, ${rows.inbox} inbox and ${rows.outbox} outbox rows, ${rows.kv} settings and ${rows.audit} audit entries are in ${place}, each read again; the head of the audit log is ${head.seq}:${head.hash}\nSet DATABASE_URL to it before the bot starts. What it was moved from is left as a copy.\n`,
  )
  return 0
}

const dayInMilliseconds = 86_400_000

/** `purge`: also while the bot runs. */
async function purge(args: readonly string[], env: Env, io: Io): Promise<ExitCode> {
  readArguments(args, {})
  const settings = readSettings(env)
  const before = plus(toInstant(io.now()), -settings.retentionDays * dayInMilliseconds)
  const store = await openStore({ databaseUrl: settings.databaseUrl, now: io.now, beside: true })
  try {
    const { requests, inbox, outbox } = await store.purge(before)
    io.out.write(
      `ok: of what was closed or handled before ${before}: ${requests} requests, ${inbox} inbox and ${outbox} outbox rows deleted\n`,
    )
    return 0
  } finally {
    await store.close()
  }
}

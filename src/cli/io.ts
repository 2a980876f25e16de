import { type ParseArgsConfig, parseArgs } from 'node:util'
import type { Clock } from '../clock.ts'
import { ConfigError } from '../config/config.ts'
import { Environment, variablesSet } from '../config/environment.ts'

/** What a command may reach outside: everything else it is given. */
export interface Io extends Clock {
  readonly out: { write(text: string): unknown }
  readonly err: { write(text: string): unknown }
  readonly fetch: typeof globalThis.fetch
}

export type Env = Readonly<Record<string, string | undefined>>

/** 0: it is as it should be. 1: it is not, or it did not work. 2: the command was not understood. */
export type ExitCode = 0 | 1 | 2

/** The command line can't be understood; answered with the usage. */
export class Misused extends Error {
  override readonly name = 'Misused'
}

/** The options and positionals of a command; whatever it doesn't know is a misuse. */
export function readArguments<T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
  positionals = 0,
) {
  const parsed = parse(args, options)
  if (parsed.positionals.length > positionals) {
    throw new Misused(`Too many arguments: "${parsed.positionals.slice(positionals).join(' ')}"`)
  }
  return parsed
}

function parse<T extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new Misused(error instanceof Error ? error.message : String(error))
  }
}

const Needed = Environment.pick({ DATABASE_URL: true, TIMEZONE: true, RETENTION_DAYS: true })

/** What the database's commands need of the environment: a backup must work where the rest is not configured. */
export function readSettings(env: Env) {
  const read = Needed.safeParse(variablesSet(env))
  if (!read.success) {
    throw new ConfigError(read.error.issues.map(({ path, message }) => `${String(path[0])} ${message}`))
  }
  const { DATABASE_URL, TIMEZONE, RETENTION_DAYS } = read.data
  return { databaseUrl: DATABASE_URL, timeZone: TIMEZONE, retentionDays: RETENTION_DAYS }
}

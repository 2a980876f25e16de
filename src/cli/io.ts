import { type ParseArgsConfig, parseArgs } from 'node:util'
import type { Clock } from '../clock.ts'
import { ConfigError } from '../config/config.ts'
import { Environment, variablesSet } from '../config/environment.ts'

/** The outside that a command may reach; everything else it is given. */
export interface Io extends Clock {
  readonly out: { write(text: string): unknown }
  readonly err: { write(text: string): unknown }
  readonly fetch: typeof globalThis.fetch
  /** So many bytes by chance, in hexadecimal; the machine's own unless given. */
  readonly randomHex?: (bytes: number) => string
  /** The folder of the bundle that a supervisor starts; left out: it is not looked at. */
  readonly bundle?: URL
}

/** The environment's variables by name. */
export type Env = Readonly<Record<string, string | undefined>>

/** The exit code. 0: it is as it should be. 1: it is not, or it did not work. 2: the command was not understood. */
export type ExitCode = 0 | 1 | 2

/** The error of a command line that can't be understood; it is answered with the usage. */
export class Misused extends Error {
  override readonly name = 'Misused'
}

/** Reads the options and positionals of a command. Throws `Misused` for whatever the command doesn't know. */
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

/**
 * Reads the part of the environment that the database's commands need, since a backup must work where the rest is not
 * configured. Throws `ConfigError`.
 */
export function readSettings(env: Env) {
  const read = Needed.safeParse(variablesSet(env))
  if (!read.success) {
    throw new ConfigError(read.error.issues.map(({ path, message }) => `${String(path[0])} ${message}`))
  }
  const { DATABASE_URL, TIMEZONE, RETENTION_DAYS } = read.data
  return { databaseUrl: DATABASE_URL, timeZone: TIMEZONE, retentionDays: RETENTION_DAYS }
}

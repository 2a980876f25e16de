import { ConfigError } from '../config/config.ts'
import { Environment, variablesSet } from '../config/environment.ts'
import type { Env } from './io.ts'

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

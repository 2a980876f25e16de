/** The few settings that the database's commands need: a backup must work where the rest is not configured. */
import { type Env, Misconfigured } from './io.ts'

export function databaseUrlOf(env: Env): string {
  return env.DATABASE_URL || 'file:data/privacy-desk.db'
}

export function retentionDaysOf(env: Env): number {
  const text = env.RETENTION_DAYS || '90'
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new Misconfigured('RETENTION_DAYS must be a whole number of days, at least 1')
  return Number(text)
}

export function timeZoneOf(env: Env): string {
  const timeZone = env.TIMEZONE || 'UTC'
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  } catch {
    throw new Misconfigured('TIMEZONE must be the name of a time zone, like Europe/Berlin')
  }
}

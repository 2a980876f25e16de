/** What `DATABASE_URL` names: a PostgreSQL database, or a SQLite file. */
import { fileURLToPath } from 'node:url'
import { CannotOpenStore } from './cannot-open-store.ts'

export const inMemory = ':memory:'

/** `file:data/privacy-desk.db`, `file:///var/lib/desk.db` or `:memory:` as the path that SQLite opens. */
export function databasePath(databaseUrl: string): string {
  if (databaseUrl === inMemory) return inMemory
  if (!databaseUrl.startsWith('file:')) {
    throw new CannotOpenStore('DATABASE_URL must begin with "file:" and name a SQLite file')
  }
  if (databaseUrl.includes('?')) throw new CannotOpenStore('DATABASE_URL takes no options after a "?"')
  const path = databaseUrl.startsWith('file://')
    ? pathOfFileUrl(databaseUrl)
    : databaseUrl.slice('file:'.length)
  if (path === '' || path === inMemory || path.endsWith('/')) {
    throw new CannotOpenStore('DATABASE_URL names no file after "file:"')
  }
  return path
}

function pathOfFileUrl(databaseUrl: string): string {
  try {
    return fileURLToPath(databaseUrl)
  } catch {
    throw new CannotOpenStore('DATABASE_URL is not a file URL of this machine')
  }
}

/** `postgres://…` and `postgresql://…`: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS */
export function isPostgres(databaseUrl: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(databaseUrl)
}

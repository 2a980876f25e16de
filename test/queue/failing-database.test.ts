/** A database that fails in the middle of an effect fails none for good: it passes, or an operator mends it. */
import Sqlite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { definitionOf, effects } from '../../src/engine/effect.ts'
import { attempt } from '../../src/queue/attempt.ts'
import type { Executor } from '../../src/services/effect-handler.ts'
import type { OutboxEntry } from '../../src/store/store.ts'

const sentence = 'The bot’s database could not be read or written.'
const pending: OutboxEntry = {
  ...{ id: 1, opId: 'op-1', requestId: 'r1', lane: 'gitlab', position: 1, priority: 'background' },
  ...{ work: { kind: 'reply', snippet: 'closed-no-response', replacements: {} }, status: 'pending' },
  ...{ attempts: 0, lookups: 0, token: 1 },
  ...{ dueAt: '2026-03-01T10:00:00.000Z', createdAt: '2026-03-01T10:00:00.000Z' },
}

const failing = (error: Error) => {
  const fails = () => Promise.reject(error)
  const executor: Executor = {
    definitions: effects,
    definitionOf: ({ work }) => definitionOf(effects, work),
    calls: () => undefined,
    execute: fails,
    verify: fails,
  }
  return { executor, isShared: false, random: () => 0, clock: { now: () => new Date() }, onError: () => {} }
}

test.each(['SQLITE_BUSY', 'SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_IOERR_WRITE'])(
  '%s while a reply is sent says nothing of what was sent: it is looked up',
  async (code) => {
    const error = new Sqlite.SqliteError('no', code)

    expect(await attempt(failing(error), pending)).toEqual({
      ...{ outcome: 'unknown', inMs: 5_000, error: sentence, lookups: 0 },
    })
  },
)

test.each([
  ['57P01', 'terminating connection due to administrator command'],
  ['57P03', 'the database system is starting up'],
  ['53100', 'could not extend file: No space left on device'],
  ['25006', 'cannot execute INSERT in a read-only transaction'],
  ['25P03', 'terminating connection due to idle-in-transaction timeout'],
  ['40P01', 'deadlock detected'],
  ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5432'],
  [undefined, 'Connection terminated unexpectedly'],
  [undefined, 'timeout exceeded when trying to connect'],
  [
    undefined,
    'The tables of desk on db:5432 are being brought up to date by another process: start again in a moment',
  ],
])('so does PostgreSQL’s %s, “%s”', async (code, message) => {
  const error = Object.assign(new Error(message), code !== undefined && { code })

  expect(await attempt(failing(error), pending)).toMatchObject({ outcome: 'unknown', error: sentence })
})

test('while it is looked up, what was unknown stays so', async () => {
  const error = new Sqlite.SqliteError('no', 'SQLITE_IOERR')
  const entry: OutboxEntry = { ...pending, status: 'unknown', attempts: 1, lookups: 1 }

  expect(await attempt(failing(error), entry)).toMatchObject({ outcome: 'unknown', lookups: 1 })
})

test('while a message is posted, which can’t be looked up, it is tried later', async () => {
  const error = new Sqlite.SqliteError('no', 'SQLITE_BUSY')
  const entry: OutboxEntry = {
    ...pending,
    ...{ lane: 'thread', work: { kind: 'thread', text: 'Hello', mention: [] } },
  }

  expect(await attempt(failing(error), entry)).toMatchObject({ outcome: 'later', error: sentence })
})

test.each(['23505', '42P01'])('PostgreSQL’s %s is a defect of ours', async (code) => {
  expect(await attempt(failing(Object.assign(new Error('no'), { code })), pending)).toMatchObject({
    outcome: 'failed',
  })
})

test('a broken rule of the tables is a defect of ours, for which a person is asked', async () => {
  const error = new Sqlite.SqliteError('no', 'SQLITE_CONSTRAINT_UNIQUE')

  expect(await attempt(failing(error), pending)).toEqual({
    outcome: 'failed',
    error: 'Something in the bot went wrong (SqliteError). Reference: op-1',
    lookups: 7,
  })
})

/** During an upgrade replicas of two versions work on one outbox: what the later one wants done is left to it. */
import { expect, test } from 'vitest'
import { definitionOf, effects } from '../../src/engine/effect.ts'
import { attempt } from '../../src/queue/attempt.ts'
import type { Executor } from '../../src/services/effect-handler.ts'
import type { OutboxEntry } from '../../src/store/store.ts'

const unknownKind: OutboxEntry = {
  ...{ id: 1, opId: 'op-1', requestId: 'r1', lane: 'gitlab', position: 1, priority: 'background' },
  ...{ work: { kind: 'of-a-later-version' }, status: 'pending', attempts: 0, lookups: 0, token: 1 },
  ...{ dueAt: '2026-03-01T10:00:00.000Z', createdAt: '2026-03-01T10:00:00.000Z' },
}
const error = 'This version of the bot can’t read what is to be done (of-a-later-version). Reference: op-1'

function attemptAt(instant: string, isShared: boolean, entry: Partial<OutboxEntry> = {}) {
  const never = () => Promise.reject(new Error('nothing of it can be carried out here'))
  const executor: Executor = {
    definitions: effects,
    definitionOf: ({ work }) => definitionOf(effects, work),
    calls: () => undefined,
    execute: never,
    verify: never,
  }
  const clock = { now: () => new Date(instant) }
  return attempt(
    { executor, isShared, clock, random: () => 0, onError: () => {} },
    { ...unknownKind, ...entry },
  )
}

test('it is put off, and what may have been done stays so', async () => {
  const soon = '2026-03-01T10:14:59.000Z'

  expect(await attemptAt(soon, true)).toEqual({ outcome: 'later', inMs: 10_000, error })
  expect(await attemptAt(soon, true, { status: 'unknown', attempts: 2, lookups: 3 })).toEqual({
    outcome: 'unknown',
    inMs: 10_000,
    error,
    lookups: 3,
  })
  expect(await attemptAt(soon, true, { lane: 'thread' })).toEqual({ outcome: 'later', inMs: 10_000, error })
})

test('after a quarter of an hour nobody has come who can read it: it waits for Try Again, a message for nobody', async () => {
  const late = '2026-03-01T10:15:00.000Z'

  expect(await attemptAt(late, true)).toEqual({ outcome: 'failed', error, lookups: 0 })
  expect(await attemptAt(late, true, { lane: 'thread' })).toEqual({
    outcome: 'stopped',
    because: error,
    alone: true,
  })
})

test('where one process has the database there is nobody to leave it to', async () => {
  expect(await attemptAt('2026-03-01T10:00:00.000Z', false)).toEqual({ outcome: 'failed', error, lookups: 0 })
})

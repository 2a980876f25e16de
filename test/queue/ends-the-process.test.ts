/** An effect at which the process ended again and again is not begun any more: a person looks, and Try Again begins it anew. */
import { expect, test } from 'vitest'
import { definitionOf, effects } from '../../src/engine/effect.ts'
import { attempt } from '../../src/queue/attempt.ts'
import type { OutboxEntry } from '../../src/store/store.ts'

const note: OutboxEntry = {
  ...{ id: 1, opId: 'op-1', requestId: 'r1', lane: 'gitlab', position: 1, priority: 'background' },
  ...{ work: { kind: 'close' }, status: 'unknown', attempts: 20, lookups: 3, token: 40 },
  ...{ dueAt: '2026-03-01T10:00:00.000Z', createdAt: '2026-03-01T10:00:00.000Z' },
}
const because =
  'The bot’s process ended 20 times in a row while it did this. It may or may not have gone through: look for yourself, and tell your admins. Reference: op-1'

async function attemptOf(entry: Partial<OutboxEntry>) {
  let begun = 0
  const attempted = await attempt(
    {
      executor: {
        definitions: effects,
        definitionOf: ({ work }) => definitionOf(effects, work),
        calls: () => undefined,
        execute: async () => {
          begun += 1
          return { result: {} }
        },
        verify: async () => undefined,
      },
      isShared: false,
      clock: { now: () => new Date('2026-03-01T10:00:00.000Z') },
      random: () => 0,
      onError: () => {},
    },
    { ...note, ...entry },
  )
  return { attempted, begun }
}

test('after twenty lives in a row it waits for Try Again', async () => {
  expect(await attemptOf({ ends: 20 })).toEqual({
    attempted: { outcome: 'failed', error: because, lookups: 3, isUnclear: true },
    begun: 0,
  })
})

test('a message, which has no Try Again, is stopped alone', async () => {
  expect((await attemptOf({ lane: 'card', work: { kind: 'card' }, ends: 20 })).attempted).toEqual({
    ...{ outcome: 'stopped', because, alone: true },
  })
})

test('what its asker alone hears of is stopped, too, as one that may have gone through', async () => {
  const work = {
    ...{ kind: 'redirect-ticket', ticket: 5, to: 'deletion', updatedStamp: note.dueAt, preview: '' },
    answerTo: { userId: 'U1', teamId: 'T1' },
  }
  expect((await attemptOf({ lane: 'zendesk', work, ends: 20 })).attempted).toEqual({
    ...{ outcome: 'stopped', because, alone: true, isUnclear: true },
  })
})

test('until then it is done', async () => {
  expect((await attemptOf({ ends: 19 })).begun).toBe(1)
})

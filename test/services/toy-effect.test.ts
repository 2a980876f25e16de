/** A kind of effect that only this test knows: its definition, its handler, and not a line in src. */
import { expect, test } from 'vitest'
import { effects } from '../../src/engine/effect.ts'
import { defineEffect, isNumber, isText } from '../../src/engine/effects/definition.ts'
import { messageEffects } from '../../src/engine/effects/messages.ts'
import { limitsWith } from '../../src/queue/limits.ts'
import { CallFailed } from '../../src/services/call-failed.ts'
import { type Executor, executorOf, type HandlersOf } from '../../src/services/effect-handler.ts'
import { taskText } from '../../src/views/effect-text.ts'
import { anEffectDesk } from './effect-desk.ts'

interface RingBell {
  readonly kind: 'ring-bell'
  readonly times: number
  readonly because: string
}

const toys = {
  'ring-bell': defineEffect<RingBell, RingBell>()({
    kind: 'ring-bell',
    params: { times: isNumber, because: isText },
    lane: 'request',
    idempotency: 'verify-first',
    limits: ['notes'],
    redact: (effect) => ({ ...effect, because: '' }),
    auditAs: ({ kind, times }) => ({ kind, times }),
    asked: {
      fill: (rule) => rule,
      words: ({ times }) => [{ verb: 'Ring', rest: `the bell ${times} times` }],
      page: () => 'rings the bell',
    },
  }),
}

const ring = { kind: 'ring-bell', times: 3, because: 'Jane Doe has waited' } as const
const minute = 60_000

/** A desk whose worker knows the bell alone. */
async function aBellDesk(answers: readonly ('rung' | 'no answer')[] = ['rung'], rungBefore = false) {
  const desk = await anEffectDesk()
  const { id } = await desk.aRequest()
  const calls: string[] = []
  const left = [...answers]
  // Whatever is settled asks for a redraw, which this worker has to know too.
  const definitions = { ...toys, card: messageEffects.card }
  const handlers: HandlersOf<typeof definitions> = {
    card: { execute: async () => ({ result: {} }) },
    'ring-bell': {
      async execute({ opId }, { times }) {
        calls.push(`execute ${opId} ${times}`)
        if (left.shift() !== 'no answer') return { result: { times } }
        throw new CallFailed({ service: 'gitlab', kind: 'unknown', message: 'timeout' })
      },
      async verify({ opId }, { times }) {
        calls.push(`verify ${opId} ${times}`)
        return rungBefore ? { result: { times } } : undefined
      },
    },
  }
  const limits = limitsWith({
    now: desk.now,
    definitions,
    channelOfDesk: () => 'C1',
    channelOfRequest: async () => 'C1',
    sizes: { gitlabNotes: { burst: 1, perMinute: 1 } },
  })
  const worker = desk.newWorker({ executor: executorOf(definitions, handlers), limits })
  const at = desk.now().toISOString()
  return {
    ...desk,
    id,
    calls,
    worker,
    add: (work: { readonly kind: string }, lane: 'gitlab' | 'thread' = 'gitlab') =>
      desk.store.tables.outbox.add([
        { opId: `op-${lane}`, requestId: id, lane, work, dueAt: at, createdAt: at },
      ]),
  }
}

test('is done, redacted, and in the audit log', async () => {
  const desk = await aBellDesk()
  await desk.add(ring)

  await desk.worker.runUntilIdle()

  expect(desk.calls).toEqual(['execute op-gitlab 3'])
  expect(await desk.store.tables.outbox.ofRequest(desk.id)).toMatchObject([
    { status: 'done', work: { kind: 'ring-bell', times: 3, because: '' }, result: { times: 3 } },
  ])
  expect(await desk.effectsInAudit(desk.id)).toEqual([
    { effect: 'ring-bell', opId: 'op-gitlab', outcome: 'done', attempt: 1, times: 3 },
  ])
})

test('is looked up before it is repeated', async () => {
  const desk = await aBellDesk(['no answer'], true)
  await desk.add(ring)

  await desk.worker.runUntilIdle()
  desk.pass(minute)
  await desk.worker.runUntilIdle()

  expect(desk.calls).toEqual(['execute op-gitlab 3', 'verify op-gitlab 3'])
  expect(await desk.statuses(desk.id)).toEqual(['done'])
})

test('is said in its own words', () => {
  expect(taskText(ring, 7, toys)).toBe('Ring the bell 3 times')
  expect(taskText(ring, 7)).toBe('Do “ring-bell”')
})

test.each([
  ['of a kind that nobody knows', { kind: 'blow-horn' }],
  ['without its parameters', { kind: 'ring-bell', times: 'often', because: 'x' }],
  ['named like what every object has', { kind: 'toString' }],
])(
  'stored work %s is not done: it waits for a version that can read it, with Try Again',
  async (_what, work) => {
    const desk = await aBellDesk()
    await desk.add(work)

    await desk.worker.runUntilIdle()

    expect(desk.calls).toEqual([])
    expect(await desk.work(desk.id)).toEqual([
      {
        status: 'failed',
        error: `This version of the bot can’t read what is to be done (${work.kind}). Reference: op-gitlab`,
      },
    ])
  },
)

test('a message that cannot be read holds up no other: it is given up, and nothing of it is kept', async () => {
  const desk = await aBellDesk()
  await desk.add({ kind: 'whisper', text: 'Jane Doe' } as { readonly kind: string }, 'thread')

  await desk.worker.runUntilIdle()

  expect(await desk.store.tables.outbox.ofRequest(desk.id)).toMatchObject([
    { status: 'cancelled', work: { kind: 'whisper' } },
  ])
  expect(JSON.stringify(await desk.store.tables.outbox.ofRequest(desk.id))).not.toContain('Jane')
})

test('every kind stands in the list under its own name', () => {
  expect(Object.entries(effects).map(([name, { kind }]) => [name, kind])).toEqual(
    Object.keys(effects).map((name) => [name, name]),
  )
})

/** Never called: that these do not compile is what is tested, by `npm run check`. */
export function notCompiling(handler: HandlersOf<typeof toys>['ring-bell']): readonly Executor[] {
  const { execute } = handler
  return [
    // @ts-expect-error No handler.
    executorOf(toys, {}),
    // @ts-expect-error It has to be looked up.
    executorOf(toys, { 'ring-bell': { execute } }),
    // @ts-expect-error Nobody has defined this.
    executorOf(toys, { 'ring-bell': handler, 'blow-horn': handler }),
  ]
}

/** What a process holds, as it may know it: whoever stood still has perhaps lost it, and sends nothing. */
import { expect, test } from 'vitest'
import { clockWith, nextTurn } from '../../src/clock.ts'
import { outgoing } from '../../src/http/outgoing.ts'
import { createPump, type PumpParts } from '../../src/queue/pump.ts'
import type { Held, Sharing } from '../../src/store/store.ts'

const shared: Sharing = { isShared: true, leaseMs: 8_000 }

/** A pump with one entry, whose work asks a service whenever it is told to. */
function holding(
  sharing: Sharing,
  renew: PumpParts['renew'] = async () => [],
  sleep: PumpParts['clock']['sleep'] = clockWith(() => new Date()).sleep,
  time = { ms: Date.parse('2026-03-01T09:00:00.000Z') },
) {
  const sent: string[] = []
  const calls = outgoing(async (input) => {
    sent.push(String(input))
    return new Response()
  })
  const entry: Held = { id: 1, token: 3 }
  const ask = { now: Promise.withResolvers<void>() }
  const outcome: unknown[] = []
  let isBegun = false
  const pump = createPump({
    clock: { now: () => new Date(time.ms), sleep },
    owner: 'this process',
    sharing,
    renew,
    whileHeld: calls.whileHeld,
    onFailedLook: (error) => void outcome.push(error),
    look: async ({ claim, begin }) => {
      if (isBegun) return
      isBegun = true
      begin(entry, claim.until, 'gitlab', async () => {
        await ask.now.promise
        await calls.fetch('https://gitlab.example/note').then(
          () => outcome.push('sent'),
          (error: unknown) => outcome.push(error),
        )
      })
    },
  })
  return {
    pump,
    sent,
    outcome,
    ask: () => ask.now.resolve(),
    /** So much later the work makes its call. */
    async askAfter(ms: number) {
      const idle = pump.runUntilIdle()
      await new Promise(setImmediate)
      time.ms += ms
      pump.wake()
      await new Promise(setImmediate)
      ask.now.resolve()
      await idle
    },
  }
}

const lost = new Error('the lease is over: nothing is sent')

test('within its lease a call is sent', async () => {
  const { askAfter, sent, outcome } = holding(shared)

  await askAfter(3_000)

  expect([sent.length, outcome]).toEqual([1, ['sent']])
})

test('a process that stood still until somebody else had the entry sends nothing when it goes on', async () => {
  const { askAfter, sent, outcome } = holding(shared, async () => [])

  await askAfter(60_000)

  expect([sent, outcome]).toEqual([[], [lost]])
})

test('nor does one whose entry it has claimed anew itself: that is another attempt', async () => {
  const { askAfter, sent, outcome } = holding(shared, async () => [{ id: 1, token: 4 }])

  await askAfter(60_000)

  expect([sent, outcome]).toEqual([[], [lost]])
})

test('a second before the end it counts as lost: a call takes a moment to leave', async () => {
  const { askAfter, outcome } = holding(shared)

  await askAfter(7_000)

  expect(outcome).toEqual([lost])
})

test('what nobody has taken meanwhile is held again, and sent', async () => {
  const { askAfter, sent } = holding(shared, async () => [{ id: 1, token: 3 }])

  await askAfter(60_000)

  expect(sent).toHaveLength(1)
})

test('where one process has the database, it holds what it has begun however long it takes', async () => {
  const { askAfter, sent } = holding({ isShared: false, leaseMs: 60_000 })

  await askAfter(3_600_000)

  expect(sent).toHaveLength(1)
})

test('what takes longer than its lease is renewed meanwhile, though nobody wakes the pump', async () => {
  const time = { ms: Date.parse('2026-03-01T09:00:00.000Z') }
  const renewedAt: number[] = []
  const began = time.ms
  const passes = async (ms: number, signal?: AbortSignal) => {
    await nextTurn()
    signal?.throwIfAborted()
    time.ms += ms
  }
  const { pump, ask, sent } = holding(
    shared,
    async () => {
      renewedAt.push(time.ms - began)
      return [{ id: 1, token: 3 }]
    },
    passes,
    time,
  )

  pump.start()
  for (let turn = 0; turn < 1_000 && time.ms < began + 60_000; turn++) await nextTurn()
  ask()
  await nextTurn()
  await pump.stop()

  const pauses = renewedAt.map((at, index) => at - (renewedAt[index - 1] ?? 0))
  expect(time.ms).toBeGreaterThanOrEqual(began + 60_000)
  expect(pauses.length).toBeGreaterThan(10)
  expect(Math.max(...pauses)).toBeLessThanOrEqual(5_000)
  expect(sent).toHaveLength(1)
})

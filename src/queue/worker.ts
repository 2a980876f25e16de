/** Carries out what the outbox holds: in order within a request and lane, side by side across them, until it is done. */

import { kindsOf } from '../engine/effect.ts'
import { toInstant } from '../engine/time.ts'
import type { Executor } from '../services/effect-handler.ts'
import { describe } from '../services/failure.ts'
import type { OutboxEntry, Store } from '../store/store.ts'
import { type Attempt, attempt } from './attempt.ts'
import type { Limits } from './limits.ts'
import { type AboutRequest, after, settle } from './settle.ts'
import { type TokenBucket, takeOfEach } from './token-bucket.ts'

export interface WorkerOptions {
  readonly store: Store
  readonly now: () => Date
  /** At least 0, below 1. */
  readonly random: () => number
  readonly executor: Executor
  readonly limits: Limits
  readonly about: AboutRequest
  readonly log: {
    warn(fields: object, message: string): void
    error(fields: object, message: string): void
  }
  readonly onSettled?: (entry: OutboxEntry, outcome: Attempt['outcome']) => void
}

export interface Worker {
  /** There is something new in the outbox. */
  wake(): void
  /** Takes over what a stopped process left behind, then works in the background. */
  start(): Promise<void>
  /** Begins nothing new and waits for the calls in flight. */
  stop(): Promise<void>
  /** Works until nothing is due at this moment and nothing is in flight. Rejects where the database fails. */
  runUntilIdle(): Promise<void>
}

/** Calls at the same time: enough that one that hangs holds up nobody, few enough to be polite. Slack has its own. */
const sideBySide = 4
const takenAtOnce = 200
/** How often the outbox is looked at without being woken. */
const longestSleepMs = 1_000

export function createWorker(options: WorkerOptions): Worker {
  const { store, now, log } = options
  const running = new Map<number, { readonly place: string; readonly ended: Promise<void> }>()
  let alarm = Promise.withResolvers<void>()
  let starting: Promise<void> = Promise.resolve()
  let background: Promise<void> | undefined
  let isStopping = false

  function wake(): void {
    alarm.resolve()
    alarm = Promise.withResolvers()
  }

  /** One after the other, so that nothing is started from a list that another has worked off. */
  function startDue(): Promise<void> {
    const started = starting.then(startDueNow)
    starting = started.catch(() => undefined)
    return started
  }

  async function startDueNow(): Promise<void> {
    const due = await store.tables.outbox.due(toInstant(now()), takenAtOnce)
    const turns = new Map<TokenBucket, number>()
    for (const entry of due) {
      if (isStopping) return
      if (running.has(entry.id) || isFull(placeOf(entry))) continue
      const buckets = await options.limits.of(entry)
      if (!takeOfEach(buckets)) {
        await putOff(entry, Math.max(...buckets.map((bucket) => bucket.msUntil(turnAt(turns, bucket)))))
        continue
      }
      if (!(await store.tables.outbox.claim(entry.id, toInstant(now())))) continue
      const ended = run(entry).finally(() => running.delete(entry.id))
      running.set(entry.id, { place: placeOf(entry), ended })
    }
  }

  function isFull(place: string): boolean {
    return [...running.values()].filter((one) => one.place === place).length >= sideBySide
  }

  /** It was not its turn: no attempt is counted, and what was unknown stays so. */
  async function putOff(entry: OutboxEntry, ms: number): Promise<void> {
    const dueAt = after(now(), ms)
    const error = entry.error ?? 'It waits its turn, so that not too much is sent at once.'
    if (entry.status === 'unknown') await store.tables.outbox.unknown(entry.id, dueAt, error, entry.lookups)
    else await store.tables.outbox.later(entry.id, dueAt, error)
  }

  async function run(entry: OutboxEntry): Promise<void> {
    const result = await attempt({ ...options, onError: complainOf }, withStart(entry, now()))
    await settleAtLast(entry, result)
    options.onSettled?.(entry, result.outcome)
  }

  /** An effect whose result is not written would wait for the next start, so this is tried until it succeeds. */
  async function settleAtLast(entry: OutboxEntry, result: Attempt): Promise<void> {
    for (;;) {
      try {
        return await settle(store, options.executor.definitions, options.about, entry, result, now())
      } catch (error) {
        complain(error, 'The result of an effect could not be written')
        if (isStopping) return
        await sleep(longestSleepMs, alarm.promise)
      }
    }
  }

  async function runUntilIdle(): Promise<void> {
    for (;;) {
      const woken = alarm.promise
      await startDue()
      if (running.size === 0) return
      await Promise.race([woken, ...[...running.values()].map(({ ended }) => ended)])
    }
  }

  async function work(): Promise<void> {
    while (!isStopping) {
      const woken = alarm.promise
      try {
        await runUntilIdle()
      } catch (error) {
        // Not at once again: a full disk may be read, and without a pause nothing else would get a turn.
        complain(error, 'The outbox could not be read or written')
      }
      await sleep(longestSleepMs, woken)
      // Also where nobody woke it: what waits on the same promise for days piles up.
      wake()
    }
  }

  function complain(error: unknown, message: string): void {
    log.error({ error: describe(error) }, message)
  }

  function complainOf({ opId, requestId, work: { kind } }: OutboxEntry, error: unknown): void {
    log.warn({ opId, requestId, effect: kind, error: describe(error) }, 'An effect was not done')
  }

  return {
    wake,
    runUntilIdle,
    async start() {
      await store.tables.outbox.recover(
        toInstant(now()),
        kindsOf(options.executor.definitions, 'at-most-twice'),
      )
      background ??= work()
    },
    async stop() {
      isStopping = true
      wake()
      await background
      await Promise.all([...running.values()].map(({ ended }) => ended))
    },
  }
}

/** How many of this round wait for the bucket, this one with them. */
function turnAt(turns: Map<TokenBucket, number>, bucket: TokenBucket): number {
  const turn = (turns.get(bucket) ?? 0) + 1
  turns.set(bucket, turn)
  return turn
}

/** Calls that hang in one service take no place from another. */
function placeOf(entry: OutboxEntry): string {
  return ['thread', 'card', 'channel'].includes(entry.lane) ? 'slack' : entry.lane
}

function withStart(entry: OutboxEntry, at: Date): OutboxEntry {
  return { ...entry, startedAt: entry.startedAt ?? toInstant(at) }
}

/** Ends sooner when woken. */
async function sleep(ms: number, woken: Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    void woken.then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** One attempt at one entry of the outbox: what came of it, and what follows. Writes nothing. */
import type { Clock } from '../clock.ts'
import { UnreadableEffect } from '../engine/effect.ts'
import type { EffectDefinition, Idempotency } from '../engine/effects/definition.ts'
import type { Done, Executor, Stopped } from '../services/effect-handler.ts'
import { type Failure, failureOf } from '../services/failure.ts'
import type { OutboxEntry } from '../store/store.ts'

export type Attempt =
  | { readonly outcome: 'done'; readonly done: Done; readonly found: boolean }
  | { readonly outcome: 'later'; readonly inMs: number; readonly error: string }
  | { readonly outcome: 'unknown'; readonly inMs: number; readonly error: string; readonly lookups: number }
  | {
      readonly outcome: 'failed'
      readonly error: string
      /** Of those that Try Again needs, how many are not needed any more. */
      readonly lookups: number
      /** It may have been done all the same. */
      readonly isUnclear?: true
    }
  | {
      readonly outcome: 'stopped'
      readonly because: string
      readonly alone: boolean
      /** It may have been done all the same. */
      readonly isUnclear?: true
    }

export interface Attempting {
  readonly executor: Executor
  readonly clock: Pick<Clock, 'now'>
  readonly random: () => number
  /** True where replicas of another version may work on the same outbox. */
  readonly isShared: boolean
  /** Takes an error that was thrown, for the log. */
  readonly onError: (entry: OutboxEntry, error: unknown) => void
}

/**
 * The pause before each look-up, counted from the end of the last attempt or look. A call that was given up after 10 s
 * may still be carried out until GitLab's own limit of 60 s
 * (https://docs.gitlab.com/administration/operations/puma/#change-the-worker-timeout), and a replica may not show it for another
 * 60 s (`max_replica_lag_time`): an append is repeated after 135 s, and after a restart, where the first look is at once, after
 * 130 s. The early looks find what was merely slow. Each pause is counted by the bot's own clock from the look before it, so
 * a clock that is set forward cuts one of them short: none is longer than 20 s, and it is still repeated after more than 110 s.
 */
const lookPausesMs = [5_000, 10_000, 20_000, 20_000, 20_000, 20_000, 20_000, 20_000] as const
const [firstLookMs] = lookPausesMs
/** Empty look-ups before an append is repeated. */
const lookupsNeeded = lookPausesMs.length
/** All but the one for safety: nothing was done, certainly. */
const lookupsSpared = lookupsNeeded - 1

/**
 * After so long without a clear answer people are called, and attempts come ever less often, at last one an hour: no
 * outage that ends by itself is missed by more, and a service that answers 5xx for ever is not asked 500 times a day.
 */
export const longUnclearMs = 3_600_000

/**
 * After as many lives of a process in a row that ended with something in hand, that is what ends them. Whatever else was in
 * hand then is not: it is done as soon as a life is long enough for it, and its count begins anew with each answer.
 */
export const mostEnds = 20

/** `entry` as it stood before it was claimed. */
export async function attempt(attempting: Attempting, entry: OutboxEntry): Promise<Attempt> {
  const definition = readable(attempting, entry)
  if (!definition) return unreadable(attempting, entry)
  const attempted =
    (entry.ends ?? 0) >= mostEnds
      ? endsTheProcess(entry)
      : await attemptKnown(attempting, entry, definition.idempotency)
  if (attempted.outcome !== 'failed' || !definition.report) return attempted
  // Whoever asked for it is told, and may ask again: nothing waits for Try Again.
  const { error: because, isUnclear } = attempted
  return { outcome: 'stopped', because, alone: true, ...(isUnclear && { isUnclear }) }
}

function readable({ executor, onError }: Attempting, entry: OutboxEntry): EffectDefinition | undefined {
  try {
    return executor.definitionOf(entry)
  } catch (error) {
    if (!(error instanceof UnreadableEffect)) throw error
    onError(entry, error)
    return undefined
  }
}

/**
 * While replicas are brought to another version one after the other, what the later one wants done is left to it for so
 * long, and looked at again after each pause.
 */
const leftToOthersMs = 900_000
const leftPauseMs = 10_000

/** A message has no Try Again, so that whatever comes after it goes on; else a later version may read it. */
function unreadable({ isShared, clock }: Attempting, entry: OutboxEntry): Attempt {
  const because = `This version of the bot can’t read what is to be done (${entry.work.kind}). Reference: ${entry.opId}`
  const { lookups } = entry
  if (isShared && clock.now().getTime() - Date.parse(entry.createdAt) < leftToOthersMs) {
    const left = { inMs: leftPauseMs, error: because }
    return entry.status === 'unknown'
      ? { outcome: 'unknown', lookups, ...left }
      : { outcome: 'later', ...left }
  }
  return isMessage(entry)
    ? { outcome: 'stopped', because, alone: true }
    : { outcome: 'failed', error: because, lookups }
}

function endsTheProcess(entry: OutboxEntry): Attempt {
  const because = `The bot’s process ended ${mostEnds} times in a row while it did this. It may or may not have gone through: look for yourself, and tell your admins. Reference: ${entry.opId}`
  return isMessage(entry)
    ? { outcome: 'stopped', because, alone: true }
    : { outcome: 'failed', error: because, lookups: entry.lookups, isUnclear: true }
}

async function attemptKnown(
  attempting: Attempting,
  entry: OutboxEntry,
  idempotency: Idempotency,
): Promise<Attempt> {
  if (idempotency === 'at-most-twice' && isSaidTwice(entry)) return saidEnough
  if (entry.attempts > 0 && idempotency === 'verify-first') {
    const looked = await look(attempting, entry)
    if (looked) return looked
  }
  try {
    return ended(await attempting.executor.execute(entry), false)
  } catch (error) {
    attempting.onError(entry, error)
    return afterFailure(attempting, entry, idempotency, failureOf(error, entry.opId))
  }
}

function ended(done: Done | Stopped, found: boolean): Attempt {
  return 'stopped' in done
    ? { outcome: 'stopped', because: done.stopped, alone: done.alone === true }
    : { outcome: 'done', done, found }
}

function isMessage({ lane }: OutboxEntry): boolean {
  return lane === 'card' || lane === 'thread' || lane === 'channel'
}

/** A message that can't be looked up, and that may be there twice already; a process that was killed counts as no answer. */
function isSaidTwice({ status, lookups }: OutboxEntry): boolean {
  return status === 'unknown' && lookups >= 2
}

/** The outcome that stops only this message: a later one in the thread is another message, and goes on. */
const saidEnough: Attempt = {
  outcome: 'stopped',
  because: 'Slack gave no clear answer twice, so it is not posted a third time: see whether it is there.',
  alone: true,
}

/** Undefined when it is certain enough that nothing was done. */
async function look(attempting: Attempting, entry: OutboxEntry): Promise<Attempt | undefined> {
  try {
    const done = await attempting.executor.verify(entry)
    if (done) return ended(done, true)
  } catch (error) {
    attempting.onError(entry, error)
    return afterFailedLook(attempting, entry, failureOf(error, entry.opId))
  }
  // Pending means that the last attempt certainly did nothing: the look was only for safety.
  if (entry.status !== 'unknown') return undefined
  const lookups = entry.lookups + 1
  const inMs = lookPausesMs[lookups]
  if (inMs === undefined) return undefined
  return { outcome: 'unknown', inMs, error: entry.error ?? 'Its outcome is not known.', lookups }
}

/** A look that failed says nothing new: what was unknown stays so. */
function afterFailedLook(attempting: Attempting, entry: OutboxEntry, failure: Failure): Attempt {
  if (failure.kind === 'not-done' && !failure.isPassing) {
    // What is still open stays so: Try Again may come a moment after an attempt that GitLab is carrying out.
    return entry.status === 'unknown'
      ? { outcome: 'failed', error: failure.sentence, lookups: entry.lookups, isUnclear: true }
      : { outcome: 'failed', error: failure.sentence, lookups: lookupsSpared }
  }
  const inMs = pause(attempting, entry, failure)
  if (entry.status !== 'unknown' && failure.kind === 'later')
    return { outcome: 'later', inMs, error: failure.sentence }
  return { outcome: 'unknown', inMs, error: failure.sentence, lookups: entry.lookups }
}

function afterFailure(
  attempting: Attempting,
  entry: OutboxEntry,
  idempotency: Idempotency,
  failure: Failure,
): Attempt {
  const { kind, sentence: error } = failure
  const inMs = pause(attempting, entry, failure)
  // Slack's refusals (not in the channel, archived) are mended in Slack, and a card that is not there has no Try Again.
  if (kind === 'later' || (kind === 'not-done' && isMessage(entry))) return { outcome: 'later', inMs, error }
  if (kind === 'not-done' && !failure.isPassing) return { outcome: 'failed', error, lookups: lookupsSpared }
  if (idempotency !== 'at-most-twice')
    return { outcome: 'unknown', inMs: Math.max(inMs, firstLookMs), error, lookups: 0 }
  // One that had no clear answer stays that, though Slack refused the next: it may be there.
  if (entry.lookups > 0) return saidEnough
  return { outcome: 'unknown', inMs: Math.max(inMs, firstLookMs), error, lookups: 1 }
}

function pause({ random, clock }: Attempting, entry: OutboxEntry, failure: Failure): number {
  const ownMs =
    failure.retryAfterSeconds === undefined
      ? backOffMs(entry.attempts + 1, random)
      : retryAfterMs(failure.retryAfterSeconds, random)
  const unclearMs =
    entry.unclearSince === undefined ? 0 : clock.now().getTime() - Date.parse(entry.unclearSince)
  return unclearMs < longUnclearMs ? ownMs : Math.max(ownMs, Math.min(unclearMs / 4, longUnclearMs))
}

/** The first pause after a failed attempt; each further one is twice as long. */
const firstMs = 1_000
/** Long enough not to burden a service that is down, short enough that nobody waits long once it is back. */
const longestMs = 5 * 60_000
/** An answer that asks for more than this is not believed: no service of ours closes for so long. */
const longestRetryAfterMs = 60 * 60_000

/** Half of it fixed, half of it by chance, so that many requests do not come back at the same instant. */
function backOffMs(attempts: number, random: () => number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(attempts - 1, 30))
  return Math.round(full / 2 + (full / 2) * random())
}

/** Never sooner than the service said, up to a second later by chance. */
function retryAfterMs(seconds: number, random: () => number): number {
  return Math.min(longestRetryAfterMs, Math.round(seconds * 1000)) + Math.round(1000 * random())
}

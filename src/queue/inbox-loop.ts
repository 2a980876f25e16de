/** Takes what lies in the inbox, in order for each request and side by side for different ones. */

import { type Instant, toInstant } from '../engine/time.ts'
import { CallFailed } from '../services/call-failed.ts'
import { type InboxEntry, StaleRequest, type Store, type Tables } from '../store/store.ts'

/** Reads what it needs, outside of any transaction, and gives back what is to be written. */
export type HandleEntry = (entry: InboxEntry) => Promise<Handled>

export interface Handled {
  /**
   * Writes what came of the entry, in the transaction in which it is marked done; who is to be told of it, if anybody.
   * May run again on another reading: it changes nothing but `tables`.
   */
  readonly write?: (tables: Tables, at: Instant) => Promise<Told | undefined>
  /** Ids of further entries that are done with this one, since what was read for it answers them too. */
  readonly answered?: readonly number[]
}

/** A person hears privately what came of what they did. */
export interface Told {
  readonly answerTo: {
    readonly userId: string
    readonly teamId: string
    readonly channel?: string
    readonly responseUrl?: string
  }
  readonly text: string
}

/** Another process was quicker, or the entry was taken from this one: nothing of it is written. */
class AlreadyDone extends Error {
  override readonly name = 'AlreadyDone'
}

export interface InboxLoopParts {
  readonly store: Store
  readonly now: () => Date
  readonly handle: HandleEntry
  /** Entries of the same subject are handled one after the other. */
  readonly subjectOf: (entry: InboxEntry) => Promise<string>
  /** Never rejects. */
  readonly tell: (to: Told['answerTo'], text: string) => Promise<void>
  /** There may be something new in the outbox. */
  readonly wakeWorker: () => void
  readonly log: { error(fields: object, message: string): void }
}

export interface InboxLoop {
  /** There is something new. */
  wake(): void
  /** Until nothing that is due now is left. */
  runUntilIdle(): Promise<void>
  /** Takes nothing new and waits for what is being handled. */
  stop(): Promise<void>
}

/** Enough that a slow answer of GitLab to one request holds nobody else up. */
const sideBySide = 8
const batch = 200
/** After these attempts an entry is given up, unless a service is down: the poll asks for each change only once. */
const mostAttempts = 20

export function createInboxLoop(parts: InboxLoopParts): InboxLoop {
  const { store, now } = parts
  const busy = new Map<string, Promise<void>>()
  /** Handled since the list was read that is being gone through, in which they still stand. */
  const ended = new Set<number>()
  let isStopped = false
  let looking: Promise<void> | undefined
  let lookAgain = false

  async function look(): Promise<void> {
    if (isStopped) return
    ended.clear()
    for (const entry of await store.tables.inbox.pending(toInstant(now()), batch)) {
      if (busy.size >= sideBySide) return
      const subject = await parts.subjectOf(entry)
      if (!busy.has(subject) && !ended.has(entry.id)) busy.set(subject, take(entry, subject))
    }
  }

  async function take(entry: InboxEntry, subject: string): Promise<void> {
    let isKept = true
    try {
      await settle(parts, entry, await parts.handle(entry))
    } catch (error) {
      isKept = await putBack(parts, entry, error)
    }
    ended.add(entry.id)
    busy.delete(subject)
    // With the disk full the entry could not even be postponed: the next tick looks again, not this one.
    if (isKept) wake()
  }

  function wake(): void {
    lookAgain = true
    looking ??= keepLooking().finally(() => {
      looking = undefined
      if (lookAgain && !isStopped) wake()
    })
  }

  async function keepLooking(): Promise<void> {
    while (lookAgain && !isStopped) {
      lookAgain = false
      await look().catch((error: unknown) =>
        parts.log.error({ error: messageOf(error) }, 'the inbox could not be read'),
      )
    }
  }

  async function runUntilIdle(): Promise<void> {
    wake()
    while (looking || busy.size > 0) {
      await looking
      await Promise.all(busy.values())
    }
  }

  return {
    wake,
    runUntilIdle,
    stop: async () => {
      isStopped = true
      await looking
      await Promise.all(busy.values())
    },
  }
}

/** Writes what came of an entry and marks it done, all or nothing; then whoever waits for it is told. */
async function settle(
  { store, now, tell, wakeWorker }: InboxLoopParts,
  entry: InboxEntry,
  { write, answered = [] }: Handled,
): Promise<void> {
  const at = toInstant(now())
  const done = await store.transaction(async (tables) => {
    if (!(await tables.inbox.done(entry.id, at))) throw new AlreadyDone(entry.key)
    const toTell = await write?.(tables, at)
    for (const id of answered) if (id !== entry.id) await tables.inbox.done(id, at)
    return toTell
  })
  wakeWorker()
  if (done) await tell(done.answerTo, done.text)
}

/** True when the entry is off the list of what is due now, or moved on it. */
async function putBack(
  { store, now, log }: InboxLoopParts,
  entry: InboxEntry,
  error: unknown,
): Promise<boolean> {
  if (error instanceof AlreadyDone) return true
  const at = now()
  const isLast = entry.attempts + 1 >= mostAttempts && !isOutage(error)
  const fields = { kind: entry.kind, key: entry.key, attempts: entry.attempts + 1, error: messageOf(error) }
  if (!(error instanceof StaleRequest))
    log.error(fields, isLast ? 'given up' : 'could not be handled, will be tried again')
  try {
    if (isLast) await store.tables.inbox.failed(entry.id, toInstant(at), messageOf(error))
    else await store.tables.inbox.postpone(entry.id, dueAfter(at, entry.attempts, error), messageOf(error))
    return true
  } catch (again) {
    log.error({ ...fields, error: messageOf(again) }, 'the inbox could not be written')
    return false
  }
}

/** The service may be back any time: what waits for it is never given up. */
function isOutage(error: unknown): boolean {
  return error instanceof CallFailed && error.kind !== 'not-done'
}

/** Somebody else was quicker: at once. Else 1 s, 2 s, 4 s … at most 5 minutes; a service may ask for up to an hour. */
function dueAfter(at: Date, attempts: number, error: unknown): Instant {
  if (error instanceof StaleRequest) return toInstant(at)
  const asked = error instanceof CallFailed ? (error.retryAfterSeconds ?? 0) * 1000 : 0
  const pause = Math.max(Math.min(1000 * 2 ** attempts, 300_000), Math.min(asked, 3_600_000))
  return toInstant(new Date(at.getTime() + pause))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

/** Takes what lies in the inbox, in order for each request and side by side for different ones. */

import type { Clock } from '../clock.ts'
import type { AnswerTo } from '../engine/request.ts'
import { type Instant, toInstant } from '../engine/time.ts'
import type { Log } from '../http/log.ts'
import { CallFailed } from '../services/call-failed.ts'
import { isDatabaseFailure } from '../services/failure.ts'
import {
  ClaimLost,
  type Held,
  type InboxEntry,
  StaleRequest,
  type Store,
  type Tables,
} from '../store/store.ts'
import { mostEnds } from './attempt.ts'
import { createPump, type Hold, type Pump, type PumpParts } from './pump.ts'

/** Reads what it needs, outside of any transaction, and gives back what is to be written. */
export type HandleEntry = (entry: InboxEntry) => Promise<Handled>

export interface Handled {
  /**
   * Writes what came of the entry, in the transaction in which it is marked done; who is to be told of it, if anybody.
   * May run again on another reading: it changes nothing but `tables`.
   */
  readonly write?: (tables: Tables, at: Instant) => Promise<Told | undefined>
  /** Further entries that are done with this one, since what was read for it answers them too. */
  readonly answered?: readonly Held[]
}

/** Returns what is written, and who is told, where an entry is given up; the reference stands in the log, too. */
export type GiveUp = (entry: InboxEntry, reference: string) => Pick<Handled, 'write'>

/** A person hears privately what came of what they did. */
export interface Told {
  readonly answerTo: AnswerTo
  readonly text: string
  /** What the person can undo by a button below the answer: the request, or a subject without one, and the decision. */
  readonly undo?: Undoable
}

/** A decision that has not gone out. */
export interface Undoable {
  readonly requestId: string
  readonly decisionId: string
}

export interface InboxLoopParts {
  readonly store: Store
  readonly clock: Clock
  /** One life of a process: what another life has claimed and left is taken over. */
  readonly owner: string
  readonly handle: HandleEntry
  readonly giveUp: GiveUp
  /** Takes the kind of an entry that was given up. */
  readonly onGivenUp: (kind: string) => void
  /** Never rejects. */
  readonly tell: (to: AnswerTo, text: string, undo?: Undoable) => Promise<void>
  /** There may be something new in the outbox. */
  readonly wakeWorker: () => void
  readonly log: Pick<Log, 'error'>
  readonly whileHeld?: PumpParts['whileHeld'] | undefined
  readonly givesWay?: PumpParts['givesWay']
  /** True once the calls in flight were given up, as the process stops, and nobody can be told anything any more. */
  readonly isAbandoned?: () => boolean
}

/** `runUntilIdle` never rejects. */
export interface InboxLoop extends Omit<Pump, 'isStopping' | 'busy' | 'sleep' | 'start'> {
  /** Works in the background from now on. */
  start(): Promise<void>
}

/** At each place, so that a service that hangs holds up nobody at another one, nor its hints a click. */
const sideBySide = 8
/** After these attempts an entry is given up, unless a service is down: the poll asks for each change only once. */
const mostAttempts = 20
/**
 * As many make the pauses the longest; an outage uses up no more, however long it is. What it had postponed may meet
 * another one that was quicker, or a passing error, as soon as the service is back.
 */
const attemptsOfOutage = 9

export function createInboxLoop(parts: InboxLoopParts): InboxLoop {
  const { store, clock, owner, log } = parts
  const { inbox } = store.tables
  const complain = (error: unknown) => log.error({ error: messageOf(error) }, 'the inbox could not be read')
  const pump = createPump({
    clock,
    owner,
    sharing: store.sharing,
    renew: (claim, ids) => inbox.renew(claim, ids),
    ...(parts.whileHeld && { whileHeld: parts.whileHeld }),
    ...(parts.givesWay && { givesWay: parts.givesWay }),
    onFailedLook: complain,
    async look({ claim, except, places, busy, begin }) {
      const room = { most: sideBySide, busy: new Map(places.map((place) => [place, busy(place)])) }
      for (const entry of await inbox.claim(claim, room, except))
        begin(entry, claim.until, entry.place, (hold) => take(entry, hold))
    },
  })

  async function take(entry: InboxEntry, hold: Hold): Promise<void> {
    const isCutOff = () => parts.isAbandoned?.() === true || hold.missedCall()
    try {
      if ((entry.ends ?? 0) >= mostEnds) throw new EndsTheProcess()
      const handled = await parts.handle(entry)
      // A service that had no time to answer, or was not asked, is no reason to refuse a click: it is handled anew.
      if (isCutOff()) throw new Error('its calls were given up, as the process stops, or its lease was over')
      await settle(parts, entry, handled)
    } catch (error) {
      // With the disk full the entry could not even be postponed: the next tick looks again, not this one.
      if (!(await putBack(parts, entry, error, isCutOff()))) hold.shelve()
    }
  }

  return {
    wake: pump.wake,
    async start() {
      // One database, one process: nobody handles any more what a life before this one had in hand.
      if (!store.sharing.isShared) await inbox.release({ owner })
      pump.start()
    },
    stop: pump.stop,
    runUntilIdle: () => pump.runUntilIdle().catch(complain),
  }
}

class EndsTheProcess extends Error {
  constructor() {
    super(`the process ended ${mostEnds} times in a row while it was handled`)
  }
}

/** Writes what came of an entry and marks it done, all or nothing; then whoever waits for it is told. */
async function settle(
  { store, clock, tell, wakeWorker }: InboxLoopParts,
  entry: InboxEntry,
  { write, answered = [] }: Handled,
): Promise<void> {
  const at = toInstant(clock.now())
  const done = await store.transaction(async (tables) => {
    await tables.inbox.done(entry, at)
    await tables.inbox.doneToo(answered, at)
    return write?.(tables, at)
  })
  wakeWorker()
  if (done) await tell(done.answerTo, done.text, done.undo)
}

/** True when the entry is off the list of what is due now, or moved on it. */
async function putBack(
  parts: InboxLoopParts,
  entry: InboxEntry,
  error: unknown,
  isCutOff: boolean,
): Promise<boolean> {
  if (error instanceof ClaimLost) return true
  const { store, clock, log } = parts
  const at = clock.now()
  const isLast =
    error instanceof EndsTheProcess || (entry.attempts + 1 >= mostAttempts && !isOutage(error) && !isCutOff)
  const reference = referenceOf(entry)
  const fields = {
    ...{ reference, kind: entry.kind, key: entry.key },
    ...{ attempts: entry.attempts + 1, error: messageOf(error) },
  }
  if (!(error instanceof StaleRequest))
    log.error(fields, isLast ? 'given up' : 'could not be handled, will be tried again')
  try {
    if (isLast) await abandon(parts, entry, error)
    else {
      // At the next start it stands before what came later.
      const dueAt = isCutOff ? toInstant(at) : dueAfter(at, entry.attempts, error)
      const isCounted = !isCutOff && (!isOutage(error) || entry.attempts < attemptsOfOutage)
      await store.tables.inbox.postpone(entry, dueAt, messageOf(error), isCounted)
    }
    return true
  } catch (again) {
    if (again instanceof ClaimLost) return true
    log.error({ ...fields, error: messageOf(again) }, 'the inbox could not be written')
    return false
  }
}

/** Given up, all or nothing, and then whoever waits for it is told: a click was acknowledged, so nobody else would. */
async function abandon(
  { store, clock, giveUp, onGivenUp, tell, wakeWorker }: InboxLoopParts,
  entry: InboxEntry,
  error: unknown,
): Promise<void> {
  const at = toInstant(clock.now())
  const { write } = giveUp(entry, referenceOf(entry))
  const waiting = await store.transaction(async (tables) => {
    await tables.inbox.failed(entry, at, messageOf(error))
    return write?.(tables, at)
  })
  onGivenUp(entry.kind)
  wakeWorker()
  if (waiting) await tell(waiting.answerTo, waiting.text)
}

/** By which a person and the operators speak of the same entry. */
function referenceOf({ id }: InboxEntry): string {
  return `inbox-${id}`
}

/**
 * The service, or the database, may be back any time, and a token that has ended be renewed (401): what waits for it is
 * never given up.
 */
function isOutage(error: unknown): boolean {
  const isOfService = error instanceof CallFailed && (error.kind !== 'not-done' || error.status === 401)
  return isOfService || isDatabaseFailure(error)
}

/** Where somebody else is quicker again and again, many are: it lets them pass. */
const outOfTheWayMs = 10_000

/** Somebody else was quicker: at once, and after some times a little later. Else 1 s, 2 s, 4 s … at most 5 minutes; a service may ask for up to an hour. */
function dueAfter(at: Date, attempts: number, error: unknown): Instant {
  if (error instanceof StaleRequest)
    return toInstant(attempts < attemptsOfOutage ? at : new Date(at.getTime() + outOfTheWayMs))
  const asked = error instanceof CallFailed ? (error.retryAfterSeconds ?? 0) * 1000 : 0
  const pause = Math.max(Math.min(1000 * 2 ** attempts, 300_000), Math.min(asked, 3_600_000))
  return toInstant(new Date(at.getTime() + pause))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

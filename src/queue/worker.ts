/** Carries out what the outbox holds: in order within a request and lane, side by side across them, until it is done. */

import { type Clock, nextTurn } from '../clock.ts'
import { kindsOf } from '../engine/effect.ts'
import { type Instant, toInstant } from '../engine/time.ts'
import type { Log } from '../http/log.ts'
import type { Done, Executor } from '../services/effect-handler.ts'
import { describe } from '../services/failure.ts'
import {
  type ClaimedOutboxEntry,
  ClaimLost,
  type Lane,
  type OutboxClaim,
  type OutboxEntry,
  type RequestRow,
  type Store,
  type Tables,
  type Work,
} from '../store/store.ts'
import { type Attempt, attempt } from './attempt.ts'
import type { Limits } from './limits.ts'
import { createPump, type Hold, type Pump, type PumpParts, type Round } from './pump.ts'
import { putOffs } from './put-offs.ts'
import { type AboutRequest, type Settled, type Settling, settle, type Whom } from './settle.ts'
import { takeOfEach } from './token-bucket.ts'

export interface WorkerOptions {
  readonly store: Store
  readonly clock: Clock
  /** One life of a process: what another life has claimed and left is looked up. */
  readonly owner: string
  /** At least 0, below 1. */
  readonly random: () => number
  readonly executor: Executor
  readonly limits: Limits
  readonly about: AboutRequest
  readonly whom: Whom
  readonly log: Pick<Log, 'warn' | 'error'>
  readonly whileHeld?: PumpParts['whileHeld'] | undefined
  /**
   * Reads a request once the last entry of one of its lanes is done; the reading is recorded together with the result.
   * `done`: the work of that lane that was carried out without a look between, in order.
   */
  readonly readBack?: (
    entry: ClaimedOutboxEntry,
    done: readonly Work[],
  ) => Promise<Done['record'] | undefined>
  readonly onSettled?: (entry: OutboxEntry, outcome: Attempt['outcome']) => void
}

export interface Worker extends Pick<Pump, 'wake' | 'runUntilIdle' | 'stop'> {
  /** Takes over what a stopped process left behind, then works in the background. */
  start(): Promise<void>
  /**
   * Returns the earliest instant at which there is something to do. What waits for its turn at one of our own limits is
   * due when its turn comes.
   */
  nextDueAt(): Promise<Instant | undefined>
}

/** What is to begin, and the place that it takes. */
interface Placed {
  readonly entry: OutboxEntry
  readonly place: string
}

/** Calls at the same time: enough that one that hangs holds up nobody, few enough to be polite. Slack has its own. */
const sideBySide = 4
/** In one look at the table: more than there are places, since of some it is not the turn. */
const takenAtOnce = 24

/**
 * Far below the lease, so that what is left behind waits little longer than that, and below the pause between two looks,
 * so that none of them leaves it to the next.
 */
const takeOverEveryMs = 500
/** No process has this name. */
const nobody = ''

const slackLanes: readonly Lane[] = ['thread', 'card', 'channel']

export function createWorker(options: WorkerOptions): Worker {
  const { store, clock, owner, log } = options
  const { now } = clock
  const { outbox, requests } = store.tables
  const waiting = putOffs()
  /** Due when last looked at, in order, and not begun: whoever finishes something goes on with the next of it. */
  let ready: OutboxEntry[] = []
  let lookedAt = now()
  let lookedOverAt = new Date(0)
  const unverifiable = kindsOf(options.executor.definitions, 'at-most-twice')
  const pump = createPump({
    clock,
    owner,
    look,
    sharing: store.sharing,
    renew: (claim, ids) => outbox.renew(claim, ids),
    ...(options.whileHeld && { whileHeld: options.whileHeld }),
    onFailedLook: (error) => complain(error, 'The outbox could not be read or written'),
  })

  /** Until nothing more can begin: those that wait at a full place, or for their turn, hide none that don't. */
  async function look(round: Round): Promise<void> {
    const { claim, busy, places } = round
    await takeOver()
    await options.limits.look()
    const known = new Set(places)
    lookedAt = now()
    for (let lanes: readonly Lane[] = []; ; ) {
      const entries = await outbox.due(claim.now, takenAtOnce, { lanes, ids: waiting.passed() })
      const isAll = entries.length < takenAtOnce
      const isFirst = lanes.length === 0
      if (isAll && isFirst) waiting.keepOf(entries)
      const { next, left, isPutOff } = await placed(entries, busy)
      if (isFirst) ready = left
      const begun = pump.isStopping() ? [] : await claimAndBegin(next, round)
      for (const place of begun) known.add(place)
      lanes = [...known].filter((place) => busy(place) >= sideBySide).flatMap(lanesOf)
      if (isAll || (begun.length === 0 && !isPutOff && !(isFirst && lanes.length > 0))) return
      await nextTurn()
    }
  }

  /** Returns those for which there is a place and a turn now; the turn is taken. `left`: those whose place is full. */
  async function placed(entries: readonly OutboxEntry[], busy: Round['busy']) {
    const next: Placed[] = []
    const left: OutboxEntry[] = []
    const isFull = (place: string) =>
      busy(place) + next.filter((one) => one.place === place).length >= sideBySide
    let isPutOff = false
    for (const entry of entries) {
      const place = placeOf(entry)
      if (isFull(place)) {
        left.push(entry)
        continue
      }
      const buckets = await options.limits.of(entry)
      const empty = buckets.find((bucket) => !bucket.hasOne())
      if (empty) {
        // No attempt is counted, and what was unknown stays so.
        waiting.add(entry, empty)
        isPutOff = true
        continue
      }
      takeOfEach(buckets)
      waiting.remove(entry.id)
      next.push({ entry, place })
    }
    return { next, left, isPutOff }
  }

  /** Claims them in one commit, and returns the places of those that nobody else has taken. */
  async function claimAndBegin(next: readonly Placed[], { keepHeld, claimNow, begin }: Round) {
    if (next.length === 0) return []
    await keepHeld()
    const own = claimNow()
    const claimedBy = async (tables: Pick<Tables, 'outbox'>) => {
      const all: (Placed & { readonly held: OutboxClaim })[] = []
      for (const one of next) {
        const held = await tables.outbox.claim(one.entry, own)
        if (held) all.push({ ...one, held })
      }
      return all
    }
    // One alone is one statement.
    const claimed = await (next.length === 1 ? claimedBy({ outbox }) : store.transaction(claimedBy))
    for (const { entry, place, held } of claimed)
      begin(held, own.until, place, (hold) => run(entry, held, hold))
    return claimed.map(({ place }) => place)
  }

  /**
   * Takes over what whoever had it holds no more: another process that was killed or stands still, or this one, where it
   * stood still or was not told of the commit that claimed it. What this one works on has just been renewed.
   */
  async function takeOver(): Promise<void> {
    if (!store.sharing.isShared) return
    const at = now()
    if (at.getTime() - lookedOverAt.getTime() < takeOverEveryMs) return
    lookedOverAt = at
    await outbox.recover({ now: toInstant(at), owner: nobody, unverifiable }, 'run-out')
  }

  /** Calls that hang in one service take no place from another. */
  function placeOf(entry: OutboxEntry): string {
    const { lane } = entry
    return options.executor.calls(entry) ?? (slackLanes.includes(lane) ? 'slack' : lane)
  }

  /** One entry, and whatever can follow it at once: it is claimed in the commit that holds the result before it. */
  async function run(first: OutboxEntry, claimed: OutboxClaim, hold: Hold): Promise<void> {
    let done: Work[] = []
    let entry: ClaimedOutboxEntry | undefined = await begun(first, claimed, undefined)
    while (entry) {
      const result = await attempt(
        { ...options, isShared: store.sharing.isShared, onError: complainOf },
        entry,
      )
      done.push(entry.work)
      const settled = await settleAtLast(entry, result, done)
      options.onSettled?.(entry, result.outcome)
      if (!settled?.next) return
      const { next, claim, request } = settled
      waiting.remove(next.id)
      hold.goOnWith(claim, settled.until, placeOf(next))
      if (!isOfSame(entry, next)) {
        // What was asked for with the result is not among what was due before.
        if (asksForMore(entry)) pump.wake()
        done = []
        entry = await begun(next, claim, undefined)
        continue
      }
      // What a look has found may have been done long before.
      const isAtOnce = result.outcome === 'done' && !result.found && !settled.hasWaited
      entry = { ...(await begun(next, claim, request ?? entry.request)), isAtOnce }
    }
  }

  /** True where its redraw, which was asked for with the result, may begin at another place. */
  function asksForMore(entry: OutboxEntry): boolean {
    if (entry.requestId === undefined || entry.lane === 'card') return false
    const place = placeOf({ ...entry, lane: 'card', work: { kind: 'card' } })
    return place !== placeOf(entry) && pump.busy(place) < sideBySide
  }

  /** Returns the next of what is due at this place, if it is its turn; none that goes before what a person waits for. */
  async function nextReady(after: OutboxEntry): Promise<OutboxEntry | undefined> {
    if (pump.isStopping()) return undefined
    const place = placeOf(after)
    const index = ready.findIndex((entry) => placeOf(entry) === place)
    const next = ready[index]
    if (!next || (after.priority === 'awaited' && next.priority !== 'awaited')) return undefined
    ready.splice(index, 1)
    return takeOfEach(await options.limits.of(next)) ? next : undefined
  }

  /** With its request as it stands now, which is read again only where it has changed. */
  async function begun(
    entry: OutboxEntry,
    { token, requestVersion }: OutboxClaim,
    known: RequestRow | undefined,
  ): Promise<ClaimedOutboxEntry> {
    const started = { ...entry, token, startedAt: entry.startedAt ?? toInstant(now()) }
    const { requestId } = entry
    if (requestId === undefined || requestVersion === undefined) return started
    const request =
      known?.version === requestVersion
        ? known
        : // Whoever needs it then reads it, and says what has failed.
          await requests.byId(requestId).catch(() => undefined)
    return request ? { ...started, request } : started
  }

  /** An effect whose result is not written would wait for the next start, so this is tried until it succeeds. */
  async function settleAtLast(
    entry: ClaimedOutboxEntry,
    result: Attempt,
    done: readonly Work[],
  ): Promise<(Settled & { readonly hasWaited: boolean }) | undefined> {
    let hasWaited = false
    for (;;) {
      try {
        const follow = await followOf(entry, result, done)
        const next = follow.next ?? (await nextReady(entry))
        const settled = await settle(store, {
          definitions: options.executor.definitions,
          about: options.about,
          whom: options.whom,
          entry,
          attempt: result,
          now: now(),
          owner,
          ...follow,
          ...(next && { next }),
        })
        return { ...settled, hasWaited }
      } catch (error) {
        if (error instanceof ClaimLost) {
          complain(error, 'The result of an effect was not written: somebody else has taken it')
          return undefined
        }
        complain(error, 'The result of an effect could not be written')
        if (pump.isStopping()) return undefined
        hasWaited = true
        await pump.sleep()
      }
    }
  }

  /** Returns what settling the entry needs, and the next entry if it may begin without another look for work. */
  async function followOf(
    entry: ClaimedOutboxEntry,
    { outcome }: Attempt,
    done: readonly Work[],
  ): Promise<Pick<Settling, 'isLast' | 'record' | 'next'>> {
    if (entry.requestId === undefined || entry.lane === 'card') return {}
    const behind = await outbox.behind(entry)
    const isLast = behind === undefined
    const record = outcome === 'done' && isLast ? await options.readBack?.(entry, done) : undefined
    const redraw = isLast ? await outbox.waitingRedraw(entry.requestId) : undefined
    const next = behind ?? redraw
    const given = { isLast, ...(record && { record }) }
    const isDue = next === redraw || (next !== undefined && next.dueAt <= toInstant(now()))
    if (!next || !isDue || outcome !== 'done' || pump.isStopping() || !isWaiting(next)) return given
    const place = placeOf(next)
    if (place !== placeOf(entry) && pump.busy(place) >= sideBySide) return given
    return takeOfEach(await options.limits.of({ ...next, ...(entry.request && { request: entry.request }) }))
      ? { ...given, next }
      : given
  }

  const later = (ms: number) => new Date(now().getTime() + ms)

  function complain(error: unknown, message: string): void {
    log.error({ error: describe(error) }, message)
  }

  function complainOf({ opId, requestId, work: { kind } }: OutboxEntry, error: unknown): void {
    log.warn({ opId, requestId, effect: kind, error: describe(error) }, 'An effect was not done')
  }

  return {
    wake: pump.wake,
    runUntilIdle: pump.runUntilIdle,
    stop: pump.stop,
    async nextDueAt() {
      const msUntilTurn = waiting.msUntilTurn()
      // Whose turn has come is due since the last look, which has not found it.
      const turn = msUntilTurn === undefined ? [] : [msUntilTurn === 0 ? lookedAt : later(msUntilTurn)]
      const due = await outbox.nextDueAt({ ids: waiting.all() })
      return [...turn.map(toInstant), ...(due === undefined ? [] : [due])].sort()[0]
    },
    async start() {
      // One database, one process: what anybody else had begun, nobody goes on with.
      if (!store.sharing.isShared)
        await outbox.recover({ now: toInstant(now()), owner, unverifiable }, 'all-others')
      pump.start()
    },
  }
}

function isOfSame(one: OutboxEntry, other: OutboxEntry): boolean {
  return one.requestId !== undefined && one.requestId === other.requestId
}

function isWaiting({ status }: OutboxEntry): boolean {
  return status === 'pending' || status === 'unknown'
}

function lanesOf(place: string): readonly Lane[] {
  return place === 'slack' ? slackLanes : [place]
}

/** Writes what came of an attempt: the entry, the audit log and the wish for a new card, all or nothing. */

import { definitionIfReadable, type EffectDefinitions, redacted } from '../engine/effect.ts'
import type { Report } from '../engine/effects/definition.ts'
import { type Role, readActor } from '../engine/request.ts'
import { type Instant, toInstant } from '../engine/time.ts'
import type { Done } from '../services/effect-handler.ts'
import type {
  AuditDraft,
  ClaimedOutboxEntry,
  OutboxClaim,
  OutboxEntry,
  RequestRow,
  Store,
  Tables,
} from '../store/store.ts'
import { type Attempt, longUnclearMs } from './attempt.ts'
import { claimFor } from './pump.ts'

/** Returns the fields of an audit entry that describe its request. */
export type AboutRequest = (
  request: RequestRow,
  details: AuditDraft['details'],
) => Pick<AuditDraft, 'requestId' | 'iid' | 'details'>

/** Returns who is called about a request's work where nobody has decided it. */
export type Whom = (request: RequestRow) => readonly Role[]

export interface Settling {
  readonly definitions: EffectDefinitions
  readonly about: AboutRequest
  readonly whom: Whom
  readonly entry: ClaimedOutboxEntry
  readonly attempt: Attempt
  readonly now: Date
  readonly owner: string
  /** True if no entry waits behind it in its lane. */
  readonly isLast?: boolean
  /** Writes the request as it was read back after the work, in the transaction of the result. */
  readonly record?: Done['record']
  /** The entry that is claimed together with the result. */
  readonly next?: OutboxEntry
}

export type Settled =
  | { readonly next?: undefined }
  | {
      readonly next: OutboxEntry
      readonly claim: OutboxClaim
      readonly until: Instant
      /** The request, where the result has changed it. */
      readonly request: RequestRow | undefined
    }

/** All or nothing. Throws `ClaimLost` where somebody else has taken the entry. */
export async function settle(store: Store, settling: Settling): Promise<Settled> {
  const { definitions, about, whom, entry, attempt, now, next } = settling
  return store.transaction(async (tables) => {
    let request: RequestRow | undefined
    if (attempt.outcome === 'stopped') await cancel(tables, definitions, about, entry, attempt, now)
    else {
      request = await writeOutcome(tables, definitions, whom, entry, attempt, now)
      if (attempt.outcome === 'done' && settling.isLast !== false)
        await tellDone(tables, definitions, entry, toInstant(now))
      if (isWorthRecording(entry, attempt, now))
        await record(tables, about, entry, detailsOf(entry, attempt), now)
    }
    request = (await settling.record?.(tables, toInstant(now))) ?? request
    const own = claimFor(settling.owner, now, store.sharing)
    const claim = next && (await tables.outbox.claim(next, own))
    // A redraw that is claimed in this very commit shows it. One that was claimed before it may have been drawn already.
    const isDrawnNext = claim && next?.lane === 'card' && next.requestId === entry.requestId
    if (!isDrawnNext) await wishForRedraw(tables, settling)
    await report(tables, definitions, entry, attempt, now)
    return next && claim ? { next, claim, until: own.until, request } : {}
  })
}

type Outcome = Exclude<Attempt, { outcome: 'stopped' }>

/** The request where the result has changed it. */
async function writeOutcome(
  tables: Tables,
  definitions: EffectDefinitions,
  whom: Whom,
  entry: ClaimedOutboxEntry,
  attempt: Outcome,
  now: Date,
): Promise<RequestRow | undefined> {
  const at = toInstant(now)
  const { outbox } = tables
  switch (attempt.outcome) {
    case 'done':
      if (!(await drawAgain(tables, definitions, entry, now)))
        await outbox.done(entry, at, attempt.done.result, redacted(definitions, entry.work))
      return (await attempt.done.record?.(tables, at)) ?? undefined
    case 'failed':
      await outbox.failed(entry, at, attempt.error, attempt.lookups)
      await tellOfFailure(tables, entry, whom, attempt.error, at)
      return undefined
    case 'later': {
      // Told to come later, the bot knows no more than before of an attempt that had no answer.
      const isCall = isSet(definitions, entry) && isToBeCalled(entry, now)
      const { lookups } = entry
      await outbox.later(entry, after(now, attempt.inMs), attempt.error, {
        lookups,
        ...(isCall && { calledAt: at }),
      })
      if (isCall) await callPeople(tables, entry, whom, attempt.error, at)
      return undefined
    }
    case 'unknown': {
      const unclearSince = entry.unclearSince ?? at
      const isCall = isToBeCalled(entry, now)
      const unclear = { unclearSince, ...(isCall && { calledAt: at }) }
      await outbox.unknown(entry, after(now, attempt.inMs), attempt.error, attempt.lookups, unclear)
      if (isCall) await callPeople(tables, entry, whom, attempt.error, at)
      return undefined
    }
  }
}

/**
 * A drawing that had no clear answer may come when what was drawn after it stands already, and it shows what was true
 * before. So the same is drawn once more when it can't come any more; whatever asks for a redraw meanwhile has it at once,
 * and that one still follows. Where another waits already, it is that one which is drawn once more. What calls somebody
 * undoes nothing: it is a message of its own, and again would be another. False where the entry itself is done.
 */
async function drawAgain(
  { outbox }: Tables,
  definitions: EffectDefinitions,
  entry: ClaimedOutboxEntry,
  now: Date,
): Promise<boolean> {
  if (!isRedraw(definitions, entry.work)) return false
  const unclearSince = entry.status === 'unknown' ? toInstant(now) : entry.unclearSince
  if (unclearSince === undefined) return false
  const comesUntil = after(new Date(unclearSince), lateDrawingMs)
  if (comesUntil <= toInstant(now)) return false
  const { requestId } = entry
  const other = requestId === undefined ? undefined : await outbox.waitingRedraw(requestId)
  const isForOther = other !== undefined && isRedraw(definitions, other.work)
  await (isForOther
    ? outbox.stillUnclear(other, unclearSince)
    : outbox.again(entry, comesUntil, unclearSince))
  return !isForOther
}

function isRedraw(definitions: EffectDefinitions, work: OutboxEntry['work']): boolean {
  if ('isCall' in work && work.isCall) return false
  return definitionIfReadable(definitions, work)?.limits?.includes('redraws') === true
}

/** As long as a call that was given up may take in any of the services, and a margin: none says how long one may. */
const lateDrawingMs = 75_000

/** Returns whether it may be repeated; what is appended is repeated only once it is certain that it was not. */
function isSet(definitions: EffectDefinitions, { work }: OutboxEntry): boolean {
  return definitionIfReadable(definitions, work)?.idempotency === 'idempotent'
}

/** Once, an hour after the first answer that was none; messages have no Try Again, and go on by themselves. */
function isToBeCalled({ lane, unclearSince, calledAt }: OutboxEntry, now: Date): boolean {
  if (isMessage(lane) || unclearSince === undefined || calledAt !== undefined) return false
  return now.getTime() - Date.parse(unclearSince) >= longUnclearMs
}

/** Calls whoever decided it, or who works there, since nobody knows whether it was done, and what follows it waits. */
async function callPeople(
  { outbox }: Tables,
  { opId, requestId, decisionId, request }: ClaimedOutboxEntry,
  whom: Whom,
  error: string,
  at: Instant,
): Promise<void> {
  if (requestId === undefined || !request) return
  const decider = deciderOf(request, decisionId)
  const what = decider ? `something of “${decider.what}”` : 'something that was decided'
  const text = `${decider ? `{person:${decider.userId}} ` : ''}No clear answer to ${what} for an hour, so it may or may not have gone through, and the rest is waiting. ${error} The bot keeps checking. Look for yourself, then choose Try Again on the card, which checks at once.`
  await outbox.add([
    {
      opId: `${opId}-called-${at}`,
      requestId,
      lane: 'thread',
      work: { kind: 'thread', text, mention: decider ? [] : whom(request) },
      dueAt: at,
      createdAt: at,
    },
  ])
}

/** The person whose decision it was, if that is still the last move, and what they chose. */
function deciderOf(
  { facts: { lastMove } }: RequestRow,
  decisionId: string | undefined,
): { readonly userId: string; readonly what: string } | undefined {
  if (decisionId === undefined || lastMove?.decisionId !== decisionId) return undefined
  const actor = readActor(lastMove.by)
  return actor.kind === 'slack' ? { userId: actor.userId, what: lastMove.what } : undefined
}

/**
 * Tells whoever decided it, in the card's thread, that something of it was not done and waits: nobody is notified of a
 * card that is drawn anew. Where something else has come about since, whoever works there is told.
 */
async function tellOfFailure(
  { outbox }: Tables,
  { opId, requestId, decisionId, lane, priority, attempts, request }: ClaimedOutboxEntry,
  whom: Whom,
  error: string,
  at: Instant,
): Promise<void> {
  if (requestId === undefined || decisionId === undefined || !request || isMessage(lane)) return
  const decider = deciderOf(request, decisionId)
  if (!decider && !request.facts.lastMove) return
  const step = decider ? `{person:${decider.userId}} a step of “${decider.what}”` : 'An earlier step'
  const text = `${step} failed: ${error} The rest is waiting. Fix the cause, then choose Try Again on the card.`
  await outbox.add([
    {
      opId: `${opId}-told-${attempts + 1}`,
      requestId,
      lane: 'thread',
      priority,
      work: { kind: 'thread', text, mention: decider ? [] : whom(request) },
      dueAt: at,
      createdAt: at,
    },
  ])
}

/** Whoever decides looks at the card for so long, and sees there what is done. */
const watchedMs = 60_000

/**
 * Tells whoever decided it, once, that the last of it is done, where that took longer than anybody looks on, or where
 * they were told before that something failed.
 */
async function tellDone(
  { outbox }: Tables,
  definitions: EffectDefinitions,
  { id, opId, requestId, decisionId, lane, createdAt, request, work }: ClaimedOutboxEntry,
  at: Instant,
): Promise<void> {
  if (requestId === undefined || decisionId === undefined || !request || isMessage(lane)) return
  const decider = deciderOf(request, decisionId)
  if (!decider || definitionIfReadable(definitions, work)?.whenDone === undefined) return
  const entries = await outbox.ofRequest(requestId)
  const all = entries.filter((one) => one.decisionId === decisionId && !isMessage(one.lane))
  if (all.some((one) => one.id !== id && one.status !== 'done')) return
  const { waitingReply } = request.facts
  const beganAt = waitingReply?.decisionId === decisionId ? waitingReply?.until : createdAt
  const isSlow = Date.parse(at) - Date.parse(beganAt ?? createdAt) > watchedMs
  const wasTold = entries.some((told) => all.some((one) => told.opId.startsWith(`${one.opId}-told-`)))
  if (!isSlow && !wasTold) return
  const words = all.flatMap((one) => definitionIfReadable(definitions, one.work)?.whenDone?.(one.work) ?? [])
  const text = `{person:${decider.userId}} “${decider.what}” is done: ${[...new Set(words)].join(', ')}.`
  await outbox.add([
    {
      opId: `${opId}-done-told`,
      requestId,
      lane: 'thread',
      work: { kind: 'thread', text, mention: [] },
      dueAt: at,
      createdAt: at,
    },
  ])
}

function isMessage(lane: OutboxEntry['lane']): boolean {
  return lane === 'thread' || lane === 'card' || lane === 'channel'
}

/**
 * A redraw changes nothing but what is shown. Of a service that is down for long the first refusal says enough, and so
 * does the first answer that was none: the log is kept for ever, so it holds what has changed and no repetitions.
 */
function isWorthRecording(entry: OutboxEntry, attempt: Outcome, now: Date): boolean {
  if (entry.lane === 'card') return false
  if (attempt.outcome === 'unknown') return entry.unclearSince === undefined || isToBeCalled(entry, now)
  return attempt.outcome !== 'later' || entry.attempts === 0
}

function detailsOf(entry: OutboxEntry, attempt: Outcome): AuditDraft['details'] {
  return {
    outcome: attempt.outcome,
    attempt: entry.attempts + 1,
    ...(attempt.outcome === 'done'
      ? {
          ...attempt.done.result,
          ...(attempt.done.leftOut === undefined ? {} : { because: attempt.done.leftOut }),
          ...(attempt.found ? { foundLater: true } : {}),
        }
      : { error: attempt.error }),
  }
}

/** Every one of them is in the log: it was decided, and it will not happen. */
async function cancel(
  tables: Tables,
  definitions: EffectDefinitions,
  about: AboutRequest,
  entry: ClaimedOutboxEntry,
  { because, alone, isUnclear }: Attempt & { outcome: 'stopped' },
  now: Date,
): Promise<void> {
  const redact = (work: OutboxEntry['work']) => redacted(definitions, work)
  const given = { at: toInstant(now), because, alone, isUnclear: isUnclear === true, redact }
  for (const one of await tables.outbox.cancel(entry, given))
    await record(
      tables,
      about,
      { ...one, ...(entry.request && { request: entry.request }) },
      { outcome: one.id === entry.id ? 'stopped' : 'cancelled', because },
      now,
    )
}

async function record(
  tables: Tables,
  about: AboutRequest,
  entry: ClaimedOutboxEntry,
  details: AuditDraft['details'],
  now: Date,
): Promise<void> {
  const { requestId } = entry
  const request =
    entry.request ?? (requestId === undefined ? undefined : await tables.requests.byId(requestId))
  const said = {
    effect: entry.work.kind,
    ...(entry.subject === undefined ? {} : { subject: entry.subject }),
    opId: entry.opId,
    ...details,
  }
  await tables.audit.append({
    at: toInstant(now),
    ...(requestId === undefined ? {} : { requestId }),
    ...(request ? about(request, said) : { details: said }),
    what: 'effect',
    who: 'bot',
  })
}

/**
 * One waiting redraw is enough. While there is more to be done for the request it waits a little, so that the card is
 * drawn once for all of it; a claim alone asks for none, nor does a message in the thread, which no card shows.
 */
async function wishForRedraw(
  { outbox }: Tables,
  { entry, attempt, now, isLast = true }: Settling,
): Promise<void> {
  const { requestId, lane, priority } = entry
  if (requestId === undefined || lane === 'card') return
  if (lane === 'thread' && attempt.outcome === 'done') return
  const at = toInstant(now)
  const isGoingOn = attempt.outcome === 'done' && !isLast
  await outbox.wantRedraw({
    opId: `${entry.opId}-redraw-${entry.attempts + 1}`,
    requestId,
    work: { kind: 'card' },
    ...{ at, priority },
    when: isGoingOn ? 'soon' : 'now',
  })
}

/** Through the inbox, in the same commit: a crash before they are told is made good for at the next start. */
async function report(
  tables: Tables,
  definitions: EffectDefinitions,
  entry: OutboxEntry,
  attempt: Attempt,
  now: Date,
): Promise<void> {
  const told = reportOf(definitions, entry, attempt)
  if (!told) return
  await tables.inbox.put({
    key: `answer:${entry.opId}:${entry.attempts + 1}`,
    kind: 'answer',
    payload: told,
    receivedAt: toInstant(now),
  })
}

/** Returns the report of an attempt; undefined for work that can't be read, which was not done and names nobody to tell. */
function reportOf(definitions: EffectDefinitions, entry: OutboxEntry, attempt: Attempt): Report | undefined {
  if (attempt.outcome === 'failed') return undefined
  const { outcome } = attempt
  return definitionIfReadable(definitions, entry.work)?.report?.(entry.work, {
    outcome,
    because: becauseOf(attempt),
    isFirst: entry.attempts === 0,
    isUnclear: outcome === 'stopped' && attempt.isUnclear === true,
  })
}

function becauseOf(attempt: Attempt): string {
  if (attempt.outcome === 'done') return attempt.done.leftOut ?? ''
  return attempt.outcome === 'stopped' ? attempt.because : attempt.error
}

function after(now: Date, ms: number): string {
  return new Date(now.getTime() + ms).toISOString()
}

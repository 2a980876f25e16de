/** Writes what came of an attempt: the entry, the audit log and the wish for a new card, all or nothing. */

import { definitionIfReadable, type EffectDefinitions, redacted } from '../engine/effect.ts'
import type { Report } from '../engine/effects/definition.ts'
import { toInstant } from '../engine/time.ts'
import type { AuditDraft, OutboxEntry, RequestRow, Store, Tables } from '../store/store.ts'
import type { Attempt } from './attempt.ts'

/** What an entry of the audit log says of the request that it is about. */
export type AboutRequest = (
  request: RequestRow,
  details: AuditDraft['details'],
) => Pick<AuditDraft, 'requestId' | 'iid' | 'details'>

export async function settle(
  store: Store,
  definitions: EffectDefinitions,
  about: AboutRequest,
  entry: OutboxEntry,
  attempt: Attempt,
  now: Date,
): Promise<void> {
  await store.transaction(async (tables) => {
    if (attempt.outcome === 'stopped') await cancel(tables, definitions, about, entry, attempt, now)
    else {
      await writeOutcome(tables, definitions, entry, attempt, now)
      if (isWorthRecording(entry, attempt)) await record(tables, about, entry, detailsOf(entry, attempt), now)
    }
    await wishForRedraw(tables, entry, now)
    await report(tables, definitions, entry, attempt, now)
  })
}

type Outcome = Exclude<Attempt, { outcome: 'stopped' }>

async function writeOutcome(
  tables: Tables,
  definitions: EffectDefinitions,
  entry: OutboxEntry,
  attempt: Outcome,
  now: Date,
): Promise<void> {
  const at = toInstant(now)
  switch (attempt.outcome) {
    case 'done':
      await attempt.done.record?.(tables, at)
      return tables.outbox.done(entry.id, at, attempt.done.result, redacted(definitions, entry.work))
    case 'failed':
      return tables.outbox.failed(entry.id, at, attempt.error)
    case 'later':
      return tables.outbox.later(entry.id, after(now, attempt.inMs), attempt.error)
    case 'unknown':
      return tables.outbox.unknown(entry.id, after(now, attempt.inMs), attempt.error, attempt.lookups)
  }
}

/** A redraw changes nothing but what is shown; of a service that is down for long, the first refusal says enough. */
function isWorthRecording(entry: OutboxEntry, attempt: Outcome): boolean {
  if (entry.lane === 'card') return false
  return attempt.outcome !== 'later' || entry.attempts === 0
}

function detailsOf(entry: OutboxEntry, attempt: Outcome): AuditDraft['details'] {
  return {
    outcome: attempt.outcome,
    attempt: entry.attempts + 1,
    ...(attempt.outcome === 'done'
      ? { ...attempt.done.result, ...(attempt.found ? { foundLater: true } : {}) }
      : { error: attempt.error }),
  }
}

/** Every one of them is in the log: it was decided, and it will not happen. */
async function cancel(
  tables: Tables,
  definitions: EffectDefinitions,
  about: AboutRequest,
  entry: OutboxEntry,
  { because, alone }: Attempt & { outcome: 'stopped' },
  now: Date,
): Promise<void> {
  const redact = (work: OutboxEntry['work']) => redacted(definitions, work)
  for (const one of await tables.outbox.cancel(entry.id, { at: toInstant(now), because, alone, redact }))
    await record(tables, about, one, { outcome: one.id === entry.id ? 'stopped' : 'cancelled', because }, now)
}

async function record(
  tables: Tables,
  about: AboutRequest,
  entry: OutboxEntry,
  details: AuditDraft['details'],
  now: Date,
): Promise<void> {
  const request = entry.requestId === undefined ? undefined : await tables.requests.byId(entry.requestId)
  const said = {
    effect: entry.work.kind,
    ...(entry.subject === undefined ? {} : { subject: entry.subject }),
    opId: entry.opId,
    ...details,
  }
  await tables.audit.append({
    at: toInstant(now),
    ...(entry.requestId === undefined ? {} : { requestId: entry.requestId }),
    ...(request ? about(request, said) : { details: said }),
    what: 'effect',
    who: 'bot',
  })
}

/** One waiting redraw is enough. A claim alone asks for none: its result follows within seconds. */
async function wishForRedraw(tables: Tables, entry: OutboxEntry, now: Date): Promise<void> {
  const { requestId } = entry
  if (requestId === undefined || entry.lane === 'card') return
  if (await tables.outbox.hasPendingRedraw(requestId)) return
  const at = toInstant(now)
  const opId = `${entry.opId}-redraw-${entry.attempts + 1}`
  await tables.outbox.add([
    { opId, requestId, lane: 'card', work: { kind: 'card' }, dueAt: at, createdAt: at },
  ])
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

/** What can't be read was not done, and names nobody who could be told. */
function reportOf(definitions: EffectDefinitions, entry: OutboxEntry, attempt: Attempt): Report | undefined {
  if (attempt.outcome === 'failed') return undefined
  const because =
    attempt.outcome === 'done' ? '' : attempt.outcome === 'stopped' ? attempt.because : attempt.error
  const { outcome } = attempt
  return definitionIfReadable(definitions, entry.work)?.report?.(entry.work, {
    outcome,
    because,
    isFirst: entry.attempts === 0,
  })
}

export function after(now: Date, ms: number): string {
  return new Date(now.getTime() + ms).toISOString()
}

/**
 * The only file that changes a request. `handleEvent` is the only way it moves: decide, and write the new step, the facts,
 * the audit entry and the effects, all or nothing. `amendRequest` writes the few things that no flow decides.
 */

import { aboutRequest } from '../desks/desk.ts'
import { decide, refuseByRole, rolesOf } from '../engine/decide.ts'
import { decisionAt } from '../engine/decision-rule.ts'
import { effects as definitions, redacted } from '../engine/effect.ts'
import type { AnyEffect } from '../engine/effects/definition.ts'
import type { Event, Observation } from '../engine/event.ts'
import type { DecisionEnvironment } from '../engine/flow.ts'
import type { Move, Outcome } from '../engine/outcome.ts'
import { type Person, type ReadUpTo, type Role, slackActor } from '../engine/request.ts'
import type { Instant } from '../engine/time.ts'
import { undo, type WaitingReply } from '../engine/waiting-reply.ts'
import { labelsAfter } from '../engine/way-back.ts'
import type { AuditDraft, Priority, RequestRow, Tables } from '../store/store.ts'
import { type Asked, addEffects, batchName, drawBacklog, drawBatch, redraw } from './ask-for-effects.ts'
import { auditOf } from './audit-draft.ts'
import { type DeskContext, environmentOf, nowOf, refreshAtOf } from './desk-context.ts'
import { firstRefreshOf } from './reminders.ts'
import { isUndone } from './undone.ts'

/** The request is not in the database: it was purged. */
export class UnknownRequest extends Error {
  override readonly name = 'UnknownRequest'
}

/** The answer of `decide`, and the request as it stands now. */
export interface HandledEvent {
  readonly outcome: Outcome
  readonly row: RequestRow
}

/**
 * Handles an event inside the caller's transaction, so that an inbox row is done together with what it did. `row` is
 * the request as the transaction knows it: one that was changed since it was read is refused with `StaleRequest`.
 */
export async function handleEvent(
  context: DeskContext,
  tables: Tables,
  row: RequestRow,
  event: Event,
  drawn?: 'now' | 'soon',
): Promise<HandledEvent> {
  const decisionId = context.newId()
  const { undoSeconds: seconds = 0 } = context
  const environment = {
    ...(await environmentFor(context, tables, row, event)),
    decisionId,
    readUpTo: readUpToOf(row),
    ...(seconds > 0 && { replyWait: { seconds } }),
  }
  const outcome = decide(context.flows, row, event, environment)
  await tables.audit.append(auditOf(context, row, event, outcome, environment.now))
  if (outcome.kind !== 'move') return { outcome, row }
  if (event.kind !== 'decision') {
    const { readAgainFrom: from } = outcome
    if (!from || from.updatedAt === row.seen.updatedAt)
      return {
        outcome,
        row: await write(context, tables, row, outcome, { decisionId, ...(drawn && { drawn }) }),
      }
    const { labelEventId, stateEventId } = from
    const before = { ...row, seen: { ...row.seen, labelEventId, stateEventId } }
    const after = await write(context, tables, before, outcome, { decisionId })
    await readOnceMore(context, tables, row, `stopped:${decisionId}`)
    return { outcome, row: after }
  }
  const { sendAt } = outcome
  const asked = { decisionId, priority: 'awaited', ...(sendAt && { dueAt: sendAt }) } as const
  const written = await write(context, tables, row, outcome, asked)
  // Whoever decides on a request works on it: its card waits no longer.
  return { outcome, row: await postCard(context, tables, written, 'awaited') }
}

function readUpToOf({ seen }: RequestRow): ReadUpTo {
  const { updatedAt, noteId, labelEventId, stateEventId } = seen
  return { updatedAt, noteId, labelEventId, stateEventId }
}

/** Why an effect was not done that somebody has undone. */
export const undoneBecause = 'Undone before it was sent.'

/**
 * Undoes the decision whose public reply waits, inside the caller's transaction. Undefined, and nothing is changed, where
 * something of it has been begun: then it is too late.
 */
export async function undoWaitingReply(
  context: DeskContext,
  tables: Tables,
  row: RequestRow,
  waiting: WaitingReply,
  by: Person,
): Promise<RequestRow | undefined> {
  const now = nowOf(context)
  const decided = { requestId: row.id, lane: row.source, decisionId: waiting.decisionId ?? '' }
  const redact = (work: AnyEffect) => redacted(definitions, work)
  const cancelled = await tables.outbox.cancelUnbegun(decided, { at: now, because: undoneBecause, redact })
  if (!cancelled) return undefined
  const decisionId = context.newId()
  const move = undo(context.flows, row, waiting, by, { at: now, decisionId })
  const { decision, since, readUpTo } = waiting
  const about = (details: AuditDraft['details']) => aboutRequest(context.desks.of(row), row, details)
  const [from, to] = [`${row.flow}/${row.step}`, `${move.flow}/${move.step}`]
  const who = slackActor(by.id)
  await tables.audit.append({
    ...about({ decision, roles: by.roles, from, to }),
    ...{ at: now, what: 'undone', who },
  })
  for (const { work, opId } of cancelled)
    await tables.audit.append({
      ...about({ effect: work.kind, opId, outcome: 'cancelled', because: undoneBecause }),
      ...{ at: now, what: 'effect', who: 'bot' },
    })
  // Of what is read once more nobody may say that it holds no new note.
  const { userNotes: _userNotes, ...seen } = row.seen
  const before = { ...row, stepSince: since, seen: { ...seen, ...readUpTo } }
  const written = await write(context, tables, before, move, { decisionId, priority: 'awaited' })
  // Where the request is now, what was seen since may mean something else.
  if (row.seen.updatedAt !== readUpTo.updatedAt)
    await readOnceMore(context, tables, row, `undone:${decisionId}`)
  return written
}

/** Asks for a reading of the request in its service. */
async function readOnceMore(
  context: DeskContext,
  { inbox }: Tables,
  { source, number }: RequestRow,
  key: string,
): Promise<void> {
  const payload = { iid: number, source }
  await inbox.put({ key, kind: `${source}-hint`, payload, receivedAt: nowOf(context) })
}

/**
 * Handles observations one after the other, and returns the request as the last of them leaves it. `soon`: the card is
 * about to be drawn for something else as well.
 */
export async function handleObservations(
  context: DeskContext,
  tables: Tables,
  row: RequestRow,
  observations: readonly Observation[],
  drawn?: 'now' | 'soon',
): Promise<RequestRow> {
  let current = row
  for (const observation of observations)
    current = (await handleEvent(context, tables, current, { kind: 'observation', observation }, drawn)).row
  return current
}

/** Reads a request. Throws `UnknownRequest` where it was purged. */
export async function requestById({ requests }: Pick<Tables, 'requests'>, id: string): Promise<RequestRow> {
  const row = await requests.byId(id)
  if (!row) throw new UnknownRequest(id)
  return row
}

/**
 * What no flow decides: whose the request is, where its card stands and when it is drawn again, what was last read in
 * GitLab or Zendesk. Throws `StaleRequest` where the request has changed since it was read.
 */
export async function amendRequest(
  { requests }: Pick<Tables, 'requests'>,
  row: RequestRow,
  change: Partial<Pick<RequestRow, 'card' | 'hashes' | 'seen' | 'url'>> & {
    /** Undefined: never again. */
    readonly refreshAt?: Instant | undefined
    /** Undefined: it is nobody's. */
    readonly assignee?: string | undefined
  },
): Promise<RequestRow> {
  const { refreshAt: before, assignee: holder, ...kept } = row
  const { refreshAt, assignee, ...changed } = { refreshAt: before, assignee: holder, ...change }
  return requests.update({
    ...kept,
    ...changed,
    ...(refreshAt === undefined ? {} : { refreshAt }),
    ...(assignee === undefined ? {} : { assignee }),
  })
}

/**
 * Lets the card of a request be posted that has waited to be asked for, with all that its thread has to say; reminders
 * that are due follow at the next look at the clocks.
 */
export async function postCard(
  context: DeskContext,
  tables: Tables,
  row: RequestRow,
  priority: Priority = 'background',
): Promise<RequestRow> {
  const { cardWaitsSince, ...kept } = row
  if (cardWaitsSince === undefined) return row
  const now = nowOf(context)
  const posted = await tables.requests.update({
    ...kept,
    ...(isClosed(context, row) ? {} : { refreshAt: now }),
  })
  await tables.outbox.bringForward(row.id, 'thread', now)
  await redraw(context, tables, row.id, { priority })
  await drawBacklog(context, tables, context.desks.of(row))
  return posted
}

/**
 * Returns the environment of an event, with the request that the person's input names, if it names one: the engine
 * reads nothing itself.
 */
export async function environmentFor(
  context: DeskContext,
  tables: Tables,
  row: RequestRow,
  event: Event,
): Promise<DecisionEnvironment> {
  if (event.kind !== 'decision') return environmentOf(context)
  const environment = environmentOf(context)
  const flow = context.flows[row.flow]
  const step = flow?.steps[row.step]
  const rule =
    flow &&
    step &&
    decisionAt({ flows: context.flows, flow, step, request: row, environment }, event.decision)
  const field = rule?.fields?.find(({ kind }) => kind === 'request-number')
  const number = Number(field && event.input[field.name])
  const named =
    Number.isSafeInteger(number) && number > 0
      ? await tables.requests.byNumber(number, row.source)
      : undefined
  return {
    ...environment,
    ...(named && { named: { number, isOpen: !isClosed(context, named) } }),
    // A close is not taken back, and no choice hangs on it.
    ...(rule?.goto !== flow?.closed && { labels: await labelsToBe(tables, row) }),
  }
}

/**
 * Returns the refusal of a person whose roles may not take the decision, with those that may, wherever the request stands: asked before
 * anything is read or said of how it stands. Undefined where they may.
 */
export function roleRefusal(
  context: DeskContext,
  row: RequestRow,
  decision: string,
  person: Person,
): { readonly because: string; readonly roles: readonly Role[] } | undefined {
  const { flows } = context
  const flow = flows[row.flow]
  const step = flow?.steps[row.step]
  if (!flow || !step) return undefined
  const place = { flows, flow, step, request: row, environment: environmentOf(context) }
  const refusal = refuseByRole(place, decision, person)
  return refusal && { because: refusal.because, roles: rolesOf(place, decision) }
}

/** Returns the labels of the request's issue once all that was asked of the service before is done. */
async function labelsToBe({ outbox }: Tables, { id, seen, facts }: RequestRow): Promise<readonly string[]> {
  const readAt = seen.readAt?.last ?? seen.updatedAt
  const asked = (await outbox.ofRequest(id)).filter(
    (entry) =>
      entry.status !== 'cancelled' &&
      !(entry.status === 'pending' && isUndone(facts, entry)) &&
      (entry.status !== 'done' || (entry.finishedAt ?? readAt) > readAt),
  )
  return labelsAfter(
    seen.labels,
    asked.map(({ work }) => work),
  )
}

async function write(
  context: DeskContext,
  tables: Tables,
  row: RequestRow,
  move: Move,
  asked: Asked,
): Promise<RequestRow> {
  const now = nowOf(context)
  const isElsewhere = move.flow !== row.flow || move.step !== row.step
  const { closedAt: _closedAt, refreshAt: due, ...kept } = row
  const moved: RequestRow = {
    ...kept,
    flow: move.flow,
    step: move.step,
    stepSince: isElsewhere ? (move.stepSince ?? now) : row.stepSince,
    facts: move.facts,
  }
  const closedAt = isClosed(context, moved) ? (move.closedAt ?? row.closedAt ?? now) : undefined
  // What has fallen due is done by `remind`, whatever comes first: the people who have to know are called there.
  const isDue = due !== undefined && due <= now
  const next = isElsewhere ? firstRefreshOf(context, moved) : refreshAtOf(context, moved)
  const refreshAt = closedAt !== undefined ? undefined : isDue ? due : next
  const written = await tables.requests.update({
    ...moved,
    ...(closedAt ? { closedAt } : {}),
    ...(refreshAt ? { refreshAt } : {}),
  })
  await addEffects(context, tables, row, move.effects, asked)
  const isGoingOn =
    row.card !== undefined && asked.dueAt === undefined && move.effects.some(({ kind }) => kind !== 'thread')
  await redraw(context, tables, row.id, {
    when: isGoingOn ? 'soon' : (asked.drawn ?? 'now'),
    ...(asked.priority && { priority: asked.priority }),
  })
  await redrawBatches(context, tables, row, moved)
  if (closedAt !== row.closedAt || moved.flow !== row.flow)
    await redrawSuggesting(context, tables, row, moved)
  if (row.cardWaitsSince !== undefined && closedAt !== row.closedAt)
    await drawBacklog(context, tables, context.desks.of(row))
  return written
}

/** Somebody may have sent the form a thousand times; beyond these a card is as it was until it is drawn for another reason. */
const mostRedrawn = 20

/** The cards that call it a possible duplicate, or call it so again: only what is open and of the same type is one. */
async function redrawSuggesting(
  context: DeskContext,
  tables: Tables,
  { id, flow, facts, hashes }: RequestRow,
  after: RequestRow,
): Promise<void> {
  if (!facts.suggestedDuplicates || !hashes) return
  const flows = [...new Set([flow, after.flow])]
  for (const other of await tables.requests.sameRequester(hashes, flows, id, mostRedrawn))
    await redraw(context, tables, other.id)
}

/** The list of a distribution day says what has been sent and what has not. */
async function redrawBatches(
  context: DeskContext,
  tables: Tables,
  before: RequestRow,
  after: RequestRow,
): Promise<void> {
  const days = [before, after].flatMap(({ facts }) => facts.promisedReport?.sendOn ?? [])
  for (const day of new Set(days))
    if ((await tables.settings.get(batchName(day))) !== undefined) await drawBatch(context, tables, day)
}

/** True when the request stands at a step that is closed. */
export function isClosed(
  context: Pick<DeskContext, 'flows'>,
  row: Pick<RequestRow, 'flow' | 'step'>,
): boolean {
  return context.flows[row.flow]?.steps[row.step]?.isClosed === true
}

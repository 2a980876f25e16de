/**
 * The only file that changes a request. `handleEvent` is the only way it moves: decide, and write the new step, the facts,
 * the audit entry and the effects, all or nothing. `amendRequest` writes the few things that no flow decides.
 */

import { aboutRequest, type Desk } from '../desks/desk.ts'
import { decide, refuseByRole, rolesOf } from '../engine/decide.ts'
import { decisionAt } from '../engine/decision-rule.ts'
import { definitionOf, effects as definitions, type Effect, redacted } from '../engine/effect.ts'
import type { AnyEffect } from '../engine/effects/definition.ts'
import type { Event, Observation } from '../engine/event.ts'
import { type DecisionEnvironment, own } from '../engine/flow.ts'
import type { Move, Outcome } from '../engine/outcome.ts'
import {
  type Actor,
  botOrSomebodyIn,
  type Person,
  type ReadUpTo,
  type Request,
  type Role,
  slackActor,
  somebodyIn,
} from '../engine/request.ts'
import { type Instant, toInstant } from '../engine/time.ts'
import { stepAt } from '../engine/traits.ts'
import { undo, type WaitingReply } from '../engine/waiting-reply.ts'
import { labelsAfter } from '../engine/way-back.ts'
import type { AuditDraft, Lane, Priority, RequestRow, Tables } from '../store/store.ts'
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

/** Returns the name under which a desk's message about cards that wait stands in the outbox and in the settings. */
export function backlogName({ name }: Pick<Desk, 'name'>): string {
  return `backlog:${name}`
}

/** Asks for a redraw of the desk's message about cards that wait. */
export async function drawBacklog(context: DeskContext, tables: Tables, desk: Desk): Promise<void> {
  await tables.outbox.wantRedraw({
    opId: context.newId(),
    requestId: backlogName(desk),
    work: { kind: 'backlog', desk: desk.name },
    at: nowOf(context),
    when: 'soon',
  })
}

/**
 * Writes a refusal to the audit log where a person was not let in before `decide` was asked, or their modal showed
 * it.
 */
export async function recordRefusal(
  context: Pick<DeskContext, 'now' | 'desks'>,
  tables: Pick<Tables, 'audit'>,
  {
    row,
    decision,
    userId,
    because,
    details = {},
  }: {
    readonly row?: RequestRow | undefined
    readonly decision: string
    readonly userId: string
    readonly because: string
    readonly details?: Readonly<Record<string, unknown>>
  },
): Promise<void> {
  const said = { ...details, decision, because }
  await tables.audit.append({
    at: toInstant(context.now()),
    ...(row ? aboutRequest(context.desks.of(row), row, said) : { details: said }),
    what: 'refused',
    who: slackActor(userId),
  })
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

/**
 * Returns the name under which the list of a distribution day stands in the outbox, where only requests have an order
 * of their own.
 */
export function batchName(day: string): string {
  return `batch:${day}`
}

/** Returns the desk whose requests are done by distribution days. Throws where there is none. */
export function deskWithBatches({ desks }: Pick<DeskContext, 'desks'>): Desk {
  const desk = desks.all.find(({ command }) => command.also.includes('batch'))
  if (!desk) throw new Error('no desk has lists of distribution days')
  return desk
}

/** Asks for a redraw of the list of a distribution day. */
export async function drawBatch(context: DeskContext, tables: Tables, day: string): Promise<void> {
  const now = nowOf(context)
  await tables.outbox.wantRedraw({
    opId: context.newId(),
    requestId: batchName(day),
    work: { kind: 'batch', desk: deskWithBatches(context).name, day },
    at: now,
    when: 'now',
  })
}

/** True when the request stands at a step that is closed. */
export function isClosed(
  context: Pick<DeskContext, 'flows'>,
  row: Pick<RequestRow, 'flow' | 'step'>,
): boolean {
  return context.flows[row.flow]?.steps[row.step]?.isClosed === true
}

/**
 * The event that asks for effects, a new one unless given, whether somebody waits for them, and from when on what is done
 * in the service is due: people are told at once. `drawn`: when the card is to be drawn.
 */
interface Asked {
  readonly decisionId?: string
  readonly priority?: Priority
  readonly dueAt?: Instant
  readonly drawn?: 'now' | 'soon'
}

/** Puts effects into the outbox, about a request or about a subject without one. */
export async function addEffects(
  context: DeskContext,
  tables: Tables,
  about:
    | Pick<RequestRow, 'id' | 'source' | 'cardWaitsSince'>
    | { readonly source: RequestRow['source']; readonly subject: string },
  effects: readonly Effect[],
  { decisionId = context.newId(), priority = 'background', dueAt }: Asked = {},
): Promise<void> {
  const now = nowOf(context)
  const isWithoutCard = 'id' in about && about.cardWaitsSince !== undefined
  await tables.outbox.add(
    effects.map((work) => {
      const lane = laneOf(work, about.source)
      return {
        opId: context.newId(),
        ...('id' in about ? { requestId: about.id } : { subject: about.subject }),
        lane,
        priority,
        work,
        decisionId,
        dueAt:
          isWithoutCard && lane === 'thread' ? whenAskedFor : lane === about.source ? (dueAt ?? now) : now,
        createdAt: now,
      }
    }),
  )
}

/** Later than every instant: there is no thread until the card is asked for. */
const whenAskedFor: Instant = '9999-12-31T00:00:00.000Z'

function laneOf(effect: Effect, source: RequestRow['source']): Lane {
  const { lane } = definitionOf(definitions, effect)
  return lane === 'request' ? source : lane
}

/**
 * Asks for a redraw of the request's card. One redraw waiting is enough: it is drawn from the state at its time.
 * `soon`: more is about to change.
 */
export async function redraw(
  context: DeskContext,
  tables: Tables,
  requestId: string,
  {
    when = 'now',
    priority = 'background',
  }: { readonly when?: 'now' | 'soon'; readonly priority?: Priority } = {},
): Promise<void> {
  await tables.outbox.wantRedraw({
    opId: context.newId(),
    requestId,
    work: { kind: 'card' },
    at: nowOf(context),
    ...{ when, priority },
  })
}

/** Returns the entry of the audit log for an event and its outcome. */
export function auditOf(
  { desks, flows }: DeskContext,
  row: Request,
  event: Event,
  outcome: Outcome,
  now: Instant,
): AuditDraft {
  const about = (details: AuditDraft['details']) => ({
    at: now,
    ...aboutRequest(desks.of(row), row, details),
  })
  const from = `${row.flow}/${row.step}`
  const to = outcome.kind === 'move' ? `${outcome.flow}/${outcome.step}` : from
  if (event.kind === 'observation')
    return {
      ...about({ ...harmless(event.observation), from, to, ...labelRefusal(row, outcome) }),
      what: 'seen',
      who: whoMade(row, event.observation),
    }
  const who = slackActor(event.by.id)
  const details = { decision: event.decision, roles: event.by.roles, from, to }
  if (outcome.kind !== 'move')
    return { ...about({ ...details, because: outcome.because }), what: 'refused', who }
  const rule = own(stepAt(flows, row)?.decisions ?? {}, event.decision)
  const { takenBack } = outcome.facts
  const back = takenBack && takenBack !== row.facts.takenBack ? { takenBack: takenBack.what } : {}
  const evidence =
    rule?.approves === 'exception' ? { evidence: outcome.facts.evidence ?? 'none gathered' } : {}
  return {
    ...about({
      ...details,
      effects: outcome.effects.map((effect) => definitionOf(definitions, effect).auditAs(effect)),
      ...(outcome.sendAt && { sendAt: outcome.sendAt }),
      ...evidence,
      ...back,
    }),
    what: 'decided',
    who,
  }
}

/** Why a label approved nothing, as the card has it too. */
function labelRefusal({ facts }: Request, outcome: Outcome): { readonly because?: string } {
  const refused = outcome.kind === 'move' ? outcome.facts.labelRefused : undefined
  return refused && refused !== facts.labelRefused ? { because: refused.because } : {}
}

function whoMade({ source }: Request, observation: Observation): Actor {
  if ('by' in observation) return observation.by
  if (observation.name === 'ticket-solved' && observation.isForgotten) return botOrSomebodyIn(source)
  if (observation.name === 'ticket-reopened') return observation.isByReply ? 'requester' : somebodyIn(source)
  if (observation.name === 'ticket-solved') return somebodyIn(source)
  return observation.name === 'requester-replied' ? 'requester' : 'bot'
}

/**
 * What comes from outside and has no bound, or could be anything, stays out of a log that is kept for ever: a meta
 * issue's next step, the numbers of further issues.
 */
function harmless(observation: Observation): Record<string, unknown> {
  if (observation.name === 'duplicates-suggested') return { name: observation.name, at: observation.at }
  if (observation.name === 'other-issues-seen') return { name: observation.name, at: observation.at }
  if (observation.name !== 'meta-issue-seen' && observation.name !== 'meta-issue-made')
    return { ...observation }
  const { next: _next, ...issue } = observation.issue
  return { ...observation, issue }
}

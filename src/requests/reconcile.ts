/** A request has been read in its service: one is opened for it, or the one that is known is told what is new. */

import { aboutRequest } from '../desks/desk.ts'
import { effectsOf } from '../engine/effects-of.ts'
import type { Observation } from '../engine/event.ts'
import { type Actor, type FormFacts, somebodyIn } from '../engine/request.ts'
import { beginningOf, entranceOf } from '../engine/traits.ts'
import type { OutboxEntry, RequestRow, SyncCursor, Tables } from '../store/store.ts'
import { addEffects, redraw } from './ask-for-effects.ts'
import { followAssignee } from './assign.ts'
import { isCardToWait } from './backlog.ts'
import { mostNamed } from './card-states.ts'
import { type DeskContext, environmentOf, nowOf } from './desk-context.ts'
import { amendRequest, handleObservations, isClosed, postCard } from './handle-event.ts'
import { firstRefreshOf } from './reminders.ts'
import { type Change, type Snapshot, wasAheadOfTime } from './snapshot.ts'
import { seenFirst, seenNow, turnOf } from './stands.ts'
import { unfinishedOfCloses } from './undone.ts'
import { isTold, standsOtherwise, untoldState } from './untold-state.ts'

/** The result: the request was opened or was known, or what was read is no request. */
export type Reconciled =
  | { readonly kind: 'opened' | 'known'; readonly row: RequestRow }
  | { readonly kind: 'not-a-request'; readonly row?: undefined }

/**
 * Works inside the caller's transaction. `byHand` takes in what the service alone would not take for a request. `read` is
 * the request as it was read before; where it has changed since, this throws `StaleRequest`, before anything is written.
 */
export async function reconcile(
  context: DeskContext,
  tables: Tables,
  snapshot: Snapshot,
  byHand?: { readonly who: Actor },
  read?: RequestRow,
): Promise<Reconciled> {
  const known = read ?? (await tables.requests.byNumber(snapshot.number, snapshot.source))
  if (known) return { kind: 'known', row: await news(context, tables, known, snapshot) }
  if (!byHand && !snapshot.isRequest) return { kind: 'not-a-request' }
  return { kind: 'opened', row: await open(context, tables, snapshot, byHand?.who) }
}

/** The type that the requester has chosen, never a guess. */
function beginning({ flows }: DeskContext, { begins }: Snapshot) {
  if ('at' in begins) return entranceOf(flows, begins.at)
  return beginningOf(flows, begins.type) ?? entranceOf(flows, 'unknown-type')
}

async function open(
  context: DeskContext,
  tables: Tables,
  snapshot: Snapshot,
  byHand: Actor | undefined,
): Promise<RequestRow> {
  const now = nowOf(context)
  const place = beginning(context, snapshot)
  const hasCard = context.flows[place.flow]?.isCountedOnly !== true
  const isToWait = hasCard && !byHand && (await isCardToWait(context, tables, snapshot))
  const { source, number, url, createdAt, facts, seen, hashes, stands, problems } = snapshot
  const row: Omit<RequestRow, 'version'> = {
    id: context.newId(),
    source,
    number,
    url,
    ...place,
    stepSince: now,
    createdAt,
    facts,
    seen: stands ? seenFirst(seen, stands) : seen,
    ...(hashes && { hashes }),
    ...(isClosed(context, place) ? { closedAt: now } : {}),
    ...(isToWait ? { cardWaitsSince: now } : {}),
  }
  const refreshAt = firstRefreshOf(context, row)
  const opened = await tables.requests.insert({ ...row, ...(refreshAt ? { refreshAt } : {}) })
  await tables.audit.append({
    at: now,
    ...aboutRequest(context.desks.of(opened), opened, {
      ...place,
      createdAt,
      ...(problems && { problems }),
    }),
    what: 'opened',
    who: byHand ?? 'bot',
  })
  if (!hasCard) return opened
  await enterFirstStep(context, tables, opened)
  const compared = await suggestDuplicates(context, tables, opened)
  const told = await handleObservations(
    context,
    tables,
    compared,
    snapshot.news.map(({ observation }) => observation),
  )
  const after = await followAssignee(context, tables, told, { seen, by: somebodyIn(source) })
  if (!isToWait) await redraw(context, tables, opened.id)
  return after
}

/** Queues the effects of the first step on arrival. */
async function enterFirstStep(context: DeskContext, tables: Tables, row: RequestRow): Promise<void> {
  const flow = context.flows[row.flow]
  const onEntry = flow?.steps[row.step]?.onEntry
  if (!flow || !onEntry) return
  const effects = effectsOf(onEntry, {
    flow,
    request: row,
    environment: environmentOf(context),
    input: {},
  })
  await addEffects(context, tables, row, effects)
}

async function news(
  context: DeskContext,
  tables: Tables,
  known: RequestRow,
  snapshot: Snapshot,
): Promise<RequestRow> {
  const { url, hashes, seen, stands, news: read } = snapshot
  // Whoever read earlier may come later: an older reading takes nothing back.
  if (stands && seen.updatedAt < known.seen.updatedAt) return known
  const held = stands ? undefined : staleClose(known, snapshot)
  const unseen = read.filter((one) => isNew(one, known) && one !== held && !isTold(one, known.seen))
  const isOwn = ({ isUnderOwnName, observation }: Change) => isUnderOwnName || isOwnClose(observation)
  const isOfOutbox = (one: Change) => isOwn(one) || one.observation.name === 'issue-reopened'
  const mayBeUntold =
    !stands && !unseen.some(({ from }) => from === 'stateEventId') && standsOtherwise(context, known, seen)
  const sent = mayBeUntold || unseen.some(isOfOutbox) ? await tables.outbox.ofRequest(known.id) : []
  const untold = mayBeUntold ? untoldState(known.seen, seen, sent) : undefined
  const heard = unseen.filter((one) => !isSent(one, sent)).map(({ observation }) => observation)
  const unheard = [...heard, ...(untold ? [untold] : [])].map((one) => withWork(one, read, sent))
  const turn = stands && turnOf(context, known, seen, stands, unheard)
  const isOpen = turn === undefined ? !isClosed(context, known) : turn.name === 'ticket-reopened'
  let row = await amendRequest(tables, known, {
    url,
    seen: stands
      ? seenNow(context, known, seen, stands)
      : {
          ...latest(known.seen, held ? { ...seen, stateEventId: held.id - 1 } : seen),
          ...(untold && { stateToldAt: untold.at }),
        },
    ...(hashes && { hashes }),
  })
  if (known.facts.unreadable)
    row = await handleObservations(context, tables, row, [{ name: 'issue-readable', at: nowOf(context) }])
  const changed = formChange(context, known, snapshot)
  if (changed) row = await handleObservations(context, tables, row, [changed])
  // Answered and solved at once, as agents do: the answer comes before the end.
  const answers = turn?.name === 'ticket-solved' ? unheard.filter(isAnswer) : []
  if (turn) row = await handleObservations(context, tables, row, [...answers, turn])
  if (stands && !isOpen) {
    // Of what is closed only this is heard, since Zendesk does not open it again for that.
    const isHeard = row.seen.noteId >= seen.noteId
    const kept = isHeard ? unheard.filter(({ name }) => name === 'ticket-reply-kept-internal') : []
    return handleObservations(context, tables, row, kept)
  }
  if ([...unheard, ...(turn ? [turn] : [])].some(isComeIn)) row = await postCard(context, tables, row)
  if (isOpen && !isOlder(snapshot.seen, known.seen))
    row = await followAssignee(context, tables, row, {
      ...{ before: known.seen, seen: snapshot.seen, by: whoAssigned(snapshot) },
    })
  const marks = failedChecks(context, row, snapshot) ?? clearedChecks(context, row, snapshot, unheard)
  const wasCounted = context.flows[row.flow]?.isCountedOnly
  if (marks) row = await handleObservations(context, tables, row, [marks])
  if (wasCounted && !context.flows[row.flow]?.isCountedOnly)
    row = await suggestDuplicates(context, tables, row)
  const isReopening = unheard.some(isOwnClose) && isBeingReopened(sent)
  for (const observation of unheard) {
    if (isOwnClose(observation) && (row.closedAt !== undefined || isReopening)) continue
    row = await handleObservations(context, tables, row, [observation])
  }
  return row
}

/** GitLab says who it was only where a line of its own about that has been read. */
function whoAssigned({ source, news: read }: Snapshot): Actor {
  const said = read.findLast(({ observation }) => observation.name === 'assignee-changed')?.observation
  return said?.name === 'assignee-changed' ? said.by : somebodyIn(source)
}

/** The label and the title come later than the request; on one that is over they say nothing new. */
function failedChecks(context: DeskContext, row: RequestRow, { begins }: Snapshot): Observation | undefined {
  if (!('at' in begins) || begins.at !== 'failed-checks') return undefined
  if (isClosed(context, row) || row.facts.checksFailedAt !== undefined) return undefined
  return { name: 'checks-failed', at: nowOf(context) }
}

/** GitLab has it open, and the mark for which it was over here, or only counted, is gone: it is somebody's work again. */
function clearedChecks(
  context: DeskContext,
  row: RequestRow,
  snapshot: Snapshot,
  unheard: readonly Observation[],
): Observation | undefined {
  const { begins, seen } = snapshot
  if (seen.state !== 'opened' || ('at' in begins && begins.at === 'failed-checks')) return undefined
  const isCounted = context.flows[row.flow]?.isCountedOnly === true
  const [cleared] = unheard.flatMap((one) =>
    (one.name === 'label-removed' && one.clearsMarks) || (one.name === 'issue-reopened' && isCounted)
      ? [one]
      : [],
  )
  if (!cleared) return undefined
  const { by, at } = cleared
  // It was reopened after it had lost its mark: it has not begun yet.
  if (isCounted)
    return { name: 'issue-reopened', by, withoutMarks: true, begins: beginning(context, snapshot), at }
  const { checksFailedAt, endedBy, closedOutside } = row.facts
  const isOverByMarks = checksFailedAt !== undefined && endedBy === undefined && closedOutside === undefined
  if (!isOverByMarks || !isClosed(context, row)) return undefined
  return { name: 'issue-reopened', by, withoutMarks: true, at }
}

/** What the bot sent is in its outbox by the number of the note; of what it is just sending it knows no number yet. */
function isSent({ isUnderOwnName, id, observation }: Change, entries: readonly OutboxEntry[]): boolean {
  if (!isUnderOwnName) return false
  const snippet = observation.name === 'snippet-sent' ? observation.snippet : undefined
  return entries.some(({ work, result, status }) => {
    const isBeingSent = status === 'in-flight' || status === 'unknown'
    return result?.noteId === id || (isBeingSent && 'snippet' in work && work.snippet === snippet)
  })
}

/**
 * Returns the reopening with what it takes back of the bot's work, and with the bot's own replies that go out after it:
 * those on their way, and those whose notes GitLab shows as younger. Only one clock is asked, GitLab's.
 */
function withWork(
  observation: Observation,
  read: readonly Change[],
  entries: readonly OutboxEntry[],
): Observation {
  if (observation.name !== 'issue-reopened') return observation
  const younger = new Set(
    read.filter((one) => one.isUnderOwnName && one.observation.at > observation.at).map(({ id }) => id),
  )
  const undone = unfinishedOfCloses(entries)
  const sentSince = entries.flatMap((entry) => {
    const { work, result, status } = entry
    if (!('snippet' in work) || status === 'cancelled' || undone.includes(entry)) return []
    const isOnItsWay = status !== 'done'
    return isOnItsWay || younger.has(Number(result?.noteId)) ? [String(work.snippet)] : []
  })
  return {
    ...observation,
    ...(sentSince.length > 0 && { sentSince }),
    ...(undone.length > 0 && { undone: undone.map(({ opId }) => opId) }),
  }
}

/**
 * Returns what the form says differently from when it was last read; a snapshot that was taken earlier but comes
 * later says nothing.
 */
function formChange(
  context: DeskContext,
  known: RequestRow,
  { seen, facts: form, hashes }: Snapshot,
): Observation | undefined {
  if (!hashes) return undefined
  if (isOlder(seen, known.seen) || context.flows[known.flow]?.isCountedOnly) return undefined
  const { formType } = seen
  const isNewType = formType !== known.seen.formType && formType !== known.flow
  const same = (fact: keyof FormFacts) => JSON.stringify(known.facts[fact]) === JSON.stringify(form[fact])
  const sameHash = (of: 'email' | 'username') =>
    known.hashes?.keyId !== hashes.keyId || known.hashes[of] === undefined || known.hashes[of] === hashes[of]
  const what = [
    ...(isNewType ? ['the request type'] : []),
    ...(same('isEmbargoed') ? [] : ['the country']),
    ...(same('hasNoEmail') && sameHash('email') ? [] : ['the e-mail address']),
    ...(sameHash('username') ? [] : ['the username']),
    ...(same('hasOtherAddress') && same('suggestedReason') ? [] : ['the comment']),
    ...(same('formProblems') ? [] : ['what can be read of it']),
  ]
  if (what.length === 0) return undefined
  const place = formType === undefined ? undefined : beginningOf(context.flows, formType)
  return { name: 'form-changed', form, what, ...(place ? { place } : {}), at: nowOf(context) }
}

/** Returns whether somebody is waiting from now on, and not only since before the bot started. */
function isComeIn({ name }: Observation): boolean {
  return name === 'requester-replied' || name === 'issue-reopened' || name === 'ticket-reopened'
}

function isAnswer({ name }: Observation): boolean {
  return name === 'public-reply-seen'
}

/** Nearly always what the request knows, since the bot closes what was decided to be closed. */
function isOwnClose(observation: Observation): boolean {
  return observation.name === 'issue-closed' && observation.by === 'bot'
}

/**
 * The bot's own close, from a reading that is older than what is known: a replica that lags may lack that the bot has reopened
 * the issue since. It is looked at again with the next reading.
 */
function staleClose(known: RequestRow, { seen, news: read }: Snapshot): Change | undefined {
  if (!isOlder(seen, known.seen)) return undefined
  return read.find((one) => isOwnClose(one.observation) && isNew(one, known))
}

function isBeingReopened(entries: readonly OutboxEntry[]): boolean {
  return entries.some(({ work, status }) => work.kind === 'reopen' && !['done', 'cancelled'].includes(status))
}

/** A reply also by its time: GitLab may commit a note after one with a higher id. */
function isNew({ observation, from, id }: Change, { seen, facts }: RequestRow): boolean {
  if (from === 'handNoteId') return id > seen.noteId
  return id > seen[from] || (from === 'noteId' && observation.at > (facts.lastReplyAt ?? ''))
}

/** By the service's clock, or by the bot's own where that one was wrong. */
function isOlder(now: SyncCursor, before: SyncCursor): boolean {
  return wasAheadOfTime(before) && now.readAt && before.readAt
    ? now.readAt.last < before.readAt.last
    : now.updatedAt < before.updatedAt
}

/** Returns the newer cursor, with the larger of each id. A reader that read earlier may come later, and its older snapshot takes nothing back. */
function latest(before: SyncCursor, now: SyncCursor): SyncCursor {
  const newer = isOlder(now, before) ? before : now
  return {
    ...newer,
    noteId: Math.max(before.noteId, now.noteId),
    labelEventId: Math.max(before.labelEventId, now.labelEventId),
    stateEventId: Math.max(before.stateEventId, now.stateEventId),
    ...(before.stateToldAt === undefined ? {} : { stateToldAt: before.stateToldAt }),
  }
}

/** A reading that was refused. */
export interface Unreadable {
  readonly status: 404 | 403
  /** It was deleted, and not only hidden from the bot. */
  readonly isGone: boolean
}

/**
 * Notes that a request was deleted, or is hidden from the bot's account. It is asked for again and again: what is
 * known already is not said again, nor written to the log.
 */
export async function unreadable(
  context: DeskContext,
  tables: Tables,
  row: RequestRow,
  { status, isGone }: Unreadable,
): Promise<void> {
  if (isGone ? isClosed(context, row) : row.facts.unreadable?.status === status) return
  const at = nowOf(context)
  // What was deleted can be restored: that is a reopen then.
  const gone = isGone && (await amendRequest(tables, row, { seen: { ...row.seen, state: 'closed' } }))
  await handleObservations(context, tables, gone || row, [
    gone ? { name: 'ticket-solved', how: 'deleted', at } : { name: 'issue-unreadable', status, at },
  ])
}

/**
 * Tells requests of one person to each other: "another open request of the same requester (same e-mail or username)
 * and type". It is said on both cards, and only a person acts on it.
 */
async function suggestDuplicates(context: DeskContext, tables: Tables, row: RequestRow): Promise<RequestRow> {
  if (!row.hashes) return row
  if (context.flows[row.flow]?.isTypeUnknown) return comparePerson(context, tables, row, row.hashes)
  const others = await tables.requests.sameRequester(row.hashes, [row.flow], row.id, mostNamed + 1)
  if (others.length === 0) return row
  const at = nowOf(context)
  const suggested = (all: readonly number[]): Observation => ({
    name: 'duplicates-suggested',
    iids: all.slice(0, mostNamed),
    ...(all.length > mostNamed ? { hasMore: true } : {}),
    at,
  })
  const compared = await handleObservations(context, tables, row, [
    suggested(others.map(({ number }) => number)),
  ])
  for (const other of others.slice(0, mostNamed)) {
    const { suggestedDuplicates = [], hasMoreDuplicates } = other.facts
    if (!hasMoreDuplicates && !suggestedDuplicates.includes(row.number))
      await handleObservations(context, tables, other, [suggested([...suggestedDuplicates, row.number])])
  }
  return compared
}

/** An issue without a form may hold the answer that another request of the same person waits for. */
async function comparePerson(
  context: DeskContext,
  tables: Tables,
  row: RequestRow,
  hashes: NonNullable<RequestRow['hashes']>,
): Promise<RequestRow> {
  const typed = Object.keys(context.flows).filter((flow) => !context.flows[flow]?.isTypeUnknown)
  const others = await tables.requests.sameRequester(hashes, typed, row.id, mostNamed)
  if (others.length === 0) return row
  const at = nowOf(context)
  for (const other of others) {
    const known = other.facts.laterIssues ?? []
    if (known.length < mostNamed && !known.includes(row.number))
      await handleObservations(context, tables, other, [
        { name: 'other-issues-seen', later: [...known, row.number], at },
      ])
  }
  const earlier = others.map(({ number }) => number)
  return handleObservations(context, tables, row, [{ name: 'other-issues-seen', earlier, at }])
}

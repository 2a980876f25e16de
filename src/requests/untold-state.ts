/**
 * GitLab may lack the event of a close or a reopening, and then nothing tells of it. So an issue that has stood otherwise than
 * its request for a while tells of it by how it stands.
 */
import type { Observation } from '../engine/event.ts'
import { somebodyIn } from '../engine/request.ts'
import { type Instant, plus } from '../engine/time.ts'
import type { OutboxEntry, RequestRow, SyncCursor } from '../store/store.ts'
import type { DeskContext } from './desk-context.ts'
import { isClosed } from './handle-event.ts'
import { type Change, wasAheadOfTime } from './snapshot.ts'
import { closing } from './undone.ts'

/** By then an event that comes late is there, and what the bot itself has done is in every replica. */
const settledMs = 2 * 60_000
/** An event is written after the change that it tells of. */
const writtenMs = 5_000

/** Returns whether two readings, with nothing between them, say that the issue is closed and the request is open, or the other way round. */
export function standsOtherwise(context: DeskContext, known: RequestRow, seen: SyncCursor): boolean {
  const { seen: before, stepSince, facts, flow } = known
  const isSame = seen.updatedAt === before.updatedAt && seen.state === before.state
  if (!isSame || seen.readAt === undefined || wasAheadOfTime(seen)) return false
  const isOver = isClosed(context, known)
  if (isOver === (seen.state === 'closed') || before.stateToldAt === seen.updatedAt) return false
  // What failed the automated checks is over here while its issue is open.
  if (isOver && (facts.checksFailedAt !== undefined || context.flows[flow]?.isCountedOnly)) return false
  return isSettled(seen.readAt.first, before, seen) && isSettled(stepSince, before, seen)
}

/** Returns whether both readings came after this, and the second of them long after. */
function isSettled(since: Instant, before: SyncCursor, { readAt }: SyncCursor): boolean {
  return (before.readAt?.last ?? '') >= since && (readAt?.last ?? '') >= plus(since, settledMs)
}

/** Returns the close or the reopening that the state tells of; undefined while it may be the bot's own, by its outbox. */
export function untoldState(
  before: SyncCursor,
  seen: SyncCursor,
  entries: readonly OutboxEntry[],
): Observation | undefined {
  const isUnderWay = ({ work, status, finishedAt }: OutboxEntry) =>
    (work.kind === 'reopen' || closing.includes(work.kind)) &&
    status !== 'cancelled' &&
    (finishedAt === undefined || !isSettled(finishedAt, before, seen))
  if (entries.some(isUnderWay)) return undefined
  const { labels, state, updatedAt: at } = seen
  const by = somebodyIn('gitlab')
  return state === 'closed' ? { name: 'issue-closed', labels, by, at } : { name: 'issue-reopened', by, at }
}

/** Returns whether the event tells of a close or a reopening, and has come after that was told by how the issue stands. */
export function isTold({ observation, from }: Change, { stateToldAt }: SyncCursor): boolean {
  return (
    from === 'stateEventId' && stateToldAt !== undefined && observation.at <= plus(stateToldAt, writtenMs)
  )
}

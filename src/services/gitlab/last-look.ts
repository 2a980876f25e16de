/**
 * The last look: what rests on the requester's silence is not done when the silence has ended, though nobody had seen it
 * when it was decided, or somebody has it tried again much later.
 */

import type { AnyEffect } from '../../engine/effects/definition.ts'
import type { Instant } from '../../engine/time.ts'
import { latestReply, looksAutomatic } from '../../form/requester-reply.ts'
import type { ClaimedOutboxEntry, OutboxEntry, RequestRow } from '../../store/store.ts'
import { requestOf, type Stopped } from '../effect-handler.ts'
import type { Note } from './answers.ts'
import type { EffectContext } from './effect-context.ts'
import { onIssue } from './failure.ts'

/**
 * Returns the look that stops an effect in GitLab once the requester has written, or undefined where it is to be done. It
 * throws `CallFailed` and `CannotDo` where GitLab can't be read: nothing is done without it.
 */
export function lastLook(
  context: EffectContext,
): (entry: ClaimedOutboxEntry) => Promise<Stopped | undefined> {
  const { gitlab, store } = context
  return async (entry) => {
    const since = silentSinceOf(entry.work)
    if (since === undefined || entry.lane !== 'gitlab') return undefined
    const request = await requestOf(context, entry)
    const { id, number } = request
    const before = await doneBefore(entry)
    // All of one decision is one act: what comes at once after another part of it was looked for just before that.
    // Not by the clock alone: one that was ahead and is set back calls for now what was done long ago.
    if (entry.isAtOnce && before.some(({ finishedAt }) => isJustNow(finishedAt, context.now())))
      return undefined
    const done = before.map(({ work }) => work.kind)
    const written = await replySince(request, since, done.includes('reply'))
    if (!written || (await isDone(number, entry.work))) return undefined
    const observation = {
      name: 'close-stopped',
      ...(entry.decisionId === undefined ? {} : { decisionId: entry.decisionId }),
      ...(done.length > 0 ? { done } : {}),
      at: written.createdAt,
    } as const
    await context.happened(id, observation, `effect:${entry.opId}:stopped`)
    return { stopped: 'The requester had written before it could be done.' }
  }

  /** What the same decision has had done, beside the internal note before its reply. */
  async function doneBefore(entry: ClaimedOutboxEntry): Promise<readonly OutboxEntry[]> {
    const { decisionId, requestId, position, work } = entry
    if (decisionId === undefined || requestId === undefined || work.kind === 'reply') return []
    const entries = await store.tables.outbox.ofRequest(requestId)
    return entries.filter(
      (one) => one.decisionId === decisionId && one.position < position && one.status === 'done',
    )
  }

  /** The latest of the requester's replies since then. The mail that it is closed is answered by machines, too. */
  async function replySince(
    { number, createdAt, seen }: RequestRow,
    since: Instant,
    isTold: boolean,
  ): Promise<Note | undefined> {
    const { supportBot } = seen
    const opened = { createdAt, ...(supportBot === undefined ? {} : { supportBot }) }
    // Read once, as late as can be: between two readings somebody might write.
    const all = await onIssue(number, () => gitlab.notes(number))
    const notes = all.filter((note) => note.createdAt >= since && !(isTold && looksAutomatic(note.body)))
    return latestReply(notes, opened, context.replyRule, async () => all)
  }

  /** An earlier attempt may have done it although its answer was lost, and what is closed already is not left open. */
  async function isDone(iid: number, work: AnyEffect): Promise<boolean> {
    return work.kind === 'close' && (await onIssue(iid, () => gitlab.issue(iid))).state === 'closed'
  }
}

function silentSinceOf(work: AnyEffect): Instant | undefined {
  const since = 'onlyIfSilentSince' in work ? work.onlyIfSilentSince : undefined
  return typeof since === 'string' ? since : undefined
}

/** Shorter than anybody reads the mail and answers it. */
const justNowMs = 60_000

function isJustNow(at: Instant | undefined, now: Date): boolean {
  if (at === undefined) return false
  const sinceMs = now.getTime() - Date.parse(at)
  return sinceMs >= 0 && sinceMs < justNowMs
}

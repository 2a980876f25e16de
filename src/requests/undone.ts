/**
 * What was decided to close a request and has not been done is not done any more once the request was reopened by hand:
 * whoever decides anew would have it done twice, or two contrary things.
 */

import type { Facts } from '../engine/request.ts'
import type { ClaimedOutboxEntry, OutboxEntry, Tables } from '../store/store.ts'

/** The work that closes an issue. */
export const closing: readonly string[] = ['close', 'mark-duplicate']

/** Returns what is still to be done of the decisions to close, the closing among it. */
export function unfinishedOfCloses(entries: readonly OutboxEntry[]): readonly OutboxEntry[] {
  const unfinished = entries.filter(({ status }) => status !== 'done' && status !== 'cancelled')
  const closes = unfinished.filter(({ work }) => closing.includes(work.kind))
  const decisions = new Set(closes.flatMap(({ decisionId }) => decisionId ?? []))
  return unfinished.filter(
    ({ lane, decisionId = '' }) => decisions.has(decisionId) && closes.some((one) => one.lane === lane),
  )
}

/** True where a reopening has taken the effect back. */
export function isUndone({ undone = [] }: Facts, { opId }: Pick<OutboxEntry, 'opId'>): boolean {
  return undone.includes(opId)
}

/** Why an effect is not done, in a sentence; `alone`: the rest of its decision is done all the same. */
interface Stopped {
  readonly stopped: string
  readonly alone?: true
}

/**
 * Returns why the effect is not to be done; undefined where it is. It is asked as the effect is about to be carried out,
 * so what an earlier attempt has done was found before and counts as done: a reply that turned out to be sent so is not
 * sent again by a later decision.
 */
export async function stoppedByReopening(
  { outbox, requests }: Pick<Tables, 'outbox' | 'requests'>,
  entry: ClaimedOutboxEntry,
): Promise<Stopped | undefined> {
  const { requestId } = entry
  const request = entry.request ?? (requestId === undefined ? undefined : await requests.byId(requestId))
  if (request?.facts.undone === undefined) return undefined
  const { facts, id } = request
  // Before or after the decision: the clocks of two services don't tell. Whoever took it had not seen the reopening.
  if (isUndone(facts, entry))
    return {
      stopped: 'The request was reopened in GitLab, which was not known when this was decided.',
    }
  const snippet = snippetOf(entry)
  if (snippet === undefined) return undefined
  const isSent = (await outbox.ofRequest(id)).some(
    (one) => one.status === 'done' && isUndone(facts, one) && snippetOf(one) === snippet,
  )
  return isSent ? { stopped: 'The requester already got this reply.', alone: true } : undefined
}

function snippetOf({ work }: OutboxEntry): string | undefined {
  return 'snippet' in work ? String(work.snippet) : undefined
}

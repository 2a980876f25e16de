/**
 * The bot's own updates of a ticket that say nothing to the requester: an internal comment, another assignee. Whoever
 * decided while one of them waited had read the ticket as it still is, so that it refuses nothing. What anybody else
 * does to the ticket does, and so does an answer of the bot, which is another's decision.
 */

import type { Instant } from '../../engine/time.ts'
import type { Store } from '../../store/store.ts'
import type { Audit, Ticket } from './answers.ts'
import type { Zendesk } from './client.ts'
import type { ZendeskContext } from './effect-context.ts'
import { isRefusal } from './failure.ts'

const quietKinds: ReadonlySet<string> = new Set(['ticket-note', 'link-expert-issue', 'assign'])

/** By the mark that each leaves on its audit: what its answer said of the ticket's last change, where that was heard. */
export type QuietUpdates = ReadonlyMap<string, Instant | undefined>

/** Returns those that the bot has begun on the ticket, this process or another one. */
export async function quietUpdatesOn(
  { tables: { outbox, requests } }: Pick<Store, 'tables'>,
  ticket: number,
): Promise<QuietUpdates> {
  const request = await requests.byNumber(ticket, 'zendesk')
  const entries = request ? await outbox.ofRequest(request.id) : []
  return new Map(
    entries
      .filter(({ work, attempts }) => attempts > 0 && quietKinds.has(work.kind))
      .map(({ opId, result }) => [opId, result?.updatedAt === undefined ? undefined : `${result.updatedAt}`]),
  )
}

/**
 * Tells whether nothing but quiet updates has changed a ticket since it was read at `stamp`. Its audits are to be read
 * after it. Zendesk's times are whole seconds: where somebody else may have changed it in the very second of the stamp,
 * they have.
 */
export function isChangedQuietly(
  { updatedAt }: Pick<Ticket, 'updatedAt'>,
  audits: readonly Audit[],
  quiet: QuietUpdates,
  stamp: Instant,
): boolean {
  const isQuiet = ({ opId, isCommentPublic, status, groupId }: Audit) =>
    opId !== undefined &&
    quiet.has(opId) &&
    isCommentPublic !== true &&
    groupId === undefined &&
    status !== 'solved' &&
    status !== 'closed'
  const since = audits.filter(({ createdAt }) => createdAt > stamp)
  const then = audits.filter(({ createdAt }) => createdAt === stamp)
  const last = since.toSorted((one, other) => one.id - other.id).at(-1)
  return (
    last?.opId !== undefined &&
    since.every(isQuiet) &&
    (then.length <= 1 || then.every(isQuiet)) &&
    // A change that has left no audit is somebody else's.
    (updatedAt === last.createdAt || updatedAt === quiet.get(last.opId))
  )
}

/** Longer than the second that Zendesk's times are exact to. */
const wholeSecondMs = 1_000

/**
 * The stamp of a ticket that Zendesk said has changed since `stamp`, if nothing but quiet updates has changed it;
 * undefined where anybody else has. It lets the second of the last change pass first, in which a further one would not
 * show in the stamp. Throws `CallFailed`.
 */
export async function quietStamp(
  { store, sleep, zendesk }: Pick<ZendeskContext, 'store' | 'sleep'> & { readonly zendesk: Zendesk },
  number: number,
  stamp: Instant,
): Promise<Instant | undefined> {
  const quiet = await quietUpdatesOn(store, number)
  if (quiet.size === 0) return undefined
  await sleep(wholeSecondMs)
  try {
    const ticket = await zendesk.ticket(number)
    const audits = await zendesk.audits(number)
    return isChangedQuietly(ticket, audits, quiet, stamp) ? ticket.updatedAt : undefined
  } catch (error) {
    if (isRefusal(error, 404)) return undefined
    throw error
  }
}

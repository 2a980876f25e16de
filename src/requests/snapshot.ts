/**
 * A snapshot is a request as it was read in its service, in our words. The personal data that it was read from is not
 * in here.
 */
import type { Observation } from '../engine/event.ts'
import type { Entrance } from '../engine/flow.ts'
import type { FormFacts } from '../engine/request.ts'
import { type Instant, plus } from '../engine/time.ts'
import type { RequesterHashes, SyncCursor } from '../store/store.ts'

/** A request as it stands in its service. */
export interface Snapshot {
  /** The service: `gitlab`. */
  readonly source: string
  /** Its number there. */
  readonly number: number
  /** The address where people read it. */
  readonly url: string
  readonly createdAt: Instant
  /** True when it is taken in where nobody knows it. */
  readonly isRequest: boolean
  /** The bot opened it, for a request: it is none itself, and nobody can have it taken in. */
  readonly isOwn?: true
  /** The place where it begins then: the flow of its type, or an entrance. */
  readonly begins: { readonly type: string } | { readonly at: Entrance }
  /** The facts of the requester's form, as far as they are no personal data: the request begins with them. */
  readonly facts: FormFacts
  /** The parts of the requester's text that could not be read, for the audit log. */
  readonly problems?: readonly string[]
  /** Who asked, where a form says it. */
  readonly hashes?: RequesterHashes
  readonly seen: SyncCursor
  /** The observations since it was last seen, oldest first; the bot's own changes are not among them. */
  readonly news: readonly Change[]
  /** Given by a service that says how a request stands, and not what has happened to it. */
  readonly stands?: Stands
}

/** An observation that is new since the request was last seen. */
export interface Change {
  readonly observation: Observation
  /** The list in which it was read; with the id, what has been told before is not told again. */
  readonly from: 'noteId' | 'handNoteId' | 'labelEventId' | 'stateEventId'
  readonly id: number
  /** Written under the bot's own account: by the bot, which knows nothing new from it, or by a colleague there. */
  readonly isUnderOwnName?: true
}

/** So much the clocks of the bot and of its services differ without being wrong. */
const clocksDifferMs = 5 * 60_000

/**
 * Returns whether the time of the last change was ahead of the bot's clock when it was read, and so says nothing of what is
 * newer: the service's clock was wrong, or somebody has set that time, as an owner can in GitLab.
 */
export function wasAheadOfTime({ updatedAt, readAt }: SyncCursor): boolean {
  return readAt !== undefined && updatedAt > plus(readAt.last, clocksDifferMs)
}

/** The state of a request whose service does not say what has happened to it. */
export interface Stands {
  /** Undefined while it is open. `closed` is after `solved`, and nobody can change it any more. */
  readonly solved?: 'solved' | 'closed' | 'merged'
  /** The group to which support requests go, where that is known. */
  readonly supportGroup?: string
}

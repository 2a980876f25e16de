/** What was read of a ticket in Zendesk, in our words. Its texts and people are personal data: they are not in here. */
import type { Happening } from '../engine/event.ts'
import type { Instant } from '../engine/time.ts'
import type { Seen } from '../store/store.ts'

export interface TicketSighting {
  readonly number: number
  /** Where an agent reads it. */
  readonly url: string
  readonly createdAt: Instant
  /** Undefined while it is open. `closed` is after `solved`, and nobody can change it any more. */
  readonly solved?: 'solved' | 'closed' | 'merged'
  readonly seen: Seen
  /** The group to which support requests go, where that is known. */
  readonly supportGroup?: string
  /** What was written since it was last seen, oldest first; the bot's own is not among it. */
  readonly news: readonly { readonly happening: Happening; readonly commentId: number }[]
}

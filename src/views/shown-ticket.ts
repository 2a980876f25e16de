/** What a person with the Field Security role sees of a ticket, in a modal of their own and nowhere else. */
import type { Instant } from '../engine/time.ts'

export interface ShownTicket {
  readonly subject: string
  /** When it had last changed: what is decided on it is refused when it has changed since. */
  readonly stamp: Instant
  /** Everybody who gets a public comment, the requester first: `Kim <kim@example.com>`. */
  readonly recipients: readonly string[]
  /** Oldest first. */
  readonly comments: readonly {
    readonly by: string
    readonly at: Instant
    readonly isPublic: boolean
    readonly text: string
    /** The names of the files on it. */
    readonly attachments?: readonly string[]
  }[]
  /** What the expert team last wrote on its issue. */
  readonly expertAnswer?: string
}

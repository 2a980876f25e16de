/** What was read of an issue in GitLab, in our words. The form is personal data: it lives only in memory. */
import type { Happening } from '../engine/event.ts'
import type { Instant } from '../engine/time.ts'
import type { Form } from '../form/form.ts'
import type { RequesterHashes, Seen } from '../store/store.ts'

export interface Sighting {
  readonly iid: number
  readonly url: string
  readonly createdAt: Instant
  /** GitLab's Support Bot opened it: a request, and not an issue of the team's own in the same project. */
  readonly isFromRequester: boolean
  /** The title says "Invalid Request Received", or the label says so. */
  readonly isInvalid: boolean
  readonly form: Form
  readonly suggestedReason?: 'lost_2fa' | 'lost_access'
  readonly isEmbargoed: boolean
  readonly hasOtherAddress: boolean
  readonly hashes: RequesterHashes
  readonly seen: Seen
  /** What is new since the issue was last seen, oldest first; the bot's own changes are not among it. */
  readonly news: readonly News[]
}

export interface News {
  readonly happening: Happening
  /** Where it was read, and under which id: what has been told before is not told again. */
  readonly from: 'noteId' | 'handNoteId' | 'labelEventId' | 'stateEventId'
  readonly id: number
}

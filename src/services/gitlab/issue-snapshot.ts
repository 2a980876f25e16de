/** An issue that was read, as a request knows it. The form is personal data: it lives only in memory. */
import type { FormFacts, MetaIssue } from '../../engine/request.ts'
import type { Instant } from '../../engine/time.ts'
import type { Form } from '../../form/form.ts'
import { readTasks } from '../../form/tasks.ts'
import type { Change, Snapshot } from '../../requests/snapshot.ts'
import type { RequesterHashes, SyncCursor } from '../../store/store.ts'
import type { Issue } from './answers.ts'

/** An issue as it was read, before it becomes a snapshot. */
export interface IssueReading {
  readonly iid: number
  readonly url: string
  readonly createdAt: Instant
  /** GitLab's Support Bot opened it: a request, and not an issue of the team's own in the same project. */
  readonly isFromRequester: boolean
  /** The bot opened it, for a request. */
  readonly isOwn?: true
  /** The title says "Invalid Request Received", or the label says so, which somebody else than the bot has set since. */
  readonly isInvalid: boolean
  readonly form: Form
  readonly suggestedReason?: 'lost_2fa' | 'lost_access'
  readonly isEmbargoed: boolean
  readonly hasOtherAddress: boolean
  readonly hashes: RequesterHashes
  readonly seen: SyncCursor
  /** The changes since the issue was last seen, oldest first, without the bot's own. */
  readonly news: readonly Change[]
}

/** Makes the snapshot of an issue, without personal data. */
export function issueSnapshot(reading: IssueReading): Snapshot {
  const { iid, url, createdAt, form, hashes, seen, news } = reading
  return {
    source: 'gitlab',
    ...{ number: iid, url, createdAt, hashes, seen, news },
    // What is closed already when it is first seen was worked without the bot; only failed checks are counted.
    isRequest: reading.isFromRequester && (reading.isInvalid || seen.state === 'opened'),
    ...(reading.isOwn && { isOwn: true }),
    begins: beginningOf(reading),
    facts: {
      ...factsOf(reading),
      ...(reading.isFromRequester ? {} : { hasUnknownSender: true }),
    },
    problems: form.problems,
  }
}

/** The type on the form, never a guess. */
function beginningOf({ isInvalid, form }: IssueReading): Snapshot['begins'] {
  if (isInvalid) return { at: 'failed-checks' }
  if (form.direct) return { at: 'past-the-form' }
  return form.type === undefined ? { at: 'unknown-type' } : { type: form.type }
}

/** Returns the form's facts that are not personal data. */
function factsOf({ form, suggestedReason, isEmbargoed, hasOtherAddress }: IssueReading): FormFacts {
  return {
    ...(suggestedReason ? { suggestedReason } : {}),
    ...(isEmbargoed ? { isEmbargoed } : {}),
    ...(hasOtherAddress ? { hasOtherAddress } : {}),
    ...(form.problems.length > 0 ? { formProblems: form.problems } : {}),
    ...(form.email === undefined ? { hasNoEmail: true } : {}),
  }
}

// A meta issue as the request knows it: its number, and how far its steps are.

/** Reads a meta issue as the request knows it: its number, and how far its steps are. */
export function metaIssueOf({ iid, webUrl: url, description, state }: Issue): MetaIssue {
  const { done, total, next } = readTasks(description)
  return { iid, url, done, total, ...(next === undefined ? {} : { next }), closed: state === 'closed' }
}

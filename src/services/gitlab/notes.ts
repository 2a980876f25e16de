/** Notes on the request's issue. A public one is an e-mail to the requester, so it is never repeated blindly. */

import type { Effect } from '../../engine/effect.ts'
import type { Instant } from '../../engine/time.ts'
import type { Done, Stopped } from '../carry-out.ts'
import { CannotDo, unseen } from '../failure.ts'
import type { Note } from './answers.ts'
import {
  type EffectContext,
  type Entry,
  earliestOf,
  IssueGone,
  markerOf,
  onIssue,
  requestOf,
} from './effect-context.ts'
import { internalNoteText, isSameText, replyText, typedReplyText } from './note-text.ts'
import { tellOwnClose } from './own-close.ts'
import { type FindOwnNote, writtenNote } from './own-notes.ts'

type Reply = Effect & { kind: 'reply' }
type TypedReply = Effect & { kind: 'typed-reply' }
type InternalNote = Effect & { kind: 'internal-note' }
type MarkDuplicate = Effect & { kind: 'mark-duplicate' }

export function noteEffects(context: EffectContext, findOwnNote: FindOwnNote) {
  const { gitlab, snippets } = context

  async function write(iid: number, body: string, internal: boolean): Promise<Done> {
    const note = await onIssue(iid, () => gitlab.createNote(iid, { body, internal }))
    return writtenNote(note, `#${iid}`)
  }

  /** Among the notes since the first attempt. */
  async function find(entry: Entry, isOurs: (note: Note) => boolean): Promise<Done | undefined> {
    const { iid } = await requestOf(context, entry)
    const notes = await onIssue(iid, () => gitlab.notes(iid, { since: earliestOf(entry) }))
    return findOwnNote(entry, notes, isOurs)
  }

  /** A marker might show in the plain text of the e-mail, so the whole body has to be the same. */
  async function findPublic(entry: Entry, body: string): Promise<Done | undefined> {
    try {
      return await find(entry, (note) => !note.internal && isSameText(note.body, body))
    } catch (error) {
      throw error instanceof IssueGone && entry.status === 'unknown' ? unseen(error) : error
    }
  }

  /** The latest of the requester's replies since then. */
  async function replySince(iid: number, since: Instant): Promise<Note | undefined> {
    const notes = await onIssue(iid, () => gitlab.notes(iid, { since }))
    return notes.findLast(context.isRequesterReply)
  }

  return {
    /** A reply to silence is not sent when the silence has ended, though nobody had seen it when it was decided. */
    async reply(entry: Entry, work: Reply): Promise<Done | Stopped> {
      const { id, iid } = await requestOf(context, entry)
      const body = replyText(snippets, work)
      const since = work.onlyIfSilentSince
      const written = since === undefined ? undefined : await replySince(iid, since)
      if (!written) return write(iid, body, false)
      const happening = { name: 'close-stopped', at: written.createdAt } as const
      await context.happened(id, happening, `effect:${entry.opId}:stopped`)
      return { stopped: 'The requester had written before it could be sent.' }
    },
    async findReply(entry: Entry, work: Reply): Promise<Done | undefined> {
      return findPublic(entry, replyText(snippets, work))
    },
    async typedReply(entry: Entry, { text }: TypedReply): Promise<Done> {
      const { iid } = await requestOf(context, entry)
      return write(iid, typedReplyText(text), false)
    },
    async findTypedReply(entry: Entry, { text }: TypedReply): Promise<Done | undefined> {
      return findPublic(entry, typedReplyText(text))
    },
    async internalNote(entry: Entry, work: InternalNote): Promise<Done> {
      const { iid } = await requestOf(context, entry)
      const text = await internalNoteText(work.text, context.nameOf)
      return write(iid, `${text}\n\n${markerOf(entry)}`, true)
    },
    async findInternalNote(entry: Entry): Promise<Done | undefined> {
      return find(entry, (note) => note.body.includes(markerOf(entry)))
    },
    /** Internal, so that should GitLab not take it for a command, nobody outside reads it. */
    async markDuplicate(entry: Entry, work: MarkDuplicate): Promise<Done> {
      const { iid } = await requestOf(context, entry)
      await onIssue(iid, () => gitlab.createNote(iid, { body: `/duplicate #${work.of}`, internal: true }))
      // GitLab answers alike whether the command took effect or not.
      const done = await isMarkedDuplicate(entry, iid, work)
      if (!done) throw new CannotDo(`GitLab did not mark #${iid} as a duplicate of #${work.of}.`)
      return done
    },
    async findDuplicateMark(entry: Entry, work: MarkDuplicate): Promise<Done | undefined> {
      const { iid } = await requestOf(context, entry)
      return isMarkedDuplicate(entry, iid, work)
    },
  }

  async function isMarkedDuplicate(
    entry: Entry,
    iid: number,
    { of }: MarkDuplicate,
  ): Promise<Done | undefined> {
    const issue = await onIssue(iid, () => gitlab.issue(iid))
    const { duplicatedTo, state } = issue
    if (state !== 'closed' || (duplicatedTo && duplicatedTo.iid !== of)) return undefined
    await tellOwnClose(context, entry, issue)
    return { result: { duplicateOf: of } }
  }
}

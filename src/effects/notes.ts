/** Notes on the request's issue. A public one is an e-mail to the requester, so it is never repeated blindly. */
import type { Effect } from '../engine/effect.ts'
import type { Done } from './carry-out.ts'
import { type EffectContext, type Entry, earliestOf, markerOf, onIssue, requestOf } from './effect-context.ts'
import { CannotDo } from './failure.ts'
import { internalNoteText, isSameText, replyText } from './note-text.ts'

type Reply = Effect & { kind: 'reply' }
type InternalNote = Effect & { kind: 'internal-note' }
type MarkDuplicate = Effect & { kind: 'mark-duplicate' }

export function noteEffects(context: EffectContext) {
  const { gitlab, snippets } = context
  const ownId = remembered(async () => (await gitlab.me()).id)

  async function write(iid: number, body: string, internal: boolean): Promise<Done> {
    const note = await onIssue(iid, () => gitlab.createNote(iid, { body, internal }))
    if ('commandsOnly' in note)
      throw new CannotDo(`GitLab took the note on #${iid} for commands and posted nothing.`)
    return { result: { noteId: note.id } }
  }

  /** Among our own notes since the first attempt; anyone could write the same text, so the author counts. */
  async function find(
    entry: Entry,
    isOurs: (note: { readonly body: string; readonly internal: boolean }) => boolean,
  ): Promise<Done | undefined> {
    const { iid } = await requestOf(context, entry)
    const own = await ownId()
    const taken = await noteIdsOfOthers(context, entry)
    const notes = await onIssue(iid, () => gitlab.notes(iid, { since: earliestOf(entry) }))
    const found = notes.find(
      (note) => note.author.id === own && !note.system && !taken.has(note.id) && isOurs(note),
    )
    return found && { result: { noteId: found.id } }
  }

  return {
    async reply(entry: Entry, work: Reply): Promise<Done> {
      const { iid } = await requestOf(context, entry)
      return write(iid, replyText(snippets, work), false)
    },
    /** A marker might show in the plain text of the e-mail, so the whole body has to be the same. */
    async findReply(entry: Entry, work: Reply): Promise<Done | undefined> {
      const body = replyText(snippets, work)
      return find(entry, (note) => !note.internal && isSameText(note.body, body))
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
      const done = await isMarkedDuplicate(iid, work)
      if (!done) throw new CannotDo(`GitLab did not mark #${iid} as a duplicate of #${work.of}.`)
      return done
    },
    async findDuplicateMark(entry: Entry, work: MarkDuplicate): Promise<Done | undefined> {
      const { iid } = await requestOf(context, entry)
      return isMarkedDuplicate(iid, work)
    },
  }

  async function isMarkedDuplicate(iid: number, { of }: MarkDuplicate): Promise<Done | undefined> {
    const { duplicatedTo, state } = await onIssue(iid, () => gitlab.issue(iid))
    if (state !== 'closed' || (duplicatedTo && duplicatedTo.iid !== of)) return undefined
    return { result: { duplicateOf: of } }
  }
}

/** Two entries may post the same text; a note that another entry has claimed is not this one's. */
async function noteIdsOfOthers({ store }: EffectContext, entry: Entry): Promise<ReadonlySet<number>> {
  const entries = entry.requestId === undefined ? [] : await store.tables.outbox.ofRequest(entry.requestId)
  const ids = entries.filter(({ id }) => id !== entry.id).map(({ result }) => Number(result?.noteId))
  return new Set(ids)
}

/** Asked once; a failure is not kept. */
function remembered<T>(ask: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined
  return () => {
    known ??= ask().catch((error: unknown) => {
      known = undefined
      throw error
    })
    return known
  }
}

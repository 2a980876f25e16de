/** Notes on issues. A public one is an e-mail to the requester, so it is never repeated blindly. */

import type { MarkDuplicate, noteEffects } from '../../engine/effects/notes.ts'
import { type Done, type Entry, type HandlersOf, requestOf } from '../effect-handler.ts'
import { CannotDo, unseen } from '../failure.ts'
import { memoize } from '../memoize.ts'
import type { Note, NoteCreated } from './answers.ts'
import { type EffectContext, earliestOf, markerOf, tellOwnClose } from './effect-context.ts'
import { IssueGone, onIssue, told } from './failure.ts'
import { featureRequestOf } from './needs.ts'
import { internalNoteText, isSameText, replyText, typedReplyText } from './note-text.ts'

/** The handlers of all effects that write notes. */
export function noteHandlers(context: EffectContext): HandlersOf<typeof noteEffects> {
  const { gitlab, snippets } = context
  const findOwnNote = ownNoteFinder(context)
  const feature = featureRequestOf(context.featureRequest)

  async function write(iid: number, body: string, internal: boolean): Promise<Done> {
    const note = await onIssue(iid, () => gitlab.createNote(iid, { body, internal }))
    return writtenNote(note, `#${iid}`)
  }

  /** Among the notes since the first attempt. */
  async function find(entry: Entry, isOurs: (note: Note) => boolean): Promise<Done | undefined> {
    const { number } = await requestOf(context, entry)
    const notes = await onIssue(number, () => gitlab.notes(number, { since: earliestOf(entry) }))
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

  return {
    reply: {
      async execute(entry, work) {
        const { number } = await requestOf(context, entry)
        return write(number, replyText(snippets, work), false)
      },
      verify: (entry, work) => findPublic(entry, replyText(snippets, work)),
    },

    'typed-reply': {
      async execute(entry, { text }) {
        const { number } = await requestOf(context, entry)
        return write(number, typedReplyText(text), false)
      },
      verify: (entry, { text }) => findPublic(entry, typedReplyText(text)),
    },

    'internal-note': {
      async execute(entry, work) {
        const { number } = await requestOf(context, entry)
        const text = await internalNoteText(work.text, context.nameOf)
        return write(number, `${text}\n\n${markerOf(entry)}`, true)
      },
      verify: (entry) => find(entry, (note) => note.body.includes(markerOf(entry))),
    },

    'mark-duplicate': {
      /** Internal, so that should GitLab not take it for a command, nobody outside reads it. */
      async execute(entry, work) {
        const { number } = await requestOf(context, entry)
        await onIssue(number, () =>
          gitlab.createNote(number, { body: `/duplicate #${work.of}`, internal: true }),
        )
        // GitLab answers alike whether the command took effect or not.
        const done = await isMarkedDuplicate(entry, number, work)
        if (!done) throw new CannotDo(`GitLab did not mark #${number} as a duplicate of #${work.of}.`)
        return done
      },
      async verify(entry, work) {
        const { number } = await requestOf(context, entry)
        return isMarkedDuplicate(entry, number, work)
      },
    },

    'feature-request-note': {
      async execute(entry) {
        // Switched off since it was decided: there is nowhere to write it.
        if (!feature) return { result: { leftOut: 'feature-request is switched off' } }
        const { reference, project, iid } = feature
        // Every such note has the same text, so a mark tells them apart. Nobody is mailed about it as a requester.
        const note = { body: `${workedByHand}\n\n${markerOf(entry)}`, internal: false }
        return writtenNote(
          await told({ featureRequest: reference }, () => gitlab.createNote(iid, note, project)),
          reference,
        )
      },
      async verify(entry) {
        if (!feature) return undefined
        const { reference, project, iid } = feature
        const since = earliestOf(entry)
        const notes = await told({ featureRequest: reference }, () => gitlab.notes(iid, { since }, project))
        return findOwnNote(entry, notes, (note) => note.body.includes(markerOf(entry)))
      },
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

type FindOwnNote = (
  entry: Entry,
  notes: readonly Note[],
  isOurs: (note: Note) => boolean,
) => Promise<Done | undefined>

/** Anyone could write the same text, so the author counts. */
function ownNoteFinder(context: EffectContext): FindOwnNote {
  const ownId = memoize(async () => (await context.gitlab.me()).id)
  return async (entry, notes, isOurs) => {
    const own = await ownId()
    const taken = await noteIdsOfOthers(context, entry)
    const found = notes.find(
      (note) => note.author.id === own && !note.system && !taken.has(note.id) && isOurs(note),
    )
    return found && { result: { noteId: found.id } }
  }
}

/** `where` as a person reads it: `#12`. */
function writtenNote(note: NoteCreated, where: string): Done {
  if ('commandsOnly' in note)
    throw new CannotDo(`GitLab took the note on ${where} for commands and posted nothing.`)
  return { result: { noteId: note.id } }
}

/** Two entries may post the same text; a note that another entry has claimed is not this one's. */
async function noteIdsOfOthers({ store }: EffectContext, entry: Entry): Promise<ReadonlySet<number>> {
  const entries = entry.requestId === undefined ? [] : await store.tables.outbox.ofRequest(entry.requestId)
  const ids = entries.filter(({ id }) => id !== entry.id).map(({ result }) => Number(result?.noteId))
  return new Set(ids)
}

/**
 * "Comment on the gitlab#330669 feature request to note that we’re having to manually process a relevant request." The
 * issue is public: nothing here says whose request it is, or where it stands.
 */
const workedByHand =
  'Support is working a request of this kind by hand: the account of a person who has died is to be deleted.'

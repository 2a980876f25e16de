/** Our own notes: how they are found again, and what GitLab's answer to a new one means. */

import type { Done } from '../carry-out.ts'
import { CannotDo } from '../failure.ts'
import { remembered } from '../remembered.ts'
import type { Note, NoteCreated } from './answers.ts'
import type { EffectContext, Entry } from './effect-context.ts'

export type FindOwnNote = (
  entry: Entry,
  notes: readonly Note[],
  isOurs: (note: Note) => boolean,
) => Promise<Done | undefined>

/** Anyone could write the same text, so the author counts. */
export function ownNoteFinder(context: EffectContext): FindOwnNote {
  const ownId = remembered(async () => (await context.gitlab.me()).id)
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
export function writtenNote(note: NoteCreated, where: string): Done {
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

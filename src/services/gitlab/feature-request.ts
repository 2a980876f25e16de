/** "Comment on the gitlab#330669 feature request to note that we’re having to manually process a relevant request." */

import { CallFailed } from '../call-failed.ts'
import type { Done } from '../carry-out.ts'
import { CannotDo } from '../failure.ts'
import { type EffectContext, type Entry, earliestOf, markerOf } from './effect-context.ts'
import { type FindOwnNote, writtenNote } from './own-notes.ts'

/** The issue is public: nothing here says whose request it is, or where it stands. */
const text =
  'Support is working a request of this kind by hand: the account of a person who has died is to be deleted.'

interface FeatureRequest {
  /** `group/project#123` */
  readonly reference: string
  readonly project: string
  readonly iid: number
}

export function featureRequestEffects(context: EffectContext, findOwnNote: FindOwnNote) {
  const { gitlab } = context
  const feature = featureRequestOf(context.featureRequest)

  return {
    async featureRequestNote(entry: Entry): Promise<Done> {
      // Switched off since it was decided: there is nowhere to write it.
      if (!feature) return { result: { leftOut: 'feature-request is switched off' } }
      const { reference, project, iid } = feature
      // Every such note has the same text, so a mark tells them apart. Nobody is mailed about it as a requester.
      const note = { body: `${text}\n\n${markerOf(entry)}`, internal: false }
      return writtenNote(await onFeature(feature, () => gitlab.createNote(iid, note, project)), reference)
    },
    async findFeatureRequestNote(entry: Entry): Promise<Done | undefined> {
      if (!feature) return undefined
      const { project, iid } = feature
      const since = earliestOf(entry)
      const notes = await onFeature(feature, () => gitlab.notes(iid, { since }, project))
      return findOwnNote(entry, notes, (note) => note.body.includes(markerOf(entry)))
    },
  }
}

function featureRequestOf(reference: string | undefined): FeatureRequest | undefined {
  const [, project, iid] = /^(.+)#(\d+)$/.exec(reference ?? '') ?? []
  if (reference === undefined || project === undefined || iid === undefined) return undefined
  return { reference, project, iid: Number(iid) }
}

async function onFeature<T>({ reference }: FeatureRequest, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof CallFailed) || (error.status !== 403 && error.status !== 404)) throw error
    throw new CannotDo(
      `The bot's token may not comment on the feature request ${reference} (${error.status}). Allow it there, ` +
        'or set feature-request: false in desk.yaml and start the bot again; then choose Try Again.',
      { cause: error },
    )
  }
}

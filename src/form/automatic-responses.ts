// The notes that GitLab's Support Bot writes by itself: no reply of the requester, though they come in the same name.
import { withoutInvisibles } from './markup.ts'

export interface AutomaticResponses {
  /** Whole texts. */
  readonly texts: readonly string[]
  /** How the others begin. */
  readonly beginnings: readonly string[]
}

/** Whether a note of the Support Bot is one of these; spaces and line ends make no difference. */
export function isAutomaticResponse(note: string, responses: AutomaticResponses): boolean {
  const text = comparable(note)
  return (
    responses.texts.some((known) => text === comparable(known)) ||
    responses.beginnings.some((known) => text.startsWith(comparable(known)))
  )
}

function comparable(text: string): string {
  return withoutInvisibles(text).split(/\s+/).join(' ').trim()
}

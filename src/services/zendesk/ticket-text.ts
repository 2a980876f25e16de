/** The texts of comments in Zendesk, which runs no line as a command but fills in placeholders. */
import { lineEnd } from '../../engine/effects/notes.ts'
import { CannotDo } from '../failure.ts'
import { withNames } from '../gitlab/note-text.ts'

/** A public comment, as a person typed it. */
export function ticketReplyText(text: string): string {
  const typed = harmlessText(text)
  if (typed === '') throw new CannotDo('The text is empty. Nothing was sent.')
  return typed
}

/** An internal comment, with people's names. */
export async function ticketNoteText(
  text: string,
  nameOf: (userId: string) => Promise<string>,
): Promise<string> {
  return harmlessText(await withNames(text, nameOf))
}

/**
 * Zendesk fills in what looks like `{{ticket.comments}}` (https://support.zendesk.com/hc/en-us/articles/4408886858138):
 * quoted from a requester's mail, it would send whatever else stands on the ticket. A word joiner between the braces
 * shows as nothing and is no placeholder. A control character between them might be dropped on the way, so it goes first.
 */
function harmlessText(text: string): string {
  return text
    .split(lineEnd)
    .join('\n')
    .replace(/(?![\n\t])\p{Cc}/gu, '')
    .trim()
    .replace(/\{(?=[{%])/g, '{\u2060')
}

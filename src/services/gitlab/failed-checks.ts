/** The marks of an issue that failed the automated checks, and whose they are. */
import type { Label } from '../../flows/labels.ts'
import type { Issue, LabelEvent } from './answers.ts'

const invalidLabel: Label = 'account-deletion::invalid'

/** Tells whether a label, in the handbook's words, is the mark of failed automated checks. */
export function isMark(label: string): boolean {
  return label === invalidLabel
}

/** Tells whether the automated checks failed (handbook, "Stage 1: Submission Handling"). */
export function isInvalid(
  { title, labels }: Pick<Issue, 'title' | 'labels'>,
  handbookLabel: (name: string) => string,
): boolean {
  return hasInvalidTitle(title) || labels.some((label) => handbookLabel(label) === invalidLabel)
}

function hasInvalidTitle(title: string): boolean {
  return /invalid request received/i.test(title)
}

/**
 * Returns whether the label is no mark of failed checks: the bot has set it, by a decision, or it was there when the
 * issue was read before (`wasRead`). A label that an issue was born with has no event.
 */
export function isOwnMark(
  { handbookLabel }: { readonly handbookLabel: (name: string) => string },
  { title }: Pick<Issue, 'title'>,
  events: readonly LabelEvent[],
  ownId: number,
  wasRead: boolean,
): boolean {
  if (hasInvalidTitle(title)) return false
  const set = events
    .filter(({ action, label }) => action === 'add' && label && handbookLabel(label) === invalidLabel)
    .toSorted((one, other) => one.id - other.id)
    .at(-1)
  return set ? set.userId === ownId : wasRead
}

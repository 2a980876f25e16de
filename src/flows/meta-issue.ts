/** Creating the meta issue and working through it: the end of every deletion and of the data access report. */

import type { EffectRule } from '../engine/effect.ts'
import type { Decision, Step } from '../engine/flow.ts'
import { closeIssue, internalNote, onlyIf, openIssue, reply, support } from './vocabulary.ts'

/** "Create a new confidential issue …, populating the title with the email address of the original request." */
export function startDeletion(template: string, before: readonly EffectRule[]): Decision<'deleting'> {
  return {
    button: 'Start Deletion',
    style: 'primary',
    by: support,
    do: [...before, openIssue('meta', template)],
    goto: 'deleting',
  }
}

/** "complete each step in the issue that begins with Support Engineer: in order" */
export function completeRequest(reply: readonly EffectRule[]): Decision<'closed'> {
  return {
    button: 'Complete Request',
    style: 'primary',
    by: support,
    fulfils: true,
    when: ['steps-are-done-or-reason'],
    fields: [
      {
        kind: 'text',
        name: 'reason',
        label: 'Reason',
        optional: true,
        hint: 'Needed unless every step of the meta issue is done or the meta issue is closed',
      },
    ],
    do: [
      onlyIf(
        { field: 'reason', isGiven: true },
        internalNote('Completed by {who}, {when}.\nReason: {field:reason}'),
      ),
      ...reply,
      closeIssue(),
    ],
    goto: 'closed',
  }
}

/** A colleague has opened the meta issue by hand. */
export const metaIssueByHand = { 'meta-issue-made': { goto: 'deleting' } } as const

export const deletingStep: Step<'closed'> = {
  title: 'Deletion under way in the meta issue',
  availableWhen: 'when the deletion has been started',
  waitsFor: 'support',
  hidesPinned: true,
  isVerified: true,
  decisions: { 'complete-request': completeRequest([reply('closed-deletion-complete')]) },
}

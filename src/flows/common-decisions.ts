/** The parts that privacy requests share: Stage 1, escalation to Privacy, the hold of clocks, and the meta issue. */

import type { EffectRule } from '../engine/effect.ts'
import type { Decision, Step } from '../engine/flow.ts'
import type { NextRule } from '../engine/next-rule.ts'
import { stageOne } from './stage-one.ts'
import { askInThread, closeIssue, internalNote, onlyIf, openIssue, reply, support } from './vocabulary.ts'

/** Escalating to the Privacy Team: "Create a new related issue using the Privacy Escalation Meta Issue template." */
const escalateToPrivacy: Decision<never> = {
  button: 'Escalate to Privacy',
  inMenu: true,
  by: support,
  when: ['is-not-escalated'],
  fields: [
    {
      kind: 'text',
      name: 'reason',
      label: 'Your question for Privacy',
      hint: 'Saved as an internal note in GitLab, not posted in Slack',
    },
  ],
  do: [
    internalNote('Escalated to Privacy by {who}, {when}.\n{field:reason}'),
    openIssue('escalation', 'Privacy Escalation Meta Issue'),
    askInThread(
      '{who} escalated #{number} to Privacy: the question is in an internal note in GitLab.',
      'privacy',
    ),
  ],
}

const pauseClocks: Decision<never> = {
  button: 'Pause Clocks',
  inMenu: true,
  by: [...support, 'privacy'],
  when: ['is-not-on-hold'],
  records: 'paused',
  fields: [{ kind: 'text', name: 'reason', label: 'Reason', hint: 'For example: Privacy asked us to wait' }],
  do: [internalNote('Clocks paused by {who}, {when}.\nReason: {field:reason}')],
}

const resumeClocks: Decision<never> = {
  button: 'Resume Clocks',
  inMenu: true,
  by: [...support, 'privacy'],
  when: ['is-on-hold'],
  records: 'resumed',
  fields: [{ kind: 'text', name: 'reason', label: 'Reason' }],
  do: [internalNote('Clocks resumed by {who}, {when}.\nReason: {field:reason}')],
}

const extendDeadline: Decision<never> = {
  button: 'Extend Deadline',
  inMenu: true,
  by: ['privacy'],
  when: ['step-has-clock'],
  records: 'extended',
  fields: [
    {
      kind: 'choice',
      name: 'clock',
      label: 'Deadline',
      options: [
        { value: 'fulfilment', text: '30-day deadline' },
        { value: 'step', text: 'This step’s deadline' },
      ],
    },
    {
      kind: 'choice',
      name: 'days',
      label: 'Extend by',
      options: [
        { value: '7', text: '7 days' },
        { value: '14', text: '14 days' },
        { value: '30', text: '30 days' },
      ],
    },
    { kind: 'text', name: 'reason', label: 'Reason' },
  ],
  do: [
    internalNote(
      'Deadline extended by {who}, {when}: {field:days} days ({field:clock}).\nReason: {field:reason}',
    ),
  ],
}

/**
 * The way back from a decision by mistake, or from a message that was taken for an answer. What the last move did
 * tells whether there is one.
 */
const undoStep: Decision<never> = {
  button: 'Undo Step',
  by: [...support, 'privacy'],
  refreshFirst: true,
  when: ['can-be-taken-back'],
  records: 'taken-back',
  fields: [
    {
      kind: 'text',
      name: 'reason',
      label: 'Reason for undoing it',
      hint: 'Saved as an internal note in GitLab',
    },
  ],
  do: [internalNote('“{last move}” taken back by {who}, {when}.\nReason: {field:reason}')],
}

/** The decisions that are open at any open step of a privacy request, besides its own flow. */
export const commonDecisions = {
  ...stageOne,
  'escalate-to-privacy': escalateToPrivacy,
  'pause-clocks': pauseClocks,
  'resume-clocks': resumeClocks,
  'extend-deadline': extendDeadline,
  'undo-step': undoStep,
} as const

// Creating the meta issue and working through it: the end of every deletion and of the data access report.

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

/** What comes next where nothing speaks against the deletion any more. */
export const readyToDelete: NextRule = {
  kind: 'start-work',
  words: 'Ready: start the deletion',
  decision: 'start-deletion',
}

/** What comes next where a meta issue is worked through. `what` begins the sentence: `Deletion`. */
export const inMetaIssue = (what: string): readonly NextRule[] => [
  {
    if: 'steps-are-done',
    kind: 'complete',
    words: 'All steps are done: complete the request',
    decision: 'complete-request',
  },
  {
    if: 'has-no-progress',
    kind: 'stuck',
    words: `${what} stuck: {done} of {total} steps, no progress for {days} days`,
    by: support,
  },
  {
    if: 'meta-issue-is-missing',
    kind: 'wait',
    words: `${what}: opening the meta issue`,
    awaits: 'bot',
  },
  { kind: 'work', words: `${what} in progress: {done} of {total} steps`, by: support },
]

/** "complete each step in the issue that begins with Support Engineer: in order" */
export function completeRequest(reply: readonly EffectRule[]): Decision<'closed'> {
  return {
    button: 'Complete Request',
    ends: 'completed',
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
        hint: 'Saved as an internal note in GitLab',
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

/** The observation that a colleague has opened the meta issue by hand. */
export const metaIssueByHand = { 'meta-issue-made': { goto: 'deleting' } } as const

/** The step at which the meta issue is worked through: the end of every deletion. */
export const deletingStep: Step<'closed'> = {
  title: 'Deletion in progress in the meta issue',
  availableWhen: 'when the deletion has been started',
  waitsFor: 'support',
  next: inMetaIssue('Deletion'),
  hidesPinned: true,
  isVerified: true,
  decisions: { 'complete-request': completeRequest([reply('closed-deletion-complete')]) },
}

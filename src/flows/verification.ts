/** The parts that the flows share in which a requester is verified by challenges. */
import type { Decision, Field } from '../engine/flow.ts'
import type { NextRule } from '../engine/next-rule.ts'
import type { Label } from './labels.ts'
import type { SnippetName } from './snippets.ts'
import { addLabels, closeIssue, internalNote, onlyIf, removeLabels, reply, support } from './vocabulary.ts'

/** "apply the Account Verification Failed and deletion request::denied labels" */
export const failedLabels = [
  'Account Verification Failed',
  'deletion request::denied',
] as const satisfies readonly Label[]

const whyClosed: Field = {
  kind: 'text',
  name: 'reason',
  label: 'Reason for closing anyway',
  onlyIf: ['hasOtherAddress', 'hasLaterIssue'],
  optional: true,
  hint: 'Saved as an internal note in GitLab',
}

/** Returns the decision under the heading No Response: the reply, the labels, the close. */
export function closeNoResponse(given: {
  readonly snippet: SnippetName
  readonly add: readonly Label[]
  readonly remove: readonly Label[]
}): Decision<'closed'> {
  return {
    button: 'Close No Response',
    ends: 'denied, no response',
    by: support,
    alsoBy: { onlyIf: 'hasOtherAddress', roles: ['privacy'] },
    refreshFirst: true,
    when: ['clock-is-over', 'requester-is-silent', 'other-address-is-checked', 'later-issue-is-checked'],
    fields: [whyClosed],
    do: [
      onlyIf(
        { field: 'reason', isGiven: true },
        internalNote('Closed for no response by {who}, {when}.\nReason: {field:reason}'),
      ),
      reply(given.snippet),
      addLabels(...given.add),
      ...(given.remove.length > 0 ? [removeLabels(...given.remove)] : []),
      closeIssue(),
    ],
    goto: 'closed',
  }
}

/**
 * The decision after a message that is no answer: an out-of-office note, a mail that could not be delivered. It sends
 * nothing. Where a reply is awaited still, as after one that came while the issue was closed, it leads nowhere.
 */
export const notAnAnswer = {
  button: 'Not an Answer',
  inMenu: true,
  by: support,
  when: ['reply-is-the-latest'],
  records: 'no-answer',
  fields: [
    {
      kind: 'text',
      name: 'reason',
      label: 'Reason',
      hint: 'For example: an out-of-office note. Saved as an internal note in GitLab',
    },
    {
      kind: 'text',
      name: 'others',
      label: 'Why their other messages are no answer',
      onlyIf: 'repliedMoreThanOnce',
      hint: 'They wrote more than once: read each message in GitLab. Saved as an internal note there',
    },
  ],
  do: [
    internalNote(
      'The last message is no answer of the requester, says {who}, {when}.\nReason: {field:reason}\nTheir other messages: {field:others|none}',
    ),
  ],
} as const satisfies Decision<never>

/** What comes next where challenges were sent. */
export const answersAwaited: readonly NextRule[] = [
  {
    if: 'requester-has-written',
    kind: 'check-answers',
    words: 'The requester wrote: check whether these are the answers',
    decision: 'answers-received',
  },
  {
    if: 'clock-is-over',
    kind: 'close-silent',
    words: 'No answers in time: close it for no response',
    decision: 'close-no-response',
  },
  {
    kind: 'wait',
    words: 'Waiting for the requester’s answers',
    awaits: 'requester',
    decision: 'close-no-response',
  },
]

/** The same where the form's automatic response has sent the challenges, so that somebody has yet to start. */
export const awaitingAnswers: readonly NextRule[] = [
  ...answersAwaited.slice(0, 2),
  { if: 'is-not-started', kind: 'start', words: 'New: start it', decision: 'start' },
  ...answersAwaited.slice(2),
]

/** What comes next once the requester has answered. */
export const answersAreIn: NextRule = {
  kind: 'check-answers',
  words: 'Answers are in: check them',
  decision: 'pass-verification',
}

/** "Add the Awaiting::Challenge Answers label", set by hand */
export const startedByHand = {
  'label-added': { where: { label: 'Awaiting::Challenge Answers' }, records: 'started' },
} as const

/** The decision of Step 1 where the answers came by a way that the bot can't see. */
export const answersReceived = {
  button: 'Answers Received',
  by: support,
  do: [internalNote('The answers to the verification challenges are in, says {who}, {when}.')],
  goto: 'evaluating',
} as const satisfies Decision<'evaluating'>

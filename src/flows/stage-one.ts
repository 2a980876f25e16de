/** Stage 1: Submission Handling. Every privacy request passes it first; its decisions stand in every flow. */

import { type Decision, defineFlow } from '../engine/flow.ts'
import { privacyRules } from './desks.ts'
import { requestTypes } from './labels.ts'
import {
  addLabels,
  closedByHand,
  closedStep,
  closeIssue,
  markDuplicate,
  reply,
  support,
} from './vocabulary.ts'

/** Direct Email Submissions */
const closeDirectSubmission: Decision<'closed'> = {
  button: 'Close Direct Submission',
  ends: 'sent by e-mail, pointed to the form',
  style: 'danger',
  by: support,
  do: [addLabels('account-deletion::invalid'), reply('closed-submitted-directly'), closeIssue()],
  goto: 'closed',
}

/** Spam Submissions: "apply the label Invalid Request::Spam, then close the issue" */
const markSpam: Decision<'closed'> = {
  button: 'Mark Spam',
  ends: 'spam',
  style: 'danger',
  by: support,
  when: ['is-not-verified'],
  do: [addLabels('Invalid Request::Spam'), closeIssue()],
  goto: 'closed',
}

/** Duplicate Form Submissions; `/duplicate` closes the issue too. */
const closeDuplicate: Decision<'closed'> = {
  button: 'Close Duplicate',
  ends: 'duplicate of #{of}',
  by: support,
  when: ['is-not-verified', { guard: 'names-another-open-request', field: 'stays' }],
  fields: [
    {
      kind: 'request-number',
      name: 'stays',
      label: 'Which issue stays open?',
      hint: 'The request you’ll keep working on',
    },
  ],
  do: [
    reply('closed-duplicate', { replace: { '#123': { field: 'stays', prefix: '#' } } }),
    markDuplicate('stays'),
  ],
  goto: 'closed',
}

const setType: Decision<never> = {
  button: 'Set Type',
  style: 'primary',
  by: support,
  fields: [
    {
      kind: 'choice',
      name: 'type',
      label: 'Request type',
      options: Object.entries(requestTypes).map(([value, text]) => ({ value, text })),
    },
  ],
  do: [],
  goto: { flowFrom: 'type' },
}

/** The decisions of Stage 1 that are open at every open step of a flow. */
export const stageOne = { 'mark-spam': markSpam, 'close-duplicate': closeDuplicate } as const

/** Requests whose type is not known: sent by e-mail past the form, or with a form copy that can't be read. Never a guess. */
export const submission = defineFlow({
  name: 'submission',
  title: 'Type not known',
  handbook: 'Stage 1: Submission Handling',
  desk: privacyRules,
  first: 'type-unreadable',
  isTypeUnknown: true,
  closed: 'closed',
  on: closedByHand,
  pinned: [],
  anytime: stageOne,
  steps: {
    'type-unreadable': {
      entrance: 'unknown-type',
      title: 'Unknown request type: set it',
      availableWhen: 'on arrival',
      waitsFor: 'support',
      next: [{ kind: 'classify', words: 'Unknown request type: set it', decision: 'set-type' }],
      decisions: { 'set-type': setType, 'close-direct-submission': closeDirectSubmission },
    },
    'direct-e-mail': {
      handbook: 'Direct Email Submissions',
      entrance: 'past-the-form',
      title: 'Sent by e-mail, not through the form',
      availableWhen: 'on arrival',
      waitsFor: 'support',
      next: [
        {
          kind: 'close',
          words: 'Sent by e-mail: point the sender to the form',
          decision: 'close-direct-submission',
        },
      ],
      decisions: { 'close-direct-submission': closeDirectSubmission, 'set-type': setType },
    },
    closed: closedStep,
  },
})

/** "These issues are scheduled to automatically close … No action is required." No card; counted in the digest. */
export const invalid = defineFlow({
  name: 'invalid',
  title: 'Failed the automated checks',
  handbook: 'GitLab.com Account Deletion and Full Deletion',
  desk: privacyRules,
  first: 'closed',
  isCountedOnly: true,
  closed: 'closed',
  pinned: [],
  anytime: {},
  steps: {
    closed: {
      ...closedStep,
      entrance: 'failed-checks',
      title: 'Failed the automated checks',
      availableWhen: 'on arrival',
      decisions: {},
    },
  },
})

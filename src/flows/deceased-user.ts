/** The flow under the handbook's heading GitLab.com Account Deletion - Deceased User. */

import { type Decision, defineFlow } from '../engine/flow.ts'
import { selfInitiatedDeletion } from './account-deletion.ts'
import {
  commonDecisions,
  deletingStep,
  metaIssueByHand,
  readyToDelete,
  startDeletion,
} from './common-decisions.ts'
import { privacyRules } from './desks.ts'
import {
  answersAreIn,
  answersReceived,
  awaitingAnswers,
  closeNoResponse,
  failedLabels,
  notAnAnswer,
  startedByHand,
} from './verification.ts'
import {
  addLabels,
  askInThread,
  closedByHand,
  closedStep,
  closeIssue,
  internalNote,
  noteOnFeatureRequest,
  onlyIf,
  reply,
  support,
} from './vocabulary.ts'

const handbook = 'GitLab.com Account Deletion - Deceased User'

/** Number 3.2: "and you get instruction from #privacy-team-help to proceed to verification fail" */
const failVerification: Decision<'closed'> = {
  button: 'Fail Verification',
  ends: 'denied, verification failed',
  style: 'danger',
  by: ['privacy'],
  refreshFirst: true,
  do: [reply('closed-verification-failed-deceased'), addLabels(...failedLabels), closeIssue()],
  goto: 'closed',
}

/** The flow for the type "GitLab.com Account Deletion - Deceased User". */
export const deceasedUser = defineFlow({
  name: 'deceased-user',
  title: 'GitLab.com Account Deletion - Deceased User',
  handbook,
  desk: privacyRules,
  first: 'awaiting-answers',
  closed: 'closed',
  on: { ...closedByHand, ...metaIssueByHand },
  pinned: ['fail-verification', 'close-no-response'],
  anytime: { 'self-initiated-deletion': selfInitiatedDeletion, ...commonDecisions },
  steps: {
    'awaiting-answers': {
      title: 'Waiting for the challenge answers and documents',
      availableWhen: 'on arrival',
      waitsFor: 'requester',
      clock: {
        name: 'Challenge answers and documents',
        days: 10,
        since: 'created',
        because: 'The requester will have 10 calendar days to provide the requested information',
        untilOver: 'the requester has until {lastDay}',
      },
      on: { 'requester-replied': { goto: 'evaluating' }, ...startedByHand },
      next: awaitingAnswers,
      decisions: {
        start: {
          button: 'Start',
          style: 'primary',
          by: support,
          records: 'started',
          do: [addLabels('Awaiting::Challenge Answers')],
        },
        'close-no-response': closeNoResponse({
          snippet: 'closed-no-response-deceased',
          add: [...failedLabels, 'denied-reason::no_response'],
          remove: ['Awaiting::Challenge Answers'],
        }),
        'answers-received': answersReceived,
        'not-an-answer': notAnAnswer,
      },
    },
    evaluating: {
      title: 'Answers are in: check them (Privacy checks the documents)',
      availableWhen: 'as soon as the requester has answered',
      waitsFor: 'support',
      next: [{ ...answersAreIn, words: 'Answers are in: check them (Privacy checks the documents)' }],
      onEntry: [
        askInThread(
          'The requester of #{number} has answered. Please review the evidence of their authority to act for the deceased.',
          'privacy',
        ),
      ],
      decisions: {
        'not-an-answer': { ...notAnAnswer, goto: 'awaiting-answers' },
        'pass-verification': {
          button: 'Pass Verification',
          style: 'primary',
          by: support,
          do: [],
          goto: 'ready',
        },
        'ask-privacy': {
          button: 'Ask Privacy',
          by: support,
          fields: [
            {
              kind: 'text',
              name: 'question',
              label: 'Your question for Privacy',
              // It may name the requester, and a channel holds no personal data.
              hint: 'Saved as an internal note in GitLab, not posted in Slack',
            },
          ],
          do: [
            internalNote('Question for Privacy from {who}, {when}:\n{field:question}'),
            askInThread(
              '{who} asks Privacy about #{number}: the question is in an internal note in GitLab. Verification has not passed: choose Continue or Fail Verification.',
              'privacy',
            ),
          ],
          goto: 'privacy-review',
        },
      },
    },
    'privacy-review': {
      title: 'Privacy to decide: continue or fail',
      availableWhen: 'when Privacy has been asked',
      waitsFor: 'approval',
      next: [{ kind: 'approve', words: 'Privacy to decide: continue or fail', decision: 'continue' }],
      decisions: {
        continue: { button: 'Continue', style: 'primary', by: ['privacy'], do: [], goto: 'ready' },
        'fail-verification': failVerification,
      },
    },
    ready: {
      title: 'Ready: start the deletion',
      availableWhen: 'when verification has passed or Privacy has said to continue',
      waitsFor: 'support',
      next: [readyToDelete],
      isVerified: true,
      decisions: {
        'start-deletion': startDeletion('Deletion Meta Issue - Deceased', [
          onlyIf({ setting: 'feature-request', isSet: true }, noteOnFeatureRequest()),
          reply('verification-passed-deceased'),
        ]),
      },
    },
    deleting: deletingStep,
    closed: closedStep,
  },
})

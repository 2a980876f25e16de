/** GitLab.com Account Deletion and Full Deletion: one workflow, two request types. */

import { type Decision, defineFlow, type Flow } from '../engine/flow.ts'
import { closedByHand, closedStep } from './closing.ts'
import { deskWide } from './desk-wide.ts'
import { privacyRules } from './desks.ts'
import { deletingStep, metaIssueByHand, startDeletion } from './meta-issue.ts'
import { securityReview } from './security-review.ts'
import {
  approvedByHand,
  approveException,
  exceptionReview,
  requestException,
} from './sole-owner-exception.ts'
import { answersReceived, closeNoResponse, failedLabels, notAnAnswer, startedByHand } from './verification.ts'
import { addLabels, closeIssue, onlyIf, reply, support } from './vocabulary.ts'

/** Step 1, numbers 1 and 2 */
const start: Decision<never> = {
  button: 'Start',
  style: 'primary',
  by: support,
  records: 'started',
  fields: [
    {
      kind: 'choice',
      name: 'accountType',
      label: 'Account type',
      options: [
        { value: 'free', text: 'Free account' },
        { value: 'corporate', text: 'Corporate: a paid namespace with a signed contract in Salesforce' },
      ],
    },
    {
      kind: 'choice',
      name: 'requestReason',
      label: 'Reason given in the form’s comment',
      suggestedBy: 'suggestedReason',
      options: [
        { value: 'none', text: 'None' },
        { value: 'lost_2fa', text: 'Lost 2FA' },
        { value: 'lost_access', text: 'Lost access to the e-mail address' },
      ],
    },
  ],
  do: [
    onlyIf({ field: 'accountType', is: 'free' }, addLabels('account-deletion::personal')),
    onlyIf({ field: 'accountType', is: 'corporate' }, addLabels('account-deletion::corporate')),
    onlyIf({ field: 'requestReason', is: 'lost_2fa' }, addLabels('RequestReason::lost_2fa')),
    onlyIf({ field: 'requestReason', is: 'lost_access' }, addLabels('RequestReason::lost_access')),
    addLabels('Awaiting::Challenge Answers'),
  ],
}

/** Verification Failed */
const failVerification: Decision<'closed'> = {
  button: 'Fail Verification',
  style: 'danger',
  by: support,
  refreshFirst: true,
  do: [reply('closed-verification-failed'), addLabels(...failedLabels), closeIssue()],
  goto: 'closed',
}

/** Step 1.5, "blocked due to a user deleting their own account" */
export const selfInitiatedDeletion: Decision<never> = {
  button: 'Self-Initiated Deletion',
  by: support,
  records: 'self-initiated',
  do: [reply('blocked-user-initiated')],
}

function accountDeletionFlow(type: {
  name: string
  title: string
  typeOfRequest: string
  template: string
}): Flow {
  return defineFlow({
    name: type.name,
    title: type.title,
    handbook: 'GitLab.com Account Deletion and Full Deletion',
    desk: privacyRules,
    first: 'awaiting-answers',
    closed: 'closed',
    on: { ...closedByHand, ...metaIssueByHand },
    pinned: ['approve-exception', 'fail-verification', 'close-no-response'],
    anytime: { 'self-initiated-deletion': selfInitiatedDeletion, ...deskWide },
    steps: {
      'awaiting-answers': {
        handbook: 'Step 1: Await Challenges',
        title: 'Waiting for the challenge answers',
        availableWhen: 'on arrival',
        waitsFor: 'requester',
        clock: {
          name: 'Challenge answers',
          days: 7,
          since: 'created',
          because: 'Users have a total of 7 calendar days to respond to the challenge questions',
        },
        on: { 'requester-replied': { goto: 'evaluating' }, ...startedByHand },
        decisions: {
          start,
          'close-no-response': closeNoResponse({
            snippet: 'closed-no-response',
            add: [...failedLabels, 'denied-reason::no_response'],
            remove: ['Awaiting::Challenge Answers'],
          }),
          'answers-received': answersReceived,
        },
      },
      evaluating: {
        handbook: 'Step 2: Evaluate',
        title: 'Evaluating the challenge answers',
        availableWhen: 'as soon as the requester has answered',
        waitsFor: 'support',
        on: approvedByHand,
        decisions: {
          'not-an-answer': { ...notAnAnswer, goto: 'awaiting-answers' },
          'pass-verification': {
            button: 'Pass Verification',
            style: 'primary',
            by: support,
            fields: [
              {
                kind: 'choice',
                name: 'accountState',
                label: 'The account is',
                options: [
                  { value: 'active', text: 'Active' },
                  { value: 'blocked', text: 'Blocked or banned' },
                ],
              },
            ],
            do: [],
            goto: { field: 'accountState', to: { active: 'ready', blocked: 'security-review' } },
          },
          'fail-verification': failVerification,
          'request-exception': requestException,
          'approve-exception': approveException,
        },
      },
      'exception-review': exceptionReview,
      'security-review': securityReview,
      ready: {
        handbook: 'Step 3: Create Meta Issue',
        title: 'Verified: ready to start the deletion',
        availableWhen: 'when verification has passed or an exception is approved',
        waitsFor: 'support',
        isVerified: true,
        decisions: {
          'start-deletion': startDeletion(type.template, [
            reply('verification-succeeded', { replace: { TYPE_OF_REQUEST: type.typeOfRequest } }),
          ]),
        },
      },
      deleting: { ...deletingStep, handbook: 'Step 3: Create Meta Issue' },
      closed: closedStep,
    },
  })
}

export const accountDeletion = accountDeletionFlow({
  name: 'account-deletion',
  title: 'GitLab.com Account Deletion',
  typeOfRequest: 'GitLab.com account deletion',
  template: 'Deletion Meta Issue - GitLab-com',
})

export const fullDeletion = accountDeletionFlow({
  name: 'full-deletion',
  title: 'Full Deletion',
  typeOfRequest: 'full deletion',
  template: 'Deletion Meta Issue - Full',
})

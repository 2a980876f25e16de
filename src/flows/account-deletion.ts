/** GitLab.com Account Deletion and Full Deletion: one workflow, two request types. */

import { type Decision, defineFlow, type Flow, type Step } from '../engine/flow.ts'
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
  gatherEvidence,
  internalNote,
  onlyIf,
  openIssue,
  reply,
  support,
} from './vocabulary.ts'

// Verification Failed - Sole Owner Exception

/** "Reach out to the #privacy-team_help Slack channel to engage a Support Manager and Privacy for review and approval" */
const requestException: Decision<'exception-review'> = {
  button: 'Request Exception',
  by: support,
  records: 'exception-requested',
  do: [
    gatherEvidence(),
    askInThread(
      '{who} requests a sole-owner exception for #{number}. Review the evidence. {approval}. Support can fail verification instead.',
      'support-manager',
      'privacy',
    ),
  ],
  goto: 'exception-review',
}

/** Verification Failed - Sole Owner Exception, when the conditions are not met */
const failException: Decision<'closed'> = {
  button: 'Fail Verification',
  style: 'danger',
  ends: 'denied, verification failed',
  by: support,
  refreshFirst: true,
  do: [reply('closed-verification-failed-recent-activity'), addLabels(...failedLabels), closeIssue()],
  goto: 'closed',
}

/** Verification Failed - Sole Owner Exception, number 4 */
const approveException: Decision<'ready'> = {
  button: 'Approve Exception',
  by: ['support-manager'],
  refreshFirst: true,
  approves: 'exception',
  fourEyes: true,
  when: ['asked-by-somebody-else', 'not-yet-approved-by-them', 'evidence-is-met-or-reason'],
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
    addLabels('Deletion Request::Exception Approved'),
    internalNote(
      'Sole-owner exception approved by {approvers}, {when}.\nReason: {field:reason}\nEvidence: {evidence}',
    ),
  ],
  goto: 'ready',
}

/** "approver will add Deletion Request::Exception Approved to the issue if approved": by hand it counts like the button. */
const approvedByHand = {
  'label-added': {
    where: { label: 'Deletion Request::Exception Approved' },
    approves: 'approve-exception',
    goto: 'ready',
  },
} as const

/** The step at which the exception waits for its approval: Verification Failed - Sole Owner Exception. */
const exceptionReview: Step<'ready' | 'closed'> = {
  handbook: 'Verification Failed - Sole Owner Exception',
  title: 'Exception requested: approve it or fail verification',
  availableWhen: 'when an exception has been requested',
  waitsFor: 'approval',
  next: [
    {
      kind: 'approve',
      words: 'Exception requested: approve it or fail verification',
      decision: 'approve-exception',
    },
  ],
  on: approvedByHand,
  decisions: { 'approve-exception': approveException, 'fail-verification': failException },
}

// Step 2.5: Verification Passed - Unblock user

/**
 * The step at which a blocked user is looked at before the deletion: Step 2.5: Verification Passed - Unblock user.
 */
const securityReview: Step<'ready' | 'closed'> = {
  handbook: 'Step 2.5: Verification Passed - Unblock user',
  title: 'Account blocked: waiting on Trust and Safety',
  availableWhen: 'when verification has passed and the account is blocked',
  waitsFor: 'security',
  next: [
    {
      if: 'reinstatement-is-missing',
      kind: 'start-work',
      words: 'Account blocked: open a Trust and Safety issue and add its link',
      decision: 'add-reinstatement-link',
    },
    {
      if: 'reinstatement-is-missing',
      kind: 'wait',
      words: 'Account blocked: opening the Trust and Safety issue',
      awaits: 'bot',
    },
    {
      kind: 'wait',
      words: 'Account blocked: waiting on Trust and Safety',
      awaits: 'trust-and-safety',
      decision: 'account-unblocked',
    },
  ],
  isVerified: true,
  onEntry: [
    onlyIf(
      { setting: 'trust-safety-project', isSet: true },
      openIssue('reinstatement', 'Account Reinstatement'),
    ),
    onlyIf({ setting: 'trust-safety-project', isSet: true }, reply('blocked-security-review')),
    onlyIf(
      { setting: 'trust-safety-project', isSet: false },
      askInThread(
        '#{number}: the account is blocked. Open a Trust and Safety issue for it, then add its link with Add Reinstatement Link.',
      ),
    ),
  ],
  decisions: {
    'add-reinstatement-link': {
      button: 'Add Reinstatement Link',
      style: 'primary',
      by: support,
      enabledIf: { setting: 'trust-safety-project', isSet: false },
      when: ['reinstatement-is-not-asked', { guard: 'is-an-issue-address', field: 'link' }],
      records: 'reinstatement-link',
      fields: [{ kind: 'text', name: 'link', label: 'Trust and Safety issue link', isShort: true }],
      do: [reply('blocked-security-review')],
    },
    'account-unblocked': {
      button: 'Account Unblocked',
      style: 'primary',
      by: support,
      when: ['reinstatement-is-asked'],
      fields: [
        {
          kind: 'text',
          name: 'furtherWords',
          label: 'Anything to add for the requester',
          optional: true,
          isSent: true,
          hint: 'Added below the reply',
        },
      ],
      do: [reply('unblocked-by-security', { addition: 'furtherWords' })],
      goto: 'ready',
    },
    'account-stays-blocked': {
      button: 'Account Stays Blocked',
      ends: 'denied, the account stays blocked',
      style: 'danger',
      by: support,
      when: ['reinstatement-is-asked'],
      do: [reply('closed-blocked-by-security'), addLabels(...failedLabels), closeIssue()],
      goto: 'closed',
    },
  },
}

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
      label: 'Reason in the requester’s comment',
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
  ends: 'denied, verification failed',
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
    anytime: { 'self-initiated-deletion': selfInitiatedDeletion, ...commonDecisions },
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
          untilOver: 'the requester has until {lastDay}',
        },
        on: { 'requester-replied': { goto: 'evaluating' }, ...startedByHand },
        next: awaitingAnswers,
        decisions: {
          start,
          'close-no-response': closeNoResponse({
            snippet: 'closed-no-response',
            add: [...failedLabels, 'denied-reason::no_response'],
            remove: ['Awaiting::Challenge Answers'],
          }),
          'answers-received': answersReceived,
          'not-an-answer': notAnAnswer,
        },
      },
      evaluating: {
        handbook: 'Step 2: Evaluate',
        title: 'Answers are in: check them',
        availableWhen: 'as soon as the requester has answered',
        waitsFor: 'support',
        next: [answersAreIn],
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
        title: 'Ready: start the deletion',
        availableWhen: 'when verification has passed or an exception is approved',
        waitsFor: 'support',
        next: [readyToDelete],
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

/** The flow for the type "GitLab.com Account Deletion". */
export const accountDeletion = accountDeletionFlow({
  name: 'account-deletion',
  title: 'GitLab.com Account Deletion',
  typeOfRequest: 'GitLab.com account deletion',
  template: 'Deletion Meta Issue - GitLab-com',
})

/** The flow for the type "Full Deletion". */
export const fullDeletion = accountDeletionFlow({
  name: 'full-deletion',
  title: 'Full Deletion',
  typeOfRequest: 'full deletion',
  template: 'Deletion Meta Issue - Full',
})

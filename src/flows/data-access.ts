/** The flow under the handbook's heading Data Access Requests. */

import { defineFlow } from '../engine/flow.ts'
import { commonDecisions, completeRequest, inMetaIssue } from './common-decisions.ts'
import { privacyRules } from './desks.ts'
import { closeNoResponse, notAnAnswer } from './verification.ts'
import {
  addLabels,
  closedByHand,
  closedStep,
  closeIssue,
  openIssue,
  removeLabels,
  reply,
  support,
} from './vocabulary.ts'

const handbook = 'Data Access Requests'

/** The flow for the type "Data Access Request". */
export const dataAccess = defineFlow({
  name: 'data-access',
  title: 'Data Access Request',
  handbook,
  desk: privacyRules,
  first: 'awaiting-reply',
  closed: 'closed',
  on: { ...closedByHand, 'meta-issue-made': { goto: 'reporting' } },
  pinned: ['close-no-response'],
  anytime: commonDecisions,
  steps: {
    'awaiting-reply': {
      title: 'Waiting for a reply from the same e-mail address',
      availableWhen: 'on arrival',
      waitsFor: 'requester',
      clock: {
        name: 'Reply from the same e-mail',
        days: 7,
        since: 'created',
        because: 'If the user fails to respond within 7 calendar days, close the issue',
        untilOver: 'the requester has until {lastDay}',
      },
      next: [
        {
          if: 'requester-has-written',
          kind: 'check-answers',
          words: 'Reply is in: check the sender’s address in GitLab',
          decision: 'confirm-e-mail',
        },
        {
          if: 'clock-is-over',
          kind: 'close-silent',
          words: 'No reply in time: close it for no response',
          decision: 'close-no-response',
        },
        {
          kind: 'wait',
          words: 'Waiting for a reply from the same e-mail address',
          awaits: 'requester',
          decision: 'close-no-response',
        },
      ],
      decisions: {
        'confirm-e-mail': {
          button: 'Confirm E-mail',
          style: 'primary',
          by: support,
          refreshFirst: true,
          when: ['requester-has-written'],
          do: [],
          goto: 'reviewing',
        },
        'not-an-answer': notAnAnswer,
        'close-no-response': closeNoResponse({
          snippet: 'closed-no-response-data-access',
          add: ['Account Verification Failed', 'data-access-request::denied', 'denied-reason::no_response'],
          remove: [],
        }),
      },
    },
    reviewing: {
      title: 'Check whether the request is in scope',
      availableWhen: 'when the e-mail address is confirmed',
      waitsFor: 'support',
      next: [{ kind: 'review', words: 'Check whether the request is in scope', decision: 'start-report' }],
      isVerified: true,
      decisions: {
        'start-report': {
          button: 'Start Report',
          style: 'primary',
          by: support,
          do: [openIssue('meta', 'personal_data_access_request')],
          goto: 'reporting',
        },
        'out-of-scope': {
          button: 'Out of Scope',
          by: support,
          do: [addLabels('data-access-request::denied'), reply('data-access-out-of-scope')],
          goto: 'awaiting-choice',
        },
      },
    },
    'awaiting-choice': {
      title: 'Out of scope: waiting for the requester’s choice',
      availableWhen: 'when the requester has been told what is out of scope',
      waitsFor: 'requester',
      next: [
        {
          if: 'requester-wrote-since',
          kind: 'check-answers',
          words: 'The requester replied: continue in scope or close',
          decision: 'continue-in-scope',
        },
        {
          kind: 'wait',
          words: 'Out of scope: waiting for the requester’s choice',
          awaits: 'requester',
          decision: 'continue-in-scope',
        },
      ],
      isVerified: true,
      decisions: {
        'continue-in-scope': {
          button: 'Continue In Scope',
          style: 'primary',
          by: support,
          do: [removeLabels('data-access-request::denied')],
          goto: 'reviewing',
        },
        'close-request': {
          button: 'Close Request',
          ends: 'out of scope',
          by: support,
          do: [closeIssue()],
          goto: 'closed',
        },
      },
    },
    reporting: {
      title: 'Report in progress in the meta issue',
      availableWhen: 'when the report has been started',
      waitsFor: 'support',
      next: inMetaIssue('Report'),
      hidesPinned: true,
      isVerified: true,
      decisions: { 'complete-request': completeRequest([]) },
    },
    closed: closedStep,
  },
})

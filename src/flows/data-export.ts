/** The flow under the handbook's heading Data Export Requests (Right to Portability). */

import { type Decision, defineFlow } from '../engine/flow.ts'
import { commonDecisions } from './common-decisions.ts'
import { privacyRules } from './desks.ts'
import {
  answersAreIn,
  answersAwaited,
  answersReceived,
  closeNoResponse,
  notAnAnswer,
} from './verification.ts'
import {
  addLabels,
  closedByHand,
  closedStep,
  closeIssue,
  internalNote,
  reopenedByHand,
  reopenIssue,
  startExports,
  support,
  typedReply,
} from './vocabulary.ts'

const handbook = 'Data Export Requests (Right to Portability)'

const close = (button: string, ends: string): Decision<'closed'> => ({
  button,
  ends,
  by: support,
  do: [closeIssue()],
  goto: 'closed',
})

/**
 * "we are not permitted under Trade Compliance laws to engage with individuals in those locations": nothing is sent.
 * The answer to them is GitLab's own auto-response, "and the Issue will be auto-closed"; this is for the one that was
 * not.
 */
const closeEmbargoed: Decision<'closed'> = {
  button: 'Close Embargoed',
  ends: 'embargoed country',
  style: 'danger',
  by: support,
  onlyIf: {
    flag: 'isEmbargoed',
    because: '{button} is not for {request}: its form names no embargoed country.',
  },
  do: [
    internalNote('Closed by {who}, {when}: the form names an embargoed country. Nothing was sent.'),
    closeIssue(),
  ],
  goto: 'closed',
}

/** The flow for the type "Data Export Request". */
export const dataExport = defineFlow({
  name: 'data-export',
  title: 'Data Export Request',
  handbook,
  desk: privacyRules,
  first: 'self-serve',
  closed: 'closed',
  // "we are not permitted under Trade Compliance laws to engage with individuals in those locations"
  unless: {
    fact: 'isEmbargoed',
    because:
      '{button} was not done on {request}: its form names an embargoed country, and trade compliance law only lets us close it: that is Close Embargoed.',
    note: 'embargoed',
    next: {
      kind: 'close',
      words: 'Embargoed country: close it, nothing is sent',
      decision: 'close-embargoed',
    },
  },
  on: closedByHand,
  pinned: ['fail-verification', 'close-no-response'],
  anytime: { 'close-embargoed': closeEmbargoed, ...commonDecisions },
  steps: {
    'self-serve': {
      title: 'Self-serve export: waiting to hear if it worked',
      availableWhen: 'on arrival',
      waitsFor: 'requester',
      clock: {
        name: 'Self-serve export',
        days: 7,
        since: 'created',
        because:
          'Keep this issue opened for 7 days and close after that time if there are no further updates',
        untilOver: 'the issue stays open for questions until {lastDay}',
        whenOver:
          'The 7 days for the self-serve export of {request} ended {lastDay}. If the requester hasn’t replied, choose Close Self-Serve.',
      },
      next: [
        {
          if: 'requester-has-written',
          kind: 'help',
          words: 'The requester wrote: read it in GitLab',
          decision: 'not-an-answer',
        },
        {
          if: 'clock-is-over',
          kind: 'close',
          words: 'Quiet for 7 days: close it',
          decision: 'close-self-serve',
        },
        {
          kind: 'wait',
          words: 'Self-serve export: waiting to hear if it worked',
          awaits: 'requester',
          decision: 'close-self-serve',
        },
      ],
      onEntry: [addLabels('Export Request::self-serve')],
      on: { 'requester-replied': { goto: 'helping' } },
      decisions: {
        'close-self-serve': {
          ...close('Close Self-Serve', 'self-serve, no further updates'),
          refreshFirst: true,
          when: ['clock-is-over', 'requester-is-silent'],
        },
        'not-an-answer': notAnAnswer,
      },
    },
    helping: {
      title: 'Self-serve failed: help the requester',
      availableWhen: 'when the requester has written about an error',
      waitsFor: 'support',
      next: [{ kind: 'help', words: 'Self-serve failed: help the requester', decision: 'send-challenges' }],
      decisions: {
        'send-challenges': {
          button: 'Send Challenges',
          style: 'primary',
          by: support,
          records: 'started',
          fields: [
            {
              kind: 'text',
              name: 'challenges',
              label: 'Verification challenge questions',
              isSent: true,
              hint: 'E-mailed to the requester exactly as written',
            },
          ],
          do: [typedReply('challenges'), addLabels('Awaiting::Challenge Answers')],
          goto: 'awaiting-answers',
        },
        'not-an-answer': { ...notAnAnswer, goto: 'self-serve' },
        'close-answered': close('Close Answered', 'answered'),
      },
    },
    'awaiting-answers': {
      title: 'Waiting for the challenge answers',
      availableWhen: 'when the challenges have been sent',
      waitsFor: 'requester',
      clock: {
        name: 'Challenge answers',
        days: 7,
        since: 'step-entered',
        because: 'Users have a total of 7 calendar days to respond to the challenge questions',
        untilOver: 'the requester has until {lastDay}',
      },
      on: { 'requester-replied': { goto: 'evaluating' } },
      next: answersAwaited,
      decisions: {
        'close-no-response': closeNoResponse({
          snippet: 'closed-no-response',
          add: ['Account Verification Failed', 'denied-reason::no_response'],
          remove: ['Awaiting::Challenge Answers'],
        }),
        'answers-received': answersReceived,
      },
    },
    evaluating: {
      title: 'Answers are in: check them',
      availableWhen: 'as soon as the requester has answered',
      waitsFor: 'support',
      next: [answersAreIn],
      decisions: {
        'not-an-answer': { ...notAnAnswer, goto: 'awaiting-answers' },
        'pass-verification': {
          button: 'Pass Verification',
          style: 'primary',
          by: support,
          do: [],
          goto: 'exporting',
        },
        'fail-verification': {
          button: 'Fail Verification',
          ends: 'denied, verification failed',
          style: 'danger',
          by: support,
          refreshFirst: true,
          fields: [
            {
              kind: 'text',
              name: 'text',
              label: 'Message to the requester',
              isSent: true,
              hint: 'E-mailed exactly as written',
            },
          ],
          do: [typedReply('text'), addLabels('Account Verification Failed'), closeIssue()],
          goto: 'closed',
        },
      },
    },
    exporting: {
      tracks: 'exports',
      title: 'Export the projects and share the folder',
      availableWhen: 'when verification has passed',
      waitsFor: 'support',
      next: [
        {
          if: 'exports-are-done',
          kind: 'share',
          words: 'Exports are done: share the folder',
          decision: 'exports-shared',
        },
        { kind: 'share', words: 'Export the projects and share the folder', decision: 'exports-shared' },
      ],
      isVerified: true,
      decisions: {
        'start-export': {
          button: 'Start Export',
          by: support,
          enabledIf: { setting: 'admin-token', isSet: true },
          do: [startExports()],
        },
        'exports-shared': {
          button: 'Exports Shared',
          style: 'primary',
          by: support,
          when: [{ guard: 'is-an-address', field: 'link' }],
          fields: [
            {
              kind: 'text',
              name: 'text',
              label: 'Message to the requester',
              isSent: true,
              draft:
                'Greetings,\n\nYour project exports are ready in the folder below, which is shared with you. Please download the files within 7 days; after that the folder will no longer be shared.\n\nRegards,',
            },
            {
              kind: 'text',
              name: 'link',
              label: 'Folder link',
              isShort: true,
              hint: 'Added below your message',
            },
          ],
          do: [typedReply('text', 'link')],
          goto: 'shared',
        },
      },
    },
    shared: {
      tracks: 'exports',
      title: 'Folder shared: the requester is downloading',
      availableWhen: 'when the exports have been shared',
      waitsFor: 'requester',
      isVerified: true,
      clock: {
        name: 'Shared export folder',
        days: 7,
        since: 'step-entered',
        because:
          'After 7 days, unshare the request related folder and ask them to confirm they have the files',
        untilOver: 'the folder stays shared until {lastDay}',
        whenOver:
          'The export folder of {request} was shared until {lastDay}. Unshare it, then ask with Unshared whether the files arrived.',
      },
      next: [
        {
          if: 'clock-is-over',
          kind: 'unshare',
          words: 'Unshare the folder and ask whether the files arrived',
          decision: 'unshared',
        },
        {
          kind: 'wait',
          words: 'Folder shared: the requester is downloading',
          awaits: 'requester',
          decision: 'unshared',
        },
      ],
      decisions: {
        unshared: {
          button: 'Unshared',
          style: 'primary',
          by: support,
          when: ['clock-is-over'],
          fields: [
            {
              kind: 'text',
              name: 'text',
              label: 'Message to the requester',
              isSent: true,
              draft:
                'Greetings,\n\nThe folder with your project exports is no longer shared. Please confirm that you have the files.\n\nRegards,',
            },
          ],
          do: [typedReply('text')],
          goto: 'confirming',
        },
      },
    },
    confirming: {
      tracks: 'exports',
      title: 'Waiting for the requester to confirm the files',
      availableWhen: 'when the folder is no longer shared',
      waitsFor: 'requester',
      next: [
        {
          if: 'requester-wrote-since',
          kind: 'complete',
          words: 'The requester replied: complete the request',
          decision: 'complete-request',
        },
        {
          kind: 'wait',
          words: 'Waiting for the requester to confirm the files',
          awaits: 'requester',
          decision: 'complete-request',
        },
      ],
      isVerified: true,
      decisions: {
        'complete-request': {
          button: 'Complete Request',
          ends: 'completed',
          style: 'primary',
          by: support,
          fulfils: true,
          do: [addLabels('Export Request::complied'), closeIssue()],
          goto: 'closed',
        },
      },
    },
    closed: {
      ...closedStep,
      // "If they reply after the issue has been closed, re-open the issue."
      on: { ...reopenedByHand, 'requester-replied': { goto: 'helping', do: [reopenIssue()] } },
    },
  },
})

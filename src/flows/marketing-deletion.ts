/** Marketing or Sales Account Deletion: "No confirmation or verification is required for this request type" */

import { defineFlow } from '../engine/flow.ts'
import {
  commonDecisions,
  deletingStep,
  metaIssueByHand,
  readyToDelete,
  startDeletion,
} from './common-decisions.ts'
import { privacyRules } from './desks.ts'
import { closedByHand, closedStep, closeIssue, support } from './vocabulary.ts'

const handbook = 'Marketing or Sales Account Deletion'

/** The flow for the type "Marketing or Sales Account Deletion". */
export const marketingDeletion = defineFlow({
  name: 'marketing-deletion',
  title: 'Marketing or Sales Account Deletion',
  handbook,
  desk: privacyRules,
  first: 'ready',
  closed: 'closed',
  on: { ...closedByHand, ...metaIssueByHand },
  pinned: [],
  anytime: commonDecisions,
  steps: {
    ready: {
      title: 'Ready: start the deletion',
      availableWhen: 'on arrival',
      waitsFor: 'support',
      next: [
        {
          if: 'requester-has-written',
          kind: 'check-answers',
          words: 'The requester wrote: did they submit this? Start it or close it',
          decision: 'start-deletion',
        },
        readyToDelete,
      ],
      decisions: {
        'start-deletion': startDeletion('Deletion Meta Issue - Marketing', []),
        // "Unless the user responds back in the issue that they did not submit the request"
        'close-not-submitted': {
          button: 'Close Not Submitted',
          ends: 'not submitted by the requester',
          by: support,
          do: [closeIssue()],
          goto: 'closed',
        },
      },
    },
    deleting: deletingStep,
    closed: closedStep,
  },
})

/** The flow under the handbook's heading Portal Account Deletion (customers.gitlab.com). */

import { defineFlow } from '../engine/flow.ts'
import {
  commonDecisions,
  deletingStep,
  metaIssueByHand,
  readyToDelete,
  startDeletion,
} from './common-decisions.ts'
import { privacyRules } from './desks.ts'
import { closedByHand, closedStep } from './vocabulary.ts'

const handbook = 'Portal Account Deletion'

/** The flow for the type "Portal Account Deletion". */
export const portalDeletion = defineFlow({
  name: 'portal-deletion',
  title: 'Portal Account Deletion',
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
      next: [readyToDelete],
      decisions: { 'start-deletion': startDeletion('Deletion Meta Issue - Customers Portal', []) },
    },
    deleting: deletingStep,
    closed: closedStep,
  },
})

/** The flow under the handbook's heading Portal Account Deletion (customers.gitlab.com). */

import { defineFlow } from '../engine/flow.ts'
import { deletingStep, deskWide, metaIssueByHand, startDeletion } from './desk-wide.ts'
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
  anytime: deskWide,
  steps: {
    ready: {
      title: 'Ready to start the deletion',
      availableWhen: 'on arrival',
      waitsFor: 'support',
      decisions: { 'start-deletion': startDeletion('Deletion Meta Issue - Customers Portal', []) },
    },
    deleting: deletingStep,
    closed: closedStep,
  },
})

/** Portal Account Deletion (customers.gitlab.com) */
import { defineFlow } from '../engine/flow.ts'
import { deskWide } from './desk-wide.ts'
import { closedStep, deletingStep, startDeletion } from './meta-issue.ts'

const handbook = 'Portal Account Deletion'

export const portalDeletion = defineFlow({
  name: 'portal-deletion',
  title: 'Portal Account Deletion',
  handbook,
  first: 'ready',
  closed: 'closed',
  pinned: [],
  anytime: deskWide,
  steps: {
    ready: {
      handbook,
      title: 'Ready to start the deletion',
      availableWhen: 'on arrival',
      waitsFor: 'support',
      decisions: { 'start-deletion': startDeletion('Deletion Meta Issue - Customers Portal', []) },
    },
    deleting: deletingStep(handbook),
    closed: closedStep(handbook),
  },
})

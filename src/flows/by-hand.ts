/**
 * The request types whose steps are worked by hand in GitLab: the bot shows them, keeps their 30 days, handles
 * Stage 1, and sees replies and closes, but takes none of their decisions.
 */
import { defineFlow, type Flow } from '../engine/flow.ts'
import { type RequestType, requestTypes } from './form.ts'
import { stageOne } from './stage-one.ts'

function byHand(name: RequestType, handbook: string): Flow {
  return defineFlow({
    name,
    title: requestTypes[name],
    handbook,
    first: 'by-hand',
    closed: 'closed',
    core: [],
    anytime: stageOne,
    steps: {
      'by-hand': {
        handbook,
        title: 'Worked by hand in GitLab, by the handbook',
        reached: 'on arrival',
        waitsFor: 'support',
        decisions: {},
      },
      closed: {
        handbook,
        title: 'Closed',
        reached: 'when it is closed',
        waitsFor: 'nobody',
        isClosed: true,
        decisions: {},
      },
    },
  })
}

export const deceasedUser = byHand('deceased-user', 'GitLab.com Account Deletion - Deceased User')
export const portalDeletion = byHand('portal-deletion', 'Portal Account Deletion')
export const marketingDeletion = byHand('marketing-deletion', 'Marketing or Sales Account Deletion')
export const dataAccess = byHand('data-access', 'Data Access Requests')
export const dataExport = byHand('data-export', 'Data Export Requests (Right to Portability)')
export const generalQuestion = byHand('general-question', 'General Questions')

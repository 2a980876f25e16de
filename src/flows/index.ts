/** The list of flows, by name. A request type's flow bears the type's name. */
import { checkFlows } from '../engine/check-flows.ts'
import type { Flow } from '../engine/flow.ts'
import { accountDeletion, fullDeletion } from './account-deletion.ts'
import { dataAccess } from './data-access.ts'
import { dataExport } from './data-export.ts'
import { deceasedUser } from './deceased-user.ts'
import { generalQuestion } from './general-question.ts'
import { labels } from './labels.ts'
import { marketingDeletion } from './marketing-deletion.ts'
import { portalDeletion } from './portal-deletion.ts'
import type { RequestType } from './request-types.ts'
import { type SecurityDesk, securityTicket } from './security-ticket.ts'
import { snippetNames } from './snippets.ts'
import { invalid, submission } from './stage-one.ts'

export type FlowName = RequestType | 'submission' | 'invalid' | 'security-ticket'

export const flows: Readonly<Record<FlowName, Flow>> = {
  'account-deletion': accountDeletion,
  'full-deletion': fullDeletion,
  'deceased-user': deceasedUser,
  'portal-deletion': portalDeletion,
  'marketing-deletion': marketingDeletion,
  'data-access': dataAccess,
  'data-export': dataExport,
  'general-question': generalQuestion,
  submission,
  invalid,
  'security-ticket': securityTicket({
    expertTeams: ['an expert team'],
    hasSupportGroup: true,
    updateAfterBusinessDays: 5,
  }),
}

/** With what depends on the team's configuration. Throws `FlowProblems` where they do not hold together. */
export function flowsFor(desk: SecurityDesk): Readonly<Record<FlowName, Flow>> {
  const all = { ...flows, 'security-ticket': securityTicket(desk) }
  return checkFlows(all, { labels, snippets: snippetNames })
}

/** The list of flows, by name. A request type's flow bears the type's name. */
import type { Flow } from '../engine/flow.ts'
import { accountDeletion, fullDeletion } from './account-deletion.ts'
import { dataAccess } from './data-access.ts'
import { dataExport } from './data-export.ts'
import { deceasedUser } from './deceased-user.ts'
import { generalQuestion } from './general-question.ts'
import type { RequestType } from './labels.ts'
import { marketingDeletion } from './marketing-deletion.ts'
import { misdirectedTicket } from './misdirected-ticket.ts'
import { portalDeletion } from './portal-deletion.ts'
import { securityTicket } from './security-ticket.ts'
import { invalid, submission } from './stage-one.ts'

/** The name of a flow. A request type's flow bears the type's name. */
export type FlowName = RequestType | 'submission' | 'invalid' | 'security-ticket' | 'ticket-past-the-form'

/** All flows by name, before anything is configured. */
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
  'ticket-past-the-form': misdirectedTicket,
  'security-ticket': securityTicket({
    expertTeams: ['an expert team'],
    hasSupportGroup: true,
    updateAfterBusinessDays: 5,
  }),
}

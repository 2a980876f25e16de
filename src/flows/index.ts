/** The list of flows, by name. A request type's flow bears the type's name. */
import type { Flow } from '../engine/flow.ts'
import { accountDeletion, fullDeletion } from './account-deletion.ts'
import {
  dataAccess,
  dataExport,
  deceasedUser,
  generalQuestion,
  marketingDeletion,
  portalDeletion,
} from './by-hand.ts'
import type { RequestType } from './form.ts'
import { invalid, submission } from './stage-one.ts'

export type FlowName = RequestType | 'submission' | 'invalid'

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
}

/** Verification Failed - Sole Owner Exception */
import type { Decision, Step } from '../engine/flow.ts'
import { failedLabels } from './verification.ts'
import {
  addLabels,
  askInThread,
  closeIssue,
  gatherEvidence,
  internalNote,
  reply,
  support,
} from './vocabulary.ts'

/** "Reach out to the #privacy-team_help Slack channel to engage a Support Manager and Privacy for review and approval" */
export const requestException: Decision<'exception-review'> = {
  button: 'Request Exception',
  by: support,
  records: 'exception-requested',
  do: [
    gatherEvidence(),
    askInThread(
      'A sole-owner exception is requested for #{iid}. Please review the evidence and decide.',
      'support-manager',
      'privacy',
    ),
  ],
  goto: 'exception-review',
}

/** Verification Failed - Sole Owner Exception, when the conditions are not met */
const failException: Decision<'closed'> = {
  button: 'Fail Verification',
  style: 'danger',
  by: support,
  refreshFirst: true,
  do: [reply('closed-verification-failed-recent-activity'), addLabels(...failedLabels), closeIssue()],
  goto: 'closed',
}

/** Verification Failed - Sole Owner Exception, number 4 */
export const approveException: Decision<'ready'> = {
  button: 'Approve Exception',
  by: ['support-manager'],
  refreshFirst: true,
  approves: 'exception',
  fourEyes: true,
  when: ['asked-by-somebody-else', 'not-yet-approved-by-them', 'evidence-is-met-or-reason'],
  fields: [
    {
      kind: 'text',
      name: 'reason',
      label: 'Reason',
      optional: true,
      hint: 'Needed unless the evidence meets all four criteria. It is written to an internal note.',
    },
  ],
  do: [
    addLabels('Deletion Request::Exception Approved'),
    internalNote(
      'Sole-owner exception approved by {who}, {when}.\nReason: {field:reason}\nEvidence: {evidence}',
    ),
  ],
  goto: 'ready',
}

/** "approver will add Deletion Request::Exception Approved to the issue if approved": by hand it counts like the button. */
export const approvedByHand = {
  'label-added': { where: { label: 'Deletion Request::Exception Approved' }, goto: 'ready' },
} as const

export const exceptionReview: Step<'ready' | 'closed'> = {
  handbook: 'Verification Failed - Sole Owner Exception',
  title: 'Sole-owner exception under review',
  availableWhen: 'when an exception has been requested',
  waitsFor: 'approval',
  on: approvedByHand,
  decisions: { 'approve-exception': approveException, 'fail-verification': failException },
}

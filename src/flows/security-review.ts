/** Step 2.5: Verification Passed - Unblock user */
import type { Step } from '../engine/flow.ts'
import { failedLabels } from './verification.ts'
import { addLabels, askInThread, closeIssue, onlyIf, openIssue, reply, support } from './vocabulary.ts'

export const securityReview: Step<'ready' | 'closed'> = {
  handbook: 'Step 2.5: Verification Passed - Unblock user',
  title: 'Account blocked: Security reviews it',
  availableWhen: 'when verification has passed and the account is blocked',
  waitsFor: 'security',
  isVerified: true,
  onEntry: [
    onlyIf(
      { setting: 'trust-safety-project', isSet: true },
      openIssue('reinstatement', 'Account Reinstatement'),
    ),
    onlyIf({ setting: 'trust-safety-project', isSet: true }, reply('blocked-security-review')),
    onlyIf(
      { setting: 'trust-safety-project', isSet: false },
      askInThread(
        '#{iid}: please open a Trust and Safety issue for the blocked account and give its link with Add Reinstatement Link.',
      ),
    ),
  ],
  decisions: {
    'add-reinstatement-link': {
      button: 'Add Reinstatement Link',
      style: 'primary',
      by: support,
      enabledIf: { setting: 'trust-safety-project', isSet: false },
      when: ['reinstatement-is-not-asked', { guard: 'is-an-issue-address', field: 'link' }],
      records: 'reinstatement-link',
      fields: [{ kind: 'text', name: 'link', label: 'Link of the Trust and Safety issue', isShort: true }],
      do: [reply('blocked-security-review')],
    },
    'account-unblocked': {
      button: 'Account Unblocked',
      style: 'primary',
      by: support,
      when: ['reinstatement-is-asked'],
      fields: [
        {
          kind: 'text',
          name: 'furtherWords',
          label: 'Further words to the requester',
          optional: true,
          isSent: true,
          hint: 'Added below the reply, if needed',
        },
      ],
      do: [reply('unblocked-by-security', { addition: 'furtherWords' })],
      goto: 'ready',
    },
    'account-stays-blocked': {
      button: 'Account Stays Blocked',
      style: 'danger',
      by: support,
      when: ['reinstatement-is-asked'],
      do: [reply('closed-blocked-by-security'), addLabels(...failedLabels), closeIssue()],
      goto: 'closed',
    },
  },
}

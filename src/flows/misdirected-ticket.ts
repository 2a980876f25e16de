/** Stage 1, where a request for personal data arrived in Zendesk as a ticket. It is decided on by command and has no card. */
import { type Decision, defineFlow } from '../engine/flow.ts'
import { misdirectedRules } from './desks.ts'
import { redirectToForm, support } from './vocabulary.ts'

const sendToForm: Decision<'sent-to-form'> = {
  button: 'Redirect Ticket',
  ends: 'sent to the form',
  by: support,
  when: ['is-not-of-security-desk', 'is-not-redirected-yet', 'can-be-answered'],
  fields: [
    {
      kind: 'choice',
      name: 'to',
      label: 'What the ticket asks for',
      options: [
        { value: 'deletion', text: 'Deletion of an account' },
        { value: 'access', text: 'Access to personal data' },
        { value: 'both', text: 'Both' },
      ],
    },
  ],
  do: [redirectToForm('to', 'preview')],
  goto: 'sent-to-form',
}

/** The flow of a ticket whose writer should have used the form. */
export const misdirectedTicket = defineFlow({
  name: 'ticket-past-the-form',
  title: 'Ticket that belongs on the form',
  handbook: 'Stage 1: Submission Handling',
  desk: misdirectedRules,
  first: 'sent-as-ticket',
  closed: 'sent-to-form',
  pinned: [],
  anytime: {},
  steps: {
    'sent-as-ticket': {
      entrance: 'misdirected-ticket',
      handbook: 'Stage 1: Submission Handling',
      title: 'Arrived as a ticket, not through the form',
      availableWhen: 'on arrival',
      waitsFor: 'support',
      next: [{ kind: 'reply', words: 'Point the sender to the form', decision: 'send-to-form' }],
      decisions: { 'send-to-form': sendToForm },
    },
    'sent-to-form': {
      handbook: 'Stage 1: Submission Handling',
      title: 'Sent to the form',
      availableWhen: 'when its writer has been sent to the form',
      waitsFor: 'nobody',
      isClosed: true,
      decisions: {},
    },
  },
})

/** The flow under the handbook's heading General Questions. */

import { defineFlow } from '../engine/flow.ts'
import { commonDecisions } from './common-decisions.ts'
import { privacyRules } from './desks.ts'
import {
  askInThread,
  closedByHand,
  closedStep,
  closeIssue,
  internalNote,
  support,
  typedReply,
} from './vocabulary.ts'

const handbook = 'General Questions'

/** The flow for the type "General Questions". */
export const generalQuestion = defineFlow({
  name: 'general-question',
  title: 'General Questions',
  handbook,
  desk: privacyRules,
  first: 'answering',
  closed: 'closed',
  on: closedByHand,
  pinned: [],
  anytime: commonDecisions,
  steps: {
    answering: {
      title: 'Question: needs an answer',
      availableWhen: 'on arrival',
      waitsFor: 'support',
      next: [
        {
          if: 'is-answered',
          kind: 'close',
          words: 'Answered: close it, or wait for a reply',
          decision: 'close-answered',
        },
        { kind: 'reply', words: 'Question: needs an answer', decision: 'reply' },
      ],
      decisions: {
        reply: {
          button: 'Reply',
          style: 'primary',
          by: support,
          records: 'answered',
          fields: [
            {
              kind: 'text',
              name: 'answer',
              label: 'Reply to the requester',
              isSent: true,
              hint: 'E-mailed exactly as written',
            },
          ],
          do: [typedReply('answer')],
        },
        'ask-privacy': {
          button: 'Ask Privacy',
          by: support,
          fields: [
            {
              kind: 'text',
              name: 'question',
              label: 'Your question for Privacy',
              // It may name the requester, and a channel holds no personal data.
              hint: 'Saved as an internal note in GitLab, not posted in Slack',
            },
          ],
          do: [
            internalNote('Question for Privacy from {who}, {when}:\n{field:question}'),
            askInThread(
              '{who} asks Privacy about #{number}: the question is in an internal note in GitLab.',
              'privacy',
            ),
          ],
        },
        'close-answered': {
          button: 'Close Answered',
          ends: 'answered',
          by: support,
          do: [closeIssue()],
          goto: 'closed',
        },
      },
    },
    // Whoever closes it by hand has done all that there is to do.
    closed: { ...closedStep, decisions: {} },
  },
})

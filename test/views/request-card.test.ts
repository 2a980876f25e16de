import type { Button } from '@slack/types'
import { describe, expect, test } from 'vitest'
import type { Facts } from '../../src/engine/request.ts'
import { flows } from '../../src/flows/index.ts'
import { readButtonValue } from '../../src/views/button-value.ts'
import type { CardState, WorkLine } from '../../src/views/card-state.ts'
import { requestCard } from '../../src/views/request-card.ts'
import { aCardState, type Override } from './a-card-state.ts'
import { problemsWith, schemaIsHere, textsOf } from './block-kit-rules.ts'

const evidence = {
  readAt: '2026-03-02T08:00:00.000Z',
  criteria: [
    { name: 'Only owner of every top-level group', result: 'met', value: '2 of 2', source: 'GET /groups' },
    {
      name: 'Last sign-in at least 1 year ago',
      result: 'contradicted',
      value: '2026-01-04',
      source: 'GET /users/:id',
    },
    { name: 'Projects in the personal namespace', result: 'unknown', value: '403', source: 'GET /projects' },
  ],
} as const

/** Every fact at once. */
const allFacts: Facts = {
  started: '2026-03-01T10:00:00.000Z',
  lastReplyAt: '2026-03-03T10:00:00.000Z',
  repliedAfterClose: '2026-03-20T10:00:00.000Z',
  selfInitiatedAt: '2026-03-01T11:00:00.000Z',
  suggestedReason: 'lost_2fa',
  suggestedDuplicates: [7, 9],
  exception: { requestedBy: 'U1ENGINEER', at: '2026-03-04T10:00:00.000Z' },
  approvals: [{ by: 'U1MANAGER', roles: ['support-manager'], at: '2026-03-05T10:00:00.000Z' }],
  evidence,
  metaIssue: {
    iid: 55,
    url: 'https://gitlab.example.com/meta/-/issues/55',
    done: 3,
    total: 7,
    next: 'Support Engineer: Remove the user',
    closed: false,
  },
  reinstatementIssue: { url: 'https://gitlab.example.com/ts/-/issues/8' },
  lastMove: { what: 'Request Exception', by: 'slack:U1ENGINEER', at: '2026-03-04T10:00:00.000Z' },
  unreadable: { status: 404, since: '2026-03-06T10:00:00.000Z' },
}

function buttonsOf(state: CardState): readonly (readonly Button[])[] {
  return requestCard(state).blocks.flatMap((block) =>
    block.type === 'actions' ? [block.elements.filter((element) => element.type === 'button')] : [],
  )
}

function labelsOf(state: CardState): readonly (readonly string[])[] {
  return buttonsOf(state).map((row) => row.map(({ text }) => text.text))
}

function shown(state: CardState): string {
  return textsOf(requestCard(state).blocks)
    .map(({ text }) => text)
    .join('\n')
}

const work = (status: WorkLine['status'], more: Partial<WorkLine> = {}): WorkLine => ({
  what: 'Send “Request Closed - No Response” to the requester',
  status,
  ...more,
})

describe('the card of a request', () => {
  test('says which request it is, where it stands by the handbook, and when its clocks end and why', () => {
    const card = requestCard(aCardState())

    expect(card.text).toBe(
      '#123 GitLab.com Account Deletion: Waiting for the challenge answers. Fulfilment: ends 31 March 2026, 29 days left (received 1 March 2026 + 30 days).',
    )
    expect(card.blocks.slice(0, 3)).toEqual([
      {
        type: 'header',
        text: { type: 'plain_text', text: '#123 GitLab.com Account Deletion', emoji: false },
      },
      {
        type: 'section',
        text: {
          type: 'mrkdwn',
          verbatim: true,
          text: [
            '*Waiting for the challenge answers*',
            'Handbook: <https://handbook.gitlab.com/handbook/support/workflows/account_deletion_access_request_workflows/#step-1-await-challenges|Step 1: Await Challenges>',
            '<https://gitlab.example.com/desk/requests/-/issues/123|Issue #123 in GitLab> · claimed by nobody',
          ].join('\n'),
        },
      },
      {
        type: 'section',
        text: {
          type: 'mrkdwn',
          verbatim: true,
          text: [
            'Fulfilment: ends 31 March 2026, 29 days left (received 1 March 2026 + 30 days)',
            'Challenge answers: ends 8 March 2026, 6 days left (received 1 March 2026 + 7 days)',
          ].join('\n'),
        },
      },
    ])
  })

  test('an overdue request says so in words, from when on', () => {
    const state = aCardState({ now: '2026-04-02T00:00:00.000Z' })

    expect(requestCard(state).text).toContain(
      'Fulfilment: overdue since 1 April 2026 (received 1 March 2026 + 30 days)',
    )
    expect(shown(state)).toContain(
      '*Challenge answers: over since 9 March 2026 (received 1 March 2026 + 7 days)*',
    )
  })

  test('"A new card always shows the three core buttons", the others of the step below them', () => {
    const state = aCardState()

    expect(labelsOf(state)).toEqual([
      ['Approve Exception', 'Fail Verification', 'Close No Response'],
      ['Start', 'Answers Received', 'Self-Initiated Deletion', 'Mark Spam', 'Close Duplicate'],
    ])
  })

  test('in deletion the core buttons are gone', () => {
    expect(labelsOf(aCardState({ step: 'deleting' })).flat()).toEqual([
      'Complete Request',
      'Self-Initiated Deletion',
      'Mark Spam',
      'Close Duplicate',
    ])
  })

  test('a closed request shows its outcome and no decision', () => {
    const state = aCardState({
      step: 'closed',
      request: { closedAt: '2026-03-09T08:00:00.000Z' },
      facts: {
        lastMove: { what: 'Close No Response', by: 'slack:U1ENGINEER', at: '2026-03-09T07:59:00.000Z' },
      },
      work: [work('done', { at: '2026-03-09T08:00:00.000Z' })],
    })

    expect(buttonsOf(state)).toEqual([])
    expect(shown(state)).toContain('*Closed*, 9 March 2026, 08:00 UTC')
    expect(shown(state)).toContain('*Close No Response*, by <@U1ENGINEER>, 9 March 2026, 07:59 UTC')
    expect(shown(state)).not.toContain('Fulfilment')
  })

  test('a decision that the configuration does not offer is not shown', () => {
    const withProject = labelsOf(aCardState({ step: 'security-review' })).flat()
    const without = labelsOf(
      aCardState({
        step: 'security-review',
        settings: { 'trust-safety-project': false, 'feature-request': false, 'admin-token': false },
      }),
    ).flat()

    expect(withProject).not.toContain('Add Reinstatement Link')
    expect(without).toContain('Add Reinstatement Link')
  })

  test('a button carries the request, the decision and the step, and nothing else', () => {
    const [row] = buttonsOf(aCardState())

    expect(row?.map(({ action_id, value }) => [action_id, readButtonValue(value)])).toEqual([
      [
        'decide:approve-exception',
        { requestId: 'r-1', decision: 'approve-exception', step: 'awaiting-answers' },
      ],
      [
        'decide:fail-verification',
        { requestId: 'r-1', decision: 'fail-verification', step: 'awaiting-answers' },
      ],
      [
        'decide:close-no-response',
        { requestId: 'r-1', decision: 'close-no-response', step: 'awaiting-answers' },
      ],
    ])
  })
})

describe('the confirmation of a decision', () => {
  const confirmOf = (name: string, override: Override = {}) =>
    buttonsOf(aCardState(override))
      .flat()
      .find(({ action_id }) => action_id === `decide:${name}`)?.confirm

  test('names what is sent and what is changed, in the order in which it is done', () => {
    expect(confirmOf('close-no-response')).toEqual({
      title: { type: 'plain_text', text: 'Close No Response: #123', emoji: false },
      text: {
        type: 'plain_text',
        emoji: false,
        text: 'Sends “Request Closed - No Response” to the requester by e-mail. Adds “Account Verification Failed”, “deletion request::denied” and “denied-reason::no_response”. Removes “Awaiting::Challenge Answers”. Closes #123.',
      },
      confirm: { type: 'plain_text', text: 'Close No Response', emoji: false },
      deny: { type: 'plain_text', text: 'Cancel', emoji: false },
    })
  })

  test('says what the step does that is entered', () => {
    expect(confirmOf('start-deletion', { step: 'ready' })?.text.text).toBe(
      'Sends “Verification Succeeded - Deletion Process Started” to the requester by e-mail. Opens a confidential issue from the template “Deletion Meta Issue - GitLab-com”.',
    )
  })

  test('is left to the modal where there is one, and left out where nothing outside changes', () => {
    expect(confirmOf('start')).toBeUndefined()
    expect(confirmOf('approve-exception')).toBeUndefined()
    expect(confirmOf('answers-received')).toBeUndefined()
  })

  test('counts the labels where their names are too long', () => {
    const flow = flows['account-deletion']
    const step = flow.steps['awaiting-answers']
    if (!step) throw new Error('no such step')
    const labels = Array.from({ length: 12 }, (_, index) => `Some rather long label::number ${index}`)
    const many = {
      button: 'Many',
      by: [],
      do: [{ kind: 'labels', add: labels, remove: [] }, { kind: 'close' }],
    } as const
    const changed = {
      ...flow,
      steps: { ...flow.steps, 'awaiting-answers': { ...step, decisions: { many } } },
    }

    expect(confirmOf('many', { flow: changed })?.text.text).toBe('Adds 12 labels. Closes #123.')
  })
})

describe('what has been done', () => {
  test('is never called done before every task is', () => {
    const state = aCardState({
      work: [
        work('done', { at: '2026-03-09T08:00:00.000Z' }),
        work('in-flight', { what: 'Add “x”' }),
        work('unknown', { what: 'Remove “y”' }),
        work('pending', { what: 'Close #123' }),
      ],
    })

    expect(shown(state)).toContain(
      [
        '*In progress:* 1 of 4 tasks done.',
        '• Send “Request Closed - No Response” to the requester: done 9 March 2026, 08:00 UTC',
        '• Add “x”: being done',
        '• Remove “y”: no answer came, the outcome is being checked',
        '• Close #123: to do',
      ].join('\n'),
    )
    expect(shown(state)).not.toContain('*Done.*')
  })

  test('is done when every task is', () => {
    expect(shown(aCardState({ work: [work('done'), work('done')] }))).toContain('*Done.*')
  })

  test('a failure says why, in the plain text too, and offers Try Again, on a closed request as well', () => {
    const state = aCardState({
      step: 'closed',
      work: [work('failed', { error: 'gitlab POST notes: 403 (<b>)' })],
    })

    expect(shown(state)).toContain('FAILED: gitlab POST notes: 403 (&lt;b&gt;)')
    expect(requestCard(state).text).toContain('Something failed: see the card.')
    expect(labelsOf(state)).toEqual([['Try Again']])
    expect(buttonsOf(state).flat()[0]?.action_id).toBe('try-again')
  })

  test('nothing failed: no Try Again', () => {
    expect(labelsOf(aCardState({ work: [work('done')] })).flat()).not.toContain('Try Again')
  })
})

describe('what somebody should know before deciding', () => {
  test('stands on the card in words', () => {
    const text = shown(aCardState({ step: 'exception-review', facts: allFacts }))

    expect(text.split('\n').slice(5, 17)).toEqual([
      "*Can't be read in GitLab:* it answers 404 since 6 March 2026, 10:00 UTC. The issue was moved, deleted or hidden from the bot.",
      '*Possible duplicate* of <https://gitlab.example.com/desk/requests/-/issues/7|#7> and <https://gitlab.example.com/desk/requests/-/issues/9|#9>: same requester and type, still open.',
      '*The user deleted the account themselves.* It stays blocked for 7 days, until 8 March 2026 (since 1 March 2026).',
      'The requester last wrote 3 March 2026, 10:00 UTC.',
      '*The requester wrote after the close*, 20 March 2026, 10:00 UTC. Nothing was reopened: read it in GitLab.',
      '*Exception* requested by <@U1ENGINEER>, 4 March 2026, 10:00 UTC.',
      'Approved by <@U1MANAGER>, 5 March 2026, 10:00 UTC.',
      '*Evidence*, read 2 March 2026, 08:00 UTC:',
      '• Only owner of every top-level group: *met*, 2 of 2 (GET /groups)',
      '• Last sign-in at least 1 year ago: *NOT met*, 2026-01-04 (GET /users/:id)',
      '• Projects in the personal namespace: *unknown, which is no pass*, 403 (GET /projects)',
      '<https://gitlab.example.com/ts/-/issues/8|Account reinstatement issue>',
    ])
    expect(text).toContain(
      '|Deletion meta issue #55>: 3 of 7 steps done, next: Support Engineer: Remove the user',
    )
  })

  test('the reason suggested by the form is shown until the request is started', () => {
    const suggested = { suggestedReason: 'lost_access' } as const

    expect(shown(aCardState({ facts: suggested }))).toContain('suggests the reason: lost e-mail access.')
    expect(shown(aCardState({ facts: { ...suggested, started: '2026-03-01T10:00:00.000Z' } }))).not.toContain(
      'suggests',
    )
  })

  test('whoever acted in GitLab is not named in the channel', () => {
    const facts = { lastMove: { what: 'Closed in GitLab', by: 'jane.doe', at: '2026-03-04T10:00:00.000Z' } }

    expect(shown(aCardState({ step: 'closed', facts }))).not.toContain('jane')
  })
})

describe('every card is accepted by Slack', () => {
  const stand: readonly (readonly [string, Override])[] = Object.values(flows).flatMap((flow) =>
    Object.keys(flow.steps).map((step) => [`${flow.name}, ${step}`, { flow, step }] as const),
  )

  test.each(stand)(
    `%s${schemaIsHere ? '' : ' (without the schema: no contracts beside the repository)'}`,
    (_name, override) => {
      expect(problemsWith(requestCard(aCardState(override)))).toEqual([])
      expect(
        problemsWith(
          requestCard(aCardState({ ...override, facts: allFacts, work: [work('failed'), work('done')] })),
        ),
      ).toEqual([])
    },
  )

  test.each([
    ['a mention of everybody', '<!channel> <!here> <@U123> <#C1>'],
    ['a link', '<https://evil.example|GitLab> https://evil.example'],
    ['entities only', '&'.repeat(5000)],
    ['reordering', '\u202egnp.exe\u2066 \u200b\u061c\ufeff'],
    ['control characters', 'a\u0000b\r\n\u0085\u2028c\t\u001b[31m'],
    ['half a surrogate', '\ud83d'.repeat(400)],
    ['emoji', '👩‍👩‍👧'.repeat(2000)],
    ['a bar in a link', 'x|y>z'],
  ])('with %s from outside', (_name, hostile) => {
    const flow = flows['account-deletion']
    const step = flow.steps.evaluating
    if (!step) throw new Error('no such step')
    const state = aCardState({
      flow: {
        ...flow,
        title: hostile,
        steps: { ...flow.steps, evaluating: { ...step, title: hostile, handbook: hostile } },
      },
      step: 'evaluating',
      request: { url: `https://gitlab.example.com/${hostile}/1`, assignee: hostile },
      facts: {
        ...allFacts,
        lastMove: { what: hostile, by: hostile, at: '2026-03-04T10:00:00.000Z' },
        evidence: {
          ...evidence,
          criteria: Array.from({ length: 40 }, () => ({
            name: hostile,
            result: 'met' as const,
            value: hostile,
            source: hostile,
          })),
        },
        metaIssue: { iid: 1, url: hostile, done: 0, total: 1, next: hostile, closed: false },
        reinstatementIssue: { url: `javascript:${hostile}` },
        suggestedDuplicates: Array.from({ length: 500 }, (_, index) => index + 1),
      },
      work: Array.from({ length: 60 }, () => work('failed', { what: hostile, error: hostile })),
    })

    expect(problemsWith(requestCard(state))).toEqual([])
  })
})

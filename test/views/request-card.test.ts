import type { Button } from '@slack/types'
import { describe, expect, test } from 'vitest'
import { type Facts, somebodyIn } from '../../src/engine/request.ts'
import { flows } from '../../src/flows/index.ts'
import type { CardState, WorkLine } from '../../src/requests/card-states.ts'
import { detailsAction, readButtonValue, readMenuValue } from '../../src/views/button-value.ts'
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
    next: 4,
    closed: false,
  },
  reinstatementIssue: { url: 'https://gitlab.example.com/ts/-/issues/8' },
  lastMove: { what: 'Request Exception', by: 'slack:U1ENGINEER', at: '2026-03-04T10:00:00.000Z' },
  unreadable: { status: 404, since: '2026-03-06T10:00:00.000Z' },
}

/** Facts of other flows, and of clocks that are held. */
const otherFacts: Facts = {
  isEmbargoed: true,
  hasOtherAddress: true,
  escalationIssue: { url: 'https://gitlab.example.com/desk/requests/-/issues/60' },
  exports: { done: 3, total: 5, failed: 1 },
  pauses: [{ from: '2026-03-01T10:00:00.000Z', by: 'U1PRIVACY' }],
  extensions: [
    { clock: 'fulfilment', step: 'ready', days: 14, by: 'U1PRIVACY', at: '2026-03-01T11:00:00.000Z' },
  ],
}

function buttonsOf(state: CardState): readonly (readonly Button[])[] {
  return requestCard(state).blocks.flatMap((block) =>
    block.type === 'actions'
      ? [
          block.elements.filter(
            (element) => element.type === 'button' && element.action_id !== detailsAction,
          ) as readonly Button[],
        ]
      : [],
  )
}

function labelsOf(state: CardState): readonly (readonly string[])[] {
  return buttonsOf(state).map((row) => row.map(({ text }) => text.text))
}

/** The menu's options with what each carries; nothing where the card has no menu. */
function menuOf(state: CardState) {
  return requestCard(state).blocks.flatMap((block) =>
    block.type === 'actions'
      ? block.elements.flatMap((element) =>
          element.type === 'overflow'
            ? [{ menu: element, isLast: block.elements.at(-1) === element, block }]
            : [],
        )
      : [],
  )
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

  test('an overdue request says so in words, with its last day', () => {
    const state = aCardState({ now: '2026-04-02T00:00:00.000Z' })

    expect(requestCard(state).text).toContain(
      'Fulfilment: overdue, the last day was 31 March 2026 (received 1 March 2026 + 30 days)',
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

  test('more than five buttons stand in rows of about the same length, the core ones in a row of their own', () => {
    const flow = flows['account-deletion']
    const step = flow.steps['awaiting-answers']
    if (!step) throw new Error('no such step')
    const rowsOf = (count: number) => {
      const decisions = Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`more-${index}`, { button: 'More', by: [], do: [] }]),
      )
      const steps = { ...flow.steps, 'awaiting-answers': { ...step, decisions } }
      const pinned = ['approve-exception', 'fail-verification']
      return labelsOf(aCardState({ flow: { ...flow, pinned, steps, anytime: {} } })).map((row) => row.length)
    }

    expect([1, 5, 6, 7, 10, 11].map(rowsOf)).toEqual([
      [2, 1],
      [2, 5],
      [2, 3, 3],
      [2, 4, 3],
      [2, 5, 5],
      [2, 4, 4, 3],
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

  test('what is seldom needed stands in one menu at the end of the last row', () => {
    const [only, ...more] = menuOf(aCardState())

    expect(more).toEqual([])
    expect(only?.isLast).toBe(true)
    expect(only?.block.elements).toHaveLength(7)
    expect(only?.menu.action_id).toBe('decide-menu')
    expect(only?.menu.options?.map(({ text, value }) => [text.text, readMenuValue(value)])).toEqual(
      [
        ['Escalate to Privacy', 'escalate-to-privacy'],
        ['Pause Clocks', 'pause-clocks'],
        ['Resume Clocks', 'resume-clocks'],
        ['Extend Deadline', 'extend-deadline'],
      ].map(([text, decision]) => [text, { requestId: 'r-1', decision, step: 'awaiting-answers' }]),
    )
  })

  test('a closed request, and one whose flow has none, has no menu', () => {
    expect(menuOf(aCardState({ step: 'closed' }))).toEqual([])
    expect(menuOf(aCardState({ flow: flows.submission }))).toEqual([])
  })

  test("an option's value fits Slack's 150 characters with the longest names there are", () => {
    const id = 'f'.repeat(32)
    const values = Object.values(flows).flatMap((flow) =>
      Object.keys(flow.steps).flatMap((step) =>
        menuOf(aCardState({ flow, step, request: { id } })).flatMap(({ menu }) =>
          (menu.options ?? []).map(({ value }) => value ?? ''),
        ),
      ),
    )

    expect(values.length).toBeGreaterThan(50)
    expect(values.filter((value) => value.length > 150)).toEqual([])
  })

  test.each([undefined, '', 'r-1', 'r-1 start', 'r-1 start step more', '{"requestId":"r-1"}'])(
    'an option that carries %j is none of ours',
    (value) => {
      expect(readMenuValue(value)).toBeUndefined()
    },
  )

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

  test('is left to the modal where there is one', () => {
    expect(confirmOf('start')).toBeUndefined()
    expect(confirmOf('approve-exception')).toBeUndefined()
  })

  test('of what sends nothing says so, where it leads, and that it can be taken back', () => {
    expect(confirmOf('answers-received')?.text.text).toBe(
      'Writes an internal note. Nothing is sent to the requester. Next: “Evaluating the challenge answers”. Undo Step takes it back.',
    )
    expect(
      confirmOf('pass-verification', { flow: flows['data-export'], step: 'evaluating' })?.text.text,
    ).toBe('Nothing is sent to the requester. Next: “Exporting the projects”. Undo Step takes it back.')
  })

  test('is asked of every decision without a form, in every step of every flow', () => {
    for (const flow of Object.values(flows))
      for (const step of Object.keys(flow.steps)) {
        const state = aCardState({ flow, step, facts: { isEmbargoed: true } })
        for (const button of buttonsOf(state).flat()) {
          const name = button.action_id?.replace('decide:', '') ?? ''
          const decision = flow.steps[step]?.decisions[name] ?? flow.anytime[name]
          if (decision && !decision.fields)
            expect(button.confirm, `${flow.name}/${step}/${name}`).toBeDefined()
        }
      }
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

describe('a clock that was held or extended', () => {
  const march = (day: number) => `2026-03-${String(day).padStart(2, '0')}T12:00:00.000Z`
  const extended = {
    clock: 'step',
    step: 'awaiting-answers',
    days: 7,
    by: 'U1PRIVACY',
    at: march(7),
  } as const

  test('says of what its length is made', () => {
    const state = aCardState({
      now: march(10),
      facts: { pauses: [{ from: march(3), to: march(6), by: 'U1' }], extensions: [extended] },
    })

    expect(shown(state)).toContain(
      'Challenge answers: ends 18 March 2026, 8 days left (received 1 March 2026 + 7 days + 3 days on hold + 7 days extended)',
    )
    expect(shown(state)).toContain(
      'Fulfilment: ends 3 April 2026, 24 days left (received 1 March 2026 + 30 days + 3 days on hold)',
    )
    expect(shown(state)).toContain('Challenge answers extended by 7 days, by <@U1PRIVACY>, 7 March 2026.')
  })

  test('names the 30 days where those were extended', () => {
    const facts = { extensions: [{ ...extended, clock: 'fulfilment', days: 30 } as const] }

    expect(shown(aCardState({ facts }))).toContain(
      'Fulfilment extended by 30 days, by <@U1PRIVACY>, 7 March 2026.',
    )
    expect(shown(aCardState({ facts }))).toContain(
      'Fulfilment: ends 30 April 2026, 59 days left (received 1 March 2026 + 30 days + 30 days extended)',
    )
  })

  test('says while it is held since when, and by whom', () => {
    const state = aCardState({ now: march(6), facts: { pauses: [{ from: march(5), by: 'U1PRIVACY' }] } })

    expect(shown(state)).toContain(
      'Challenge answers: on hold since 5 March 2026 (received 1 March 2026 + 7 days + 1 day on hold)',
    )
    expect(shown(state)).toContain('*The clocks are on hold* since 5 March 2026, by <@U1PRIVACY>.')
    expect(requestCard(state).text).toContain('Fulfilment: on hold since 5 March 2026')
  })

  test('that was over before it was held is over', () => {
    const state = aCardState({ now: march(12), facts: { pauses: [{ from: march(10), by: 'U1PRIVACY' }] } })

    expect(shown(state)).toContain(
      '*Challenge answers: over since 9 March 2026 (received 1 March 2026 + 7 days)*',
    )
    expect(shown(state)).toContain('Fulfilment: on hold since 10 March 2026')
  })

  test('is not spoken of once the request is closed', () => {
    const facts = { pauses: [{ from: march(5), by: 'U1PRIVACY' }], extensions: [extended] }

    expect(shown(aCardState({ step: 'closed', facts }))).not.toMatch(/on hold|extended/)
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

  test('says since when no clear answer has come, and offers Try Again, once people were called', () => {
    const error = 'GitLab gave no clear answer (502).'
    const state = aCardState({
      work: [work('unknown', { unclearSince: '2026-03-09T08:00:00.000Z', error }), work('pending')],
    })

    expect(shown(state)).toContain(
      '• Send “Request Closed - No Response” to the requester: NO CLEAR ANSWER since 9 March 2026, 08:00 UTC, so it may be done or not: GitLab gave no clear answer (502).',
    )
    expect(shown(state)).toContain('Try Again')
  })

  test('is done when every task is', () => {
    expect(shown(aCardState({ work: [work('done'), work('done')] }))).toContain('*Done.*')
  })

  test('what an earlier decision has left to be done stands by itself, not under the last move', () => {
    const text = shown(
      aCardState({
        facts: { lastMove: { what: 'Answers Received', by: 'slack:U1', at: '2026-03-02T08:00:00.000Z' } },
        work: [
          work('done', { what: 'Write an internal note' }),
          work('pending', { what: 'Add “x”', isOlder: true }),
        ],
      }),
    )

    expect(text).toMatch(
      /\*Answers Received\*.*\n\*Done\.\*\n• Write an internal note: done.*\n\*Not finished, from before:\*\n\*In progress:\* 0 of 1 task done\.\n• Add “x”: to do/,
    )
  })

  test('a move that was taken back heads the card', () => {
    const text = shown(
      aCardState({
        facts: { takenBack: { what: 'Answers Received', by: 'slack:U1', at: '2026-03-02T08:00:00.000Z' } },
      }),
    )

    expect(text).toContain('*Answers Received taken back*, by <@U1>, 2 March 2026')
  })

  test('is stopped, not done, where the requester had written before it was', () => {
    const state = aCardState({
      work: [
        work('done'),
        work('cancelled'),
        work('cancelled', {
          what: 'Close #123',
          error: 'The requester had written before it could be done.',
        }),
      ],
    })

    expect(shown(state)).toContain('*Stopped:* 1 of 3 tasks done.')
    expect(shown(state)).toContain(
      '• Close #123: not done: The requester had written before it could be done.',
    )
    expect(shown(state)).toMatch(/• Send .*: not done$/m)
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
    const duplicates = { iids: [7, 9], hasMore: false }
    const text = shown(aCardState({ step: 'exception-review', facts: allFacts, duplicates }))

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
    expect(text).toContain('|Meta issue #55>: 3 of 7 steps done, next: step 4 (Support Engineer)')
  })

  test('an embargoed country is said, never its name', () => {
    const text = shown(aCardState({ flow: flows['data-export'], facts: { isEmbargoed: true } }))

    expect(text).toContain(
      '*The form names an embargoed country.* The request can only be closed: nothing else is permitted under Trade Compliance laws. Close Embargoed closes it and sends nothing.',
    )
  })

  test('an embargoed country is no matter of the other flows', () => {
    expect(shown(aCardState({ facts: { isEmbargoed: true } }))).not.toContain('embargoed')
  })

  test('another e-mail address in the comment is said as long as Close No Response lies ahead, never the address', () => {
    const said = 'the requester may never have got the challenges'
    const facts = { hasOtherAddress: true }

    expect(shown(aCardState({ facts }))).toContain(said)
    expect(shown(aCardState({ facts, step: 'evaluating' }))).not.toContain(said)
    expect(shown(aCardState({ facts: {} }))).not.toContain(said)
  })

  test('the issue for Privacy has its link, exports their progress', () => {
    const text = shown(aCardState({ flow: flows['data-export'], step: 'exporting', facts: otherFacts }))

    expect(text).toContain(
      '<https://gitlab.example.com/desk/requests/-/issues/60|Privacy escalation issue>\nProject exports: 3 of 5 done. *1 export failed:* look at the project in GitLab.',
    )
  })

  test('exports without a failure are just counted', () => {
    const facts = { exports: { done: 0, total: 2, failed: 0 } }

    expect(shown(aCardState({ flow: flows['data-export'], step: 'exporting', facts }))).toMatch(
      /Project exports: 0 of 2 done\.$/m,
    )
  })

  test('the reason suggested by the form is shown until the request is started', () => {
    const suggested = { suggestedReason: 'lost_access' } as const

    expect(shown(aCardState({ facts: suggested }))).toContain('suggests the reason: lost e-mail access.')
    expect(shown(aCardState({ facts: suggested, flow: flows['data-export'] }))).not.toContain('suggests')
    expect(shown(aCardState({ facts: { ...suggested, started: '2026-03-01T10:00:00.000Z' } }))).not.toContain(
      'suggests',
    )
  })

  test('whoever acted in GitLab is not named in the channel', () => {
    const facts = {
      lastMove: { what: 'Closed in GitLab', by: somebodyIn('jane.doe'), at: '2026-03-04T10:00:00.000Z' },
    }

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
      expect(problemsWith(requestCard(aCardState({ ...override, facts: otherFacts })))).toEqual([])
    },
  )

  test.each(stand)('%s: every decision that is open there stands on it, once', (_name, override) => {
    const state = aCardState(override)
    const step = state.flow.steps[state.request.step]
    const open = step?.isClosed ? {} : { ...state.flow.anytime, ...step?.decisions }
    const { facts } = state.request
    const offered = Object.entries(open).flatMap(([name, { enabledIf: only, onlyIf: marked, records }]) =>
      (only === undefined || state.settings[only.setting] === only.isSet) &&
      (marked === undefined || facts[marked.flag] === true) &&
      (records !== 'taken-back' || facts.wayBack !== undefined)
        ? [name]
        : [],
    )
    const core = step?.isClosed || step?.hidesPinned ? [] : state.flow.pinned

    const buttons = buttonsOf(state).flatMap((row) =>
      row.map(({ value }) => readButtonValue(value)?.decision),
    )
    const choices = menuOf(state).flatMap(({ menu }) =>
      (menu.options ?? []).map(({ value }) => readMenuValue(value)?.decision),
    )

    expect([...buttons, ...choices].sort()).toEqual([...new Set([...offered, ...core])].sort())
  })

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
        lastMove: { what: hostile, by: somebodyIn(hostile), at: '2026-03-04T10:00:00.000Z' },
        evidence: {
          ...evidence,
          criteria: Array.from({ length: 40 }, () => ({
            name: hostile,
            result: 'met' as const,
            value: hostile,
            source: hostile,
          })),
        },
        metaIssue: { iid: 1, url: hostile, done: 0, total: 1, next: 1, closed: false },
        reinstatementIssue: { url: `javascript:${hostile}` },
      },
      work: Array.from({ length: 60 }, () => work('failed', { what: hostile, error: hostile })),
    })

    expect(problemsWith(requestCard(state))).toEqual([])
  })
})

import type { Button } from '@slack/types'
import { describe, expect, test } from 'vitest'
import type { Flow } from '../../src/engine/flow.ts'
import { type Facts, somebodyIn } from '../../src/engine/request.ts'
import { flows } from '../../src/flows/index.ts'
import type { CardState, WorkLine } from '../../src/requests/card-states.ts'
import { detailsAction, readButtonValue, readMenuValue } from '../../src/views/button-value.ts'
import { flagLines } from '../../src/views/card-facts.ts'
import { requestCard } from '../../src/views/request-card.ts'
import { requestDetails } from '../../src/views/request-details.ts'
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

/** What stands above the buttons, line by line. */
function shownLines(state: CardState): readonly string[] {
  const { blocks } = requestCard(state)
  return textsOf(blocks.filter(({ type }) => type !== 'actions')).flatMap(({ text }) => text.split('\n'))
}

const work = (status: WorkLine['status'], more: Partial<WorkLine> = {}): WorkLine => ({
  what: 'Send “Request Closed - No Response” to the requester',
  status,
  ...more,
})

describe('the card of a request', () => {
  test('says which request it is, what comes next and who has it, and in one line until when', () => {
    const card = requestCard(aCardState())

    expect(card.text).toBe(
      '#123 GitLab.com Account Deletion: Waiting for the challenge answers. New: start it. Due Mar 31.',
    )
    expect(card.blocks.slice(0, 4)).toEqual([
      {
        type: 'header',
        text: { type: 'plain_text', text: '#123 GitLab.com Account Deletion', emoji: false },
      },
      {
        type: 'section',
        text: { type: 'mrkdwn', verbatim: true, text: '*New: start it* · Unassigned' },
      },
      {
        type: 'context',
        elements: [
          {
            type: 'mrkdwn',
            verbatim: true,
            text: [
              'Due <!date^1774958400^{date_short_pretty}|Mar 31>',
              '<https://gitlab.example.com/desk/requests/-/issues/123|Issue #123 in GitLab>',
              'Handbook: <https://handbook.gitlab.com/handbook/support/workflows/account_deletion_access_request_workflows/#step-1-await-challenges|Step 1: Await Challenges>',
            ].join(' · '),
          },
        ],
      },
      { type: 'divider' },
    ])
  })

  test('a wait says until when it lasts, and when the whole is due', () => {
    const facts = { started: '2026-03-01T10:00:00.000Z' }

    expect(shown(aCardState({ facts, request: { assignee: 'U1ADA' } }))).toContain(
      [
        '*Waiting for the requester’s answers* · Assigned to <@U1ADA>',
        'Challenge answers until <!date^1772971200^{date_short_pretty}|Mar 8> · due <!date^1774958400^{date_short_pretty}|Mar 31>',
      ].join('\n'),
    )
  })

  test('an overdue request says so in words, with its last day', () => {
    const state = aCardState({ now: '2026-04-02T00:00:00.000Z' })

    expect(requestCard(state).text).toContain('Overdue: was due Mar 31.')
    expect(shown(state)).toContain('*Overdue:* was due <!date^1774958400^{date_short_pretty}|Mar 31> · ')
    expect(shown(state)).toContain('*No answers in time: close it for no response* · Unassigned')
  })

  test.each(['Pacific/Honolulu', 'America/Los_Angeles', 'UTC', 'Europe/Amsterdam', 'Asia/Tokyo'])(
    'the day on which it is due is the team’s last day to a reader in %s',
    (timeZone) => {
      const [, seconds] = /Due <!date\^(\d+)\^/.exec(shown(aCardState())) ?? []
      const day = new Date(Number(seconds) * 1_000)

      expect(day.toLocaleDateString('en-US', { timeZone, month: 'short', day: 'numeric' })).toBe('Mar 31')
    },
  )

  test('a midnight that passes changes nothing on it', () => {
    const on = (now: string) => requestCard(aCardState({ now }))

    expect(on('2026-03-03T00:00:00.000Z')).toEqual(on('2026-03-08T23:59:59.999Z'))
    expect(on('2026-03-09T00:00:00.000Z')).not.toEqual(on('2026-03-08T23:59:59.999Z'))
  })

  test('"A new card always shows the three core buttons", and each says when it can be clicked', () => {
    expect(labelsOf(aCardState())).toEqual([
      ['Start', 'Claim', 'Answers Received'],
      [
        'Approve Exception · after a reply',
        'Fail Verification · after a reply',
        'Close No Response · from Mar 9',
      ],
    ])
    expect(labelsOf(aCardState({ step: 'evaluating', request: { assignee: 'U1ADA' } }))).toEqual([
      ['Pass Verification', 'Request Exception'],
      ['Approve Exception · support manager', 'Fail Verification', 'Close No Response · no longer'],
    ])
    expect(labelsOf(aCardState({ now: '2026-03-09T00:00:00.000Z' }))).toEqual([
      ['Close No Response', 'Claim', 'Start', 'Answers Received'],
      ['Approve Exception · after a reply', 'Fail Verification · after a reply'],
    ])
  })

  test('one button is primary: what comes next, or nothing where it is a wait', () => {
    for (const flow of Object.values(flows))
      for (const step of Object.keys(flow.steps))
        for (const facts of [{}, allFacts, otherFacts]) {
          const state = aCardState({ flow, step, facts })
          const primary = buttonsOf(state)
            .flat()
            .filter(({ style }) => style === 'primary')
          const isToDo =
            state.next?.decision !== undefined && state.next.from === undefined && 'roles' in state.next.turn
          const isUrged = isToDo && state.next?.kind !== 'paused'
          expect(primary.length, `${flow.name}/${step}`).toBe(isUrged ? 1 : 0)
        }
  })

  test('every button says to a screen reader of which request it is', () => {
    const all = buttonsOf(aCardState({ work: [work('failed')] })).flat()

    expect(all.length).toBeGreaterThan(5)
    for (const { text, accessibility_label } of all) expect(accessibility_label).toBe(`${text.text}, #123`)
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

    // With Claim, and with Show Details, which is not counted here.
    expect([1, 3, 5, 6, 7, 10, 11].map(rowsOf)).toEqual([
      [2, 2],
      [4, 2],
      [4, 2, 2],
      [4, 3, 2],
      [5, 3, 2],
      [4, 4, 3, 2],
      [5, 5, 2, 2],
    ])
  })

  test('in deletion the core buttons are gone', () => {
    expect(labelsOf(aCardState({ step: 'deleting' })).flat()).toEqual(['Complete Request', 'Claim'])
  })

  test('what is rare stands in the menus at the end of both rows', () => {
    const menus = menuOf(aCardState({ request: { assignee: 'U1ADA' } }))
    const texts = menus.map(({ menu }) => menu.options?.map(({ text }) => text.text))

    expect(menus.map(({ isLast, menu }) => [isLast, menu.action_id])).toEqual([
      [true, 'decide-menu'],
      [true, 'decide-menu'],
    ])
    expect(texts).toEqual([
      ['Escalate to Privacy', 'Pause Clocks', 'Extend Deadline', 'Assign…', 'Unassign'],
      ['Self-Initiated Deletion', 'Mark Spam', 'Close Duplicate'],
    ])
    expect(readMenuValue(menus[0]?.menu.options?.[0]?.value)).toEqual({
      requestId: 'r-1',
      decision: 'escalate-to-privacy',
      step: 'awaiting-answers',
    })
  })

  test('a menu offers nothing that would be refused to everybody', () => {
    const offered = (override: Override) =>
      menuOf(aCardState(override)).flatMap(({ menu }) => menu.options?.map(({ text }) => text.text) ?? [])
    const pauses = [{ from: '2026-03-01T10:00:00.000Z', by: 'U1' }]

    expect(offered({ step: 'ready' })).not.toContain('Mark Spam')
    expect(offered({ facts: { escalationIssue: { url: 'https://x.example/1' } } })).not.toContain(
      'Escalate to Privacy',
    )
    // It is what comes next, and so a button.
    expect(offered({ facts: { pauses } })).not.toContain('Pause Clocks')
    expect(labelsOf(aCardState({ facts: { pauses } })).flat()[0]).toBe('Resume Clocks')
  })

  test('no menu has more than the five entries that Slack takes', () => {
    for (const flow of Object.values(flows))
      for (const step of Object.keys(flow.steps))
        for (const facts of [
          {},
          { lastReplyAt: '2026-03-02T10:00:00.000Z' },
          { isEmbargoed: true },
          allFacts,
        ])
          for (const { menu } of menuOf(aCardState({ flow, step, facts, request: { assignee: 'U1' } })))
            expect(menu.options?.length, `${flow.name}/${step}`).toBeLessThanOrEqual(5)
  })

  test('a closed request has no menu', () => {
    expect(menuOf(aCardState({ step: 'closed' }))).toEqual([])
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

  test('a closed request shows how it ended in four lines, and no decision', () => {
    const state = aCardState({
      step: 'closed',
      request: { closedAt: '2026-03-09T08:00:00.000Z', assignee: 'U1ADA' },
      facts: {
        closedFrom: 'awaiting-answers',
        endedBy: { decision: 'close-no-response' },
        hasOtherAddress: true,
        lastMove: { what: 'Close No Response', by: 'slack:U1ENGINEER', at: '2026-03-09T07:59:00.000Z' },
      },
      work: [work('done', { at: '2026-03-09T08:00:00.000Z' })],
    })

    expect(buttonsOf(state)).toEqual([])
    expect(shown(state).split('\n')).toEqual([
      '#123 GitLab.com Account Deletion',
      '*Closed: denied, no response*, <!date^1773043200^{date_short_pretty}, {time}|Mar 9, 8:00 AM UTC>',
      expect.stringMatching(/^<https.*\|Issue #123 in GitLab> · Handbook: /),
      '<@U1ENGINEER> chose *Close No Response*, <!date^1773043140^{date_short_pretty}, {time}|Mar 9, 7:59 AM UTC> · *Done.*',
    ])
  })

  test.each([
    ['complete-request', {}, 'completed'],
    ['mark-spam', {}, 'spam'],
    ['close-duplicate', { of: 15 }, 'duplicate of #15'],
    ['fail-verification', {}, 'denied, verification failed'],
  ] as const)('a request that ended by %s says so', (decision, more, how) => {
    const closedFrom = decision === 'complete-request' ? 'deleting' : 'evaluating'
    const facts = { closedFrom, endedBy: { decision, ...more } }

    expect(shown(aCardState({ step: 'closed', facts }))).toContain(`*Closed: ${how}*`)
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
    const [, row] = buttonsOf(aCardState())

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

test('no button asks by itself, in any step of any flow: its modal does, once nothing speaks against it', () => {
  const asking = Object.values(flows).flatMap((flow) =>
    Object.keys(flow.steps).flatMap((step) =>
      buttonsOf(aCardState({ flow, step, facts: { isEmbargoed: true } }))
        .flat()
        .filter(({ confirm }) => confirm !== undefined)
        .map(({ action_id }) => `${flow.name}/${step}/${action_id}`),
    ),
  )

  expect(asking).toEqual([])
})

describe('a clock that was held or extended', () => {
  const detailed = (state: CardState) =>
    textsOf(requestDetails(state, []).blocks)
      .map(({ text }) => text)
      .join('\n')
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

    expect(detailed(state)).toContain(
      'Challenge answers: until Mar 18 (8 days left), received Mar 1, paused 3 days, extended by 7 days',
    )
    expect(detailed(state)).toContain('Fulfilment: due Apr 3 (24 days left), received Mar 1, paused 3 days')
    expect(shown(state)).toMatch(/<@U1PRIVACY> extended “Challenge answers” by 7 days, <!date.*\|Mar 7>\./)
  })

  test.each([
    ['by a decision', {}],
    ['by hand, and to be finished', { isIncomplete: true, closedOutside: true, closedFrom: 'evaluating' }],
  ])('of a request that was closed %s no deadline is named', (_how, facts) => {
    const state = aCardState({ step: 'closed', facts, now: '2026-04-15T10:00:00.000Z' })

    expect(detailed(state)).toContain('*Deadlines*\nNone')
    expect(detailed(state)).not.toMatch(/due/i)
  })

  test('names the 30 days where those were extended', () => {
    const facts = { extensions: [{ ...extended, clock: 'fulfilment', days: 30 } as const] }

    expect(shown(aCardState({ facts }))).toMatch(
      /<@U1PRIVACY> extended “Fulfilment” by 30 days, <!date.*\|Mar 7>\./,
    )
    expect(detailed(aCardState({ facts }))).toContain(
      'Fulfilment: due Apr 30 (59 days left), received Mar 1, extended by 30 days',
    )
  })

  test('says while it is held since when, and by whom', () => {
    const state = aCardState({ now: march(6), facts: { pauses: [{ from: march(5), by: 'U1PRIVACY' }] } })

    expect(detailed(state)).toContain('Challenge answers: paused since Mar 5, received Mar 1, paused 1 day')
    expect(shown(state)).toMatch(/Paused since <!date.*\|Mar 5> by <@U1PRIVACY>, until somebody resumes it/)
    expect(requestCard(state).text).toContain('Paused since Mar 5 by <@U1PRIVACY>')
  })

  test('that was over before it was held is over', () => {
    const state = aCardState({ now: march(12), facts: { pauses: [{ from: march(10), by: 'U1PRIVACY' }] } })

    expect(detailed(state)).toContain('Challenge answers: ended Mar 8, received Mar 1')
    expect(detailed(state)).toContain('Fulfilment: paused since Mar 10')
  })

  test('is not spoken of once the request is closed', () => {
    const facts = { pauses: [{ from: march(5), by: 'U1PRIVACY' }], extensions: [extended] }

    expect(shown(aCardState({ step: 'closed', facts }))).not.toMatch(/paused|extended/)
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
        '*In progress:* 1 of 4 steps done.',
        '• Send “Request Closed - No Response” to the requester: done <!date^1773043200^{date_short_pretty}, {time}|Mar 9, 8:00 AM UTC>',
        '• Add “x”: being done',
        '• Remove “y”: no response yet; checking whether it went through',
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
      '• Send “Request Closed - No Response” to the requester: NO CLEAR ANSWER since <!date^1773043200^{date_short_pretty}, {time}|Mar 9, 8:00 AM UTC>, so it may be done or not: GitLab gave no clear answer (502).',
    )
    expect(shown(state)).toContain('Try Again')
  })

  test('is done when every task is', () => {
    const lastMove = { what: 'Start', by: 'slack:U1', at: '2026-03-02T08:00:00.000Z' } as const
    const text = shown(aCardState({ facts: { lastMove }, work: [work('done'), work('done')] }))

    expect(text).toMatch(/^<@U1> chose \*Start\*, <!date.*> · \*Done\.\*$/m)
    expect(text).not.toContain('• ')
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
      /\*Answers Received\*.* · \*Done\.\*\n\*Not finished, from before:\* \*In progress:\* 0 of 1 step done\.\n• Add “x”: to do/,
    )
  })

  test('waits with its reply: one line says until when, and Undo carries the decision', () => {
    const facts: Facts = {
      lastMove: { what: 'Fail Verification', by: 'slack:U1', at: '2026-03-02T10:00:00.000Z' },
    }
    const waiting = [
      work('pending', { sendAt: '2026-03-02T10:00:30.000Z' }),
      work('pending', { what: 'Close the issue', sendAt: '2026-03-02T10:00:30.000Z' }),
    ]
    const state = aCardState({ step: 'closed', facts, work: waiting, canBeUndone: 'd1' })
    const said = '*Reply goes out at <!date^1772445630^{time_secs}|10:00:30 AM UTC>.* Undo stops it.'

    expect(shown(state)).toContain(`*Fail Verification*`)
    expect(shown(state).split('\n').slice(-2)).toEqual([said, 'Undo'])
    expect(shown(state)).not.toContain('• ')
    const [[undo] = [], ...more] = buttonsOf(state)
    expect(more).toEqual([])
    expect(undo).toEqual({
      type: 'button',
      action_id: 'undo',
      text: { type: 'plain_text', text: 'Undo', emoji: false },
      accessibility_label: 'Undo, #123',
      value: JSON.stringify({ requestId: 'r-1', decision: 'd1', step: 'closed' }),
    })
    const open = aCardState({ step: 'evaluating', facts, work: waiting, canBeUndone: 'd1' })
    expect(buttonsOf(open)[0]?.[0]).toMatchObject({ action_id: 'undo' })
    expect(
      buttonsOf(open)
        .flat()
        .filter(({ style }) => style === 'primary'),
    ).toHaveLength(1)
  })

  test('waits below another move that came since', () => {
    const state = aCardState({
      facts: { lastMove: { what: 'Answers Received', by: 'slack:U1', at: '2026-03-02T08:00:00.000Z' } },
      work: [work('pending', { isOlder: true, sendAt: '2026-03-02T10:00:30.000Z' })],
      canBeUndone: 'd1',
    })

    expect(shown(state)).toContain('*Not finished, from before:* *Reply goes out at ')
  })

  test('a move that was taken back heads the card', () => {
    const text = shown(
      aCardState({
        facts: { takenBack: { what: 'Answers Received', by: 'slack:U1', at: '2026-03-02T08:00:00.000Z' } },
      }),
    )

    expect(text).toMatch(/^<@U1> took back \*Answers Received\*, <!date.*\|Mar 2/m)
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

    expect(shown(state)).toContain('*Stopped:* 1 of 3 steps done.')
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

    const lines = text.replace(/<!date[^|>]*\|([^>]*)>/g, '$1').split('\n')
    expect(lines.slice(3, 11)).toEqual([
      '*GitLab has returned 404 for this request since Mar 6, 10:00 AM UTC.* The issue was moved, deleted or hidden from the bot.',
      '*Possible duplicate* of <https://gitlab.example.com/desk/requests/-/issues/7|#7> and <https://gitlab.example.com/desk/requests/-/issues/9|#9>: same requester and type, still open.',
      'The user deleted the account Mar 1; it stays blocked until Mar 8.',
      'The requester last wrote Mar 3, 10:00 AM UTC.',
      '*The requester wrote after the close*, Mar 20, 10:00 AM UTC. The request stays closed: read the reply in GitLab.',
      '*Exception* requested by <@U1ENGINEER>, Mar 4, 10:00 AM UTC.',
      'Approved by <@U1MANAGER>, Mar 5, 10:00 AM UTC.',
      'and 5 more lines: `/privacy show 123`',
    ])
  })

  test('the evidence stands on the card in four short lines while the exception is to be decided', () => {
    const { exception, lastMove } = allFacts
    const facts: Facts = { evidence, ...(exception && { exception }), ...(lastMove && { lastMove }) }
    const text = shown(aCardState({ step: 'exception-review', facts }))

    expect(text).toContain(
      [
        '• Only owner of every top-level group: *met*, 2 of 2',
        '• Last sign-in at least 1 year ago: *not met*, 2026-01-04',
        '• Projects in the personal namespace: *unknown (counts as not met)*, 403',
      ].join('\n'),
    )
    expect(text).not.toContain('GET /')
  })

  test('and in one line once it is approved', () => {
    const text = shown(aCardState({ step: 'ready', facts: { ...allFacts, unreadable: undefined as never } }))

    expect(text).toContain(
      'Exception approved by <@U1MANAGER> (2 of 3 criteria not met), requested by <@U1ENGINEER>.',
    )
    expect(text).not.toContain('• Only owner')
  })

  test('the first of two approvals is called just that, also once verification has failed after it', () => {
    const two = { requirePrivacyApproval: true } as const
    const approvals = [{ by: 'U1PRIVACY', roles: ['privacy'], at: '2026-03-02T10:00:00.000Z' }]
    const endedBy = { decision: 'fail-verification', at: '2026-03-02T10:00:00.000Z' }
    const failed = aCardState({
      ...two,
      step: 'closed',
      work: [work('pending')],
      facts: { approvals, closedFrom: 'exception-review', endedBy },
    })

    const open = aCardState({ ...two, step: 'exception-review', facts: { approvals } })

    expect(buttonsOf(open).flatMap((row) => row.map(({ text }) => text.text))).toContain(
      'Approve Exception · support manager',
    )
    expect(shown(failed)).toContain('First of two approvals by <@U1PRIVACY>')
    expect(shown(failed)).not.toContain('Exception approved')
    expect(shown(failed)).toContain('*Closing: denied, verification failed*')
    expect(shown(aCardState({ ...two, step: 'ready', facts: { approvals } }))).toContain(
      'Exception approved by',
    )
  })

  test('Close No Response names no day where a reply or a pause keeps it shut', () => {
    const flow = flows['data-access']
    const label = (facts: Facts) =>
      buttonsOf(aCardState({ flow, step: 'awaiting-reply', facts }))
        .flatMap((row) => row.map(({ text }) => text.text))
        .find((text) => text.startsWith('Close No Response'))
    const pauses = [{ from: '2026-03-02T10:00:00.000Z', by: 'U1ENGINEER' }]

    expect(label({})).toBe('Close No Response · from Mar 9')
    expect(label({ lastReplyAt: '2026-03-02T10:00:00.000Z' })).toBe('Close No Response · they replied')
    expect(label({ pauses })).toBe('Close No Response · paused')
  })

  test('closed by hand says what is left to do and for whom, and speaks of no deadline', () => {
    const facts = { isIncomplete: true, closedOutside: true, closedFrom: 'awaiting-answers' } as const
    const state = aCardState({ step: 'closed', facts })
    const lines = shownLines(state)

    expect(requestCard(state).text).toBe(
      '#123 GitLab.com Account Deletion: Closed. Closed in GitLab without the handbook’s reply: finish it.',
    )
    expect(lines[1]).toBe('*Closed in GitLab without the handbook’s reply: finish it* · Unassigned')
    expect(lines.join('\n')).not.toMatch(/\bDue\b|\bOverdue\b/)
    expect(lines.length).toBeLessThanOrEqual(4)
  })

  test('has twelve lines at most while it is open and four once it is closed, whatever is known', () => {
    for (const flow of Object.values(flows))
      for (const step of Object.keys(flow.steps))
        for (const facts of [{}, allFacts, otherFacts, { ...allFacts, ...otherFacts }])
          for (const tasks of [[], [work('done')], Array.from({ length: 30 }, () => work('failed'))]) {
            const state = aCardState({ flow, step, facts, work: tasks })
            const lines = shownLines(state)
            const isOver = flow.steps[step]?.isClosed && state.next === undefined
            expect(lines.length, `${flow.name}/${step}: ${lines.join('|')}`).toBeLessThanOrEqual(
              isOver ? 4 : 12,
            )
          }
  })

  test('an embargoed country is said, never its name', () => {
    const text = shown(aCardState({ flow: flows['data-export'], facts: { isEmbargoed: true } }))

    expect(text).toContain(
      '*Embargoed country:* trade compliance law only lets us close this. Close Embargoed closes it and sends nothing.',
    )
  })

  test('an embargoed country is no matter of the other flows', () => {
    expect(shown(aCardState({ facts: { isEmbargoed: true } }))).not.toContain('embargoed')
  })

  test('another e-mail address in the comment is said as long as Close No Response lies ahead, never the address', () => {
    const said = 'the requester may not have gotten our e-mail'
    const facts = { hasOtherAddress: true }

    expect(shown(aCardState({ facts }))).toContain(said)
    // It has no challenges.
    expect(shown(aCardState({ facts, flow: flows['data-access'], step: 'awaiting-reply' }))).toContain(said)
    expect(shown(aCardState({ facts, step: 'evaluating' }))).not.toContain(said)
    expect(shown(aCardState({ facts: {} }))).not.toContain(said)
  })

  const replied: Facts = {
    ...{ lastReplyAt: '2026-03-02T09:00:00.000Z', lastReplyLooksAutomatic: true },
    lastMove: { what: 'The requester replied', by: 'requester', at: '2026-03-02T09:00:00.000Z' },
  }
  const ledOn: Facts = {
    ...replied,
    wayBack: {
      ...{ what: 'The requester replied', at: '2026-03-02T09:00:00.000Z', isReply: true },
      ...{ flow: 'data-export', step: 'awaiting-answers', since: '2026-03-01T09:00:00.000Z' },
      ...{ facts: {}, without: [] },
    },
  }
  const decisions = Object.values(flows).flatMap((flow: Flow) => [
    ...Object.values(flow.anytime),
    ...Object.values(flow.steps).flatMap((step) => Object.values(step.decisions)),
  ])
  // A single word, as Reply, may be none of a button.
  const names = [...new Set(decisions.map(({ button }) => button))].filter((button) => button.includes(' '))
  const everyStep = Object.values(flows).flatMap((flow) =>
    Object.keys(flow.steps).map((step) => [flow.name, step, flow] as const),
  )

  test.each(everyStep)('%s, %s: a button is named only where the card has it', (_flow, step, flow) => {
    const more = { laterIssues: [7], hasLaterIssue: true, hasOtherAddress: true, isEmbargoed: true } as const
    for (const facts of [replied, ledOn, { ...ledOn, ...more }]) {
      const state = aCardState({ flow, step, facts })
      const choices = menuOf(state).flatMap(({ menu }) => menu.options.map(({ text }) => text.text))
      const offered = [
        ...labelsOf(state)
          .flat()
          .map((label) => label.split(' · ')[0]),
        ...choices,
      ]
      const said = flagLines(state).join('\n')

      expect(offered).toEqual(expect.arrayContaining(names.filter((button) => said.includes(button))))
    }
  })

  test.each([
    ['Not an Answer, where the step has it', {}, 'evaluating', replied, ' Not an Answer takes it back.'],
    [
      'Undo Step, where it led the request on',
      { flow: flows['general-question'] },
      'answering',
      ledOn,
      ' Undo Step takes it back.',
    ],
    ['nothing, where it led nowhere', { flow: flows['general-question'] }, 'answering', replied, ''],
  ])('an automatic reply is taken back by %s', (_how, override, step, facts, way) => {
    expect(flagLines(aCardState({ ...override, step, facts }))).toContain(
      `*That looks like an automatic reply* (out of office, or a bounced e-mail): read it in GitLab.${way}`,
    )
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

    expect(shown(aCardState({ facts: suggested }))).toContain(
      'The form’s comment mentions lost e-mail access.',
    )
    expect(shown(aCardState({ facts: suggested, flow: flows['data-export'] }))).not.toContain('mentions')
    for (const over of [
      { facts: { ...suggested, started: '2026-03-01T10:00:00.000Z' } },
      { facts: suggested, step: 'closed' },
    ])
      expect(shown(aCardState(over))).not.toContain('mentions')
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
    const offered = Object.entries(open).flatMap(
      ([name, { enabledIf: only, onlyIf: marked, records, when = [] }]) =>
        (only === undefined || state.settings[only.setting] === only.isSet) &&
        (marked === undefined || facts[marked.flag] === true) &&
        (records !== 'taken-back' || facts.wayBack !== undefined) &&
        records !== 'resumed' &&
        records !== 'no-answer' &&
        !(when.includes('is-not-verified') && step?.isVerified)
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

    const isDecision = (name: string | undefined) => name !== 'claim' && name !== 'assign'
    expect([...buttons, ...choices].filter(isDecision).sort()).toEqual(
      [...new Set([...offered, ...core])].sort(),
    )
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

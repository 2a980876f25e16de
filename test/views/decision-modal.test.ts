import type { ModalView } from '@slack/types'
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/engine/decide.ts'
import { effectsOf } from '../../src/engine/effects-of.ts'
import { privacyRules } from '../../src/flows/desks.ts'
import { flows } from '../../src/flows/index.ts'
import { loadSnippets, renderSnippet } from '../../src/flows/snippets.ts'
import { readButtonValue } from '../../src/views/button-value.ts'
import { decisionModal } from '../../src/views/decision-modal.ts'
import { decisionAt } from '../../src/views/decisions.ts'
import { acceptedInput, fieldErrors } from '../../src/views/field-inputs.ts'
import { aCardState, type Override } from './a-card-state.ts'
import { problemsWithModal, textsOf } from './block-kit-rules.ts'

const snippets = loadSnippets()

function modal(name: string, override: Override = {}): ModalView {
  const view = decisionModal(aCardState(override), name, { snippets, channel: 'C1' })
  if (!view) throw new Error(`No modal for ${name}`)
  return view
}

const shown = (view: ModalView) => textsOf(view.blocks).map(({ text }) => text)

describe('the modal of a decision', () => {
  test('is named and submitted by the decision, and carries only where it belongs', () => {
    const view = modal('close-duplicate')

    expect(view.title.text).toBe('Close Duplicate')
    expect(view.submit?.text).toBe('Close Duplicate')
    expect(view.callback_id).toBe('decide')
    expect(readButtonValue(view.private_metadata)).toEqual({
      requestId: 'r-1',
      decision: 'close-duplicate',
      step: 'awaiting-answers',
      channel: 'C1',
    })
  })

  test('shows the reply to the letter, and says what is still filled in', () => {
    const texts = shown(modal('close-duplicate'))

    expect(texts).toContain('• Sends “Request Closed - Duplicate” to the requester by e-mail.')
    expect(texts).toContain(snippets['closed-duplicate'])
    expect(texts).toContain('“#123” is replaced by what you fill in above.')
    expect(texts).toContain('• Marks #123 as a duplicate of the request that stays, which closes it.')
  })

  test('says once that the choices set labels, not a line for each option', () => {
    const texts = shown(modal('start'))

    expect(texts).toContain('• Adds the labels for “Account type” and “Reason in the requester’s comment”.')
    expect(texts).toContain('• Adds “Awaiting::Challenge Answers”.')
    expect(texts).not.toContain('If “Account type”')
  })

  test('shows what the chosen step does on entry, under its choice', () => {
    const texts = shown(modal('pass-verification', { step: 'evaluating' }))

    expect(texts).toContain(snippets['blocked-security-review'])
    expect(texts).toContain(
      '• If “The account is” is “Blocked or banned”: Opens a confidential issue from the template “Account Reinstatement”.',
    )
  })

  test('says where further words go', () => {
    const texts = shown(modal('account-unblocked', { step: 'security-review' }))

    expect(texts).toContain('What you write under “Anything to add for the requester” is added to it.')
  })

  test('a text that a person types is sent as it stands in its field, and the modal says so', () => {
    const override = { flow: flows['data-export'], step: 'exporting' }
    const view = modal('exports-shared', override)

    expect(shown(view)).toContain('• Sends the text you typed to the requester by e-mail.')
    expect(shown(view)).toContain(
      'Sent exactly as written under “Message to the requester” and “Folder link”, with an empty line between.',
    )
    expect(view.blocks.find((block) => block.block_id === 'field:text')).toMatchObject({
      element: {
        type: 'plain_text_input',
        initial_value: expect.stringContaining('Please download the files within 7 days'),
      },
    })
    expect(shown(modal('reply', { flow: flows['general-question'] }))).toContain(
      'Sent exactly as written under “Reply to the requester”.',
    )
  })

  test.each([
    ['pause-clocks', 'Pauses all deadlines until someone resumes or the requester replies.'],
    ['resume-clocks', 'Restarts the deadlines; they move by the days paused.'],
    ['extend-deadline', 'Moves the deadline.'],
  ])('%s says what becomes of the clocks', (name, what) => {
    expect(shown(modal(name)).join('\n')).toContain(`• ${what}`)
  })

  test('a field for marked requests alone is there for those, with what hangs on it', () => {
    const marked = modal('close-no-response', { facts: { hasOtherAddress: true } })
    const others = modal('close-no-response')
    const said = '• If “Reason for closing anyway” is filled in: Writes an internal note.'

    expect(marked.blocks.some((block) => block.block_id === 'field:reason')).toBe(true)
    expect(shown(marked)).toContain(said)
    expect(others.blocks.some((block) => block.block_id === 'field:reason')).toBe(false)
    expect(shown(others)).not.toContain(said)
  })

  test('the reason that the form suggests is chosen beforehand, and only that', () => {
    const reason = (override: Override) =>
      modal('start', override).blocks.find((block) => block.block_id === 'field:requestReason')

    expect(reason({ facts: { suggestedReason: 'lost_2fa' } })).toMatchObject({
      element: { type: 'radio_buttons', initial_option: { value: 'lost_2fa' } },
    })
    expect(reason({})).not.toHaveProperty('element.initial_option')
  })

  test('Approve Exception lists the evidence', () => {
    const criterion = { name: 'Only owner', result: 'unknown', value: '403', source: 'GET /groups' } as const
    const facts = { evidence: { readAt: '2026-03-02T08:00:00.000Z', criteria: [criterion] } }

    const texts = shown(modal('approve-exception', { step: 'exception-review', facts })).join('\n')

    expect(texts).toContain('• Only owner: *unknown (counts as not met)*, 403')
    expect(shown(modal('approve-exception', { step: 'exception-review' }))).toContain(
      '*Evidence*: none has been read yet.',
    )
  })

  test('of two approvals the first says who else has to approve, and the second who gave the first', () => {
    const two = { step: 'exception-review', requirePrivacyApproval: true } as const
    const given = { by: 'U1', roles: ['support-manager'], at: '2026-03-02T09:00:00.000Z' } as const

    const first = shown(modal('approve-exception', two)).join('\n')
    const second = shown(modal('approve-exception', { ...two, facts: { approvals: [given] } })).join('\n')

    expect(first).toContain('Two different people have to approve: a support manager and Privacy.')
    expect(first).not.toContain('gave the first')
    expect(second).toContain('*The second of two approvals:* <@U1> gave the first, ')
    expect(second).toContain('• Adds “Deletion Request::Exception Approved”.')
  })

  test('there is none for a decision that the request does not offer', () => {
    expect(decisionModal(aCardState({ step: 'closed' }), 'start', { snippets })).toBeUndefined()
    expect(decisionModal(aCardState(), 'constructor', { snippets })).toBeUndefined()
  })

  test('every preview is accepted by Slack, at every step of every flow, however long and hostile the reply', () => {
    const hostile = '<!channel> \u202e *x* <@U01ENGINEER>\n'.repeat(300)
    const all = Object.fromEntries(Object.keys(snippets).map((name) => [name, hostile])) as typeof snippets
    const names = Object.values(flows).flatMap((flow) =>
      Object.entries(flow.steps).flatMap(([step, { decisions }]) =>
        Object.keys({ ...decisions, ...flow.anytime }).map((name) => ({ flow, step, name })),
      ),
    )
    const problems = names.flatMap(({ flow, step, name }) => {
      const state = aCardState({ flow, step })
      const effects = effectsOf(decisionAt(state, step, name)?.do ?? [], {
        ...{ flow, request: state.request, environment: state },
        input: { duplicateOf: '45' },
      })
      const view = decisionModal(state, name, { snippets: all, effects, others: 3 })
      return view ? problemsWithModal(view).map((problem) => `${flow.name} ${step} ${name}: ${problem}`) : []
    })

    expect(names.length).toBeGreaterThan(60)
    expect(problems).toEqual([])
  })

  test('every one is accepted by Slack, at every step of every flow', () => {
    const withFields = Object.values(flows).flatMap((flow) =>
      Object.entries(flow.steps).flatMap(([step, { decisions }]) =>
        Object.entries({ ...decisions, ...flow.anytime })
          .filter(([, decision]) => decision.fields !== undefined)
          .map(([name]) => ({ flow, step, name })),
      ),
    )
    const problems = withFields.flatMap(({ flow, step, name }) => {
      const view = decisionModal(aCardState({ flow, step }), name, { snippets })
      return view ? problemsWithModal(view).map((problem) => `${flow.name} ${step} ${name}: ${problem}`) : []
    })

    expect(withFields.length).toBeGreaterThan(20)
    expect(problems).toEqual([])
  })

  test('many options become a select', () => {
    const flow = flows['account-deletion']
    const options = Array.from({ length: 30 }, (_, index) => ({ value: `v${index}`, text: '&<>'.repeat(60) }))
    const long = {
      button: 'A decision with a name far too long',
      by: [],
      do: [],
      fields: [{ kind: 'choice', name: 'x', label: 'X', options }],
    } as const

    const view = modal('long', { flow: { ...flow, anytime: { long } } })

    expect(view.blocks.find((block) => block.block_id === 'field:x')).toMatchObject({
      element: { type: 'static_select' },
    })
    expect(problemsWithModal(view)).toEqual([])
  })
})

describe('what is filled in', () => {
  const fields = [
    { kind: 'choice', name: 'state', label: 'State', options: [{ value: 'active', text: 'Active' }] },
    { kind: 'text', name: 'words', label: 'Words', isSent: true },
    { kind: 'text', name: 'note', label: 'Note', optional: true },
    { kind: 'request-number', name: 'stays', label: 'Stays' },
  ] as const

  test('is told field by field what is wrong', () => {
    expect(fieldErrors(fields, { state: 'gone', words: ' ', stays: 'abc' }, privacyRules)).toEqual({
      state: 'Choose one.',
      words: 'Fill this in.',
      stays: 'Enter the number of an issue, such as 123.',
    })
  })

  test.each(['/close', 'Hello\n/close', 'Hello\r\u200b /label ~x'])(
    'no public line may begin with a slash: %j',
    (words) => {
      expect(fieldErrors(fields, { state: 'active', words, stays: '12' }, privacyRules)).toEqual({
        words: 'Lines can’t start with “/”: GitLab would run them as commands.',
      })
    },
  )

  test('has no error at any field but a number, where each holds what it would take', () => {
    expect(acceptedInput(fields)).toEqual({ state: 'active', words: 'x' })
    expect(Object.keys(fieldErrors(fields, acceptedInput(fields), privacyRules))).toEqual(['stays'])
  })

  test('passes when nothing is', () => {
    expect(fieldErrors(fields, { state: 'active', words: 'and/or', stays: '#12' }, privacyRules)).toEqual({})
  })
})

describe('the preview of a decision that has nothing to fill in', () => {
  const preview = (name: string, override: Override = {}, others?: number) => {
    const state = aCardState(override)
    const event = {
      kind: 'decision',
      decision: name,
      by: { id: 'U1', roles: ['support-engineer', 'privacy'] },
      input: {},
      at: state.now,
    } as const
    const outcome = decide(flows, state.request, event, state)
    if (outcome.kind !== 'move') throw new Error(outcome.because)
    const view = decisionModal(state, name, { snippets, effects: outcome.effects, others })
    if (!view) throw new Error(`No modal for ${name}`)
    return view
  }
  const late = { now: '2026-03-20T10:00:00.000Z' } as const

  test('shows the exact text in a frame, to how many it goes, the labels, and that it closes', () => {
    const view = preview('close-no-response', late, 2)

    expect(view).toMatchObject({
      title: { text: 'Close No Response' },
      submit: { text: 'Close No Response' },
      close: { text: 'Cancel' },
    })
    expect(shown(view)).toEqual([
      '*#123 GitLab.com Account Deletion*',
      '*When you confirm*',
      '• Sends “Request Closed - No Response” to the requester by e-mail.',
      snippets['closed-no-response'],
      'E-mailed to the requester and to 2 others on #123.',
      '• Adds “Account Verification Failed”, “deletion request::denied” and “denied-reason::no_response”. Removes “Awaiting::Challenge Answers”.',
      '• Closes #123.',
    ])
    expect(view.blocks.filter(({ type }) => type === 'rich_text')).toEqual([
      {
        type: 'rich_text',
        elements: [
          { type: 'rich_text_quote', elements: [{ type: 'text', text: snippets['closed-no-response'] }] },
        ],
      },
    ])
  })

  test.each([
    [0, 'E-mailed to the requester only.'],
    [1, 'E-mailed to the requester and to 1 other on #123.'],
    [undefined, 'E-mailed to the requester and to everyone on #123.'],
  ])('says of %s others no wrong number', (others, sentence) => {
    expect(shown(preview('close-no-response', late, others))).toContain(sentence)
  })

  test('with a placeholder shows the text as it will be sent', () => {
    const texts = shown(preview('start-deletion', { step: 'ready' }))

    expect(texts).toContain(
      renderSnippet(snippets, 'verification-succeeded', { TYPE_OF_REQUEST: 'GitLab.com account deletion' }),
    )
    expect(texts).toContain(
      '• Opens a confidential issue from the template “Deletion Meta Issue - GitLab-com”.',
    )
  })

  test('does not promise a reply that the requester has got already', () => {
    const sent = { 'closed-no-response': '2026-03-19T10:00:00.000Z' }
    const texts = shown(preview('close-no-response', { ...late, facts: { sentSnippets: sent } }))

    expect(texts).not.toContain(snippets['closed-no-response'])
    expect(texts.join('\n')).not.toContain('E-mailed')
    expect(texts).toContain('• Closes #123.')
  })

  test('says how long its reply waits, where one does and replies wait at all', () => {
    const waits = (seconds: number) =>
      `Waits ${seconds === 60 ? '1 minute' : '30 seconds'} before it goes out. Until then, Undo on the card stops all of it.`
    const evaluating = { step: 'evaluating' }

    expect(shown(modal('fail-verification', { ...evaluating, undoSeconds: 30 }))).toContain(waits(30))
    expect(shown(modal('pass-verification', { ...evaluating, undoSeconds: 60 }))).toContain(waits(60))
    const others = [
      modal('fail-verification', evaluating),
      modal('mark-spam', { undoSeconds: 30 }),
      modal('start', { undoSeconds: 30 }),
    ]
    expect(others.flatMap(shown).filter((text) => text.startsWith('Waits'))).toEqual([])
  })

  test('of what sends nothing says so, where it leads, and that it can be taken back', () => {
    expect(shown(preview('answers-received'))).toEqual([
      '*#123 GitLab.com Account Deletion*',
      '*When you confirm*',
      '• Writes an internal note.',
      'Nothing is sent to the requester. Next: “Answers are in: check them”. Undo Step takes it back.',
    ])
    expect(shown(preview('pass-verification', { flow: flows['data-export'], step: 'evaluating' }))).toEqual([
      '*#123 Data Export Request*',
      'Nothing is sent to the requester. Next: “Export the projects and share the folder”. Undo Step takes it back.',
    ])
  })

  test('shows a reply that holds mentions and marks as it is', () => {
    const hostile = `<!channel> <@U01ENGINEER> *bold* \u202eevil ${'x'.repeat(10_000)}`
    const state = aCardState(late)
    const effects = [{ kind: 'reply', snippet: 'closed-no-response', replacements: {} }] as const
    const view = decisionModal(state, 'close-no-response', {
      snippets: { ...snippets, 'closed-no-response': hostile },
      effects,
    })
    if (!view) throw new Error('no modal')
    const framed = textsOf(view.blocks).filter(({ type }) => type === 'text')

    expect(problemsWithModal(view)).toEqual([])
    expect(framed.map(({ text }) => text).join('')).toBe(hostile.replace('\u202e', ' '))
  })
})

import type { ModalView } from '@slack/types'
import { describe, expect, test } from 'vitest'
import { flows } from '../../src/flows/index.ts'
import { loadSnippets } from '../../src/flows/snippets.ts'
import { readButtonValue } from '../../src/views/button-value.ts'
import { decisionModal, type ModalOptions } from '../../src/views/decision-modal.ts'
import type { ShownTicket } from '../../src/views/ticket-blocks.ts'
import type { Override } from './a-card-state.ts'
import { aTicket, aTicketState } from './a-ticket-state.ts'
import { problemsWithModal, textsOf } from './block-kit-rules.ts'

function modal(name: string, options: Partial<ModalOptions> = {}, override: Override = {}): ModalView {
  const all = { snippets, channel: 'C1', ticket: aTicket(), ...options }
  const view = decisionModal(aTicketState(override), name, all)
  if (!view) throw new Error(`No modal for ${name}`)
  return view
}

const snippets = loadSnippets()

const shown = (view: ModalView) => textsOf(view.blocks).map(({ text }) => text)

const inputOf = (view: ModalView, field: string) =>
  view.blocks.find((block) => block.block_id === `field:${field}`)

const comment = (text: string, more: Partial<ShownTicket['comments'][number]> = {}) => ({
  by: 'Kim <kim@example.com>',
  at: '2026-03-06T15:00:00.000Z',
  isPublic: true,
  text,
  ...more,
})

describe('the modal of a ticket’s decision', () => {
  test('says who gets what is sent, what it is about, and all that was written, then what it does', () => {
    const ticket = aTicket({
      recipients: ['Kim <kim@example.com>', 'Lee <lee@example.com>', 'Max <max@example.com>'],
      comments: [
        comment('Hello,\n\nis my data safe?'),
        comment('A customer of ours.', {
          by: 'Alex <alex@gitlab.example>',
          at: '2026-03-06T16:00:00.000Z',
          isPublic: false,
        }),
      ],
    })

    expect(shown(modal('reply', { ticket }))).toEqual([
      '*Security ticket 456*',
      'Goes to: Kim <kim@example.com>, cc Lee <lee@example.com>, Max <max@example.com>',
      'Subject: Is my data safe?',
      'Kim <kim@example.com> ·',
      '<!date^1772809200^{date_short_pretty}, {time}|Mar 6, 3:00 PM UTC> ·',
      'public',
      'Hello,\n\nis my data safe?',
      'Alex <alex@gitlab.example> ·',
      '<!date^1772812800^{date_short_pretty}, {time}|Mar 6, 4:00 PM UTC> ·',
      'internal',
      'A customer of ours.',
      'Reply to the requester',
      'Sent exactly as written.',
      '*When you confirm*',
      '• Sends the text you typed to the requester by e-mail. Solves ticket 456.',
      'Sent exactly as written under “Reply to the requester”.',
    ])
  })

  test('shows what others wrote as it is: nothing in it mentions, links or is marked up', () => {
    const hostile = '<!channel> <https://evil.example|GitLab> *bold* \u202eevil'
    const ticket = aTicket({
      subject: hostile,
      recipients: [hostile, hostile],
      comments: [comment(hostile, { by: hostile })],
    })
    const view = modal('reply', { ticket })
    const said = textsOf(view.blocks).filter(({ text }) => text.includes('evil.example'))

    expect(said.map(({ type }) => type)).toEqual(['plain_text', 'plain_text', 'plain_text', 'plain_text'])
    expect(problemsWithModal(view)).toEqual([])
  })

  test('carries when the ticket had last changed, beside where it belongs', () => {
    expect(readButtonValue(modal('reply').private_metadata)).toEqual({
      requestId: 't-1',
      decision: 'reply',
      step: 'new',
      channel: 'C1',
      stamp: '2026-03-06T15:00:00.000Z',
    })
  })

  test('says nothing of who gets it where nothing is sent', () => {
    const texts = shown(modal('redirect-support'))

    expect(texts.filter((text) => text.startsWith('Goes to'))).toEqual([])
    expect(texts).toContain('• Forwards ticket 456 to support, with an internal note.')
  })

  test.each([
    [['poc.pdf'], '1 attachment: poc.pdf, open it in Zendesk'],
    [
      ['a.png', '<!channel> *b*.txt', ''],
      '3 attachments: a.png, <!channel> *b*.txt and without a name, open them in Zendesk',
    ],
    [
      Array.from({ length: 12 }, (_none, index) => `${index}${'x'.repeat(300)}`),
      expect.stringMatching(/^12 attachments: 0x{78}…, .*, 9x{78}… and 2 more, open them in Zendesk$/),
    ],
  ])('the attachments of a comment are named: %#', (attachments, text) => {
    const view = modal('reply', { ticket: aTicket({ comments: [comment('See there', { attachments })] }) })

    const line = shown(view).find((one) => one.includes('attachment'))
    expect(line?.replace('public · ', '')).toEqual(text)
    expect(problemsWithModal(view)).toEqual([])
  })

  test('a comment without words, a ticket without a subject, and nobody to write to are said', () => {
    const ticket = aTicket({ subject: ' ', recipients: [], comments: [comment(' \n')] })

    expect(shown(modal('reply', { ticket }))).toEqual(
      expect.arrayContaining(['Subject: (none)', 'Goes to: nobody the bot knows of', '(no text)']),
    )
    expect(shown(modal('reply', { ticket: aTicket({ comments: [] }) }))).toContain('*No comments were read.*')
  })

  test('says what has changed since it was opened, before all else, and keeps what was typed', () => {
    const view = modal('reply', {
      changes: ['a new comment by the requester', '<!channel>'],
      typed: { answer: 'Hello Kim,\n\nyes.' },
      ticket: aTicket({ expertAnswer: 'Yes, it is.' }),
    })

    expect(shown(view)[0]).toBe(
      [
        '*Nothing was sent: the ticket has changed since you opened this.*',
        '• a new comment by the requester',
        '• &lt;!channel&gt;',
        'Read what is new below, change your text if need be, and send it again.',
      ].join('\n'),
    )
    expect(inputOf(view, 'answer')).toMatchObject({ element: { initial_value: 'Hello Kim,\n\nyes.' } })
  })
})

describe('what stands in a field when the modal opens', () => {
  test('the day on which the report will go out is filled into its confirmation, and said', () => {
    const view = modal('compliance-report')

    expect(inputOf(view, 'confirmation')).toMatchObject({
      element: { initial_value: expect.stringContaining('yours is planned for Thursday 12 March 2026.') },
    })
    expect(shown(view).join('\n')).toContain('• Schedules the report for Thu, Mar 12.')
  })

  test('the expert team’s answer, where there is one; else nothing', () => {
    const ticket = aTicket({ expertAnswer: 'Yes:\n\u202e- it is encrypted' })

    expect(inputOf(modal('reply', { ticket }), 'answer')).toMatchObject({
      element: { initial_value: 'Yes:\n - it is encrypted' },
    })
    expect(inputOf(modal('reply'), 'answer')).not.toHaveProperty('element.initial_value')
  })

  test('as much of it as a field holds, and the hint says that the rest is missing', () => {
    const ticket = aTicket({ expertAnswer: 'x'.repeat(3001) })
    const view = modal('reply', { ticket })

    expect(inputOf(view, 'answer')).toMatchObject({
      hint: {
        text: 'Sent exactly as written. The text was longer than the 3,000 characters that fit here: its end was cut off.',
      },
      element: { initial_value: 'x'.repeat(3000), max_length: 3000 },
    })
    expect(problemsWithModal(view)).toEqual([])
  })

  test('what was typed and chosen already', () => {
    const typed = { report: 'pen test', asker: 'a customer', company: 'Example Inc.', verified: 'Salesforce' }
    const view = modal('compliance-report', { typed })

    expect(inputOf(view, 'report')).toMatchObject({ element: { initial_option: { value: 'pen test' } } })
    expect(inputOf(view, 'company')).toMatchObject({ element: { initial_value: 'Example Inc.' } })
    expect(problemsWithModal(view)).toEqual([])
  })

  test.each([
    ['compliance-report', 'company', {}],
    ['exports-shared', 'link', { flow: flows['data-export'], step: 'exporting' }],
    [
      'add-reinstatement-link',
      'link',
      {
        flow: flows['account-deletion'],
        step: 'security-review',
        settings: { 'trust-safety-project': false, 'feature-request': false, 'admin-token': false },
      },
    ],
  ])('a name or an address is one line: %s, %s', (name, field, override: Override) => {
    const view = modal(name, {}, override)

    expect(inputOf(view, field)).toMatchObject({ element: { multiline: false, max_length: 150 } })
    expect(problemsWithModal(view)).toEqual([])
  })

  test('a number typed already', () => {
    const view = modal('close-duplicate', { typed: { stays: '#7' } }, { flow: flows['account-deletion'] })

    expect(inputOf(view, 'stays')).toMatchObject({ element: { initial_value: '#7' } })
  })

  test('a hint of the field’s own stands before that it is sent', () => {
    const flow = flows['security-ticket']
    const field = { kind: 'text', name: 'x', label: 'X', hint: 'Be kind', isSent: true } as const
    const odd = { button: 'Odd', by: [], do: [], fields: [field] } as const

    const view = modal('odd', {}, { flow: { ...flow, anytime: { odd } } })

    expect(inputOf(view, 'x')).toMatchObject({
      hint: { text: 'Be kind. Sent exactly as written.' },
    })
    expect(shown(view)).toContain('Nothing is sent or changed in Zendesk.')
  })
})

describe('more comments than a modal holds', () => {
  const many = (count: number, text: (index: number) => string) =>
    aTicket({ comments: Array.from({ length: count }, (_, index) => comment(text(index))) })

  test('the newest are shown, and how many are not', () => {
    const view = modal('reply', { ticket: many(200, (index) => `comment ${index}.`) })
    const texts = shown(view)

    expect(problemsWithModal(view)).toEqual([])
    expect(view.blocks.length).toBeGreaterThan(97)
    expect(texts).toContain('comment 199.')
    expect(texts).not.toContain('comment 0.')
    expect(texts.join('\n')).toContain('*155 older comments are not shown:* read them in Zendesk.')
    expect(texts.filter((text) => text.startsWith('comment '))).toHaveLength(45)
  })

  test('one too many is spoken of as one', () => {
    const ticket = many(2, (index) => (index === 0 ? 'x'.repeat(120_000) : 'new'))

    expect(shown(modal('reply', { ticket })).join('\n')).toContain(
      '*1 older comment is not shown:* read it in Zendesk.',
    )
  })

  test.each([
    ['in Latin letters', 'x'],
    ['in Chinese', '安'],
    ['in quotation marks', '"'],
    ['in emoji', '👩‍👩‍👧'],
  ])(
    'one as long as none can be shown whole, %s: its beginning, and that the rest is missing',
    (_, letter) => {
      const ticket = many(3, () => letter.repeat(130_000))
      const view = modal('reply', { ticket })

      expect(problemsWithModal(view)).toEqual([])
      expect(Buffer.byteLength(JSON.stringify(view))).toBeLessThan(250_000)
      expect(shown(view)).toContain('The rest of this comment is not shown: read it in Zendesk.')
      expect(shown(view).join('\n')).toContain('*2 older comments are not shown:*')
    },
  )
})

test('every modal of a ticket is accepted by Slack, at its fullest', () => {
  const flow = flows['security-ticket']
  const ticket = aTicket({
    subject: '&<>'.repeat(2000),
    recipients: Array.from({ length: 60 }, (_, index) => `${'Kim '.repeat(80)}<kim${index}@example.com>`),
    comments: Array.from({ length: 300 }, () => comment('安'.repeat(5000), { by: '<!channel>'.repeat(50) })),
    expertAnswer: '"'.repeat(70_000),
  })
  const all = Object.entries(flow.steps).flatMap(([step, { decisions }]) =>
    Object.entries(decisions).flatMap(([name, { fields = [] }]) =>
      fields.length > 0 ? [{ step, name }] : [],
    ),
  )
  const changes = Array.from({ length: 30 }, () => '<b>'.repeat(500))

  const views = all.map(({ step, name }) => modal(name, { ticket, changes }, { step }))

  expect(views).toHaveLength(10)
  expect(views.flatMap(problemsWithModal)).toEqual([])
  expect(views.filter((view) => Buffer.byteLength(JSON.stringify(view)) >= 250_000)).toEqual([])
})

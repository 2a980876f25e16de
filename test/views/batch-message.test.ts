import type { Button } from '@slack/types'
import { describe, expect, test } from 'vitest'
import { security } from '../../src/desks/security.ts'
import { batchDecision } from '../../src/engine/traits.ts'
import { flows } from '../../src/flows/index.ts'
import { reportSentNotice } from '../../src/flows/ticket-texts.ts'
import type { BatchState } from '../../src/requests/batches.ts'
import {
  batchAction,
  batchAnswer,
  batchCallback,
  batchMessage,
  batchModal,
  readBatchValue,
} from '../../src/views/batch-message.ts'
import { charactersIn, lineCharacters } from '../../src/views/block-kit.ts'
import { readButtonValue } from '../../src/views/button-value.ts'
import { aTicketState } from './a-ticket-state.ts'
import { problemsWith, problemsWithModal, textsOf } from './block-kit-rules.ts'

const decision = batchDecision(flows, 'report')
const decided = decision ? { decision } : {}

type Report = BatchState['reports'][number]

const report = (iid: number, more: Partial<Report> = {}): Report => ({
  request: aTicketState({
    step: 'queued',
    request: { id: `t-${iid}`, number: iid, url: `https://example.zendesk.com/agent/tickets/${iid}` },
  }).request,
  report: 'SOC 2 Type 1',
  isSent: false,
  ...more,
})

const batch = (...reports: readonly Report[]): BatchState => ({
  desk: security,
  day: '2026-11-30',
  ...decided,
  reports,
})

const many = (count: number, isSent = false) =>
  batch(...Array.from({ length: count }, (_, index) => report(index + 1, { isSent })))

const shown = ({ blocks }: { readonly blocks: unknown }) => textsOf(blocks).map(({ text }) => text)

function buttonsOf(state: BatchState): readonly Button[] {
  return batchMessage(state).blocks.flatMap((block) => {
    if (block.type === 'section') return block.accessory?.type === 'button' ? [block.accessory] : []
    if (block.type !== 'actions') return []
    return block.elements.filter((element) => element.type === 'button')
  })
}

describe('the message of a distribution day', () => {
  const cardUrl = 'https://desk.slack.com/archives/C1/p1'
  const state = batch(
    report(4, { isSent: true }),
    report(5, { cardUrl }),
    report(6, { report: 'SOC 2 Type 1 and pen test' }),
  )

  test('lists each report with its ticket, what is still to be sent first', () => {
    expect(batchMessage(state).text).toBe('Reports due Mon, Nov 30: 3 reports, 2 still to be sent.')
    expect(shown(batchMessage(state))).toEqual([
      'Reports due Mon, Nov 30',
      '3 reports, 2 still to be sent.',
      `<https://example.zendesk.com/agent/tickets/5|ticket 5> · SOC 2 Type 1 · not sent yet · <${cardUrl}|Card>`,
      'Report Sent',
      '<https://example.zendesk.com/agent/tickets/6|ticket 6> · SOC 2 Type 1 and pen test · not sent yet · no card',
      'Report Sent',
      '<https://example.zendesk.com/agent/tickets/4|ticket 4> · SOC 2 Type 1 · sent · no card',
      'All Sent',
    ])
  })

  test('"Report Sent (one, or the whole batch on the day)": the card’s button for each, and one for all', () => {
    const buttons = buttonsOf(state)

    expect(buttons.map(({ action_id, style }) => [action_id, style])).toEqual([
      ['decide:report-sent', undefined],
      ['decide:report-sent', undefined],
      [batchAction, 'primary'],
    ])
    expect(readButtonValue(buttons[0]?.value)).toEqual({
      requestId: 't-5',
      decision: 'report-sent',
      step: 'queued',
    })
    expect(readBatchValue(buttons[2]?.value)).toEqual({ day: '2026-11-30' })
  })

  test('for a single report there is no button for all, for none that is left no button', () => {
    expect(buttonsOf(batch(report(5))).map(({ text }) => text.text)).toEqual(['Report Sent'])
    expect(buttonsOf(batch(report(5, { isSent: true })))).toEqual([])
    expect(batchMessage(batch(report(5, { isSent: true }))).text).toContain(': 1 report, all sent.')
    expect(batchMessage(batch(report(5))).text).toContain(': 1 report, none sent yet.')
    expect(batchMessage(batch()).text).toContain(': no reports are promised.')
  })

  test('more than a message holds: the first ones, and how to list the rest', () => {
    const message = batchMessage(many(120))

    expect(problemsWith(message)).toEqual([])
    expect(shown(message)).toContain('and 80 more: `/security batch` lists them.')
    expect(buttonsOf(many(120)).at(-1)?.text.text).toBe('All Sent')
  })

  test('of as many as it lists each has its line, and as many a button as Slack takes', () => {
    const reports = Array.from({ length: 60 }, (_, index) =>
      report(1_234_500 + index, {
        request: {
          ...report(1_234_500 + index).request,
          id: `0b8fd0ba-7a1d-4d1c-9a34-0123456789${10 + index}`,
        },
        report: 'SOC 2 Type 1 and pen test',
        cardUrl: `https://gitlab-fed.slack.com/archives/C0123456789/p17000000000000${10 + index}`,
      }),
    )
    const message = batchMessage(batch(...reports))

    expect(charactersIn(message.blocks)).toBeLessThan(lineCharacters)
    expect(
      shown(message)
        .join('\n')
        .match(/not sent yet/g),
    ).toHaveLength(40)
    expect(shown(message)).toContain('and 20 more: `/security batch` lists them.')
    expect(buttonsOf(batch(...reports)).map(({ text }) => text.text)).toContain('Report Sent')
    expect(buttonsOf(batch(...reports.slice(0, 20)))).toHaveLength(21)
  })

  test.each([batch(), state, many(40), many(40, true)])('is accepted by Slack, %#', (one) => {
    expect(problemsWith(batchMessage(one))).toEqual([])
  })
})

describe('the modal of All Sent', () => {
  test('says what every requester is told, and to which tickets it goes: those still to be sent', () => {
    const view = batchModal(batch(report(4, { isSent: true }), report(5), report(6)), 'C1')

    expect([view.callback_id, view.title.text, view.submit?.text]).toEqual([
      batchCallback,
      'All Sent',
      'All Sent',
    ])
    expect(readBatchValue(view.private_metadata)).toEqual({ day: '2026-11-30', channel: 'C1' })
    expect(view.blocks.find((block) => block.block_id === 'field:notice')).toMatchObject({
      element: { type: 'plain_text_input', action_id: 'input', initial_value: reportSentNotice },
    })
    expect(shown(view)).toEqual([
      '*Reports due Mon, Nov 30*',
      'Message to the requester',
      'Sent on each ticket exactly as written.',
      [
        '*When you confirm, on each of 2 tickets*',
        '• E-mails your text to the requester.',
        '• Solves the ticket.',
        'Goes to: ticket 5 and ticket 6.',
      ].join('\n'),
    ])
  })

  test('says how long each reply waits, where replies wait', () => {
    const waiting = batchModal({ ...batch(report(5), report(6)), undoSeconds: 120 })

    expect(shown(waiting).at(-1)).toBe(
      'Each waits 2 minutes before it goes out. Until then, Undo on its card stops all of it.',
    )
    expect(JSON.stringify(batchModal(batch(report(5))))).not.toContain('Undo')
  })

  test('is accepted by Slack, however many there are', () => {
    const view = batchModal(many(500))

    expect(problemsWithModal(view)).toEqual([])
    expect(shown(view).join('\n')).toContain(', and 400 more.')
    expect(readBatchValue(view.private_metadata)).toEqual({ day: '2026-11-30' })
  })

  test.each([undefined, '', '30 November', '{"day":1}', '{"day":"soon"}', 'null', '[]'])(
    'what carries %j is none of ours',
    (value) => {
      expect(readBatchValue(value)).toBeUndefined()
    },
  )
})

describe('/security batch', () => {
  test('names the next distribution days and what is promised for each', () => {
    const days = [
      batch(report(4, { isSent: true }), report(5)),
      { desk: security, day: '2026-12-03', reports: [] },
    ]

    expect(shown(batchAnswer(days))).toEqual([
      'Compliance reports of the next distribution days',
      [
        '*Mon, Nov 30*: 2 reports, 1 still to be sent.',
        '• <https://example.zendesk.com/agent/tickets/4|ticket 4> · SOC 2 Type 1 · sent · no card',
        '• <https://example.zendesk.com/agent/tickets/5|ticket 5> · SOC 2 Type 1 · not sent yet · no card',
        '*Thu, Dec 3*: no reports are promised.',
      ].join('\n'),
    ])
  })

  test('is accepted by Slack, however many there are, and says what is left out', () => {
    const message = batchAnswer([many(80), many(90)])

    expect(problemsWith(message)).toEqual([])
    expect(shown(message).join('\n')).toContain('and 74 more: find them in Zendesk.')
    expect(problemsWith(batchAnswer([]))).toEqual([])
  })
})

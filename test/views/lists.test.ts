import { describe, expect, test } from 'vitest'
import { privacy } from '../../src/desks/privacy.ts'
import { security } from '../../src/desks/security.ts'
import type { CardState } from '../../src/requests/card-states.ts'
import {
  answer,
  movedOn,
  notKnown,
  requestList,
  unknownButton,
  unknownRequest,
  usage,
  wentWrong,
} from '../../src/views/answers.ts'
import { charactersIn } from '../../src/views/block-kit.ts'
import { requestDetails } from '../../src/views/request-details.ts'
import { auditModal } from '../../src/views/request-modals.ts'
import { aCardState } from './a-card-state.ts'
import { aTicketState } from './a-ticket-state.ts'
import { problemsWith, textsOf } from './block-kit-rules.ts'

const numbered = (iid: number, createdAt: string, more: Partial<CardState> = {}): CardState =>
  aCardState({
    request: {
      id: `r-${iid}`,
      number: iid,
      createdAt,
      url: `https://gitlab.example.com/desk/-/issues/${iid}`,
    },
    now: '2026-03-20T10:00:00.000Z',
    ...more,
  })

const shown = (message: { readonly blocks: unknown }) =>
  textsOf(message.blocks)
    .map(({ text }) => text)
    .join('\n')

describe('/privacy list', () => {
  test('gives the open requests by due date: request, type, step, days left, who claimed it, the card', () => {
    const message = requestList(privacy, [
      numbered(3, '2026-03-05T00:00:00.000Z'),
      numbered(2, '2026-02-01T00:00:00.000Z', { cardUrl: 'https://desk.slack.com/archives/C1/p1' }),
    ])

    expect(message.text).toBe('2 open requests, by due date')
    expect(shown(message).split('\n').slice(1)).toEqual([
      '<https://gitlab.example.com/desk/-/issues/2|#2> · GitLab.com Account Deletion · No answers in time: close it for no response · overdue by 17 days · Unassigned · <https://desk.slack.com/archives/C1/p1|Open>',
      '<https://gitlab.example.com/desk/-/issues/3|#3> · GitLab.com Account Deletion · No answers in time: close it for no response · 15 days left · Unassigned · no card',
    ])
  })

  test('says when there is nothing', () => {
    expect(requestList(privacy, [], 'overdue').text).toBe('Nothing overdue.')
  })

  test('more than a message holds: the first ones, and how to list the rest', () => {
    const many = Array.from({ length: 500 }, (_, index) => numbered(index + 1, '2026-03-05T00:00:00.000Z'))

    const message = requestList(privacy, many, 'GitLab.com Account Deletion')

    expect(problemsWith(message)).toEqual([])
    expect(shown(message)).toContain('500 open requests')
    expect(shown(message)).toContain('and 460 more, due later. Narrow the list')
    expect(shown(message)).toContain('*GitLab.com Account Deletion*')
  })
})

describe('/privacy show', () => {
  test('says why the clocks end when they end, the last of the log, and offers the buttons', () => {
    const log = Array.from({ length: 30 }, (_, index) => `entry ${index} by <@U1>`)

    const message = requestDetails(aCardState(), log)

    expect(problemsWith(message)).toEqual([])
    expect(shown(message)).toContain(
      '• Fulfilment: due Mar 31 (29 days left), received Mar 1: “All requests must be fulfilled within 30 calendar days”',
    )
    expect(shown(message)).toContain('• entry 9 by <@U1>')
    expect(shown(message)).not.toContain('entry 10')
    expect(message.blocks.filter(({ type }) => type === 'actions')).toHaveLength(2)
  })

  test('says when each of it happened in the reader’s own time zone', () => {
    const log = ['{at:2026-03-01T10:00:00.000Z|Mar 1, 10:00 AM UTC}: claimed, by <@U1>']

    const history = '• <!date^1772359200^{date_short_pretty}, {time}|Mar 1, 10:00 AM UTC>: claimed, by <@U1>'
    expect(shown(requestDetails(aCardState(), log))).toContain(history)
    expect(JSON.stringify(auditModal({ desk: privacy, number: 123, title: '#123' }, log))).toContain(history)
  })

  test.each([
    [privacy, 123, '--request 123'],
    [security, 456, '--ticket 456'],
  ])('names the command that writes out the whole log where it is too long, %#', (desk, number, of) => {
    const log = Array.from({ length: 300 }, () => 'x'.repeat(390))

    expect(shown(auditModal({ desk, number, title: '' }, log))).toContain(
      ` older are not shown: \`privacy-desk audit export --format csv ${of}\`.`,
    )
  })

  test('takes nothing for an instant that only looks like one', () => {
    const log = [
      '{at:2026-99-99T10:00:00.000Z|x}: a',
      'b {at:2026-03-01T10:00:00.000Z|x}',
      '{at:Z|<!channel>}',
    ]

    const text = shown(requestDetails(aCardState(), log))
    expect(text).toContain('• {at:2026-99-99T10:00:00.000Z|x}: a')
    expect(text).toContain('• b {at:2026-03-01T10:00:00.000Z|x}')
    expect(text).not.toContain('<!channel')
  })

  test('says first what comes next, then at which step it is; of a closed request how it ended', () => {
    const opened = shown(requestDetails(aCardState({ now: '2026-03-20T10:00:00.000Z' }), []))
    const ended = shown(
      requestDetails(
        aCardState({
          step: 'closed',
          request: { closedAt: '2026-03-09T10:00:00.000Z' },
          facts: {
            closedFrom: 'awaiting-answers',
            endedBy: { decision: 'close-no-response' },
          },
        }),
        [],
      ),
    )

    expect(opened).toContain(
      '\n*No answers in time: close it for no response*\nWaiting for the challenge answers · Handbook: ',
    )
    expect(ended).toContain('\n*Closed: denied, no response*')
  })

  test('however much there is, Slack takes all of it as one message', () => {
    const work = Array.from({ length: 20 }, () => ({
      what: 'x'.repeat(200),
      status: 'failed' as const,
      error: 'y'.repeat(300),
    }))
    const log = Array.from({ length: 10 }, () => 'entry '.repeat(50))

    const message = requestDetails(aTicketState({ work }), log)

    expect(charactersIn(message.blocks)).toBeLessThan(11_000)
    expect(shown(message)).toMatch(/and \d+ more lines, too long for a message\./)
    expect(shown(message).match(/• entry/g)).toHaveLength(10)
  })

  test('says that there is no log yet', () => {
    expect(shown(requestDetails(aCardState(), []))).toContain('*History*\nNothing yet')
  })
})

describe('/security', () => {
  const aLine = (iid: number, createdAt: string) =>
    aTicketState({ request: { id: `t-${iid}`, number: iid, createdAt, assignee: 'U1SECURITY' } })

  test('lists the open tickets by due date: ticket, step, time left, who claimed it, the card', () => {
    const message = requestList(
      security,
      [aLine(457, '2026-03-09T09:00:00.000Z'), aLine(456, '2026-03-06T12:00:00.000Z')],
      'mine',
    )

    expect(message.text).toBe('2 open tickets (Yours), by due date')
    expect(shown(message).split('\n').slice(2)).toEqual([
      '<https://example.zendesk.com/agent/tickets/456|ticket 456> · New: needs a first reply · 2 hours left · <@U1SECURITY> · no card',
      '<https://example.zendesk.com/agent/tickets/456|ticket 457> · New: needs a first reply · 23 hours left · <@U1SECURITY> · no card',
    ])
    expect(requestList(security, []).text).toBe('No open tickets.')
  })

  test.each([
    ['2026-03-10T12:00:00.000Z', 'planned for Thu, Mar 12'],
    ['2026-03-12T12:00:00.000Z', 'planned for today'],
    ['2026-03-14T12:00:00.000Z', 'overdue by 2 days'],
  ])('a promised report is told by its day, at %s', (now, said) => {
    const facts = { promisedReport: { report: 'pen test', sendOn: '2026-03-12' } } as const
    const message = requestList(security, [aTicketState({ now, step: 'queued', facts })])

    expect(shown(message)).toContain(` · ${said} · `)
  })

  test.each([
    ['2026-03-09T15:10:30.000Z', 'overdue by 10 minutes'],
    ['2026-03-09T20:59:00.000Z', 'overdue by 5 hours'],
    ['2026-03-11T09:00:00.000Z', 'overdue by 2 days'],
  ])('a ticket that is overdue says by how much, at %s', (now, said) => {
    expect(shown(requestList(security, [aTicketState({ now })]))).toContain(` · ${said} · `)
  })

  test('more than a message holds: how to narrow it', () => {
    const many = Array.from({ length: 60 }, (_, index) => aLine(index + 1, '2026-03-06T12:00:00.000Z'))

    expect(shown(requestList(security, many))).toContain(
      'and 20 more, due later. Narrow the list: `/security list overdue`, `mine`, `unassigned`, `waiting` or a step.',
    )
  })

  test('says what it understands, and no more', () => {
    const commands = shown(usage(security.command)).match(/(?<=^`)[^`]+/gm)

    expect(commands).toEqual([
      '/security list',
      '/security show 456',
      '/security claim 456',
      '/security batch',
      '/security digest',
      '/security stats 30d',
      '/security audit 456',
      '/security help',
    ])
    expect(shown(usage(security.command))).toContain('a step: `new`, `waiting-on-expert` and `queued`')
  })

  test('answers that name a ticket point to where it is shown', () => {
    expect(movedOn(aTicketState(), 'Reply', 'Solved').text).toBe(
      'Reply was not done: ticket 456 has changed since this was posted (now: Solved). Decide on the current card: `/security show 456`.',
    )
    expect(movedOn(aCardState({ request: { number: 5 } }), 'Start', 'Closed').text).toContain(
      '#5 has changed since this was posted (now: Closed). Decide on the current card: `/privacy show 5`.',
    )
    expect(notKnown(security, 456).text).toContain('not tracking ticket 456')
  })
})

test('every short answer is accepted by Slack', () => {
  const answers = [
    answer('No: <!channel>'),
    usage(privacy.command),
    usage(security.command),
    answer(security.words.off ?? ''),
    unknownRequest(),
    unknownButton(),
    notKnown(security, 456),
    notKnown(privacy, 5),
    movedOn(aCardState({ request: { number: 5 } }), 'Fail Verification', 'Closed'),
    wentWrong('ab12'),
  ]

  expect(answers.flatMap(problemsWith)).toEqual([])
  expect(wentWrong('ab12').text).toContain('ab12')
  expect(answer('No: <!channel>').text).toBe('No: &lt;!channel&gt;')
})

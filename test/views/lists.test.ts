import { describe, expect, test } from 'vitest'
import {
  answer,
  movedOn,
  noSuchIssue,
  securityIsOff,
  unknownButton,
  unknownRequest,
  usage,
  wentWrong,
} from '../../src/views/answers.ts'
import type { CardState } from '../../src/views/card-state.ts'
import { requestDetails } from '../../src/views/request-details.ts'
import { requestList } from '../../src/views/request-list.ts'
import { aCardState } from './a-card-state.ts'
import { problemsWith, textsOf } from './block-kit-rules.ts'

const numbered = (iid: number, createdAt: string, more: Partial<CardState> = {}): CardState =>
  aCardState({
    request: { id: `r-${iid}`, iid, createdAt, url: `https://gitlab.example.com/desk/-/issues/${iid}` },
    now: '2026-03-20T10:00:00.000Z',
    ...more,
  })

const shown = (message: { readonly blocks: unknown }) =>
  textsOf(message.blocks)
    .map(({ text }) => text)
    .join('\n')

describe('/privacy list', () => {
  test('gives the open requests by due date: request, type, step, days left, who claimed it, the card', () => {
    const message = requestList([
      numbered(3, '2026-03-05T00:00:00.000Z'),
      numbered(2, '2026-02-01T00:00:00.000Z', { cardUrl: 'https://desk.slack.com/archives/C1/p1' }),
    ])

    expect(message.text).toBe('2 open requests, by due date')
    expect(shown(message).split('\n').slice(1)).toEqual([
      '<https://gitlab.example.com/desk/-/issues/2|#2> · GitLab.com Account Deletion · Waiting for the challenge answers · overdue by 17 days · claimed by nobody · <https://desk.slack.com/archives/C1/p1|card>',
      '<https://gitlab.example.com/desk/-/issues/3|#3> · GitLab.com Account Deletion · Waiting for the challenge answers · 15 days left · claimed by nobody · no card',
    ])
  })

  test('says when there is nothing', () => {
    expect(requestList([], 'overdue').text).toBe('No open requests (overdue).')
  })

  test('more than a message holds: the first ones, and how to list the rest', () => {
    const many = Array.from({ length: 500 }, (_, index) => numbered(index + 1, '2026-03-05T00:00:00.000Z'))

    const message = requestList(many, 'GitLab.com Account Deletion')

    expect(problemsWith(message)).toEqual([])
    expect(shown(message)).toContain('500 open requests')
    expect(shown(message)).toContain('and 460 more, due later. Narrow the list')
    expect(shown(message)).toContain('Only: GitLab.com Account Deletion')
  })
})

describe('/privacy show', () => {
  test('says why the clocks end when they end, the last of the log, and offers the buttons', () => {
    const log = Array.from({ length: 30 }, (_, index) => `entry ${index} by <@U1>`)

    const message = requestDetails(aCardState(), log)

    expect(problemsWith(message)).toEqual([])
    expect(shown(message)).toContain(
      '• Fulfilment: ends 31 March 2026, 29 days left (received 1 March 2026 + 30 days): “All requests must be fulfilled within 30 calendar days”',
    )
    expect(shown(message)).toContain('• entry 9 by <@U1>')
    expect(shown(message)).not.toContain('entry 10')
    expect(message.blocks.filter(({ type }) => type === 'actions')).toHaveLength(2)
  })

  test('says that there is no log yet', () => {
    expect(shown(requestDetails(aCardState(), []))).toContain('*Last entries of its log*\nnothing yet')
  })
})

test('every short answer is accepted by Slack', () => {
  const answers = [
    answer('No: <!channel>'),
    usage(),
    usage('/security'),
    securityIsOff(),
    unknownRequest(),
    unknownButton(),
    noSuchIssue(5),
    movedOn(5, 'Fail Verification', 'Closed'),
    wentWrong('ab12'),
  ]

  expect(answers.flatMap(problemsWith)).toEqual([])
  expect(wentWrong('ab12').text).toContain('ab12')
  expect(answer('No: <!channel>').text).toBe('No: &lt;!channel&gt;')
})

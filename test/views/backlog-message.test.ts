import type { Button } from '@slack/types'
import { describe, expect, test } from 'vitest'
import { shipped } from '../../src/desks/index.ts'
import type { BacklogState } from '../../src/requests/backlog.ts'
import { backlogMessage, backlogNote, readPostCardsValue } from '../../src/views/backlog-message.ts'
import { problemsWith, textsOf } from './block-kit-rules.ts'

const state = (more: Partial<BacklogState> = {}): BacklogState => ({
  desk: shipped.of({ source: 'gitlab' }),
  waiting: 1_990,
  oldest: '2026-03-03T23:30:00.000Z',
  now: '2026-03-20T08:00:00.000Z',
  timeZone: 'UTC',
  atOnce: 10,
  isAll: false,
  ...more,
})

const texts = (...given: Parameters<typeof backlogMessage>) =>
  textsOf(backlogMessage(...given).blocks).map(({ text }) => text)

function buttonsOf(given: BacklogState): readonly Button[] {
  return backlogMessage(given).blocks.flatMap((block) =>
    block.type === 'actions' ? block.elements.filter((element) => element.type === 'button') : [],
  )
}

describe('the message about cards that wait', () => {
  test('says how many, since when, why, and where the requests are seen meanwhile', () => {
    expect(texts(state()).slice(0, 2)).toEqual([
      '1990 requests without a card',
      'They were open before the bot started. The oldest is from Mar 3. It posts 10 cards by itself, and the others when a support manager says so.\nEach request is tracked anyway: it is in the daily digest and in `/privacy list`, and `/privacy show 123` shows one with its buttons. A card is also posted as soon as the requester writes or somebody works on it.',
    ])
    expect(backlogMessage(state()).text).toBe('1990 requests without a card.')
  })

  test('offers the next ten or all, and all only after a question that says how long it takes', () => {
    const [next, all] = buttonsOf(state())

    expect([next?.text.text, next?.confirm]).toEqual(['Post the Next 10', undefined])
    expect(all?.text.text).toBe('Post All 1990')
    expect(JSON.stringify(all?.confirm)).toContain('1990 cards, about one a second: about 33 minutes.')
    expect([next, all].map((button) => readPostCardsValue(button?.value))).toEqual([
      { desk: 'privacy', howMany: 'next' },
      { desk: 'privacy', howMany: 'all' },
    ])
  })

  test.each([
    [11, ['Post the Next 10', 'Post All 11']],
    [10, ['Post All 10']],
    [1, ['Post All 1']],
    [0, []],
  ])('with %i of them offers what makes sense', (waiting, offered) => {
    expect(buttonsOf(state({ waiting })).map(({ text }) => text.text)).toEqual(offered)
  })

  test('while all are being posted says so, and offers nothing', () => {
    expect(buttonsOf(state({ isAll: true }))).toEqual([])
    expect(texts(state({ isAll: true })).join()).toContain('All of them are being posted now')
    expect(backlogNote(state({ isAll: true, waiting: 1 }))).toBe(
      '1 request has no card yet: the cards are being posted, about one a second.',
    )
  })

  test('calls, where a deadline is near or over, whoever says so, and says that nobody holds the role by calling nobody', () => {
    const called =
      'The deadline of at least one of them is near or over: `/privacy list overdue` shows what is overdue.'

    expect(backlogMessage(state(), '<!subteam^S1>').text).toBe(
      `1990 requests without a card. <!subteam^S1> ${called}`,
    )
    expect(backlogMessage(state(), '').text).toBe(`1990 requests without a card. ${called}`)
  })

  test('is one of the security desk in its own words', () => {
    const security = state({ desk: shipped.of({ source: 'zendesk' }), waiting: 2 })

    expect(texts(security)[0]).toBe('2 tickets without a card')
    expect(texts(security)[1]).toContain('when Field Security says so')
    expect(backlogNote(security)).toBe(
      '2 tickets have no card yet: they are posted when Field Security says so.',
    )
  })

  test.each([0, 1, 10, 11, 119, 7_200, 10_000])('with %i is one that Slack takes', (waiting) => {
    expect(problemsWith(backlogMessage(state({ waiting })))).toEqual([])
    expect(problemsWith(backlogMessage(state({ waiting }), '<@U1>'))).toEqual([])
  })
})

test.each([
  undefined,
  '',
  '{',
  'null',
  '[]',
  '{"desk":"privacy"}',
  '{"desk":1,"howMany":"all"}',
  '{"desk":"privacy","howMany":"10"}',
])('a button with the value %s is none of ours', (value) => {
  expect(readPostCardsValue(value)).toBeUndefined()
})

/** Many elements of one message may have the same action id: Slack tells them apart by their block. */
import { beforeEach, expect, test } from 'vitest'
import { CHANNELS, PEOPLE } from '../../sandbox/slack/people.ts'
import { type Slack, slackInProcess } from '../../sandbox/slack/slack.ts'

let slack: Slack
beforeEach(() => {
  slack = slackInProcess({ now: () => new Date('2026-03-02T10:00:00.000Z'), origin: 'http://slack.local' })
})

const button = (value: string) =>
  ({ type: 'button', action_id: 'claim', text: { type: 'plain_text', text: 'Claim' }, value }) as const

function message(...values: readonly string[]) {
  const blocks = values.map((value) => ({
    type: 'actions',
    block_id: `of-${value}`,
    elements: [button(value)],
  }))
  const ts = slack.space.newTs()
  return slack.space.add({
    ...{ channel: CHANNELS.privacy.id, ts, user: PEOPLE.bot.id, text: 'Digest', blocks, deleted: false },
  })
}

const clicked = (where: ReturnType<typeof message>, block: string) =>
  slack.clickPayload(PEOPLE.engineer.id, where, { block, action: 'claim' }).actions

test('a click is on the element of its block', () => {
  expect(clicked(message('one', 'two'), 'of-two')).toMatchObject([{ value: 'two', block_id: 'of-two' }])
})

test('in a message that was updated since it was read, it is on the only one of its kind, and else on none', () => {
  expect(clicked(message('one'), 'gone')).toMatchObject([{ value: 'one' }])
  expect(() => clicked(message('one', 'two'), 'gone')).toThrow('Nothing "claim" to act on')
})

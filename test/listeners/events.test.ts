/** Events of Slack are acknowledged once they are stored: Slack sends again what was not acknowledged. */
import { expect, test } from 'vitest'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import { aSlackApp } from './a-desk.ts'

const opened = { type: 'app_home_opened', user: PEOPLE.engineer.id, tab: 'home' }

test('a Home that is opened is stored under the id of the event, and acknowledged', async () => {
  const { slack, desk } = await aSlackApp()

  const answer = await slack.event(opened)

  expect(answer.status).toBe(200)
  expect(desk.received.map(({ kind, payload }) => [kind, payload])).toEqual([
    ['home', { userId: PEOPLE.engineer.id, teamId: 'T01DESK', isOpened: true }],
  ])
  expect(desk.received[0]?.key).toMatch(/^home:Ev/)
})

test('an event that can’t be stored is not acknowledged, and the log says which it was', async () => {
  const { slack, desk, lines } = await aSlackApp()
  desk.broken = true

  const answer = await slack.event(opened)

  expect(answer.status).toBe(500)
  expect(lines.join('')).toContain('app_home_opened')
})

test.each([
  ['the Messages tab', { ...opened, tab: 'messages' }],
  ['an event that nobody asked for', { type: 'reaction_added', user: PEOPLE.engineer.id }],
  ['an event without a person', { type: 'app_home_opened' }],
])('%s is acknowledged and stores nothing', async (_what, event) => {
  const { slack, desk } = await aSlackApp()

  const answer = await slack.event(event)

  expect(answer.status).toBe(200)
  expect(desk.received).toEqual([])
})

test('over Socket Mode, too, what can’t be stored is sent again', async () => {
  const { slack, desk } = await aSlackApp({ socket: true })

  await slack.event(opened)

  expect(desk.received.map(({ kind }) => kind)).toEqual(['home'])
})

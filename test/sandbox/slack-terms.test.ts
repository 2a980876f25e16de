/** What the local Slack turns away by its limits, the app's scopes and the workspace's plan. */
import { WebAPIRateLimitedError } from '@slack/web-api'
import { describe, expect, onTestFinished, test } from 'vitest'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import { startSlack } from '../../sandbox/slack/slack.ts'
import { aClock } from '../services/local.ts'
import { clientOf, refusal } from './slack-client.ts'

async function aSlack() {
  const clock = aClock()
  const slack = await startSlack({ now: clock.now })
  onTestFinished(() => slack.close())
  return { clock, slack, client: clientOf(slack) }
}

/** The seconds that Slack says to wait; 0 where it took the call. */
function waitOf(call: Promise<unknown>): Promise<number> {
  return call.then(
    () => 0,
    (error: unknown) => (error instanceof WebAPIRateLimitedError ? error.retryAfter : Number.NaN),
  )
}

describe('limits', () => {
  test('a channel takes a burst and then a post a second; another channel has its own', async () => {
    const { clock, slack, client } = await aSlack()
    slack.space.terms.limits = { postBurst: 3 }
    const post = (channel: string) => waitOf(client.chat.postMessage({ channel, text: 'x' }))

    const burst = [await post('general'), await post('general'), await post('general'), await post('general')]
    const elsewhere = await post('privacy-team_help')
    clock.pass(1_000)
    const later = [await post('general'), await post('general')]

    expect([burst, elsewhere, later]).toEqual([[0, 0, 0, 1], 0, [0, 1]])
    expect(slack.messages('general')).toHaveLength(4)
  })

  test('each method has its own calls a minute, and what is turned away does not count', async () => {
    const { clock, slack, client } = await aSlack()
    slack.space.terms.limits = { postBurst: 1 }
    const groups = () => waitOf(client.usergroups.list())
    for (let n = 0; n < 20; n++) await groups()

    const over = [await groups(), await groups(), await waitOf(client.users.list({}))]
    clock.pass(60_000)

    expect([over, await groups()]).toEqual([[60, 60, 0], 0])
  })

  test('there are none unless they are wanted', async () => {
    const { slack, client } = await aSlack()

    for (let n = 0; n < 30; n++) await client.chat.postMessage({ channel: 'general', text: String(n) })

    expect(slack.messages('general')).toHaveLength(30)
  })
})

test('a method whose scope the app does not have is refused with what it needs', async () => {
  const { slack, client } = await aSlack()
  slack.space.terms.missingScopes = ['users:read', 'chat:write']

  const asked = await client.users.info({ user: PEOPLE.engineer.id }).catch((error) => error.data)

  expect(asked).toMatchObject({ error: 'missing_scope', needed: 'users:read' })
  expect(await refusal(client.chat.postMessage({ channel: 'general', text: 'x' }))).toBe('missing_scope')
  expect(await refusal(client.usergroups.list())).toBe('it was accepted')
})

test('in an Enterprise Grid a person may have no workspace, or another one, and a list of theirs', async () => {
  const { slack, client } = await aSlack()
  const member = slack.space.people.findIndex(({ id }) => id === PEOPLE.engineer.id)
  slack.space.people[member] = { ...PEOPLE.engineer, teamId: '', gridTeams: ['T01DESK', 'T07OTHER'] }

  const { user } = await client.users.info({ user: PEOPLE.engineer.id })

  expect(user?.team_id).toBeUndefined()
  expect(user?.enterprise_user?.teams).toEqual(['T01DESK', 'T07OTHER'])
})

test('an archived channel can be opened again', async () => {
  const { slack, client } = await aSlack()
  slack.space.archive('general')
  const closed = await refusal(client.chat.postMessage({ channel: 'general', text: 'x' }))
  slack.space.archive('general', false)

  expect([closed, await refusal(client.chat.postMessage({ channel: 'general', text: 'x' }))]).toEqual([
    'is_archived',
    'it was accepted',
  ])
})

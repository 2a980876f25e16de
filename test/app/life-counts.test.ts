/** What one request asks of GitLab and Slack from its arrival to its close, polls apart: calls, counted. */
import { describe, expect, test } from 'vitest'
import type { RecordedRequest } from '../../sandbox/fake-server.ts'
import { isOnPostgres } from '../postgres/databases.ts'
import { startWorld, type World } from './desk-world.ts'

type Calls = Readonly<Record<'gitlab' | 'slack', { readonly reads: number; readonly writes: number }>>

/** Of a life that takes days: what is kept for a minute is asked for again at each step of it. */
const later = { hours: 5 }

describe('From arrival to close, polls and digests apart', () => {
  test('an account deletion takes 35 calls of GitLab and 24 of Slack', async () => {
    const world = await settled()
    const counted = counter(world)

    const iid = await world.request()
    await afterwards(world)
    await world.decide(iid, 'Start', {
      'Account type': 'Free account',
      'Reason in the requester’s comment': 'None',
    })
    await afterwards(world)
    world.gitlab.requesterReplies(iid, 'I made it in 2019.')
    await world.drain()
    await afterwards(world)
    await world.decide(iid, 'Pass Verification', { 'The account is': 'Active' })
    await afterwards(world)
    await world.click(iid, 'Start Deletion')
    await afterwards(world)
    for (let step = 0; step < 3; step += 1) {
      world.gitlab.tickNext(iid + 1)
      await world.drain()
    }
    await world.decide(iid, 'Complete Request', {})

    expect(world.gitlab.issueView(iid).state).toBe('closed')
    expectCalls(counted(), { gitlab: { reads: 29, writes: 6 }, slack: { reads: 8, writes: 16 } })
  })

  test('a request without an answer takes 25 calls of GitLab and 5 of Slack', async () => {
    const world = await settled()
    const counted = counter(world)

    const iid = await world.request()
    world.clock.advance({ days: 8 })
    await world.drain()
    await world.click(iid, 'Close No Response')

    expect(world.gitlab.issueView(iid).state).toBe('closed')
    expectCalls(counted(), { gitlab: { reads: 22, writes: 3 }, slack: { reads: 2, writes: 3 } })
  })
})

/** To the call on SQLite; on PostgreSQL, whose answers take longer, more webhooks come in before the one before is handled. */
function expectCalls(counted: Calls, most: Calls): void {
  if (!isOnPostgres()) {
    expect(counted).toEqual(most)
    return
  }
  for (const service of ['gitlab', 'slack'] as const)
    for (const kind of ['reads', 'writes'] as const)
      expect(counted[service][kind]).toBeLessThanOrEqual(most[service][kind])
}

/** The bot has started, and no longer asks what it asks at each start. */
async function settled(): Promise<World> {
  const world = await startWorld({ startsAt: '2026-03-01T00:10:00.000Z' })
  await world.drain()
  return world
}

async function afterwards(world: World): Promise<void> {
  world.clock.advance(later)
  await world.drain()
}

/** Returns what has been asked since then, by service: how many calls read, and how many change something. */
function counter({ gitlab, slack }: Pick<World, 'gitlab' | 'slack'>): () => Calls {
  const from = { gitlab: gitlab.fake.requests.length, slack: slack.fake.requests.length }
  const counted = (asked: readonly RecordedRequest[], isWrite: (one: RecordedRequest) => boolean) => {
    const writes = asked.filter(isWrite).length
    return { reads: asked.length - writes, writes }
  }
  return () => ({
    gitlab: counted(gitlab.fake.requests.slice(from.gitlab), ({ method }) => method !== 'GET'),
    slack: counted(slack.fake.requests.slice(from.slack), ({ path }) => /\/(chat|views)\./.test(path)),
  })
}

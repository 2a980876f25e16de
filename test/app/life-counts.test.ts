/** What one request asks of GitLab and Slack from its arrival to its close, polls apart: calls, counted for each flow. */
import { describe, expect, test } from 'vitest'
import type { RecordedRequest } from '../../sandbox/fake-server.ts'
import { isOnPostgres } from '../postgres/databases.ts'
import { formCopy, startWorld, type World } from './desk-world.ts'

type Calls = Readonly<Record<'gitlab' | 'slack', { readonly reads: number; readonly writes: number }>>

/** Of a life that takes days: what is kept for a minute is asked for again at each step of it. */
const later = { hours: 5 }

type Act = (world: World, iid: number) => Promise<unknown>

const click =
  (button: string): Act =>
  (world, iid) =>
    world.click(iid, button)

const decide =
  (button: string, entries: Readonly<Record<string, string>> = {}): Act =>
  (world, iid) =>
    world.decide(iid, button, entries)

const replies: Act = async (world, iid) => {
  world.gitlab.requesterReplies(iid, 'I made it in 2019.')
  await world.drain()
}

const pass =
  (days: number): Act =>
  async (world) => {
    world.clock.advance({ days })
    await world.drain()
  }

/** All steps of its meta issue. */
const ticked: Act = async (world, iid) => {
  const meta = world.gitlab.issue(iid).links[0]?.to.iid ?? 0
  while (world.gitlab.tickNext(meta)) await world.drain()
}

const start = decide('Start', {
  'Account type': 'Free account',
  'Reason in the requester’s comment': 'None',
})
const verified = decide('Pass Verification', { 'The account is': 'Active' })
const deletion = [click('Start Deletion'), ticked, decide('Complete Request')]
const challenges = { 'Verification challenge questions': 'Greetings,\n\n1. When did you make the account?' }

const lives: readonly (readonly [name: string, type: string, acts: readonly Act[], Calls])[] = [
  [
    'an account deletion',
    'GitLab.com Account Deletion',
    [start, replies, verified, ...deletion],
    calls([15, 6], [8, 15]),
  ],
  [
    'an account deletion without an answer',
    'GitLab.com Account Deletion',
    [pass(8), click('Close No Response')],
    calls([12, 3], [2, 3]),
  ],
  [
    'that of a deceased user',
    'GitLab.com Account Deletion - Deceased User',
    [click('Start'), replies, click('Pass Verification'), ...deletion],
    calls([16, 7], [9, 16]),
  ],
  ['a portal deletion', 'Portal Account Deletion', deletion, calls([12, 4], [4, 9])],
  ['a marketing deletion', 'Marketing or Sales Account Deletion', deletion, calls([12, 4], [4, 8])],
  [
    'a data access request',
    'Data Access Request',
    [replies, click('Confirm E-mail'), click('Start Report'), ticked, decide('Complete Request')],
    calls([22, 3], [6, 13]),
  ],
  [
    'a data export',
    'Data Export Request',
    [
      replies,
      decide('Send Challenges', challenges),
      replies,
      click('Pass Verification'),
      decide('Exports Shared', { 'Folder link': 'https://drive.example.com/requests/1' }),
      pass(8),
      decide('Unshared'),
      decide('Complete Request'),
    ],
    calls([13, 7], [10, 16]),
  ],
  [
    'a general question',
    'General Question',
    [decide('Reply', { 'Reply to the requester': 'You find it in your profile.' }), click('Close Answered')],
    calls([5, 2], [4, 5]),
  ],
]

describe('From arrival to close, polls and digests apart', () => {
  test.each(lives)('%s', async (_name, type, acts, most) => {
    const world = await settled()
    const counted = counter(world)

    const iid = await world.request({ type })
    for (const act of acts) {
      world.clock.advance(later)
      await world.drain()
      await act(world, iid)
    }

    expect(world.gitlab.issueView(iid).state).toBe('closed')
    expectCalls(counted(), most)
  })

  test('an account deletion among ten that are worked together asks Slack 16 times at most', async () => {
    const world = await settled()
    const counted = counter(world)
    const all: number[] = []

    for (let one = 0; one < 10; one += 1) {
      const who = { Username: `owner.${one}`, 'Email Address': `owner.${one}@example.com` }
      all.push(await world.request({ description: formCopy(undefined, who) }))
    }
    for (const act of [start, replies, verified, ...deletion]) {
      world.clock.advance(later)
      await world.drain()
      for (const iid of all) await act(world, iid)
    }

    const { reads, writes } = counted().slack
    expect((reads + writes) / 10).toBeLessThanOrEqual(16)
  })
})

function calls(
  [gitlabReads, gitlabWrites]: readonly [number, number],
  [slackReads, slackWrites]: readonly [number, number],
): Calls {
  return {
    gitlab: { reads: gitlabReads, writes: gitlabWrites },
    slack: { reads: slackReads, writes: slackWrites },
  }
}

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

/** The bot has started, and no longer asks what it asks once in its life: which account of GitLab's is its own. */
async function settled(): Promise<World> {
  const world = await startWorld({ startsAt: '2026-03-01T00:10:00.000Z' })
  // It has no card, so that nothing is drawn of it later.
  await world.request({ title: 'Invalid Request Received' })
  return world
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

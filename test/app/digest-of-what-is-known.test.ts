/** A digest says nothing of what the bot has not looked at, and counts from where the last one ended. Both desks. */
import { describe, expect, test } from 'vitest'
import { channel, formCopy, people, securityChannel, startWorld, textOf, type World } from './desk-world.ts'

const digestsIn = (world: World, name: string, title: string) =>
  world.slack
    .messages(name)
    .filter(({ text }) => text.startsWith(title))
    .map(textOf)

const privacyDigests = (world: World) => digestsIn(world, channel, 'Privacy requests, ')
const securityDigests = (world: World) => digestsIn(world, securityChannel, 'Security tickets, ')

const unauthorized = { answer: { status: 401, body: { message: '401 Unauthorized' } } } as const

/** The bot has lost its database, and both services hold something open. */
async function anew(): Promise<World> {
  const world = await startWorld({ zendesk: true, startsAt: '2026-03-02T07:00:00.000Z' })
  await world.request()
  world.zendesk.submitTicket('Is my data encrypted at rest?')
  await world.drain()
  await world.forgetAll()
  return world
}

describe('Before the first poll that succeeds', () => {
  test('a bot that starts after its time says nothing until it has read what is open', async () => {
    const world = await anew()
    world.clock.advance({ hours: 5 })

    await world.restart()

    expect(privacyDigests(world)).toHaveLength(1)
    expect(privacyDigests(world)[0]).toContain('1 open request')
    expect(securityDigests(world)).toHaveLength(1)
    expect(securityDigests(world)[0]).toContain('1 open ticket')
  })

  test('a wrong token keeps the digest of its desk back, and of no other; it comes on the day it is mended', async () => {
    const world = await anew()
    world.gitlab.fake.fail({ times: Infinity, failure: unauthorized })
    world.clock.advance({ hours: 5 })
    await world.restart()
    await world.advance({ hours: 1 })
    expect(privacyDigests(world)).toEqual([])
    expect(securityDigests(world)).toHaveLength(1)

    world.gitlab.fake.heal()
    await world.advance({ minutes: 1 })

    expect(privacyDigests(world)).toHaveLength(1)
    expect(privacyDigests(world)[0]).toContain('1 open request')
  })

  test('the same of Zendesk', async () => {
    const world = await anew()
    world.zendesk.fake.fail({ times: Infinity, failure: unauthorized })
    world.clock.advance({ hours: 5 })
    await world.restart()
    await world.advance({ hours: 1 })
    expect(securityDigests(world)).toEqual([])
    expect(privacyDigests(world)).toHaveLength(1)

    world.zendesk.fake.heal()
    await world.advance({ minutes: 1 })

    expect(securityDigests(world)).toHaveLength(1)
  })
})

test('A token that is refused since yesterday: the digest says how old it is what it says', async () => {
  const world = await startWorld({ zendesk: true, startsAt: '2026-03-02T10:00:00.000Z' })
  await world.settle()
  world.gitlab.fake.fail({ times: Infinity, failure: unauthorized })
  world.zendesk.fake.fail({ times: Infinity, failure: unauthorized })

  await world.advance({ days: 1 })

  expect(privacyDigests(world).at(-1)).toContain(
    'nothing to do that the bot knows of. *GitLab can’t be read since Mar 2, 10:00 AM UTC*: this is as of then.',
  )
  expect(securityDigests(world).at(-1)).toContain(
    'nothing to do that the bot knows of. *Zendesk can’t be read since Mar 2, 10:00 AM UTC*: this is as of then.',
  )

  world.gitlab.fake.heal()
  world.zendesk.fake.heal()
  await world.advance({ days: 1 })

  expect(privacyDigests(world).at(-1)).toContain(': nothing to do.')
  expect(privacyDigests(world).at(-1)).not.toContain('could not be read')
})

describe('Since the last digest', () => {
  const another = (name: string) =>
    formCopy('GitLab.com Account Deletion', { Username: name, 'Email Address': `${name}@example.com` })

  test('what came between a digest that was late and the next one is counted once, over a restart', async () => {
    const world = await startWorld({ startsAt: '2026-03-01T11:00:00.000Z' })
    await world.settle()
    await world.request({ description: another('early.bird') })
    await world.advance({ hours: 22 })
    await world.restart()
    await world.advance({ hours: 24 })

    expect(privacyDigests(world).map((text) => /since .* new/.exec(text)?.[0])).toEqual([
      undefined,
      'since yesterday 1 new',
      undefined,
    ])
  })

  test('what came on days without a digest is counted in the next, which says since when', async () => {
    const world = await startWorld({ startsAt: '2026-03-01T10:00:00.000Z' })
    await world.settle()
    const iid = await world.request()
    await world.click(iid, 'Mark Spam')
    await world.stop()
    world.clock.advance({ days: 4 })
    await world.restart()

    expect(privacyDigests(world).at(-1)).toContain('since the digest of Mar 1: 1 new, 1 closed.')
  })

  test('a reply after the close is in the next digest, once, however long it is until then', async () => {
    const world = await startWorld({ startsAt: '2026-03-01T10:00:00.000Z' })
    await world.settle()
    const iid = await world.request()
    await world.click(iid, 'Mark Spam', people.engineer.id)
    await world.advance({ days: 1 })
    world.gitlab.requesterReplies(iid, 'But it is not spam')
    await world.drain()
    await world.stop()
    world.clock.advance({ days: 3 })
    await world.restart()
    await world.advance({ days: 1 })

    const named = privacyDigests(world).map((text) => text.includes('The requester replied after the close'))
    expect(named).toEqual([false, false, true, false])
  })
})

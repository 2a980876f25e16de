/** The digest is a place to work: its buttons are judged like those of the card, and do no harm when clicked again. */
import { describe, expect, test } from 'vitest'
import type { Message } from '../../sandbox/slack/workspace.ts'
import { channel, modalAfter, people, startWorld, textOf, type World } from './desk-world.ts'

const [ada, ben] = [people.engineer.id, people.secondEngineer.id]

/** A request to which nobody has answered in time, and the digest that lists it. */
async function silent(): Promise<{ readonly world: World; readonly iid: number; readonly digest: Message }> {
  const world = await startWorld()
  const iid = await world.request()
  await world.advance({ days: 9 })
  return { world, iid, digest: digestOf(world) }
}

function digestOf(world: World): Message {
  const digest = world.slack.messages(channel).findLast(({ text }) => text.startsWith('Privacy requests, '))
  if (!digest) throw new Error('there is no digest')
  return digest
}

async function click(world: World, by: string, digest: Message, button: string) {
  await world.slack.click(by, digest, { button }, { confirm: true })
  await world.drain()
}

describe('Claim in the digest', () => {
  test('makes the request theirs, and the next digest lists it under their name', async () => {
    const { world, iid, digest } = await silent()

    await click(world, ada, digest, 'Claim')
    await world.advance({ days: 1 })

    expect(world.told(ada)).toEqual([`#${iid} is yours now.`])
    expect(world.cardText(iid)).toContain(`<@${ada}>`)
    expect(textOf(digestOf(world))).toContain(`*<@${ada}>*`)
    expect(textOf(digestOf(world))).not.toContain('Unassigned')
  })

  test('clicked again changes nothing, and says so', async () => {
    const { world, iid, digest } = await silent()
    await click(world, ada, digest, 'Claim')

    await click(world, ada, digest, 'Claim')

    expect(world.told(ada).at(-1)).toBe(`#${iid} is yours already.`)
  })

  test('of two who click, one has it; the other is asked before they take it over', async () => {
    const { world, iid, digest } = await silent()
    await click(world, ada, digest, 'Claim')

    const view = await modalAfter(world, ben, () =>
      world.slack.click(ben, digest, { button: 'Claim' }, { confirm: true }),
    )

    expect(view?.title).toBe('Take Over')
    expect(world.cardText(iid)).toContain(`<@${ada}>`)
  })

  test('of two whose clicks come at once, one wins and the other is told who has it', async () => {
    const { world, iid, digest } = await silent()

    await Promise.all([ada, ben].map((by) => world.slack.click(by, digest, { button: 'Claim' })))
    await world.drain()

    const told = [...world.told(ada), ...world.told(ben)]
    expect(told.filter((text) => text === `#${iid} is yours now.`)).toHaveLength(1)
    expect(told.length + (world.slack.openView(ben) || world.slack.openView(ada) ? 1 : 0)).toBe(2)
  })

  test('without a role is refused, and stands in the audit log', async () => {
    const { world, iid, digest } = await silent()

    await click(world, people.member.id, digest, 'Claim')

    expect(world.told(people.member.id)).toEqual([
      expect.stringMatching(/^Only support engineers, support managers and Privacy can do that/),
    ])
    expect(world.cardText(iid)).not.toContain(people.member.id)
    expect(await world.audit()).toContainEqual(
      expect.objectContaining({ what: 'refused', who: `slack:${people.member.id}` }),
    )
  })
})

describe('Close No Response in the digest', () => {
  test('closes the request; clicked again it is refused, and nothing is sent twice', async () => {
    const { world, iid, digest } = await silent()

    await click(world, ada, digest, 'Close No Response')
    const after = world.done(iid)
    await click(world, ben, digest, 'Close No Response')

    expect(world.gitlab.issueView(iid).state).toBe('closed')
    expect(after.filter((what) => what.startsWith('reply: '))).toHaveLength(1)
    expect(world.done(iid)).toEqual(after)
    expect(world.told(ben)).toHaveLength(1)
  })

  test('of a requester who has written meanwhile is refused', async () => {
    const { world, iid, digest } = await silent()
    world.gitlab.requesterReplies(iid, 'Here are my answers')

    await click(world, ada, digest, 'Close No Response')

    expect(world.gitlab.issueView(iid).state).toBe('opened')
    expect(world.done(iid)).toEqual([])
  })

  test('without the role is refused', async () => {
    const { world, iid, digest } = await silent()

    await click(world, people.privacy.id, digest, 'Close No Response')

    expect(world.told(people.privacy.id)).toHaveLength(1)
    expect(world.done(iid)).toEqual([])
  })
})

describe('The audit log’s head', () => {
  test('is in the digest’s metadata and in its thread, and in no line of the channel', async () => {
    const { world, digest } = await silent()

    const thread = world.slack.thread(digest.ts).map(({ text }) => text)
    const head = /^Audit log: `(\d+:[0-9a-f]{64})`$/.exec(thread.at(-1) ?? '')?.[1]
    const posts = world.slack.fake
      .received('POST', /chat\.postMessage$/)
      .map(({ body }) => JSON.stringify(body))

    expect(head).toBeDefined()
    expect(posts.some((post) => post.includes(`audit_head`) && post.includes(head ?? ''))).toBe(true)
    expect(textOf(digest)).not.toContain('Audit log')
  })
})

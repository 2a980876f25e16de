import { describe, expect, it } from 'vitest'
import type { Failure } from '../../sandbox/fake-server.ts'
import { rateLimited } from '../../sandbox/slack/slack.ts'
import { channel, formCopy, people, snippet, startWorld, type World } from '../app/desk-world.ts'

const cards = (world: World, iid: number) =>
  world.slack.messages(channel).filter(({ text }) => text.startsWith(`#${iid} `))

const refused = (error: string): Failure => ({ answer: { status: 200, body: { ok: false, error } } })

const refusals: [string, Failure][] = [
  ['channel_not_found', refused('channel_not_found')],
  ['invalid_blocks', refused('invalid_blocks')],
  ['token_revoked', refused('token_revoked')],
  ['a code that nobody knows', refused('something_new')],
  ['500', { answer: { status: 500, body: 'Internal error' } }],
  ['ratelimited', rateLimited(30)],
  ['a dropped connection', { drop: 'connection' }],
  ['HTML', { answer: { status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Proxy</h1>' } }],
]

describe('Slack does not take the card', () => {
  it.each(refusals)(
    '%s for an hour: nothing is lost, and the card comes when Slack takes it',
    async (_how, failure) => {
      const world = await startWorld()
      world.slack.fake.fail({ path: /chat\.postMessage/, times: Infinity, failure })
      const { iid } = world.gitlab.submitRequest({ description: formCopy() })
      await world.settle()
      world.gitlab.requesterReplies(iid, 'My answers')
      await world.passTime(6, 600)
      expect(cards(world, iid)).toEqual([])

      world.slack.fake.heal()
      await world.passTime(6, 300)

      expect(cards(world, iid)).toHaveLength(1)
      expect(world.cardText(iid)).toContain('Answers are in: check them')
      await world.click(iid, 'Fail Verification')
      expect(world.done(iid).at(-1)).toBe('closed')
    },
  )

  it.each(refusals)('%s while a card is redrawn: GitLab does not wait for Slack', async (_how, failure) => {
    const world = await startWorld()
    const iid = await world.request()
    world.gitlab.requesterReplies(iid, 'My answers')
    await world.settle()
    world.slack.fake.fail({ path: /chat\.(update|postMessage)/, times: Infinity, failure })

    await world.click(iid, 'Fail Verification')
    const done = world.done(iid)
    world.slack.fake.heal()
    await world.passTime(6, 300)

    expect(done[0]).toBe(`reply: ${snippet('closed-verification-failed')}`)
    expect(done.at(-1)).toBe('closed')
    expect(world.done(iid)).toEqual(done)
    expect(world.cardText(iid)).toContain('*Done.*')
  })

  it('a card that somebody deleted is posted anew', async () => {
    const world = await startWorld()
    const iid = await world.request()
    const card = world.card(iid)
    world.slack.space.replace(card, { deleted: true })

    world.gitlab.requesterReplies(iid, 'My answers')
    await world.settle()
    await world.passTime(3, 10)

    expect(cards(world, iid)).toHaveLength(1)
    expect(world.card(iid).ts).not.toBe(card.ts)
    expect(world.cardText(iid)).toContain('Answers are in: check them')
  })

  it('a thread message that Slack may have taken is said at most twice', async () => {
    const world = await startWorld()
    const iid = await world.request()
    const lost: Failure = { applied: true, drop: 'connection' }
    world.slack.fake.fail({ path: /chat\.postMessage/, times: Infinity, failure: lost })

    world.gitlab.requesterReplies(iid, 'My answers')
    await world.settle()
    await world.passTime(12, 60)

    expect(world.thread(iid).length).toBeGreaterThanOrEqual(1)
    expect(world.thread(iid).length).toBeLessThanOrEqual(2)
  })
})

// Refused once, it stands before everything the thread says later, and no card offers Try Again for it.
it.each(['not_in_channel', 'channel_not_found', 'is_archived'])(
  'a thread message that Slack refused (%s) is said once Slack takes it, and so is what follows',
  async (error) => {
    const world = await startWorld()
    const iid = await world.request()
    world.slack.fake.fail({ path: /chat\.postMessage/, times: Infinity, failure: refused(error) })
    world.gitlab.requesterReplies(iid, 'My answers')
    await world.passTime(3, 60)
    world.slack.fake.heal()

    await world.passTime(3, 300)
    await world.click(iid, 'Request Exception')
    await world.passTime(3, 60)

    expect(world.thread(iid)[0]).toBe(
      `<!subteam^S01ENGINEERS> The requester replied on #${iid}. Next: “Answers are in: check them”.`,
    )
    expect(world.thread(iid).join('\n')).toContain('requests a sole-owner exception')
  },
)

describe('Slack cannot say who holds which role', () => {
  it.each([
    ['users.info', /users\.info/],
    ['usergroups.list', /usergroups\.list/],
    ['usergroups.users.list', /usergroups\.users\.list/],
    ['anything about people', /(users|usergroups)\./],
  ])('%s fails: the click is refused with the reason, and audited', async (_what, path) => {
    const world = await startWorld()
    const iid = await world.request()
    world.gitlab.requesterReplies(iid, 'My answers')
    await world.settle()
    world.slack.space.terms.groupsWithoutMembers = true
    world.slack.fake.fail({ path, times: Infinity, failure: { answer: { status: 500 } } })

    await world.click(iid, 'Fail Verification')
    await world.click(iid, 'Fail Verification', people.member.id)

    const because =
      'Slack can’t tell right now who has which role, so nothing was done. Try again in a minute.'
    expect(world.told(people.engineer.id)).toEqual([because])
    expect(world.told(people.member.id)).toEqual([because])
    expect(world.done(iid)).toEqual([])
    const audit = (await world.audit()).filter(({ what }) => what === 'refused')
    expect(audit.map(({ who, details }) => [who, details.because])).toEqual([
      [`slack:${people.engineer.id}`, because],
      [`slack:${people.member.id}`, because],
    ])
  })

  it('a group that no longer exists has no members', async () => {
    const world = await startWorld()
    const iid = await world.request()
    world.gitlab.requesterReplies(iid, 'My answers')
    await world.settle()
    world.slack.space.terms.groupsWithoutMembers = true
    const failure = refused('no_such_subteam')
    world.slack.fake.fail({ path: /usergroups\.users\.list/, times: Infinity, failure })

    await world.click(iid, 'Fail Verification')

    expect(world.told(people.engineer.id)).toEqual([
      'Only a support engineer or a support manager can use Fail Verification. Ask <!subteam^S01ENGINEERS> <!subteam^S01MANAGERS>.',
    ])
    expect(world.done(iid)).toEqual([])
  })

  it('a refusal that cannot be told is a refusal all the same', async () => {
    const world = await startWorld()
    const iid = await world.request()
    world.gitlab.requesterReplies(iid, 'My answers')
    await world.settle()
    world.slack.fake.fail({
      path: /response|postEphemeral|postMessage|views/,
      times: Infinity,
      failure: { drop: 'connection' },
    })

    await world.slack.click(people.member.id, world.card(iid), { button: 'Fail Verification' })
    await expect.poll(() => world.logged.join('')).toContain('The person could not be told')
    await world.drain()

    expect(world.done(iid)).toEqual([])
    expect((await world.audit()).filter(({ what }) => what === 'refused')).toHaveLength(1)
  })
})

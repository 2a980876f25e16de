import { describe, expect, it } from 'vitest'
import { GROUPS, OTHER_TEAM_ID } from '../../sandbox/slack/people.ts'
import { channel, people, snippet, startWorld, type World } from './desk-world.ts'

async function evaluated(world: World): Promise<number> {
  const iid = await world.request()
  world.gitlab.requesterReplies(iid, 'My answers')
  await world.settle()
  return iid
}

const failed = [
  `reply: ${snippet('closed-verification-failed')}`,
  'add Account Verification Failed',
  'add deletion request::denied',
  'closed',
]

const { engineer, secondEngineer, manager, member, guest, stranger, bot, left } = people

describe('two people click at once', () => {
  it('the same button: the first wins, and the second is told by whom and when', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const card = world.card(iid)
    const click = (by: string) =>
      world.slack.click(by, card, { button: 'Fail Verification' }, { confirm: true })

    const answers = await Promise.all([click(engineer.id), click(secondEngineer.id)])
    await world.settle()

    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(world.done(iid)).toEqual(failed)
    const [winner, loser] = [engineer.id, secondEngineer.id].sort(
      (one, other) => world.told(one).length - world.told(other).length,
    )
    expect(world.told(winner ?? '')).toEqual([])
    expect(world.told(loser ?? '')).toEqual([
      `Fail Verification was not done: #${iid} is now at “Closed”: <@${winner}> chose Fail Verification, Mar 1, 10:00 AM UTC.`,
    ])
  })

  it('different buttons that exclude each other: one is done, whole', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const card = world.card(iid)

    await Promise.all([
      world.slack.click(engineer.id, card, { button: 'Fail Verification' }, { confirm: true }),
      world.slack.click(secondEngineer.id, card, { button: 'Mark Spam' }, { confirm: true }),
    ])
    await world.settle()

    const spam = ['add Invalid Request::Spam', 'closed']
    expect([failed, spam]).toContainEqual(world.done(iid))
    expect([...world.told(engineer.id), ...world.told(secondEngineer.id)]).toHaveLength(1)
  })

  it('ten clicks of five people: one decision', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const card = world.card(iid)
    const who = [engineer.id, secondEngineer.id, manager.id, engineer.id, secondEngineer.id]

    await Promise.all(
      [...who, ...who].map((by) =>
        world.slack.click(by, card, { button: 'Fail Verification' }, { confirm: true }),
      ),
    )
    await world.settle()

    expect(world.done(iid)).toEqual(failed)
    const decided = (await world.audit()).filter(({ what }) => what === 'decided')
    expect(decided).toHaveLength(1)
  })

  it('two modals of the same decision: one is taken', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const entries = { 'The account is': 'active' }
    const first = await world.openModal(iid, 'Pass Verification', engineer.id)
    const second = await world.openModal(iid, 'Pass Verification', secondEngineer.id)

    await Promise.all([
      world.slack.submit(engineer.id, first?.id ?? '', entries),
      world.slack.submit(secondEngineer.id, second?.id ?? '', entries),
    ])
    await world.settle()

    const audit = await world.audit()
    expect(audit.filter(({ what }) => what === 'decided')).toHaveLength(1)
  })

  it('on different requests: neither waits for the other', async () => {
    const world = await startWorld()
    const iids = [await evaluated(world), await evaluated(world), await evaluated(world)]

    const hands = [engineer.id, secondEngineer.id, people.manager.id]
    await Promise.all(
      iids.map((iid, index) =>
        world.slack.click(
          hands[index] ?? '',
          world.card(iid),
          { button: 'Fail Verification' },
          { confirm: true },
        ),
      ),
    )
    await world.settle()
    // Where others could share our limits, one has nothing of them at first.
    await world.passTime(3, 1)

    for (const iid of iids) expect(world.done(iid)).toEqual(failed)
  })
})

describe('a click races with what happens in GitLab', () => {
  it('the issue is closed in GitLab while the button is clicked: nothing is sent', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const card = world.card(iid)
    world.gitlab.webhooks.hold()
    world.gitlab.someoneCloses(iid, 'omar.engineer')

    await world.slack.click(engineer.id, card, { button: 'Fail Verification' }, { confirm: true })
    await world.settle()
    world.gitlab.webhooks.release()
    await world.settle()

    expect(world.done(iid)).toEqual([])
    expect(world.told(engineer.id)).toEqual([
      `Fail Verification was not done: #${iid} is now at “Closed”: Closed in GitLab, by somebody in GitLab, Mar 1, 10:00 AM UTC.`,
    ])
  })

  it('a reply that nobody has seen yet counts against Close No Response', async () => {
    const world = await startWorld()
    const iid = await world.request()
    await world.advance({ days: 9 })
    const card = world.card(iid)
    world.gitlab.webhooks.hold()
    world.gitlab.requesterReplies(iid, 'Sorry that I am late')

    await world.slack.click(engineer.id, card, { button: 'Close No Response' }, { confirm: true })
    await world.settle()
    world.gitlab.webhooks.release()
    await world.settle()

    expect(world.done(iid)).toEqual([])
    expect(world.cardText(iid)).toContain('Answers are in: check them')
    expect(world.thread(iid)).toContain(
      `<!subteam^S01ENGINEERS> The requester replied on #${iid}. Next: “Answers are in: check them”.`,
    )
  })
})

describe('a button on an old card', () => {
  it('that another card has taken the place of works the same', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const old = world.card(iid)
    world.slack.space.replace(old, { deleted: true })
    world.gitlab.requesterReplies(iid, 'More answers')
    await world.settle()
    await world.passTime(2, 10)

    await world.slack.click(engineer.id, old, { button: 'Fail Verification' }, { confirm: true })
    await world.settle()

    expect(world.done(iid)).toEqual(failed)
  })

  it('of a request that is closed by now is answered politely', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const old = world.card(iid)
    await world.click(iid, 'Fail Verification')
    await world.advance({ minutes: 5 })

    await world.slack.click(secondEngineer.id, old, { button: 'Mark Spam' }, { confirm: true })
    await world.slack.click(secondEngineer.id, old, { button: 'Pass Verification' })
    await world.settle()

    expect(world.done(iid)).toEqual(failed)
    const now = `#${iid} is now at “Closed”: <@${engineer.id}> chose Fail Verification, Mar 1, 10:00 AM UTC.`
    await expect
      .poll(() => world.told(secondEngineer.id).toSorted())
      .toEqual([`Mark Spam was not done: ${now}`, `Pass Verification was not done: ${now}`])
  })

  it('whose name does something else by now does not do that', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const old = world.card(iid)
    await world.click(iid, 'Request Exception')

    await world.slack.click(secondEngineer.id, old, { button: 'Fail Verification' }, { confirm: true })
    await world.settle()

    expect(world.done(iid)).toEqual([])
    await expect
      .poll(() => world.told(secondEngineer.id))
      .toEqual([
        `Fail Verification was not done: #${iid} has changed since this was posted (now: Exception requested: approve it or fail verification). Decide on the current card: \`/privacy show ${iid}\`.`,
      ])
  })
})

describe('a click by somebody who may not', () => {
  it.each([
    ['a guest', guest.id, 'Guests can’t use Privacy Desk. Ask a colleague who isn’t a guest.'],
    [
      'a member without a role',
      member.id,
      'Only a support engineer or a support manager can use Fail Verification.',
    ],
    ['a bot', bot.id, 'Apps and bots can’t use Privacy Desk.'],
  ])('%s is refused privately, and audited', async (_who, by, because) => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const card = world.card(iid)

    await world.click(iid, 'Fail Verification', by)

    expect(world.told(by)).toEqual([expect.stringContaining(because)])
    expect(world.done(iid)).toEqual([])
    expect(world.card(iid)).toEqual(card)
    expect((await world.audit()).filter(({ what }) => what === 'refused')).toMatchObject([
      { who: `slack:${by}`, iid, details: { decision: 'fail-verification', because } },
    ])
  })

  it.each([
    ['a stranger of another organisation', stranger.id],
    ['somebody who has left', left.id],
  ])('%s is refused privately, though Slack Connect brings them into the channel', async (_who, by) => {
    const world = await startWorld()
    const iid = await evaluated(world)
    world.slack.join(channel, by)

    await world.click(iid, 'Fail Verification', by)

    expect(world.told(by)).toHaveLength(1)
    expect(world.told(by)[0]).toMatch(/Only members of this Slack workspace|deactivated/)
    expect(world.done(iid)).toEqual([])
  })

  it('somebody of ours whose click claims to come from another team is refused', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const click = world.slack.clickPayload(
      engineer.id,
      world.card(iid),
      { button: 'Fail Verification' },
      { confirm: true },
    )
    const user = { ...(click.user as object), team_id: OTHER_TEAM_ID }

    const body = new URLSearchParams({ payload: JSON.stringify({ ...click, user }) }).toString()
    await world.slack.deliverSigned(body)
    await world.settle()

    expect(world.done(iid)).toEqual([])
    expect(world.told(engineer.id)).toEqual(['Only members of this Slack workspace can use Privacy Desk.'])
  })

  it('Approve Exception by a support engineer is refused with who may', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    await world.click(iid, 'Request Exception')

    const view = await world.openModal(iid, 'Approve Exception', secondEngineer.id)

    expect(view).toBeUndefined()
    expect(world.told(secondEngineer.id)).toEqual([
      'Only a support manager can use Approve Exception. Ask <!subteam^S01MANAGERS>.',
    ])
  })
})

describe('a role that is lost between the card and the click', () => {
  it('is noticed after at most 60 seconds', async () => {
    const world = await startWorld()
    const first = await evaluated(world)
    const second = await evaluated(world)
    await world.click(first, 'Fail Verification')
    world.slack.setGroupMembers(GROUPS.engineers.handle, [secondEngineer.id])

    await world.advance({ seconds: 60 })
    await world.click(second, 'Fail Verification')

    expect(world.done(first)).toEqual(failed)
    expect(world.done(second)).toEqual([])
    expect(world.told(engineer.id)).toEqual([
      'Only a support engineer or a support manager can use Fail Verification. Ask <!subteam^S01ENGINEERS> <!subteam^S01MANAGERS>.',
    ])
  })

  it('and between the modal and its submit, too', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const view = await world.openModal(iid, 'Pass Verification')
    world.slack.setGroupMembers(GROUPS.engineers.handle, [secondEngineer.id])
    await world.advance({ seconds: 60 })

    const answer = await world.slack.submit(engineer.id, view?.id ?? '', { 'The account is': 'active' })
    await world.settle()

    expect(answer.body).toEqual({
      response_action: 'errors',
      errors: {
        'field:accountState': 'Only a support engineer or a support manager can use Pass Verification.',
      },
    })
    expect(world.cardText(iid)).toContain('Answers are in: check them')
    expect((await world.audit()).filter(({ what }) => what === 'refused')).toMatchObject([
      { who: `slack:${engineer.id}`, iid, details: { decision: 'pass-verification' } },
    ])
  })
})

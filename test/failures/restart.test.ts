import { describe, expect, it } from 'vitest'
import type { Failure } from '../../sandbox/fake-server.ts'
import { channel, formCopy, people, snippet, startWorld, type World } from '../app/desk-world.ts'

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

const down: Failure = { answer: { status: 429, headers: { 'retry-after': '1' }, body: {} } }
const cards = (world: World) => world.slack.messages(channel).filter(({ text }) => text.startsWith('#'))

describe('the bot is stopped in the middle', () => {
  it('after the click is acknowledged and before anything is done: all is done exactly once', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    world.gitlab.fake.fail({ method: 'POST', times: Infinity, failure: down })
    await world.click(iid, 'Fail Verification')

    await world.stop()
    world.gitlab.fake.heal()
    expect(world.done(iid)).toEqual([])
    await world.restart()
    await world.passTime(5, 10)

    expect(world.done(iid)).toEqual(failed)
    expect(
      world.gitlab.mails.filter(({ text }) => text === snippet('closed-verification-failed')),
    ).toHaveLength(1)
    expect(cards(world)).toHaveLength(1)
    expect(world.cardText(iid)).toContain('*Done.*')
  })

  it.each([1, 2, 3])('after %i of the effects: the others follow, none comes again', async (count) => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const write = { path: /\/issues\/\d+(\/notes)?$/ }
    if (count === 1) world.gitlab.fake.fail({ ...write, method: 'PUT', times: Infinity, failure: down })
    if (count === 2)
      world.gitlab.fake.fail({ ...write, method: 'PUT', after: 1, times: Infinity, failure: down })
    await world.click(iid, 'Fail Verification')

    await world.restart()
    world.gitlab.fake.heal()
    await world.restart()
    await world.passTime(5, 10)

    expect(world.done(iid)).toEqual(failed)
    expect(world.cardText(iid)).toContain('*Done.*')
  })

  it('with a reply whose answer was lost: it is looked up after the start and sent once', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const lost: Failure = { applied: true, drop: 'connection' }
    world.gitlab.fake.fail({ method: 'POST', path: /\/notes$/, failure: lost })
    await world.click(iid, 'Fail Verification')

    await world.restart()
    await world.passTime(5, 10)

    expect(world.done(iid)).toEqual(failed)
  })

  it('a click that is acknowledged and not yet handled is handled at the start', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const card = world.card(iid)
    const { status } = await world.slack.click(
      people.engineer.id,
      card,
      { button: 'Fail Verification' },
      { confirm: true },
    )

    await world.stop()
    await world.restart()
    await world.passTime(5, 10)

    expect(status).toBe(200)
    expect(world.done(iid)).toEqual(failed)
  })

  it('a webhook that is acknowledged and not yet handled is handled at the start', async () => {
    const world = await startWorld()
    world.gitlab.fake.fail({ method: 'GET', times: Infinity, failure: down })
    const { iid } = world.gitlab.submitRequest({ description: formCopy() })
    await world.gitlab.webhooks.settled()
    expect(world.gitlab.webhooks.deliveries.flatMap(({ answers }) => answers)).toEqual([200, 200])

    await world.stop()
    world.gitlab.fake.heal()
    await world.restart()
    await world.passTime(5, 10)

    expect(cards(world)).toHaveLength(1)
    expect(world.slack.buttons(world.card(iid))).toContain('Start')
  })

  it('a restart with nothing to do says nothing and changes nothing', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    await world.click(iid, 'Fail Verification')
    const before = {
      done: world.done(iid),
      messages: world.slack.messages(channel),
      thread: world.thread(iid),
    }

    await world.restart()
    await world.restart()
    await world.passTime(3, 10)

    expect({
      done: world.done(iid),
      messages: world.slack.messages(channel),
      thread: world.thread(iid),
    }).toEqual(before)
  })

  it('the same webhook and the same submit after a restart are known', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const view = await world.openModal(iid, 'Fail Verification')
    const submit = world.slack.submitPayload(people.engineer.id, view?.id ?? '')
    const body = new URLSearchParams({ payload: JSON.stringify(submit) }).toString()
    await world.slack.deliverSigned(body)
    await world.settle()

    await world.restart()
    await world.slack.deliverSigned(body)
    for (const delivery of [...world.gitlab.webhooks.deliveries]) world.gitlab.webhooks.resend(delivery)
    await world.settle()
    await world.passTime(3, 10)

    expect(world.done(iid)).toEqual(failed)
    expect(world.told(people.engineer.id)).toEqual([])
  })
})

describe('what happened while the bot was down is seen once it is back', () => {
  it('a new request, a reply, a label, a close and a reopen', async () => {
    const world = await startWorld()
    const [replied, labelled, closed, reopened] = [
      await world.request({ email: 'a@example.com' }),
      await world.request({ email: 'b@example.com' }),
      await world.request({ email: 'c@example.com' }),
      await world.request({ email: 'd@example.com' }),
    ]
    world.gitlab.someoneCloses(reopened, 'ines.engineer')
    world.gitlab.requesterReplies(labelled, 'My answers')
    await world.settle()
    await world.stop()
    world.clock.advance({ hours: 3 })
    world.gitlab.requesterReplies(replied, 'My answers')
    world.gitlab.someoneLabels(labelled, 'mona.manager', ['Deletion Request::Exception Approved'])
    world.gitlab.someoneCloses(closed, 'omar.engineer')
    world.gitlab.someoneReopens(reopened, 'omar.engineer')
    const { iid: arrived } = world.gitlab.submitRequest({ description: formCopy('Full Deletion') })
    world.clock.advance({ hours: 1 })

    await world.restart()
    await world.restart()
    await world.passTime(2, 5)

    expect(world.cardText(replied)).toContain('Answers are in: check them')
    expect(world.thread(replied)).toEqual([
      `<!subteam^S01ENGINEERS> The requester replied on #${replied}. Next: “Answers are in: check them”.`,
    ])
    expect(world.cardText(labelled)).toContain('Ready: start the deletion')
    expect(world.cardText(closed)).toContain('Closed in GitLab without the handbook’s reply')
    expect(world.cardText(reopened)).toContain('Waiting for the challenge answers')
    expect(world.cardText(arrived)).toContain('Full Deletion')
    expect(cards(world)).toHaveLength(5)
    for (const iid of [replied, labelled, closed, reopened, arrived]) expect(world.done(iid)).toEqual([])
  })
})

describe('the database is lost', () => {
  async function lose(world: World): Promise<void> {
    await world.loseDatabase()
    world.clock.advance({ hours: 1 })
    await world.restart()
    await world.passTime(3, 10)
  }

  it('every open request is built up again from GitLab, at the step it stood at, and nothing is done twice', async () => {
    const world = await startWorld()
    const waiting = await world.request({ email: 'a@example.com' })
    const replied = await evaluated(world)
    const approved = await evaluated(world)
    world.gitlab.someoneLabels(approved, 'mona.manager', ['Deletion Request::Exception Approved'])
    const closed = await evaluated(world)
    await world.click(closed, 'Fail Verification')
    const before = deskIssues(world).map(({ iid }) => world.done(iid))
    const messages = cards(world).length

    await lose(world)

    expect(world.cardText(waiting)).toContain('Waiting for the challenge answers')
    expect(world.cardText(replied)).toContain('Answers are in: check them')
    expect(world.cardText(approved)).toContain('Ready: start the deletion')
    expect(cards(world).length - messages).toBe(3)
    expect(deskIssues(world).map(({ iid }) => world.done(iid))).toEqual(before)
    await world.click(replied, 'Fail Verification')
    expect(world.done(replied)).toEqual(failed)
  })

  it('a card from before the loss says politely that it is not known any more', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const old = world.card(iid)

    await lose(world)
    await world.slack.click(people.engineer.id, old, { button: 'Fail Verification' }, { confirm: true })
    await world.settle()

    expect(world.done(iid)).toEqual([])
    await expect
      .poll(() => world.told(people.engineer.id))
      .toEqual([
        'I’m not tracking this request anymore. `/privacy list` and `/security list` show the open ones; `/privacy track 123` starts tracking an issue.',
      ])
  })

  it('a deletion under way is known by its meta issue, and is not started a second time', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    await world.decide(iid, 'Pass Verification', { 'The account is': 'active' })
    await world.click(iid, 'Start Deletion')
    await world.passTime(3, 10)

    await lose(world)

    expect(world.cardText(iid)).toContain('Deletion in progress in the meta issue')
  })
})

function deskIssues({ gitlab }: World) {
  return gitlab.world.issues.filter(({ project }) => project.serviceDesk)
}

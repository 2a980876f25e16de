import { describe, expect, it } from 'vitest'
import { gitlabWebhookSecret } from '../../sandbox/services.ts'
import { channel, formCopy, people, startWorld, type World } from '../app/desk-world.ts'
import { isOnPostgres } from '../postgres/databases.ts'

const cards = (world: World) => world.slack.messages(channel).filter(({ text }) => text.startsWith('#'))

const titlesOf = (world: World) =>
  cards(world)
    .map(({ text }) => Number(/^#(\d+)/.exec(text)?.[1]))
    .sort((one, other) => one - other)

/** So many requests of as many people, without an automatic response to keep it quick. */
function submit(world: World, count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    world.clock.advance({ seconds: 1 })
    const email = `person-${index}@example.com`
    const description = formCopy(undefined, { Username: `person-${index}`, 'Email Address': email })
    return world.gitlab.submitRequest({ description, email, autoResponse: undefined }).iid
  })
}

describe('without a webhook the poll brings everything', () => {
  it('also what a webhook under the poll’s own key was sent for beforehand', async () => {
    const world = await startWorld({ webhook: false, sockets: true })
    const iid = await world.request()
    const from = world.clock.now().getTime()
    const body = JSON.stringify({
      object_kind: 'issue',
      project: { id: 101, path_with_namespace: 'support/personal-account-requests' },
      object_attributes: { iid, action: 'update' },
    })
    for (let second = 0; second < 180; second += 1) {
      const id = `${iid}:poll:${new Date(from + second * 1000).toISOString()}`
      const headers = { 'x-gitlab-token': gitlabWebhookSecret, 'webhook-id': id }
      const { status } = await fetch(`${world.url}/webhooks/gitlab`, { method: 'POST', headers, body })
      expect(status).toBe(200)
    }
    await world.settle()

    await world.advance({ minutes: 2 })
    world.gitlab.requesterReplies(iid, 'My answers')
    await world.advance({ minutes: 1 })

    expect(world.cardText(iid)).toContain('Answers are in: check them')
  })

  it('a request, a reply, a label set by hand, a close and a reopen', async () => {
    const world = await startWorld({ webhook: false })
    const iid = await world.request()
    const atFirst = world.cardText(iid)
    await world.advance({ minutes: 2 })
    world.gitlab.requesterReplies(iid, 'My answers')
    await world.advance({ minutes: 2 })
    const replied = world.cardText(iid)
    world.gitlab.someoneLabels(iid, 'mona.manager', ['Deletion Request::Exception Approved'])
    await world.advance({ minutes: 2 })
    const labelled = world.cardText(iid)
    world.gitlab.someoneCloses(iid, 'omar.engineer')
    await world.advance({ minutes: 2 })
    const closed = world.cardText(iid)
    world.gitlab.someoneReopens(iid, 'omar.engineer')
    await world.advance({ minutes: 2 })

    expect(atFirst).toContain('Waiting for the challenge answers')
    expect(replied).toContain('Answers are in: check them')
    expect(labelled).toContain('Ready: start the deletion')
    expect(closed).toContain('Closed in GitLab without the handbook’s reply')
    expect(world.cardText(iid)).toContain('Ready: start the deletion')
    expect(cards(world)).toHaveLength(1)
    expect(world.gitlab.webhooks.deliveries).toEqual([])
  })

  it('a close and a reopen of which GitLab has no event, once, also when the events come late', async () => {
    const world = await startWorld({ webhook: false })
    const iid = await world.request()
    await world.advance({ minutes: 2 })
    const atFirst = world.cardText(iid)
    world.gitlab.lacksStateEvents = true
    world.gitlab.someoneCloses(iid, 'omar.engineer')
    await world.passTime(4, 60)
    const closed = world.cardText(iid)
    world.gitlab.someoneReopens(iid, 'omar.engineer')
    await world.passTime(4, 60)
    const reopened = world.cardText(iid)
    world.gitlab.stateEventsCome()
    world.gitlab.someoneComments(iid, 'omar.engineer', 'By mistake.', { internal: true })
    await world.passTime(4, 60)

    expect(atFirst).toContain('Waiting for the challenge answers')
    expect(closed).toContain('Closed in GitLab without the handbook’s reply')
    expect(reopened).toContain('Waiting for the challenge answers')
    expect(world.cardText(iid)).toBe(reopened)
    const seen = (await world.audit()).filter(({ what }) => what === 'seen')
    expect(seen.map(({ details, who }) => [details.name, who])).toEqual([
      ['issue-closed', 'gitlab'],
      ['issue-reopened', 'gitlab'],
    ])
  })

  it('the bot’s own close without an event is nothing that somebody else has done', async () => {
    const world = await startWorld({ webhook: false })
    const iid = await world.request()
    await world.advance({ minutes: 2 })
    world.gitlab.lacksStateEvents = true
    await world.advance({ days: 8 })
    await world.click(iid, 'Close No Response')
    await world.passTime(6, 60)

    expect(world.gitlab.issue(iid).state).toBe('closed')
    const seen = (await world.audit()).filter(({ what }) => what === 'seen')
    expect(seen.map(({ details }) => details.name)).toEqual([])
  })

  it('a reply or a label within a minute of the last change, which GitLab shows in no list', async () => {
    const world = await startWorld({ webhook: false })
    const iid = await world.request()
    const { updatedAt } = world.gitlab.issue(iid)
    await world.advance({ seconds: 40 })
    world.gitlab.requesterReplies(iid, 'My answers')
    await world.advance({ minutes: 1 })
    await world.advance({ minutes: 1 })
    const replied = world.cardText(iid)
    world.gitlab.someoneLabels(iid, 'omar.engineer', ['priority::1'])
    await world.advance({ seconds: 40 })
    world.gitlab.someoneLabels(iid, 'mona.manager', ['Deletion Request::Exception Approved'])
    await world.advance({ minutes: 1 })
    await world.advance({ minutes: 1 })

    expect(replied).toContain('Answers are in: check them')
    expect(world.cardText(iid)).toContain('Ready: start the deletion')
    expect(Date.parse(world.gitlab.issue(iid).updatedAt) - Date.parse(updatedAt)).toBeLessThan(4 * 60_000)
  })

  it('such a reply after a time without polls, too', async () => {
    const world = await startWorld({ webhook: false })
    const iid = await world.request()
    world.gitlab.requesterReplies(iid, 'My answers')

    await world.advance({ days: 3 })

    expect(world.cardText(iid)).toContain('Answers are in: check them')
  })

  it('an issue is read twice more after a change, and not again', async () => {
    const world = await startWorld({ webhook: false })
    const iid = await world.request()
    const reads = () => world.gitlab.fake.received('GET', new RegExp(`/issues/${iid}/notes`)).length
    const atFirst = reads()
    for (let minute = 0; minute < 10; minute += 1) await world.advance({ minutes: 1 })

    expect(reads() - atFirst).toBe(2)
  })

  it('and with both, each thing is told once', async () => {
    const world = await startWorld({ webhook: true })
    const iid = await world.request()
    world.gitlab.requesterReplies(iid, 'My answers')
    await world.passTime(10, 60)

    expect(world.thread(iid)).toEqual([
      `<!subteam^S01ENGINEERS> The requester replied on #${iid}. Next: “Answers are in: check them”.`,
    ])
    const seen = (await world.audit()).filter(({ what }) => what === 'seen')
    expect(seen.map(({ details }) => details.name)).toEqual(['requester-replied'])
  })

  it('the ticks of the meta issue come in as well, up to the last one', async () => {
    const world = await startWorld({ webhook: false })
    const iid = await world.request()
    await world.advance({ minutes: 2 })
    world.gitlab.requesterReplies(iid, 'My answers')
    await world.advance({ minutes: 1 })
    await world.decide(iid, 'Pass Verification', { 'The account is': 'active' })
    await world.click(iid, 'Start Deletion')
    await world.passTime(2, 30)
    const meta = world.gitlab.world.issues.find(({ title }) => title === 'requester@example.com')
    if (!meta) throw new Error('no meta issue')

    while (world.gitlab.tickNext(meta.iid)) await world.advance({ minutes: 1 })
    await world.advance({ minutes: 1 })

    expect(world.cardText(iid)).toContain('3 of 3 steps done')
    expect(world.thread(iid).at(-1)).toBe(
      `<!subteam^S01ENGINEERS> All steps in #${meta.iid} are done. You can complete the request.`,
    )
    expect(cards(world)).toHaveLength(1)
  })
})

describe('lists of several pages', () => {
  // A clock that jumps by 20 s is a replica that stood still: its share of the limits meanwhile is gone.
  it.skipIf(isOnPostgres())(
    '130 requests at once, of which a page has 100: each gets its card, once',
    async () => {
      const world = await startWorld({ webhook: false })
      const iids = submit(world, 130)

      // Slack takes about one post a second.
      await world.passTime(8, 20)

      expect(titlesOf(world)).toEqual(iids)
    },
  )

  it.each([
    ['pages are cut short by what the token may not see', { longest: 3 }],
    ['a page in the middle comes out empty', { longest: 5, empty: 2 }],
    ['the first page comes out empty', { longest: 5, empty: 1 }],
  ])('%s', async (_how, paging) => {
    const world = await startWorld({ webhook: false })
    world.gitlab.paging = paging
    const iids = submit(world, 17)

    await world.passTime(3, 60)

    expect(titlesOf(world)).toEqual(iids)
  })

  it('a request that changes while the pages are read is not left out', async () => {
    const world = await startWorld({ webhook: false })
    world.gitlab.paging = { longest: 4 }
    const iids = submit(world, 12)
    world.gitlab.requesterReplies(iids[0] ?? 0, 'My answers')

    await world.passTime(3, 60)

    expect(titlesOf(world)).toEqual(iids)
    expect(world.cardText(iids[0] ?? 0)).toContain('Answers are in: check them')
  })
})

describe('a poll that breaks off', () => {
  it.each([
    ['dropped', { drop: 'connection' } as const],
    ['500', { answer: { status: 500, body: {} } }],
    ['429', { answer: { status: 429, headers: { 'retry-after': '10' }, body: {} } }],
    ['no JSON', { answer: { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>' } }],
    ['a list of nonsense', { answer: { status: 200, body: [{ iid: 'one' }] } }],
  ])('in the middle (%s) goes on with the next round', async (_how, failure) => {
    const world = await startWorld({ webhook: false })
    await world.settle()
    world.gitlab.paging = { longest: 4 }
    const iids = submit(world, 12)
    world.gitlab.fake.fail({ method: 'GET', path: /\/issues$/, after: 1, times: 2, failure })

    await world.settle()
    const afterTheFirst = titlesOf(world).length
    await world.passTime(2, 60)

    expect(afterTheFirst).toBeLessThan(12)
    expect(titlesOf(world)).toEqual(iids)
    expect(world.logged.join('')).toContain('GitLab could not be polled')
  })

  it('one issue that cannot be read does not keep the others waiting', async () => {
    const world = await startWorld({ webhook: false })
    await world.settle()
    const iids = submit(world, 5)
    const failure = { answer: { status: 500, body: {} } }
    world.gitlab.fake.fail({ path: new RegExp(`/issues/${iids[2]}$`), times: Infinity, failure })

    await world.passTime(3, 60)
    const meanwhile = titlesOf(world)
    world.gitlab.fake.heal()
    await world.passTime(10, 60)

    expect(meanwhile).toEqual(iids.filter((iid) => iid !== iids[2]))
    expect(titlesOf(world)).toEqual(iids)
  })
})

it('a request whose notes cannot be read for five hours gets its card all the same', async () => {
  const world = await startWorld({ webhook: false })
  await world.settle()
  const failure = { answer: { status: 500, body: {} } }
  world.gitlab.fake.fail({ path: /\/notes$/, times: Infinity, failure })
  const [iid = 0] = submit(world, 1)
  await world.passTime(60, 300)
  expect(titlesOf(world)).toEqual([])

  world.gitlab.fake.heal()
  await world.passTime(2, 300)

  expect(titlesOf(world)).toEqual([iid])
})

describe('what is no request', () => {
  it('an issue of the team’s own in the same project gets no card', async () => {
    const world = await startWorld({ webhook: false })
    const iid = await world.request()
    await world.advance({ minutes: 2 })
    world.gitlab.requesterReplies(iid, 'My answers')
    await world.advance({ minutes: 1 })
    await world.decide(iid, 'Pass Verification', { 'The account is': 'active' })
    await world.click(iid, 'Start Deletion')
    await world.passTime(3, 60)

    expect(titlesOf(world)).toEqual([iid])
  })

  it('an issue that was closed before the bot ever saw it gets no card', async () => {
    const world = await startWorld({ webhook: false })
    await world.stop()
    const { iid } = world.gitlab.submitRequest({ description: formCopy() })
    world.gitlab.someoneCloses(iid, 'ines.engineer')

    await world.restart()
    await world.advance({ minutes: 1 })

    expect(cards(world)).toEqual([])
  })

  it('failed automated checks give no card, whatever comes of them later', async () => {
    const world = await startWorld()
    const { iid } = world.gitlab.submitRequest({
      title: 'Invalid Request Received',
      description: formCopy(),
    })
    await world.settle()
    world.gitlab.requesterReplies(iid, 'Why?')
    world.gitlab.someoneCloses(iid, 'ines.engineer')
    await world.settle()

    expect(cards(world)).toEqual([])
    expect(world.done(iid)).toEqual([])
    await world.slack.command(people.engineer.id, channel, '/privacy', 'list')
  })
})

describe('what the poll has found can’t be read', () => {
  /** Both come while GitLab gives its lists and none of its issues, with this status. */
  async function unreadFor(status: number, hours: number) {
    const world = await startWorld({ webhook: false })
    const known = await world.request()
    await world.advance({ minutes: 5 })
    const failure = { answer: { status, body: { message: `${status} Refused` } } }
    world.gitlab.fake.fail({ path: /issues\/\d/, times: Infinity, failure })
    world.gitlab.requesterReplies(known, 'My answers')
    const found = world.gitlab.submitRequest({ description: formCopy(), email: 'second@example.com' }).iid
    await world.passTime(hours * 30, 120)
    world.gitlab.fake.heal()
    return { world, known, found }
  }

  const isTakenIn = ({ world, known, found }: Awaited<ReturnType<typeof unreadFor>>) =>
    world.cardText(known).includes('Answers are in: check them') && titlesOf(world).includes(found)

  it('while the bot’s token has ended: it is read once there is another', async () => {
    const unread = await unreadFor(401, 3)

    await unread.world.advance({ minutes: 10 })

    expect(isTakenIn(unread)).toBe(true)
  })

  it('and is given up: it is read once more a day', async () => {
    const unread = await unreadFor(400, 3)

    await unread.world.advance({ minutes: 10 })
    const isSoon = isTakenIn(unread)
    await unread.world.advance({ days: 1 })
    await unread.world.settle()

    expect(isSoon).toBe(false)
    expect(isTakenIn(unread)).toBe(true)
  })
})

/** `/privacy` and the daily deadline digest, through the whole app. */
import { describe, expect, test } from 'vitest'
import { channel, formCopy, inSlack, people, startWorld, textOf, type World } from './desk-world.ts'

async function ask(world: World, text: string, by: string = people.engineer.id): Promise<string> {
  const before = world.slack.ephemerals(by).length
  await world.slack.command(by, channel, '/privacy', text)
  const answer = () => world.slack.ephemerals(by).slice(before).at(-1)
  const first = await inSlack(world, answer)
  await world.drain()
  return textOf(answer() ?? first)
}

const other = (username: string) =>
  formCopy('Full Deletion', { Username: username, 'Email Address': `${username}@example.com` })

describe('/privacy', () => {
  test.each(['', 'help', 'nonsense', 'show', 'show twelve', 'list nonsense'])(
    '“%s” answers with usage',
    async (text) => {
      const world = await startWorld()

      const answer = await ask(world, text)

      expect(answer).toContain('/privacy list')
      expect(answer).toContain('/privacy show 123')
    },
  )

  test('list shows the open requests by due date, each with its card', async () => {
    const world = await startWorld()
    const late = await world.request()
    await world.advance({ days: 2 })
    const early = world.gitlab.submitRequest({ description: other('busy.owner') }).iid
    await world.settle()

    const answer = await ask(world, 'list')

    expect(answer.indexOf(`|#${late}>`)).toBeGreaterThan(-1)
    expect(answer.indexOf(`|#${late}>`)).toBeLessThan(answer.indexOf(`|#${early}>`))
    expect(answer).toContain('28 days left')
    expect(answer).toContain('|Open>')
  })

  test.each([
    ['list overdue', [1]],
    ['list full-deletion', [2, 4]],
    ['list Full Deletion', [2, 4]],
    ['list approval', [3]],
    // Whose answers have not come in time waits for us, as the card, the digest and the Home say.
    ['list waiting', [4]],
    ['list mine', [2]],
    ['list unassigned', [1, 3, 4]],
  ])('“%s” shows those alone', async (text, iids) => {
    const world = await startWorld({ startsAt: '2026-01-20T10:00:00.000Z' })
    await world.request()
    await world.advance({ days: 20 })
    await world.request({ description: other('busy.owner') })
    const third = await world.request({
      description: formCopy('Account Deletion', {
        Username: 'shared.owner',
        'Email Address': 'third@example.com',
      }),
    })
    await world.click(third, 'Answers Received')
    await world.click(third, 'Request Exception')
    await ask(world, 'claim 2')
    await world.advance({ days: 11 })
    const fourth = await world.request({ description: other('quiet.member') })
    await world.decide(fourth, 'Start', {
      'Account type': 'free',
      'Reason in the requester’s comment': 'none',
    })

    const answer = await ask(world, text)

    expect([1, 2, 3, 4].filter((iid) => answer.includes(`|#${iid}>`))).toEqual(iids)
  })

  test('show tells where a request stands, why its clocks end when they end, and the last of its log', async () => {
    const world = await startWorld()
    const iid = await world.request()
    await world.click(iid, 'Fail Verification')

    const answer = await ask(world, `show ${iid}`)

    expect(answer).toContain('Waiting for the challenge answers')
    expect(answer).toContain('“Users have a total of 7 calendar days to respond to the challenge questions”')
    expect(answer).toContain('taken in as GitLab.com Account Deletion, by the bot')
    expect(answer).toContain('refused Fail Verification')
    expect(answer).not.toContain('requester@example.com')
    expect(await ask(world, 'show 99')).toContain('I’m not tracking #99')
  })

  test('the buttons of show work like those of the card', async () => {
    const world = await startWorld()
    const iid = await world.request()
    await ask(world, `show ${iid}`)
    const shown = world.slack.ephemerals(people.engineer.id).at(-1)
    if (!shown) throw new Error('nothing was shown')

    await world.slack.click(people.engineer.id, shown, { button: 'Mark Spam' }, { confirm: true })
    await world.settle()

    expect(world.gitlab.issueView(iid).state).toBe('closed')
  })

  test('track takes an issue in by hand, once, and says what is not there', async () => {
    const world = await startWorld({ webhook: false })
    const { iid } = world.gitlab.submitRequest({ description: formCopy() })

    expect(await ask(world, `track ${iid}`)).toContain(`#${iid}`)
    expect(world.cardText(iid)).toContain('Waiting for the challenge answers')
    expect(await ask(world, `track ${iid}`)).toContain(`#${iid} was tracked already.`)
    expect(await ask(world, 'track 77')).toContain('I can’t find issue #77.')
  })

  test('claim assigns the request to whoever asks, and the card says so', async () => {
    const world = await startWorld()
    const iid = await world.request()

    expect(await ask(world, `claim ${iid}`)).toContain(`#${iid} is yours now.`)
    expect(world.cardText(iid)).toContain(`Assigned to <@${people.engineer.id}>`)
  })

  test('A member without a role learns nothing of the requests', async () => {
    const world = await startWorld()
    const iid = await world.request()

    for (const text of ['list', `show ${iid}`, `claim ${iid}`])
      expect(await ask(world, text, people.member.id)).toContain(
        'Only support engineers, support managers and Privacy can do that',
      )
    expect(world.cardText(iid)).toContain('Unassigned')
  })
})

describe('The daily deadline digest', () => {
  test('of days on which nothing could be posted comes once, as things stand then, and the next in its time', async () => {
    // Before the digest's time: no round of the start posts one while the channel is still open.
    const world = await startWorld({ startsAt: '2026-03-01T08:00:00.000Z' })
    await world.request()
    world.slack.space.archive(channel)
    await world.advance({ hours: 2 })
    await world.advance({ days: 1 })
    await world.advance({ days: 1 })
    await world.advance({ days: 1 })
    const meanwhile = digests(world).length

    world.slack.space.archive(channel, false)
    await world.advance({ hours: 2 })
    const atLast = digests(world).map(({ text }) => text.split(':')[0])
    await world.advance({ days: 1 })

    expect([meanwhile, atLast]).toEqual([0, ['Privacy requests, Wed, Mar 4']])
    expect(digests(world)).toHaveLength(2)
  })

  const digests = (world: World) =>
    world.slack.messages(channel).filter(({ text }) => text.startsWith('Privacy requests, '))

  test('is posted at DIGEST_AT in the time zone, exactly once a day however often the bot restarts', async () => {
    const world = await startWorld({
      startsAt: '2026-03-01T00:00:00.000Z',
      env: { TIMEZONE: 'Europe/Berlin', DIGEST_AT: '08:30' },
    })
    await world.advance({ hours: 7, minutes: 29 })
    expect(digests(world)).toEqual([])

    await world.advance({ minutes: 1 })
    await world.restart()
    await world.restart()
    expect(digests(world).length).toBe(1)

    await world.advance({ days: 1 })
    expect(digests(world).length).toBe(2)
  })

  test('A day with nothing to say posts one line', async () => {
    const world = await startWorld()
    await world.settle()

    expect(digests(world).map(({ text }) => text)).toEqual([
      'Privacy requests, Sun, Mar 1: nothing to do. 0 open requests.',
    ])
  })

  test('says from 30 days before that a token of GitLab ends, and that one is no longer accepted', async () => {
    const world = await startWorld()
    const self = /personal_access_tokens\/self$/
    const endsOn = (day: string) => ({
      ...{ path: self, times: 2 },
      failure: { answer: { status: 200, body: { scopes: ['api'], expires_at: day } } },
    })
    const next = async () => {
      await world.advance({ days: 1 })
      return textOf(digests(world).at(-1) ?? { text: '', blocks: [] })
    }
    await world.settle()
    world.gitlab.fake.fail(endsOn('2026-04-02'))
    const before = await next()
    world.gitlab.fake.fail(endsOn('2026-04-02'))
    const within = await next()
    world.gitlab.fake.fail({ path: self, times: 2, failure: { answer: { status: 401, body: {} } } })
    const over = await next()

    expect(before).not.toContain('_TOKEN')
    for (const setting of ['GITLAB_TOKEN', 'GITLAB_ADMIN_TOKEN']) {
      expect(within).toContain(
        `GitLab’s ${setting} ends on Apr 2, in 30 days: your admins have to make a new one.`,
      )
      expect(over).toContain(`GitLab doesn’t accept ${setting} (401): your admins have to make a new one.`)
    }
  })

  test('names each request once, most urgent first', async () => {
    const world = await startWorld({ startsAt: '2026-01-01T06:00:00.000Z' })
    const overdue = await world.request()
    await world.advance({ days: 3 })
    const today = await world.request({ description: other('busy.owner') })
    await world.advance({ days: 20 })
    const silent = await world.request({
      description: formCopy('Account Deletion', {
        Username: 'shared.owner',
        'Email Address': 'c@example.com',
      }),
    })
    await world.advance({ days: 10 })
    const fresh = await world.request({
      description: formCopy('Account Deletion', {
        Username: 'blocked.owner',
        'Email Address': 'd@example.com',
      }),
    })
    await world.advance({ hours: 4 })

    const digest = textOf(digests(world).at(-1) ?? { text: '', blocks: [] })

    const order = ['*Unassigned*', ...[overdue, today, silent, fresh].map((iid) => `|#${iid}>`)]
    const places = order.map((words) => digest.indexOf(words))
    expect(places).toEqual([...places].sort((one, another) => one - another))
    expect(places).not.toContain(-1)
  })

  test('Whoever has it is called in the thread when five days are left, the managers when one is, and both when a request is overdue, once each', async () => {
    const world = await startWorld()
    const iid = await world.request()
    await world.slack.command(people.engineer.id, channel, '/privacy', `claim ${iid}`)
    await world.drain()
    await world.advance({ days: 24, hours: 13 })
    expect(world.thread(iid)).toEqual([])
    const next = 'Next: “No answers in time: close it for no response”.'

    await world.advance({ hours: 1 })
    await world.restart()
    expect(world.thread(iid)).toEqual([
      `<@${people.engineer.id}> #${iid} is due Mar 31, in 5 days (30-day limit). ${next}`,
    ])

    await world.advance({ days: 4 })
    await world.restart()
    expect(world.thread(iid).slice(1)).toEqual([
      `<!subteam^S01MANAGERS> #${iid} is due Mar 31, tomorrow (30-day limit). ${next} It’s assigned to <@${people.engineer.id}>.`,
    ])

    await world.advance({ days: 2 })
    await world.restart()
    expect(world.thread(iid).slice(2)).toEqual([
      `<!subteam^S01MANAGERS> <@${people.engineer.id}> #${iid} was due Mar 31 and is overdue. ${next}`,
    ])
  })
})

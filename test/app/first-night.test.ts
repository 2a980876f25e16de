/** The bot starts where many requests are open already: all are taken in, ten cards are posted, the rest when somebody says so. */
import { describe, expect, test } from 'vitest'
import {
  channel,
  formCopy,
  inSlack,
  people,
  securityChannel,
  startWorld,
  textOf,
  type World,
} from './desk-world.ts'

const managers = '<!subteam^S01MANAGERS>'

/** So many requests came in, one a minute, before the bot was there; then it starts. */
async function firstNight(count: number, given: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  const world = await startWorld(given)
  await world.stop()
  submit(world, count)
  await world.restart()
  return world
}

function submit({ gitlab, clock }: World, count: number): void {
  for (let one = 0; one < count; one += 1) {
    const email = `requester${gitlab.world.issues.length}@example.com`
    gitlab.submitRequest({
      description: formCopy(undefined, { 'Email Address': email, Username: email }),
      email,
    })
    clock.advance({ minutes: 1 })
  }
}

/** The issues whose cards were posted, in that order. */
const cards = ({ slack }: World, at: string = channel): readonly number[] =>
  slack
    .messages(at)
    .flatMap(({ text }) => /^(?:#|Security ticket )(\d+)/.exec(text)?.[1] ?? [])
    .map(Number)

const backlog = ({ slack }: World, at: string = channel) =>
  slack.messages(at).findLast(({ text }) => / without a card|have their cards/.test(text))

const textOfBacklog = (world: World, at: string = channel) => {
  const message = backlog(world, at)
  return message ? textOf(message) : ''
}

async function press(world: World, button: string, by: string, at: string = channel): Promise<void> {
  const message = backlog(world, at)
  if (!message) throw new Error('no message says that cards wait')
  await world.slack.click(by, message, { button }, { confirm: true })
  await world.drain()
}

async function ask(world: World, text: string): Promise<string> {
  const before = world.slack.ephemerals(people.engineer.id).length
  await world.slack.command(people.engineer.id, channel, '/privacy', text)
  return textOf(await inSlack(world, () => world.slack.ephemerals(people.engineer.id).slice(before).at(-1)))
}

/** Slack takes one post a second in a channel. */
const untilPosted = (world: World, seconds: number) => world.passTime(Math.ceil(seconds / 5), 5)

describe('on a first night', () => {
  test('ten requests have their cards at once, and nobody is asked anything', async () => {
    const world = await firstNight(10)
    await untilPosted(world, 10)

    expect(cards(world)).toHaveLength(10)
    expect(backlog(world)).toBeUndefined()
  })

  test('of more, ten cards are posted, and one message says how many wait and why', async () => {
    const world = await firstNight(33)
    await untilPosted(world, 60)

    expect(cards(world)).toHaveLength(10)
    const text = textOfBacklog(world)
    expect(text).toContain('23 requests without a card')
    expect(text).toContain('The oldest is from Mar 1.')
    expect(text).toContain('Post the Next 10')
    expect(text).toContain('Post All 23')
  })

  test('each of them is tracked: on the list, in the digest, shown with its buttons, and its deadline runs', async () => {
    const world = await firstNight(13, { env: { DIGEST_AT: '09:00' } })
    await untilPosted(world, 30)
    const without = world.gitlab.world.issues.map(({ iid }) => iid).filter((iid) => isHeldBack(world, iid))

    const listed = await ask(world, 'list')
    const shown = await ask(world, `show ${without[0]}`)
    await world.advance({ days: 1 })
    const digest = world.slack.messages(channel).findLast(({ text }) => text.startsWith('Privacy requests, '))

    expect(without).toHaveLength(3)
    for (const iid of without) expect(listed).toContain(`#${iid}`)
    expect(shown).toContain('Close No Response')
    expect(digest?.text).toContain('13 open requests')
    expect(digest?.text).toContain(
      '3 requests have no card yet: they are posted when a support manager says so.',
    )
    expect(textOf(digest ?? { text: '', blocks: [] })).toContain('Post All 3')
  })

  test('a support manager has the next ten posted, the oldest first, and then the rest', async () => {
    const world = await firstNight(33)
    await untilPosted(world, 30)
    const first = cards(world)

    await press(world, 'Post the Next 10', people.manager.id)
    await untilPosted(world, 30)
    const next = cards(world).slice(first.length)
    const saying = textOfBacklog(world)
    await press(world, 'Post All 13', people.manager.id)
    await untilPosted(world, 60)

    const waited = world.gitlab.world.issues
      .map(({ iid }) => iid)
      .filter((iid) => iid < 1000 && !first.includes(iid))
      .sort((one, other) => one - other)
    expect(next).toEqual(waited.slice(0, 10))
    expect(saying).toContain('13 requests without a card')
    expect([...cards(world)].sort((one, other) => one - other)).toEqual(
      [...first, ...waited].sort((a, b) => a - b),
    )
    expect(textOfBacklog(world)).toContain('All requests have their cards.')
  })

  test('nobody else has them posted, and the refusal stands in the audit log', async () => {
    const world = await firstNight(12)
    await untilPosted(world, 30)

    await press(world, 'Post All 2', people.engineer.id)
    await untilPosted(world, 30)

    expect(cards(world)).toHaveLength(10)
    expect(world.told(people.engineer.id).at(-1)).toBe('Only a support manager can post these cards.')
    const audit = await world.audit()
    expect(audit.filter(({ what }) => what === 'refused').map(({ details }) => details)).toEqual([
      {
        desk: 'privacy',
        decision: 'post-cards',
        because: 'Only a support manager can post these cards.',
      },
    ])
  })

  test('a second click says that none is left', async () => {
    const world = await firstNight(12)
    await untilPosted(world, 30)
    const message = backlog(world)
    if (!message) throw new Error('nothing waits')

    await world.slack.click(people.manager.id, message, { button: 'Post All 2' }, { confirm: true })
    await world.slack.click(people.manager.id, message, { button: 'Post All 2' }, { confirm: true })
    await world.drain()
    await untilPosted(world, 30)

    expect(cards(world)).toHaveLength(12)
    expect(world.told(people.manager.id)).toEqual([
      'No card is left to be posted: somebody was quicker, or the requests were closed.',
    ])
  })

  test('what comes in afterward has its card at once', async () => {
    const world = await firstNight(15)
    await untilPosted(world, 30)

    world.clock.advance({ minutes: 1 })
    const iid = await world.request({
      email: 'new@example.com',
      description: formCopy(undefined, { Username: 'new' }),
    })
    await untilPosted(world, 5)

    expect(cards(world)).toHaveLength(11)
    expect(cards(world).at(-1)).toBe(iid)
  })

  test('a restart in between posts no further ten, loses none and doubles none', async () => {
    const world = await firstNight(15)
    await world.stop()
    submit(world, 15)
    await world.restart()
    await untilPosted(world, 30)
    const atOnce = cards(world)

    await press(world, 'Post All 20', people.manager.id)
    await world.restart()
    await untilPosted(world, 60)

    expect(atOnce).toHaveLength(10)
    expect(cards(world)).toHaveLength(30)
    expect(new Set(cards(world)).size).toBe(30)
  })

  test('whoever has asked for all has what is still found posted, too', async () => {
    const world = await firstNight(15)
    await untilPosted(world, 30)
    await press(world, 'Post All 5', people.manager.id)
    await world.stop()
    submit(world, 5)

    await world.restart()
    await untilPosted(world, 60)

    expect(cards(world)).toHaveLength(20)
  })

  test('once a backlog is over, the next one begins with ten of its own', async () => {
    const world = await firstNight(12)
    await untilPosted(world, 30)
    await press(world, 'Post All 2', people.manager.id)
    await untilPosted(world, 30)
    await world.advance({ hours: 2 })
    await world.stop()
    submit(world, 12)

    await world.restart()
    await untilPosted(world, 60)

    expect(cards(world)).toHaveLength(22)
    expect(textOfBacklog(world)).toContain('2 requests without a card')
  })
})

describe('the card of a request that waits is posted by itself', () => {
  test('when the requester writes, and the thread says so', async () => {
    const world = await firstNight(12)
    await untilPosted(world, 30)
    const iid = firstHeldBack(world)

    world.clock.advance({ minutes: 1 })
    world.gitlab.requesterReplies(iid, 'Here are my answers.')
    await world.settle()
    await untilPosted(world, 10)

    expect(cards(world)).toContain(iid)
    expect(world.thread(iid).join()).toContain('The requester replied on')
    expect(textOfBacklog(world)).toContain('1 request without a card')
  })

  test.each(['claim', 'track'])('when somebody types %s', async (command) => {
    const world = await firstNight(12)
    await untilPosted(world, 30)
    const iid = firstHeldBack(world)

    await world.slack.command(people.engineer.id, channel, '/privacy', `${command} ${iid}`)
    await world.drain()
    await untilPosted(world, 10)

    expect(cards(world)).toContain(iid)
    expect(cards(world)).toHaveLength(11)
  })

  test('not when a label is set, nor when it is closed: the list has it, and then no more', async () => {
    const world = await firstNight(12)
    await untilPosted(world, 30)
    const iid = firstHeldBack(world)

    world.gitlab.someoneLabels(iid, 'ines.engineer', ['account-deletion::personal'])
    await world.settle()
    world.gitlab.someoneCloses(iid, 'ines.engineer')
    await world.settle()
    await untilPosted(world, 30)

    expect(cards(world)).toHaveLength(10)
    expect(textOfBacklog(world)).toContain('1 request without a card')
  })
})

describe('deadlines of requests without a card', () => {
  test('call the support managers once a day while they come near, and again in the thread once there is a card', async () => {
    const world = await firstNight(12)
    await untilPosted(world, 30)
    const iid = firstHeldBack(world)

    for (let day = 0; day < 32; day += 1) await world.advance({ days: 1 })
    await untilPosted(world, 60)
    const calls = world.slack.messages(channel).filter(({ text }) => text.includes('near or over'))
    await press(world, 'Post All 2', people.manager.id)
    await untilPosted(world, 60)

    expect(calls.map(({ text }) => text.includes(managers))).toEqual([true, true, true])
    expect(world.thread(iid).filter((text) => text.includes('overdue'))).toHaveLength(1)
  })
})

test('Field Security has its own ten, and says itself when the others are posted', async () => {
  const world = await startWorld({ zendesk: true })
  await world.stop()
  submit(world, 3)
  for (let one = 0; one < 14; one += 1) {
    world.zendesk.submitTicket('We found something.', {
      subject: `Report ${one}`,
      from: { name: `R${one}`, email: `r${one}@example.com` },
    })
    world.clock.advance({ minutes: 1 })
  }
  await world.restart()
  await untilPosted(world, 30)
  const atOnce = cards(world, securityChannel).length

  await press(world, 'Post All 4', people.manager.id, securityChannel)
  const refused = world.told(people.manager.id).at(-1)
  await press(world, 'Post All 4', people.fieldSecurity.id, securityChannel)
  await untilPosted(world, 30)

  expect(cards(world)).toHaveLength(3)
  expect(atOnce).toBe(10)
  expect(refused).toBe('Only Field Security can post these cards.')
  expect(new Set(cards(world, securityChannel)).size).toBe(14)
})

function isHeldBack(world: World, iid: number): boolean {
  return iid < 1000 && !cards(world).includes(iid)
}

function firstHeldBack(world: World): number {
  const iid = world.gitlab.world.issues.map((issue) => issue.iid).find((one) => isHeldBack(world, one))
  if (iid === undefined) throw new Error('every card is there')
  return iid
}

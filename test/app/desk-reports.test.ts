/** `digest`, `stats` and `audit` of both desks, and their charts. */
import { describe, expect, test } from 'vitest'
import type { Message, View } from '../../sandbox/slack/workspace.ts'
import { channel, inSlack, modalAfter, people, startWorld, textOf, type World } from './desk-world.ts'
import { agent, askSecurity, aTicket, decideOnTicket } from './ticket-acts.ts'

async function ask(world: World, text: string, by: string = people.engineer.id): Promise<Message> {
  const before = world.slack.ephemerals(by).length
  await world.slack.command(by, channel, '/privacy', text)
  return inSlack(world, () => world.slack.ephemerals(by).slice(before).at(-1))
}

function digests(world: World): readonly string[] {
  return world.slack
    .messages(channel)
    .map(({ text }) => text)
    .filter((text) => text.startsWith('Privacy requests,'))
}

const typesOf = ({ blocks }: Pick<Message, 'blocks'>) => blocks.map(({ type }) => type)

async function busyDesk(env: Readonly<Record<string, string>> = {}) {
  const world = await startWorld({ env })
  const closed = await world.request()
  await world.request({ type: 'Data Access Request' })
  world.gitlab.requesterReplies(closed, 'The first project was called turnip.')
  await world.advance({ hours: 6 })
  await world.click(closed, 'Fail Verification')
  return world
}

describe('/privacy digest', () => {
  test('shows the digest of today to whoever asks, and posts nothing', async () => {
    const world = await startWorld({ env: { DIGEST_AT: '23:00' } })
    await world.request()

    const shown = await ask(world, 'digest')

    expect(textOf(shown)).toContain('Privacy requests, Sun, Mar 1')
    expect(digests(world)).toEqual([])
  })

  test('post posts it in the channel for a support manager, and the audit log says who asked', async () => {
    const world = await startWorld({ env: { DIGEST_AT: '23:00' } })
    await world.request()

    const told = await ask(world, 'digest post', people.manager.id)
    await world.drain()

    expect(told.text).toBe('The digest is on its way to the channel.')
    expect(digests(world)).toHaveLength(1)
    const asked = (await world.audit()).filter(({ what }) => what === 'digest-asked')
    expect(asked.map(({ who, details }) => [who, details])).toEqual([
      [`slack:${people.manager.id}`, { desk: 'privacy' }],
    ])
  })

  test('post is refused to a support engineer, with what they can do instead', async () => {
    const world = await startWorld({ env: { DIGEST_AT: '23:00' } })

    const told = await ask(world, 'digest post')
    await world.drain()

    expect(told.text).toBe('Only a support manager can post the digest. `/privacy digest` shows it to you.')
    expect(digests(world)).toEqual([])
    expect((await world.audit()).filter(({ what }) => what === 'refused')).toHaveLength(1)
  })

  test('post does not keep the digest of the day from coming', async () => {
    const world = await startWorld({ env: { DIGEST_AT: '23:00' } })
    await world.request()
    await ask(world, 'digest post', people.manager.id)
    await world.drain()

    await world.advance({ hours: 13, minutes: 30 })

    expect(digests(world)).toHaveLength(2)
  })
})

describe('/privacy stats', () => {
  test('says how many came in and were closed, on time, how fast, by type and by what closed them', async () => {
    const world = await busyDesk()

    const text = textOf(await ask(world, 'stats 30d'))

    expect(text).toContain('Privacy requests, the last 30 days')
    expect(text).toContain('2 requests came in.')
    expect(text).toContain('Closed: 1, 1 of them on time (100%).')
    expect(text).toContain('Until somebody first worked on a request: median 6 hours, 90% within 6 hours.')
    expect(text).toContain('Until a request was closed: median 6 hours, 90% within 6 hours.')
    expect(text).toContain(
      '• GitLab.com Account Deletion: 1 came in, 1 closed, 1 on time, median 6 hours, 90% within 6 hours',
    )
    expect(text).toContain('• Data Access Request: 1 came in, none closed')
    expect(text).toContain('• Fail Verification: 1')
  })

  test('has a chart of Slack’s own where the workspace takes it', async () => {
    const world = await busyDesk()

    expect(typesOf(await ask(world, 'stats'))).toContain('data_visualization')
  })

  test('has a picture with words for it where the workspace draws no charts, and remembers that', async () => {
    const world = await busyDesk()
    world.slack.space.terms.unknownBlocks = ['data_visualization']

    const first = await ask(world, 'stats')
    const uploads = () => world.slack.fake.requests.filter(({ path }) => path.startsWith('/upload/')).length
    const second = await ask(world, 'stats')

    const picture = first.blocks.find(({ type }) => type === 'image') as
      | { readonly alt_text?: string }
      | undefined
    expect(picture?.alt_text).toContain('Came in: Account Deletion 1, Data Access Request 1')
    expect(
      [...world.slack.space.files.values()].map(({ state, altText }) => [state, altText.slice(0, 8)]),
    ).toEqual([
      ['done', 'Came in '],
      ['done', 'Came in '],
    ])
    expect(uploads()).toBe(2)
    expect(typesOf(second)).toContain('image')
    const refused = world.slack.fake.requests.filter(({ body }) =>
      JSON.stringify(body ?? '').includes('data_visualization'),
    )
    expect(refused).toHaveLength(3)
  })

  test('has the numbers in text where Slack takes no picture either', async () => {
    const world = await busyDesk()
    world.slack.space.terms.unknownBlocks = ['data_visualization']
    world.slack.space.terms.missingScopes = ['files:write']

    const shown = await ask(world, 'stats')

    expect(textOf(shown)).toContain('Account Deletion, Came in: ████████████████████ 1')
    expect(world.logged.join('')).toContain('the picture of a chart could not be uploaded')
  })

  test('is for people with a role', async () => {
    const world = await busyDesk()

    expect((await ask(world, 'stats', people.member.id)).text).toContain(
      'Only support engineers, support managers and Privacy can do that.',
    )
  })
})

/** What was closed before now is deleted but for its audit log. */
async function purged(world: World): Promise<void> {
  await world.advance({ days: 31 })
  await world.restart()
  await world.passTime(2, 86_400)
}

function textOfView(view: View | undefined): string {
  return view ? textOf({ text: view.title, blocks: view.blocks }) : 'nothing'
}

describe('/privacy audit', () => {
  test('shows the whole log of a request to a person with a role, oldest first', async () => {
    const world = await busyDesk()

    const view = await modalAfter(world, people.engineer.id, () =>
      world.slack.command(people.engineer.id, channel, '/privacy', 'audit 1'),
    )

    expect(view?.title).toBe('Log of #1')
    expect(textOfView(view)).toContain('taken in as')
    expect(textOfView(view).indexOf('taken in as')).toBeLessThan(
      textOfView(view).indexOf('Fail Verification'),
    )
  })

  test('of a number that the bot does not know says so', async () => {
    const world = await busyDesk()

    expect((await ask(world, 'audit 99')).text).toContain('99')
    expect(world.slack.openView(people.engineer.id)).toBeUndefined()
  })

  test('shows the log of a request that was purged, which its number finds and no address', async () => {
    const world = await startWorld({ env: { RETENTION_DAYS: '30' } })
    const iid = await world.request()
    await world.click(iid, 'Mark Spam')
    await purged(world)

    const view = await modalAfter(world, people.engineer.id, () =>
      world.slack.command(people.engineer.id, channel, '/privacy', `audit ${iid}`),
    )

    const { path } = world.gitlab.issue(iid).project
    const ofAnother = `${world.gitlab.url}/${path}-2/-/issues/${iid}`
    expect((await ask(world, `show ${iid}`)).text).toContain('I’m not tracking #1')
    expect((await ask(world, `audit ${ofAnother}`)).text).toContain('I’m not tracking #1')
    expect(view?.title).toBe('Log of #1')
    expect(textOfView(view)).toContain('*#1, no longer tracked*')
    expect(textOfView(view)).toContain('taken in as GitLab.com Account Deletion')
    expect(textOfView(view)).toContain('Mark Spam, now')
  })

  test('is refused to somebody without a role, and that stands in the audit log', async () => {
    const world = await busyDesk()

    const told = await ask(world, 'audit 1', people.member.id)

    expect(told.text).toContain('Only support engineers, support managers and Privacy can do that.')
    const refused = (await world.audit()).filter(({ what }) => what === 'refused')
    expect(refused.map(({ iid, details }) => [iid, details.decision])).toEqual([[1, 'audit']])
  })
})

describe('/security', () => {
  test('audit shows the log of a ticket that was purged, and nothing of an issue of its number', async () => {
    const given = await aTicket({ env: { RETENTION_DAYS: '30' } })
    await decideOnTicket(given, 'Reply', { 'Reply to the requester': 'Yes, it is.' })
    const { world, ticket } = given
    const iid = await world.request()
    await purged(world)

    const view = await modalAfter(world, agent, () =>
      world.slack.command(agent, 'field-security', '/security', `audit ${ticket}`),
    )

    expect(textOfView(view)).toContain(`*Ticket ${ticket}, no longer tracked*`)
    expect(textOfView(view)).toContain('Reply, now “Solved”')
    expect(await askSecurity(world, `audit ${iid}`)).toContain(`I’m not tracking ticket ${iid}`)
  })

  test('stats has the ways of handling, the times, and a chart', async () => {
    const given = await aTicket()
    await decideOnTicket(given, 'Reply', { 'Reply to the requester': 'Yes, it is.' })
    const { world } = given
    const before = world.slack.ephemerals(agent).length

    await world.slack.command(agent, 'field-security', '/security', 'stats')
    const shown = await inSlack(world, () => world.slack.ephemerals(agent).slice(before).at(-1))

    expect(textOf(shown)).toContain('Handled: 1, 1 of them within the business day (100%).')
    expect(textOf(shown)).toContain('Until somebody first worked on a ticket: median 0 minutes')
    expect(typesOf(shown)).toContain('data_visualization')
  })
})

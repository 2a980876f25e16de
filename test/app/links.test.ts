/** Pasted links to requests: what a conversation sees, and the pane of one reader. */
import { describe, expect, test } from 'vitest'
import { channel, formCopy, inSlack, people, startWorld, textOf, type World } from './desk-world.ts'
import { agent, aTicket } from './ticket-acts.ts'

const env = { UNFURL_LINKS: 'true' }

async function aRequest(more: Readonly<Record<string, string>> = {}) {
  const world = await startWorld({ env: { ...env, ...more } })
  const iid = await world.request({
    description: formCopy('GitLab.com Account Deletion', { Username: 'zuleika-93' }),
  })
  const { project } = world.gitlab.issue(iid)
  return { world, iid, url: `${world.gitlab.url}/${project.path}/-/issues/${iid}` }
}

async function paste(world: World, userId: string, url: string, more: object = {}) {
  const event = { type: 'link_shared', user: userId, channel: 'C01GENERAL', message_ts: '1772359200.000001' }
  const answer = await world.slack.event({ ...event, links: [{ domain: 'gitlab', url }], ...more })
  await world.drain()
  return answer
}

async function openPane(world: World, userId: string, url: string) {
  const trigger = world.slack.space.newTrigger(userId)
  await world.slack.event({
    type: 'entity_details_requested',
    user: userId,
    trigger_id: trigger,
    entity_url: url,
  })
  await world.drain()
}

const shown = (world: World) => JSON.stringify(world.slack.space.unfurls)
const pane = (world: World) => world.slack.space.panes.at(-1)

describe('A pasted link', () => {
  test('to a request is shown with what comes next, and no more than the card has', async () => {
    const { world, iid, url } = await aRequest()

    await paste(world, people.engineer.id, url)

    expect(world.slack.space.unfurls).toHaveLength(1)
    expect(shown(world)).toContain(`#${iid} GitLab.com Account Deletion`)
    expect(shown(world)).toContain('30 days left')
    expect(shown(world)).toContain(`"app_unfurl_url":"${url}"`)
    expect(shown(world)).not.toMatch(/zuleika-93|requester@example\.com/)
  })

  test('to a comment of it counts like its address', async () => {
    const { world, url } = await aRequest()

    await paste(world, people.engineer.id, `${url}#note_7`)

    expect(world.slack.space.unfurls).toHaveLength(1)
  })

  test('to a ticket is shown to Field Security', async () => {
    const { world, ticket } = await aTicket({ env })
    const url = `${world.zendesk.url}/agent/tickets/${ticket}`

    await paste(world, agent, url)

    expect(shown(world)).toContain(`Security ticket ${ticket}`)
  })

  test.each([
    ['somebody without a role', people.member.id],
    ['somebody of the other desk', people.fieldSecurity.id],
    ['a guest', people.guest.id],
  ])('of %s stays a link', async (_who, userId) => {
    const { world, url } = await aRequest()

    await paste(world, userId, url)

    expect(world.slack.space.unfurls).toEqual([])
  })

  test('to an issue of another project, or to none that the bot knows, stays a link', async () => {
    const { world, iid, url } = await aRequest()

    await paste(world, people.engineer.id, `https://gitlab.example/other/project/-/issues/${iid}`)
    await paste(world, people.engineer.id, url.replace(/\d+$/, '999'))

    expect(world.slack.space.unfurls).toEqual([])
  })

  test('is shown in blocks where the workspace takes no Work Objects', async () => {
    const { world, iid, url } = await aRequest()
    world.slack.space.terms.noWorkObjects = true

    await paste(world, people.engineer.id, url)

    expect(world.slack.space.unfurls).toHaveLength(1)
    expect(shown(world)).toContain(`|#${iid} GitLab.com Account Deletion>`)
  })

  test('that Slack refuses to show stays a link, and what comes in goes on', async () => {
    const { world, url } = await aRequest()
    world.slack.fake.fail({
      path: /chat\.unfurl/,
      times: 2,
      failure: { answer: { status: 200, body: { ok: false, error: 'cannot_unfurl_url' } } },
    })

    await paste(world, people.engineer.id, url)
    expect(world.slack.space.unfurls).toEqual([])
    expect(world.logged.join('')).toContain('Slack refused to show a link')
    await paste(world, people.engineer.id, url)

    expect(world.slack.space.unfurls).toHaveLength(1)
  })

  test('without UNFURL_LINKS stays a link, and the event is acknowledged', async () => {
    const { world, url } = await aRequest({ UNFURL_LINKS: 'false' })

    const answer = await paste(world, people.engineer.id, url)

    expect(answer.status).toBe(200)
    expect(world.slack.space.unfurls).toEqual([])
  })
})

describe('The pane of a link', () => {
  test('has the deadlines and the ways to decide, for a reader with a role, and its opening is recorded', async () => {
    const { world, iid, url } = await aRequest()

    await openPane(world, people.engineer.id, url)

    const text = JSON.stringify(pane(world))
    expect(text).toContain('Due Mar 31')
    expect(text).toContain('"text":"Decide"')
    expect(text).not.toMatch(/zuleika-93|requester@example\.com/)
    await world.slack.command(people.engineer.id, channel, '/privacy', `show ${iid}`)
    const shown = await inSlack(world, () => world.slack.ephemerals(people.engineer.id).at(-1))
    expect(textOf(shown)).toContain(`<@${people.engineer.id}> opened the pane of a link`)
    expect(textOf(shown)).not.toContain('what the requester wrote')
    const revealed = (await world.audit()).filter(({ what }) => what === 'revealed')
    expect(revealed.map(({ who, iid: number, details }) => [who, number, details])).toEqual([
      [`slack:${people.engineer.id}`, iid, { pane: true }],
    ])
  })

  test('says why to somebody without a role, shows nothing, and that is recorded', async () => {
    const { world, url } = await aRequest()

    await openPane(world, people.member.id, url)

    expect(pane(world)?.entity).toBeUndefined()
    expect(JSON.stringify(pane(world)?.error)).toContain(
      'Only support engineers, support managers and Privacy can do that',
    )
    const log = await world.audit()
    expect(log.filter(({ what }) => what === 'revealed')).toEqual([])
    expect(log.filter(({ what }) => what === 'refused').map(({ details }) => details.decision)).toEqual([
      'open-pane',
    ])
  })

  test('of whoever lost the role meanwhile has nothing', async () => {
    const { world, url } = await aRequest()
    world.slack.setGroupMembers('support-managers', [])
    world.clock.advance({ minutes: 2 })

    await openPane(world, people.manager.id, url)

    expect(pane(world)?.entity).toBeUndefined()
  })

  test('whose trigger is over is not recorded as opened', async () => {
    const { world, url } = await aRequest()
    world.slack.fake.fail({
      path: /presentDetails/,
      times: 1,
      failure: { answer: { status: 200, body: { ok: false, error: 'invalid_trigger_id' } } },
    })

    await openPane(world, people.engineer.id, url)

    expect(pane(world)).toBeUndefined()
    expect((await world.audit()).filter(({ what }) => what === 'revealed')).toEqual([])
  })
})

test('a conversation that is shared with another organisation is shown nothing', async () => {
  const { world, url } = await aRequest()
  const event = { type: 'link_shared', user: people.engineer.id, channel: 'C01GENERAL', message_ts: '1.2' }
  const body = {
    type: 'event_callback',
    team_id: 'T01DESK',
    event_id: 'Ev1',
    is_ext_shared_channel: true,
    event: { ...event, links: [{ domain: 'gitlab', url }] },
  }

  const { status } = await world.slack.deliverSigned(JSON.stringify(body), {
    contentType: 'application/json',
  })
  await world.drain()

  expect(status).toBe(200)
  expect(world.slack.space.unfurls).toEqual([])
})

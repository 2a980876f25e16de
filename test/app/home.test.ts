/** The App Home: what waits for a person, and a request worked on from there without the channel. */
import { describe, expect, test } from 'vitest'
import type { View } from '../../sandbox/slack/workspace.ts'
import {
  channel,
  formCopy,
  inSlack,
  modalAfter,
  people,
  startWorld,
  textOf,
  type World,
} from './desk-world.ts'
import { agent, aTicket } from './ticket-acts.ts'

function textOfView(view: View | undefined): string {
  return view ? textOf({ text: view.title, blocks: view.blocks }) : 'nothing'
}

async function openHome(world: World, userId: string): Promise<View> {
  await world.slack.event({ type: 'app_home_opened', user: userId, tab: 'home' })
  await world.drain()
  const home = world.slack.home(userId)
  if (!home) throw new Error(`${userId} has no Home`)
  return home
}

async function openRequest(world: World, userId: string, label = 'Open'): Promise<View | undefined> {
  const home = world.slack.home(userId)
  if (!home) throw new Error('no Home')
  return modalAfter(world, userId, () => world.slack.click(userId, home, { button: label }))
}

/** Clicks Open where it is refused. */
async function clickOpen(world: World): Promise<void> {
  const home = world.slack.home(people.engineer.id)
  if (!home) throw new Error('no Home')
  await world.slack.click(people.engineer.id, home, { button: 'Open' })
  await inSlack(world, () => world.told(people.engineer.id).at(-1) ?? (toldDirectly(world) || undefined))
}

function toldDirectly(world: World): string {
  return world.slack
    .messages(`D${people.engineer.id.slice(1)}`)
    .map(({ text }) => text)
    .join('\n')
}

async function choose(world: World, userId: string, filter: string): Promise<string> {
  const home = world.slack.home(userId)
  if (!home) throw new Error('no Home')
  await world.slack.select(userId, home, 'home:filter', filter)
  await world.drain()
  return textOfView(world.slack.home(userId))
}

describe('The Home of a support engineer', () => {
  test('has the desk at a glance, and what nobody has claimed one choice away', async () => {
    const world = await startWorld()
    const iid = await world.request()

    const text = textOfView(await openHome(world, people.engineer.id))

    expect(text).toContain('*1* open request')
    expect(text).toContain('*0* waiting for you')
    expect(text).toContain('*1* unassigned')
    expect(text).toContain('Nothing is waiting for you right now.')
    expect(await choose(world, people.engineer.id, 'unassigned')).toContain(
      `|#${iid}>* GitLab.com Account Deletion`,
    )
  })

  test('says what comes next of what is theirs, and by when', async () => {
    const world = await startWorld()
    const iid = await world.request()
    await world.slack.command(people.engineer.id, channel, '/privacy', `claim ${iid}`)
    world.gitlab.requesterReplies(iid, 'The first project was called turnip.')
    await world.drain()

    const text = textOfView(await openHome(world, people.engineer.id))

    expect(text).toContain('*1* waiting for you')
    expect(text).toContain(`|#${iid}>*`)
    expect(text).toContain('30 days left')
    expect(text).toContain(`<@${people.engineer.id}>`)
  })

  test('holds no personal data', async () => {
    const world = await startWorld()
    await world.request({ description: formCopy('GitLab.com Account Deletion', { Username: 'zuleika-93' }) })

    await openHome(world, people.engineer.id)
    const text = await choose(world, people.engineer.id, 'all')

    expect(text).not.toContain('zuleika-93')
    expect(text).not.toContain('requester@example.com')
  })

  test('shows two thousand open requests a page at a time, and each page is accepted by Slack', async () => {
    const world = await startWorld({ env: { GITLAB_POLL_SECONDS: '3600' } })
    for (let count = 0; count < 45; count += 1) world.gitlab.submitRequest({ description: formCopy() })
    await world.settle()
    await openHome(world, people.engineer.id)

    const first = await choose(world, people.engineer.id, 'all')
    const home = world.slack.home(people.engineer.id)
    if (!home) throw new Error('no Home')
    await world.slack.click(people.engineer.id, home, { button: 'Next' })
    await world.drain()
    const second = world.slack.home(people.engineer.id)

    expect(first).toContain('45 requests, page 1 of 3')
    expect(textOfView(second)).toContain('page 2 of 3')
    expect(second && world.slack.buttons(second).filter((label) => label === 'Open')).toHaveLength(20)
    expect(second && world.slack.buttons(second)).toEqual(expect.arrayContaining(['Previous', 'Next']))
  })

  test('says how old it is where GitLab can’t be read, and no longer once it can', async () => {
    const world = await startWorld()
    await world.request()
    await world.settle()
    expect(textOfView(await openHome(world, people.engineer.id))).not.toContain('can’t be read')
    world.gitlab.fake.fail({ times: Infinity, failure: { answer: { status: 401, body: {} } } })
    await world.advance({ minutes: 20 })

    expect(textOfView(await openHome(world, people.engineer.id))).toContain(
      '*GitLab can’t be read since Mar 1, 10:00 AM UTC*: this is as of then.',
    )

    world.gitlab.fake.heal()
    await world.advance({ minutes: 20 })
    expect(textOfView(await openHome(world, people.engineer.id))).not.toContain('can’t be read')
  })

  test('remembers what they looked at', async () => {
    const world = await startWorld()
    await world.request()
    await openHome(world, people.engineer.id)
    await choose(world, people.engineer.id, 'unassigned')

    expect(textOfView(await openHome(world, people.engineer.id))).toContain('*Unassigned*: 1 request')
  })
})

describe('A request opened from the Home', () => {
  async function opened(env: Readonly<Record<string, string>> = {}) {
    const world = await startWorld({ env })
    const iid = await world.request()
    world.gitlab.requesterReplies(iid, 'The first project was called turnip.')
    await world.drain()
    await openHome(world, people.engineer.id)
    await choose(world, people.engineer.id, 'all')
    const modal = await openRequest(world, people.engineer.id)
    if (!modal) throw new Error(`no modal: ${world.told(people.engineer.id).at(-1)}`)
    return { world, iid, modal }
  }

  test('has its deadlines, its history and its decisions', async () => {
    const { world, iid, modal } = await opened()

    expect(modal.title).toBe(`#${iid}`)
    expect(textOfView(modal)).toContain('due Mar 31')
    expect(world.slack.buttons(modal)).toEqual(
      expect.arrayContaining(['Pass Verification', 'Fail Verification', 'Show Details', 'Refresh']),
    )
  })

  test('is worked on without the channel: the decision is judged and done, and modal and Home follow', async () => {
    const { world, iid, modal } = await opened()

    await world.slack.click(people.engineer.id, modal, { button: 'Fail Verification' }, { confirm: true })
    await world.drain()

    expect(world.gitlab.issue(iid).state).toBe('closed')
    expect(textOfView(world.slack.openView(people.engineer.id))).toContain('losed')
    expect(textOfView(world.slack.home(people.engineer.id))).toContain('*0* open requests')
  })

  test('has Undo while a reply waits, and follows when it is undone', async () => {
    const { world, iid, modal } = await opened({ UNDO_SECONDS: '30' })
    await world.slack.click(people.engineer.id, modal, { button: 'Fail Verification' }, { confirm: true })
    await world.drain()
    const waiting = world.slack.openView(people.engineer.id)
    if (!waiting) throw new Error('no modal')
    expect(textOfView(waiting)).toContain('Reply goes out at')

    await world.slack.click(people.engineer.id, waiting, { button: 'Undo' })
    await world.drain()

    const view = world.slack.openView(people.engineer.id)
    expect(textOfView(view)).toContain('Answers are in: check them')
    expect(textOfView(view)).toContain('Fail Verification undone before it was sent')
    expect(view && world.slack.buttons(view)).not.toContain('Undo')
    expect(textOfView(world.slack.home(people.engineer.id))).toContain('*1* open request')
    expect(world.changes(iid)).toEqual([])
  })

  test('opens the modal of a decision over its own', async () => {
    const { world, modal } = await opened()

    const decision = await modalAfter(world, people.engineer.id, () =>
      world.slack.click(people.engineer.id, modal, { button: 'Pass Verification' }),
    )
    const front = await inSlack(world, () => {
      const view = world.slack.openView(people.engineer.id)
      return view?.id === modal.id ? undefined : view
    })

    expect(decision).toBeDefined()
    expect(front.previousViewId).toBe(modal.id)
  })

  test('shows the details over it, too', async () => {
    const { world, modal } = await opened()

    await world.slack.click(people.engineer.id, modal, { button: 'Show Details' })
    const front = await inSlack(world, () => {
      const view = world.slack.openView(people.engineer.id)
      return view?.id === modal.id ? undefined : view
    })

    expect(textOfView(front)).toContain('turnip')
  })

  test('that has moved on meanwhile says so, and nothing is done', async () => {
    const { world, iid, modal } = await opened()
    await world.click(iid, 'Request Exception')

    await world.slack.click(people.engineer.id, modal, { button: 'Fail Verification' }, { confirm: true })
    await world.drain()

    expect(world.gitlab.issue(iid).state).toBe('opened')
    expect(world.told(people.engineer.id).at(-1)).toContain('was not done')
  })

  test('is refused to whoever lost the role between the Home and the click', async () => {
    const { world, modal, iid } = await opened()
    world.slack.setGroupMembers('support-engineers', [])
    world.clock.advance({ minutes: 2 })

    await world.slack.click(people.engineer.id, modal, { button: 'Fail Verification' }, { confirm: true })
    await world.drain()

    expect(world.gitlab.issue(iid).state).toBe('opened')
    const refused = (await world.audit()).filter(({ what }) => what === 'refused')
    expect(refused.map(({ who }) => who)).toEqual([`slack:${people.engineer.id}`])
  })

  test('does not open for whoever lost the role since the Home was drawn, and the Home that follows has nothing', async () => {
    const { world } = await opened()
    world.slack.setGroupMembers('support-engineers', [])
    world.clock.advance({ minutes: 2 })
    await world.slack.closeView(people.engineer.id)

    await clickOpen(world)

    expect(world.slack.openView(people.engineer.id)).toBeUndefined()
    expect(world.told(people.engineer.id).at(-1)).toContain('support managers')
    expect(textOfView(await openHome(world, people.engineer.id))).toContain('You don’t have a role here')
  })

  test('says so when the trigger is over', async () => {
    const { world } = await opened()
    await world.slack.closeView(people.engineer.id)
    world.slack.fake.fail({
      path: /views\.open/,
      times: 1,
      failure: { answer: { status: 200, body: { ok: false, error: 'expired_trigger_id' } } },
    })

    await clickOpen(world)

    expect(toldDirectly(world)).toContain('did not open the form in time')
  })
})

describe('The Home of others', () => {
  test('of a member without a role says what this is and whom to ask', async () => {
    const world = await startWorld()
    await world.request()

    const text = textOfView(await openHome(world, people.member.id))

    expect(text).toContain('<!subteam^S01MANAGERS>')
    expect(text).toContain('You don’t have a role here')
    expect(text).not.toContain('open request')
  })

  test.each([
    ['a guest', people.guest.id, 'Guests'],
    ['somebody of another organisation', people.stranger.id, 'Only members of this Slack workspace'],
  ])('of %s has nothing of the desk', async (_who, userId, because) => {
    const world = await startWorld()
    await world.request()

    const text = textOfView(await openHome(world, userId))

    expect(text).toContain(because)
    expect(text).not.toMatch(/open request|subteam|S01/)
  })

  test('of Field Security is that of the tickets', async () => {
    const { world, ticket } = await aTicket()
    const home = await openHome(world, agent)

    expect(textOfView(home)).toContain('Security tickets')
    expect(await choose(world, agent, 'unassigned')).toContain(`|ticket ${ticket}>`)
  })
})

describe('What Slack may refuse', () => {
  test('a chart that the workspace has not got is drawn in text, and is not tried again', async () => {
    const world = await startWorld()
    await world.request()
    world.slack.space.terms.unknownBlocks = ['data_visualization']

    const home = await openHome(world, people.engineer.id)
    const tried = () => world.slack.fake.requests.filter(({ path }) => path.endsWith('views.publish')).length
    const before = tried()
    await openHome(world, people.engineer.id)

    expect(textOfView(home)).toContain('Later: ████████████████████ 1')
    expect(tried() - before).toBe(1)
  })

  test('a Home that is refused whole says so, and what comes in goes on', async () => {
    const world = await startWorld()
    const code = { answer: { status: 200, body: { ok: false, error: 'view_too_large' } } }
    world.slack.fake.fail({ path: /views\.publish/, times: 1, failure: code })

    const home = await openHome(world, people.engineer.id)

    expect(textOfView(home)).toContain('Slack didn’t take this view')
    expect(world.logged.join('')).toContain('Slack refused a Home')
  })
})

/** A claim in Slack and the assignee in GitLab are one thing where config/desk.yaml says who is who. */
import { describe, expect, test } from 'vitest'
import { channel, modalAfter, people, startWorld, type World, type WorldOptions } from './desk-world.ts'

const [ada, ben, mara] = [people.engineer.id, people.secondEngineer.id, people.manager.id]
const [ines, omar] = ['ines.engineer', 'omar.engineer']

/** Ada and Ben are known in GitLab, and nobody else is. */
const linked = (text: string) =>
  text.replace(
    'people: []',
    `people:\n  - {slack: ${ada}, gitlab: ${ines}}\n  - {slack: ${ben}, gitlab: ${omar}}`,
  )

const start = (options: WorldOptions = {}) => startWorld({ deskYaml: linked, ...options })

async function claim(world: World, iid: number, by: string) {
  const view = await modalAfter(world, by, () => world.slack.command(by, channel, '/privacy', `claim ${iid}`))
  if (view) await world.slack.submit(by, view.id, {})
  await world.drain()
}

const assignees = (world: World, iid: number) => world.gitlab.issueView(iid).assignees
const asked = (world: World, iid: number) =>
  world.gitlab.fake.received('PUT', new RegExp(`issues/${iid}$`)).map(({ body }) => body)

describe('A claim sets the assignee in GitLab', () => {
  test('where the account is known, and takes off whoever had it before', async () => {
    const world = await start()
    const iid = await world.request()

    await claim(world, iid, ada)
    const first = assignees(world, iid)
    await claim(world, iid, ben)

    expect([first, assignees(world, iid)]).toEqual([[ines], [omar]])
    expect(world.cardText(iid)).toContain(`Assigned to <@${ben}>`)
    expect(world.thread(iid)).toEqual([`<@${ada}> <@${ben}> has taken over #${iid} from you.`])
  })

  test('taken over by somebody whose account nobody knows leaves it to none that the bot has set', async () => {
    const world = await start()
    const iid = await world.request()
    world.gitlab.someoneAssigns(iid, 'mona.manager', ['pia.privacy'])
    await claim(world, iid, ada)
    expect(assignees(world, iid)).toEqual([ines, 'pia.privacy'])

    await claim(world, iid, mara)

    expect(assignees(world, iid)).toEqual(['pia.privacy'])
    expect(world.cardText(iid)).toContain(`Assigned to <@${mara}>`)
  })

  test('without a known account nothing is asked of GitLab', async () => {
    const world = await startWorld()
    const iid = await world.request()

    await claim(world, iid, ada)

    expect(asked(world, iid)).toEqual([])
  })

  test('whom GitLab does not take is told so, and what is decided then is done all the same', async () => {
    const world = await start()
    const iid = await world.request()
    world.gitlab.outsiders = [ines]

    await claim(world, iid, ada)
    expect(world.cardText(iid)).toContain(`Assigned to <@${ada}>`)
    await world.click(iid, 'Mark Spam')

    expect(world.told(ada)).toEqual([
      `#${iid} is yours now.`,
      `#${iid} is yours here, but GitLab didn’t take you as its assignee: you have to be a member of the project there.`,
    ])
    expect(world.gitlab.issueView(iid).state).toBe('closed')
  })

  test('a name that GitLab does not know is told to whoever claims', async () => {
    const world = await start({ deskYaml: (text) => linked(text).replace(ines, 'nobody.here') })
    const iid = await world.request()

    await claim(world, iid, ada)

    expect(world.told(ada).at(-1)).toContain('there is no user of the name that config/desk.yaml gives')
    expect(assignees(world, iid)).toEqual([])
  })

  test('each is in the audit log, by whom and with what came of it', async () => {
    const world = await start()
    const iid = await world.request()

    await claim(world, iid, ada)

    const log = (await world.audit()).map(({ what, who, details }) => ({ what, who, ...details }))
    expect(log).toContainEqual(expect.objectContaining({ what: 'claimed', who: `slack:${ada}` }))
    expect(log).toContainEqual(
      expect.objectContaining({ what: 'effect', effect: 'assign', outcome: 'done', assignees: 1 }),
    )
  })
})

describe('An assignee set in GitLab counts like a claim', () => {
  test('whoever is assigned there has it here, and is told by whom', async () => {
    const world = await start()
    const iid = await world.request()

    world.gitlab.someoneAssigns(iid, 'mona.manager', [omar])
    await world.drain()

    expect(world.cardText(iid)).toContain(`Assigned to <@${ben}>`)
    expect(world.thread(iid)).toEqual([`<@${ben}> somebody in GitLab has assigned #${iid} to you.`])
    expect(asked(world, iid)).toEqual([])
  })

  test('it takes the request from whoever has it, who is told in the same message', async () => {
    const world = await start()
    const iid = await world.request()
    await claim(world, iid, ada)

    world.gitlab.someoneAssigns(iid, 'mona.manager', [omar])
    await world.drain()

    expect(world.cardText(iid)).toContain(`Assigned to <@${ben}>`)
    expect(world.thread(iid)).toEqual([
      `<@${ben}> somebody in GitLab has assigned #${iid} to you, which <@${ada}> had.`,
    ])
  })

  test('who is taken off there has it no more here', async () => {
    const world = await start()
    const iid = await world.request()
    await claim(world, iid, ada)

    world.gitlab.someoneAssigns(iid, 'mona.manager', [])
    await world.drain()

    expect(world.cardText(iid)).toContain('Unassigned')
    expect(world.thread(iid)).toEqual([`<@${ada}> somebody in GitLab has unassigned you from #${iid}.`])
  })

  test('one whom nobody knows changes nothing', async () => {
    const world = await start()
    const iid = await world.request()
    await claim(world, iid, ada)

    world.gitlab.someoneAssigns(iid, 'mona.manager', [ines, 'pia.privacy'])
    await world.drain()

    expect(world.cardText(iid)).toContain(`Assigned to <@${ada}>`)
    expect(world.thread(iid)).toEqual([])
  })

  test('what was set before the bot looked is taken as it is, and nobody is told', async () => {
    const world = await start({ webhook: false })
    const { iid } = world.gitlab.submitRequest({ description: 'Please delete my account.' })
    world.gitlab.someoneAssigns(iid, 'mona.manager', [omar])

    await world.settle()

    expect(world.cardText(iid)).toContain(`Assigned to <@${ben}>`)
    expect(world.thread(iid)).toEqual([])
  })

  test('while a claim is on its way to GitLab, what stands there still takes it from nobody', async () => {
    const world = await start()
    const iid = await world.request()
    await claim(world, iid, ada)
    world.gitlab.isReadOnly = true
    await claim(world, iid, ben)

    await world.advance({ minutes: 5 })
    world.gitlab.isReadOnly = false
    await world.advance({ hours: 1 })

    expect(world.cardText(iid)).toContain(`Assigned to <@${ben}>`)
    expect(assignees(world, iid)).toEqual([omar])
  })
})

describe('Assign… in the menu of a card', () => {
  const assign = async (world: World, iid: number, by: string, to: string) => {
    const view = await modalAfter(world, by, () =>
      world.slack.click(by, world.card(iid), { button: 'Assign…' }),
    )
    const answer = view && (await world.slack.submit(by, view.id, { 'Assign to': to }))
    await world.drain()
    return answer
  }

  test('gives the request to a colleague, who is told in its thread', async () => {
    const world = await start()
    const iid = await world.request()

    await assign(world, iid, ada, ben)

    expect(world.thread(iid)).toEqual([`<@${ben}> <@${ada}> has assigned #${iid} to you.`])
    expect(world.told(ada)).toEqual([`#${iid} is assigned to <@${ben}> now.`])
    expect(assignees(world, iid)).toEqual([omar])
  })

  test('whoever gives it to somebody whom GitLab does not take is told of them', async () => {
    const world = await start()
    const iid = await world.request()
    world.gitlab.outsiders = [omar]

    await assign(world, iid, ada, ben)

    expect(world.told(ada)).toEqual([
      `#${iid} is assigned to <@${ben}> now.`,
      `#${iid} is assigned to <@${ben}> here, but GitLab didn’t take them as its assignee: they have to be a member of the project there.`,
    ])
    expect(world.told(ben)).toEqual([])
  })

  test('whoever gives it to themselves is told of themselves', async () => {
    const world = await start()
    const iid = await world.request()
    world.gitlab.outsiders = [ines]

    await assign(world, iid, ada, ada)

    expect(world.told(ada).at(-1)).toBe(
      `#${iid} is yours here, but GitLab didn’t take you as its assignee: you have to be a member of the project there.`,
    )
  })

  const noRole = 'They have no role at this desk. Choose somebody who works here.'
  test.each([
    ['without a role', people.member, noRole],
    ['of another desk', people.fieldSecurity, noRole],
    ['who is a guest', people.guest, 'They’re a guest, and guests can’t use Privacy Desk.'],
    ['who is an app', people.bot, 'They’re an app or a bot, which can’t use Privacy Desk.'],
    ['who has left', people.left, 'Their Slack account is deactivated.'],
    ['of another organization', people.stranger, 'They aren’t a member of this Slack workspace.'],
  ])(
    'to somebody %s is refused below the choice, and the modal stays open',
    async (_who, { id }, because) => {
      const world = await start()
      const iid = await world.request()

      const refused = await assign(world, iid, ada, id)

      expect(refused?.body).toEqual({ response_action: 'errors', errors: { 'field:assignee': because } })
      expect(world.slack.openView(ada)?.title).toBe('Assign')
      expect(world.cardText(iid)).toContain('Unassigned')
      expect(world.thread(iid)).toEqual([])
      expect((await world.audit()).at(-1)).toMatchObject({ who: `slack:${ada}`, details: { because } })
    },
  )

  test('while Slack can’t say who has which role, nobody is said to have none', async () => {
    const world = await start()
    const iid = await world.request()
    const view = await modalAfter(world, ada, () =>
      world.slack.click(ada, world.card(iid), { button: 'Assign…' }),
    )
    world.slack.fake.fail({ path: /users\.info/, times: Infinity, failure: { answer: { status: 500 } } })

    const refused = view && (await world.slack.submit(ada, view.id, { 'Assign to': ben }))

    const because =
      'Slack can’t tell right now who has which role, so nothing was done. Try again in a minute.'
    expect(refused?.body).toEqual({ response_action: 'errors', errors: { 'field:assignee': because } })
    expect((await world.audit()).at(-1)).toMatchObject({ who: `slack:${ada}`, details: { because } })
  })
})

import { describe, expect, it } from 'vitest'
import { type Forgery, formOf, slackSignature } from '../../sandbox/slack/deliver.ts'
import { inSlack, people, startWorld, type World } from './desk-world.ts'

/** A request at which a click on Fail Verification does everything at once. */
async function evaluated(world: World): Promise<number> {
  const iid = await world.request()
  world.gitlab.requesterReplies(iid, 'My answers')
  await world.settle()
  return iid
}

/** The submit of a preview, which decides. */
async function submitBody(world: World, iid: number, button = 'Fail Verification'): Promise<string> {
  const by = people.engineer.id
  const view = await world.openModal(iid, button, by)
  return formOf('interactive', world.slack.submitPayload(by, view?.id ?? ''))
}

const seconds = () => Math.floor(Date.now() / 1000)

describe('a forged request of Slack is refused and changes nothing', () => {
  const forgeries: [string, Forgery][] = [
    ['signed with another secret', { secret: 'guessed' }],
    ['without a valid signature', { signature: 'v0=00' }],
    ['with an empty signature', { signature: '' }],
    ['of six minutes ago', { timestamp: seconds() - 360 }],
    ['without a time', { headers: { 'x-slack-request-timestamp': 'now' } }],
  ]

  it.each(forgeries)('%s', async (_how, forgery) => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const card = world.card(iid)

    const { status } = await world.slack.deliverSigned(await submitBody(world, iid), forgery)
    await world.settle()

    expect(status).toBe(401)
    expect(world.done(iid)).toEqual([])
    expect(world.card(iid)).toEqual(card)
  })

  it('with another body than the one that was signed', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const [signed, sent] = [await submitBody(world, iid, 'Mark Spam'), await submitBody(world, iid)]
    const timestamp = seconds()
    const signature = slackSignature(world.slack.signingSecret, timestamp, signed)

    const { status } = await world.slack.deliverSigned(sent, { timestamp, signature })
    await world.settle()

    expect(status).toBe(401)
    expect(world.done(iid)).toEqual([])
  })
})

describe('a request of Slack that is no request', () => {
  it.each([
    ['larger than 1 MiB', `payload=${'x'.repeat(1024 * 1024)}`, 413],
    ['with a payload that is no JSON', 'payload=%7B%22half', 400],
    ['with nothing in it', 'payload=', 400],
  ])('%s changes nothing', async (_what, body, status) => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const card = world.card(iid)

    const answer = await world.slack.deliverSigned(body)
    await world.settle()

    expect(answer.status).toBe(status)
    expect(world.card(iid)).toEqual(card)
    expect(world.done(iid)).toEqual([])
  })

  it('a button whose value is none of ours is answered politely', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const click = world.slack.clickPayload(
      people.engineer.id,
      world.card(iid),
      {
        button: 'Fail Verification',
      },
      { confirm: true },
    )
    const values = [
      '',
      'null',
      '{}',
      '{"requestId":1}',
      '{"requestId":"__proto__","decision":"constructor","step":"toString"}',
    ]

    for (const value of values) {
      const actions = [{ ...(click.actions as object[])[0], value, action_ts: `1.${values.indexOf(value)}` }]
      await world.slack.deliverSigned(formOf('interactive', { ...click, actions }))
    }
    await world.settle()

    expect(world.done(iid)).toEqual([])
    expect(world.told(people.engineer.id)).toEqual(
      values.map(
        () =>
          'I’m not tracking this request anymore. `/privacy list` and `/security list` show the open ones; `/privacy track 123` starts tracking an issue.',
      ),
    )
  })

  it('a decision that no flow knows is refused', async () => {
    const { world, iid } = await decided('make-it-so')

    expect(world.cardText(iid)).toContain('Answers are in: check them')
    expect(world.told(people.engineer.id)).toEqual([
      expect.stringContaining('Too late: This decision is no longer open. #1 is now at'),
    ])
    expect(errorsIn(world)).toEqual([])
  })

  it.each(['constructor', '__proto__', 'toString'])(
    'a decision with the name %s is refused like any other',
    async (decision) => {
      const { world } = await decided(decision)

      expect(world.told(people.engineer.id)).toHaveLength(1)
      expect(errorsIn(world)).toEqual([])
    },
  )
})

const errorsIn = (world: World) => world.logged.filter((line) => line.includes('"level":50'))

/** A click whose button stands for this decision, whatever the card offers. */
async function decided(decision: string) {
  const world = await startWorld()
  const iid = await evaluated(world)
  const which = { button: 'Fail Verification' }
  const click = world.slack.clickPayload(people.engineer.id, world.card(iid), which, { confirm: true })
  const [action] = click.actions as { value: string }[]
  const value = JSON.stringify({ ...(JSON.parse(action?.value ?? '') as object), decision })
  await world.slack.deliverSigned(formOf('interactive', { ...click, actions: [{ ...action, value }] }))
  await inSlack(world, () => world.told(people.engineer.id).at(-1))
  return { world, iid }
}

describe('a request of Slack that comes again', () => {
  it('the same submit twice is one decision', async () => {
    const world = await startWorld()
    const iid = await evaluated(world)
    const body = await submitBody(world, iid)

    const answers = [await world.slack.deliverSigned(body), await world.slack.deliverSigned(body)]
    await world.settle()
    const late = await world.slack.deliverSigned(body)
    await world.settle()

    expect([...answers, late].map(({ status }) => status)).toEqual([200, 200, 200])
    expect(world.done(iid)).toHaveLength(4)
    expect(world.told(people.engineer.id)).toEqual([])
    const decided = (await world.audit()).filter(({ what }) => what === 'decided' || what === 'refused')
    expect(decided.map(({ what, who }) => `${what} ${who}`)).toEqual([`decided slack:${people.engineer.id}`])
  })

  it('the same modal submitted twice is one decision', async () => {
    const world = await startWorld()
    const iid = await world.request()
    const view = await world.openModal(iid, 'Start')
    if (!view) throw new Error('no modal')
    const entries = { 'Account type': 'free', 'Reason in the requester’s comment': 'none' }

    const first = world.slack.submit(people.engineer.id, view.id, entries)
    const second = world.slack.submit(people.engineer.id, view.id, entries)
    const answers = await Promise.all([first, second])
    await world.settle()

    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(world.done(iid)).toEqual(['add account-deletion::personal', 'add Awaiting::Challenge Answers'])
    const decided = (await world.audit()).filter(({ what }) => what === 'decided')
    expect(decided).toHaveLength(1)
  })

  it('the same /privacy track twice takes an issue in once', async () => {
    const world = await startWorld({ webhook: false })
    const { iid } = world.gitlab.submitRequest({
      description: 'Request Type: Full Deletion\nEmail: a@example.com',
    })

    await world.slack.command(people.engineer.id, 'privacy-team_help', '/privacy', `track ${iid}`)
    await world.slack.command(people.engineer.id, 'privacy-team_help', '/privacy', `track ${iid}`)
    await world.settle()

    expect(
      world.slack.messages('privacy-team_help').filter(({ text }) => text.startsWith(`#${iid} `)),
    ).toHaveLength(1)
  })
})

import { describe, expect, test } from 'vitest'
import { channel, inSlack, modalAfter, people, startWorld, type World } from './desk-world.ts'
import { agent, aTicket } from './ticket-acts.ts'

const shortcut = 'attach-to-request'

async function chosen(
  world: World,
  by: string,
  words = 'They phoned: it is urgent.',
  where: string = channel,
) {
  const message = world.slack.say(by, where, words)
  return modalAfter(world, by, () => world.slack.messageShortcut(by, message, shortcut))
}

async function attach(world: World, by: string, iid: number, summary: string) {
  const view = await chosen(world, by)
  if (!view) throw new Error(`no modal: ${world.told(by).at(-1)}`)
  const answer = await world.slack.submit(by, view.id, { Request: String(iid), Summary: summary })
  await world.drain()
  return answer
}

const notesOf = (world: World, iid: number) => world.changes(iid).filter(({ note }) => note !== undefined)

describe('Attach to request', () => {
  test('writes the link and the summary into an internal note, and nothing to the requester', async () => {
    const world = await startWorld()
    const iid = await world.request()

    await attach(world, people.engineer.id, iid, 'They phoned: it is urgent.')

    const [note, ...more] = notesOf(world, iid)
    expect(more).toEqual([])
    expect(note?.internal).toBe(true)
    expect(note?.note).toContain(
      '> Ada Lindqvist attached a message from Slack: https://desk-sandbox.slack.com/archives/C01PRIVACY/p',
    )
    expect(note?.note).toContain('> They phoned: it is urgent.')
    expect(world.told(people.engineer.id).at(-1)).toContain(`internal notes of #${iid}`)
  })

  test('leaves nothing of the summary in the database, and an entry without it in the audit log', async () => {
    const world = await startWorld()
    const iid = await world.request()

    await attach(world, people.engineer.id, iid, 'The notary Vandersloot phoned.')
    const attached = (await world.audit()).filter(({ what }) => what === 'attached')

    expect(attached.map(({ who, iid: number, details }) => [who, number, details])).toEqual([
      [`slack:${people.engineer.id}`, iid, {}],
    ])
    expect(await world.kept()).not.toContain('Vandersloot')
    expect(world.logged.join('')).not.toContain('Vandersloot')
  })

  test('names the thread of a reply', async () => {
    const world = await startWorld()
    const iid = await world.request()
    const first = world.slack.say(people.engineer.id, channel, 'Listen.')
    const reply = world.slack.say(people.engineer.id, channel, 'They phoned.', first.ts)

    const view = await modalAfter(world, people.engineer.id, () =>
      world.slack.messageShortcut(people.engineer.id, reply, shortcut),
    )
    await world.slack.submit(people.engineer.id, view?.id ?? '', { Request: String(iid), Summary: 'Phoned.' })
    await world.drain()

    expect(notesOf(world, iid)[0]?.note).toContain(`?thread_ts=${first.ts}&amp;cid=C01PRIVACY`)
  })

  test.each([
    ['/close', '> /close'],
    ['<!channel> @all closes #1 {person:U01MANAGER}', '{person :U01MANAGER}'],
    ['\u202Eesrever', 'esrever'],
    ['x'.repeat(2_000), 'x'.repeat(100)],
  ])('takes %s as text', async (summary, written) => {
    const world = await startWorld()
    const iid = await world.request()

    await attach(world, people.engineer.id, iid, summary)

    expect(notesOf(world, iid)[0]?.note).toContain(written)
    expect(world.gitlab.issue(iid).state).toBe('opened')
  })

  test('of a ticket is an internal comment, which nobody is mailed', async () => {
    const { world, ticket } = await aTicket()
    const message = world.slack.say(agent, 'field-security', 'The customer phoned.')

    const view = await modalAfter(world, agent, () => world.slack.messageShortcut(agent, message, shortcut))
    await world.slack.submit(agent, view?.id ?? '', { Request: String(ticket), Summary: 'They phoned.' })
    await world.drain()

    const last = world.zendesk.ticket(ticket).comments.at(-1)
    expect(last?.body).toContain('They phoned.')
    expect(last?.public).toBe(false)
    expect(world.zendesk.mails).toEqual([])
  })

  test.each([
    ['a number that is none', 'twelve', 'Enter its number'],
    ['a request that nobody knows', '99', 'I don’t know a request with this number'],
  ])('says at the field what is wrong: %s', async (_what, request, error) => {
    const world = await startWorld()
    await world.request()
    const view = await chosen(world, people.engineer.id)

    const answer = await world.slack.submit(people.engineer.id, view?.id ?? '', {
      Request: request,
      Summary: 'x',
    })

    expect(JSON.stringify(answer.body)).toContain(error)
    expect(world.slack.openView(people.engineer.id)?.id).toBe(view?.id)
  })

  test.each([
    ['a member without a role', people.member.id, 'Only people with a role'],
    ['a guest', people.guest.id, 'Guests'],
  ])('is refused to %s, with an entry in the audit log', async (_who, userId, because) => {
    const world = await startWorld()
    await world.request()

    const view = await chosen(world, userId)

    expect(view).toBeUndefined()
    expect(world.told(userId).at(-1)).toContain(because)
    expect((await world.audit()).filter(({ what }) => what === 'refused')).toHaveLength(1)
  })

  test('is refused to whoever lost the role while the modal was open, and nothing is written', async () => {
    const world = await startWorld()
    const iid = await world.request()
    const view = await chosen(world, people.manager.id)
    world.slack.setGroupMembers('support-managers', [])
    world.clock.advance({ minutes: 2 })

    const answer = await world.slack.submit(people.manager.id, view?.id ?? '', {
      Request: String(iid),
      Summary: 'x',
    })
    await world.drain()

    expect(JSON.stringify(answer.body)).toContain('Only people with a role')
    expect(notesOf(world, iid)).toEqual([])
  })

  test('says so when the trigger is over', async () => {
    const world = await startWorld()
    const refusal = { answer: { status: 200, body: { ok: false, error: 'expired_trigger_id' } } }
    world.slack.fake.fail({ path: /views\.open/, times: 1, failure: refusal })

    const view = await chosen(world, people.engineer.id)

    expect(view).toBeUndefined()
    expect(await inSlack(world, () => world.told(people.engineer.id).at(-1))).toContain(
      'choose the shortcut again',
    )
  })

  test('a note that GitLab refuses stands on the card, with Try Again', async () => {
    const world = await startWorld()
    const iid = await world.request()
    world.gitlab.fake.fail({
      method: 'POST',
      path: /notes$/,
      times: 1,
      failure: { answer: { status: 403, body: {} } },
    })

    await attach(world, people.engineer.id, iid, 'They phoned.')

    expect(world.slack.buttons(world.card(iid))).toContain('Try Again')
  })
})

/** "Who: …" of every row of the flows: the role is asked before the step, whatever was clicked and wherever it stands. */
import { describe, expect, test } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { modalAfter, people, startWorld } from './desk-world.ts'
import { aRequest, requesterWrites, toldAfter } from './flow-acts.ts'

const deletion = 'GitLab.com Account Deletion'
const managersOnly = 'Only a support manager can use Approve Exception. Ask <!subteam^S01MANAGERS>.'
const supportOnly =
  'Only a support engineer or a support manager can use Fail Verification. Ask <!subteam^S01ENGINEERS> <!subteam^S01MANAGERS>.'

describe('Who may never decide is told so', () => {
  test.each([
    ['a support engineer', people.engineer.id],
    ['Field Security', people.fieldSecurity.id],
    ['a member without a role', people.member.id],
  ])('at a step that does not offer it yet: %s', async (_who, by) => {
    const given = await aRequest(deletion)

    expect(await toldAfter(given, 'Approve Exception', by)).toBe(managersOnly)
  })

  test('while a support manager hears when it will be open', async () => {
    const given = await aRequest(deletion)

    expect(await toldAfter(given, 'Approve Exception', people.manager.id)).toContain(
      'Not yet: Approve Exception opens as soon as the requester has answered.',
    )
  })

  test('on an old card, after the request was closed', async () => {
    const given = await aRequest(deletion)
    const { world, iid } = given
    await requesterWrites(given)
    const old = { ...world.card(iid) }
    await world.click(iid, 'Fail Verification')

    await world.slack.click(people.fieldSecurity.id, old, { button: 'Fail Verification' }, { confirm: true })
    await world.drain()

    expect(world.told(people.fieldSecurity.id)).toEqual([supportOnly])
  })

  test('also while GitLab can’t be read', async () => {
    const given = await aRequest(deletion)
    const { world } = given
    await requesterWrites(given)
    world.gitlab.fake.fail({ method: 'GET', times: Infinity, failure: { answer: { status: 502, body: '' } } })

    expect(await toldAfter(given, 'Fail Verification', people.fieldSecurity.id)).toBe(supportOnly)
    world.gitlab.fake.heal()
  })

  test('of what was stored before their role was gone, also while GitLab can’t be read', async () => {
    const given = await aRequest(deletion)
    const { world, iid } = given
    await requesterWrites(given)
    await world.stop()
    const store = await openStore({ databaseUrl: world.databaseUrl, now: world.clock.now })
    const row = await store.tables.requests.byNumber(iid, 'gitlab')
    const answerTo = { userId: people.fieldSecurity.id, teamId: 'T01DESK', channel: 'C01PRIVACY' }
    const decision = { decision: 'fail-verification', shownAt: row?.step, input: {}, answerTo }
    await store.tables.inbox.put({
      ...{ key: 'click', kind: 'decision', payload: { requestId: row?.id, ...decision } },
      receivedAt: world.clock.now().toISOString(),
    })
    await store.close()
    world.gitlab.fake.fail({
      ...{ method: 'GET', path: /\/issues\/\d+/, times: Infinity },
      failure: { answer: { status: 502, body: '' } },
    })

    await world.restart()

    expect(world.told(people.fieldSecurity.id)).toEqual([
      'Only a support engineer or a support manager can use Fail Verification.',
    ])
    world.gitlab.fake.heal()
  })

  test('at the submit of a modal whose request has moved on and whose role is gone', async () => {
    const world = await startWorld({ env: { SUPPORT_ENGINEERS: people.engineer.id } })
    const iid = await world.request()
    const by = people.manager.id
    const view = await modalAfter(world, by, () =>
      world.slack.click(by, world.card(iid), { button: 'Start' }),
    )
    world.gitlab.requesterReplies(iid, 'My answers')
    await world.drain()
    world.slack.setGroupMembers('support-managers', [])
    // What Slack said of a person's roles is believed for a minute.
    await world.advance({ minutes: 2 })

    await world.slack.submit(by, view?.id ?? '', {
      'Account type': 'Free account',
      'Reason in the requester’s comment': 'None',
    })
    await world.drain()

    expect(world.told(by)).toEqual([
      'Only a support engineer or a support manager can use Start. Ask <@U01ENGINEER> <!subteam^S01MANAGERS>.',
    ])
  })
})

/** What the label of an approved exception is worth when it is set by hand: `label-approves` in config/desk.yaml. */
import { describe, expect, test } from 'vitest'
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import { GROUPS } from '../../sandbox/slack/people.ts'
import { people, startWorld, type World } from './desk-world.ts'

const approved = 'Deletion Request::Exception Approved'
const privacyAccount = 'pia.privacy'

interface Options {
  readonly setting?: 'yes' | 'with-role'
  readonly linked?: readonly (readonly [slack: string, gitlab: string])[]
  readonly two?: boolean
}

/** An exception that the engineer has asked for. */
async function inReview({ setting, linked = everybody, two = false }: Options = {}) {
  const lines = linked.map(([slack, gitlab]) => `\n  - {slack: ${slack}, gitlab: ${gitlab}}`)
  const world = await startWorld({
    env: two ? { REQUIRE_PRIVACY_APPROVAL: 'true' } : {},
    deskYaml: (text) =>
      text
        .replace('people: []', lines.length > 0 ? `people:${lines.join('')}` : 'people: []')
        .replace('label-approves: yes', `label-approves: ${setting ?? 'yes'}`),
  })
  const iid = await world.request()
  world.gitlab.requesterReplies(iid, 'I am the sole owner and can not log in')
  await world.settle()
  await world.click(iid, 'Request Exception', people.engineer.id)
  await world.settle()
  return { world, iid }
}

const everybody = [
  [people.engineer.id, usernames.engineer],
  [people.manager.id, usernames.manager],
] as const

async function label(world: World, iid: number, username: string): Promise<void> {
  world.gitlab.someoneLabels(iid, username, [approved])
  await world.settle()
}

const stands = (world: World, iid: number) =>
  world.cardText(iid).includes('Ready: start the deletion')
    ? 'ready'
    : world.cardText(iid).includes('Exception requested: approve it or fail verification')
      ? 'in review'
      : world.cardText(iid)

/** The card, the thread and the log say the same. */
async function expectRefused(world: World, iid: number, why: string): Promise<void> {
  const sentence = `The label ${approved}, set by hand in GitLab, approves nothing: ${why}`
  expect(stands(world, iid)).toBe('in review')
  expect(world.cardText(iid)).toContain(sentence)
  expect(world.thread(iid).at(-1)).toContain(sentence)
  expect((await world.audit()).findLast(({ what }) => what === 'seen')).toMatchObject({
    details: { name: 'label-added', because: expect.stringContaining(sentence) },
  })
}

describe('label-approves: yes', () => {
  test.each([
    ['a manager', usernames.manager],
    ['whoever asked for the exception', usernames.engineer],
  ])('the label approves, set by %s', async (_who, username) => {
    const { world, iid } = await inReview()

    await label(world, iid, username)

    expect(stands(world, iid)).toBe('ready')
  })

  test('and does so for nobody who is linked, with REQUIRE_PRIVACY_APPROVAL too', async () => {
    const { world, iid } = await inReview({ linked: [], two: true })

    await label(world, iid, usernames.engineer)

    expect(stands(world, iid)).toBe('ready')
  })
})

describe('label-approves: with-role', () => {
  test('a manager who is linked approves by it', async () => {
    const { world, iid } = await inReview({ setting: 'with-role' })

    await label(world, iid, usernames.manager)

    expect(stands(world, iid)).toBe('ready')
    expect(world.cardText(iid)).not.toContain('approves nothing')
    expect((await world.audit()).findLast(({ what }) => what === 'seen')).toMatchObject({
      details: { approval: { by: { id: people.manager.id } }, to: 'account-deletion/ready' },
    })
  })

  test('an account that nobody is linked with approves nothing, whoever it may be', async () => {
    const { world, iid } = await inReview({ setting: 'with-role', linked: [] })

    await label(world, iid, usernames.manager)

    await expectRefused(
      world,
      iid,
      'whoever set it is linked with nobody in Slack. Only a support manager can use Approve Exception.',
    )
    expect(world.thread(iid).at(-1)).toContain(`<!subteam^${GROUPS.managers.id}>`)
  })

  test('a linked person without the role approves nothing', async () => {
    const { world, iid } = await inReview({
      setting: 'with-role',
      linked: [[people.secondEngineer.id, usernames.manager]],
    })

    await label(world, iid, usernames.manager)

    await expectRefused(world, iid, 'whoever set it does not hold the role')
  })

  test('nor does a manager who has lost the role', async () => {
    const { world, iid } = await inReview({ setting: 'with-role' })
    world.slack.setGroupMembers(GROUPS.managers.handle, [])
    await world.advance({ minutes: 2 })

    await label(world, iid, usernames.manager)

    await expectRefused(world, iid, 'whoever set it does not hold the role')
  })

  test('nor does whoever asked for the exception, as a manager by now', async () => {
    const { world, iid } = await inReview({ setting: 'with-role' })
    world.slack.setGroupMembers(GROUPS.managers.handle, [people.engineer.id, people.manager.id])
    await world.advance({ minutes: 2 })

    await label(world, iid, usernames.engineer)

    await expectRefused(world, iid, 'whoever set it asked for the exception')
  })

  test('a manager approves nothing while Slack can’t say who they are', async () => {
    const { world, iid } = await inReview({ setting: 'with-role' })
    await world.advance({ minutes: 2 })
    world.slack.fake.fail({ path: /users\.info/, times: Infinity, failure: { answer: { status: 500 } } })

    await label(world, iid, usernames.manager)

    await expectRefused(world, iid, 'Slack does not say that whoever set it may act here')
  })

  test('nor does a guest in the group of managers', async () => {
    const { world, iid } = await inReview({
      setting: 'with-role',
      linked: [[people.guest.id, usernames.manager]],
    })
    world.slack.setGroupMembers(GROUPS.managers.handle, [people.guest.id])
    await world.advance({ minutes: 2 })

    await label(world, iid, usernames.manager)

    await expectRefused(world, iid, 'Slack does not say that whoever set it may act here')
  })

  test('what was refused can be approved with the button', async () => {
    const { world, iid } = await inReview({ setting: 'with-role', linked: [] })
    await label(world, iid, usernames.engineer)

    await world.decide(iid, 'Approve Exception', { Reason: 'It looks right.' }, people.manager.id)

    expect(stands(world, iid)).toBe('ready')
    expect(world.cardText(iid)).not.toContain('approves nothing')
  })
})

describe('label-approves: with-role, and two approvals', () => {
  const linked = [...everybody, [people.privacy.id, privacyAccount]] as const

  test('the label is one of the two, and the second comes by the button', async () => {
    const { world, iid } = await inReview({ setting: 'with-role', linked, two: true })

    await label(world, iid, usernames.manager)
    const first = stands(world, iid)
    await world.decide(iid, 'Approve Exception', { Reason: 'Fine.' }, people.privacy.id)

    expect([first, stands(world, iid)]).toEqual(['in review', 'ready'])
    expect(world.thread(iid).join('\n')).toContain('It needs a second approval')
  })

  test('or the second is the label, after the button', async () => {
    const { world, iid } = await inReview({ setting: 'with-role', linked, two: true })
    await world.decide(iid, 'Approve Exception', { Reason: 'Fine.' }, people.privacy.id)
    await world.settle()
    const first = stands(world, iid)

    await label(world, iid, usernames.manager)

    expect([first, stands(world, iid)]).toEqual(['in review', 'ready'])
  })

  test('not where whoever gave the first has lost the role: the label is the first then', async () => {
    const { world, iid } = await inReview({ setting: 'with-role', linked, two: true })
    await world.decide(iid, 'Approve Exception', { Reason: 'Fine.' }, people.privacy.id)
    world.slack.setGroupMembers(GROUPS.privacy.handle, [])
    await world.advance({ minutes: 2 })

    await label(world, iid, usernames.manager)

    expect(stands(world, iid)).toBe('in review')
    expect(world.thread(iid).at(-1)).toContain('It needs a second approval')
  })

  test('the same person’s click and label are one approval', async () => {
    const { world, iid } = await inReview({ setting: 'with-role', linked, two: true })
    await world.decide(iid, 'Approve Exception', { Reason: 'Fine.' }, people.manager.id)
    await world.settle()

    await label(world, iid, usernames.manager)

    await expectRefused(
      world,
      iid,
      'whoever set it, or somebody with the same role, has approved already. Only Privacy can use Approve Exception.',
    )
  })
})

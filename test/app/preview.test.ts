/** What is e-mailed is seen before: the exact text, to how many, what changes. What would be refused asks nothing. */
import { describe, expect, test } from 'vitest'
import type { View } from '../../sandbox/slack/workspace.ts'
import { inSlack, people, snippet, startWorld, textOf, type World } from './desk-world.ts'

const wordsOf = (view: View | undefined) => textOf({ text: '', blocks: view?.blocks ?? [] })

async function late(): Promise<{ readonly world: World; readonly iid: number }> {
  const world = await startWorld()
  const iid = await world.request()
  await world.advance({ days: 8 })
  return { world, iid }
}

describe('the preview of a reply', () => {
  test('shows what will be sent, and to how many; what was shown is what is sent', async () => {
    const { world, iid } = await late()
    world.gitlab.issue(iid).participants.push('lawyer@example.com', 'assistant@example.com')

    const view = await world.openModal(iid, 'Close No Response')
    const shown = wordsOf(view)
    const before = world.changes(iid)
    await world.slack.submit(people.engineer.id, view?.id ?? '')
    await world.drain()

    expect(shown).toContain(snippet('closed-no-response'))
    expect(shown).toContain(`E-mailed to the requester and to 2 others on #${iid}.`)
    expect(before).toEqual([])
    const mail = world.gitlab.mails.at(-1)
    expect(mail?.to).toHaveLength(3)
    expect(mail?.text).toBe(snippet('closed-no-response'))
    expect(world.gitlab.issue(iid).state).toBe('closed')
  })

  test('names nobody but the requester where there is nobody else', async () => {
    const { world, iid } = await late()

    expect(wordsOf(await world.openModal(iid, 'Close No Response'))).toContain(
      'E-mailed to the requester only.',
    )
  })

  test.each([
    ['GitLab does not say it', { answer: { status: 200, body: { data: { workItem: null } } } }],
    ['GitLab answers with an error', { answer: { status: 500, body: 'down' } }],
    ['GitLab knows no such field', { answer: { status: 200, body: { errors: [{ message: 'no field' }] } } }],
    [
      'GitLab hides the addresses',
      {
        answer: {
          status: 200,
          body: { data: { workItem: { widgets: [{ emailParticipants: ['r*@e*', 'l*@e*'] }] } } },
        },
      },
    ],
  ])('says “everyone” and no wrong number where %s', async (_why, failure) => {
    const { world, iid } = await late()
    world.gitlab.fake.fail({ path: /graphql/, failure, times: 99 })

    expect(wordsOf(await world.openModal(iid, 'Close No Response'))).toContain(
      `E-mailed to the requester and to everyone on #${iid}.`,
    )
  })

  test('of a request that a colleague closed meanwhile is refused in place, and nothing is sent twice', async () => {
    const { world, iid } = await late()
    const view = await world.openModal(iid, 'Close No Response', people.engineer.id)
    await world.click(iid, 'Close No Response', people.secondEngineer.id)
    const done = world.done(iid)

    await world.slack.submit(people.engineer.id, view?.id ?? '')
    await world.drain()

    expect(world.slack.space.openViews(people.engineer.id).map(({ title }) => title)).toEqual([
      'Nothing was done',
    ])
    expect(world.told(people.engineer.id).at(-1)).toContain('Close No Response was not done')
    expect(world.done(iid)).toEqual(done)
  })

  test('whose requester has written meanwhile sends nothing', async () => {
    const { world, iid } = await late()
    const view = await world.openModal(iid, 'Close No Response')
    world.gitlab.requesterReplies(iid, 'Here I am.')

    await world.slack.submit(people.engineer.id, view?.id ?? '')
    await world.drain()

    expect(world.gitlab.mails.map(({ text }) => text)).not.toContain(snippet('closed-no-response'))
    expect(world.gitlab.issue(iid).state).toBe('opened')
  })

  test('counts a reply that nobody has told of: GitLab is read before anything is asked', async () => {
    const { world, iid } = await late()
    world.gitlab.webhooks.hold()
    world.gitlab.requesterReplies(iid, 'Here I am.')

    expect(await world.openModal(iid, 'Close No Response')).toBeUndefined()
    expect(world.told(people.engineer.id).at(-1)).toContain('Close No Response')
    const fail = await world.openModal(iid, 'Fail Verification')
    expect(wordsOf(fail)).toContain(snippet('closed-verification-failed'))
  })

  test('opens over the request in the Home, and from the digest, the same', async () => {
    const { world, iid } = await late()
    const by = people.engineer.id
    await world.click(iid, 'Claim')
    await world.slack.event({ type: 'app_home_opened', user: by, tab: 'home' })
    await world.drain()
    const home = await inSlack(world, () => world.slack.home(by))
    await world.slack.click(by, home, { button: 'Open' })
    const request = await inSlack(world, () => world.slack.openView(by))

    await world.slack.click(by, request, { button: 'Close No Response' })
    const preview = await inSlack(world, () => {
      const view = world.slack.openView(by)
      return view?.title === 'Close No Response' ? view : undefined
    })

    expect(wordsOf(preview)).toContain(snippet('closed-no-response'))
    expect(preview.rootViewId).toBe(request.id)
    await world.slack.submit(by, preview.id)
    await world.drain()
    expect(world.gitlab.issue(iid).state).toBe('closed')
  })
})

describe('a click that would be refused', () => {
  test('asks nothing: the reason stands in a small modal at once', async () => {
    const world = await startWorld()
    const iid = await world.request()

    expect(await world.openModal(iid, 'Close No Response')).toBeUndefined()

    const [modal] = world.slack.space.openViews(people.engineer.id)
    expect([modal?.title, modal?.submit]).toEqual(['Nothing was done', undefined])
    expect(world.told(people.engineer.id)).toHaveLength(1)
    expect(world.changes(iid)).toEqual([])
  })

  test('is told privately where Slack opens no modal any more', async () => {
    const world = await startWorld()
    const iid = await world.request()
    const expired = { answer: { status: 200, body: { ok: false, error: 'expired_trigger_id' } } }
    world.slack.fake.fail({ path: /views\.open/, failure: expired })

    await world.openModal(iid, 'Close No Response')

    expect(world.slack.space.openViews(people.engineer.id)).toEqual([])
    expect(world.told(people.engineer.id)).toHaveLength(1)
  })
})

test('a decision that sends nothing asks once, says so, and is taken back with Undo Step', async () => {
  const world = await startWorld()
  const iid = await world.request()

  const view = await world.openModal(iid, 'Answers Received')
  expect(wordsOf(view)).toContain('Nothing is sent to the requester.')
  expect(wordsOf(view)).toContain('Undo Step takes it back.')
  await world.slack.submit(people.engineer.id, view?.id ?? '')
  await world.drain()
  expect(world.cardText(iid)).toContain('Answers are in')
  await world.decide(iid, 'Undo Step', { 'Reason for undoing it': 'By mistake' })

  expect(world.cardText(iid)).not.toContain('Answers are in')
})

import { describe, expect, test } from 'vitest'
import type { Failure } from '../../sandbox/fake-server.ts'
import { formOf } from '../../sandbox/slack/deliver.ts'
import { PEOPLE, TEAM } from '../../sandbox/slack/people.ts'
import { rateLimited } from '../../sandbox/slack/slack.ts'
import { shipped } from '../../src/desks/index.ts'
import { flows } from '../../src/flows/index.ts'
import { backlogMessage } from '../../src/views/backlog-message.ts'
import { requestCard } from '../../src/views/request-card.ts'
import { aCardState, type Override } from '../views/a-card-state.ts'
import { aSlackApp, eventually } from './a-desk.ts'

const engineer = PEOPLE.engineer.id
const confirm = { confirm: true }

async function aCardInSlack(override: Override = {}) {
  const world = await aSlackApp()
  const state = aCardState(override)
  const ts = await world.card(state, requestCard(state))
  return { ...world, ts, state }
}

/** What Slack sends the bot at this address from now on, as it is signed. */
function payloadsOf({ slack, url }: Awaited<ReturnType<typeof aCardInSlack>>): readonly string[] {
  const payloads: string[] = []
  slack.app = {
    url: `${url}/slack/events`,
    signingSecret: slack.signingSecret,
    fetch: (to, init) => {
      payloads.push(String(init?.body))
      return fetch(to, init)
    },
  }
  return payloads
}

/** Of an answers-awaiting request the clock is over: its reply can be sent. */
const late = { now: '2026-03-20T10:00:00.000Z' } as const

describe('a click on a decision', () => {
  test('is asked in a preview with the text, and stored when that is submitted, before it is acknowledged', async () => {
    const { slack, desk, ts } = await aCardInSlack(late)
    desk.others = 2

    await slack.click(engineer, ts, { button: 'Close No Response' })
    await eventually(() => slack.openView(engineer)?.title).toBe('Close No Response')
    const view = slack.openView(engineer)
    expect(desk.received).toEqual([])
    expect(JSON.stringify(view?.blocks)).toContain('E-mailed to the requester and to 2 others on #123.')
    const answer = await slack.submit(engineer, view?.id ?? '')

    expect(answer).toMatchObject({ status: 200, body: undefined })
    expect(desk.received).toEqual([
      {
        kind: 'decision',
        key: expect.stringMatching(new RegExp(`^submit:${view?.id}:.*:${engineer}$`)),
        payload: {
          requestId: 'r-1',
          decision: 'close-no-response',
          shownAt: 'awaiting-answers',
          input: {},
          answerTo: { userId: engineer, teamId: TEAM.id, channel: 'C01PRIVACY' },
        },
      },
    ])
  })

  test('whose preview is closed changes nothing', async () => {
    const { slack, desk, ts } = await aCardInSlack(late)

    await slack.click(engineer, ts, { button: 'Close No Response' })
    await eventually(() => slack.openView(engineer)?.title).toBe('Close No Response')
    await slack.closeView(engineer)

    expect(desk.received).toEqual([])
  })

  test('with its submit delivered twice is one decision; clicked twice it is two', async () => {
    const card = await aCardInSlack(late)
    const { slack, desk, ts } = card
    const app = slack.app
    const payloads = payloadsOf(card)
    await slack.click(engineer, ts, { button: 'Close No Response' }, confirm)
    slack.app = app

    const again = await slack.deliverSigned(payloads.at(-1) ?? '')
    expect([again.status, desk.received.length]).toEqual([200, 1])
    await slack.click(engineer, ts, { button: 'Close No Response' }, confirm)

    expect(desk.received).toHaveLength(2)
  })

  test('that would be refused is refused in a modal at once: nobody confirms anything', async () => {
    const { slack, desk, ts, told } = await aCardInSlack()
    desk.refusal = { because: 'Too early: the requester has until Mar 8.' }

    await slack.click(engineer, ts, { button: 'Close No Response' })

    await eventually(() => told(engineer)).toEqual(['Too early: the requester has until Mar 8.'])
    expect(slack.space.openViews(engineer).map(({ title, submit }) => [title, submit])).toEqual([
      ['Nothing was done', undefined],
    ])
    expect(desk.refused).toEqual([
      { requestId: 'r-1', decision: 'close-no-response', userId: engineer, because: desk.refusal.because },
    ])
    expect(desk.received).toEqual([])
  })

  test('that is refused where Slack opens no modal any more is answered privately', async () => {
    const { slack, desk, ts, told } = await aCardInSlack()
    desk.refusal = { because: 'Too early: the requester has until Mar 8.' }
    slack.fake.fail({
      path: /views\.open/,
      failure: { answer: { status: 200, body: { ok: false, error: 'expired_trigger_id' } } },
    })

    await slack.click(engineer, ts, { button: 'Close No Response' })

    await eventually(() => told(engineer)).toEqual(['Too early: the requester has until Mar 8.'])
    expect(slack.space.openViews(engineer)).toEqual([])
  })

  test('that would be refused on what may be out of date, as GitLab is silent, says that instead', async () => {
    const { slack, desk, ts, told } = await aCardInSlack()
    desk.refusal = { because: 'Too early: the requester has until Mar 8.' }
    desk.unread = 'GitLab can’t be read right now.'

    await slack.click(engineer, ts, { button: 'Close No Response' })

    await eventually(() => told(engineer)).toEqual(['GitLab can’t be read right now.'])
  })

  test('whose request moved on while the preview was open is refused in the modal, and nothing is sent', async () => {
    const { slack, desk, ts, told } = await aCardInSlack({ step: 'evaluating' })
    await slack.click(engineer, ts, { button: 'Fail Verification' })
    await eventually(() => slack.openView(engineer)?.title).toBe('Fail Verification')
    const view = slack.openView(engineer)
    desk.states.set('r-1', aCardState({ step: 'exception-review' }))

    await slack.submit(engineer, view?.id ?? '')

    expect(told(engineer)).toEqual([
      'Fail Verification was not done: #123 has changed since this was posted (now: Exception requested: approve it or fail verification). Decide on the current card: `/privacy show 123`.',
    ])
    expect(slack.space.openViews(engineer).map(({ id, title }) => [id, title])).toEqual([
      [view?.id, 'Nothing was done'],
    ])
    expect(desk.received).toEqual([])
  })

  test('that is refused when the preview is submitted says so in the modal, with no field to stand below', async () => {
    const { slack, desk, ts, told } = await aCardInSlack({
      flow: flows['data-export'],
      step: 'evaluating',
    })
    await slack.click(engineer, ts, { button: 'Pass Verification' })
    await eventually(() => slack.openView(engineer)?.title).toBe('Pass Verification')
    desk.refusal = { because: 'It is paused.' }

    await slack.submit(engineer, slack.openView(engineer)?.id ?? '')

    expect(told(engineer)).toEqual(['It is paused.'])
    expect(slack.openView(engineer)).toBeUndefined()
    expect(desk.received).toEqual([])
  })

  test('whose role is gone when the preview is submitted is refused in the modal', async () => {
    const { slack, desk, ts, told } = await aCardInSlack(late)
    await slack.click(engineer, ts, { button: 'Close No Response' })
    await eventually(() => slack.openView(engineer)?.title).toBe('Close No Response')
    desk.roleRefusal = 'Only a support engineer can use Close No Response.'

    await slack.submit(engineer, slack.openView(engineer)?.id ?? '')

    expect(told(engineer)).toEqual([
      'Only a support engineer can use Close No Response. Ask <!subteam^S01MANAGERS>.',
    ])
    expect(desk.received).toEqual([])
  })

  test('that can’t be stored is not acknowledged; the person is told, with the reference that is in the log', async () => {
    const { slack, desk, ts, told, lines } = await aCardInSlack(late)
    desk.broken = true

    const answer = await slack.click(engineer, ts, { button: 'Close No Response' }, confirm)

    expect(answer.status).toBe(500)
    expect(told(engineer)).toEqual([
      'Something went wrong; your click may not have been saved. Check the card, then try again. If it keeps happening, give your admins this reference: ref-1',
    ])
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ reference: 'ref-1', reason: 'disk I/O error' }),
    )
    expect(lines.join('')).not.toMatch(/xoxb|response\//)
  })

  test('with a forged signature changes nothing', async () => {
    const { slack, desk, ts } = await aCardInSlack()
    const payload = slack.clickPayload(engineer, ts, { button: 'Close No Response' }, confirm)

    const answer = await slack.deliverSigned(formOf('interactive', payload), { secret: 'guessed' })

    expect(answer.status).toBe(401)
    expect(desk.received).toEqual([])
  })

  test('on a card of a request that nobody knows any more is answered privately', async () => {
    const { slack, desk, ts, told } = await aCardInSlack()
    desk.states.clear()

    const answer = await slack.click(engineer, ts, { button: 'Close No Response' }, confirm)

    expect(answer.status).toBe(200)
    await eventually(() => told(engineer)[0] ?? '').toContain('I’m not tracking this request anymore.')
    expect(desk.received).toEqual([])
  })

  test('on an old card, where the decision would do something else by now, is not taken', async () => {
    const { slack, desk, ts, told } = await aCardInSlack({ step: 'evaluating' })
    desk.states.set('r-1', aCardState({ step: 'exception-review' }))

    await slack.click(engineer, ts, { button: 'Fail Verification' }, confirm)

    await eventually(() => told(engineer)).toEqual([
      'Fail Verification was not done: #123 has changed since this was posted (now: Exception requested: approve it or fail verification). Decide on the current card: `/privacy show 123`.',
    ])
    expect(desk.received).toEqual([])
  })

  test('on an old card by somebody without the role says just that, and not how the request stands', async () => {
    const { slack, desk, ts, told } = await aCardInSlack({ step: 'evaluating' })
    desk.states.set('r-1', aCardState({ step: 'exception-review' }))
    desk.roleRefusal = 'Only a support engineer or a support manager can use Fail Verification.'

    await slack.click(PEOPLE.member.id, ts, { button: 'Fail Verification' }, confirm)

    await eventually(() => told(PEOPLE.member.id)).toEqual([
      'Only a support engineer or a support manager can use Fail Verification. Ask <!subteam^S01MANAGERS>.',
    ])
    expect(desk.refused).toMatchObject([{ decision: 'fail-verification', userId: PEOPLE.member.id }])
    expect(desk.received).toEqual([])
  })

  test('on an old card, where the decision is still the same, works the same', async () => {
    const { slack, desk, ts } = await aCardInSlack()
    desk.states.set('r-1', aCardState({ step: 'evaluating' }))

    await slack.click(engineer, ts, { button: 'Fail Verification' }, confirm)

    expect(desk.received).toHaveLength(1)
  })

  test('that comes second, after the request was closed, is refused', async () => {
    const { slack, desk, ts, told } = await aCardInSlack()
    desk.states.set('r-1', aCardState({ step: 'closed' }))
    desk.refusal = { because: 'Close No Response was not done: #123 is now at “Closed”.' }

    await slack.click(engineer, ts, { button: 'Close No Response' }, confirm)

    expect(told(engineer)).toEqual([desk.refusal.because])
    expect([desk.received, desk.refused.length]).toEqual([[], 1])
  })
})

describe('a click on a decision with fields', () => {
  test('opens its modal and decides nothing', async () => {
    const { slack, desk, ts } = await aCardInSlack()

    await slack.click(engineer, ts, { button: 'Start' })

    await eventually(() => slack.openView(engineer)?.title).toBe('Start')
    expect(desk.received).toEqual([])
  })

  test('by somebody who may not is refused before anything is filled in', async () => {
    const { slack, ts, told } = await aCardInSlack()

    await slack.click(PEOPLE.guest.id, ts, { button: 'Start' })

    await eventually(() => told(PEOPLE.guest.id)).toEqual([
      'Guests can’t use Privacy Desk. Ask a colleague who isn’t a guest.',
    ])
    expect(slack.openView(PEOPLE.guest.id)).toBeUndefined()
  })

  test('that would be refused says why at once', async () => {
    const { slack, desk, ts, told } = await aCardInSlack()
    desk.refusal = { because: 'Only a support manager can use Approve Exception.' }

    await slack.click(engineer, ts, { button: 'Approve Exception' })

    await eventually(() => told(engineer)).toEqual(['Only a support manager can use Approve Exception.'])
    expect(slack.openView(engineer)).toBeUndefined()
  })

  test('among the core ones is asked on what GitLab says now; the others on what is stored', async () => {
    const { slack, desk, ts } = await aCardInSlack({ step: 'evaluating' })

    await slack.click(engineer, ts, { button: 'Pass Verification' })
    await eventually(() => slack.openView(engineer)?.title).toBe('Pass Verification')
    expect(desk.readAfresh).toEqual([])

    await slack.click(engineer, ts, { button: 'Approve Exception' })
    await eventually(() => slack.openView(engineer)?.title).toBe('Approve Exception')
    expect(desk.readAfresh).toEqual(['r-1'])
  })

  test('that closes on silence reads GitLab first, core or not, where it has fields for this request', async () => {
    const { slack, desk, ts } = await aCardInSlack({ facts: { hasOtherAddress: true } })

    await slack.click(engineer, ts, { button: 'Close No Response' })

    await eventually(() => slack.openView(engineer)?.title).toBe('Close No Response')
    expect(desk.readAfresh).toEqual(['r-1'])
    expect(desk.received).toEqual([])
  })

  test('that a field would mend opens the modal', async () => {
    const { slack, desk, ts } = await aCardInSlack({ facts: { hasOtherAddress: true } })
    desk.refusal = { because: 'Enter a reason.', field: 'reason' }

    await slack.click(engineer, ts, { button: 'Close No Response' })

    await eventually(() => slack.openView(engineer)?.title).toBe('Close No Response')
  })

  test('that is gone when its modal would open is said to be, not passed over', async () => {
    const { slack, desk, ts, told } = await aCardInSlack()
    desk.port.refusedByRole = async () => {
      desk.states.set('r-1', aCardState({ step: 'closed' }))
      return undefined
    }

    await slack.click(engineer, ts, { button: 'Start' })

    await eventually(() => told(engineer)).toEqual([
      'Start was not done: #123 has changed since this was posted (now: Closed). Decide on the current card: `/privacy show 123`.',
    ])
    expect(slack.openView(engineer)).toBeUndefined()
  })

  const saidBySlack = (error: string) => ({ answer: { status: 200, body: { ok: false, error } } })
  test.each<[string, Failure]>([
    ['the trigger had expired', saidBySlack('expired_trigger_id')],
    ['the trigger had served', saidBySlack('exchanged_trigger_id')],
    ['Slack was asked too much', saidBySlack('ratelimited')],
    ['Slack was asked too much, by status', rateLimited(30)],
    ['Slack is down', { answer: { status: 503 } }],
    ['Slack does not answer', { hang: true }],
    ['the connection broke', { drop: 'connection' }],
  ])('whose modal does not open because %s is asked for again', async (_why, failure) => {
    const { slack, desk, ts, told, lines } = await aCardInSlack()
    slack.fake.fail({ path: /views\.open/, failure })

    await slack.click(engineer, ts, { button: 'Start' })

    await eventually(() => told(engineer)).toEqual([
      'Slack did not open the form in time. Nothing was changed: click again.',
    ])
    expect([desk.received, lines.filter((line) => line.includes('A listener failed'))]).toEqual([[], []])
  })

  test('whose modal Slack refuses is our mistake: the person gets a reference', async () => {
    const { slack, ts, told } = await aCardInSlack()
    slack.fake.fail({ path: /views\.open/, failure: saidBySlack('invalid_blocks') })

    await slack.click(engineer, ts, { button: 'Start' })

    await eventually(() => told(engineer)[0] ?? '').toContain('ref-1')
  })
})

describe('a choice in the menu', () => {
  test('opens its modal like a button with fields, and its submit is the decision', async () => {
    const { slack, desk, ts } = await aCardInSlack()

    await slack.select(engineer, ts, 'decide-menu', 'Pause Clocks')
    await eventually(() => slack.openView(engineer)?.title).toBe('Pause Clocks')
    expect(desk.received).toEqual([])
    await slack.submit(engineer, slack.openView(engineer)?.id ?? '', {
      Reason: 'Privacy asked to hold',
    })

    expect(desk.received).toMatchObject([
      {
        kind: 'decision',
        payload: {
          requestId: 'r-1',
          decision: 'pause-clocks',
          shownAt: 'awaiting-answers',
          input: { reason: 'Privacy asked to hold' },
        },
      },
    ])
  })

  test('that would be refused says why at once', async () => {
    const { slack, desk, ts, told } = await aCardInSlack()
    desk.refusal = { because: 'Only Privacy can use Extend Deadline.' }

    await slack.select(engineer, ts, 'decide-menu', 'Extend Deadline')

    await eventually(() => told(engineer)).toEqual(['Only Privacy can use Extend Deadline.'])
    expect(slack.openView(engineer)).toBeUndefined()
  })

  test('of a request that nobody knows any more is answered privately', async () => {
    const { slack, desk, ts, told } = await aCardInSlack()
    desk.states.clear()

    await slack.select(engineer, ts, 'decide-menu', 'Pause Clocks')

    await eventually(() => told(engineer)[0] ?? '').toContain('I’m not tracking this request anymore.')
  })

  test('after the request was closed is refused', async () => {
    const { slack, desk, ts, told } = await aCardInSlack()
    desk.states.set('r-1', aCardState({ step: 'closed' }))
    desk.refusal = { because: 'Pause Clocks was not done: #123 is now at “Closed”.' }

    await slack.select(engineer, ts, 'decide-menu', 'Pause Clocks')

    await eventually(() => told(engineer)).toEqual([desk.refusal.because])
    expect(desk.received).toEqual([])
  })

  test('works in the private answer to /privacy show too', async () => {
    const { slack, ts: _card } = await aCardInSlack()
    await slack.command(engineer, 'privacy-team_help', '/privacy', 'show 123')
    await eventually(() => slack.ephemerals(engineer).length).toBe(1)
    const [shown] = slack.ephemerals(engineer)
    if (!shown) throw new Error('nothing was answered')

    await slack.select(engineer, shown, 'decide-menu', 'Escalate to Privacy')

    await eventually(() => slack.openView(engineer)?.title).toBe('Escalate to Privacy')
  })
})

test('Try Again, clicked twice by one person and once by another, is stored three times', async () => {
  const { slack, desk, ts } = await aCardInSlack({
    work: [{ what: 'Close #123', status: 'failed', error: '403' }],
  })

  for (const by of [engineer, engineer, PEOPLE.manager.id]) await slack.click(by, ts, { button: 'Try Again' })

  expect(desk.received).toHaveLength(3)
})

test('Try Again, clicked by two people in the same microsecond, is stored twice', async () => {
  const card = await aCardInSlack({
    work: [{ what: 'Close #123', status: 'failed', error: '403' }],
  })
  const { slack, desk, ts } = card
  const payloads = payloadsOf(card)
  await slack.click(engineer, ts, { button: 'Try Again' })

  const other = payloads.at(-1)?.replaceAll(engineer, PEOPLE.manager.id) ?? ''
  expect((await slack.deliverSigned(other)).status).toBe(200)
  expect((await slack.deliverSigned(other)).status).toBe(200)

  expect(desk.received).toHaveLength(2)
})

test('Try Again is stored like a decision', async () => {
  const { slack, desk, ts } = await aCardInSlack({
    work: [{ what: 'Close #123', status: 'failed', error: '403' }],
  })

  await slack.click(engineer, ts, { button: 'Try Again' })

  expect(desk.received).toMatchObject([
    { kind: 'try-again', payload: { requestId: 'r-1', answerTo: { userId: engineer } } },
  ])
})

describe('what is not stored is not acknowledged', () => {
  test('Try Again', async () => {
    const { slack, desk, ts } = await aCardInSlack({
      work: [{ what: 'Close #123', status: 'failed', error: '403' }],
    })
    desk.broken = true

    expect((await slack.click(engineer, ts, { button: 'Try Again' })).status).toBe(500)
  })

  test('Post All', async () => {
    const world = await aSlackApp()
    const offer = backlogMessage({
      ...{
        desk: shipped.of({ source: 'gitlab' }),
        now: '2026-03-20T08:00:00.000Z',
        waiting: 12,
        atOnce: 10,
        isAll: false,
      },
      ...{ oldest: '2026-03-01T09:00:00.000Z', timeZone: 'UTC' },
    })
    const ts = await world.card(aCardState(), offer)
    world.desk.broken = true

    const answer = await world.slack.click(engineer, ts, { button: 'Post All 12' }, confirm)

    expect(answer.status).toBe(500)
  })
})

test('a button that is none of the bot’s any more is answered', async () => {
  const world = await aSlackApp()
  const button = {
    type: 'button' as const,
    action_id: 'of-old',
    text: { type: 'plain_text' as const, text: 'Old' },
  }
  const ts = await world.card(aCardState(), { text: 'x', blocks: [{ type: 'actions', elements: [button] }] })

  const answer = await world.slack.click(engineer, ts, { button: 'Old' })

  expect(answer.status).toBe(200)
  await eventually(() => world.told(engineer)[0] ?? '').toContain('This button no longer works.')
})

test('only POST /slack/events is taken', async () => {
  const { url } = await aSlackApp()

  expect((await fetch(`${url}/slack/events`)).status).toBe(404)
  expect((await fetch(`${url}/elsewhere`, { method: 'POST', body: 'x' })).status).toBe(404)
  expect((await fetch(`${url}/slack/events`, { method: 'POST', body: 'x' })).status).toBe(401)
})

test('a body over 1 MiB is refused', async () => {
  const { slack } = await aSlackApp()

  expect((await slack.deliverSigned(`payload=${'x'.repeat(1024 * 1024)}`)).status).toBe(413)
})

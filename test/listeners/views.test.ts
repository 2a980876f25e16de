import { describe, expect, test } from 'vitest'
import { PEOPLE, TEAM } from '../../sandbox/slack/people.ts'
import { openView } from '../../sandbox/slack/views.ts'
import { requestCard } from '../../src/views/request-card.ts'
import { aCardState, type Override } from '../views/a-card-state.ts'
import { aSlackApp, eventually } from './a-desk.ts'

const engineer = PEOPLE.engineer.id

async function aModal(button: string, override: Override = {}) {
  const world = await aSlackApp()
  const state = aCardState(override)
  const ts = await world.card(state, requestCard(state))
  await world.slack.click(engineer, ts, { button })
  await eventually(() => world.slack.openView(engineer)?.title).toBe(button)
  const view = world.slack.openView(engineer)
  if (!view) throw new Error('No modal')
  const errors = () => world.slack.openView(engineer)?.errors
  return { ...world, viewId: view.id, hash: view.hash, errors }
}

describe('a modal that is submitted', () => {
  test('is stored as a decision with what was filled in, then closes', async () => {
    const { slack, desk, viewId, hash } = await aModal('Start')

    const answer = await slack.submit(engineer, viewId, {
      'field:accountType': 'free',
      'field:requestReason': 'lost_2fa',
    })

    expect(answer).toMatchObject({ status: 200, body: undefined })
    expect(desk.received).toEqual([
      {
        kind: 'decision',
        key: `submit:${viewId}:${hash}:${engineer}`,
        payload: {
          requestId: 'r-1',
          decision: 'start',
          shownAt: 'awaiting-answers',
          input: { accountType: 'free', requestReason: 'lost_2fa' },
          answerTo: { userId: engineer, teamId: TEAM.id, channel: 'C01PRIVACY' },
        },
      },
    ])
    expect(slack.openView(engineer)).toBeUndefined()
  })

  test('takes #12 for the request 12', async () => {
    const { slack, desk, viewId } = await aModal('Close Duplicate')

    await slack.submit(engineer, viewId, { 'field:stays': ' #12 ' })

    expect(desk.received).toMatchObject([{ payload: { input: { stays: '12' } } }])
  })

  test('with something wrong stays open and says it at the field', async () => {
    const { slack, desk, viewId, errors } = await aModal('Close Duplicate')

    await slack.submit(engineer, viewId, { 'field:stays': 'the other' })

    expect(errors()).toEqual({ 'field:stays': 'Enter the number of an issue, such as 123.' })
    expect(desk.received).toEqual([])
  })

  test('may not hold a line to the requester that GitLab would take as a command', async () => {
    const { slack, desk, viewId, errors } = await aModal('Account Unblocked', { step: 'security-review' })

    await slack.submit(engineer, viewId, { 'field:furtherWords': 'Thank you\n/close' })

    expect(errors()).toEqual({
      'field:furtherWords': 'Lines can’t start with “/”: GitLab would run them as commands.',
    })
    expect(desk.received).toEqual([])
  })

  test('that would be refused says why at the field that would mend it', async () => {
    const { slack, desk, viewId, errors } = await aModal('Close Duplicate')
    desk.refusal = { because: '#12 is closed.', field: 'stays' }

    await slack.submit(engineer, viewId, { 'field:stays': '12' })

    expect(errors()).toEqual({ 'field:stays': '#12 is closed.' })
    expect(desk.received).toEqual([])
    expect(desk.refused).toMatchObject([{ decision: 'close-duplicate', because: '#12 is closed.' }])
  })

  test('that would be refused as a whole says why under the first field', async () => {
    const { slack, desk, viewId, errors } = await aModal('Start')
    desk.refusal = { because: 'Only a support engineer can use Start.' }

    await slack.submit(engineer, viewId, { 'field:accountType': 'free', 'field:requestReason': 'none' })

    expect(errors()).toEqual({ 'field:accountType': 'Only a support engineer can use Start.' })
  })

  test('by somebody whose role is gone says so before all else, wherever the request stands by now', async () => {
    const { slack, desk, viewId, errors } = await aModal('Start')
    desk.roleRefusal = 'Only a support engineer can use Start.'
    desk.refusal = { because: 'Start is not open.' }

    await slack.submit(engineer, viewId, { 'field:accountType': 'free', 'field:requestReason': 'none' })

    expect(errors()).toEqual({ 'field:accountType': 'Only a support engineer can use Start.' })
    expect(desk.refused).toMatchObject([
      { decision: 'start', because: 'Only a support engineer can use Start.' },
    ])

    desk.states.set('r-1', aCardState({ step: 'ready' }))
    await slack.submit(engineer, viewId, { 'field:accountType': 'free', 'field:requestReason': 'none' })

    expect(desk.received).toEqual([])
    await eventually(() => slack.ephemerals(engineer).map(({ text }) => text)).toEqual([
      'Only a support engineer can use Start. Ask <!subteam^S01MANAGERS>.',
    ])
  })

  test('of a decision that is taken on a fresh look at GitLab goes on: what is stored may be behind', async () => {
    const { slack, desk, viewId } = await aModal('Approve Exception')
    desk.refusal = {
      because: 'Not yet: Approve Exception opens as soon as the requester has answered.',
    }

    await slack.submit(engineer, viewId, { 'field:reason': 'Because' })

    expect(desk.received).toHaveLength(1)
  })

  test('when the request has moved on meanwhile is answered privately', async () => {
    const { slack, desk, viewId, told } = await aModal('Start')
    desk.states.set('r-1', aCardState({ step: 'closed' }))

    await slack.submit(engineer, viewId, { 'field:accountType': 'free', 'field:requestReason': 'none' })

    await eventually(() => told(engineer)[0]).toContain(
      'Start was not done: #123 has changed since this was posted (now: Closed)',
    )
    expect(desk.received).toEqual([])
  })

  test('of a request that nobody knows any more is answered privately', async () => {
    const { slack, desk, viewId, told } = await aModal('Start')
    desk.states.clear()

    await slack.submit(engineer, viewId, { 'field:accountType': 'free', 'field:requestReason': 'none' })

    await eventually(() => told(engineer)[0] ?? '').toContain('I’m not tracking this request anymore.')
  })

  test('that can’t be stored stays open, and the person is told', async () => {
    const { slack, desk, viewId, told } = await aModal('Start')
    desk.broken = true

    const answer = await slack.submit(engineer, viewId, {
      'field:accountType': 'free',
      'field:requestReason': 'none',
    })

    expect(answer.status).toBe(500)
    expect(slack.openView(engineer)?.id).toBe(viewId)
    expect(told(engineer)[0]).toContain('ref-1')
  })
})

test('a modal of an older version is answered directly', async () => {
  const { slack, desk } = await aSlackApp()
  const view = openView(slack.space, engineer, {
    type: 'modal',
    callback_id: 'of-old',
    title: { type: 'plain_text', text: 'Old' },
    submit: { type: 'plain_text', text: 'Old' },
    blocks: [{ type: 'divider' }],
  })

  const answer = await slack.submit(engineer, view.id)

  expect(answer.status).toBe(200)
  await eventually(() => slack.messages(`D${engineer.slice(1)}`)[0]?.text ?? '').toContain(
    'I’m not tracking this request anymore.',
  )
  expect(desk.received).toEqual([])
})

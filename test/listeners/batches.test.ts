/** All Sent, over Slack. */

import { describe, expect, test } from 'vitest'
import { PEOPLE, TEAM } from '../../sandbox/slack/people.ts'
import { openView } from '../../sandbox/slack/views.ts'
import { security } from '../../src/desks/security.ts'
import { batchDecision } from '../../src/engine/traits.ts'
import { flows } from '../../src/flows/index.ts'
import type { BatchState } from '../../src/requests/batches.ts'
import { batchMessage, batchModal } from '../../src/views/batch-message.ts'
import { aTicketState } from '../views/a-ticket-state.ts'
import { aSlackApp, eventually } from './a-desk.ts'

const decision = batchDecision(flows, 'report')
const decided = decision ? { decision } : {}

const agent = PEOPLE.fieldSecurity.id
const manager = PEOPLE.manager.id
const day = '2026-03-09'
const refusal = 'Reports are sent by people with the Field Security role.'
const nothingLeft = 'Nothing left to send: every report for this day was sent or taken off the list.'

function aBatch(...sent: readonly boolean[]): BatchState {
  return {
    desk: security,
    day,
    ...decided,
    reports: sent.map((isSent, index) => ({
      request: aTicketState({ step: 'queued', request: { id: `t-${index + 1}`, number: 456 + index } })
        .request,
      report: 'pen test',
      isSent,
    })),
  }
}

async function aList(...sent: readonly boolean[]) {
  const world = await aSlackApp()
  const batch = aBatch(...sent)
  world.desk.batches.set(day, batch)
  const ts = await world.card(aTicketState(), batchMessage(batch))
  return { ...world, ts }
}

async function aModal(...sent: readonly boolean[]) {
  const world = await aList(...sent)
  await world.slack.click(agent, world.ts, { button: 'All Sent' })
  await eventually(() => world.slack.openView(agent)?.title).toBe('All Sent')
  const view = world.slack.openView(agent)
  if (!view) throw new Error('no modal')
  return { ...world, view }
}

describe('the button', () => {
  test('opens a modal with what every requester is told, and decides nothing', async () => {
    const { view, desk } = await aModal(false, false, true)

    expect(JSON.stringify(view)).toContain('ticket 456')
    expect(JSON.stringify(view)).not.toContain('ticket 458')
    expect(desk.received).toEqual([])
  })

  test('whose modal Slack does not open in time is asked for again', async () => {
    const { slack, ts, desk, told } = await aList(false, false)
    const answer = { status: 200, body: { ok: false, error: 'expired_trigger_id' } }
    slack.fake.fail({ path: /views\.open/, failure: { answer } })

    await slack.click(agent, ts, { button: 'All Sent' })

    await eventually(() => told(agent)).toEqual([
      'Slack did not open the form in time. Nothing was changed: click again.',
    ])
    expect(desk.received).toEqual([])
  })

  test('is refused without the role, and that stands in the log', async () => {
    const { slack, ts, desk, told } = await aList(false, false)

    await slack.click(manager, ts, { button: 'All Sent' })

    await eventually(() => told(manager)).toEqual([refusal])
    expect(slack.openView(manager)).toBeUndefined()
    expect(desk.refused).toEqual([
      { requestId: `batch:${day}`, decision: 'report-sent', userId: manager, because: refusal },
    ])
  })

  test('says so when every report has been sent meanwhile', async () => {
    const { slack, ts, desk, told } = await aList(false, false)
    desk.batches.set(day, aBatch(true, true))

    await slack.click(agent, ts, { button: 'All Sent' })

    await eventually(() => told(agent)).toEqual([nothingLeft])
    expect(slack.openView(agent)).toBeUndefined()
  })

  test('that names no day is none of the bot’s', async () => {
    const { slack, card, told } = await aList(false, false)
    const text = JSON.stringify(batchMessage(aBatch(false, false))).replaceAll(`"${day}"`, '"tomorrow"')
    const ts = await card(aTicketState(), JSON.parse(text))

    await slack.click(agent, ts, { button: 'All Sent' })

    await eventually(() => told(agent)[0]).toContain('This button no longer works.')
  })
})

describe('the submit', () => {
  test('is one decision for each report that is unsent, with keys of their own', async () => {
    const { slack, view, desk } = await aModal(false, true, false)

    const answer = await slack.submit(agent, view.id, { 'field:notice': 'Attached.' })

    expect(answer).toMatchObject({ status: 200, body: undefined })
    const key = `submit:${view.id}:${view.hash}:${agent}`
    const decided = (requestId: string) => ({
      kind: 'decision',
      key: `${key}:${requestId}`,
      payload: {
        requestId,
        decision: 'report-sent',
        shownAt: 'queued',
        input: { notice: 'Attached.' },
        answerTo: { userId: agent, teamId: TEAM.id, channel: 'C01PRIVACY' },
      },
    })
    expect(desk.received).toEqual([decided('t-1'), decided('t-3')])
    expect(slack.openView(agent)).toBeUndefined()
  })

  test('of somebody who has lost the role since is refused', async () => {
    const { slack, desk } = await aList(false, false)
    const view = openView(slack.space, manager, { ...batchModal(aBatch(false, false)) })

    const answer = await slack.submit(manager, view.id, { 'field:notice': 'Attached.' })

    expect(answer.body).toEqual({ response_action: 'errors', errors: { 'field:notice': refusal } })
    expect(desk.received).toEqual([])
    expect(desk.refused).toHaveLength(1)
  })

  test('without a word stays open', async () => {
    const { slack, view, desk } = await aModal(false, false)

    const answer = await slack.submit(agent, view.id, { 'field:notice': '  \n ' })

    expect(answer.body).toEqual({ response_action: 'errors', errors: { 'field:notice': 'Fill this in.' } })
    expect(desk.received).toEqual([])
  })

  test('for a day that can’t be read stays open', async () => {
    const { slack, desk } = await aList(false, false)
    const modal = { ...batchModal(aBatch(false, false)), private_metadata: 'tomorrow' }
    const view = openView(slack.space, agent, modal)

    const answer = await slack.submit(agent, view.id, { 'field:notice': 'Attached.' })

    expect(answer.body).toEqual({
      response_action: 'errors',
      errors: {
        'field:notice': 'I can’t tell which day this is for. Close this and click All Sent again.',
      },
    })
    expect(desk.received).toEqual([])
  })

  test('after somebody else has sent them all says so', async () => {
    const { slack, view, desk, told } = await aModal(false, false)
    desk.batches.set(day, aBatch(true, true))

    await slack.submit(agent, view.id, { 'field:notice': 'Attached.' })

    await eventually(() => told(agent)).toEqual([nothingLeft])
    expect(desk.received).toEqual([])
  })

  test('that can’t be stored stays open, and the person is told', async () => {
    const { slack, view, desk } = await aModal(false, false)
    desk.broken = true

    const answer = await slack.submit(agent, view.id, { 'field:notice': 'Attached.' })

    expect(answer.status).toBe(500)
    expect(slack.openView(agent)?.id).toBe(view.id)
    await eventually(() => slack.messages(`D${agent.slice(1)}`)[0]?.text ?? '').toContain('ref-1')
  })
})

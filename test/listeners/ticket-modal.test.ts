/** A modal on a ticket: what it shows, to whom, and what becomes of it when the ticket has changed. */
import { describe, expect, test } from 'vitest'
import { PEOPLE, TEAM } from '../../sandbox/slack/people.ts'
import { requestCard } from '../../src/views/request-card.ts'
import { aTicket, aTicketState } from '../views/a-ticket-state.ts'
import { aSlackApp, eventually } from './a-desk.ts'

const agent = PEOPLE.fieldSecurity.id
const manager = PEOPLE.manager.id
const later = '2026-03-09T09:59:00.000Z'

async function aCard() {
  const world = await aSlackApp()
  const state = aTicketState()
  const ts = await world.card(state, requestCard(state))
  world.desk.shown = { ticket: aTicket(), changes: [] }
  return { ...world, ts }
}

async function aReply() {
  const world = await aCard()
  await world.slack.click(agent, world.ts, { button: 'Reply' })
  await eventually(() => world.slack.openView(agent)?.title).toBe('Reply')
  const view = world.slack.openView(agent)
  if (!view) throw new Error('no modal')
  return { ...world, view }
}

describe('opens', () => {
  test('with what the ticket says now, for the person who clicked', async () => {
    const { view, desk } = await aReply()

    expect(desk.shownTo).toEqual([{ requestId: 't-1', userId: agent, since: undefined }])
    expect(JSON.stringify(view)).toContain('is my data safe?')
    expect(JSON.stringify(view)).toContain('Kim')
    expect(desk.received).toEqual([])
    expect(desk.readAfresh).toEqual([])
  })

  test('not where the ticket can’t be shown: the person is told why', async () => {
    const { slack, ts, desk, told } = await aCard()
    desk.shown = { because: 'Zendesk did not answer in time, so ticket 456 can’t be shown.' }

    await slack.click(agent, ts, { button: 'Reply' })

    await eventually(() => told(agent)).toEqual([
      'Zendesk did not answer in time, so ticket 456 can’t be shown.',
    ])
    expect(slack.openView(agent)).toBeUndefined()
  })

  test('not for somebody without the role, for whom the ticket is not even read', async () => {
    const { slack, ts, desk, told } = await aCard()
    desk.refusal = { because: 'Only Field Security can use Reply.' }

    await slack.click(manager, ts, { button: 'Reply' })

    await eventually(() => told(manager)).toEqual(['Only Field Security can use Reply.'])
    expect(slack.openView(manager)).toBeUndefined()
    expect(desk.shownTo).toEqual([])
    expect(desk.refused).toEqual([
      {
        requestId: 't-1',
        decision: 'reply',
        userId: manager,
        because: 'Only Field Security can use Reply.',
      },
    ])
  })

  test('not for a guest, for whom the ticket is not even read', async () => {
    const { slack, ts, desk, told } = await aCard()

    await slack.click(PEOPLE.guest.id, ts, { button: 'Reply' })

    await eventually(() => told(PEOPLE.guest.id)).toEqual([
      'Guests can’t use Privacy Desk. Ask a colleague who isn’t a guest.',
    ])
    expect(desk.shownTo).toEqual([])
  })
})

describe('its submit', () => {
  test('is stored with the stamp of the ticket that the person read', async () => {
    const { slack, view, desk } = await aReply()

    const answer = await slack.submit(agent, view.id, { 'field:answer': 'Yes, it is.\n/close' })

    expect(answer).toMatchObject({ status: 200, body: undefined })
    expect(desk.received).toEqual([
      {
        kind: 'decision',
        key: `submit:${view.id}:${view.hash}:${agent}`,
        payload: {
          requestId: 't-1',
          decision: 'reply',
          shownAt: 'new',
          stamp: '2026-03-06T15:00:00.000Z',
          input: { answer: 'Yes, it is.\n/close' },
          answerTo: { userId: agent, teamId: TEAM.id, channel: 'C01PRIVACY' },
        },
      },
    ])
    expect(slack.openView(agent)).toBeUndefined()
  })

  test('on a ticket that has changed shows what has changed, and keeps what was typed', async () => {
    const { slack, view, desk } = await aReply()
    desk.shown = { ticket: aTicket({ stamp: later }), changes: ['the requester wrote, Mar 9, 9:59 AM UTC'] }

    const answer = await slack.submit(agent, view.id, { 'field:answer': 'Yes, it is.' })

    expect(answer.body).toMatchObject({ response_action: 'update' })
    expect(desk.received).toEqual([])
    const shown = JSON.stringify(slack.openView(agent))
    expect(shown).toContain('the requester wrote, Mar 9, 9:59 AM UTC')
    expect(shown).toContain('Yes, it is.')
    expect(desk.shownTo.at(-1)).toEqual({
      requestId: 't-1',
      userId: agent,
      since: '2026-03-06T15:00:00.000Z',
    })
  })

  test('a second time, after the person has seen the change, is stored with the new stamp', async () => {
    const { slack, view, desk } = await aReply()
    desk.shown = { ticket: aTicket({ stamp: later }), changes: ['the requester wrote'] }
    await slack.submit(agent, view.id, { 'field:answer': 'Yes, it is.' })
    const again = slack.openView(agent)?.id ?? ''
    desk.shown = { ...desk.shown, changes: [] }

    await slack.submit(agent, again, { 'field:answer': 'Yes, it is. And no.' })

    expect(desk.received).toMatchObject([
      { payload: { stamp: later, input: { answer: 'Yes, it is. And no.' } } },
    ])
  })

  test('while Zendesk can’t be read is stored: it is read again when it is decided', async () => {
    const { slack, view, desk } = await aReply()
    desk.shown = { because: 'Zendesk can’t be read right now.' }

    await slack.submit(agent, view.id, { 'field:answer': 'Yes, it is.' })

    expect(desk.received).toMatchObject([{ payload: { stamp: '2026-03-06T15:00:00.000Z' } }])
  })

  test('without an answer stays open', async () => {
    const { slack, view, desk } = await aReply()

    await slack.submit(agent, view.id, { 'field:answer': '  ' })

    expect(Object.keys(slack.openView(agent)?.errors ?? {})).toEqual(['field:answer'])
    expect(desk.received).toEqual([])
  })
})

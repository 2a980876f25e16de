/** A request as a Work Object, in every state, and its blocks against Slack's limits. */
import { describe, expect, test } from 'vitest'
import { problemsOfMessage } from '../../sandbox/slack/block-limits.ts'
import type { Facts } from '../../src/engine/request.ts'
import { flows } from '../../src/flows/index.ts'
import { paneObject, sharedBlocks, sharedObject } from '../../src/views/work-object.ts'
import { aCardState, type Override } from './a-card-state.ts'

/** An exception that is to be approved, or is. */
const evidenced = (step: string, facts: Facts = {}) =>
  aCardState({
    step,
    facts: {
      exception: { requestedBy: 'slack:U1ENGINEER', at: '2026-03-01T10:00:00.000Z' },
      evidence: {
        readAt: '2026-03-01T10:00:00.000Z',
        criteria: [{ name: 'Only owner', result: 'met', value: 'R&D <x>', source: 'GitLab' }],
      },
      ...facts,
    },
  })

const states = Object.values(flows).flatMap((flow) =>
  Object.keys(flow.steps).map((step) => [flow.name, step, aCardState({ flow, step })] as const),
)

test.each(states)('%s, %s: is named, has its status, and is accepted in blocks', (_flow, _step, state) => {
  const object = sharedObject(state, 'https://gitlab.example/-/issues/1#note_1')
  const { attributes, fields } = object.entity_payload

  expect(attributes.title.text).toContain(String(state.request.number))
  expect(JSON.stringify(fields)).toContain('"status"')
  expect(problemsOfMessage(sharedBlocks(state))).toEqual([])
  expect(object.external_ref).toEqual({ id: 'r-1', type: state.desk.name })
})

test.each(states)('%s, %s: the pane has all clocks, and at most two buttons', (_flow, _step, state) => {
  const { custom_fields: fields = [], actions } = paneObject(state).entity_payload

  expect(fields.length).toBeGreaterThanOrEqual(state.clocks.length)
  expect(new Set(fields.map(({ key }) => key)).size).toBe(fields.length)
  expect(actions?.primary_actions).toHaveLength(1)
  // The label above it says which deadline it is.
  for (const { label, value } of fields) expect(value).not.toContain(`${label}:`)
})

test('the evidence is plain text, and people stand in fields of their own: Slack reads no marks in a pane', () => {
  const { custom_fields: fields = [] } = paneObject(evidenced('exception-review')).entity_payload

  expect(fields.slice(1)).toEqual([
    {
      key: 'evidence',
      label: 'Evidence',
      type: 'string',
      long: true,
      value: 'Exception requested by a colleague, Mar 1, 10:00 AM UTC. • Only owner: met, R&D <x>',
    },
    {
      key: 'person_0',
      label: 'Exception requested by',
      type: 'slack#/types/user',
      user: { user_id: 'U1ENGINEER' },
    },
  ])
})

test('of an approved exception the pane names whoever asked and whoever approved it in Slack', () => {
  const approvals = [
    { by: 'slack:U1MANAGER', roles: ['support-manager'], at: '2026-03-01T11:00:00.000Z' },
    { by: 'gitlab:7', roles: ['privacy'], at: '2026-03-01T12:00:00.000Z' },
  ]
  const { custom_fields: fields = [] } = paneObject(evidenced('verified', { approvals })).entity_payload

  expect(fields.find(({ key }) => key === 'evidence')?.value).toBe(
    'Exception approved by a colleague and somebody in GitLab, requested by a colleague.',
  )
  expect(fields.flatMap(({ label, user }) => (user ? [[label, user]] : []))).toEqual([
    ['Exception requested by', { user_id: 'U1ENGINEER' }],
    ['Approved by', { user_id: 'U1MANAGER' }],
  ])
})

test.each(states)('%s, %s: with evidence no value of the pane has marks', (_flow, step, { flow }) => {
  const state = aCardState({ flow, step, facts: evidenced(step).request.facts })

  const { custom_fields: fields = [] } = paneObject(state).entity_payload

  for (const { value } of fields) expect(value ?? '').not.toMatch(/<[!@]|&(?:amp|lt|gt);|\*/)
})

describe('a closed request', () => {
  /** Its 30 days are over since. */
  const closed = (override: Override = {}) =>
    aCardState({
      step: 'closed',
      now: '2026-04-15T10:00:00.000Z',
      request: { closedAt: '2026-03-09T08:00:00.000Z' },
      ...override,
    })
  const byHand = { isIncomplete: true, closedOutside: true, closedFrom: 'awaiting-answers' } as const

  test.each([
    ['by a decision', {}],
    ['by hand, and to be finished', { facts: byHand }],
  ])('%s says when it was closed, and speaks of no deadline', (_how, override) => {
    const state = closed(override)
    const shared = sharedObject(state, state.request.url)
    const pane = paneObject(state)

    expect(shared.entity_payload.fields).toMatchObject({ description: { value: 'closed Mar 9' } })
    expect(pane.entity_payload.fields).toMatchObject({ description: { value: 'closed Mar 9' } })
    expect(pane.entity_payload.custom_fields).toEqual([])
    expect(JSON.stringify(sharedBlocks(state))).toContain('closed Mar 9 · Unassigned')
    expect(JSON.stringify([shared, sharedBlocks(state)])).not.toMatch(/due/i)
  })

  test('is not said to be closed before GitLab has closed it', () => {
    const state = closed({ work: [{ what: 'Close #123', status: 'pending' }] })

    expect(sharedObject(state, state.request.url).entity_payload.fields).toMatchObject({
      description: { value: 'no deadline' },
    })
  })
})

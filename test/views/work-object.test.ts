/** A request as a Work Object, in every state, and its blocks against Slack's limits. */
import { expect, test } from 'vitest'
import { problemsOfMessage } from '../../sandbox/slack/block-limits.ts'
import { flows } from '../../src/flows/index.ts'
import { paneObject, sharedBlocks, sharedObject } from '../../src/views/work-object.ts'
import { aCardState } from './a-card-state.ts'

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

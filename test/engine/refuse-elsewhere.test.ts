/** The sentence for a button of another step than the one at which the request stands. */
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/engine/decide.ts'
import type { DecisionEnvironment } from '../../src/engine/flow.ts'
import type { Person, Request } from '../../src/engine/request.ts'
import { flows } from '../../src/flows/index.ts'
import { aRequest, engineer, environment, manager, nobody, privacyPerson } from './a-request.ts'

function clicked(
  decision: string,
  given: Partial<Request> = {},
  around: Partial<DecisionEnvironment> = {},
  by: Person = engineer,
) {
  const at = '2026-03-02T09:00:00.000Z'
  const event = { kind: 'decision', decision, by, input: {}, at } as const
  return decide(flows, aRequest(given), event, environment(around))
}

const clock = 'The requester has until Mar 8.'

describe('A decision that lies ahead', () => {
  test('is refused with when it will be open, where the request stands, and how long its clock runs', () => {
    expect(clicked('fail-verification')).toEqual({
      kind: 'refuse',
      because: `Not yet: Fail Verification opens as soon as the requester has answered. #123 is now at “Waiting for the challenge answers”. ${clock}`,
    })
  })

  test('names no clock that is over', () => {
    expect(clicked('fail-verification', {}, { now: '2026-03-09T00:00:00.000Z' })).toEqual({
      kind: 'refuse',
      because:
        'Not yet: Fail Verification opens as soon as the requester has answered. #123 is now at “Waiting for the challenge answers”.',
    })
  })

  test('names the nearest step that offers it', () => {
    expect(clicked('approve-exception', {}, {}, manager)).toMatchObject({
      because: expect.stringContaining('opens as soon as the requester has answered.'),
    })
    expect(clicked('complete-request', { step: 'evaluating' })).toMatchObject({
      because:
        'Not yet: Complete Request opens when the deletion has been started. #123 is now at “Answers are in: check them”.',
    })
  })
})

describe('A decision that lies behind', () => {
  test.each([
    [
      'by a person in Slack, with who and when',
      { what: 'Start Deletion', by: 'slack:UENG', at: '2026-03-02T08:05:00.000Z' },
      ': <@UENG> chose Start Deletion, Mar 2, 8:05 AM UTC',
    ],
    [
      'by somebody in GitLab',
      { what: 'Label x set in GitLab', by: 'gitlab:42', at: '2026-03-02T08:05:00.000Z' },
      ': Label x set in GitLab, by somebody in GitLab, Mar 2, 8:05 AM UTC',
    ],
    [
      'by the requester',
      { what: 'The requester wrote', by: 'requester', at: '2026-03-02T08:05:00.000Z' },
      ': The requester wrote, Mar 2, 8:05 AM UTC',
    ],
    ['by nobody that is known', undefined, ''],
  ] as const)('is refused with the last move, made %s', (_who, lastMove, said) => {
    const facts = lastMove ? { lastMove } : {}

    expect(clicked('answers-received', { step: 'deleting', facts })).toEqual({
      kind: 'refuse',
      because: `Too late: Answers Received is no longer open. #123 is now at “Deletion in progress in the meta issue”${said}.`,
    })
  })

  test('was not done when the request is closed', () => {
    expect(clicked('fail-verification', { step: 'closed' })).toEqual({
      kind: 'refuse',
      because: 'Fail Verification was not done: #123 is now at “Closed”.',
    })
    expect(clicked('mark-spam', { step: 'closed' })).toEqual({
      kind: 'refuse',
      because: 'Mark Spam was not done: #123 is now at “Closed”.',
    })
  })
})

test.each(['no-such-decision', 'constructor', '__proto__', 'toString', ''])(
  'What the flow does not know is refused without a name: %j',
  (decision) => {
    expect(clicked(decision)).toEqual({
      kind: 'refuse',
      because:
        'Too late: This decision is no longer open. #123 is now at “Waiting for the challenge answers”.',
    })
  },
)

test('A decision that the configuration leaves out is refused', () => {
  const settings = { 'trust-safety-project': true, 'feature-request': true, 'admin-token': false }

  expect(clicked('start-export', { flow: 'data-export', step: 'exporting' }, { settings })).toEqual({
    kind: 'refuse',
    because:
      'Too late: Start Export is no longer open. #123 is now at “Export the projects and share the folder”.',
  })
})

describe('The role comes before the step', () => {
  test('so who may never decide is not told to wait', () => {
    expect(clicked('approve-exception')).toEqual({
      kind: 'refuse',
      because: 'Only a support manager can use Approve Exception.',
    })
  })

  test('so who may never decide is not told that it is over, either', () => {
    expect(clicked('close-no-response', { step: 'deleting' }, {}, privacyPerson)).toEqual({
      kind: 'refuse',
      because: 'Only a support engineer or a support manager can use Close No Response.',
    })
    expect(clicked('mark-spam', { step: 'closed' }, {}, privacyPerson)).toEqual({
      kind: 'refuse',
      because: 'Only a support engineer or a support manager can use Mark Spam.',
    })
  })

  test('and a step ahead at which they may is enough to hear from when', () => {
    const privacy = { requirePrivacyApproval: true }

    expect(clicked('approve-exception', {}, privacy, privacyPerson)).toMatchObject({
      because: expect.stringContaining('opens as soon as the requester has answered.'),
    })
  })

  const everywhere = Object.values(flows).flatMap((flow) => {
    const all = [flow.anytime, ...Object.values(flow.steps).map(({ decisions }) => decisions)]
    const names = [...new Set(all.flatMap((decisions) => Object.keys(decisions)))]
    return Object.keys(flow.steps).flatMap((step) =>
      names.map((name) => ({ flow: flow.name, step, source: flow.desk.source, name })),
    )
  })

  test.each(everywhere)('$flow/$step: $name is refused by role to somebody without one', (one) => {
    const { flow, step, source, name } = one

    expect(clicked(name, { flow, step, source }, {}, nobody)).toEqual({
      kind: 'refuse',
      because: expect.stringMatching(/^Only [\w ,]+ can use [A-Z]/),
    })
  })
})

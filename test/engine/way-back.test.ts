/** What can be taken back, and what that does: the step, its clock, the labels and the facts are as they were. */
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/engine/decide.ts'
import type { DecisionEnvironment } from '../../src/engine/flow.ts'
import type { Outcome } from '../../src/engine/outcome.ts'
import type { Request } from '../../src/engine/request.ts'
import { labelsAfter } from '../../src/engine/way-back.ts'
import { flows } from '../../src/flows/index.ts'
import { aRequest, engineer, environment } from './a-request.ts'

const at = '2026-03-02T09:00:00.000Z'
const since = '2026-03-01T10:31:00.000Z'
const moved = '2026-03-02T08:00:00.000Z'
const wayBack = {
  ...{ what: 'Answers Received', at: moved, roles: ['support-engineer'] },
  ...{ flow: 'account-deletion', step: 'awaiting-answers', since, facts: {}, without: ['lastMove'] },
}

function decided(
  decision: string,
  request: Partial<Request>,
  {
    input = {},
    stamp,
    ...given
  }: { input?: Record<string, string>; stamp?: string } & Partial<DecisionEnvironment> = {},
): Outcome {
  const event = { kind: 'decision', decision, by: engineer, input, at } as const
  return decide(
    flows,
    aRequest(request),
    stamp === undefined ? event : { ...event, stamp },
    environment(given),
  )
}

describe('Undo Step', () => {
  const evaluating = { step: 'evaluating', stepSince: moved, facts: { wayBack } }
  const input = { reason: 'By mistake.' }

  test('leads back, and the clock of the step goes on as if nothing had been', () => {
    expect(decided('undo-step', evaluating, { input })).toMatchObject({
      kind: 'move',
      step: 'awaiting-answers',
      stepSince: since,
    })
  })

  test('takes back only what was shown to whoever confirmed it', () => {
    expect(decided('undo-step', evaluating, { input, stamp: '2026-03-02T07:00:00.000Z' })).toEqual({
      kind: 'refuse',
      because:
        'Undo Step was not done: #123 has moved on since you opened it. Look at its card, and decide again.',
    })
    expect(decided('undo-step', evaluating, { input, stamp: moved })).toMatchObject({ kind: 'move' })
  })
})

describe('A move', () => {
  const wayBackOf = (outcome: Outcome) => (outcome.kind === 'move' ? outcome.facts.wayBack : outcome)

  test('that changes labels takes off again what it has set, and leaves what was there before', () => {
    const outcome = decided(
      'start',
      {},
      { input: { accountType: 'free', requestReason: 'none' }, labels: ['account-deletion::personal'] },
    )

    expect(wayBackOf(outcome)).toMatchObject({ labels: { add: [], remove: ['Awaiting::Challenge Answers'] } })
  })

  test('by which the requester is sent something has no way back', () => {
    expect(wayBackOf(decided('start-deletion', { step: 'ready' }))).toBeUndefined()
  })
})

describe('The labels that an issue bears after a change', () => {
  const borne = ['account-deletion::personal', 'team::region::emea', '::loose', 'Account Verification Failed']
  const after = (add: string) => {
    const work = { kind: 'labels', add: [add], remove: [] }
    return labelsAfter(borne, [work])
  }

  test.each([
    ['account-deletion::corporate', 'account-deletion::personal'],
    ['team::region::apac', 'team::region::emea'],
  ])('are one a scope, which is all before the last "::": %s takes the place of %s', (add, replaced) => {
    expect(after(add)).toEqual([...borne.filter((label) => label !== replaced), add])
  })

  test.each(['team::lead', '::other', 'Deletion Request'])('%s takes the place of none', (add) => {
    expect(after(add)).toEqual([...borne, add])
  })

  test('are the same where one is set that they bear', () => {
    expect(after('account-deletion::personal').toSorted()).toEqual(borne.toSorted())
  })
})

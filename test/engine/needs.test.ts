/** A decision of which an effect can't be done is refused before anything goes out. */
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/engine/decide.ts'
import { type EffectDefinitions, effects, needsOf } from '../../src/engine/effect.ts'
import type { NeedAnswer } from '../../src/engine/need.ts'
import type { Facts } from '../../src/engine/request.ts'
import { flows } from '../../src/flows/index.ts'
import { aRequest, engineer, environment } from './a-request.ts'

const definitions: EffectDefinitions = effects
const need = {
  name: 'issue-template',
  purpose: 'meta',
  template: 'Deletion Meta Issue - Customers Portal',
} as const

function startDeletion(needs: readonly NeedAnswer[] | undefined, facts: Facts = {}) {
  const request = aRequest({ flow: 'portal-deletion', step: 'ready', facts })
  const at = '2026-03-02T09:00:00.000Z'
  const event = { kind: 'decision', decision: 'start-deletion', by: engineer, input: {}, at } as const
  return decide(flows, request, needs ? { ...event, needs } : event, environment())
}

describe('Start Deletion', () => {
  test('moves when all that it needs is there', () => {
    expect(startDeletion([{ need }]).kind).toBe('move')
  })

  test('is refused with what is missing', () => {
    const lack = { text: 'There is no template', mend: 'Ask its owners to add it' }

    expect(startDeletion([{ need, lack }])).toEqual({
      kind: 'refuse',
      because:
        'Start Deletion wasn’t done on #123, and nothing was sent or changed. There is no template. Ask its owners to add it, then choose Start Deletion again.',
      lack,
    })
  })

  test('is refused when it needs by now what nobody has looked for', () => {
    expect(startDeletion([{ need: { name: 'feature-request' } }])).toEqual({
      kind: 'refuse',
      because:
        '#123 changed while I was checking it, and nothing was sent or changed. Choose Start Deletion again.',
    })
  })

  test('moves where nobody could look: then the effect itself says what is missing', () => {
    expect(startDeletion(undefined).kind).toBe('move')
  })

  test('is refused without an e-mail address for the title, whatever was looked for', () => {
    const refusal = {
      kind: 'refuse',
      because:
        'Start Deletion wasn’t done on #123, and nothing was sent or changed. I can’t read an e-mail address in the form, and the meta issue needs one as its title. Correct the form in GitLab, then choose Start Deletion again.',
      lack: expect.anything(),
    }
    expect(startDeletion([{ need }], { hasNoEmail: true })).toEqual(refusal)
    expect(startDeletion(undefined, { hasNoEmail: true })).toEqual(refusal)
  })
})

describe('what an effect needs', () => {
  test('is named by every kind that opens an issue, solves a ticket or writes elsewhere', () => {
    const examples = [
      { kind: 'open-issue', purpose: 'meta', template: 'T' },
      { kind: 'open-issue', purpose: 'escalation', template: 'T' },
      { kind: 'open-issue', purpose: 'reinstatement', template: 'T' },
      { kind: 'open-expert-issue', team: 'Abuse', question: '' },
      { kind: 'feature-request-note' },
      { kind: 'ticket-reply', text: '', solve: true, stamp: '', decidedAt: '' },
      { kind: 'ticket-reply', text: '', solve: false, stamp: '', decidedAt: '' },
      { kind: 'forward-ticket', text: '', stamp: '', decidedAt: '', backTo: '' },
      { kind: 'close' },
    ]

    expect(examples.map((one) => needsOf(definitions, [one]).map(({ name }) => name))).toEqual([
      ['requester-email', 'issue-template'],
      ['issue-template'],
      ['issue-template'],
      ['expert-team'],
      ['feature-request'],
      ['solvable-ticket'],
      [],
      ['support-group'],
      [],
    ])
  })

  test('is asked for once, however many effects need it', () => {
    const twice = { kind: 'open-issue', purpose: 'escalation', template: 'T' }

    expect(needsOf(definitions, [twice, twice])).toHaveLength(1)
  })
})

/** From the rules of a flow to the effects of one decision. */

import { describe, expect, test } from 'vitest'
import type { EffectRule } from '../../src/engine/effect.ts'
import { evidenceText } from '../../src/engine/effects/definition.ts'
import { effectsOf, holds } from '../../src/engine/effects-of.ts'
import type { Input } from '../../src/engine/event.ts'
import type { DecisionEnvironment } from '../../src/engine/flow.ts'
import type { Evidence, Request } from '../../src/engine/request.ts'
import { accountDeletion, accountDeletion as flow } from '../../src/flows/account-deletion.ts'
import { dataExport } from '../../src/flows/data-export.ts'
import { aRequest, engineer, environment } from './a-request.ts'

function effects(
  rules: readonly EffectRule[],
  input: Input = {},
  request: Request = aRequest(),
  given: Partial<DecisionEnvironment> = {},
) {
  return effectsOf(rules, { flow, request, environment: environment(given), input, by: engineer })
}

const evidence: Evidence = {
  readAt: '2026-03-02T08:05:00.000Z',
  criteria: [
    { name: 'Only owner', result: 'met', value: '2 of 2', source: 'GET /groups' },
    { name: 'No sign-in', result: 'unknown', value: 'not shown', source: 'GET /users/:id' },
  ],
}
const evidenceLines =
  'read 2 March 2026, 08:05 UTC\n- Only owner: met (2 of 2; GET /groups)\n- No sign-in: unknown (not shown; GET /users/:id)'

describe('A rule with a condition', () => {
  const label = (name: string) => ({ kind: 'labels', add: [name], remove: [] }) as const

  test('is left out where the condition does not hold', () => {
    const rules: readonly EffectRule[] = [
      { ...label('free'), when: { field: 'type', is: 'free' } },
      { ...label('corporate'), when: { field: 'type', is: 'corporate' } },
      { kind: 'close', when: { field: 'reason', isGiven: true } },
      { kind: 'reopen', when: { setting: 'admin-token', isSet: false } },
      { kind: 'start-exports', when: { setting: 'admin-token', isSet: true } },
    ]

    expect(effects(rules, { type: 'free', reason: ' ' })).toEqual([label('free'), { kind: 'start-exports' }])
  })

  test.each([
    [{ field: 'a', is: 'x' }, { a: 'x' }, true],
    [{ field: 'a', is: 'x' }, { a: 'y' }, false],
    [{ field: 'a', is: 'x' }, {}, false],
    [{ field: 'a', isGiven: true }, { a: 'y' }, true],
    [{ field: 'a', isGiven: true }, { a: ' \n' }, false],
    [{ field: 'a', isGiven: true }, {}, false],
    [{ setting: 'feature-request', isSet: true }, {}, true],
    [{ setting: 'feature-request', isSet: false }, {}, false],
  ] as const)('%j with %j holds: %s', (condition, input, is) => {
    expect(holds(condition, input, environment())).toBe(is)
  })
})

describe('Labels', () => {
  const choice = (is: string, label: string): EffectRule => ({
    ...{ kind: 'labels', add: [label], remove: [] },
    when: { field: 'type', is },
  })

  test('of the choices that were not made are taken off where the issue bears them, and only there', () => {
    const rules = [choice('free', 'a'), choice('corporate', 'b'), choice('other', 'c')]
    const given = (labels: readonly string[], type: string) =>
      effects(rules, { type }, aRequest(), { labels })

    expect(given(['a', 'x'], 'corporate')).toEqual([{ kind: 'labels', add: ['b'], remove: ['a'] }])
    expect(given(['a', 'c'], 'none')).toEqual([{ kind: 'labels', add: [], remove: ['a', 'c'] }])
    expect(given(['a'], 'free')).toEqual([{ kind: 'labels', add: ['a'], remove: [] }])
    expect(given([], 'none')).toEqual([])
  })

  test('that two choices share stay', () => {
    const rules = [choice('free', 'a'), choice('trial', 'a')]

    expect(effects(rules, { type: 'trial' }, aRequest(), { labels: ['a'] })).toEqual([
      { kind: 'labels', add: ['a'], remove: [] },
    ])
  })

  test('that follow each other are one call; a reply between them parts them', () => {
    const rules: readonly EffectRule[] = [
      { kind: 'labels', add: ['a'], remove: [] },
      { kind: 'labels', add: ['b'], remove: ['c'] },
      { kind: 'reply', snippet: 'closed-no-response' },
      { kind: 'labels', add: [], remove: ['d'] },
    ]

    expect(effects(rules)).toEqual([
      { kind: 'labels', add: ['a', 'b'], remove: ['c'] },
      { kind: 'reply', snippet: 'closed-no-response', replacements: {} },
      { kind: 'labels', add: [], remove: ['d'] },
    ])
  })
})

describe('A reply', () => {
  test('has its placeholders replaced, by a text or by a number that was typed', () => {
    const rules: readonly EffectRule[] = [
      { kind: 'reply', snippet: 'a', replace: { TYPE: 'full deletion' } },
      { kind: 'reply', snippet: 'b', replace: { '#123': { field: 'stays', prefix: '#' } } },
    ]

    expect(effects(rules, { stays: ' 0124 ' })).toEqual([
      { kind: 'reply', snippet: 'a', replacements: { TYPE: 'full deletion' } },
      { kind: 'reply', snippet: 'b', replacements: { '#123': '#124' } },
    ])
  })

  test('has further words below it when some are typed', () => {
    const rule: EffectRule = { kind: 'reply', snippet: 'a', addition: 'words' }

    expect(effects([rule], { words: ' More. \n' })).toEqual([
      { kind: 'reply', snippet: 'a', replacements: {}, addition: 'More.' },
    ])
    expect(effects([rule], { words: '  ' })).toEqual([{ kind: 'reply', snippet: 'a', replacements: {} }])
  })

  test('to silence knows since when there has to be silence: since the clock of its step began', () => {
    const rule: EffectRule = { kind: 'reply', snippet: 'a' }
    const request = aRequest({ stepSince: '2026-03-10T00:00:00.000Z' })
    const since = (step = accountDeletion.steps['awaiting-answers']) =>
      effectsOf([rule], {
        flow,
        request,
        environment: environment(),
        input: {},
        by: engineer,
        isToSilence: true,
        ...(step ? { step } : {}),
      }).map((effect) => effect.kind === 'reply' && effect.onlyIfSilentSince)

    expect(since()).toEqual([request.createdAt])
    expect(since(dataExport.steps['awaiting-answers'])).toEqual([request.stepSince])
    expect(since(accountDeletion.steps.evaluating)).toEqual([request.createdAt])
  })
})

test('A typed reply is the texts of its fields, each trimmed, parted by an empty line, without those left empty', () => {
  const rule: EffectRule = { kind: 'typed-reply', fields: ['one', 'two', 'three'] }

  expect(effects([rule], { one: ' Words \n', two: ' ', three: 'https://x.example' })).toEqual([
    { kind: 'typed-reply', text: 'Words\n\nhttps://x.example' },
  ])
})

test('A note names who, when, the request, the evidence and what was typed', () => {
  const rule: EffectRule = {
    kind: 'internal-note',
    text: '{who}, {when}, #{number}. {field:reason}; {field:other}, {field:third|no}. {evidence} {unknown}',
  }

  const [note] = effects([rule], { reason: ' Because {who} ' }, aRequest({ facts: { evidence } }), {
    timeZone: 'Asia/Tokyo',
  })

  expect(note).toEqual({
    kind: 'internal-note',
    text: `{person:UENG}, 2 March 2026, 18:00 Asia/Tokyo, #123. Because {who}; none given, no. ${evidenceLines.replace('08:05 UTC', '17:05 Asia/Tokyo')} {unknown}`,
  })
})

test('A note of something seen names the bot', () => {
  const rule: EffectRule = { kind: 'thread', text: '{who}: {evidence}', mention: ['privacy'] }

  const said = effectsOf([rule], { flow, request: aRequest(), environment: environment(), input: {} })

  expect(said).toEqual([{ kind: 'thread', text: 'the bot: none gathered', mention: ['privacy'] }])
})

test('The evidence is a line a criterion, with result, value and source', () => {
  expect(evidenceText(evidence, 'UTC')).toBe(evidenceLines)
  expect(evidenceText(undefined, 'UTC')).toBe('none gathered')
})

test('Whatever else a rule says is its effect, without the condition', () => {
  const always = { setting: 'admin-token', isSet: true } as const
  const rules: readonly EffectRule[] = [
    { kind: 'close', when: always },
    { kind: 'reopen', when: always },
    { kind: 'feature-request-note', when: always },
    { kind: 'start-exports', when: always },
    { kind: 'gather-evidence', when: always },
    { kind: 'open-issue', purpose: 'meta', template: 'T', when: always },
    { kind: 'mark-duplicate', field: 'stays', when: always },
  ]

  expect(effects(rules, { stays: '124' })).toEqual([
    { kind: 'close' },
    { kind: 'reopen' },
    { kind: 'feature-request-note' },
    { kind: 'start-exports' },
    { kind: 'gather-evidence' },
    { kind: 'open-issue', purpose: 'meta', template: 'T' },
    { kind: 'mark-duplicate', of: 124 },
  ])
})

test('Whoever types a person’s mark into a reason names nobody by it', () => {
  const note = { kind: 'internal-note', text: '{who}: {field:reason}' } as const

  expect(effects([note], { reason: 'Ask {person:U2} {who}' })).toEqual([
    { kind: 'internal-note', text: `{person:${engineer.id}}: Ask {person :U2} {who}` },
  ])
})

describe('A reply to silence', () => {
  const step = accountDeletion.steps['awaiting-answers']
  const sinceOf = (request: Partial<Request>) => {
    const [effect] = effectsOf([{ kind: 'reply', snippet: 'closed-no-response' }], {
      ...{ flow, request: aRequest(request), environment: environment(), input: {}, by: engineer },
      ...{ ...(step && { step }), isToSilence: true },
    })
    return effect?.kind === 'reply' ? effect.onlyIfSilentSince : undefined
  }

  test('goes out if nobody has written since the clock began', () => {
    expect(sinceOf({})).toBe('2026-03-01T10:30:00.000Z')
  })

  test('or since what a person has called no answer', () => {
    expect(sinceOf({ facts: { noAnswerAt: '2026-03-02T08:00:00.000Z' } })).toBe('2026-03-02T08:00:00.001Z')
  })

  test('what was no answer before the clock began says nothing', () => {
    expect(sinceOf({ facts: { noAnswerAt: '2026-03-01T08:00:00.000Z' } })).toBe('2026-03-01T10:30:00.000Z')
  })
})

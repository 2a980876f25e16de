/** Any observation can be declared to lead on, at one step or at every open one. */

import { describe, expect, test } from 'vitest'
import { decide } from '../../src/engine/decide.ts'
import type { Observation, ObservationName } from '../../src/engine/event.ts'
import { defineFlow, type On } from '../../src/engine/flow.ts'
import { privacyRules } from '../../src/flows/desks.ts'
import { aRequest, environment } from './a-request.ts'

const at = '2026-03-02T10:00:00.000Z'
const by = 'gitlab:42'
const link = { iid: 7, url: 'https://gitlab.example/desk/meta/-/issues/7' }
const expert = { ...link, team: 'Abuse', project: 'abuse/desk', closed: false }

/** One of each name that there is. */
const observations: { readonly [Name in ObservationName]: Observation & { readonly name: Name } } = {
  'requester-replied': { name: 'requester-replied', at },
  'label-added': { name: 'label-added', label: 'a::b', by, at },
  'label-removed': { name: 'label-removed', label: 'a::b', by, at },
  'issue-closed': { name: 'issue-closed', labels: [], by, at },
  'issue-reopened': { name: 'issue-reopened', by, at },
  'snippet-sent': { name: 'snippet-sent', snippet: 'closed-duplicate', by, at },
  'assignee-changed': { name: 'assignee-changed', by, at },
  'meta-issue-made': {
    name: 'meta-issue-made',
    issue: { ...link, done: 0, total: 1, closed: false },
    by,
    at,
  },
  'meta-issue-seen': { name: 'meta-issue-seen', issue: { ...link, done: 1, total: 1, closed: false }, at },
  'issue-unreadable': { name: 'issue-unreadable', status: 404, at },
  'issue-readable': { name: 'issue-readable', at },
  'evidence-gathered': { name: 'evidence-gathered', evidence: { readAt: at, criteria: [] }, at },
  'reinstatement-issue-opened': { name: 'reinstatement-issue-opened', url: link.url, at },
  'escalation-issue-opened': { name: 'escalation-issue-opened', url: link.url, at },
  'exports-seen': { name: 'exports-seen', exports: { done: 1, total: 1, failed: 0 }, at },
  'duplicates-suggested': { name: 'duplicates-suggested', iids: [124], at },
  'other-issues-seen': { name: 'other-issues-seen', later: [124], at },
  'checks-failed': { name: 'checks-failed', at },
  'form-changed': { name: 'form-changed', form: {}, what: ['the country'], at },
  'close-stopped': { name: 'close-stopped', at },
  'ticket-solved': { name: 'ticket-solved', how: 'merged', at },
  'ticket-reopened': { name: 'ticket-reopened', at },
  'public-reply-seen': { name: 'public-reply-seen', by, at },
  'ticket-reply-kept-internal': { name: 'ticket-reply-kept-internal', from: 'copy', at },
  'expert-issue-opened': { name: 'expert-issue-opened', issue: expert, at },
  'expert-issue-seen': { name: 'expert-issue-seen', issue: expert, at },
  'ticket-update-refused': { name: 'ticket-update-refused', changes: [], decidedAt: at, at },
}

const step = { title: 'A step', availableWhen: 'on arrival', waitsFor: 'support', decisions: {} } as const

function lending(on: { readonly step?: On<'lent' | 'lost'>; readonly flow?: On<'lent' | 'lost'> }) {
  return defineFlow<'asked' | 'lent' | 'lost' | 'back'>({
    name: 'lending',
    title: 'Lending',
    handbook: 'Library',
    desk: privacyRules,
    first: 'asked',
    closed: 'back',
    pinned: [],
    anytime: {},
    ...(on.flow && { on: on.flow }),
    steps: {
      asked: { ...step, ...(on.step && { on: on.step }) },
      lent: { ...step, onEntry: [{ kind: 'close' }] },
      lost: step,
      back: { ...step, isClosed: true },
    },
  })
}

/** Where it stands afterwards, with what is done. */
function seen(flow: ReturnType<typeof lending>, observation: Observation, at_ = 'asked') {
  const request = aRequest({
    flow: 'lending',
    step: at_,
    facts: { closedFrom: 'asked', unreadable: { status: 404, since: at } },
  })
  const outcome = decide({ lending: flow }, request, { kind: 'observation', observation }, environment())
  return outcome.kind === 'move'
    ? { step: outcome.step, done: outcome.effects.filter(({ kind }) => kind !== 'thread') }
    : { step: at_, done: [] }
}

const leadingOn = { step: 'lent', done: [{ kind: 'close' }] }
/** Both need something that the toy has not: a close under way, and that it can be read. */
const apart: readonly ObservationName[] = ['close-stopped', 'issue-unreadable']

describe.each(Object.values(observations).filter(({ name }) => !apart.includes(name)))(
  'The observation $name',
  (observation) => {
    test('leads where its step says', () => {
      expect(seen(lending({ step: { [observation.name]: { goto: 'lent' } } }), observation)).toEqual(
        leadingOn,
      )
    })

    test('leads at every open step where the flow says, but where the step says otherwise', () => {
      const flow = { [observation.name]: { goto: 'lent' } } as const

      expect(seen(lending({ flow }), observation)).toEqual(leadingOn)
      expect(seen(lending({ flow, step: { [observation.name]: { goto: 'lost' } } }), observation).step).toBe(
        'lost',
      )
    })

    test('leads nowhere from a closed step for which only the flow says so', () => {
      expect(
        seen(lending({ flow: { [observation.name]: { goto: 'lent' } } }), observation, 'back').step,
      ).not.toBe('lent')
    })
  },
)

test('Of several ways the first counts that fits what is observed', () => {
  const flow = lending({
    step: { 'ticket-solved': [{ where: { how: 'forwarded' }, goto: 'lost' }, { goto: 'lent' }] },
  })

  expect(seen(flow, { name: 'ticket-solved', how: 'forwarded', at }).step).toBe('lost')
  expect(seen(flow, { name: 'ticket-solved', how: 'merged', at }).step).toBe('lent')
})

test('An observation that says something else than the flow waits for moves nothing', () => {
  const flow = lending({ step: { 'label-added': { where: { label: 'x::y' }, goto: 'lent' } } })

  expect(seen(flow, observations['label-added']).step).toBe('asked')
})

test('What leads on without a word of its own is said as the last move', () => {
  const flow = lending({ step: { 'exports-seen': { goto: 'lent' } } })
  const request = aRequest({ flow: 'lending', step: 'asked' })

  const outcome = decide(
    { lending: flow },
    request,
    { kind: 'observation', observation: observations['exports-seen'] },
    environment(),
  )

  expect(outcome.kind === 'move' && outcome.facts.lastMove).toEqual({ what: 'Exports seen', by: 'bot', at })
})

/** What a decision that is allowed does to the facts, and where it leads. */
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/engine/decide.ts'
import type { Input } from '../../src/engine/event.ts'
import type { Move } from '../../src/engine/outcome.ts'
import type { Request } from '../../src/engine/request.ts'
import { flows } from '../../src/flows/index.ts'
import { aRequest, engineer, environment } from './a-request.ts'

const at = '2026-03-02T09:00:00.000Z'
const before = '2026-03-02T08:00:00.000Z'

function moved(decision: string, request: Partial<Request>, input: Input = {}): Move {
  const event = { kind: 'decision', decision, by: engineer, input, at } as const
  const outcome = decide(flows, aRequest(request), event, environment())
  if (outcome.kind !== 'move') throw new Error(`${outcome.kind}: ${outcome.because}`)
  return outcome
}

describe('A request whose type a person sets', () => {
  const unknown = { flow: 'submission', step: 'type-unreadable' }

  test('begins where its type does', () => {
    const { flow, step } = moved('set-type', unknown, { type: 'deceased-user' })

    expect([flow, step]).toEqual(['deceased-user', 'awaiting-answers'])
  })

  test('counts what the requester has written already for the answer', () => {
    const { flow, step } = moved(
      'set-type',
      { ...unknown, facts: { lastReplyAt: before } },
      { type: 'deceased-user' },
    )

    expect([flow, step]).toEqual(['deceased-user', 'evaluating'])
  })
})

test('A reply that went out already is left out, and the thread says so', () => {
  const { effects } = moved('fail-verification', {
    step: 'evaluating',
    facts: { sentSnippets: { 'closed-verification-failed': before } },
  })

  expect(effects).toEqual([
    {
      kind: 'thread',
      text: 'The reply “closed-verification-failed” was not sent again on #123: the requester already got it.',
      mention: [],
    },
    { kind: 'labels', add: ['Account Verification Failed', 'deletion request::denied'], remove: [] },
    { kind: 'close' },
  ])
})

test('A reply that went out already is sent once more with the words that somebody adds to it', () => {
  const facts = {
    sentSnippets: { 'unblocked-by-security': before },
    reinstatementIssue: { url: 'https://gitlab.example/x/-/issues/1' },
  }
  const { effects } = moved(
    'account-unblocked',
    { step: 'security-review', facts },
    { furtherWords: 'You can sign in again.' },
  )

  expect(effects).toContainEqual(
    expect.objectContaining({
      kind: 'reply',
      snippet: 'unblocked-by-security',
      addition: 'You can sign in again.',
    }),
  )
})

test('An exception that is asked for anew has nobody’s approval yet', () => {
  const { facts } = moved('request-exception', {
    step: 'evaluating',
    facts: { approvals: [{ by: 'UMAN', roles: ['support-manager'], at: before }] },
  })

  expect(facts.approvals).toEqual([])
})

test('The hold that runs ends, and the one that has ended keeps its end', () => {
  const ended = { from: '2026-03-01T11:00:00.000Z', to: '2026-03-01T12:00:00.000Z', by: 'UENG' }
  const running = { from: before, by: 'UENG' }

  const { facts } = moved('resume-clocks', { facts: { pauses: [ended, running] } }, { reason: 'It goes on.' })

  expect(facts.pauses).toEqual([ended, { ...running, to: at }])
})

test('Close No Response is refused once the requester has answered', () => {
  const wrote = { facts: { lastReplyAt: '2026-03-05T08:00:00.000Z' } }
  const event = { kind: 'decision', decision: 'close-no-response', by: engineer, input: {}, at } as const

  const outcome = decide(flows, aRequest(wrote), event, environment({ now: '2026-03-09T09:00:00.000Z' }))

  expect(outcome).toEqual({
    kind: 'refuse',
    because: 'Too late for Close No Response: the requester replied to #123 on Mar 5. Read the reply first.',
  })
})

test('Typed words name nobody: only the bot itself mentions people', () => {
  const { effects } = moved('escalate-to-privacy', {}, { reason: 'Ask {person:U0ADMIN}.' })

  expect(JSON.stringify(effects)).toContain('Ask {person :U0ADMIN}.')
})

/** A person decides: who may, what has to be filled in, and what comes of it. */
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/engine/decide.ts'
import type { Input } from '../../src/engine/event.ts'
import type { DecisionEnvironment } from '../../src/engine/flow.ts'
import type { Outcome } from '../../src/engine/outcome.ts'
import type { Facts, Person, Request } from '../../src/engine/request.ts'
import { flows } from '../../src/flows/index.ts'
import {
  aRequest,
  engineer,
  environment,
  fieldSecurity,
  manager,
  managerAndPrivacy,
  nobody,
  privacyPerson,
} from './a-request.ts'

const at = '2026-03-02T09:00:00.000Z'

interface Given {
  readonly by?: Person
  readonly input?: Input
  readonly shownAt?: string
  readonly request?: Partial<Request>
  readonly environment?: Partial<DecisionEnvironment>
}

function decided(decision: string, { by = engineer, input = {}, shownAt, ...given }: Given = {}): Outcome {
  const shown = shownAt === undefined ? {} : { shownAt }
  const event = { kind: 'decision', decision, by, input, at, ...shown } as const
  return decide(flows, aRequest(given.request), event, environment(given.environment))
}

function moved(outcome: Outcome) {
  if (outcome.kind !== 'move') throw new Error(`${outcome.kind}: ${outcome.because}`)
  return outcome
}

const refuse = (because: string, further = {}) => ({ kind: 'refuse', because, ...further })
const evaluating = { step: 'evaluating' }
const lastMove = (what: string, by: Person) => ({ what, by: `slack:${by.id}`, at })

describe('Who may', () => {
  test.each([
    [
      'fail-verification',
      nobody,
      evaluating,
      'Only a support engineer or a support manager can use Fail Verification.',
    ],
    [
      'fail-verification',
      fieldSecurity,
      evaluating,
      'Only a support engineer or a support manager can use Fail Verification.',
    ],
    ['approve-exception', engineer, evaluating, 'Only a support manager can use Approve Exception.'],
    ['approve-exception', privacyPerson, evaluating, 'Only a support manager can use Approve Exception.'],
    [
      'continue',
      engineer,
      { flow: 'deceased-user', step: 'privacy-review' },
      'Only Privacy can use Continue.',
    ],
    ['extend-deadline', manager, {}, 'Only Privacy can use Extend Deadline.'],
    [
      'close-no-response',
      privacyPerson,
      {},
      'Only a support engineer or a support manager can use Close No Response.',
    ],
  ])('%s is refused to %o', (decision, by, request, because) => {
    expect(decided(decision, { by, request })).toEqual(refuse(because))
  })

  test('Privacy closes for no response too, where the form offers another address', () => {
    const given: Given = {
      by: privacyPerson,
      request: { facts: { hasOtherAddress: true } },
      environment: { now: '2026-03-09T00:00:00.000Z' },
    }

    expect(moved(decided('close-no-response', given)).step).toBe('closed')
  })
})

describe('What has to be filled in', () => {
  test.each([
    [
      'a choice',
      'pass-verification',
      { accountState: 'gone' },
      evaluating,
      'Choose one of: Active, Blocked or banned.',
      'accountState',
    ],
    [
      'a text',
      'escalate-to-privacy',
      { reason: ' \n' },
      {},
      'Your question for Privacy is missing.',
      'reason',
    ],
    [
      'a public text with a command',
      'reply',
      { answer: 'Greetings,\r/close' },
      { flow: 'general-question', step: 'answering' },
      'Lines can’t start with “/”: GitLab would run them as commands.',
      'answer',
    ],
  ])('%s', (_what, decision, input, request, because, field) => {
    expect(decided(decision, { input, request })).toEqual(refuse(because, { field }))
  })

  test('a guard refuses with the button, the request, its sentence and the day', () => {
    expect(decided('close-no-response')).toEqual(
      refuse('Too early: the requester has until Mar 8. Close No Response opens for #123 on Mar 9.', {
        from: '2026-03-09T00:00:00.000Z',
      }),
    )
  })

  test('the role is asked first, then the fields, then the guards', () => {
    expect(decided('extend-deadline', { by: manager, input: {} })).toMatchObject({
      because: 'Only Privacy can use Extend Deadline.',
    })
    expect(
      decided('extend-deadline', {
        by: privacyPerson,
        input: { clock: 'step', days: '8' },
        request: evaluating,
      }),
    ).toMatchObject({ field: 'days' })
  })
})

describe('What comes of it', () => {
  test('the reply, the labels, the close, in the handbook’s order', () => {
    expect(decided('fail-verification', { request: evaluating })).toEqual({
      kind: 'move',
      flow: 'account-deletion',
      step: 'closed',
      facts: {
        lastMove: lastMove('Fail Verification', engineer),
        closedFrom: 'evaluating',
        closedOutside: false,
        endedBy: { decision: 'fail-verification' },
        sentSnippets: { 'closed-verification-failed': at },
      },
      effects: [
        { kind: 'reply', snippet: 'closed-verification-failed', replacements: {} },
        { kind: 'labels', add: ['Account Verification Failed', 'deletion request::denied'], remove: [] },
        { kind: 'close' },
      ],
      what: 'Fail Verification',
    })
  })

  test('because of silence: each effect knows since when there has to be silence', () => {
    const now = '2026-03-12T08:00:00.000Z'
    const onlyIfSilentSince = '2026-03-01T10:30:00.000Z'
    const by = (decision: string, given: object) =>
      decide(
        flows,
        aRequest({ flow: 'data-export', createdAt: onlyIfSilentSince, ...given }),
        { kind: 'decision', decision, by: engineer, at: now, input: {} },
        environment({ now, readUpTo: { updatedAt: now, noteId: 2, labelEventId: 3, stateEventId: 4 } }),
      )
    const closedByHand = { closedFrom: 'self-serve', closedOutside: true, isIncomplete: true }

    expect(by('close-self-serve', { step: 'self-serve' })).toMatchObject({
      facts: {
        ...{ closedFrom: 'self-serve', closedFromSince: '2026-03-01T10:31:00.000Z' },
        closedReadUpTo: { updatedAt: now, labelEventId: 3, stateEventId: 4 },
      },
      effects: [{ kind: 'close', onlyIfSilentSince }],
    })
    expect(by('close-self-serve', { step: 'closed', facts: closedByHand })).toMatchObject({
      effects: [{ kind: 'close', onlyIfSilentSince }],
    })
  })

  test('the step that the choice leads to, with what is done on its entry', () => {
    const passed = (accountState: string) =>
      moved(decided('pass-verification', { input: { accountState }, request: evaluating }))

    expect(passed('active')).toMatchObject({ step: 'ready', effects: [] })
    expect(passed('blocked')).toMatchObject({
      step: 'security-review',
      effects: [
        { kind: 'open-issue', purpose: 'reinstatement', template: 'Account Reinstatement' },
        { kind: 'reply', snippet: 'blocked-security-review', replacements: {} },
      ],
    })
  })

  test('the flow that is set, at its first step, with what is done on its entry', () => {
    const request = { flow: 'submission', step: 'type-unreadable' }

    expect(moved(decided('set-type', { input: { type: 'data-export' }, request }))).toMatchObject({
      flow: 'data-export',
      step: 'self-serve',
      effects: [{ kind: 'labels', add: ['Export Request::self-serve'], remove: [] }],
    })
    expect(decided('set-type', { input: { type: 'constructor' }, request })).toMatchObject({ field: 'type' })
  })

  test.each<readonly [string, Given, Facts]>([
    ['start', { input: { accountType: 'free', requestReason: 'none' } }, { started: at }],
    ['self-initiated-deletion', {}, { selfInitiatedAt: at, sentSnippets: { 'blocked-user-initiated': at } }],
    [
      'request-exception',
      { request: evaluating },
      { exception: { requestedBy: 'UENG', at }, approvals: [], askedBy: 'UENG' },
    ],
    ['pause-clocks', { input: { reason: 'Hold' } }, { pauses: [{ from: at, by: 'UENG' }] }],
    [
      'resume-clocks',
      {
        input: { reason: 'Go' },
        request: { facts: { pauses: [{ from: '2026-03-01T12:00:00.000Z', by: 'UMAN' }] } },
      },
      { pauses: [{ from: '2026-03-01T12:00:00.000Z', by: 'UMAN', to: at }] },
    ],
    [
      'extend-deadline',
      { by: privacyPerson, input: { clock: 'step', days: '14', reason: 'Needed' } },
      { extensions: [{ clock: 'step', step: 'awaiting-answers', days: 14, by: 'UPRI', at }] },
    ],
    [
      'add-reinstatement-link',
      {
        input: { link: ' https://gitlab.com/ts/issues/-/issues/4 ' },
        request: { step: 'security-review' },
        environment: {
          settings: { 'trust-safety-project': false, 'feature-request': true, 'admin-token': true },
        },
      },
      {
        reinstatementIssue: { url: 'https://gitlab.com/ts/issues/-/issues/4' },
        sentSnippets: { 'blocked-security-review': at },
      },
    ],
  ])('%s is kept among the facts', (decision, given, facts) => {
    const { lastMove: last, wayBack: _back, ...rest } = moved(decided(decision, given)).facts

    expect(rest).toEqual(facts)
    expect(last?.at).toBe(at)
  })
})

describe('An exception approved by two', () => {
  const two = { environment: { requirePrivacyApproval: true }, input: { reason: 'Because' } }
  const approved = (...people: readonly Person[]) => ({
    step: 'exception-review',
    facts: {
      exception: { requestedBy: engineer.id, at },
      approvals: people.map(({ id, roles }) => ({ by: id, roles, at })),
    },
  })

  test.each([
    [manager, 'privacy', 'Privacy'],
    [privacyPerson, 'support-manager', 'a support manager'],
  ] as const)('waits after the first, by %o, and says for whom', (by, role, name) => {
    const { step, effects, what } = moved(decided('approve-exception', { ...two, by, request: approved() }))

    expect(step).toBe('exception-review')
    expect(what).toBe('Approve Exception (first of two approvals)')
    expect(effects).toEqual([
      {
        kind: 'internal-note',
        text: `First of two approvals of the sole-owner exception, by {person:${by.id}}.\nReason: Because`,
      },
      {
        kind: 'thread',
        text: `{person:${by.id}} has approved the exception. It needs a second approval, by ${name}.`,
        mention: [role],
      },
    ])
  })

  test.each([
    [manager, privacyPerson],
    [privacyPerson, manager],
    [managerAndPrivacy, privacyPerson],
    [managerAndPrivacy, manager],
    [manager, managerAndPrivacy],
  ])('is approved after the second: %o, then %o', (first, by) => {
    const { step, effects } = moved(decided('approve-exception', { ...two, by, request: approved(first) }))

    expect(step).toBe('ready')
    expect(effects[0]).toEqual({
      kind: 'labels',
      add: ['Deletion Request::Exception Approved'],
      remove: [],
    })
  })

  test('never by one person with both roles', () => {
    const alone = decided('approve-exception', { ...two, by: managerAndPrivacy, request: approved() })
    const again = decided('approve-exception', {
      ...two,
      by: managerAndPrivacy,
      request: approved(managerAndPrivacy),
    })

    expect(moved(alone).step).toBe('exception-review')
    expect(again).toMatchObject({
      because: expect.stringContaining('You already approved the exception on #123'),
    })
  })

  test('the note of the second names both', () => {
    const { effects } = moved(
      decided('approve-exception', { ...two, by: manager, request: approved(privacyPerson) }),
    )

    expect(effects.find(({ kind }) => kind === 'internal-note')).toMatchObject({
      text: expect.stringContaining('approved by {person:UPRI} and {person:UMAN}, '),
    })
  })

  test('never by two of the same role', () => {
    const other = { id: 'UMAN2', roles: ['support-manager'] } as const

    expect(decided('approve-exception', { ...two, by: other, request: approved(manager) })).toEqual(
      refuse('<@UMAN> already approved the exception on #123. The second approval has to come from Privacy.'),
    )
    const second = { id: 'UPRI2', roles: ['privacy'] } as const
    expect(decided('approve-exception', { ...two, by: second, request: approved(privacyPerson) })).toEqual(
      refuse(
        '<@UPRI> already approved the exception on #123. The second approval has to come from a support manager.',
      ),
    )
  })

  test('by one support manager, where two are not asked for', () => {
    const given = { by: manager, input: { reason: 'Because' }, request: approved() }

    expect(moved(decided('approve-exception', given)).step).toBe('ready')
  })
})

describe('A button that was drawn at another step', () => {
  test('means what it meant: the same button at another step is refused', () => {
    expect(
      decided('fail-verification', { request: { step: 'exception-review' }, shownAt: 'evaluating' }),
    ).toEqual(
      refuse(
        'Too late: Fail Verification is no longer open. #123 is now at “Exception requested: approve it or fail verification”.',
      ),
    )
  })

  test('does the same where it means the same', () => {
    const given = { input: { reason: 'Hold' }, request: evaluating, shownAt: 'awaiting-answers' }

    expect(moved(decided('pause-clocks', given)).step).toBe('evaluating')
    expect(
      moved(decided('fail-verification', { request: evaluating, shownAt: 'awaiting-answers' })).step,
    ).toBe('closed')
  })
})

describe('A reply of the handbook', () => {
  const sentSnippets = { 'blocked-user-initiated': '2026-03-01T12:00:00.000Z' }

  test('is not sent twice', () => {
    const facts = { sentSnippets, selfInitiatedAt: at }

    expect(decided('self-initiated-deletion', { request: { facts } })).toEqual(
      refuse('The requester of #123 already got this reply, Mar 1, 12:00 PM UTC. Nothing was sent.'),
    )
  })

  test('that was sent by hand is not sent again, and what is decided with it is known', () => {
    const { facts, effects } = moved(
      decided('self-initiated-deletion', { request: { facts: { sentSnippets } } }),
    )

    expect(facts.selfInitiatedAt).toBe(at)
    expect(effects.map(({ kind }) => kind)).toEqual(['thread'])
  })

  test.each([
    ['is not sent where it was sent by hand with the same issue', { 'closed-duplicate': 45 }, 0],
    ['is sent where it was sent by hand with another issue', { 'closed-duplicate': 123 }, 1],
    ['is not sent where nobody can tell which issue was named', undefined, 0],
  ])('that names an issue %s', (_what, sentNaming, times) => {
    const facts = { sentSnippets: { 'closed-duplicate': at }, ...(sentNaming && { sentNaming }) }

    const { effects, facts: after } = moved(
      decided('close-duplicate', {
        input: { stays: '45' },
        request: { facts },
        environment: { named: { number: 45, isOpen: true } },
      }),
    )

    expect(effects.filter(({ kind }) => kind === 'reply')).toHaveLength(times)
    expect(after.sentNaming).toEqual(times === 1 ? undefined : sentNaming)
  })

  test('is kept beside those sent before', () => {
    const request = { ...evaluating, facts: { sentSnippets } }

    expect(moved(decided('fail-verification', { request })).facts.sentSnippets).toEqual({
      ...sentSnippets,
      'closed-verification-failed': at,
    })
  })
})

describe('A request closed by hand', () => {
  const closed = (facts: Facts = {}) => ({
    step: 'closed',
    facts: { closedFrom: 'evaluating', closedOutside: true, isIncomplete: true, ...facts },
  })
  const labels = {
    kind: 'labels',
    add: ['Account Verification Failed', 'deletion request::denied'],
    remove: [],
  }

  test('is completed by a way to close it from where it stood', () => {
    expect(decided('fail-verification', { request: closed() })).toEqual({
      kind: 'move',
      flow: 'account-deletion',
      step: 'closed',
      facts: {
        closedFrom: 'evaluating',
        closedOutside: true,
        endedBy: { decision: 'fail-verification' },
        lastMove: lastMove('Fail Verification', engineer),
        sentSnippets: { 'closed-verification-failed': at },
      },
      effects: [
        { kind: 'reply', snippet: 'closed-verification-failed', replacements: {} },
        labels,
        { kind: 'close' },
      ],
      what: 'Fail Verification',
    })
  })

  test('gets no reply that it has got', () => {
    const sentSnippets = { 'closed-verification-failed': '2026-03-01T12:00:00.000Z' }

    expect(moved(decided('fail-verification', { request: closed({ sentSnippets }) })).effects).toEqual([
      labels,
      { kind: 'close' },
    ])
  })

  test('is completed by those who may, and under the same conditions', () => {
    expect(decided('fail-verification', { by: privacyPerson, request: closed() })).toMatchObject({
      because: 'Only a support engineer or a support manager can use Fail Verification.',
    })
    expect(
      decided('close-no-response', { request: closed({ closedFrom: 'awaiting-answers' }) }),
    ).toMatchObject({ from: '2026-03-09T00:00:00.000Z' })
  })

  test('is completed by the clock that ran when it was closed, with what it was extended by', () => {
    const closedFromSince = '2026-03-01T10:31:00.000Z'
    const stood = { closedFrom: 'awaiting-answers', closedFromSince }
    const longAfter = { stepSince: '2026-03-12T09:00:00.000Z', ...closed(stood) }
    const by = {
      by: 'UPRI',
      at: '2026-03-02T08:00:00.000Z',
      clock: 'step',
      step: 'awaiting-answers',
      days: 14,
    } as const
    const extended = { ...longAfter, ...closed({ ...stood, extensions: [by] }) }
    const closedThen = (request: Partial<Request>) =>
      decided('close-no-response', { request, environment: { now: '2026-03-12T10:00:00.000Z' } })

    expect(closedThen(longAfter)).toMatchObject({
      kind: 'move',
      facts: { endedBy: { decision: 'close-no-response' } },
    })
    expect(closedThen(extended)).toMatchObject({ kind: 'refuse', from: '2026-03-23T00:00:00.000Z' })
  })

  test('is not completed by a click on a card that was drawn before the close', () => {
    expect(moved(decided('fail-verification', { request: closed(), shownAt: 'closed' })).step).toBe('closed')
    expect(decided('fail-verification', { request: closed(), shownAt: 'evaluating' })).toEqual(
      refuse('Fail Verification was not done: #123 is now at “Closed”.'),
    )
  })

  test('is completed in no way that does not close it, and only once', () => {
    expect(decided('pass-verification', { request: closed() })).toMatchObject({
      because: 'Pass Verification was not done: #123 is now at “Closed”.',
    })
    expect(decided('fail-verification', { request: closed({ isIncomplete: false }) })).toMatchObject({
      because: 'Fail Verification was not done: #123 is now at “Closed”.',
    })
  })
})

/** What is seen, and what it changes. */

import { describe, expect, test } from 'vitest'
import { deadlineOf } from '../../src/engine/clocks.ts'
import { decide } from '../../src/engine/decide.ts'
import type { LabelApproval, Observation } from '../../src/engine/event.ts'
import type { DecisionEnvironment } from '../../src/engine/flow.ts'
import { type Outcome, UnknownStep } from '../../src/engine/outcome.ts'
import type { Actor, Facts, Request } from '../../src/engine/request.ts'
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

const at = '2026-03-02T08:00:00.000Z'
const by = 'gitlab:42'

function seen(
  observation: Observation,
  given: Partial<Request> = {},
  around: Partial<DecisionEnvironment> = {},
): Outcome {
  return decide(flows, aRequest(given), { kind: 'observation', observation }, environment(around))
}

function moved(outcome: Outcome) {
  if (outcome.kind !== 'move') throw new Error(`${outcome.kind}: ${outcome.because}`)
  return outcome
}

const thread = (text: string) => ({ kind: 'thread', text, mention: [] })
const wrote = { name: 'requester-replied', at } as const
const move = (what: string, who: Actor, when = at) => ({ what, by: who, at: when })

describe('The requester writes', () => {
  test('while answers are awaited: they are evaluated next', () => {
    expect(seen(wrote)).toEqual({
      kind: 'move',
      flow: 'account-deletion',
      step: 'evaluating',
      facts: {
        lastReplyAt: at,
        lastMove: move('The requester wrote', 'requester'),
        ledOn: { to: 'evaluating', from: 'awaiting-answers', since: '2026-03-01T10:31:00.000Z' },
        wayBack: {
          ...{ what: 'The requester wrote', at, isReply: true },
          ...{ flow: 'account-deletion', step: 'awaiting-answers', since: '2026-03-01T10:31:00.000Z' },
          ...{ facts: {}, without: ['ledOn', 'lastMove'] },
        },
      },
      effects: [thread('{person:assignee} The requester replied on #123.{next}')],
      what: 'The requester wrote',
    })
  })

  test('to a deceased user’s desk: Privacy is asked to review on the way', () => {
    const { step, effects } = moved(seen(wrote, { flow: 'deceased-user' }))

    expect(step).toBe('evaluating')
    expect(effects).toEqual([
      thread('{person:assignee} The requester replied on #123.{next}'),
      {
        kind: 'thread',
        text: 'The requester of #123 has answered. Please review the evidence of their authority to act for the deceased.',
        mention: ['privacy'],
      },
    ])
  })

  test('where no step waits for it: it is said and kept, and the last move stays', () => {
    const lastMove = move('Start Deletion', 'slack:UENG')

    expect(seen(wrote, { step: 'deleting', facts: { lastMove } })).toEqual({
      kind: 'move',
      flow: 'account-deletion',
      step: 'deleting',
      facts: { lastMove, lastReplyAt: at },
      effects: [thread('{person:assignee} The requester replied on #123.{next}')],
      what: 'The requester wrote',
    })
  })

  test('while the clocks are held: the hold ends', () => {
    const pauses = [
      { from: '2026-03-01T11:00:00.000Z', to: '2026-03-01T12:00:00.000Z', by: 'UMAN' },
      { from: '2026-03-02T07:00:00.000Z', by: 'UMAN' },
    ]

    expect(moved(seen(wrote, { facts: { pauses } })).facts.pauses).toEqual([
      pauses[0],
      { ...pauses[1], to: at },
    ])
  })

  test('after the close: it is said, and nothing is reopened', () => {
    expect(seen(wrote, { step: 'closed', facts: { closedFrom: 'evaluating' } })).toEqual({
      kind: 'move',
      flow: 'account-deletion',
      step: 'closed',
      facts: { closedFrom: 'evaluating', lastReplyAt: at, repliedAfterClose: at },
      effects: [
        thread(
          '{person:assignee} The requester replied on #123 after it was closed. It stays closed: read the reply in GitLab.',
        ),
      ],
      what: 'The requester wrote after the close',
    })
  })

  test('after the close of a data export: it is reopened, and every reply may be sent again', () => {
    const facts: Facts = {
      closedFrom: 'awaiting-answers',
      closedOutside: true,
      isIncomplete: true,
      sentSnippets: { 'closed-no-response': '2026-03-01T12:00:00.000Z' },
    }

    expect(seen(wrote, { flow: 'data-export', step: 'closed', facts })).toEqual({
      kind: 'move',
      flow: 'data-export',
      step: 'helping',
      // Where it was closed from is kept: the close may turn out never to have happened.
      facts: {
        closedFrom: 'awaiting-answers',
        lastReplyAt: at,
        lastMove: move('The requester wrote', 'requester'),
        ledOn: { to: 'helping', from: 'closed', since: '2026-03-01T10:31:00.000Z' },
        wayBack: {
          ...{ what: 'The requester wrote', at, isReply: true },
          ...{ flow: 'data-export', step: 'closed', since: '2026-03-01T10:31:00.000Z' },
          closedAt: '2026-03-01T10:31:00.000Z',
          facts: {
            closedOutside: true,
            isIncomplete: true,
            sentSnippets: { 'closed-no-response': '2026-03-01T12:00:00.000Z' },
          },
          without: ['ledOn', 'lastMove'],
        },
      },
      effects: [
        { ...thread('{person:assignee} The requester replied on #123.{next}'), isBroadcast: true },
        { kind: 'reopen' },
      ],
      what: 'The requester wrote',
    })
  })
})

describe('A label set by hand', () => {
  const set = (label: string) => ({ name: 'label-added', label, by, at }) as const

  test('of the exception is its approval', () => {
    expect(seen(set('Deletion Request::Exception Approved'), { step: 'exception-review' })).toEqual({
      kind: 'move',
      flow: 'account-deletion',
      step: 'ready',
      facts: {
        lastMove: move('Label Deletion Request::Exception Approved set in GitLab', by),
        wayBack: {
          ...{ what: 'Label Deletion Request::Exception Approved set in GitLab', at },
          ...{ flow: 'account-deletion', step: 'exception-review', since: '2026-03-01T10:31:00.000Z' },
          ...{ facts: {}, without: ['lastMove'] },
          labels: { add: [], remove: ['Deletion Request::Exception Approved'] },
        },
      },
      effects: [],
      what: 'Label Deletion Request::Exception Approved set in GitLab',
    })
  })

  test('of the exception is told to whoever asked for it; not again where it is the bot’s own, which it has forgotten with its database', () => {
    const label = set('Deletion Request::Exception Approved')
    const asked = { step: 'exception-review', facts: { askedBy: 'U01' } }

    expect(moved(seen(label, asked)).effects).toMatchObject([
      { kind: 'thread', text: expect.stringMatching(/^\{person:U01\} what you asked on #123 is decided: /) },
    ])
    expect(moved(seen({ ...label, by: 'bot' }, asked))).toMatchObject({
      step: 'ready',
      facts: { lastMove: { by: 'bot' } },
      effects: [],
    })
  })

  describe('of the exception, where it approves only with the role,', () => {
    const label = set('Deletion Request::Exception Approved')
    const withRole = { labelApproves: 'with-role' } as const
    const setBy = (who: LabelApproval['by'], before: LabelApproval['before'] = []) => ({
      ...label,
      approval: { by: who, before },
    })

    test('is the approval of the bot’s own account, which set it for what was approved', () => {
      expect(moved(seen(setBy('bot'), { step: 'exception-review' }, withRole)).step).toBe('ready')
    })

    test('is none where nobody has looked who it was', () => {
      expect(moved(seen(label, { step: 'exception-review' }, withRole))).toMatchObject({
        step: 'exception-review',
        facts: { labelRefused: { because: expect.stringContaining('linked with nobody in Slack') } },
        effects: [{ kind: 'thread', mention: ['support-manager'] }],
      })
    })

    test('is none of anybody else’s than the approver', () => {
      for (const who of ['unlinked', 'refused', engineer, privacyPerson, fieldSecurity, nobody] as const)
        expect(moved(seen(setBy(who), { step: 'evaluating' }, withRole)).step).toBe('evaluating')
      expect(moved(seen(setBy(manager), { step: 'evaluating' }, withRole)).step).toBe('ready')
    })

    test('by one person with both roles is one of two approvals', () => {
      const two = { ...withRole, requirePrivacyApproval: true }
      const first = moved(seen(setBy(managerAndPrivacy), { step: 'exception-review' }, two))

      expect(first).toMatchObject({ step: 'exception-review', facts: { approvals: [{ by: 'UBOTH' }] } })
      const again = seen(
        setBy(managerAndPrivacy, [managerAndPrivacy]),
        { step: 'exception-review', facts: first.facts },
        two,
      )
      expect(moved(again)).toMatchObject({ step: 'exception-review', facts: { labelRefused: {} } })
    })
  })

  test('of the challenges starts the request once', () => {
    const label = set('Awaiting::Challenge Answers')

    expect(moved(seen(label)).facts.started).toBe(at)
    expect(moved(seen(label, { facts: { started: '2026-03-01T11:00:00.000Z' } })).facts.started).toBe(
      '2026-03-01T11:00:00.000Z',
    )
  })

  test('that no step waits for changes nothing, nor does one that is taken off', () => {
    expect(seen(set('priority::high'))).toEqual({
      kind: 'ignore',
      because: 'no step waits for the label priority::high',
    })
    expect(seen(set('constructor'))).toEqual({
      kind: 'ignore',
      because: 'no step waits for the label constructor',
    })
    expect(seen({ name: 'label-removed', label: 'x', by, at })).toEqual({
      kind: 'ignore',
      because: 'no step waits for a label to go',
    })
  })
})

describe('Closed and reopened by hand', () => {
  test('it is closed here, and what was not done is known', () => {
    expect(seen({ name: 'issue-closed', labels: [], by, at }, { step: 'evaluating' })).toEqual({
      kind: 'move',
      flow: 'account-deletion',
      step: 'closed',
      facts: {
        closedFrom: 'evaluating',
        closedFromSince: '2026-03-01T10:31:00.000Z',
        closedOutside: true,
        isIncomplete: true,
        lastMove: move('Closed in GitLab', by),
      },
      effects: [
        {
          kind: 'thread',
          text: '{person:assignee} #123 was closed in GitLab, not by the bot. The reply and the labels of the handbook are missing: complete it on the card, or choose Leave as Closed.',
          mention: [],
        },
      ],
      what: 'Closed in GitLab',
    })
  })

  test('whoever claimed it is told', () => {
    const { effects } = moved(
      seen({ name: 'issue-closed', labels: [], by, at }, { step: 'evaluating', assignee: 'UENG' }),
    )

    expect(effects).toMatchObject([{ text: expect.stringMatching(/^\{person:assignee\} #123 was closed/) }])
  })

  test('it lacks nothing with the reply and the labels of one way to close it', () => {
    const labels = ['Account Verification Failed', 'deletion request::denied']
    const facts = { sentSnippets: { 'closed-verification-failed': at } }

    const { facts: after } = moved(
      seen({ name: 'issue-closed', labels, by, at }, { step: 'evaluating', facts }),
    )

    expect(after.isIncomplete).toBe(false)
  })

  test('of such a close the thread says no more than that', () => {
    const labels = ['Account Verification Failed', 'deletion request::denied']
    const facts = { sentSnippets: { 'closed-verification-failed': at } }

    expect(
      moved(seen({ name: 'issue-closed', labels, by, at }, { step: 'evaluating', facts })).effects,
    ).toEqual([
      { kind: 'thread', text: '{person:assignee} #123 was closed in GitLab, not by the bot.', mention: [] },
    ])
  })

  test('it stands where it stood, and every reply may be sent again', () => {
    const facts: Facts = {
      closedFrom: 'evaluating',
      closedOutside: true,
      isIncomplete: true,
      repliedAfterClose: at,
      sentSnippets: { 'closed-verification-failed': at },
      lastReplyAt: at,
    }

    expect(seen({ name: 'issue-reopened', by, at }, { step: 'closed', facts })).toEqual({
      kind: 'move',
      flow: 'account-deletion',
      step: 'evaluating',
      facts: { lastReplyAt: at, reopenedAt: at, lastMove: move('Reopened in GitLab', by) },
      effects: [
        thread('{person:assignee} #123 was reopened in GitLab and is back at “Answers are in: check them”.'),
      ],
      what: 'Reopened in GitLab',
    })
  })

  test('what was sent after the reopening, by hand or by the bot, is not forgotten', () => {
    const after = '2026-03-02T08:05:00.000Z'
    const facts: Facts = {
      closedFrom: 'evaluating',
      sentSnippets: {
        ...{ 'closed-verification-failed': '2026-03-02T07:00:00.000Z', 'closed-no-response': after },
        ...{ 'blocked-user-initiated': '2026-03-02T07:30:00.000Z', 'closed-duplicate': after },
      },
      snippetsSentBy: { 'blocked-user-initiated': 'id-1', 'closed-duplicate': 'id-2' },
    }
    const sentSince = ['blocked-user-initiated']

    expect(
      moved(seen({ name: 'issue-reopened', by, at, sentSince }, { step: 'closed', facts })).facts,
    ).toMatchObject({
      sentSnippets: {
        'closed-no-response': after,
        'blocked-user-initiated': '2026-03-02T07:30:00.000Z',
      },
      snippetsSentBy: { 'blocked-user-initiated': 'id-1' },
    })
  })

  test('a reopening takes back what was decided to close it and is not done, and forgets what an earlier one had', () => {
    const facts: Facts = { closedFrom: 'evaluating', undone: ['op-1'] }
    const reopened = (undone?: readonly string[]) =>
      moved(seen({ name: 'issue-reopened', by, at, ...(undone && { undone }) }, { step: 'closed', facts }))
        .facts.undone

    expect(reopened(['op-2', 'op-3'])).toEqual(['op-2', 'op-3'])
    expect(reopened()).toBeUndefined()
  })

  test.each([undefined, 'no-such-step'])('it begins anew where it stood at %s', (closedFrom) => {
    const facts = closedFrom === undefined ? {} : { closedFrom }

    expect(moved(seen({ name: 'issue-reopened', by, at }, { step: 'closed', facts })).step).toBe(
      'awaiting-answers',
    )
  })

  test('a second time changes nothing', () => {
    expect(seen({ name: 'issue-closed', labels: [], by, at }, { step: 'closed' })).toEqual({
      kind: 'ignore',
      because: 'the request is closed already',
    })
    expect(seen({ name: 'issue-reopened', by, at })).toEqual({
      kind: 'ignore',
      because: 'the request is open already',
    })
  })
})

describe('A close that was stopped', () => {
  const stopped = { name: 'close-stopped', at } as const
  const decidedAt = '2026-03-02T07:59:00.000Z'
  const what = 'Closing was stopped: the requester had written'
  const facts: Facts = {
    closedFrom: 'awaiting-answers',
    closedOutside: false,
    sentSnippets: { 'blocked-user-initiated': '2026-03-01T12:00:00.000Z', 'closed-no-response': decidedAt },
    lastMove: move('Close No Response', 'slack:UENG', decidedAt),
  }
  const kept = { 'blocked-user-initiated': '2026-03-01T12:00:00.000Z' }
  const lastMove = move(what, 'requester', '2026-03-02T09:00:00.000Z')

  test('is taken back: the reply is worked like any other, and what was not sent may be sent', () => {
    expect(seen(stopped, { step: 'closed', facts })).toEqual({
      kind: 'move',
      flow: 'account-deletion',
      step: 'evaluating',
      facts: {
        ...{ lastReplyAt: at, lastMove, sentSnippets: kept },
        ledOn: { to: 'evaluating', from: 'awaiting-answers', since: aRequest().stepSince },
      },
      effects: [
        thread('{person:UENG} #123 was not closed: the requester replied in the meantime. Nothing was sent.'),
      ],
      what,
    })
  })

  test('is told where the reopening by the same mail was seen first: nobody would hear that nothing was sent', () => {
    const reopened: Facts = { reopenedAt: at, lastReplyAt: at, lastMove: move('Reopened in GitLab', by, at) }

    expect(seen(stopped, { step: 'awaiting-answers', facts: reopened })).toEqual({
      kind: 'move',
      flow: 'account-deletion',
      step: 'awaiting-answers',
      facts: reopened,
      effects: [
        thread(
          '{person:assignee} #123 was not closed: the requester replied in the meantime. Nothing was sent.',
        ),
      ],
      what,
    })
  })

  test('leaves what another decision sent in the same millisecond', () => {
    const both: Facts = {
      ...facts,
      sentSnippets: { 'blocked-user-initiated': decidedAt, 'closed-no-response': decidedAt },
      snippetsSentBy: { 'blocked-user-initiated': 'd1', 'closed-no-response': 'd2' },
      lastMove: { ...move('Close No Response', 'slack:UENG', decidedAt), decisionId: 'd2' },
    }

    const { facts: after } = moved(seen({ ...stopped, decisionId: 'd2' }, { step: 'closed', facts: both }))

    expect(after).toEqual({
      lastReplyAt: at,
      lastMove: { ...lastMove, decisionId: 'd2' },
      sentSnippets: { 'blocked-user-initiated': decidedAt },
      snippetsSentBy: { 'blocked-user-initiated': 'd1' },
      ledOn: { to: 'evaluating', from: 'awaiting-answers', since: aRequest().stepSince },
    })
  })

  test('leaves what a colleague has sent by hand since, though the stopped decision would have sent it', () => {
    const sent = seen(
      { name: 'snippet-sent', snippet: 'closed-no-response', by: 'gitlab:7', at },
      {
        step: 'closed',
        facts: { ...facts, snippetsSentBy: { 'closed-no-response': 'd2' } },
      },
    )

    const { facts: after } = moved(
      seen({ ...stopped, decisionId: 'd2' }, { step: 'closed', facts: moved(sent).facts }),
    )

    expect(after.sentSnippets).toEqual({ ...kept, 'closed-no-response': at })
  })

  test('after its reply leaves the reply as sent, and the thread says what had been done', () => {
    const told = (done: readonly string[]) => moved(seen({ ...stopped, done }, { step: 'closed', facts }))

    expect(told(['reply']).facts.sentSnippets).toEqual(facts.sentSnippets)
    expect(told(['reply']).effects).toEqual([
      thread(
        '{person:UENG} #123 was not closed: the requester replied in the meantime. The closing reply had already gone out: answer the requester.',
      ),
    ])
    expect(told(['internal-note', 'reply', 'labels']).effects).toEqual([
      thread(
        '{person:UENG} #123 was not closed: the requester replied in the meantime. The closing reply had already gone out and the labels were set: answer the requester, and remove labels that no longer apply.',
      ),
    ])
  })

  test('starts no clock anew: what is no answer leads back to where the request stood, since when it stood there', () => {
    const since = '2026-02-20T08:00:00.000Z'
    const export_ = { flow: 'data-export', step: 'closed' }
    const closing = { ...facts, closedFromSince: since }

    const { step, facts: after } = moved(seen(stopped, { ...export_, facts: closing }))
    const back = decide(
      flows,
      aRequest({ ...export_, step, stepSince: at, facts: after }),
      {
        kind: 'decision',
        decision: 'not-an-answer',
        by: engineer,
        at,
        input: { reason: 'An out-of-office note' },
      },
      environment(),
    )

    expect(step).toBe('evaluating')
    expect(back).toMatchObject({ kind: 'move', step: 'awaiting-answers', stepSince: since })
    expect(back).toHaveProperty('facts.noAnswerAt', at)
    expect(back).not.toHaveProperty('facts.ledOn')
  })

  test('has what was seen since its decision, but for notes, read once more: it meant something else then', () => {
    const closedReadUpTo = { updatedAt: decidedAt, labelEventId: 3, stateEventId: 4 }
    const given = { ...facts, closedReadUpTo }

    const back = seen(stopped, { step: 'closed', facts: given })
    expect(back).toMatchObject({ step: 'evaluating', readAgainFrom: closedReadUpTo })
    expect(back).not.toHaveProperty('facts.closedReadUpTo')
    const closedByHand = { ...given, closedOutside: true }
    expect(seen(stopped, { step: 'closed', facts: closedByHand })).not.toHaveProperty('readAgainFrom')
  })

  test('where no step waits for a reply, it stands there since when it stood there', () => {
    const since = '2026-02-20T08:00:00.000Z'
    const given = { ...facts, closedFrom: 'awaiting-reply', closedFromSince: since }

    expect(moved(seen(stopped, { flow: 'data-access', step: 'closed', facts: given }))).toMatchObject({
      step: 'awaiting-reply',
      stepSince: since,
    })
  })

  test('goes back to its own step where no step waits for a reply', () => {
    const { step } = moved(
      seen(stopped, {
        flow: 'data-access',
        step: 'closed',
        facts: { ...facts, closedFrom: 'awaiting-reply' },
      }),
    )

    expect(step).toBe('awaiting-reply')
  })

  test('of a request that was closed by hand leaves it closed, as its issue is', () => {
    const endedBy = { decision: 'close-no-response' }

    expect(seen(stopped, { step: 'closed', facts: { ...facts, closedOutside: true, endedBy } })).toEqual({
      kind: 'move',
      flow: 'account-deletion',
      step: 'closed',
      facts: {
        closedFrom: 'awaiting-answers',
        closedOutside: true,
        isIncomplete: true,
        lastReplyAt: at,
        repliedAfterClose: at,
        lastMove,
        sentSnippets: kept,
      },
      effects: [
        thread(
          '{person:UENG} #123 was not completed: the requester replied in the meantime. Nothing was sent. It stays closed.',
        ),
      ],
      what,
    })
  })

  test.each([
    ['open', { step: 'evaluating', facts }],
    ['closed from nowhere', { step: 'closed', facts: {} }],
    ['closed from a step that is gone', { step: 'closed', facts: { ...facts, closedFrom: 'gone' } }],
  ])('of a request that is %s changes nothing', (_what, given) => {
    expect(seen(stopped, given)).toEqual({ kind: 'ignore', because: 'the request was not being closed' })
  })
})

describe('The meta issue', () => {
  const issue = { iid: 7, url: 'https://gitlab.example/7', done: 1, total: 2, closed: false }
  const seenAs = (given: Partial<typeof issue>) =>
    ({ name: 'meta-issue-seen', issue: { ...issue, ...given }, at }) as const
  const deleting = (metaIssue?: typeof issue) => ({
    step: 'deleting',
    facts: metaIssue ? { metaIssue } : {},
  })
  const done = thread('{person:assignee} All steps in #7 are done. You can complete the request.')

  test.each([
    ['the last tick', { done: 2 }, issue, [done]],
    ['its close', { closed: true }, issue, [done]],
    ['a tick that is not the last', { done: 1 }, { ...issue, done: 0 }, []],
    ['a tick more after its close', { done: 2, closed: true }, { ...issue, closed: true }, []],
    ['no steps at all', { done: 0, total: 0 }, issue, []],
  ])('prompts Complete Request as it should at %s', (_what, given, before, effects) => {
    expect(moved(seen(seenAs(given), deleting(before))).effects).toEqual(effects)
  })

  test('with nothing new changes nothing', () => {
    expect(seen(seenAs({}), deleting(issue))).toEqual({
      kind: 'ignore',
      because: 'nothing new in the meta issue',
    })
  })

  test('prompts nobody once the request is closed', () => {
    expect(moved(seen(seenAs({ done: 2 }), { step: 'closed', facts: { metaIssue: issue } })).effects).toEqual(
      [],
    )
  })

  test('opened by hand begins the deletion, and the thread says what the requester was not told', () => {
    expect(seen({ name: 'meta-issue-made', issue, by, at }, { step: 'ready' })).toEqual({
      kind: 'move',
      flow: 'account-deletion',
      step: 'deleting',
      facts: { metaIssue: issue, progressAt: at, lastMove: move('Meta issue #7 opened in GitLab', by) },
      effects: [
        thread(
          '{person:assignee} The meta issue #7 of #123 was opened by hand. The bot has not told the requester.',
        ),
      ],
      what: 'Meta issue #7 opened in GitLab',
    })
  })

  test.each([
    ['closed', { step: 'closed' }],
    ['one that has its meta issue', { step: 'ready', facts: { metaIssue: issue } }],
    ['a general question, which has none', { flow: 'general-question', step: 'answering' }],
  ])('opened by hand changes nothing for a request that is %s', (_what, given) => {
    expect(seen({ name: 'meta-issue-made', issue, by, at }, given)).toEqual({
      kind: 'ignore',
      because: 'no step waits for a meta issue',
    })
  })
})

describe('What is noted and moves nothing', () => {
  const evidence = {
    readAt: at,
    criteria: [{ name: 'Only owner', result: 'met', value: '1 of 1', source: 'GET /groups' }],
  } as const
  const link = 'https://gitlab.example/9'

  test.each<readonly [Observation, Facts]>([
    [{ name: 'issue-unreadable', status: 404, at }, { unreadable: { status: 404, since: at } }],
    [{ name: 'reinstatement-issue-opened', url: link, at }, { reinstatementIssue: { url: link } }],
    [{ name: 'escalation-issue-opened', url: link, at }, { escalationIssue: { url: link } }],
    [{ name: 'duplicates-suggested', iids: [4, 5], at }, { suggestedDuplicates: [4, 5] }],
    [
      { name: 'exports-seen', exports: { done: 1, total: 2, failed: 0 }, at },
      { exports: { done: 1, total: 2, failed: 0 } },
    ],
    [
      { name: 'snippet-sent', snippet: 'closed-duplicate', by, at },
      { sentSnippets: { 'closed-duplicate': at } },
    ],
    [
      { name: 'snippet-sent', snippet: 'closed-duplicate', names: 45, by, at },
      { sentSnippets: { 'closed-duplicate': at }, sentNaming: { 'closed-duplicate': 45 } },
    ],
    [{ name: 'assignee-changed', by, at }, {}],
  ])('%o', (observation, facts) => {
    expect(moved(seen(observation))).toMatchObject({ step: 'awaiting-answers', facts, effects: [] })
    expect(Object.keys(moved(seen(observation)).facts)).toEqual(Object.keys(facts))
  })

  test('the evidence, of which the thread says how much is met: its lines are on the card', () => {
    const { facts, effects } = moved(
      seen({ name: 'evidence-gathered', evidence, at }, { step: 'exception-review' }),
    )

    expect(facts).toEqual({ evidence })
    expect(effects).toEqual([
      thread('The evidence for the exception of #123 is in: all criteria are met. See the card.'),
    ])
    const [criterion] = evidence.criteria
    if (!criterion) throw new Error('there is no evidence')
    const unknown = { ...evidence, criteria: [criterion, { ...criterion, result: 'unknown' as const }] }
    expect(moved(seen({ name: 'evidence-gathered', evidence: unknown, at })).effects).toEqual([
      thread('The evidence for the exception of #123 is in: 1 of 2 criteria aren’t met. See the card.'),
    ])
  })

  test('an issue that GitLab shows again, but only if it did not', () => {
    const unreadable = { status: 404, since: at }

    expect(moved(seen({ name: 'issue-readable', at }, { facts: { unreadable } })).facts).toEqual({})
    expect(seen({ name: 'issue-readable', at })).toEqual({ kind: 'ignore', because: 'known already' })
    expect(seen({ name: 'issue-unreadable', status: 404, at }, { facts: { unreadable } })).toEqual({
      kind: 'ignore',
      because: 'known already',
    })
    expect(
      moved(seen({ name: 'issue-unreadable', status: 403, at }, { facts: { unreadable } })).facts,
    ).toEqual({
      unreadable: { status: 403, since: at },
    })
  })
})

test.each<Observation>([wrote, { name: 'issue-reopened', by, at }])(
  'What failed the automated checks has no card, so nothing is said below one: %o',
  (observation) => {
    expect(moved(seen(observation, { flow: 'invalid', step: 'closed' }))).toMatchObject({
      step: 'closed',
      effects: [],
    })
  },
)

test.each([{ flow: 'no-such-flow' }, { step: 'no-such-step' }])(
  'A request that stands nowhere is a defect of ours: %o',
  (given) => {
    expect(() => seen(wrote, given)).toThrow(UnknownStep)
  },
)

describe('What the requester writes', () => {
  const onHold = { pauses: [{ from: '2026-03-01T12:00:00.000Z', by: 'UENG' }] }

  test('ends a hold, unless a machine wrote it', () => {
    const byMachine = { ...wrote, looksAutomatic: true } as const

    expect(moved(seen(wrote, { facts: onHold })).facts.pauses).toEqual([{ ...onHold.pauses[0], to: at }])
    expect(moved(seen(byMachine, { facts: onHold })).facts.pauses).toEqual(onHold.pauses)
  })

  test('is one of several where another message came before that was no reply to anything', () => {
    const given = { step: 'evaluating', facts: { lastReplyAt: '2026-03-02T07:00:00.000Z' } }

    expect(moved(seen(wrote, given)).facts.repliedMoreThanOnce).toBe(true)
    expect(moved(seen(wrote, { step: 'evaluating' })).facts.repliedMoreThanOnce).toBeUndefined()
  })
})

describe('The marks of failed automated checks', () => {
  const marks = { name: 'checks-failed', at } as const

  test('end a request on which nobody has worked', () => {
    expect(moved(seen(marks)).facts.closedFrom).toBe('awaiting-answers')
  })

  test.each([
    ['whose requester was sent a reply', { sentSnippets: { 'blocked-security-review': at } }],
    ['that a person has reopened', { reopenedAt: at }],
  ])('end no request %s: a person looks', (_what, facts) => {
    const { step, effects } = moved(seen(marks, { facts }))

    expect(step).toBe('awaiting-answers')
    expect(effects).toEqual([
      thread(
        '{person:assignee} #123 is now marked as failing the automated checks, although it’s being worked on. Look at it in GitLab.',
      ),
    ])
  })
})

test('A form whose country was changed is judged by the country that it names now', () => {
  const changed = { name: 'form-changed', form: {}, what: ['the country'], at } as const

  expect(moved(seen(changed, { facts: { isEmbargoed: true } })).facts.isEmbargoed).toBeUndefined()
})

test('A form that says what nobody knew begins where a reply leads that came before it', () => {
  const place = { flow: 'data-export', step: 'self-serve' }
  const changed = { name: 'form-changed', form: {}, what: ['the request type'], place, at } as const
  const unknown = { flow: 'submission', step: 'type-unreadable' }
  const lastReplyAt = '2026-03-01T12:00:00.000Z'

  expect(moved(seen(changed, unknown))).toMatchObject(place)
  expect(moved(seen(changed, { ...unknown, facts: { lastReplyAt } }))).toMatchObject({ step: 'helping' })
})

describe('What was no answer, though it led nowhere', () => {
  const reply = '2026-03-02T08:00:00.000Z'
  const notAnAnswer = (request: Partial<Request>) =>
    moved(
      decide(
        flows,
        aRequest(request),
        {
          ...{ kind: 'decision', decision: 'not-an-answer', by: engineer, at },
          input: { reason: 'It could not be delivered' },
        },
        environment(),
      ),
    )
  const decidedBefore = {
    what: 'Answers Received',
    by: `slack:${engineer.id}`,
    at: '2026-03-02T07:00:00.000Z',
  } as const

  test.each(['account-deletion', 'data-export', 'deceased-user'])(
    'takes nothing back that somebody decided before it: %s',
    (flow) => {
      const facts = { lastMove: decidedBefore, lastReplyAt: reply }

      expect(notAnAnswer({ flow, step: 'evaluating', facts })).toMatchObject({
        step: 'evaluating',
        facts: { noAnswerAt: reply },
      })
    },
  )

  const decided = (request: Request, decision: string, input: Record<string, string>, when = at) =>
    moved(
      decide(flows, request, { kind: 'decision', decision, by: engineer, at: when, input }, environment()),
    )
  const reason = { reason: 'It could not be delivered' }
  const types = ['account-deletion', 'full-deletion', 'deceased-user']
  const unknown = { flow: 'submission', step: 'type-unreadable' }

  test.each(types)('leads back from where it had counted once the type was set: %s', (type) => {
    const request = aRequest({ ...unknown, facts: { lastReplyAt: reply } })

    const set = decided(request, 'set-type', { type })
    expect(set).toMatchObject({ flow: type, step: 'evaluating' })
    const held = decided({ ...request, ...set }, 'pause-clocks', reason)
    for (const move of [set, held])
      expect(decided({ ...request, ...move }, 'not-an-answer', reason)).toMatchObject({
        step: 'awaiting-answers',
        facts: { noAnswerAt: reply },
      })
  })

  test.each(types)('leads back from where it had counted once the form was mended: %s', (type) => {
    const request = aRequest({ ...unknown, facts: { lastReplyAt: reply } })
    const place = { flow: type, step: 'awaiting-answers' }
    const changed = { name: 'form-changed', form: {}, what: ['the request type'], place, at } as const

    const mended = moved(seen(changed, request))
    expect(mended.step).toBe('evaluating')
    expect(decided({ ...request, ...mended }, 'not-an-answer', reason).step).toBe('awaiting-answers')
  })

  test.each(types)('does not count once the type is set: %s', (type) => {
    const facts = { lastReplyAt: reply, noAnswerAt: reply }

    expect(decided(aRequest({ ...unknown, facts }), 'set-type', { type }).step).toBe('awaiting-answers')
  })

  test('tells Privacy, who were asked to look at it, that they need not', () => {
    const request = aRequest({ flow: 'deceased-user', step: 'awaiting-answers' })
    const led = moved(seen({ name: 'requester-replied', at: reply }, request))

    const back = decided({ ...request, ...led }, 'not-an-answer', reason)
    expect(back.effects.at(-1)).toMatchObject({ kind: 'thread', mention: ['privacy'] })
    expect(back.effects.at(-1)).toHaveProperty(
      'text',
      expect.stringContaining('“The requester wrote” was taken back'),
    )
  })

  /** Created on March 1; the message comes on the 3rd. */
  const march = (day: number) => `2026-03-${String(day).padStart(2, '0')}T08:00:00.000Z`
  const fresh = (flow: string, step = 'awaiting-answers') =>
    aRequest({ flow, step, createdAt: march(1), stepSince: march(1) })
  const acted = (
    request: Request,
    decision: string,
    day: number,
    input: Record<string, string> = reason,
  ) => ({
    ...request,
    ...decided(request, decision, input, march(day)),
  })
  const replied = (request: Request, day = 3) => ({
    ...request,
    ...moved(seen({ name: 'requester-replied', at: march(day) }, request)),
  })
  const refused = (request: Request) => {
    const event = { kind: 'decision', decision: 'not-an-answer', by: engineer, at: march(9) } as const
    const outcome = decide(flows, request, { ...event, input: reason }, environment())
    return outcome.kind === 'refuse' && outcome.because
  }

  test('is refused once an approval was given that rests on it', () => {
    const { facts, ...request } = replied(fresh('account-deletion'))
    const approval = { by: 'UMAN', roles: ['support-manager'], at: march(4) } as const
    const lastMove = { what: 'Approve Exception', by: 'slack:UMAN', at: march(4) } as const

    expect(refused({ ...request, facts: { ...facts, lastMove, approvals: [approval] } })).toContain(
      'Too late for Not an Answer',
    )
  })

  test('is refused once the requester was told something since', () => {
    const told = acted(replied(fresh('account-deletion')), 'self-initiated-deletion', 4, {})

    expect(told.facts.sentSnippets).toHaveProperty('blocked-user-initiated')
    expect(refused(told)).toContain('Too late for Not an Answer')
  })

  describe('and had ended a hold', () => {
    const held = (request: Request) => replied(acted(request, 'pause-clocks', 2))
    const pausedDays = (request: Request, now: string) => {
      const flow = flows['account-deletion']
      return flow && deadlineOf(flow, request, { ...environment(), now })?.pausedDays
    }

    test('the hold goes on until the next one, and no day is counted twice', () => {
      const again = acted(held(fresh('account-deletion')), 'pause-clocks', 4)
      const request = acted(acted(again, 'not-an-answer', 5), 'resume-clocks', 14)

      expect(pausedDays(request, march(20))).toBe(12)
    })

    test('it ends with the next one where that is over', () => {
      const again = acted(acted(held(fresh('account-deletion')), 'pause-clocks', 4), 'resume-clocks', 5)
      const request = acted(again, 'not-an-answer', 6)

      expect(pausedDays(request, march(20))).toBe(3)
      expect(pausedDays(request, march(31))).toBe(3)
    })

    test('it goes on where the message was the first of several', () => {
      const request = acted(replied(held(fresh('account-deletion')), 4), 'escalate-to-privacy', 4)
      const back = acted(request, 'not-an-answer', 5, { ...reason, others: 'A ticket system' })

      expect(back.step).toBe('awaiting-answers')
      expect(back.facts.pauses?.map(({ to }) => to)).toEqual([undefined])
    })
  })

  test.each([
    ['account-deletion', 'awaiting-answers'],
    ['full-deletion', 'awaiting-answers'],
    ['deceased-user', 'awaiting-answers'],
    ['data-export', 'awaiting-answers'],
    ['data-export', 'self-serve'],
  ])('leads back after whatever was done there, and its clock goes on: %s, %s', (flow, step) => {
    const escalated = acted(replied(fresh(flow, step)), 'escalate-to-privacy', 4)
    const closed = moved(seen({ name: 'issue-closed', by, labels: [], at: march(5) }, escalated))
    const reopened = moved(seen({ name: 'issue-reopened', by, at: march(6) }, { ...escalated, ...closed }))

    for (const request of [escalated, { ...escalated, ...reopened }])
      expect(decided(request, 'not-an-answer', reason, march(8))).toMatchObject({ step, stepSince: march(1) })
  })

  test.each([
    ['data-access', 'awaiting-reply'],
    ['data-export', 'self-serve'],
  ])('is said where a reply is awaited still: %s', (flow, step) => {
    const facts = {
      lastReplyAt: march(3),
      lastMove: { what: 'Reopened in GitLab', by, at: march(4) },
    } as const

    const said = decided({ ...fresh(flow, step), facts }, 'not-an-answer', reason, march(5))
    expect(said).toMatchObject({ step, facts: { noAnswerAt: march(3) } })
    expect(said).not.toHaveProperty('stepSince')
  })

  test('stays where it stands if the message had reopened it', () => {
    const request = replied({ ...fresh('data-export', 'closed'), facts: { closedFrom: 'exporting' } })

    expect(request.step).toBe('helping')
    expect(decided(request, 'not-an-answer', reason, march(4))).toMatchObject({
      step: 'helping',
      facts: { noAnswerAt: march(3), closedFrom: 'exporting' },
    })
  })

  test('ends no hold', () => {
    const before = { from: '2026-02-20T08:00:00.000Z', to: '2026-02-21T08:00:00.000Z', by: 'UPRI' }
    const held = { from: '2026-03-01T12:00:00.000Z', by: 'UPRI' }
    const facts = { lastReplyAt: reply, pauses: [before, { ...held, to: reply }] }

    const after = notAnAnswer({ flow: 'data-access', step: 'awaiting-reply', facts }).facts

    expect(after.pauses).toEqual([before, held])
  })
})

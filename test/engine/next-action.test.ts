/** What comes next of a request, whose turn it is, and until when. */
import { describe, expect, test } from 'vitest'
import { type NextEnvironment, nextAction } from '../../src/engine/next-action.ts'
import type { Request } from '../../src/engine/request.ts'
import { flows } from '../../src/flows/index.ts'
import { aRequest, environment } from './a-request.ts'

/** Received on 1 March, looked at on 2 March. */
function next(given: Partial<Request>, around: Partial<NextEnvironment> = {}) {
  const request = aRequest(given)
  const flow = Object.values(flows).find(({ name }) => name === request.flow)
  if (!flow) throw new Error(request.flow)
  return nextAction({ flow, request }, { ...environment(), stuckAfterDays: 7, ...around })
}

const support = ['support-engineer', 'support-manager']
const everybody = [...support, 'privacy']
const started = { started: '2026-03-01T12:00:00.000Z' }
const after7Days = { now: '2026-03-09T00:00:00.000Z' }
const metaIssue = { iid: 77, url: 'https://gitlab.example/-/issues/77', done: 1, total: 3, closed: false }

describe('What comes next', () => {
  test('of a new request is its start, by whoever works requests, within its 30 days', () => {
    expect(next({})).toMatchObject({
      kind: 'start',
      words: 'New: start it',
      decision: 'start',
      turn: { roles: support },
      due: { lastDay: '2026-03-31' },
      urgency: 4,
    })
  })

  test('of a started one is to wait for the answers, until Close No Response opens', () => {
    const found = next({ facts: started })

    expect(found).toMatchObject({
      kind: 'wait',
      turn: { awaits: 'requester' },
      decision: 'close-no-response',
      from: '2026-03-09T00:00:00.000Z',
      due: { lastDay: '2026-03-08' },
      urgency: 5,
    })
  })

  test('is Close No Response from the very instant at which it opens', () => {
    expect(next({ facts: started }, { now: '2026-03-08T23:59:59.999Z' })?.kind).toBe('wait')
    const found = next({ facts: started }, after7Days)

    expect(found).toMatchObject({ kind: 'close-silent', turn: { roles: support } })
    expect(found?.from).toBeUndefined()
  })

  test('is never to close what the requester has written on', () => {
    const facts = { ...started, lastReplyAt: '2026-03-04T10:00:00.000Z' }

    expect(next({ facts }, after7Days)?.kind).toBe('check-answers')
    expect(next({ facts: { ...facts, noAnswerAt: facts.lastReplyAt } }, after7Days)?.kind).toBe(
      'close-silent',
    )
  })

  test('is the assignee’s, where somebody claimed it', () => {
    expect(next({ step: 'evaluating', assignee: 'UENG' })).toMatchObject({
      kind: 'check-answers',
      assignee: 'UENG',
    })
  })

  test('is overdue from the day after the last of the 30 days', () => {
    expect(next({ step: 'evaluating' }, { now: '2026-03-31T23:00:00.000Z' })?.urgency).toBe(4)
    expect(next({ step: 'evaluating' }, { now: '2026-04-01T00:00:00.000Z' })?.urgency).toBe(2)
  })

  test('is an approval by a support manager, or of two approvals by the role that has not given one', () => {
    const two = { requirePrivacyApproval: true }
    const approvals = [{ by: 'UPRI', roles: ['privacy'], at: '2026-03-02T08:00:00.000Z' }]

    expect(next({ step: 'exception-review' })?.turn).toEqual({ roles: ['support-manager'] })
    expect(next({ step: 'exception-review' }, two)?.turn).toEqual({ roles: ['support-manager', 'privacy'] })
    expect(next({ step: 'exception-review', facts: { approvals } }, two)?.turn).toEqual({
      roles: ['support-manager'],
    })
  })

  test('is Privacy’s, where Privacy alone decides', () => {
    expect(next({ flow: 'deceased-user', step: 'privacy-review' })).toMatchObject({
      kind: 'approve',
      turn: { roles: ['privacy'] },
    })
  })

  test.each([
    ['nothing for six days', '2026-03-08T10:30:59.999Z', 'work', 'Deletion in progress: 1 of 3 steps'],
    [
      'nothing for seven',
      '2026-03-08T10:31:00.000Z',
      'stuck',
      'Deletion stuck: 1 of 3 steps, no progress for 7 days',
    ],
  ])('in the meta issue after %s', (_what, now, kind, words) => {
    expect(next({ step: 'deleting', facts: { metaIssue } }, { now })).toMatchObject({ kind, words })
  })

  test('counts the days without progress from the last step that was done, by the team’s own number', () => {
    const facts = { metaIssue, progressAt: '2026-03-10T00:00:00.000Z' }
    const given = { step: 'deleting', facts }

    expect(next(given, { now: '2026-03-12T23:59:59.999Z', stuckAfterDays: 3 })?.kind).toBe('work')
    expect(next(given, { now: '2026-03-13T00:00:00.000Z', stuckAfterDays: 3 })?.kind).toBe('stuck')
  })

  test('is to complete it once every step is done, or the meta issue is closed', () => {
    const done = { ...metaIssue, done: 3 }
    const closed = { ...metaIssue, closed: true }

    expect(next({ step: 'deleting', facts: { metaIssue: done } })?.decision).toBe('complete-request')
    expect(next({ step: 'deleting', facts: { metaIssue: closed } })?.decision).toBe('complete-request')
  })

  test('is to mend what failed, whatever the step and closed or not', () => {
    const work = { failed: 1, unclear: 1, unknown: 1, pending: 2 }

    for (const step of ['evaluating', 'closed'])
      expect(next({ step }, { work })).toMatchObject({ kind: 'mend', turn: { roles: everybody }, urgency: 0 })
    expect(next({}, { work: { ...work, failed: 0 } })).toMatchObject({
      kind: 'mend',
      words: 'No clear answer for an hour: check it, then Try Again',
      ...{ turn: { roles: everybody }, urgency: 0 },
    })
    expect(next({}, { work: { ...work, failed: 0, unclear: 0 } })).toMatchObject({
      kind: 'look-up',
      turn: { awaits: 'bot' },
    })
  })

  test('of a closed request is nothing once all is done, and until then the bot’s', () => {
    expect(next({ step: 'closed' })).toBeUndefined()
    expect(
      next({ step: 'closed' }, { work: { failed: 0, unclear: 0, unknown: 0, pending: 1 } }),
    ).toMatchObject({
      kind: 'carry-out',
      turn: { awaits: 'bot' },
    })
  })

  test('of one that was closed by hand is the close that came next where it stood, or to leave it so', () => {
    const facts = { ...started, isIncomplete: true, closedOutside: true, closedFrom: 'awaiting-answers' }

    expect(next({ step: 'closed', facts }, after7Days)).toMatchObject({
      kind: 'finish',
      decision: 'close-no-response',
      urgency: 1,
    })
    expect(next({ step: 'closed', facts })?.decision).toBe('leave-as-closed')
  })

  test('is to make readable what can’t be read', () => {
    const unreadable = { status: 404, since: '2026-03-02T08:00:00.000Z' }

    expect(next({ facts: { unreadable } })).toMatchObject({
      kind: 'make-readable',
      turn: { roles: everybody },
    })
  })

  test('of a paused request is to resume it, and nothing is due', () => {
    const pauses = [{ from: '2026-03-01T12:00:00.000Z', by: 'UENG' }]
    const found = next({ facts: { ...started, pauses } })

    expect(found).toMatchObject({ kind: 'paused', decision: 'resume-clocks', urgency: 5 })
    expect(found?.due).toBeUndefined()
  })

  test('of an export for an embargoed country is to close it, whatever its step', () => {
    for (const step of ['self-serve', 'helping', 'exporting'])
      expect(next({ flow: 'data-export', step, facts: { isEmbargoed: true } })?.decision).toBe(
        'close-embargoed',
      )
  })

  test('of a shared folder is to wait, then to unshare it', () => {
    const given = { flow: 'data-export', step: 'shared' }

    expect(next(given)).toMatchObject({ kind: 'wait', from: '2026-03-09T00:00:00.000Z' })
    expect(next(given, after7Days)).toMatchObject({ kind: 'unshare', decision: 'unshared' })
  })

  test('of a question is an answer, then to close it, and an answer again when the requester writes', () => {
    const given = { flow: 'general-question', step: 'answering' }
    const lastPublicReplyAt = '2026-03-02T08:00:00.000Z'

    expect(next(given)?.decision).toBe('reply')
    expect(next({ ...given, facts: { lastPublicReplyAt } })?.decision).toBe('close-answered')
    const facts = { lastPublicReplyAt, lastReplyAt: '2026-03-02T08:30:00.000Z' }
    expect(next({ ...given, facts })?.decision).toBe('reply')
  })
})

describe('What comes next of a ticket', () => {
  const ticket = (given: Partial<Request>, around: Partial<NextEnvironment> = {}) =>
    next({ flow: 'security-ticket', source: 'zendesk', number: 456, step: 'new', ...given }, around)
  const expertIssue = {
    iid: 7,
    url: 'https://gitlab.example/7',
    team: 'Abuse',
    project: 'a/b',
    closed: false,
  }

  test('is a first reply within one business day', () => {
    expect(ticket({})).toMatchObject({
      words: 'New: needs a first reply',
      turn: { roles: ['field-security'] },
      // Created on a Sunday: the whole of Monday.
      due: { overAt: '2026-03-03T00:00:00.000Z' },
    })
    expect(ticket({ facts: { reopenedAt: '2026-03-02T08:00:00.000Z' } })?.words).toBe(
      'Reopened: needs a reply',
    )
  })

  test('is to wait for the expert team by its name, and to reply once it has answered', () => {
    const lastPublicReplyAt = '2026-03-02T08:00:00.000Z'
    const facts = { expertIssue, lastPublicReplyAt }
    const answered = { ...facts, expertIssue: { ...expertIssue, answeredAt: '2026-03-02T08:30:00.000Z' } }

    expect(ticket({ step: 'waiting-on-expert', facts })).toMatchObject({
      words: 'Waiting on Abuse',
      turn: { awaits: 'expert-team' },
    })
    expect(ticket({ step: 'waiting-on-expert', facts: answered })).toMatchObject({
      words: 'Abuse answered: reply to the requester',
      decision: 'reply',
    })
    expect(ticket({ step: 'waiting-on-expert', facts }, { now: '2026-03-10T08:00:00.000Z' })?.kind).toBe(
      'update',
    )
  })

  test('is the report on the day that was promised, and a wait before', () => {
    const facts = { promisedReport: { report: 'pen test', sendOn: '2026-03-05' } }

    expect(ticket({ step: 'queued', facts })).toMatchObject({
      kind: 'wait',
      turn: { awaits: 'distribution-day' },
      from: '2026-03-05T00:00:00.000Z',
    })
    expect(ticket({ step: 'queued', facts }, { now: '2026-03-05T00:00:00.000Z' })?.kind).toBe('send-report')
  })
})

/** What is kept of a decision whose public reply waits, how long it waits, and what Undo does. */
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/engine/decide.ts'
import type { Observation } from '../../src/engine/event.ts'
import type { DecisionEnvironment } from '../../src/engine/flow.ts'
import type { Move, Outcome } from '../../src/engine/outcome.ts'
import type { Facts, Person, Request } from '../../src/engine/request.ts'
import { tooLateToUndo, undo, undoable, undoneText } from '../../src/engine/waiting-reply.ts'
import { flows } from '../../src/flows/index.ts'
import { aRequest, engineer, environment, fieldSecurity, manager, privacyPerson } from './a-request.ts'

const at = '2026-03-02T09:00:00.000Z'
const readUpTo = { updatedAt: '2026-03-01T11:00:00.000Z', noteId: 7, labelEventId: 8, stateEventId: 9 }
const waits = { replyWait: { seconds: 30 }, readUpTo, decisionId: 'd1' }
const evaluating: Partial<Request> = {
  step: 'evaluating',
  stepSince: '2026-03-01T12:00:00.000Z',
  facts: { lastReplyAt: '2026-03-01T12:00:00.000Z' },
}

interface Given extends Partial<DecisionEnvironment> {
  readonly input?: Readonly<Record<string, string>>
  readonly by?: Person
}

function decided(decision: string, request: Partial<Request>, given: Given = waits): Outcome {
  const { input = {}, by = engineer, ...rest } = given
  const event = { kind: 'decision', decision, by, input, at } as const
  return decide(flows, aRequest(request), event, environment({ now: at, ...rest }))
}

function moved(outcome: Outcome): Move {
  if (outcome.kind !== 'move') throw new Error(`no move: ${JSON.stringify(outcome)}`)
  return outcome
}

/** The request as the move leaves it. */
function after(request: Partial<Request>, move: Move): Request {
  const { flow, step, facts } = move
  return { ...aRequest(request), flow, step, stepSince: at, facts }
}

function waitingIn({ facts: { waitingReply } }: { readonly facts: Facts }) {
  if (!waitingReply) throw new Error('no reply waits')
  return waitingReply
}

describe('a public reply waits', () => {
  test('for so many seconds, and all is kept that leads back', () => {
    const move = moved(decided('fail-verification', evaluating))

    expect(move.sendAt).toBe('2026-03-02T09:00:30.000Z')
    expect(move.facts.waitingReply).toEqual({
      ...{ what: 'Fail Verification', decision: 'fail-verification', decisionId: 'd1', at },
      ...{ by: 'UENG', roles: ['support-engineer', 'support-manager'], until: '2026-03-02T09:00:30.000Z' },
      ...{ flow: 'account-deletion', step: 'evaluating', since: '2026-03-01T12:00:00.000Z' },
      facts: {},
      without: expect.arrayContaining([
        'sentSnippets',
        'snippetsSentBy',
        'lastMove',
        'closedFrom',
        'endedBy',
      ]),
      readUpTo,
    })
  })

  test.each([
    ['where the setting is 0', 'fail-verification', evaluating, {}],
    ['of a decision that sends nothing', 'answers-received', {}, waits],
    ['of one that closes without a reply', 'mark-spam', {}, waits],
  ] as const)('not %s', (_when, decision, request, given) => {
    const move = moved(decided(decision, request, given))

    expect(move.sendAt).toBeUndefined()
    expect(move.facts.waitingReply).toBeUndefined()
  })

  test.each([
    ['2026-03-31T23:59:10.000Z', '2026-03-31T23:59:40.000Z'],
    ['2026-03-31T23:59:25.000Z', '2026-03-31T23:59:50.000Z'],
    ['2026-03-31T23:59:49.000Z', '2026-03-31T23:59:50.000Z'],
    ['2026-03-31T23:59:50.000Z', undefined],
    ['2026-03-31T23:59:55.000Z', undefined],
    ['2026-04-01T00:00:00.000Z', '2026-04-01T00:00:30.000Z'],
  ])('and no deadline falls into the wait: decided at %s, it goes out at %s', (now, sendAt) => {
    const request = { ...evaluating, createdAt: '2026-03-01T10:30:00.000Z' }

    expect(moved(decided('fail-verification', request, { ...waits, now })).sendAt).toBe(sendAt)
  })

  test('nor does the business day of a ticket end in it', () => {
    const ticket: Partial<Request> = {
      ...{ source: 'zendesk', flow: 'security-ticket', step: 'new', createdAt: '2026-03-02T09:00:00.000Z' },
    }
    const now = '2026-03-03T08:59:40.000Z'
    const input = { answer: 'Yes.' }

    const move = moved(decided('reply', ticket, { ...waits, now, input, by: fieldSecurity }))

    expect(move.sendAt).toBe('2026-03-03T08:59:50.000Z')
  })

  test('until the next decision, after which there is no way back from it', () => {
    const first = moved(decided('self-initiated-deletion', {}))
    const second = moved(decided('answers-received', after({}, first)))

    expect(first.facts.waitingReply).toBeDefined()
    expect(second.facts.waitingReply).toBeUndefined()
    expect(second.facts.wayBack?.without).not.toContain('waitingReply')
    expect(second.facts.wayBack?.facts).not.toHaveProperty('waitingReply')
  })
})

describe('Undo', () => {
  const undone = (request: Request, by: Person = engineer) =>
    undo(flows, request, waitingIn(request), by, { at: '2026-03-02T09:00:20.000Z', decisionId: 'd2' })

  /** Every decision that can be taken there, of every flow: whatever it does, all of it is taken back. */
  const everywhere = Object.values(flows).flatMap((flow) =>
    Object.entries(flow.steps).flatMap(([step, { decisions, isClosed }]) =>
      isClosed
        ? []
        : Object.keys({ ...flow.anytime, ...decisions }).map((decision) => ({
            ...{ flow: flow.name, source: flow.desk.source, step, decision },
          })),
    ),
  )

  test('gives back the request as it was, of every decision whose reply waits', () => {
    const facts: Facts = {
      lastReplyAt: '2026-03-01T12:00:00.000Z',
      exception: { requestedBy: 'UOTHER', at: '2026-03-01T13:00:00.000Z' },
      metaIssue: { iid: 3, url: 'https://gitlab.example/3', done: 1, total: 1, closed: true },
      lastMove: { what: 'Before', by: 'slack:UOTHER', at: '2026-03-01T13:00:00.000Z', decisionId: 'd0' },
      sentSnippets: { 'some-reply': '2026-03-01T13:00:00.000Z' },
      lastPublicReplyAt: '2026-03-01T13:00:00.000Z',
    }
    const people = [engineer, manager, privacyPerson, fieldSecurity]
    const tried = everywhere.flatMap(({ decision, ...where }) => {
      const request = aRequest({ ...where, facts, createdAt: '2026-01-01T10:00:00.000Z' })
      const input = Object.fromEntries(
        ['answer', 'notice', 'update', 'referral', 'message', 'reason', 'question', 'text', 'reply'].map(
          (name) => [name, 'Words'],
        ),
      )
      const outcomes = people.map((by) => decided(decision, request, { ...waits, input, by }))
      const move = outcomes.find((one) => one.kind === 'move')
      if (move?.kind !== 'move' || !move.facts.waitingReply) return []
      return [{ where: { ...where, decision }, request, back: undone(after(request, move)) }]
    })

    expect(tried.length).toBeGreaterThan(12)
    for (const { where, request, back } of tried) {
      const { takenBack, ...is } = back.facts
      expect({ ...where, facts: is, step: back.step, since: back.stepSince }).toEqual({
        ...where,
        ...{ facts: request.facts, step: request.step, since: request.stepSince },
      })
      expect(takenBack).toMatchObject({ by: 'slack:UENG', unsent: 'd1' })
    }
  })

  test('keeps what was learned of the request meanwhile, but not what followed from where it was', () => {
    const closed = after(evaluating, moved(decided('fail-verification', evaluating)))
    const seen = decide(
      flows,
      closed,
      { kind: 'observation', observation: { name: 'requester-replied', at: '2026-03-02T09:00:10.000Z' } },
      environment({ now: at, decisionId: 'd3' }),
    )
    const replied = after(evaluating, moved(seen))
    expect(replied.facts.repliedAfterClose).toBeDefined()

    const { facts } = undone(replied)

    expect(facts.repliedAfterClose).toBeUndefined()
    expect(facts.lastReplyAt).toBe('2026-03-02T09:00:10.000Z')
  })

  test('calls whoever the decision had called, and asks nothing of them any more', () => {
    const request: Partial<Request> = {
      step: 'exception-review',
      facts: { askedBy: 'UOTHER', exception: { requestedBy: 'UOTHER', at: '2026-03-01T13:00:00.000Z' } },
    }
    const move = moved(decided('fail-verification', request))

    expect(undone(after(request, move), manager).effects).toEqual([
      {
        kind: 'thread',
        text: '{person:UENG} {person:UOTHER} “Fail Verification” was undone by {person:UMAN} before anything was sent: #123 is back at “Exception requested: approve it or fail verification”.',
        mention: [],
      },
    ])
  })

  test('has nothing left to undo where a reopening by hand has taken the decision back', () => {
    const closed = after(evaluating, moved(decided('fail-verification', evaluating)))
    const observation = {
      name: 'issue-reopened',
      by: 'gitlab:5',
      undone: ['op1'],
      at: '2026-03-02T09:00:10.000Z',
    } as const

    const move = moved(decide(flows, closed, { kind: 'observation', observation }, environment({ now: at })))

    expect(move.facts.waitingReply).toBeUndefined()
  })

  describe('is refused', () => {
    const request = after(evaluating, moved(decided('fail-verification', evaluating)))

    test.each([
      ['nobody who decided it', engineer],
      ['another who may decide it', { ...engineer, id: 'UENG2' }],
      ['a manager', manager],
      ['whoever decided, without the role by now', { ...engineer, roles: [] }],
    ])('to %s: not', (_who, person) => {
      expect(undoable(flows, request, 'd1', person)).toEqual({ waiting: waitingIn(request) })
    })

    test.each([
      [
        'to whoever may not decide it',
        request,
        'd1',
        privacyPerson,
        'Only <@UENG> or a support engineer or a support manager can undo “Fail Verification”.',
      ],
      [
        'of another decision',
        request,
        'd0',
        engineer,
        'Too late: something else has happened on #123 since. See its card.',
      ],
      [
        'where nothing waits',
        aRequest(),
        'd1',
        engineer,
        'Too late: something else has happened on #123 since. See its card.',
      ],
      [
        'a second time',
        after(evaluating, undone(request)),
        'd1',
        engineer,
        '“Fail Verification” on #123 was undone already, by you. Nothing was sent.',
      ],
      [
        'a second time by another',
        after(evaluating, undone(request)),
        'd1',
        manager,
        '“Fail Verification” on #123 was undone already, by <@UENG>. Nothing was sent.',
      ],
    ])('%s', (_when, where, decisionId, person, because) => {
      expect(undoable(flows, where, decisionId, person)).toEqual({ because })
    })

    test('in words where it has gone out, and told in words where it is done', () => {
      const waiting = waitingIn(request)

      expect(tooLateToUndo(flows, request, waiting, false)).toBe(
        'Too late: “Fail Verification” on #123 has started to go out. See its card.',
      )
      expect(tooLateToUndo(flows, request, waiting, true)).toBe(
        'Too late: “Fail Verification” on #123 was stopped before anything was sent. See its card.',
      )
      expect(undoneText(flows, after(evaluating, undone(request)), waiting)).toBe(
        '“Fail Verification” is undone: nothing was sent. #123 is back at “Answers are in: check them”.',
      )
    })
  })
})

test('To undo a decision leads back to before the one before it, where that was refused meanwhile', () => {
  const ticket: Partial<Request> = { source: 'zendesk', flow: 'security-ticket', step: 'new', createdAt: at }
  const report = { report: 'pen test', asker: 'a customer', company: 'Acme', verified: 'In Salesforce' }
  const input = { ...report, confirmation: 'It is planned for Thursday 5 March 2026.', answer: 'Yes.' }
  const given = { by: fieldSecurity, input }
  const queued = after(ticket, moved(decided('compliance-report', ticket, { ...waits, ...given })))
  expect(queued.facts).toHaveProperty('promisedReport')
  const replied = after(queued, moved(decided('reply', queued, { ...waits, ...given, decisionId: 'd2' })))
  const refused: Observation = {
    name: 'ticket-update-refused',
    ...{ changes: ['the requester wrote'], backTo: 'new', decidedAt: at, decisionId: 'd1', at },
  }

  const seen = moved(
    decide(flows, replied, { kind: 'observation', observation: refused }, environment({ now: at })),
  )
  const request = { ...replied, ...seen }
  const undone = undo(flows, request, waitingIn(request), fieldSecurity, { at })

  expect(undone.step).toBe('new')
  expect(undone.facts).toMatchObject({ lastMove: { what: 'Not sent: the ticket had changed', by: 'bot' } })
  for (const fact of ['promisedReport', 'handlings', 'lastPublicReplyAt', 'earlierReplies'])
    expect(undone.facts).not.toHaveProperty(fact)
})

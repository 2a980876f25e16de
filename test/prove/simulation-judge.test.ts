/** The judge of the simulation excuses what could not be done otherwise, by what the network saw, and nothing more. */
import { describe, expect, test } from 'vitest'
import type { AuditEntry } from '../../prove/simulation/database.ts'
import type { FaultKind } from '../../prove/simulation/faults.ts'
import { isGivenUp } from '../../prove/simulation/judge/given-up.ts'
import { isInOrder } from '../../prove/simulation/judge/judge-claims.ts'
import {
  harmless,
  isAnsweredByHand,
  isCalledForKept,
  isLeftOut,
} from '../../prove/simulation/judge/judge-tickets.ts'
import { doneOf } from '../../prove/simulation/judge/owed-in-gitlab.ts'
import { isSolvedWith } from '../../prove/simulation/judge/zendesk-history.ts'
import type { OutgoingCall } from '../../prove/simulation/network.ts'

function post(at: number, fault?: FaultKind, thread = '100.1', text = 'Please look'): OutgoingCall {
  const form = new URLSearchParams({ channel: 'C1', thread_ts: thread, text })
  return {
    ...{ service: 'slack', method: 'POST', path: '/api/chat.postMessage', text: form.toString(), at, ms: at },
    ...(fault && { fault }),
  }
}

function givenUp(calls: readonly OutgoingCall[], ends: readonly number[] = [], name = '#7'): boolean {
  const world = {
    network: { calls },
    bot: { ends },
    cards: () => [{ ts: '100.1', text: '#7 Full Deletion' }],
    ticketCards: () => [
      { ts: '200.1', text: 'Security ticket 7: Solved' },
      { ts: '300.1', text: 'Security ticket 70: Solved' },
    ],
  } as unknown as Parameters<typeof isGivenUp>[0]
  return isGivenUp(world, { name }, (text) => text.includes('look'), 1_000)
}

const minute = 60_000

describe('a message below a card is given up', () => {
  test('after two posts without a clear answer', () => {
    expect(givenUp([post(2_000, 'hang'), post(9_000, 'html-200-after-applied')])).toBe(true)
  })

  test('after one, where the process ended with the other', () => {
    expect(givenUp([post(2_000, '500')], [20_000])).toBe(true)
    expect(givenUp([post(2_000), post(30_000, '502-html')], [5_000])).toBe(true)
  })

  test('of a ticket, too, and of no other', () => {
    const twiceBelow = (thread: string) => [post(2_000, 'hang', thread), post(9_000, 'hang', thread)]

    expect(givenUp(twiceBelow('200.1'), [], 'ticket 7')).toBe(true)
    expect(givenUp(twiceBelow('300.1'), [], 'ticket 7')).toBe(false)
  })

  test.each<readonly [string, readonly OutgoingCall[], readonly number[]]>([
    ['it was never posted', [], [2_000]],
    ['it was posted once', [post(2_000, 'hang')], []],
    ['Slack refused it clearly', [post(2_000, '429'), post(9_000, 'refused-connection')], [3 * minute]],
    ['nothing went wrong with it', [post(2_000), post(9_000)], []],
    ['it stood below another card', [post(2_000, 'hang', '9.9'), post(9_000, 'hang', '9.9')], []],
    ['it said something else', [post(2_000, 'hang', '100.1', 'Hi'), post(9_000, 'hang', '100.1', 'Hi')], []],
    ['it was before the decision', [post(500, 'hang'), post(900, 'hang')], []],
    ['the process ended much later', [post(2_000, 'hang')], [20 * minute]],
  ])('and not where %s', (_, calls, ends) => {
    expect(givenUp(calls, ends)).toBe(false)
  })
})

describe('what a decision owes is in its order', () => {
  const bot = { username: 'privacy-desk-bot' }
  const createdAt = '2026-03-01T00:00:00.000Z'
  const set = (id: number, label: string) => ({ id, label, action: 'add', user: bot, createdAt })
  const closed = (id: number) => ({ id, state: 'closed', user: bot, createdAt })
  const owed = [{ label: 'one' }, { label: 'two' }, { close: true }] as const

  function inOrder(labels: readonly unknown[], states: readonly unknown[], isOfAnother = false): boolean {
    const issue = { labelEvents: labels, stateEvents: states, notes: [] }
    const place = { world: {}, file: { issue }, act: { ms: 0 }, until: Number.POSITIVE_INFINITY }
    return isInOrder(owed, place as unknown as Parameters<typeof isInOrder>[1], () => isOfAnother)
  }

  test('as it stands there', () => {
    expect(inOrder([set(1, 'one'), set(2, 'two')], [closed(3)])).toBe(true)
  })

  test('with labels in any order among themselves', () => {
    expect(inOrder([set(1, 'two'), set(2, 'one')], [closed(3)])).toBe(true)
  })

  test('where it was closed before for a former decision, and again', () => {
    expect(inOrder([set(2, 'one'), set(3, 'two')], [closed(1), closed(4)])).toBe(true)
  })

  test('not where the close came first, or between the labels', () => {
    expect(inOrder([set(2, 'one'), set(3, 'two')], [closed(1)])).toBe(false)
    expect(inOrder([set(1, 'one'), set(3, 'two')], [closed(2)])).toBe(false)
  })

  test('where a label stood there before, and came and went for another decision later', () => {
    const at = (ms: number) => new Date(ms).toISOString()
    const labelEvents = [
      { ...set(1, 'one'), user: { username: 'colleague' }, createdAt: at(500) },
      { ...set(4, 'one'), action: 'remove', createdAt: at(4_000) },
      { ...set(5, 'one'), createdAt: at(5_000) },
    ]
    const doneAt = (ms: number) =>
      doneOf({ label: 'one' }, {
        ...{ world: {}, until: Number.POSITIVE_INFINITY, act: { ms } },
        file: { issue: { labelEvents } },
      } as unknown as Parameters<typeof doneOf>[1])

    expect(doneAt(1_000)).toEqual({ event: 0 })
    expect(doneAt(4_500)).toEqual({ event: 5 })
  })

  test('where another decision had closed it, and it stayed closed', () => {
    expect(inOrder([set(2, 'one'), set(3, 'two')], [closed(1)], true)).toBe(true)
  })
})

describe('the label of another choice is taken off', () => {
  const setAt = Date.parse('2026-03-01T00:00:00.000Z')
  const decidedAt = setAt + 10 * minute

  function isDone(
    by: string,
    read?: { readonly at: number; readonly path?: string; readonly status?: number },
  ) {
    const createdAt = new Date(setAt).toISOString()
    const labelEvents = [{ id: 1, label: 'one', action: 'add', user: { username: by }, createdAt }]
    const { at = 0, path = '/api/v4/projects/1/issues/7', status = 200 } = read ?? {}
    const calls = read ? [{ service: 'gitlab', method: 'GET', path, status, ms: at }] : []
    const place = {
      ...{ world: { network: { calls } }, file: { issue: { iid: 7, labelEvents } } },
      ...{ act: { ms: decidedAt }, until: Number.POSITIVE_INFINITY },
    } as unknown as Parameters<typeof doneOf>[1]
    return doneOf({ unlabel: 'one' }, place) !== undefined
  }

  test('unless a colleague has set it and GitLab has not shown the issue since', () => {
    expect(isDone('pia')).toBe(true)
    expect(isDone('pia', { at: setAt - 1 })).toBe(true)
    expect(isDone('pia', { at: setAt + 30_000 })).toBe(true)
    expect(isDone('pia', { at: decidedAt + 1 })).toBe(true)
    expect(isDone('pia', { at: decidedAt - 1, status: 500 })).toBe(true)
    expect(isDone('pia', { at: decidedAt - 1, path: '/api/v4/projects/1/issues/70' })).toBe(true)
  })

  test('where the bot set it, or the issue was read since', () => {
    expect(isDone('privacy-desk-bot')).toBe(false)
    expect(isDone('pia', { at: decidedAt - 1 })).toBe(false)
    expect(isDone('pia', { at: decidedAt - 1, path: '/api/v4/projects/1/issues/7?x=1' })).toBe(false)
  })
})

describe('a text on a ticket', () => {
  const typed = 'All is  well,\r\n\r\nsee A & B. \n'

  test.each([
    ['line ends', 'All is  well,\n\nsee A & B.'],
    ['blanks that do not break', 'All is\u00a0 well,\n\nsee A & B.'],
    ['blanks at ends', 'All is  well, \n\nsee A & B.\n\n'],
  ])('is the same with other %s', (_what, kept) => {
    expect(harmless(kept)).toBe(harmless(typed))
  })

  test('is the same where it can name nobody', () => {
    expect(harmless('Ask {person :U01MANAGER} {\u2060{ticket.id}}')).toBe(
      harmless('Ask {person:U01MANAGER} {{ticket.id}}'),
    )
  })

  test.each([
    ['it is cut', 'All is  well,\n\nsee A &'],
    ['a line is missing', 'All is  well,\nsee A & B.'],
    ['a word is other', 'All was  well,\n\nsee A & B.'],
    ['an entity stands in it', 'All is  well,\n\nsee A &amp; B.'],
    ['words stand together', 'All iswell,\n\nsee A & B.'],
  ])('is another where %s', (_what, kept) => {
    expect(harmless(kept)).not.toBe(harmless(typed))
  })
})

describe('an answer that Zendesk kept internal is made up for', () => {
  const act = { typed: ['Initech', 'Thank you.'] } as unknown as Parameters<typeof isAnsweredByHand>[1]
  const [requester, colleague, bot] = [7001, 6002, 6001]
  const comment = (id: number, authorId: number, isPublic: boolean, body = 'By hand.') => ({
    ...{ id, authorId, body, public: isPublic },
    metadata: { custom: authorId === bot ? { op_id: `op-${id}` } : {} },
  })
  const kept = comment(2, bot, false, 'Thank you.')

  function isMadeUpFor(...posted: readonly unknown[]): boolean {
    const ticket = { posted, requester: { id: requester }, ccs: [] }
    return isAnsweredByHand(ticket as unknown as Parameters<typeof isAnsweredByHand>[0], act)
  }

  test('by a colleague who has answered publicly since', () => {
    expect(isMadeUpFor(kept, comment(3, colleague, true))).toBe(true)
  })

  test.each([
    ['by nobody', [kept]],
    ['by what was there before', [comment(1, colleague, true), kept]],
    ['by an internal comment', [kept, comment(3, colleague, false)]],
    ['by the requester', [kept, comment(3, requester, true)]],
    ['where nothing was kept internal', [comment(3, colleague, true)]],
  ])('and not %s', (_how, posted) => {
    expect(isMadeUpFor(...posted)).toBe(false)
  })
})

describe('an answer of which Zendesk made something else is judged by its act alone', () => {
  const because = 'Zendesk did not do all of it on ticket 5: it kept the answer as an internal comment.'
  const comment = { metadata: { custom: { op_id: 'op-2' }, system: {} } }
  const isJudgedSo = (details: object) =>
    isLeftOut({ audit: [{ what: 'effect', details } as AuditEntry] }, comment)

  test.each([
    ['waits for Try Again', { opId: 'op-2', outcome: 'failed', error: because }],
    ['was stopped, as whoever asked was told', { opId: 'op-2', outcome: 'stopped', because }],
    ['is done but for that', { opId: 'op-2', outcome: 'done', because }],
  ])('where the bot says so of what %s', (_how, details) => {
    expect(isJudgedSo(details)).toBe(true)
  })

  test.each([
    ['of another', { opId: 'op-3', outcome: 'stopped', because }],
    ['something else', { opId: 'op-2', outcome: 'stopped', because: 'The ticket has changed.' }],
  ])('and not where it says %s', (_what, details) => {
    expect(isJudgedSo(details)).toBe(false)
  })
})

describe('an answer that Zendesk kept internal is told of below the card', () => {
  const failed =
    'failed: Zendesk did not do all of it on ticket 5: it kept the answer as an internal comment.'

  function isTold(text: string, ts = '110.1'): boolean {
    const world = {
      network: { calls: [] },
      bot: { ends: [] },
      cards: () => [],
      ticketCards: () => [{ ts: '90.1', text: 'Security ticket 5: Done.' }],
      slack: { thread: () => [{ ts, text }] },
    } as unknown as Parameters<typeof isCalledForKept>[0]
    const act = { userId: 'U02PRIVACY', ms: 100_000, at: 100_000 } as Parameters<typeof isCalledForKept>[2]
    return isCalledForKept(world, { id: 5 }, act)
  }

  test.each([
    ['whoever sent it', `<@U02PRIVACY> a step of “Reply” ${failed}`],
    ['the group, where the ticket has gone on since', `<!subteam^S01FIELDSEC> A step ${failed}`],
    ['each of its people, where there are no groups', `<@U01FIELDSEC> A step ${failed}`],
  ])('to %s', (_whom, text) => {
    expect(isTold(text)).toBe(true)
  })

  test.each([
    ['to nobody', `A step ${failed}`],
    ['to somebody else', `<@U01MEMBER> a step of “Reply” ${failed}`],
    ['of another failure', '<@U02PRIVACY> a step of “Reply” failed: Zendesk refused it.'],
    [
      'of what an end user wrote',
      '<!subteam^S01FIELDSEC> Somebody in copy wrote on ticket 5. Zendesk kept it as an internal comment: read it there.',
    ],
  ])('and not %s', (_what, text) => {
    expect(isTold(text)).toBe(false)
  })

  test('and not before it was sent', () => {
    expect(isTold(`<@U02PRIVACY> a step of “Reply” ${failed}`, '95.1')).toBe(false)
  })
})

describe('a reply of which Zendesk left the solving out counts as solved', () => {
  const change = (updatedAt: number, more: object = {}) => ({
    ...{ updatedAt, isByBot: false, isSolved: false, commentId: undefined },
    ...more,
  })
  const made = change(60_000, { isByBot: true, commentId: 7 })
  const byHand = change(90_000, { isSolved: true })

  function put(fault?: FaultKind, status = 'solved', mark = 'op-7'): OutgoingCall {
    const text = JSON.stringify({ ticket: { status, metadata: { op_id: mark } } })
    return {
      ...{ service: 'zendesk', method: 'PUT', path: '/api/v2/tickets/5.json', text, at: 20_000, ms: 20_000 },
      ...(fault && { fault }),
    }
  }

  function isSolved(call: OutgoingCall, changes: readonly object[], ends: readonly number[] = []): boolean {
    const world = { network: { calls: [call] }, bot: { ends } } as unknown as Parameters<
      typeof isSolvedWith
    >[0]
    const comment = { id: 7, metadata: { custom: { op_id: 'op-7' }, system: {} } }
    return isSolvedWith(world, comment, changes as Parameters<typeof isSolvedWith>[2])
  }

  test('where Zendesk did not leave it out', () => {
    expect(isSolved(put(), [{ ...made, isSolved: true }])).toBe(true)
  })

  test('where no answer was heard, and somebody had solved it before the update was found', () => {
    expect(isSolved(put('applied-after-timeout'), [made, byHand])).toBe(true)
    expect(isSolved(put(), [made, byHand], [22_000])).toBe(true)
  })

  test.each<readonly [string, OutgoingCall, readonly object[]]>([
    ['the answer was heard', put(), [made, byHand]],
    ['nobody solved it', put('hang-after-applied'), [made]],
    ['it was solved before', put('hang-after-applied'), [change(30_000, { isSolved: true }), made]],
    ['it was solved when it had long been found', put('half-body'), [made, { ...byHand, updatedAt: 4e6 }]],
    ['it was never asked for', put('hang-after-applied', 'open'), [made, byHand]],
    ['another update asked for it', put('hang-after-applied', 'solved', 'op-8'), [made, byHand]],
    ['the ticket has no such comment', put('hang-after-applied'), [byHand]],
  ])('and not where %s', (_, call, changes) => {
    expect(isSolved(call, changes)).toBe(false)
  })
})

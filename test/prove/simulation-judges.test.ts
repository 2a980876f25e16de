/** Each judge of the simulation, shown what it has to find, and what it must not. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { RequestType } from '../../prove/handbook/words.ts'
import { type Evidence, nothingFound } from '../../prove/simulation/check.ts'
import type { AuditEntry } from '../../prove/simulation/database.ts'
import type { FaultKind } from '../../prove/simulation/faults.ts'
import { type Act, actsOf, withoutPreviews } from '../../prove/simulation/judge/acts.ts'
import { type CaseFile, caseFilesOf, decisionsBehind } from '../../prove/simulation/judge/case-file.ts'
import { judgeAcknowledged } from '../../prove/simulation/judge/judge-acknowledged.ts'
import { judgeAuditLog } from '../../prove/simulation/judge/judge-audit-log.ts'
import { judgeClaims } from '../../prove/simulation/judge/judge-claims.ts'
import { judgeDigestLines, judgeTicketDigestLines } from '../../prove/simulation/judge/judge-lists.ts'
import { judgeNotes } from '../../prove/simulation/judge/judge-notes.ts'
import { judgePace } from '../../prove/simulation/judge/judge-pace.ts'
import { judgeDeeds } from '../../prove/simulation/judge/judge-requests.ts'
import { judgeSilence } from '../../prove/simulation/judge/judge-silence.ts'
import { judgeCards, judgeRefusals, judgeReviews } from '../../prove/simulation/judge/judge-slack.ts'
import { clockBegins, judgeStanding } from '../../prove/simulation/judge/judge-standing.ts'
import {
  endedBefore,
  isEarly,
  judgeDigests,
  judgeReminders,
  wasTriedBefore,
} from '../../prove/simulation/judge/judge-time.ts'
import { judgeUnsettled } from '../../prove/simulation/judge/judge-unsettled.ts'
import { hasAsked, isSilent } from '../../prove/simulation/judge/permitted.ts'
import type { TicketChange } from '../../prove/simulation/judge/zendesk-history.ts'
import type { OutgoingCall } from '../../prove/simulation/network.ts'
import type { Ticket } from '../../sandbox/zendesk/zendesk.ts'

const hour = 3_600_000
const engineer = 'U01ENGINEER'

function aWorld(override: object = {}): Evidence['world'] {
  return {
    network: { calls: [] },
    bot: { ends: [], clock: { whenItSaid: () => ({ first: 0, last: Number.MAX_SAFE_INTEGER }) } },
    deliveries: { all: [] },
    conditions: { mostLagMs: () => 0 },
    time: { ms: 0, msAt: (elapsed: number) => elapsed },
    environment: { TIMEZONE: 'UTC' },
    looks: [],
    faults: { weathers: [] },
    replies: [],
    gitlab: { world: { issues: [] } },
    cards: () => [{ ts: '100.1', text: '#7 Full Deletion', blocks: [] }],
    ticketCards: () => [],
    slack: { thread: () => [] },
    ...override,
  } as unknown as Evidence['world']
}

function evidenceOf(world: Evidence['world'], audit: readonly AuditEntry[] = []): Evidence {
  return { world, audit, findings: nothingFound() }
}

function problemsOf({ findings }: Evidence): readonly string[] {
  const { missing, duplicated, letIn, broken } = findings
  return [...missing, ...duplicated, ...letIn, ...broken]
}

function anAct(override: Partial<Act> = {}): Act {
  return {
    ...{ kind: 'submit', key: 'submit V1', triggerId: 'T1', userId: engineer, at: 1_000, ms: 1_000 },
    ...{ button: 'Mark Spam', subject: { issue: 7 }, chosen: [], typed: [] },
    ...{ isAcknowledged: true, isSentBack: false },
    delivery: { answers: [{ status: 200, text: '', at: 1_100 }] } as unknown as Act['delivery'],
    ...override,
  } as Act
}

function aCall(override: Partial<OutgoingCall> = {}): OutgoingCall {
  const at = override.at ?? 2_000
  return {
    service: 'gitlab',
    method: 'POST',
    path: '/api/v4/projects/1/issues/7/notes',
    text: '{}',
    ms: at,
    ...override,
    at,
  }
}

function aFile(override: Partial<CaseFile> = {}): CaseFile {
  const issue = { iid: 7, stateEvents: [], labelEvents: [], notes: [], author: { username: 'support-bot' } }
  return {
    ...{
      iid: 7,
      name: '#7',
      issue,
      types: [],
      email: undefined,
      isEmbargoed: false,
      acts: [],
      decisions: [],
    },
    ...override,
  } as unknown as CaseFile
}

function entry(seq: number, previousHash: string, what = 'decided', details: object = {}): AuditEntry {
  const plain = { at: '2026-03-01T10:00:00.000Z', details, iid: 7, seq, what, who: `slack:${engineer}` }
  const hash = createHash('sha256')
    .update(previousHash + JSON.stringify(plain))
    .digest('hex')
  return { ...plain, details: { ...details }, previousHash, hash }
}

describe('the audit log', () => {
  const first = entry(1, '0'.repeat(64))
  const done = entry(1, '0'.repeat(64), 'effect', { opId: 'a', outcome: 'done' })
  const twice = [done, entry(2, done.hash, 'effect', { opId: 'a', outcome: 'done' })]
  const judged = (...audit: readonly AuditEntry[]) => {
    const evidence = evidenceOf(aWorld(), audit)
    judgeAuditLog(evidence)
    return problemsOf(evidence)
  }

  test('is believed where each entry follows the one before', () => {
    expect(judged(first, entry(2, first.hash))).toEqual([])
  })

  test.each<readonly [string, readonly AuditEntry[]]>([
    ['an entry was changed', [{ ...first, who: 'slack:U9' }]],
    ['one is missing', [first, entry(3, first.hash)]],
    ['one follows another', [first, entry(2, 'f'.repeat(64))]],
    ['an effect is done twice', twice],
  ])('and not where %s', (_how, audit) => {
    expect(judged(...audit)).toHaveLength(1)
  })
})

describe('what was acknowledged', () => {
  const decided = entry(1, '0'.repeat(64), 'decided', { decision: 'mark-spam' })
  const judged = (acts: readonly Act[], audit: readonly AuditEntry[], world = aWorld()) => {
    const evidence = evidenceOf(world, audit)
    judgeAcknowledged(evidence, acts, new Map())
    return problemsOf(evidence)
  }

  test('came to a decision, or to a word to its person', () => {
    const told = aCall({ service: 'slack', path: '/api/chat.postEphemeral', text: `user=${engineer}` })

    expect(judged([anAct()], [decided])).toEqual([])
    expect(judged([anAct()], [], aWorld({ network: { calls: [told] } }))).toEqual([])
  })

  test('came to the cards that were asked for, as often as they were', () => {
    const click = (button: string, key: string) => {
      const { subject: _none, ...act } = anAct({ kind: 'click', key, button })
      return act
    }
    const { iid: _iid, ...asked } = entry(1, '0'.repeat(64), 'cards-asked-for', { desk: 'security' })

    expect(judged([click('Post the Next 10', '1'), click('Post All 12', '2')], [asked, asked])).toEqual([])
    expect(judged([click('Post the Next 10', '1'), click('Post All 12', '2')], [asked])).toHaveLength(1)
    expect(judged([click('Post a Card', '1')], [asked])).toHaveLength(1)
  })

  test('and came to nothing', () => {
    expect(judged([anAct()], [])).toEqual([expect.stringContaining('nothing came of it')])
  })

  test('was decided twice', () => {
    expect(judged([anAct()], [decided, decided])).toEqual([expect.stringContaining('decided 2 times')])
  })

  test('was decided once though the same modal was submitted twice', () => {
    expect(judged([anAct(), anAct()], [decided])).toEqual([])
  })

  test('was forged', () => {
    const world = aWorld({ deliveries: { all: [{ isForged: true, at: 5, answers: [{ status: 200 }] }] } })

    expect(judged([], [], world)).toEqual([expect.stringContaining('forged')])
  })
})

describe('a reply to silence', () => {
  const body =
    'Greetings,\n\nWe have not heard back from you with responses to our verification challenge questions,'
  const sent = aCall({
    at: 60_000,
    text: JSON.stringify({ body, internal: false }).replace(': false', ':false'),
  })
  const judged = (repliedAt: number, lagMs = 0) => {
    const world = aWorld({
      network: { calls: [sent] },
      replies: [{ iid: 7, at: repliedAt, ms: repliedAt }],
      conditions: { mostLagMs: () => lagMs },
    })
    const evidence = evidenceOf(world)
    judgeSilence(evidence, [aFile()], new Map())
    return problemsOf(evidence)
  }

  test('may go out right after a reply that nobody can have seen', () => {
    expect(judged(59_900)).toEqual([])
    expect(judged(30_000, 30_000)).toEqual([])
  })

  test('may not after one that was there to be seen', () => {
    expect(judged(30_000)).toHaveLength(1)
  })
})

describe('what the bot writes in GitLab', () => {
  const judged = (body: string, serviceDesk = true, acts: readonly Act[] = []) => {
    const bot = { username: 'privacy-desk-bot' }
    const note = (id: number) => ({ id, body, author: bot, system: false })
    const issue = {
      ...{ iid: 7, project: { path: 'a/b', serviceDesk }, author: { username: 'support-bot' } },
      notes: [note(1), note(2)],
    }
    const evidence = evidenceOf(aWorld({ gitlab: { world: { issues: [issue] } } }))
    judgeNotes(evidence, acts)
    return problemsOf(evidence)
  }

  test('is let be', () => {
    expect(judged('Greetings,')).toEqual([])
  })

  test('bears no mark twice, but where somebody has typed it', () => {
    const mark = '<!-- privacy-desk:abc -->'

    expect(judged(mark)).toHaveLength(1)
    expect(judged(mark, true, [anAct({ typed: [mark] })])).toEqual([])
  })

  test('holds no command, and stands in no foreign project', () => {
    expect(judged('Fine.\n /close')).toHaveLength(2)
    expect(judged('Fine.', false)).toHaveLength(2)
  })
})

describe('a close of the bot that nobody decided', () => {
  const at = (seconds: number) => new Date(Date.UTC(2026, 2, 29, 10, 0, seconds))
  const event = (id: number, username: string, state: string) => ({
    ...{ id, user: { username }, state, createdAt: at(id).toISOString() },
  })
  const undone = (seconds: number, userId = engineer) =>
    anAct({ ...{ button: 'Undo Step', userId, ms: at(seconds).getTime() } })

  test.each([
    ['takes back what a mail had GitLab reopen', 'support-bot', undone(25), 0],
    ['takes back what a mail had the bot reopen', 'privacy-desk-bot', undone(25), 0],
    ['is none of those where a colleague reopened it', 'mona.manager', undone(25), 1],
    ['nor where the step was taken back before', 'support-bot', undone(15), 1],
    ['nor by somebody of no desk', 'support-bot', undone(25, 'U01GUEST'), 1],
  ])('%s', (_what, reopenedBy, act, problems) => {
    const stateEvents = [
      event(10, 'mona.manager', 'closed'),
      event(20, reopenedBy, 'reopened'),
      event(30, 'privacy-desk-bot', 'closed'),
    ]
    const types: readonly RequestType[] = ['Data Export Request']
    const { issue } = aFile()
    const file = aFile({ issue: { ...issue, stateEvents } as CaseFile['issue'], types, acts: [act] })
    const replies = [{ iid: 7, ms: at(19).getTime() }]
    const world = aWorld({ replies, gitlab: { world: { issues: [] }, issue: () => ({ notes: [] }) } })
    const evidence = evidenceOf(world)
    judgeDeeds({ world, findings: evidence.findings, counts: new Map() }, [file])

    expect(problemsOf(evidence)).toHaveLength(problems)
  })
})

describe('an address that never answers clearly', () => {
  const judged = (
    calls: readonly OutgoingCall[],
    said: readonly string[] = [],
    msAt = (elapsed: number) => elapsed,
    saidAt = 999_999_999_000,
    ends: readonly number[] = [],
    audit: readonly AuditEntry[] = [],
  ) => {
    const thread = said.map((text) => ({ ts: `${saidAt / 1_000}.1`, text }))
    const ticketCards = () => [{ ts: '100.2', text: 'Security ticket 5001: New', blocks: [] }]
    const slack = { thread: () => thread }
    const clock = { whenItSaid: (at: string) => ({ first: Date.parse(at), last: Date.parse(at) }) }
    const world = aWorld({ network: { calls }, slack, time: { msAt }, ticketCards, bot: { ends, clock } })
    const evidence = evidenceOf(world, audit)
    judgeUnsettled(evidence, new Map())
    return problemsOf(evidence)
  }
  const tries = (fault: FaultKind | undefined, ...hours: readonly number[]) =>
    hours.map((one) => aCall({ at: one * hour, ...(fault && { fault }) }))

  test('calls people', () => {
    expect(judged(tries('500', 1, 2, 4))).toHaveLength(1)
    expect(judged(tries('500', 1, 2, 4), [`<@${engineer}> No clear answer to `])).toEqual([])
  })

  test('but not where the clocks jumped while nobody knew yet', () => {
    const calls = [aCall({ at: 0, fault: 'hang' }), aCall({ at: 20_000, ms: 9 * hour, fault: 'hang' })]

    expect(judged(calls)).toHaveLength(1)
    expect(judged(calls, [], (elapsed) => (elapsed < 5_000 ? elapsed : elapsed + 9 * hour))).toEqual([])
  })

  test('but not where the process died with the call, and the next one came hours later', () => {
    const close = (hours: number, fault: FaultKind) =>
      aCall({ method: 'PUT', path: '/api/v4/projects/1/issues/7', at: hours * hour, fault })
    const calls = [close(1, 'dies-before-sent'), close(9, '502-html')]

    expect(judged(calls)).toHaveLength(1)
    expect(judged(calls, [], undefined, undefined, [hour])).toEqual([])
    expect(judged([...calls, close(12, '500')], [], undefined, undefined, [hour])).toHaveLength(1)
  })

  test('but not in its first hour, nor where it was answered between', () => {
    expect(judged(tries('500', 1, 2))).toEqual([])
    expect(judged([...tries('500', 1, 2), ...tries(undefined, 2.5), ...tries('500', 4)])).toEqual([])
  })

  test('and goes on to be unknown where an attempt was put off between', () => {
    expect(judged([...tries('500', 1), ...tries('429', 2), ...tries('500', 3.5)])).toHaveLength(1)
    expect(
      judged([...tries('500', 1), aCall({ at: 2 * hour, status: 429 }), ...tries('500', 3.5)]),
    ).toHaveLength(1)
    expect(judged([...tries('refused-connection', 1), ...tries('500', 3.5)])).toEqual([])
  })

  test('and is known once an answer came, however slowly, but not where GitLab took no changes for a while', () => {
    const between = (given: Partial<OutgoingCall>) => [
      ...tries('500', 1),
      aCall({ at: 2 * hour, ...given }),
      ...tries('500', 3.5),
    ]

    expect(judged(between({ status: 200, fault: 'slow' }))).toEqual([])
    expect(judged(between({ status: 403 }))).toEqual([])
    expect(judged(between({ status: 403, isForNow: true }))).toHaveLength(1)
  })

  test('and calls once for all that has had no end, also before the first attempt without an answer', () => {
    const putOff = (at: number, given: Partial<OutgoingCall>) => aCall({ at: at * hour, ...given })
    const later = tries('500', 12, 20)
    const says = [`<@${engineer}> No clear answer to `]
    const saidAt9 = (...calls: readonly OutgoingCall[]) =>
      judged([...calls, ...later], says, undefined, 9 * hour)

    // Try Again came an hour before it, and GitLab took no changes, or somebody was saving.
    expect(saidAt9(putOff(8, { status: 403, isForNow: true }), putOff(8.5, { status: 409 }))).toEqual([])
    expect(saidAt9(putOff(8, { status: 403 }), putOff(10, { status: 403 }))).toHaveLength(1)
    expect(saidAt9(putOff(8, { status: 409 }), putOff(10, { status: 200 }))).toHaveLength(1)
    expect(saidAt9(putOff(10, { status: 409 }))).toHaveLength(1)
  })

  test('and is one issue by both addresses of its project, which was renamed', () => {
    const close = (at: number, project: string, given: Partial<OutgoingCall>) =>
      aCall({ at: at * hour, method: 'PUT', path: `/api/v4/projects/${project}/issues/7`, ...given })
    const path = 'support%2Fpersonal-account-requests'
    const unclear = [close(1, '101', { fault: 'hang' }), close(4, '101', { fault: 'hang' })]

    expect(judged(unclear)).toHaveLength(1)
    expect(judged(unclear.toSpliced(1, 0, close(2, path, { status: 405 })))).toEqual([])
    expect(judged([close(1, path, { fault: 'hang' }), close(4, '101', { fault: 'hang' })])).toHaveLength(1)
  })

  test('and is another one where the same is decided once more, after the bot gave it up', () => {
    const closes = [1, 4].map((at) =>
      aCall({
        ...{ at: at * hour, method: 'PUT', path: '/api/v4/projects/101/issues/7', fault: 'hang' },
        text: '{"state_event":"close"}',
      }),
    )
    const gaveUp = (at: number, details: object = {}, iid = 7) => ({
      ...entry(1, '', 'effect', { effect: 'close', outcome: 'stopped', ...details }),
      ...{ at: new Date(at * hour).toISOString(), iid },
    })
    const judgedWith = (...audit: readonly AuditEntry[]) =>
      judged(closes, [], undefined, undefined, undefined, audit)

    expect(judgedWith(gaveUp(2))).toEqual([])
    expect(judgedWith()).toHaveLength(1)
    expect(judgedWith(gaveUp(0.5))).toHaveLength(1)
    expect(judgedWith(gaveUp(4.5))).toHaveLength(1)
    expect(judgedWith(gaveUp(2, { effect: 'labels' }))).toHaveLength(1)
    expect(judgedWith(gaveUp(2, { outcome: 'unknown' }))).toHaveLength(1)
    expect(judgedWith(gaveUp(2, {}, 8))).toHaveLength(1)
  })

  test('and is known where what is appended was put off, but not what is set', () => {
    const putOff = { at: 26 * hour, status: 429 }
    const set = { service: 'zendesk', method: 'PUT', path: '/api/v2/tickets/5001.json' } as const

    expect(judged([...tries('hang', 1), aCall(putOff)])).toEqual([])
    expect(judged([...tries('hang', 1), aCall(putOff), ...tries('hang', 27)])).toHaveLength(1)
    expect(judged([aCall({ ...set, at: hour, fault: 'hang' }), aCall({ ...set, ...putOff })])).toHaveLength(1)
  })

  test('and is known where a comment on a ticket was put off, which is not repeated before it was looked for', () => {
    const text = '{"ticket":{"status":"solved","comment":{"body":"Please see the form.","public":true}}}'
    const comment = { service: 'zendesk', method: 'PUT', path: '/api/v2/tickets/5001.json', text } as const
    const unclear = (hours: number) => aCall({ ...comment, at: hours * hour, fault: 'dropped-after-applied' })
    const late = { ...comment, at: 26 * hour } as const

    expect(judged([unclear(1), aCall({ ...late, status: 429 })])).toEqual([])
    expect(judged([unclear(1), aCall({ ...late, fault: 'refused-connection' })])).toEqual([])
    expect(judged([unclear(1), aCall({ ...late, status: 429 }), unclear(27)])).toHaveLength(1)
    expect(judged([unclear(1), aCall({ ...late, status: 409 }), unclear(27)])).toHaveLength(1)
  })

  test('and is known where the first look after the clocks jumped was answered, and it was tried again for that', () => {
    const text = '{"ticket":{"comment":{"body":"Please see the form.","public":true}}}'
    const path = '/api/v2/tickets/5001.json'
    const write = (hours: number, given: Partial<OutgoingCall>) =>
      aCall({ service: 'zendesk', method: 'PUT', path, text, at: hours * hour, ...given })
    const look = (hours: number, given: Partial<OutgoingCall>) =>
      aCall({
        ...{ service: 'zendesk', method: 'GET', path: '/api/v2/tickets/5001/audits.json', at: hours * hour },
        ...{ status: 200, ...given },
      })
    const judgedWith = (...looks: readonly OutgoingCall[]) =>
      judged([write(1, { fault: 'hang' }), ...looks, write(26, { status: 409 }), write(50, { status: 409 })])

    expect(judgedWith(look(26, {}))).toEqual([])
    expect(judgedWith(look(1.5, { fault: 'hang' }), look(26, { fault: 'slow' }))).toEqual([])
    expect(judgedWith()).toHaveLength(1)
    expect(judgedWith(look(26, { status: 503 }))).toHaveLength(1)
    expect(judgedWith(look(26, { fault: '502-html' }))).toHaveLength(1)
    // Looked for in vain for hours, and found out at last.
    expect(judgedWith(look(5, { fault: 'hang' }), look(26, {}))).toHaveLength(1)
    expect(judgedWith(look(27, {}))).toHaveLength(1)

    // What is set is not looked for, whatever else is read of it.
    const close = { method: 'PUT', path: '/api/v4/projects/1/issues/7', fault: 'hang' } as const
    const read = { method: 'GET', path: close.path, status: 200 } as const
    expect(judged([1, 26, 50].map((hours) => aCall({ ...close, at: hours * hour })))).toHaveLength(1)
    expect(
      judged([
        aCall({ ...close, at: hour }),
        aCall({ ...read, at: 25 * hour }),
        aCall({ ...close, at: 26 * hour }),
      ]),
    ).toHaveLength(1)
  })

  test('and is one update of a ticket, whatever was read of the ticket before it is tried again', () => {
    const noted = (hours: number, stamp: string, given: Partial<OutgoingCall>, mark = 'a1') => {
      const ticket = { comment: { public: false }, updated_stamp: stamp, metadata: { op_id: mark } }
      const path = '/api/v2/tickets/5001.json'
      return aCall({
        ...{ service: 'zendesk', method: 'PUT', path, at: hours * hour, text: JSON.stringify({ ticket }) },
        ...given,
      })
    }
    const [hung, changed] = [{ fault: 'hang' } as const, { status: 409 }]
    const says = [`<@${engineer}> No clear answer to `]
    const saidAt2 = (...calls: readonly OutgoingCall[]) => judged(calls, says, undefined, 2 * hour)
    const more = [noted(10, 'then', hung), noted(20, 'then', hung)]

    expect(saidAt2(noted(1, 'first', hung), ...more)).toEqual([])
    expect(saidAt2(noted(1, 'first', hung, 'b2'), ...more)).toHaveLength(1)
    expect(judged([noted(1, 'first', hung), noted(4, 'then', hung)])).toHaveLength(1)
    // Somebody else changed the ticket between: it is written again soon, and was not until then.
    expect(judged([noted(1, 'first', hung), noted(4, 'then', changed), noted(4.1, 'now', {})])).toEqual([])
    expect(judged([noted(1, 'first', hung), noted(4, 'then', changed), noted(4.1, 'then', {})])).toHaveLength(
      1,
    )
  })

  test('and is not known where what is appended was refused and the answer got lost: one call is for all of it', () => {
    const lost = (given: Partial<OutgoingCall>) => aCall({ fault: 'stalled-body', at: hour, ...given })
    const says = [`<@${engineer}> No clear answer to `]
    const later = tries('500', 30, 40)

    expect(judged([lost({ status: 429 }), ...later], says, undefined, 25 * hour)).toEqual([])
    expect(judged([lost({ status: 429 }), ...tries('500', 4)])).toHaveLength(1)
    expect(judged([lost({ status: 201 }), ...later], says, undefined, 25 * hour)).toHaveLength(1)
    expect(judged([lost({ status: 201 }), ...tries('500', 4)])).toEqual([])
  })

  test('and is known once Zendesk has refused it since the ticket has changed, other than in GitLab, which somebody else was saving', () => {
    const zendesk = { service: 'zendesk', method: 'PUT', path: '/api/v2/tickets/5001.json' } as const
    const conflict = { at: 4 * hour, status: 409 }

    const gitlab = { method: 'PUT', path: '/api/v4/projects/1/issues/7' } as const
    const saved = aCall({ ...gitlab, ...conflict })
    expect(judged([aCall({ ...gitlab, at: hour, fault: 'hang' }), saved])).toHaveLength(1)
    expect(
      judged([aCall({ ...zendesk, at: hour, fault: 'hang' }), aCall({ ...zendesk, ...conflict })]),
    ).toEqual([])
    // What came before its answer stays owed, and so does what is unclear anew.
    const late = tries('500', 1, 4, 5).map((one) => ({ ...one, ...zendesk }))
    expect(judged([...late, aCall({ ...zendesk, at: 6 * hour, status: 409 })])).toHaveLength(1)
    const anew = tries('500', 5, 8).map((one) => ({ ...one, ...zendesk }))
    expect(judged([aCall({ ...zendesk, ...conflict }), ...anew])).toHaveLength(1)
  })

  test('and is not known yet where it was repeated after that: one call is for all of it', () => {
    const zendesk = { service: 'zendesk', method: 'PUT', path: '/api/v2/tickets/5001.json' } as const
    const refused = aCall({ ...zendesk, at: 4 * hour, status: 409 })
    const [first, ...later] = tries('500', 1, 5, 8).map((one) => aCall({ ...one, ...zendesk }))
    const calls = [...(first ? [first] : []), refused, ...later]
    const says = [`<@${engineer}> No clear answer to `]

    expect(judged(calls)).toHaveLength(1)
    expect(judged(calls, says, undefined, 3 * hour)).toEqual([])
    expect(judged(calls, says, undefined, hour / 2)).toHaveLength(1)
  })
})

describe('a service that hangs beside another', () => {
  const decided = entry(1, '0'.repeat(64), 'decided', { decision: 'answers-received' })
  const act = anAct({ kind: 'click', button: 'Answers Received', at: 10_000, responsePath: '/response/1' })
  const answersReceived = {
    ...{ button: 'Answers Received', source: '', by: [] },
    owes: [{ internalNote: 'who' }],
  } as unknown as CaseFile['decisions'][number]
  const judged = (
    leftAt: number,
    name = 'zendesk-hangs',
    more: readonly OutgoingCall[] = [],
    after: readonly AuditEntry[] = [],
  ) => {
    const world = aWorld({
      network: { calls: [...more, aCall({ at: leftAt })] },
      faults: { weathers: [{ at: 0, name }] },
    })
    const evidence = evidenceOf(world, [decided, ...after])
    judgePace(evidence, [act], [aFile({ decisions: [answersReceived] })], new Map())
    return problemsOf(evidence)
  }

  test('keeps nobody waiting', () => {
    expect(judged(12_000)).toEqual([])
    expect(judged(60_000)).toEqual([expect.stringContaining('waited 50000 ms')])
  })

  test('but not whoever was refused, and chose it once more later', () => {
    const refused = entry(0, '0'.repeat(64), 'refused', { decision: 'answers-received' })
    const world = aWorld({
      network: { calls: [aCall({ at: 60_000 })] },
      faults: { weathers: [{ at: 0, name: 'zendesk-hangs' }] },
    })
    const problemsWith = (audit: readonly AuditEntry[], acts: readonly Act[]) => {
      const evidence = evidenceOf(world, audit)
      judgePace(evidence, acts, [aFile({ decisions: [answersReceived] })], new Map())
      return problemsOf(evidence)
    }
    const again = { ...act, key: 'again', at: 59_000 }

    expect(problemsWith([refused, decided], [act, again])).toEqual([])
    expect(problemsWith([decided], [act, again])).toHaveLength(1)
    expect(problemsWith([decided, refused], [act, again])).toHaveLength(1)
    expect(problemsWith([refused, decided], [act])).toHaveLength(1)
    expect(problemsWith([refused, decided], [act, { ...again, userId: 'U02ENGINEER' }])).toHaveLength(1)
  })

  test('but not where what stands before it on the same request had no clear answer', () => {
    const before = (fault: FaultKind, path?: string) => [aCall({ at: 5_000, fault, ...(path && { path }) })]

    expect(judged(60_000, 'zendesk-hangs', before('applied-after-timeout'))).toEqual([])
    expect(judged(60_000, 'zendesk-hangs', before('refused-connection'))).toHaveLength(1)
    expect(judged(60_000, 'zendesk-hangs', before('hang', '/api/v4/projects/1/issues/8/notes'))).toHaveLength(
      1,
    )
    expect(judged(200_000, 'zendesk-hangs', before('hang'))).toHaveLength(1)
    // It waits for Try Again.
    expect(judged(60_000, 'zendesk-hangs', [aCall({ at: 5_000, status: 404 })])).toEqual([])
    expect(judged(60_000, 'zendesk-hangs', [aCall({ at: 5_000, status: 200 })])).toHaveLength(1)
  })

  test('but not where what stands before it has had no clear answer for long, and is looked at ever less often', () => {
    const tried = (...seconds: readonly number[]) =>
      seconds.map((at) => aCall({ at: at * 1_000, fault: '500', text: 'a reply' }))
    const judgedAt = (second: number, ...before: readonly OutgoingCall[]) =>
      judged(second * 1_000, 'zendesk-hangs', before)

    // Another hour, and then the looks.
    expect(judgedAt(3_700, ...tried(-3_600, 5))).toEqual([])
    expect(judgedAt(3_800, ...tried(-3_600, 5))).toHaveLength(1)
    expect(judgedAt(440, ...tried(-600, 5))).toEqual([])
    expect(judgedAt(460, ...tried(-600, 5))).toHaveLength(1)
    // What is tried for the first time is looked at soon, and what came after it shows that it had an end.
    expect(judgedAt(160, ...tried(5))).toHaveLength(1)
    expect(judgedAt(200, ...tried(-3_600, 5), aCall({ at: 6_000, text: 'another' }))).toHaveLength(1)
    expect(judgedAt(200, aCall({ at: -3_600_000, fault: '500', text: 'another' }), ...tried(5))).toHaveLength(
      1,
    )
  })

  test('but not whoever has undone it, where somebody writes later', () => {
    const undone = (decision: string) => entry(2, '0'.repeat(64), 'undone', { decision })

    expect(judged(60_000, 'zendesk-hangs', [], [undone('answers-received')])).toEqual([])
    expect(judged(60_000, 'zendesk-hangs', [], [undone('mark-spam')])).toHaveLength(1)
  })

  test('nor where the last look before it did not show the request', () => {
    const looked = (at: number, status: number, path = '/api/v4/projects/1/issues/7') =>
      aCall({ at, status, method: 'GET', path })
    const hidden = looked(5_000, 404)

    expect(judged(60_000, 'zendesk-hangs', [hidden])).toEqual([])
    expect(judged(60_000, 'zendesk-hangs', [hidden, looked(6_000, 200)])).toHaveLength(1)
    expect(judged(60_000, 'zendesk-hangs', [looked(20_000, 404)])).toHaveLength(1)
    expect(judged(60_000, 'zendesk-hangs', [looked(5_000, 404, '/api/v4/projects/1/issues/8')])).toHaveLength(
      1,
    )
  })

  test('and is not judged where all is well, or all is not', () => {
    expect(judged(60_000, 'calm')).toEqual([])
    // Refused, and decided later by another click.
    const told = aCall({ service: 'slack', path: '/response/1', at: 11_000 })
    expect(judged(60_000, 'zendesk-hangs', [told])).toEqual([])
    expect(judged(60_000, 'gitlab-hangs')).toEqual([])
  })

  test('nor where its own service has asked to wait', () => {
    const limited = (at: number, service: OutgoingCall['service']) =>
      judged(60_000, 'zendesk-hangs', [aCall({ at, service, status: 429, path: '/api/v4/projects/1' })])

    expect(limited(5_000, 'gitlab')).toEqual([])
    expect(limited(30_000, 'gitlab')).toEqual([])
    expect(limited(30_000, 'slack')).toHaveLength(1)
    expect(limited(70_000, 'gitlab')).toHaveLength(1)
  })
})

describe('a reply to the request for a deceased user', () => {
  const type: RequestType = 'GitLab.com Account Deletion - Deceased User'
  const judged = (
    said: readonly string[],
    types: readonly RequestType[] = [type],
    override: Partial<CaseFile> = {},
    audit: readonly AuditEntry[] = [],
    inForm = types[0],
  ) => {
    const thread = said.map((text) => ({ ts: '200.1', text }))
    const replies = [{ iid: 7, at: 100, ms: 100_000 }]
    const clock = { whenItSaid: (at: string) => ({ first: Date.parse(at), last: Date.parse(at) }) }
    const submissions = new Map([[7, { title: 'Request of Jane Doe', form: { type: inForm } }]])
    const world = aWorld({ slack: { thread: () => thread }, replies, submissions, bot: { ends: [], clock } })
    const evidence = evidenceOf(world, audit)
    judgeReviews(evidence, [aFile({ types, ...override })], new Map())
    return problemsOf(evidence)
  }

  test('calls Privacy', () => {
    expect(judged(['<!subteam^S01PRIVACY> The requester of #7 has answered.'])).toEqual([])
    expect(judged(['The requester replied on #7.'])).toHaveLength(1)
  })

  test('and of another type does not', () => {
    expect(judged([], ['Full Deletion'])).toEqual([])
  })

  test('also where somebody has set the type, but not where whoever chose it was refused', () => {
    const said = (what: string, decision = 'set-type') => [entry(1, '', what, { decision })]
    const problemsWith = (audit: readonly AuditEntry[]) =>
      judged([], undefined, undefined, audit, 'Something else' as RequestType)

    expect(problemsWith(said('decided'))).toHaveLength(1)
    expect(problemsWith(said('refused'))).toEqual([])
    expect(problemsWith(said('decided', 'answers-received'))).toEqual([])
    expect(problemsWith([])).toEqual([])
  })

  test('also where it is closed after that, but not where nobody was told of the reply before', () => {
    const closed = (second: number) => {
      const { issue } = aFile()
      const stateEvents = [{ id: 1, state: 'closed', createdAt: new Date(second * 1_000).toISOString() }]
      return { issue: { ...issue, stateEvents } as unknown as CaseFile['issue'] }
    }

    expect(judged(['The requester replied on #7.'], undefined, closed(300))).toHaveLength(1)
    expect(judged(['The requester replied on #7.'], undefined, closed(150))).toEqual([])
  })

  test('nor where its close had been decided before, which GitLab would not take yet', () => {
    const spam = { button: 'Mark Spam', source: '', by: ['support engineer'], owes: [{ close: true }] }
    const decisions = [spam] as unknown as CaseFile['decisions']
    const said = ['The requester replied on #7 after it was closed here.']
    const decided = (second: number, decision = 'mark-spam') => [
      { ...entry(1, '', 'decided', { decision }), at: new Date(second * 1_000).toISOString() },
    ]

    expect(judged(said, undefined, { decisions }, decided(150))).toEqual([])
    expect(judged(said, undefined, { decisions }, decided(300))).toHaveLength(1)
    expect(judged(said, undefined, { decisions }, decided(150, 'ask-privacy'))).toHaveLength(1)
  })
})

describe('an embargoed country', () => {
  const type = 'Data Export Request'
  const sets = anAct({ button: 'Set Type', chosen: [type], at: 9_000, ms: 9_000 })
  const isOffered = (formType: string | undefined, button: string, ms: number, acts = [sets]) => {
    const decision = { button, source: '', by: [], owes: [] }
    const file = aFile({ isEmbargoed: true, types: [type], formType, decisions: [decision], acts })
    return decisionsBehind(file, anAct({ button, at: ms, ms })).length > 0
  }

  test('leaves what closes the request alone once its type is known', () => {
    expect(isOffered('Something else', 'Leave as Closed', 10_000)).toBe(false)
    expect(isOffered(type, 'Leave as Closed', 5_000, [])).toBe(false)
    expect(isOffered(type, 'Leave as Closed', 5_000)).toBe(false)
  })

  test('and anything before somebody set it', () => {
    expect(isOffered('Something else', 'Leave as Closed', 5_000)).toBe(true)
    expect(isOffered(undefined, 'Leave as Closed', 5_000)).toBe(true)
    expect(isOffered('Something else', 'Leave as Closed', 10_000, [{ ...sets, isSentBack: true }])).toBe(true)
  })
})

describe('the last of the thirty days', () => {
  const day = 24 * hour
  const createdAt = '2026-03-02T10:00:00.000Z'
  const judged = (daysLater: number, said: readonly string[], override: Partial<CaseFile> = {}) => {
    const ms = Date.parse(createdAt) + daysLater * day
    const looks = [0, 60_000, 120_000, 200_000].map((at) => ({ at, ms: ms + at, isUp: true }))
    const thread = said.map((text) => ({
      ts: '999999999.1',
      text: `${text}: #7 is due Apr 1, tomorrow`,
    }))
    const evidence = evidenceOf(aWorld({ looks, time: { ms }, slack: { thread: () => thread } }))
    const { issue } = aFile()
    judgeReminders(
      evidence,
      [aFile({ issue: { ...issue, createdAt } as CaseFile['issue'], ...override })],
      new Map(),
    )
    return problemsOf(evidence)
  }
  const [worker, managers] = [`<@${engineer}>`, '<!subteam^S01MANAGERS>']

  test('call the managers, and while there are a few those who have it', () => {
    expect(judged(29, [])).toEqual([
      '#7 had 5 of its days left and nobody was called',
      '#7 had 1 of its days left and nobody was called',
    ])
    expect(judged(29, [managers])).toEqual(['#7 had 5 of its days left and nobody was called'])
    expect(judged(29, [worker])).toEqual(['#7 had 1 of its days left and nobody was called'])
    expect(judged(29, [worker, managers])).toEqual([])
  })

  test('and nobody before that, nor where somebody holds its clock', () => {
    expect(judged(26, [worker])).toEqual([])
    expect(judged(24, [])).toEqual([])
    expect(judged(29, [], { acts: [anAct({ button: 'Pause Clocks' })] })).toEqual([])
  })
})

test('the types of a request are that of its form and those that were set, not one that was sent back', () => {
  const [inForm, chosen]: readonly RequestType[] = ['Full Deletion', 'Data Export Request']
  const issue = { ...aFile().issue, project: { serviceDesk: true } }
  const submissions = new Map([[7, { title: 'Request of Jane Doe', form: { type: inForm, country: '' } }]])
  const typesWith = (override: Partial<Act>) => {
    const act = anAct({ button: 'Set Type', chosen: [chosen ?? ''], ...override })
    const world = aWorld({ submissions, gitlab: { world: { issues: [issue] } } })
    return caseFilesOf(world, [act])[0]?.types
  }

  expect(typesWith({})).toEqual(expect.arrayContaining([inForm, chosen]))
  expect(typesWith({ isSentBack: true })).toEqual([inForm])
  expect(typesWith({ button: 'Mark Spam' })).toEqual([inForm])
})

test('a click that opened a modal asks for nothing yet; one that Slack opened none for, and a submit, do', () => {
  const text = new URLSearchParams({ trigger_id: 'T1', view: '{}' }).toString()
  const calls = ['open', 'push'].map((how) =>
    aCall({
      service: 'slack',
      path: `/api/views.${how}`,
      text: how === 'open' ? text : text.replace('T1', 'T2'),
    }),
  )
  const acts = [
    anAct({ kind: 'click', triggerId: 'T1' }),
    anAct({ kind: 'click', triggerId: 'T2' }),
    anAct({ kind: 'click', triggerId: 'T3' }),
    anAct({ kind: 'submit', triggerId: 'T1' }),
  ]

  expect(withoutPreviews(aWorld({ network: { calls } }), acts)).toEqual(acts.slice(2))
})

describe('a refusal', () => {
  const refused = entry(1, '0'.repeat(64), 'refused', { decision: 'mark-spam' })
  const judged = (callbackId: string, triggerId = 'T1') => {
    const view = JSON.stringify({ type: 'modal', callback_id: callbackId })
    const text = new URLSearchParams({ trigger_id: triggerId, view }).toString()
    const calls = [aCall({ service: 'slack', path: '/api/views.push', text })]
    const clock = { whenItSaid: () => ({ first: 1_000, last: 1_000 }) }
    const evidence = evidenceOf(aWorld({ network: { calls }, bot: { ends: [], stops: [], clock } }), [
      refused,
    ])
    judgeRefusals(evidence, [anAct({ kind: 'click' })], new Map())
    return problemsOf(evidence)
  }

  test('may be told in a modal that says so, to whoever clicked', () => {
    expect(judged('refusal')).toEqual([])
    expect(judged('decision')).toHaveLength(1)
    expect(judged('refusal', 'T2')).toHaveLength(1)
  })

  describe('of a bot that was told to stop', () => {
    const refusedAt = (second: number) => ({
      ...entry(1, '', 'refused', { decision: 'mark-spam' }),
      at: new Date(second * 1_000).toISOString(),
    })
    const [hung, later] = [refusedAt(20), refusedAt(70)]
    const toldAt = (second: number) => aCall({ service: 'slack', path: '/response/1', at: second * 1_000 })
    const problemsWith = (
      stops: readonly object[],
      refusals: readonly AuditEntry[],
      ...calls: OutgoingCall[]
    ) => {
      const clock = { whenItSaid: (at: string) => ({ first: Date.parse(at), last: Date.parse(at) }) }
      const evidence = evidenceOf(aWorld({ network: { calls }, bot: { ends: [], stops, clock } }), refusals)
      judgeRefusals(evidence, [anAct({ kind: 'click', responsePath: '/response/1' })], new Map())
      return problemsOf(evidence)
    }
    const stopped = [{ from: 13_000, until: 20_000 }]

    test('may be told nobody, since what hung was given up as it stopped', () => {
      expect(problemsWith(stopped, [hung])).toEqual([])
      expect(problemsWith([], [hung])).toHaveLength(1)
      expect(problemsWith([{ from: 5_000, until: 12_000 }], [hung])).toHaveLength(1)
      expect(problemsWith([{ from: 21_000, until: 28_000 }], [hung])).toHaveLength(1)
    })

    test('takes nothing that the same person is told later of another one', () => {
      expect(problemsWith(stopped, [hung, later], toldAt(70))).toEqual([])
      expect(problemsWith(stopped, [hung, later], toldAt(20))).toHaveLength(1)
      expect(problemsWith([], [hung, later], toldAt(70))).toHaveLength(1)
    })
  })
})

test.each<readonly [string, readonly (readonly [number, string])[], boolean]>([
  ['refused in place', [[200, '{"response_action":"update"}']], true],
  ['taken', [[200, '']], false],
  [
    'perhaps taken, and refused when it came once more',
    [
      [0, ''],
      [200, '{"response_action":"update"}'],
    ],
    false,
  ],
])('a modal that was %s', (_how, answers, isSentBack) => {
  const view = {
    id: 'V1',
    hash: '1',
    title: { text: 'Reply' },
    private_metadata: '{}',
    blocks: [],
    state: { values: {} },
  }
  const payload = JSON.stringify({ type: 'view_submission', user: { id: engineer }, trigger_id: 'T1', view })
  const delivery = {
    ...{ from: 'slack', isForged: false, at: 1_000, ms: 1_000 },
    sent: { text: new URLSearchParams({ payload }).toString() },
    answers: answers.map(([status, text]) => ({ status, text, at: 1_100 })),
  }
  const world = aWorld({ deliveries: { all: [delivery] }, slack: { space: { messages: [] } } })

  expect(actsOf(world).map((act) => act.isSentBack)).toEqual([isSentBack])
})

describe('an exception is that of whoever asked for it', () => {
  const manager = 'U01MANAGER'
  const asks = (userId: string, ms: number) =>
    anAct({ button: 'Request Exception', kind: 'click', userId, ms, at: ms })
  const undoes = (userId: string, ms: number, override: Partial<Act> = {}) =>
    anAct({ button: 'Undo Step', userId, ms, at: ms, ...override })
  const opened = aCall({ service: 'slack', path: '/api/views.open', text: 'trigger_id=T2&view=%7B%7D' })
  const isTheirs = (...acts: readonly Act[]) =>
    hasAsked(
      aWorld({ network: { calls: [opened] } }),
      { acts },
      { userId: manager, ms: 9_000 },
      'Request Exception',
    )

  test('who may then not approve it', () => {
    expect(isTheirs(asks(manager, 1_000))).toBe(true)
    expect(isTheirs(undoes(engineer, 500), asks(manager, 1_000))).toBe(true)
  })

  test('and who was shown a preview alone has not asked', () => {
    expect(isTheirs({ ...asks(manager, 1_000), triggerId: 'T2' })).toBe(false)
  })

  test('unless somebody who may has taken that back', () => {
    expect(isTheirs(asks(manager, 1_000), undoes(engineer, 2_000))).toBe(false)
    expect(isTheirs(asks(manager, 1_000), undoes('U01MEMBER', 2_000))).toBe(true)
    expect(isTheirs(asks(manager, 1_000), undoes(engineer, 2_000, { kind: 'click' }))).toBe(true)
  })

  test('also where nobody heard that this was taken', () => {
    expect(isTheirs(asks(manager, 1_000), undoes(engineer, 2_000, { isAcknowledged: false }))).toBe(false)
    expect(isTheirs({ ...asks(manager, 1_000), isAcknowledged: false })).toBe(false)
  })
})

describe('an open request without a card', () => {
  const label = 'account-deletion::invalid'
  const problemsWith = (title: string, ...setBy: readonly string[]) => {
    const labelEvents = setBy.map((username, index) => ({
      id: index,
      action: 'add',
      label,
      user: { username },
    }))
    const labels = setBy.length > 0 ? [label] : []
    const issue = { iid: 7, title, labels, labelEvents, state: 'opened', removed: false }
    const world = aWorld({ cards: () => [], submissions: new Map([[7, { title }]]) })
    const evidence = evidenceOf(world)
    judgeCards(evidence, [aFile({ issue: issue as unknown as CaseFile['issue'] })], new Map())
    return problemsOf(evidence)
  }

  test('has none that it should have', () => {
    expect(problemsWith('Delete my account')).toEqual([expect.stringContaining('has no card')])
    expect(problemsWith('Delete my account', 'privacy-desk-bot')).toHaveLength(1)
  })

  test('has failed the automated checks, by its title or by a label that the bot did not set', () => {
    expect(problemsWith('Invalid Request Received')).toEqual([])
    expect(problemsWith('Delete my account', 'omar.engineer')).toEqual([])
  })
})

describe('the day on the card of a ticket', () => {
  const problemsWith = (text: string, restoredAt?: string, createdAt = '2026-03-02T10:00:00.000Z') => {
    const ticket = {
      ...{ id: 5001, createdAt, status: 'new', recipient: 'security@gitlab.com', groupId: undefined },
      ...{ deleted: false, audits: [{}], posted: [{ authorId: 7001 }], requester: { id: 7001 } },
    }
    const event = { type: 'zen:event-type:ticket.undeleted', event: {} }
    const restored = { detail: { id: '5001', actor_id: '6002', updated_at: restoredAt }, ...event }
    const deliveries = restoredAt === undefined ? [] : [{ body: JSON.stringify(restored) }]
    const list = { text: '1 open ticket', blocks: [{ text: 'Ticket 5001' }] }
    const world = aWorld({
      ...{
        environment: {},
        cards: () => [],
        zendesk: { tickets: new Map([[5001, ticket]]), webhooks: { deliveries } },
      },
      ticketCards: () => [{ ts: '1.1', text: `Security ticket 5001: ${text}`, blocks: [] }],
      slack: { thread: () => [], ephemerals: () => [list] },
    })
    const evidence = evidenceOf(world)
    judgeStanding(evidence, [], new Map())
    return problemsOf(evidence)
  }

  test('is that on which its business day ends', () => {
    expect(problemsWith('Due Mar 3')).toEqual([])
    expect(problemsWith('Due Mar 4')).toEqual([expect.stringContaining('does not name 2026-03-03')])
  })

  test('is the one after it for a ticket of the first minute of a day', () => {
    expect(problemsWith('Due Mar 3', undefined, '2026-03-02T00:00:55.000Z')).toEqual([])
    expect(problemsWith('Due Mar 2', undefined, '2026-03-02T00:00:55.000Z')).toHaveLength(1)
  })

  test('is a new one once it was deleted and is back', () => {
    expect(problemsWith('Due Mar 10', '2026-03-09T10:00:00.000Z')).toEqual([])
    expect(problemsWith('Due Mar 10', '2026-03-10T10:00:00.000Z')).toHaveLength(1)
  })
})

describe('the digest of the security desk', () => {
  const slackTime = (at: string) => `${Date.parse(at) / 1000}.1`
  const problemsWith = (
    told: string,
    given: object = {},
    acts: readonly Act[] = [],
    postedAt = '2026-03-04T09:00:00Z',
  ) => {
    const ticket = {
      ...{ id: 5001, createdAt: '2026-03-02T10:00:00Z', requester: { id: 7001 }, ccs: [] },
      ...{ audits: [{ created_at: '2026-03-02T10:00:00Z', author_id: 7001 }], ...given },
    }
    const text = `Security tickets, Wed, Mar 4: ${told}`
    const world = aWorld({
      environment: {},
      zendesk: { tickets: new Map([[5001, ticket]]), webhooks: { deliveries: [] } },
      ticketCards: () => [
        { ts: slackTime('2026-03-02T10:01:00Z'), text: 'Security ticket 5001: New', blocks: [] },
      ],
      slack: {
        space: { channel: () => ({ id: 'C1' }) },
        messages: () => [{ ts: slackTime(postedAt), text, blocks: [] }],
        thread: () => [],
      },
    })
    const evidence = evidenceOf(world)
    judgeTicketDigestLines(evidence, acts, new Map())
    return problemsOf(evidence)
  }
  const replied = (userId: number) => ({
    audits: [
      { created_at: '2026-03-02T10:00:00Z', author_id: 7001 },
      { created_at: '2026-03-03T08:00:00Z', author_id: userId },
    ],
  })

  test('names a ticket whose business day has ended', () => {
    expect(problemsWith('ticket 5001 is overdue')).toEqual([])
    expect(problemsWith('nothing to do')).toEqual([expect.stringContaining('leaves out ticket 5001')])
    expect(problemsWith('nothing to do', replied(7001))).toHaveLength(1)
  })

  test('need not name one on which somebody has worked, or whose day has not ended', () => {
    const submit = anAct({ button: 'Reply', subject: { ticket: 5001 } })

    expect(problemsWith('nothing to do', replied(6002))).toEqual([])
    expect(problemsWith('nothing to do', {}, [submit])).toEqual([])
    expect(problemsWith('nothing to do', { createdAt: '2026-03-03T10:00:00Z' })).toEqual([])
  })

  test('that waited for its place until another day names what was so on the day that it bears', () => {
    const posted = '2026-03-09T09:00:00Z'

    expect(problemsWith('nothing to do', { createdAt: '2026-03-03T10:00:00Z' }, [], posted)).toEqual([])
    expect(problemsWith('nothing to do', { createdAt: '2026-02-26T10:00:00Z' }, [], posted)).toHaveLength(1)
  })

  test.each([
    ['before', '2026-03-04T08:00:00Z', 0],
    ['after', '2026-03-07T08:00:00Z', 1],
  ])(
    'that waited need not name one on which somebody has worked %s that day was over',
    (_when, at, problems) => {
      const audits = [{ created_at: at, author_id: 6002 }]
      const given = { createdAt: '2026-02-26T10:00:00Z', audits }

      expect(problemsWith('nothing to do', given, [], '2026-03-09T09:00:00Z')).toHaveLength(problems)
    },
  )
})

describe('the digest of the privacy desk', () => {
  const slackTime = (at: string) => `${Date.parse(at) / 1000}.1`
  const problemsWith = (told: string, audit: readonly object[] = []) => {
    const clock = { whenItSaid: (at: string) => ({ first: Date.parse(at), last: Date.parse(at) }) }
    const world = aWorld({
      bot: { ends: [], clock },
      submissions: new Map([[7, { title: 'Request of Jane Doe' }]]),
      cards: () => [{ ts: slackTime('2026-03-02T10:01:00Z'), text: '#7 Full Deletion', blocks: [] }],
      slack: {
        space: { channel: () => ({ id: 'C1' }) },
        messages: () => [
          {
            ts: slackTime('2026-04-22T09:00:00Z'),
            text: `Privacy requests, Wed, Apr 22: ${told}`,
            blocks: [],
          },
        ],
        thread: () => [],
      },
    })
    const issue = { ...aFile().issue, createdAt: '2026-03-02T10:00:00Z' }
    const evidence = evidenceOf(
      world,
      audit.map((one, index) => ({ seq: index + 1, iid: 7, ...one }) as AuditEntry),
    )
    judgeDigestLines(evidence, [aFile({ issue })], new Map())
    return problemsOf(evidence)
  }
  const decided = (at: string, ...kinds: readonly string[]) => {
    return { at, what: 'decided', details: { effects: kinds.map((kind) => ({ kind })), to: 'full/closed' } }
  }
  const replied = (at: string, from = 'full/closed') => ({
    at,
    what: 'seen',
    details: { name: 'requester-replied', from, to: 'full/helping' },
  })
  const closed = (at: string) => ({ at, what: 'effect', details: { effect: 'close', outcome: 'done' } })
  const stopped = (at: string) => ({ at, what: 'seen', details: { name: 'close-stopped' } })
  const [before, after] = ['2026-04-04T10:00:00Z', '2026-05-11T10:00:00Z']

  test('names a request whose thirty days are over', () => {
    expect(problemsWith('#7 is overdue')).toEqual([])
    expect(problemsWith('nothing to do')).toEqual([expect.stringContaining('leaves out #7')])
  })

  test('need not name one whose close was decided and had not come to GitLab when its requester wrote', () => {
    expect(problemsWith('nothing to do', [decided(before, 'reply', 'close'), stopped(after)])).toEqual([])
    expect(problemsWith('nothing to do', [decided(before, 'labels', 'close'), replied(after)])).toEqual([])
  })

  test.each([
    ['was decided later', [decided('2026-04-23T10:00:00Z', 'close'), stopped(after)]],
    ['had been stopped before', [decided(before, 'close'), stopped('2026-04-10T10:00:00Z')]],
    ['was never stopped', [decided(before, 'close')]],
    ['was none', [decided(before, 'labels'), stopped(after)]],
    ['had come to GitLab', [decided(before, 'close'), closed(before), replied(after)]],
    ['had been undone by a reply before', [decided(before, 'close'), replied('2026-04-10T10:00:00Z')]],
    ['was not what the reply opened again', [decided(before, 'close'), replied(after, 'full/other')]],
    [
      'was followed by another decision',
      [decided(before, 'close'), decided(before, 'labels'), replied(after)],
    ],
  ])('has to name one whose close %s', (_when, audit) => {
    expect(problemsWith('nothing to do', audit)).toHaveLength(1)
  })
})

describe('the clock of a ticket that was deleted and is back', () => {
  const [createdAt, written] = ['2026-03-01T10:00:00Z', '2026-03-05T10:00:00Z']
  const restored = Date.parse('2026-03-03T10:00:00Z')
  const look = (ms: string, override: Partial<OutgoingCall> = {}) =>
    aCall({
      ...{ service: 'zendesk', method: 'GET', path: '/api/v2/search.json', status: 200 },
      ...{ ms: Date.parse(ms), ...override },
    })
  const begins = (...calls: readonly OutgoingCall[]) =>
    clockBegins(
      aWorld({ network: { calls } }),
      { id: 5003, createdAt, posted: [{ createdAt }, { createdAt: written }] } as unknown as Ticket,
      [{ ticket: 5003, updatedAt: restored, isRestored: true }] as unknown as readonly TicketChange[],
    )
  const without = [Date.parse(createdAt), restored]

  test('begins with what is written on it, where no look was answered before', () => {
    const between = '2026-03-04T10:00:00Z'

    expect(begins()).toEqual([...without, Date.parse(written)])
    expect(begins(look('2026-03-02T10:00:00Z'), look('2026-03-06T10:00:00Z'))).toContain(Date.parse(written))
    expect(begins(look(between, { fault: 'half-body' }))).toContain(Date.parse(written))
    expect(begins(look(between, { path: '/api/v2/tickets/5004.json' }))).toContain(Date.parse(written))
    expect(begins(look(between))).toEqual(without)
    expect(begins(look(between, { path: '/api/v2/tickets/5003.json' }))).toEqual(without)
  })
})

describe('a close that was stopped since the issue had been reopened unseen', () => {
  const because = 'The request was reopened in GitLab, which was not known when this was decided.'
  const stopped = entry(2, '', 'effect', { effect: 'close', outcome: 'stopped', because })
  const said = '#7 was reopened in GitLab and is back at “Answers are in: check them”.'
  const postAt = (second: number, text = said) =>
    aCall({
      ...{ service: 'slack', path: '/api/chat.postMessage', at: second * 1_000, fault: 'hang' },
      text: new URLSearchParams({ thread_ts: '100.1', text }).toString(),
    })
  /** Reopened before the click, which was half a minute after the run had begun. */
  const problemsWith = (
    calls: readonly OutgoingCall[],
    audit: readonly AuditEntry[] = [stopped],
    thread: readonly { readonly ts: string; readonly text: string }[] = [],
  ) => {
    const spam = { button: 'Mark Spam', source: '', by: ['support engineer'], owes: [{ close: true }] }
    const reopened = { id: 1, state: 'reopened', user: { username: 'support-bot' } }
    const { issue } = aFile()
    const file = aFile({
      issue: {
        ...issue,
        stateEvents: [{ ...reopened, createdAt: new Date(5_000).toISOString() }],
      } as unknown as CaseFile['issue'],
      decisions: [spam] as unknown as CaseFile['decisions'],
      acts: [anAct({ at: 30_000, ms: 30_000 })],
    })
    const world = aWorld({ network: { calls }, slack: { thread: () => thread } })
    const evidence = evidenceOf(world, [entry(1, '', 'decided', { decision: 'mark-spam' }), ...audit])
    judgeClaims(evidence, [file], new Map())
    return problemsOf(evidence)
  }
  const missing = [expect.stringContaining('the close is missing')]

  test('is owed to nobody where that was said after the click', () => {
    expect(problemsWith([], [stopped], [{ ts: '40.1', text: said }])).toEqual([])
    expect(problemsWith([], [stopped], [{ ts: '20.1', text: said }])).toEqual(missing)
    expect(problemsWith([], [], [{ ts: '40.1', text: said }])).toEqual(missing)
  })

  test('nor where Slack twice gave no clear answer of it', () => {
    expect(problemsWith([postAt(40), postAt(55)])).toEqual([])
    expect(problemsWith([postAt(40), postAt(55)], [])).toEqual(missing)
    expect(problemsWith([postAt(40)])).toEqual(missing)
    expect(problemsWith([postAt(10), postAt(20)])).toEqual(missing)
    expect(problemsWith([postAt(40, 'The requester replied.'), postAt(55)])).toEqual(missing)
  })
})

describe('the silence that a close rests on', () => {
  const world = aWorld({
    time: { elapsedAt: (ms: number) => ms },
    replies: [{ iid: 7, at: hour, ms: hour }],
  })
  const takesBack = (override: Partial<Act> = {}) =>
    anAct({ kind: 'submit', button: 'Undo Step', at: 2 * hour, ms: 2 * hour, ...override })
  const silent = (...acts: readonly Act[]) => isSilent(world, aFile({ acts }), {}, 9 * hour)

  test.each([
    ['ends with a reply', [], false],
    ['begins anew where it was taken for none', [takesBack({ button: 'Not an Answer' })], true],
    ['and where the step that it led to was taken back', [takesBack()], true],
    ['but not by a click that only asked', [takesBack({ kind: 'click' })], false],
    ['nor by a modal that was sent back', [takesBack({ isSentBack: true })], false],
    ['nor by somebody who may not', [takesBack({ userId: 'U01GUEST' })], false],
    ['nor before the reply', [takesBack({ ms: hour / 2 })], false],
    ['nor after the close', [takesBack({ ms: 10 * hour })], false],
  ])('%s', (_what, acts, isOne) => {
    expect(silent(...acts)).toBe(isOne)
  })
})

describe('a digest', () => {
  const title = 'Privacy requests, Tue, Mar 3: nothing is due or waiting.'

  test.each([
    ['at nine', '2026-03-03T09:00:00Z', false],
    ['late on its day', '2026-03-03T22:00:00Z', false],
    ['by a clock that is ahead by 50 minutes', '2026-03-03T08:10:00Z', false],
    ['in the night after its day, when Slack took it', '2026-03-04T02:00:00Z', false],
    ['in the morning of its day', '2026-03-03T07:00:00Z', true],
  ])('%s', (_when, at, isTooEarly) => {
    expect(isEarly(title, Date.parse(at), 'UTC')).toBe(isTooEarly)
  })

  test('of a day before, which Slack had not taken, comes when it can', () => {
    const tried = (text: string, at: number, channel = 'C1') => {
      const form = new URLSearchParams({ channel, text })
      return aCall({ service: 'slack', path: '/api/chat.postMessage', text: form.toString(), at })
    }
    const wasTried = (...calls: readonly OutgoingCall[]) =>
      wasTriedBefore({ network: { calls } } as Evidence['world'], 'C1', title, { last: 1_000, ms: 9_000 })
    const before = 'Privacy requests, Mon, Mar 2: 2 to do.'

    expect(wasTried(tried(before, 5_000))).toBe(true)
    expect(wasTried(tried(before, 500))).toBe(false)
    expect(wasTried(tried(before, 5_000, 'C2'))).toBe(false)
    expect(wasTried(tried(title, 5_000))).toBe(false)
    expect(wasTried(tried('Ticket 5001 is open again', 5_000))).toBe(false)
    // It came through later, and nobody had heard of it.
    expect(wasTried({ ...tried(before, 500), fault: 'applied-after-timeout' })).toBe(true)
    expect(wasTried({ ...tried(before, 500), fault: '429' })).toBe(false)
    expect(wasTried({ ...tried(before, 500), fault: 'hang' }, tried(before, 700))).toBe(false)
  })

  describe('of a day before, which Slack put off into the night', () => {
    const judged = (triedAt: string | undefined, ...posted: readonly string[]) => {
      const post = ({ at, text = title }: { readonly at: string; readonly text?: string }) =>
        aCall({
          ...{ service: 'slack', path: '/api/chat.postMessage', at: Date.parse(at) },
          text: new URLSearchParams({ channel: 'C1', text }).toString(),
        })
      const before = 'Privacy requests, Mon, Mar 2: 2 to do.'
      const tries = triedAt === undefined ? [] : [{ ...post({ at: triedAt, text: before }), fault: '429' }]
      const all = posted.map((at) => ({ ts: `${Date.parse(at) / 1_000}.1`, text: title, channel: 'C1' }))
      const messages = (id: string) => (id === 'C1' ? all : [])
      const channel = (name: string) => ({ id: name === 'privacy-team_help' ? 'C1' : 'C2' })
      const evidence = evidenceOf(
        aWorld({
          network: { calls: [...tries, ...posted.map((at) => post({ at }))] },
          slack: { messages, space: { channel } },
        }),
      )
      judgeDigests(evidence, new Map())
      return problemsOf(evidence)
    }
    const dayBefore = '2026-03-02T16:08:40Z'
    const inTheNight = ['2026-03-03T00:08:58Z', '2026-03-03T00:09:13Z'] as const

    test('comes then, and once more after an answer that was none', () => {
      expect(judged(dayBefore, inTheNight[0])).toEqual([])
      expect(judged(dayBefore, ...inTheNight)).toEqual([])
    })

    test('and the one of the day itself comes at its time, once more, too', () => {
      expect(judged(dayBefore, ...inTheNight, '2026-03-03T09:00Z', '2026-03-03T09:01Z')).toEqual([])
    })

    test('but none comes a third time, whatever has come about between', () => {
      const third = '2026-03-03T00:09:30Z'
      expect(judged(dayBefore, ...inTheNight, third)).toEqual([
        '“2026-03-03, before its time…” came 3 times to privacy-team_help',
      ])
    })

    test('and none where nothing was put off', () => {
      const early = expect.stringMatching(/before its time$/)
      expect(judged(undefined, inTheNight[0])).toEqual([early])
      expect(judged(undefined, ...inTheNight)).toEqual([early, early])
    })
  })

  test.each([
    [
      'in the afternoon of the day before, whose digest had not come',
      '2026-03-02T15:00Z',
      '2026-03-01T09:00Z',
      true,
    ],
    ['then, but the one of that day had come', '2026-03-02T15:00Z', '2026-03-02T09:01Z', false],
    ['then, and one came as soon as it was back', '2026-03-02T15:00Z', '2026-03-02T16:00Z', false],
    [
      'then, after the one of the day before that had come in the night',
      '2026-03-02T15:00Z',
      '2026-03-02T02:00Z',
      true,
    ],
    ['before it was time for it', '2026-03-02T07:00Z', '2026-03-01T09:00Z', false],
    ['on the day of this one', '2026-03-03T01:00Z', '2026-03-02T09:01Z', false],
    ['later than this one', '2026-03-03T10:00Z', '2026-03-01T09:00Z', false],
  ])('of a day before comes in the night where a process ended %s', (_when, end, last, isExcused) => {
    const world = aWorld({ bot: { ends: [Date.parse(end)] } })
    const between = { last: Date.parse(last), ms: Date.parse('2026-03-03T02:00Z') }

    expect(endedBefore(world, title, between)).toBe(isExcused)
  })
})

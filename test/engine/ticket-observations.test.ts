/** What is seen of a ticket, and what it changes. */

import { describe, expect, test } from 'vitest'
import { decide } from '../../src/engine/decide.ts'
import type { Observation } from '../../src/engine/event.ts'
import type { Outcome } from '../../src/engine/outcome.ts'
import {
  botOrSomebodyIn,
  type ExpertIssue,
  type Facts,
  slackActor,
  somebodyIn,
} from '../../src/engine/request.ts'
import { flows } from '../../src/flows/index.ts'
import { aRequest, environment } from './a-request.ts'

const at = '2026-03-02T08:00:00.000Z'
const now = '2026-03-02T09:00:00.000Z'
const decidedAt = '2026-03-02T07:00:00.000Z'

function see(step: string, observation: Observation, facts: Facts = {}): Outcome {
  const request = aRequest({ source: 'zendesk', number: 456, flow: 'security-ticket', step, facts })
  return decide(flows, request, { kind: 'observation', observation }, environment({ now }))
}

const moved = (step: string, facts: Facts, what: string, ...said: readonly string[]): Outcome => ({
  kind: 'move',
  flow: 'security-ticket',
  step,
  facts,
  effects: said.map((text) => ({
    kind: 'thread',
    text: text.startsWith('{person:') ? text : `{person:assignee} ${text}`,
    mention: [],
    ...(text.includes(' is open again') && { isBroadcast: true as const }),
  })),
  what,
})

describe('a ticket that is closed outside of the bot', () => {
  test.each([
    ['solved', 'solved', 'Solved in Zendesk, not by the bot', true],
    ['closed', 'solved', 'Closed in Zendesk, not by the bot', true],
    ['merged', 'solved', 'Merged into another ticket in Zendesk', false],
    ['deleted', 'solved', 'Deleted in Zendesk', false],
    ['forwarded', 'redirected', 'Given to support in Zendesk, not by the bot', false],
  ] as const)('%s', (how, step, what, isIncomplete) => {
    const missing =
      ' The bot has seen no answer to the requester: answer in Zendesk, or choose Leave as Closed on the card.'
    const text = `{person:assignee} Ticket 456: ${what.charAt(0).toLowerCase()}${what.slice(1)}.${isIncomplete ? missing : ''}`

    expect(see('waiting-on-expert', { name: 'ticket-solved', how, at })).toEqual({
      ...moved(
        step,
        {
          closedFrom: 'waiting-on-expert',
          ticketEnd: how,
          ...(isIncomplete && { isIncomplete }),
          lastMove: { what, by: somebodyIn('zendesk'), at },
        },
        what,
      ),
      effects: [{ kind: 'thread', text, mention: [] }],
    })
  })

  test.each([
    ['new, and never answered', 'new', undefined, true],
    ['new, and answered since it came in', 'new', '2026-03-02T07:00:00.000Z', false],
    ['waiting for an expert, and told just that', 'waiting-on-expert', 'stepSince', true],
    ['waiting for an expert, and answered after that', 'waiting-on-expert', at, false],
    ['with a report promised, and no more', 'queued', 'stepSince', true],
    ['with a report promised, and answered after that', 'queued', at, false],
  ] as const)('is unfinished where nobody answered: %s', (_how, step, answered, isIncomplete) => {
    const request = aRequest({ flow: 'security-ticket', source: 'zendesk', step })
    const lastPublicReplyAt = answered === 'stepSince' ? request.stepSince : answered
    const facts = lastPublicReplyAt === undefined ? {} : { lastPublicReplyAt }
    const event = {
      kind: 'observation',
      observation: { name: 'ticket-solved', how: 'solved', at },
    } as const

    const outcome = decide(flows, { ...request, facts }, event, environment({ now: at }))

    expect(outcome).toMatchObject({ kind: 'move', facts: isIncomplete ? { isIncomplete } : { ...facts } })
    if (outcome.kind === 'move') expect(outcome.facts.isIncomplete === true).toBe(isIncomplete)
  })

  test('at a time that the bot has forgotten is by the bot or by somebody else: nobody knows', () => {
    const forgotten = { name: 'ticket-solved', how: 'solved', isForgotten: true, at } as const

    expect(see('new', forgotten, { lastPublicReplyAt: at })).toMatchObject({
      facts: { lastMove: { what: 'Solved in Zendesk', by: botOrSomebodyIn('zendesk'), at } },
    })
  })

  test.each(['solved', 'redirected'])('is no news where it is %s already', (step) => {
    expect(see(step, { name: 'ticket-solved', how: 'solved', at })).toEqual({
      kind: 'ignore',
      because: 'it is closed already',
    })
  })
})

describe('"The ticket requestor may reopen the ticket at any time should they require further assistance."', () => {
  test.each(['solved', 'redirected'])('one that is %s is new again, and its clock starts anew', (step) => {
    const facts: Facts = {
      closedFrom: 'queued',
      ticketEnd: 'solved',
      promisedReport: { report: 'pen test', sendOn: '2026-03-05' },
      lastPublicReplyAt: decidedAt,
    }

    expect(see(step, { name: 'ticket-reopened', at }, facts)).toEqual(
      moved(
        'new',
        {
          lastPublicReplyAt: decidedAt,
          reopenedAt: at,
          lastMove: { what: 'Reopened in Zendesk', by: somebodyIn('zendesk'), at },
        },
        'Reopened in Zendesk',
        '{person:assignee} Ticket 456 is open again: its business day starts anew.',
      ),
    )
  })

  test('by what they wrote: that is said in the same sentence, and not once more', () => {
    const reopened = see('solved', { name: 'ticket-reopened', isByReply: true, at }, { closedFrom: 'new' })
    const facts: Facts = {
      reopenedAt: at,
      lastReplyAt: at,
      lastMove: { what: 'Reopened by the requester', by: 'requester', at },
    }

    expect(reopened).toEqual(
      moved(
        'new',
        facts,
        'Reopened by the requester',
        '{person:assignee} The requester replied on ticket 456, so it is open again: its business day starts anew.',
      ),
    )
    expect(see('new', { name: 'requester-replied', at }, facts)).toEqual(
      moved('new', facts, 'The requester wrote'),
    )
    expect(see('new', { name: 'requester-replied', at: now }, facts)).toMatchObject({
      effects: [{ kind: 'thread', text: '{person:assignee} The requester replied on ticket 456.{next}' }],
    })
  })

  test('one that is open is left as it is', () => {
    expect(see('new', { name: 'ticket-reopened', at })).toEqual({
      kind: 'ignore',
      because: 'it is open already',
    })
  })
})

describe('an agent’s answer by hand', () => {
  const answered = { name: 'public-reply-seen', by: 'zendesk:6002', at } as const

  test('is the last public reply', () => {
    expect(see('waiting-on-expert', answered)).toEqual(
      moved('waiting-on-expert', { lastPublicReplyAt: at }, 'An agent answered in Zendesk'),
    )
  })

  test('read late, it takes back no later one', () => {
    expect(see('waiting-on-expert', answered, { lastPublicReplyAt: now })).toEqual(
      moved(
        'waiting-on-expert',
        { lastPublicReplyAt: now, earlierReplies: [at] },
        'An agent answered in Zendesk',
      ),
    )
  })
})

describe('a reply that Zendesk keeps internal', () => {
  const kept = { name: 'ticket-reply-kept-internal', from: 'requester', at } as const
  const what = 'Somebody with the requester’s address wrote, and Zendesk kept it internal'
  const said = (rest: string) => ({
    kind: 'thread',
    text: `{person:assignee} Somebody with the requester’s address wrote on ticket 456. Zendesk kept it as an internal comment: read it there. ${rest}`,
    mention: [],
  })

  test('leads nowhere and stops no clock, whoever’s it seems to be', () => {
    const rest = 'It counts as no reply of the requester: the clock goes on as before.'
    expect(see('waiting-on-expert', kept)).toEqual({
      ...moved('waiting-on-expert', { keptInternal: { from: 'requester', at } }, what),
      effects: [said(rest)],
    })
  })

  test('on a ticket that is solved is said as well, and opens nothing', () => {
    const rest = 'The ticket stays as it is: if it needs an answer, open it again there.'
    expect(see('solved', kept)).toMatchObject({ step: 'solved', effects: [said(rest)] })
  })

  test('read late, it hides no later one', () => {
    const facts: Facts = { keptInternal: { from: 'copy', at: now } }
    expect(see('new', kept, facts)).toMatchObject({ facts })
  })

  test('on a ticket that support has is theirs', () => {
    expect(see('redirected', kept)).toEqual({ kind: 'ignore', because: 'it is with support' })
  })
})

test('the requester’s words are told where the ticket stands', () => {
  expect(see('queued', { name: 'requester-replied', at })).toEqual({
    ...moved('queued', { lastReplyAt: at }, 'The requester wrote'),
    effects: [
      { kind: 'thread', text: '{person:assignee} The requester replied on ticket 456.{next}', mention: [] },
    ],
  })
})

describe('the expert team’s issue', () => {
  const issue: ExpertIssue = {
    iid: 7,
    url: 'https://gitlab.example/abuse/-/issues/7',
    team: 'Abuse',
    project: 'gitlab-com/abuse',
    closed: false,
  }
  const seen = (given: Partial<ExpertIssue>): Observation => ({
    name: 'expert-issue-seen',
    issue: { ...issue, ...given },
    at,
  })

  test('is known once it is opened', () => {
    expect(see('waiting-on-expert', { name: 'expert-issue-opened', issue, at })).toEqual(
      moved('waiting-on-expert', { expertIssue: issue }, 'Issue opened with the expert team'),
    )
  })

  test.each([
    ['answered', { answeredAt: at }, 'Abuse wrote on the issue', 'Reply offers what they wrote as a draft.'],
    ['closed', { closed: true }, 'Abuse closed the issue', 'They wrote nothing on it.'],
    [
      'answered and closed',
      { answeredAt: at, closed: true },
      'Abuse closed the issue',
      'Reply offers what they wrote as a draft.',
    ],
  ])('is %s: the thread says so, and whether Reply has something to offer', (_what, change, what, offer) => {
    expect(see('waiting-on-expert', seen(change), { expertIssue: issue })).toEqual(
      moved(
        'waiting-on-expert',
        { expertIssue: { ...issue, ...change } },
        what,
        `${what} of ticket 456. ${offer}`,
      ),
    )
  })

  test.each([
    ['seen as it was', {}, { expertIssue: issue }],
    ['whose last answer was deleted', {}, { expertIssue: { ...issue, answeredAt: at } }],
    ['reopened', {}, { expertIssue: { ...issue, closed: true } }],
  ])('%s is noted and not said', (_what, change, facts) => {
    expect(see('waiting-on-expert', seen(change), facts)).toEqual(
      moved('waiting-on-expert', { expertIssue: issue }, 'Expert issue seen'),
    )
  })

  test('of a ticket that is solved is noted and not said', () => {
    expect(see('solved', seen({ closed: true }), { expertIssue: issue })).toEqual(
      moved('solved', { expertIssue: { ...issue, closed: true } }, 'Expert issue seen'),
    )
  })

  test.each([
    ['number', { iid: 6 }],
    ['project', { project: 'gitlab-com/appsec' }],
  ])('of before, of another %s, does not displace the one that was opened since', (_what, before) => {
    expect(see('waiting-on-expert', seen({ ...before, closed: true }), { expertIssue: issue })).toEqual({
      kind: 'ignore',
      because: 'another issue has been opened since',
    })
  })
})

describe('an update that was refused because the ticket had changed', () => {
  const changes = ['the requester wrote, Mar 2, 7:30 AM UTC', 'it is solved now'] as const
  const what = 'Not sent: the ticket had changed'
  const said =
    '{person:UFSE} Nothing was sent on ticket 456, because it had changed meanwhile: the requester wrote, Mar 2, 7:30 AM UTC; it is solved now. Read it, and decide again.'
  const saidToAll = said.replace('UFSE', 'assignee')
  const lastMove: Facts['lastMove'] = { what, by: 'bot', at: now }
  const refused = (backTo?: string, decisionId?: string): Observation => ({
    name: 'ticket-update-refused',
    changes,
    decidedAt,
    at,
    ...(backTo === undefined ? {} : { backTo }),
    ...(decisionId === undefined ? {} : { decisionId }),
  })
  const decided = (button: string) => ({ what: button, by: slackActor('UFSE'), at: decidedAt })
  const handling = (as: string, when = decidedAt) => ({ as, at: when, isOnTime: true })

  test('takes the decision back: it counts as never taken', () => {
    const facts: Facts = {
      closedFrom: 'new',
      closedOutside: false,
      handlings: [handling('reply')],
      lastPublicReplyAt: decidedAt,
      lastMove: decided('Reply'),
    }

    expect(see('solved', refused('new'), facts)).toEqual(moved('new', { lastMove }, what, said))
  })

  test('takes back nothing of another decision of the same millisecond', () => {
    const lastDecision = { ...decided('Engage Expert'), decisionId: 'd2' }
    const other: Facts = {
      handlings: [
        { ...handling('reply'), decisionId: 'd1' },
        { ...handling('engage-expert'), decisionId: 'd2' },
      ],
      lastPublicReplyAt: decidedAt,
      earlierReplies: [decidedAt],
      lastMove: lastDecision,
    }

    expect(see('waiting-on-expert', refused('new', 'd1'), other)).toEqual(
      moved(
        'waiting-on-expert',
        {
          handlings: [{ ...handling('engage-expert'), decisionId: 'd2' }],
          lastPublicReplyAt: decidedAt,
          lastMove: lastDecision,
        },
        what,
        saidToAll,
      ),
    )
  })

  test('keeps what was handled and answered before', () => {
    const before = '2026-03-01T07:00:00.000Z'
    const facts: Facts = {
      closedFrom: 'waiting-on-expert',
      closedOutside: false,
      handlings: [handling('engage-expert', before), handling('reply')],
      lastPublicReplyAt: before,
      lastMove: decided('Reply'),
    }

    expect(see('solved', refused('waiting-on-expert'), facts)).toEqual(
      moved(
        'waiting-on-expert',
        { handlings: [handling('engage-expert', before)], lastPublicReplyAt: before, lastMove },
        what,
        said,
      ),
    )
  })

  test('lets the answer before it count again: the next update is due from there', () => {
    const before = '2026-02-27T07:00:00.000Z'
    const facts: Facts = {
      lastPublicReplyAt: decidedAt,
      earlierReplies: [before],
      lastMove: decided('Send Update'),
    }

    expect(see('waiting-on-expert', refused('waiting-on-expert'), facts)).toEqual(
      moved('waiting-on-expert', { lastPublicReplyAt: before, lastMove }, what, said),
    )
  })

  test('lets an answer count that an agent gave meanwhile by hand', () => {
    const facts: Facts = {
      lastPublicReplyAt: at,
      earlierReplies: [decidedAt],
      lastMove: decided('Send Update'),
    }

    expect(see('waiting-on-expert', refused('waiting-on-expert'), facts)).toEqual(
      moved('waiting-on-expert', { lastPublicReplyAt: at, lastMove }, what, said),
    )
  })

  test('promises no report', () => {
    const facts: Facts = {
      handlings: [handling('compliance-report')],
      promisedReport: { report: 'pen test', sendOn: '2026-03-05' },
      lastPublicReplyAt: decidedAt,
      lastMove: decided('Compliance Report'),
    }

    expect(see('queued', refused('new'), facts)).toEqual(moved('new', { lastMove }, what, said))
  })

  test('leaves a report promised that was to be sent', () => {
    const before = '2026-03-01T07:00:00.000Z'
    const kept: Facts = {
      handlings: [handling('compliance-report', before)],
      promisedReport: { report: 'pen test', sendOn: '2026-03-02' },
    }
    const facts: Facts = {
      ...kept,
      closedFrom: 'queued',
      closedOutside: false,
      lastPublicReplyAt: decidedAt,
      lastMove: decided('Report Sent'),
    }

    expect(see('solved', refused('queued'), facts)).toEqual(
      moved('queued', { ...kept, lastMove }, what, said),
    )
  })

  test('leaves the report promised that was promised anew after the ticket had been reopened', () => {
    const second = '2026-03-02T07:30:00.000Z'
    const kept: Facts = {
      reopenedAt: '2026-03-02T07:15:00.000Z',
      promisedReport: { report: 'SOC 2 Type 1', sendOn: '2026-03-05' },
      lastPublicReplyAt: second,
      lastMove: { what: 'Compliance Report', by: 'slack:UFSE', at: second },
    }
    const facts: Facts = {
      ...kept,
      handlings: [handling('compliance-report'), handling('compliance-report', second)],
      earlierReplies: [decidedAt],
    }

    expect(see('queued', refused('new'), facts)).toEqual(
      moved('queued', { ...kept, handlings: [handling('compliance-report', second)] }, what, saidToAll),
    )
  })

  test('of a confirmation, tried again after the answer that followed was refused: no report is waited for', () => {
    const facts: Facts = {
      handlings: [handling('compliance-report')],
      promisedReport: { report: 'pen test', sendOn: '2026-03-05' },
      lastPublicReplyAt: decidedAt,
      lastMove: { what, by: 'bot', at },
    }

    expect(see('queued', refused('new'), facts)).toEqual(
      moved('new', { lastMove: { what, by: 'bot', at } }, what, saidToAll),
    )
  })

  test('of which more was done than the update leaves the request where it is: the expert team has been asked', () => {
    const facts: Facts = {
      handlings: [handling('engage-expert')],
      lastPublicReplyAt: decidedAt,
      lastMove: decided('Engage Expert'),
    }

    expect(see('waiting-on-expert', refused(), facts)).toEqual(
      moved('waiting-on-expert', { handlings: [handling('engage-expert')], lastMove }, what, said),
    )
  })

  test('after which something else happened leaves that as it is', () => {
    const kept: Facts = {
      closedFrom: 'queued',
      ticketEnd: 'solved',
      lastMove: { what: 'Solved in Zendesk, not by the bot', by: somebodyIn('zendesk'), at },
    }
    const facts: Facts = {
      ...kept,
      handlings: [handling('compliance-report')],
      promisedReport: { report: 'pen test', sendOn: '2026-03-05' },
      lastPublicReplyAt: decidedAt,
    }

    expect(see('solved', refused('new'), facts)).toEqual(moved('solved', kept, what, saidToAll))
  })

  test('twice, of two decisions after each other: the ticket is new again, and not left as solved', () => {
    const second = '2026-03-02T07:01:00.000Z'
    const facts: Facts = {
      closedFrom: 'queued',
      closedOutside: false,
      handlings: [handling('compliance-report'), handling('reply', second)],
      promisedReport: { report: 'pen test', sendOn: '2026-03-05' },
      lastPublicReplyAt: second,
      lastMove: { what: 'Reply', by: 'slack:UFSE', at: second },
    }

    const first = see('solved', refused('new'), facts)
    const after = first.kind === 'move' ? first.facts : {}
    const both = see('solved', { ...refused('queued'), decidedAt: second } as Observation, after)

    expect(first).toMatchObject({ kind: 'move', step: 'solved', facts: { lastMove: facts.lastMove } })
    expect(both).toEqual(moved('new', { lastMove }, what, said))
  })

  test('back to a step that the flow has no more is the first', () => {
    const facts: Facts = { closedFrom: 'gone', closedOutside: false, lastMove: decided('Reply') }

    expect(see('solved', refused('gone'), facts)).toEqual(moved('new', { lastMove }, what, said))
  })
})

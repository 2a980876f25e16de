/** Each condition of the handbook on a decision, and the whole sentence of its refusal. */
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/engine/decide.ts'
import type { DecisionEnvironment, GuardRefusal } from '../../src/engine/flow.ts'
import { type GuardName, type GuardRule, guardParameters } from '../../src/engine/guard-rule.ts'
import { guardRefusal } from '../../src/engine/guards.ts'
import type { Facts, Person, Request } from '../../src/engine/request.ts'
import { flows } from '../../src/flows/index.ts'
import { aRequest, engineer, environment, manager, privacyPerson } from './a-request.ts'

interface Given {
  readonly request?: Partial<Request>
  readonly facts?: Facts
  readonly person?: Person
  readonly input?: Readonly<Record<string, string>>
  readonly environment?: Partial<DecisionEnvironment>
}

function judged(guard: GuardRule, given: Given = {}): GuardRefusal | undefined {
  const request = aRequest({ ...given.request, ...(given.facts ? { facts: given.facts } : {}) })
  const flow = flows[request.flow as keyof typeof flows]
  const step = flow.steps[request.step]
  if (!step) throw new Error(`no step ${request.step}`)
  return guardRefusal(guard, {
    flow,
    step,
    request,
    person: given.person ?? engineer,
    input: given.input ?? {},
    environment: environment(given.environment),
  })
}

const evidence = (...results: readonly ('met' | 'contradicted' | 'unknown')[]) => ({
  readAt: '2026-03-02T00:00:00.000Z',
  criteria: results.map((result, index) => ({
    name: ['Only owner', 'No sign-in', 'No update'][index] ?? 'Other',
    result,
    value: 'x',
    source: 'y',
  })),
})
const metaIssue = (done: number, total: number, closed = false) => ({
  iid: 7,
  url: 'https://gitlab.example/desk/requests/-/issues/7',
  done,
  total,
  closed,
})
const named = (iid: number, isOpen: boolean) => ({ environment: { named: { number: iid, isOpen } } })
const movedAt = '2026-03-02T08:00:00.000Z'
const wayBack = {
  ...{ what: 'Answers Received', at: movedAt, roles: ['support-engineer', 'support-manager'] },
  ...{ flow: 'account-deletion', step: 'awaiting-answers', since: '2026-03-01T10:31:00.000Z' },
  ...{ facts: {}, without: ['lastMove'] },
}
const noAnswer = { lastReplyAt: movedAt, noAnswerAt: movedAt }
const later = '2026-03-02T08:05:00.000Z'
const redirectedAt = '2026-03-01T10:00:00.000Z'
const yes = { reason: 'Because' }
const blank = { reason: ' \n' }
const clock = 'Users have a total of 7 calendar days to respond to the challenge questions'
const address =
  'The form’s comment offers another e-mail address, so the requester may never have got the challenges: say why it is closed, or leave it to Privacy.'

const namesCompany: GuardRule = {
  guard: 'is-given',
  field: 'company',
  unless: { field: 'asker', is: 'an employee' },
  because: 'Say for which company.',
}
const dayHasCome: GuardRule = { guard: 'promised-day-has-come', because: 'on Mondays and Thursdays.' }

type Case = readonly [what: string, guard: GuardRule, given: Given, refusal: GuardRefusal]

const refused: readonly Case[] = [
  [
    'before its clock is over',
    'clock-is-over',
    {},
    {
      because: `The last day is 8 March 2026: ${clock}.`,
      from: '2026-03-09T00:00:00.000Z',
    },
  ],
  [
    'before a held clock is over',
    'clock-is-over',
    {
      facts: { pauses: [{ from: '2026-03-02T00:00:00.000Z', to: '2026-03-04T00:00:00.000Z', by: 'U' }] },
      environment: { now: '2026-03-09T12:00:00.000Z' },
    },
    {
      because: `The last day is 10 March 2026: ${clock}.`,
      from: '2026-03-11T00:00:00.000Z',
    },
  ],
  [
    'after the requester has written',
    'requester-is-silent',
    { facts: { lastReplyAt: '2026-03-04T23:30:00.000Z' }, environment: { timeZone: 'Europe/Berlin' } },
    { because: 'The requester wrote on 5 March 2026.' },
  ],
  [
    'when the requester wrote at the very instant of the creation',
    'requester-is-silent',
    { facts: { lastReplyAt: '2026-03-01T10:30:00.000Z' } },
    { because: 'The requester wrote on 1 March 2026.' },
  ],
  [
    'to whoever asked for the exception',
    'asked-by-somebody-else',
    { person: manager, facts: { exception: { requestedBy: manager.id, at: '2026-03-02T00:00:00.000Z' } } },
    { because: 'You asked for this exception, so somebody else has to approve it.' },
  ],
  [
    'to whoever has approved already',
    'not-yet-approved-by-them',
    {
      person: manager,
      facts: { approvals: [{ by: manager.id, roles: manager.roles, at: '2026-03-02T00:00:00.000Z' }] },
    },
    {
      because:
        'You have approved already: the second approval has to come from a privacy person, somebody else.',
    },
  ],
  [
    'to a second of the same role, where it takes one of each',
    'not-yet-approved-by-them',
    {
      person: { id: 'UMAN2', roles: ['support-manager'] },
      facts: { approvals: [{ by: manager.id, roles: manager.roles, at: '2026-03-02T00:00:00.000Z' }] },
      environment: { requirePrivacyApproval: true },
    },
    {
      because: '<@UMAN> has approved already: the second approval has to come from a privacy person.',
    },
  ],
  [
    'without evidence and without a reason',
    'evidence-is-met-or-reason',
    { input: blank },
    { because: 'No evidence has been gathered: say why you approve it.', field: 'reason' },
  ],
  [
    'with evidence that is contradicted or unknown',
    'evidence-is-met-or-reason',
    { facts: { evidence: evidence('met', 'contradicted', 'unknown') } },
    {
      because:
        'The evidence does not carry it (No sign-in is contradicted; No update is unknown): say why you approve it.',
      field: 'reason',
    },
  ],
  [
    'while no meta issue is known',
    'steps-are-done-or-reason',
    { input: blank },
    { because: 'The meta issue is not known yet: say why it is complete.', field: 'reason' },
  ],
  [
    'while steps of the meta issue are left',
    'steps-are-done-or-reason',
    { facts: { metaIssue: metaIssue(2, 3) } },
    { because: '2 of 3 steps of meta issue #7 are done: say why it is complete.', field: 'reason' },
  ],
  [
    'while the meta issue has no step at all',
    'steps-are-done-or-reason',
    { facts: { metaIssue: metaIssue(0, 0) } },
    { because: '0 of 0 steps of meta issue #7 are done: say why it is complete.', field: 'reason' },
  ],
  [
    'once verification is passed',
    'is-not-verified',
    { request: { step: 'ready' } },
    { because: 'The first checks are behind it, so it is closed neither as spam nor as a duplicate.' },
  ],
  ...['', 'x', '0', '-4', '1.5', '99999999999999999999'].map(
    (stays): Case => [
      `with “${stays}” for a number`,
      { guard: 'names-another-open-request', field: 'stays' },
      { input: { stays } },
      { because: 'Give the number of an issue, such as 123.', field: 'stays' },
    ],
  ),
  [
    'with its own number',
    { guard: 'names-another-open-request', field: 'stays' },
    { input: { stays: '123' }, ...named(123, true) },
    { because: '#123 is this request itself.', field: 'stays' },
  ],
  [
    'with a number that the bot does not know',
    { guard: 'names-another-open-request', field: 'stays' },
    { input: { stays: '124' } },
    { because: '#124 is no request that the bot knows.', field: 'stays' },
  ],
  [
    'with another number than the one that was looked up',
    { guard: 'names-another-open-request', field: 'stays' },
    { input: { stays: '124' }, ...named(125, true) },
    { because: '#124 is no request that the bot knows.', field: 'stays' },
  ],
  [
    'with the number of a closed request',
    { guard: 'names-another-open-request', field: 'stays' },
    { input: { stays: '124' }, ...named(124, false) },
    { because: "#124 is closed: it can't be the one that stays.", field: 'stays' },
  ],
  [
    'before Trust and Safety is asked',
    'reinstatement-is-asked',
    {},
    { because: 'No Trust and Safety issue is known yet for this account.' },
  ],
  ...[
    '',
    'https://gitlab.com/group/project',
    'http://gitlab.com/group/project/-/issues/1',
    'https://me:secret@gitlab.com/group/project/-/issues/1',
    'https://gitlab.com/group/project/-/issues/1 /close',
    'https://gitlab.com/group/project/-/issues/1?x=1',
  ].map(
    (link): Case => [
      `with “${link}” for an issue`,
      { guard: 'is-an-issue-address', field: 'link' },
      { input: { link } },
      {
        because: 'Give the address of the issue, such as https://gitlab.com/group/project/-/issues/123.',
        field: 'link',
      },
    ],
  ),
  [
    'when the Trust and Safety issue is known',
    'reinstatement-is-not-asked',
    { facts: { reinstatementIssue: { url: 'https://gitlab.example/x' } } },
    { because: 'The Trust and Safety issue is known already.' },
  ],
  [
    'to support where the form offers another address',
    'other-address-is-checked',
    { facts: { hasOtherAddress: true }, input: blank },
    { because: address, field: 'reason' },
  ],
  [
    'where nothing has come that could be an answer',
    'reply-is-the-latest',
    {},
    { because: 'There is no message of the requester that could be taken for an answer.' },
  ],
  [
    'where another message may be the answer',
    'reply-is-the-latest',
    { facts: { lastReplyAt: '2026-03-02T00:00:00.000Z', repliedMoreThanOnce: true } },
    { because: 'The requester has written more than once: another message may be the answer.' },
  ],
  [
    'where something was decided since',
    'reply-is-the-latest',
    {
      facts: {
        lastReplyAt: '2026-03-02T00:00:00.000Z',
        lastMove: { what: 'Start', by: 'slack:U1', at: '2026-03-03T00:00:00.000Z' },
      },
    },
    { because: 'Something was decided since the requester wrote.' },
  ],
  [
    'where the requester has opened an issue without the form since',
    'later-issue-is-checked',
    { facts: { laterIssues: [7, 9], hasLaterIssue: true }, input: blank },
    {
      because:
        'The requester has since opened #7, #9, where the answer may stand: look there, and say why it is closed all the same.',
      field: 'reason',
    },
  ],
  [
    'where a field that is needed is left empty',
    namesCompany,
    { input: { company: ' \n', asker: 'a customer' } },
    { because: 'Say for which company.', field: 'company' },
  ],
  [
    'where the text does not name the day that is promised',
    { guard: 'names-the-promised-day', field: 'confirmation' },
    { input: { confirmation: 'It is planned for Monday 2 March 2026.' } },
    { because: 'Name the day for which it is planned: Thursday 5 March 2026.', field: 'confirmation' },
  ],
  [
    'before the promised day',
    dayHasCome,
    { facts: { promisedReport: { report: 'pen test', sendOn: '2026-03-05' } } },
    { because: 'It is planned for Thursday 5 March 2026: on Mondays and Thursdays.' },
  ],
  [
    'before the requester has written',
    'requester-has-written',
    {},
    { because: 'The requester has not written yet.' },
  ],
  [
    'to hold what is on hold',
    'is-not-on-hold',
    { facts: { pauses: [{ from: '2026-03-02T00:00:00.000Z', by: 'U' }] } },
    { because: 'It’s paused already.' },
  ],
  ['to resume what is not on hold', 'is-on-hold', {}, { because: 'It isn’t paused.' }],
  [
    'to extend the clock of a step without one',
    'step-has-clock',
    { request: { step: 'evaluating' }, input: { clock: 'step' } },
    { because: 'This step has no clock of its own.', field: 'clock' },
  ],
  ...['', 'folder', 'http://drive.example/x', 'https://a b', 'https://me@drive.example/x', 'https://'].map(
    (link): Case => [
      `with “${link}” for a folder`,
      { guard: 'is-an-address', field: 'link' },
      { input: { link } },
      { because: 'Give the address of the folder, beginning with https://.', field: 'link' },
    ],
  ),
  [
    'to escalate again',
    'is-not-escalated',
    { facts: { escalationIssue: { url: 'https://gitlab.example/x' } } },
    { because: 'It has been escalated to Privacy already.' },
  ],
  ['to take back what never was', 'can-be-taken-back', {}, { because: 'Nothing has been decided yet.' }],
  [
    'to take back what somebody outside has heard of',
    'can-be-taken-back',
    { facts: { lastMove: { what: 'Start Deletion', by: 'slack:UENG', at: movedAt } } },
    {
      because:
        '“Start Deletion” came last, and can’t be taken back: somebody outside has heard of it, or it was not done here.',
    },
  ],
  [
    'to take back what a colleague has answered by hand since',
    'can-be-taken-back',
    { facts: { wayBack, sentSnippets: { 'closed-no-response': '2026-03-02T08:05:00.000Z' } } },
    { because: 'The requester was sent a reply after “Answers Received”, on 2 March 2026, 08:05 UTC.' },
  ],
  [
    'to go back to wait for an answer that has come since',
    'can-be-taken-back',
    { request: { step: 'evaluating' }, facts: { wayBack, lastReplyAt: '2026-03-02T08:05:00.000Z' } },
    { because: 'The requester has written after “Answers Received”, and that may be the answer.' },
  ],
  [
    'to take a message back that another has followed',
    'can-be-taken-back',
    { facts: { wayBack: { ...wayBack, isReply: true }, lastReplyAt: movedAt, repliedMoreThanOnce: true } },
    { because: 'The requester has written more than once: another message may be the answer.' },
  ],
  [
    'to take back what a colleague has answered by hand at the same instant',
    'can-be-taken-back',
    { facts: { wayBack, sentSnippets: { 'closed-no-response': movedAt } } },
    { because: 'The requester was sent a reply after “Answers Received”, on 2 March 2026, 08:00 UTC.' },
  ],
  [
    'to take back what a colleague has answered in words of their own since',
    'can-be-taken-back',
    { facts: { wayBack, lastPublicReplyAt: '2026-03-02T08:05:00.000Z' } },
    { because: 'The requester was sent a reply after “Answers Received”, on 2 March 2026, 08:05 UTC.' },
  ],
  [
    'to take back what two other roles decide on',
    'can-be-taken-back',
    { facts: { wayBack: { ...wayBack, roles: ['support-manager', 'privacy'] } } },
    { because: '“Answers Received” is for a support manager or a privacy person, and so is taking it back.' },
  ],
  [
    'to call no answer what has been called so',
    'reply-is-the-latest',
    { facts: noAnswer },
    { because: 'There is no message of the requester that could be taken for an answer.' },
  ],
  [
    'where the requester has written nothing but what is no answer',
    'requester-has-written',
    { facts: noAnswer },
    { because: 'The requester has not written yet.' },
  ],
  [
    'to take back what others decide on',
    'can-be-taken-back',
    { facts: { wayBack: { ...wayBack, what: 'Approve Exception', roles: ['support-manager'] } } },
    { because: '“Approve Exception” is for a support manager, and so is taking it back.' },
  ],
  [
    'to leave as it is what was closed with all that the handbook asks for',
    'is-unfinished',
    { request: { step: 'closed' }, facts: { closedOutside: true, isIncomplete: false } },
    { because: 'Nothing is left to be done on it.' },
  ],
  [
    'to send the writer of a ticket to the form that the security desk tracks',
    'is-not-of-security-desk',
    { facts: { misdirected: { status: 'open', isOfSecurityDesk: 'tracked' } } },
    { because: 'The security desk tracks it: its card stands in their channel. Nothing was sent.' },
  ],
  [
    'to send the writer of a ticket to the form that is in the security desk’s queue',
    'is-not-of-security-desk',
    { facts: { misdirected: { status: 'open', isOfSecurityDesk: 'in-its-queue' } } },
    { because: 'It is in the queue of the security desk. Nothing was sent.' },
  ],
  ...(
    [
      ['solved', 'It is solved already. Nothing was sent.'],
      ['closed', 'It is closed, and Zendesk lets nobody change it any more. Nothing was sent.'],
      ['deleted', 'It was deleted. Nothing was sent.'],
    ] as const
  ).map(
    ([status, because]): Case => [
      `to send the writer of a ticket to the form that is ${status}`,
      'can-be-answered',
      { facts: { misdirected: { status } } },
      { because },
    ],
  ),
  [
    'to send a ticket’s writer to the form while that is under way',
    'is-not-redirected-yet',
    { facts: { misdirected: { status: 'open', redirect: { by: 'U1', at: redirectedAt, isDone: false } } } },
    {
      because:
        'It is being redirected already: <@U1> asked for it on 1 March 2026, 10:00 UTC, and hears how it ends.',
    },
  ],
  [
    'to send a ticket’s writer to the form again within a day',
    'is-not-redirected-yet',
    {
      facts: { misdirected: { status: 'open', redirect: { by: 'U1', at: redirectedAt, isDone: true } } },
      environment: { now: '2026-03-02T09:59:59.999Z', timeZone: 'UTC' },
    },
    { because: 'It was redirected already, by <@U1> on 1 March 2026, 10:00 UTC. Nothing was sent.' },
  ],
]

describe('It is refused', () => {
  test.each(refused)('%s', (_what, guard, given, refusal) => {
    expect(judged(guard, given)).toEqual(refusal)
  })

  test('by every guard in at least one of these tests', () => {
    const tested = new Set<GuardName>(
      refused.map(([, guard]) => (typeof guard === 'string' ? guard : guard.guard)),
    )

    expect(Object.keys(guardParameters).filter((name) => !tested.has(name as GuardName))).toEqual([])
  })
})

const allowed: readonly (readonly [what: string, guard: GuardRule, given: Given])[] = [
  ['when the clock is over', 'clock-is-over', { environment: { now: '2026-03-09T00:00:00.000Z' } }],
  ['at a step without a clock', 'clock-is-over', { request: { step: 'evaluating' } }],
  ['in silence', 'requester-is-silent', {}],
  [
    'when the requester wrote before the clock of the step began',
    'requester-is-silent',
    {
      request: { flow: 'data-export', stepSince: '2026-03-10T00:00:00.000Z' },
      facts: { lastReplyAt: '2026-03-09T00:00:00.000Z' },
    },
  ],
  [
    'to somebody else than who asked',
    'asked-by-somebody-else',
    { facts: { exception: { requestedBy: manager.id, at: '2026-03-02T00:00:00.000Z' } } },
  ],
  ['when nobody asked', 'asked-by-somebody-else', {}],
  [
    'to a second person',
    'not-yet-approved-by-them',
    {
      person: privacyPerson,
      facts: { approvals: [{ by: manager.id, roles: manager.roles, at: '2026-03-02T00:00:00.000Z' }] },
    },
  ],
  ['with all criteria met', 'evidence-is-met-or-reason', { facts: { evidence: evidence('met', 'met') } }],
  [
    'with a reason in spite of the evidence',
    'evidence-is-met-or-reason',
    { facts: { evidence: evidence('contradicted') }, input: yes },
  ],
  ['with every step done', 'steps-are-done-or-reason', { facts: { metaIssue: metaIssue(3, 3) } }],
  ['with the meta issue closed', 'steps-are-done-or-reason', { facts: { metaIssue: metaIssue(0, 3, true) } }],
  ['with a reason in spite of steps left', 'steps-are-done-or-reason', { input: yes }],
  ['before verification is passed', 'is-not-verified', {}],
  [
    'with the number of another open request',
    { guard: 'names-another-open-request', field: 'stays' },
    { input: { stays: '124' }, ...named(124, true) },
  ],
  [
    'once Trust and Safety is asked',
    'reinstatement-is-asked',
    { facts: { reinstatementIssue: { url: 'https://gitlab.example/x' } } },
  ],
  [
    'with the address of an issue',
    { guard: 'is-an-issue-address', field: 'link' },
    { input: { link: ' https://gitlab.com/group/sub-group/project/-/issues/12 ' } },
  ],
  [
    'with the address of a work item',
    { guard: 'is-an-issue-address', field: 'link' },
    { input: { link: 'https://gitlab.com/group/project/-/work_items/12' } },
  ],
  ['while Trust and Safety is not asked', 'reinstatement-is-not-asked', {}],
  ['where the form offers no other address', 'other-address-is-checked', {}],
  ['where the requester has opened nothing since', 'later-issue-is-checked', {}],
  [
    'after a message since which nothing was decided',
    'reply-is-the-latest',
    { facts: { lastReplyAt: '2026-03-02T00:00:00.000Z' } },
  ],
  ['with a reason', 'later-issue-is-checked', { facts: { laterIssues: [7] }, input: yes }],
  [
    'to Privacy without a reason',
    'other-address-is-checked',
    { facts: { hasOtherAddress: true }, person: privacyPerson },
  ],
  ['to support with a reason', 'other-address-is-checked', { facts: { hasOtherAddress: true }, input: yes }],
  ['to hold what runs', 'is-not-on-hold', {}],
  [
    'once the requester has written',
    'requester-has-written',
    { facts: { lastReplyAt: '2026-03-02T00:00:00.000Z' } },
  ],
  [
    'to resume what is on hold',
    'is-on-hold',
    { facts: { pauses: [{ from: '2026-03-02T00:00:00.000Z', by: 'U' }] } },
  ],
  ['to extend the clock of a step that has one', 'step-has-clock', { input: { clock: 'step' } }],
  [
    'to extend the 30 days anywhere',
    'step-has-clock',
    { request: { step: 'evaluating' }, input: { clock: 'fulfilment' } },
  ],
  [
    'with the address of a folder',
    { guard: 'is-an-address', field: 'link' },
    { input: { link: 'https://drive.example/folders/1' } },
  ],
  ['to escalate once', 'is-not-escalated', {}],
  ['to leave what is unfinished', 'is-unfinished', { facts: { isIncomplete: true } }],
  ['where the field is filled in', namesCompany, { input: { company: 'ACME', asker: 'a customer' } }],
  ['where the field is not needed', namesCompany, { input: { asker: 'an employee' } }],
  [
    'where the text names the day',
    { guard: 'names-the-promised-day', field: 'confirmation' },
    { input: { confirmation: 'It is planned for Thursday 5 March 2026.' } },
  ],
  [
    'on the promised day',
    dayHasCome,
    { facts: { promisedReport: { report: 'pen test', sendOn: '2026-03-02' } } },
  ],
  ['to send what was promised for no day', dayHasCome, {}],
  ['in silence but for what a person has called no answer', 'requester-is-silent', { facts: noAnswer }],
  [
    'after a message that led the request details',
    'reply-is-the-latest',
    {
      facts: {
        lastReplyAt: '2026-03-02T00:00:00.000Z',
        lastMove: { what: 'The requester wrote', by: 'requester', at: movedAt },
      },
    },
  ],
  ['to take back what nobody outside has heard of', 'can-be-taken-back', { facts: { wayBack } }],
  [
    'to take back what one of several roles of a person decides on',
    'can-be-taken-back',
    { person: { id: 'UTWO', roles: ['privacy', 'support-manager'] }, facts: { wayBack } },
  ],
  [
    'to take back what was decided after the reply and the message',
    'can-be-taken-back',
    {
      request: { step: 'evaluating' },
      facts: {
        wayBack,
        sentSnippets: { 'closed-no-response': '2026-03-02T07:59:59.999Z' },
        lastReplyAt: '2026-03-02T07:59:59.999Z',
      },
    },
  ],
  [
    'to go back to wait for an answer where what came since is none',
    'can-be-taken-back',
    { request: { step: 'evaluating' }, facts: { wayBack, lastReplyAt: later, noAnswerAt: later } },
  ],
  ['to answer a ticket that is open', 'can-be-answered', { facts: { misdirected: { status: 'open' } } }],
  ['to redirect a ticket of nobody’s desk', 'is-not-of-security-desk', {}],
  ['to redirect a ticket once', 'is-not-redirected-yet', { facts: { misdirected: { status: 'open' } } }],
  [
    'to redirect a ticket again after a day',
    'is-not-redirected-yet',
    {
      facts: { misdirected: { status: 'open', redirect: { by: 'U1', at: redirectedAt, isDone: true } } },
      environment: { now: '2026-03-02T10:00:00.000Z' },
    },
  ],
]

describe('It is allowed', () => {
  test.each(allowed)('%s', (_what, guard, given) => {
    expect(judged(guard, given)).toBeUndefined()
  })
})

describe('What a flow says of every request that is marked so', () => {
  const sendChallenges = (flow: string, step: string, facts: Facts) =>
    decide(
      flows,
      aRequest({ flow, step, facts }),
      {
        kind: 'decision',
        decision: 'send-challenges',
        by: engineer,
        input: { challenges: 'Which is your first project?' },
        at: '2026-03-02T09:00:00.000Z',
      },
      environment(),
    )

  test('keeps a decision closed for an embargoed country', () => {
    expect(sendChallenges('data-export', 'helping', { isEmbargoed: true })).toEqual({
      kind: 'refuse',
      because:
        'Send Challenges is not open for #123. The form names an embargoed country, so the request can only be closed.',
    })
  })

  test('leaves it open for any other country', () => {
    expect(sendChallenges('data-export', 'helping', {}).kind).toBe('move')
  })
})

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
    button: 'The Button',
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
const address =
  'The comment gives a different e-mail address, so the questions may not have arrived. Enter a reason, or ask Privacy to close it.'

const namesCompany: GuardRule = {
  guard: 'is-given',
  field: 'company',
  unless: { field: 'asker', is: 'an employee' },
  because: 'Say for which company.',
}
const dayHasCome: GuardRule = {
  guard: 'promised-day-has-come',
  because: 'Reports go out on Mondays and Thursdays.',
}

type Case = readonly [what: string, guard: GuardRule, given: Given, refusal: GuardRefusal]

const refused: readonly Case[] = [
  [
    'before its clock is over',
    'clock-is-over',
    {},
    {
      because: 'Too early: the requester has until Mar 8. The Button opens for #123 on Mar 9.',
      from: '2026-03-09T00:00:00.000Z',
    },
  ],
  [
    'while its clock is held',
    'clock-is-over',
    { facts: { pauses: [{ from: '2026-03-02T00:00:00.000Z', by: 'U' }] } },
    {
      because: 'Not yet: #123 is paused, so the deadline that The Button waits for moves. Resume it first.',
    },
  ],
  [
    'before a clock that was held is over',
    'clock-is-over',
    {
      facts: { pauses: [{ from: '2026-03-02T00:00:00.000Z', to: '2026-03-04T00:00:00.000Z', by: 'U' }] },
      environment: { now: '2026-03-09T12:00:00.000Z' },
    },
    {
      because: 'Too early: the requester has until Mar 10. The Button opens for #123 on Mar 11.',
      from: '2026-03-11T00:00:00.000Z',
    },
  ],
  [
    'after the requester has written',
    'requester-is-silent',
    { facts: { lastReplyAt: '2026-03-04T23:30:00.000Z' }, environment: { timeZone: 'Europe/Berlin' } },
    { because: 'Too late for The Button: the requester replied to #123 on Mar 5. Read the reply first.' },
  ],
  [
    'when the requester wrote at the very instant of the creation',
    'requester-is-silent',
    { facts: { lastReplyAt: '2026-03-01T10:30:00.000Z' } },
    { because: 'Too late for The Button: the requester replied to #123 on Mar 1. Read the reply first.' },
  ],
  [
    'to whoever asked for the exception',
    'asked-by-somebody-else',
    { person: manager, facts: { exception: { requestedBy: manager.id, at: '2026-03-02T00:00:00.000Z' } } },
    { because: 'You asked for the exception on #123, so somebody else has to approve it.' },
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
        'You already approved the exception on #123. The second approval has to come from somebody else: Privacy.',
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
      because:
        '<@UMAN> already approved the exception on #123. The second approval has to come from Privacy.',
    },
  ],
  [
    'without evidence and without a reason',
    'evidence-is-met-or-reason',
    { input: blank },
    { because: 'No evidence has been gathered yet. Explain why you’re approving anyway.', field: 'reason' },
  ],
  [
    'with evidence that is contradicted or unknown',
    'evidence-is-met-or-reason',
    { facts: { evidence: evidence('met', 'contradicted', 'unknown') } },
    {
      because:
        '2 of 3 criteria aren’t met (No sign-in: contradicted; No update: unknown). Explain why you’re approving anyway.',
      field: 'reason',
    },
  ],
  [
    'while no meta issue is known',
    'steps-are-done-or-reason',
    { input: blank },
    { because: 'The meta issue isn’t known yet. Explain why you’re completing it now.', field: 'reason' },
  ],
  [
    'while steps of the meta issue are left',
    'steps-are-done-or-reason',
    { facts: { metaIssue: metaIssue(2, 3) } },
    { because: '2 of 3 steps are checked off in #7. Explain why you’re completing it now.', field: 'reason' },
  ],
  [
    'while the meta issue has no step at all',
    'steps-are-done-or-reason',
    { facts: { metaIssue: metaIssue(0, 0) } },
    { because: '0 of 0 steps are checked off in #7. Explain why you’re completing it now.', field: 'reason' },
  ],
  [
    'once verification is passed',
    'is-not-verified',
    { request: { step: 'ready' } },
    { because: 'Too late for The Button: #123 is already past its verification checks.' },
  ],
  ...['', 'x', '0', '-4', '1.5', '99999999999999999999'].map(
    (stays): Case => [
      `with “${stays}” for a number`,
      { guard: 'names-another-open-request', field: 'stays' },
      { input: { stays } },
      { because: 'Enter the number of an issue, such as 123.', field: 'stays' },
    ],
  ),
  [
    'with its own number',
    { guard: 'names-another-open-request', field: 'stays' },
    { input: { stays: '123' }, ...named(123, true) },
    { because: '#123 is this request. Enter the other one.', field: 'stays' },
  ],
  [
    'with a number that the bot does not know',
    { guard: 'names-another-open-request', field: 'stays' },
    { input: { stays: '124' } },
    { because: 'I’m not tracking #124.', field: 'stays' },
  ],
  [
    'with another number than the one that was looked up',
    { guard: 'names-another-open-request', field: 'stays' },
    { input: { stays: '124' }, ...named(125, true) },
    { because: 'I’m not tracking #124.', field: 'stays' },
  ],
  [
    'with the number of a closed request',
    { guard: 'names-another-open-request', field: 'stays' },
    { input: { stays: '124' }, ...named(124, false) },
    { because: '#124 is closed. Enter one that is open.', field: 'stays' },
  ],
  [
    'before Trust and Safety is asked',
    'reinstatement-is-asked',
    {},
    { because: 'Not yet: #123 needs a Trust and Safety issue before The Button.' },
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
        because: 'Enter the link to the issue, such as https://gitlab.com/group/project/-/issues/123.',
        field: 'link',
      },
    ],
  ),
  [
    'when the Trust and Safety issue is known',
    'reinstatement-is-not-asked',
    { facts: { reinstatementIssue: { url: 'https://gitlab.example/x' } } },
    { because: '#123 already has its Trust and Safety issue.' },
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
    { because: '#123 has no reply that counts as an answer.' },
  ],
  [
    'where another message may be the answer',
    'reply-is-the-latest',
    { facts: { lastReplyAt: '2026-03-02T00:00:00.000Z', repliedMoreThanOnce: true } },
    {
      because:
        'The requester has replied to #123 more than once, so another message may be the answer. Read them all in GitLab first.',
      field: 'others',
    },
  ],
  [
    'where the answer is awaited since the message came',
    'reply-is-the-latest',
    {
      request: { createdAt: '2026-03-02T00:00:00.001Z' },
      facts: { lastReplyAt: '2026-03-02T00:00:00.000Z' },
    },
    { because: '#123 has no reply that counts as an answer.' },
  ],
  [
    'where something was decided since',
    'reply-is-the-latest',
    {
      request: { step: 'evaluating' },
      facts: {
        lastReplyAt: '2026-03-02T00:00:00.000Z',
        lastMove: { what: 'Start', by: 'slack:U1', at: '2026-03-03T00:00:00.000Z' },
      },
    },
    { because: 'Too late for The Button: something was decided on #123 after the reply.' },
  ],
  [
    'where the requester has opened an issue without the form since',
    'later-issue-is-checked',
    { facts: { laterIssues: [7, 9], hasLaterIssue: true }, input: blank },
    {
      because:
        'The requester has since opened #7, #9, and the answer may be there. Look, then enter a reason for closing anyway.',
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
    { because: 'Mention the date (Thursday 5 March 2026) in the text.', field: 'confirmation' },
  ],
  [
    'before the promised day',
    dayHasCome,
    { facts: { promisedReport: { report: 'pen test', sendOn: '2026-03-05' } } },
    {
      because:
        'Too early: The Button opens for #123 on Thu, Mar 5, the day that was promised. Reports go out on Mondays and Thursdays.',
      from: '2026-03-05T00:00:00.000Z',
    },
  ],
  [
    'before the requester has written',
    'requester-has-written',
    {},
    { because: 'Not yet: the requester hasn’t replied to #123.' },
  ],
  [
    'to hold what is on hold',
    'is-not-on-hold',
    { facts: { pauses: [{ from: '2026-03-02T00:00:00.000Z', by: 'U' }] } },
    { because: '#123 is already paused.' },
  ],
  ['to resume what is not on hold', 'is-on-hold', {}, { because: '#123 isn’t paused.' }],
  [
    'to extend the clock of a step without one',
    'step-has-clock',
    { request: { step: 'evaluating' }, input: { clock: 'step' } },
    { because: 'This step has no deadline of its own. Choose the 30-day deadline.', field: 'clock' },
  ],
  ...['', 'folder', 'http://drive.example/x', 'https://a b', 'https://me@drive.example/x', 'https://'].map(
    (link): Case => [
      `with “${link}” for a folder`,
      { guard: 'is-an-address', field: 'link' },
      { input: { link } },
      { because: 'Enter the link to the folder, starting with https://.', field: 'link' },
    ],
  ),
  [
    'to escalate again',
    'is-not-escalated',
    { facts: { escalationIssue: { url: 'https://gitlab.example/x' } } },
    { because: '#123 was already escalated to Privacy.' },
  ],
  [
    'to take back what never was',
    'can-be-taken-back',
    {},
    { because: 'Nothing has been decided on #123 yet.' },
  ],
  [
    'to take back what somebody outside has heard of',
    'can-be-taken-back',
    { facts: { lastMove: { what: 'Start Deletion', by: 'slack:UENG', at: movedAt } } },
    {
      because:
        '“Start Deletion” can’t be undone on #123: somebody outside has heard of it, or it wasn’t done here.',
    },
  ],
  [
    'to take back what a colleague has answered by hand since',
    'can-be-taken-back',
    { facts: { wayBack, sentSnippets: { 'closed-no-response': '2026-03-02T08:05:00.000Z' } } },
    {
      because:
        'Too late to undo “Answers Received”: the requester of #123 was sent a reply after it, Mar 2, 8:05 AM UTC.',
    },
  ],
  [
    'to go back to wait for an answer that has come since',
    'can-be-taken-back',
    { request: { step: 'evaluating' }, facts: { wayBack, lastReplyAt: '2026-03-02T08:05:00.000Z' } },
    {
      because:
        'Too late to undo “Answers Received”: the requester has replied to #123 since, and that may be the answer.',
    },
  ],
  [
    'to take a message back that another has followed',
    'can-be-taken-back',
    { facts: { wayBack: { ...wayBack, isReply: true }, lastReplyAt: movedAt, repliedMoreThanOnce: true } },
    {
      because:
        '“Answers Received” can’t be undone: the requester has replied to #123 more than once, so another message may be the answer.',
    },
  ],
  [
    'to take back what a colleague has answered by hand at the same instant',
    'can-be-taken-back',
    { facts: { wayBack, sentSnippets: { 'closed-no-response': movedAt } } },
    {
      because:
        'Too late to undo “Answers Received”: the requester of #123 was sent a reply after it, Mar 2, 8:00 AM UTC.',
    },
  ],
  [
    'to take back what a colleague has answered in words of their own since',
    'can-be-taken-back',
    { facts: { wayBack, lastPublicReplyAt: '2026-03-02T08:05:00.000Z' } },
    {
      because:
        'Too late to undo “Answers Received”: the requester of #123 was sent a reply after it, Mar 2, 8:05 AM UTC.',
    },
  ],
  [
    'to take back what two other roles decide on',
    'can-be-taken-back',
    { facts: { wayBack: { ...wayBack, roles: ['support-manager', 'privacy'] } } },
    { because: 'Only a support manager or Privacy can undo “Answers Received”.' },
  ],
  [
    'to call no answer what has been called so',
    'reply-is-the-latest',
    { facts: noAnswer },
    { because: '#123 has no reply that counts as an answer.' },
  ],
  [
    'where the requester has written nothing but what is no answer',
    'requester-has-written',
    { facts: noAnswer },
    { because: 'Not yet: the requester hasn’t replied to #123.' },
  ],
  [
    'to take back what others decide on',
    'can-be-taken-back',
    { facts: { wayBack: { ...wayBack, what: 'Approve Exception', roles: ['support-manager'] } } },
    { because: 'Only a support manager can undo “Approve Exception”.' },
  ],
  [
    'to leave as it is what was closed with all that the handbook asks for',
    'is-unfinished',
    { request: { step: 'closed' }, facts: { closedOutside: true, isIncomplete: false } },
    { because: 'Nothing is left to do on #123.' },
  ],
  [
    'to send the writer of a ticket to the form that the security desk tracks',
    'is-not-of-security-desk',
    { facts: { misdirected: { status: 'open', isOfSecurityDesk: 'tracked' } } },
    {
      because:
        '#123 belongs to the security desk, and its card is in their channel. Nothing was sent or changed. Field Security answers it there.',
    },
  ],
  [
    'to send the writer of a ticket to the form that is in the security desk’s queue',
    'is-not-of-security-desk',
    { facts: { misdirected: { status: 'open', isOfSecurityDesk: 'in-its-queue' } } },
    {
      because:
        '#123 is in the security desk’s queue. Nothing was sent or changed. Field Security answers it.',
    },
  ],
  ...(
    [
      [
        'solved',
        '#123 is already solved. Nothing was sent or changed. If its sender still needs the form, reopen it in Zendesk first.',
      ],
      [
        'closed',
        '#123 is closed, and Zendesk doesn’t allow changes to closed tickets. Nothing was sent or changed. If its sender still needs the form, write to them in a new ticket.',
      ],
      ['deleted', '#123 was deleted. Nothing was sent or changed. Check the number.'],
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
    {
      facts: {
        misdirected: { status: 'open', redirect: { by: 'U1', at: redirectedAt, state: 'under-way' } },
      },
    },
    {
      because: '<@U1> is already redirecting #123 (asked Mar 1, 10:00 AM UTC) and will hear how it ends.',
    },
  ],
  [
    'to send a ticket’s writer to the form again within a day',
    'is-not-redirected-yet',
    {
      facts: { misdirected: { status: 'open', redirect: { by: 'U1', at: redirectedAt, state: 'done' } } },
      environment: { now: '2026-03-02T09:59:59.999Z', timeZone: 'UTC' },
    },
    { because: '<@U1> already redirected #123, Mar 1, 10:00 AM UTC. Nothing was sent again.' },
  ],
  [
    'to send a ticket’s writer to the form within a day of when they may have been',
    'is-not-redirected-yet',
    {
      facts: { misdirected: { status: 'open', redirect: { by: 'U1', at: redirectedAt, state: 'unclear' } } },
      environment: { now: '2026-03-02T09:59:59.999Z', timeZone: 'UTC' },
    },
    {
      because:
        '<@U1> may have redirected #123 already, Mar 1, 10:00 AM UTC: it couldn’t be seen. Nothing was sent again. Look in Zendesk whether the requester has the reply; if not, write to them there.',
    },
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

/** What makes each guard refuse, whichever flow asks for it. */
const refusing: Readonly<Record<GuardName, Given & { readonly isVerified?: true }>> = {
  'clock-is-over': {},
  'requester-is-silent': { facts: { lastReplyAt: '2026-03-02T08:00:00.000Z' } },
  'requester-has-written': {},
  'asked-by-somebody-else': { facts: { exception: { requestedBy: engineer.id, at: movedAt } } },
  'not-yet-approved-by-them': {
    facts: { approvals: [{ by: engineer.id, roles: engineer.roles, at: movedAt }] },
  },
  'evidence-is-met-or-reason': {},
  'steps-are-done-or-reason': {},
  'is-not-verified': { isVerified: true },
  'names-another-open-request': {},
  'reinstatement-is-asked': {},
  'reinstatement-is-not-asked': { facts: { reinstatementIssue: { url: 'https://gitlab.example/x' } } },
  'other-address-is-checked': { facts: { hasOtherAddress: true } },
  'later-issue-is-checked': { facts: { laterIssues: [7] } },
  'reply-is-the-latest': {},
  'can-be-taken-back': {},
  'is-not-escalated': { facts: { escalationIssue: { url: 'https://gitlab.example/x' } } },
  'is-unfinished': {},
  'is-on-hold': {},
  'is-not-on-hold': { facts: { pauses: [{ from: movedAt, by: 'U' }] } },
  'step-has-clock': { input: { clock: 'step' } },
  'is-given': {},
  'is-an-issue-address': {},
  'is-an-address': {},
  'names-the-promised-day': {},
  'promised-day-has-come': { facts: { promisedReport: { report: 'pen test', sendOn: '2026-03-05' } } },
  'is-not-of-security-desk': { facts: { misdirected: { status: 'open', isOfSecurityDesk: 'tracked' } } },
  'can-be-answered': { facts: { misdirected: { status: 'solved' } } },
  'is-not-redirected-yet': {
    facts: { misdirected: { status: 'open', redirect: { by: 'U1', at: movedAt, state: 'done' } } },
  },
}

const asked = Object.values(flows).flatMap((flow) =>
  Object.entries({ '': { decisions: flow.anytime }, ...flow.steps }).flatMap(([at, { decisions }]) => {
    const [step = ''] = at === '' ? Object.keys(flow.steps) : [at]
    return Object.values(decisions).flatMap(({ button, when = [] }) =>
      when.map((guard) => ({ flow, step, button, guard, name: nameOf(guard) })),
    )
  }),
)

function nameOf(guard: GuardRule): GuardName {
  return typeof guard === 'string' ? guard : guard.guard
}

function refusalIn({ flow, step, button, guard, name }: (typeof asked)[number]): GuardRefusal | undefined {
  const { facts = {}, input = {}, isVerified } = refusing[name]
  const own = flow.steps[step]
  if (!own) throw new Error(`no step ${step}`)
  const at = '2026-03-02T07:00:00.000Z'
  return guardRefusal(guard, {
    ...{ flow, button, input, person: engineer, environment: environment() },
    step: {
      ...own,
      ...(name === 'step-has-clock' ? { clock: undefined } : {}),
      ...(isVerified && { isVerified }),
    } as typeof own,
    request: aRequest({
      flow: flow.name,
      step,
      facts,
      source: flow.desk.source,
      stepSince: at,
      createdAt: at,
    }),
  })
}

describe('Whatever flow asks for a condition, its refusal is a sentence of its own', () => {
  test.each(asked.map((one) => [`${one.flow.name}/${one.step}: ${one.button}: ${one.name}`, one] as const))(
    '%s',
    (_where, one) => {
      const { because, field } = refusalIn(one) ?? { because: 'not refused' }
      const { desk } = one.flow

      expect(because).toMatch(/^(?:[A-Z“#<]|\d+ of \d+ ).+[.]$/)
      // Stands alone, above a button that may be far up: it names the request. Below a field it need not.
      if (field === undefined)
        expect(because.toLowerCase()).toContain(desk.requestName.replace('{number}', '123'))
      expect(because).not.toMatch(/is not open|\b20\d\d\b.*UTC|\d [A-Z][a-z]+ 20\d\d, /)
    },
  )

  test('and no two conditions say the same', () => {
    const said = asked.map((one) => [refusalIn(one)?.because, one.name] as const)
    const shared = [...new Set(said.map(([because]) => because))].filter(
      (because) => new Set(said.filter(([other]) => other === because).map(([, name]) => name)).size > 1,
    )

    expect(asked.length).toBeGreaterThan(60)
    expect(shared).toEqual([])
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
      facts: { misdirected: { status: 'open', redirect: { by: 'U1', at: redirectedAt, state: 'done' } } },
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
        'Send Challenges was not done on #123: its form names an embargoed country, and trade compliance law only lets us close it: that is Close Embargoed.',
    })
  })

  test('leaves it open for any other country', () => {
    expect(sendChallenges('data-export', 'helping', {}).kind).toBe('move')
  })
})

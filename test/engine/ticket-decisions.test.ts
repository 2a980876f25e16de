/** What Field Security decides on a ticket, and what it changes. */
import { describe, expect, test } from 'vitest'
import { usFederalHolidays } from '../../src/config/us-holidays.ts'
import { decide } from '../../src/engine/decide.ts'
import type { Input } from '../../src/engine/event.ts'
import type { Outcome } from '../../src/engine/outcome.ts'
import type { Facts, Person, Request } from '../../src/engine/request.ts'
import { flows as allFlows } from '../../src/flows/index.ts'
import { securityTicket } from '../../src/flows/security-ticket.ts'
import { aRequest, environment, fieldSecurity, managerAndPrivacy } from './a-request.ts'

const flows = {
  ...allFlows,
  'security-ticket': securityTicket({
    expertTeams: ['Abuse'],
    hasSupportGroup: true,
    updateAfterBusinessDays: 5,
  }),
}

/** A Monday. */
const createdAt = '2026-03-02T10:00:00.000Z'
const stamp = '2026-03-02T10:30:00.000Z'

interface Given {
  readonly now?: string
  readonly by?: Person
  readonly request?: Partial<Request>
  readonly facts?: Facts
  readonly timeZone?: string
}

function take(decision: string, input: Input, step = 'new', given: Given = {}): Outcome {
  const { now = '2026-03-02T11:00:00.000Z', by = fieldSecurity, facts = {}, timeZone = 'UTC' } = given
  const place = { source: 'zendesk', iid: 456, flow: 'security-ticket', step } as const
  const request = aRequest({ ...place, createdAt, facts, ...given.request })
  const event = { kind: 'decision', decision, by, input, stamp, at: now } as const
  return decide(flows, request, event, environment({ now, timeZone, calendar: usFederalHolidays() }))
}

const factsOf = (outcome: Outcome) => (outcome.kind === 'move' ? outcome.facts : outcome)
const kindsOf = (outcome: Outcome) => (outcome.kind === 'move' ? outcome.effects.map(({ kind }) => kind) : [])

const report = {
  report: 'pen test',
  asker: 'a customer',
  company: 'Acme',
  verified: 'In Salesforce',
  confirmation: 'It is planned for Thursday 5 March 2026.',
}
const question = { team: 'Abuse', question: 'Is it?', notice: 'We ask.' }

describe('"Reply"', () => {
  test('answers on the ticket as it was read, and solves it; refused, it goes back to where it stood', () => {
    const at = '2026-03-02T11:00:00.000Z'

    expect(take('reply', { answer: ' Yes.\n' })).toEqual({
      kind: 'move',
      flow: 'security-ticket',
      step: 'solved',
      facts: {
        lastMove: { what: 'Reply', by: 'slack:UFSE', at },
        handlings: [{ as: 'reply', at, isOnTime: true }],
        closedFrom: 'new',
        closedOutside: false,
        endedBy: { decision: 'reply' },
        lastPublicReplyAt: at,
      },
      effects: [{ kind: 'ticket-reply', text: 'Yes.', solve: true, stamp, decidedAt: at, backTo: 'new' }],
      what: 'Reply',
    })
  })

  test('is for Field Security, whatever other roles somebody has', () => {
    expect(take('reply', { answer: 'Yes.' }, 'new', { by: managerAndPrivacy })).toEqual({
      kind: 'refuse',
      because: 'Only Field Security can use Reply.',
    })
  })

  test('without a word is refused under its field', () => {
    expect(take('reply', { answer: ' \n' })).toEqual({
      kind: 'refuse',
      because: 'Reply to the requester is missing.',
      field: 'answer',
    })
  })
})

describe('"Field Security has a 1 business-day SLA to handle the ticket"', () => {
  test.each([
    ['reply', { answer: 'Yes.' }],
    ['redirect-support', { note: 'Yours.' }],
    ['redirect-vulnerability', { answer: 'HackerOne.' }],
    ['redirect-copyright', { answer: 'DMCA.' }],
    ['engage-expert', question],
    ['compliance-report', report],
  ] as const)('%s handles it', (as, input) => {
    const at = '2026-03-02T11:00:00.000Z'

    expect(factsOf(take(as, input))).toMatchObject({ handlings: [{ as, at, isOnTime: true }] })
  })

  test.each([
    ['a millisecond before its end: on time', createdAt, '2026-03-03T09:59:59.999Z', true],
    ['at its end: late', createdAt, '2026-03-03T10:00:00.000Z', false],
    [
      'received on a Friday, on Monday at the same time less a second: on time',
      '2026-03-06T15:00:00.000Z',
      '2026-03-09T14:59:59.000Z',
      true,
    ],
    [
      'received on a Saturday, on Monday late in the evening: on time',
      '2026-03-07T15:00:00.000Z',
      '2026-03-09T23:59:59.000Z',
      true,
    ],
    [
      'received on a Saturday, on Tuesday: late',
      '2026-03-07T15:00:00.000Z',
      '2026-03-10T00:00:00.000Z',
      false,
    ],
    [
      'received before Memorial Day, on the Tuesday after: on time',
      '2026-05-22T15:00:00.000Z',
      '2026-05-26T14:59:59.000Z',
      true,
    ],
  ])('%s', (_when, received, now, isOnTime) => {
    const outcome = take('reply', { answer: 'Yes.' }, 'new', { now, request: { createdAt: received } })

    expect(factsOf(outcome)).toMatchObject({ handlings: [{ as: 'reply', at: now, isOnTime }] })
  })

  test('of a ticket that was reopened from then: what was handled before stays', () => {
    const before = { as: 'reply', at: '2026-03-02T12:00:00.000Z', isOnTime: true }
    const now = '2026-03-10T09:00:00.000Z'
    const facts: Facts = { handlings: [before], reopenedAt: '2026-03-09T12:00:00.000Z' }

    expect(factsOf(take('reply', { answer: 'Yes.' }, 'new', { now, facts }))).toMatchObject({
      handlings: [before, { as: 'reply', at: now, isOnTime: true }],
    })
  })

  test.each([
    ['waiting-on-expert', {}],
    ['queued', { promisedReport: { report: 'pen test', sendOn: '2026-03-05' } }],
  ] as const)(
    'an answer at %s is no second handling: the business day was kept or not before',
    (step, more) => {
      const handlings = [{ as: 'engage-expert', at: '2026-03-02T10:40:00.000Z', isOnTime: false }]
      const facts: Facts = { ...more, handlings }

      expect(factsOf(take('reply', { answer: 'Yes.' }, step, { facts }))).toMatchObject({ handlings })
    },
  )

  test('an update to the requester and a report that is sent handle nothing again', () => {
    const promised: Facts = { promisedReport: { report: 'pen test', sendOn: '2026-03-02' } }

    expect(factsOf(take('send-update', { update: 'Still.' }, 'waiting-on-expert'))).not.toHaveProperty(
      'handlings',
    )
    expect(
      factsOf(take('report-sent', { notice: 'Sent.' }, 'queued', { facts: promised })),
    ).not.toHaveProperty('handlings')
  })
})

test('A report counts as sent from the decision that sends it, as long as that is not refused', () => {
  const facts: Facts = { promisedReport: { report: 'pen test', sendOn: '2026-03-02' } }
  const sent = take('report-sent', { notice: 'Sent.' }, 'queued', { facts })
  if (sent.kind !== 'move') throw new Error(sent.because)
  const [update] = sent.effects
  if (update?.kind !== 'ticket-reply') throw new Error('no update of the ticket')
  const request = aRequest({ source: 'zendesk', flow: sent.flow, step: sent.step, facts: sent.facts })
  const { decidedAt } = update

  const refused = decide(
    flows,
    request,
    {
      kind: 'observation',
      observation: { name: 'ticket-update-refused', changes: [], backTo: 'queued', decidedAt, at: decidedAt },
    },
    environment(),
  )

  expect(sent.facts.reportSentAt).toBe(decidedAt)
  expect(refused).toMatchObject({ kind: 'move', step: 'queued' })
  expect(factsOf(refused)).not.toHaveProperty('reportSentAt')
})

describe('"Engage a subject matter expert (or team)"', () => {
  test('opens the issue, tells the requester, and links the issue; refused, the issue stays opened', () => {
    const outcome = take('engage-expert', question)

    expect(outcome).toMatchObject({
      step: 'waiting-on-expert',
      effects: [
        { kind: 'open-expert-issue', team: 'Abuse', question: 'Is it?' },
        { kind: 'ticket-reply', text: 'We ask.', solve: false, stamp },
        { kind: 'link-expert-issue' },
      ],
    })
    expect(outcome.kind === 'move' && outcome.effects[1]).not.toHaveProperty('backTo')
  })

  test('of a team that is not configured is refused', () => {
    expect(take('engage-expert', { ...question, team: 'Nobody' })).toMatchObject({
      kind: 'refuse',
      field: 'team',
    })
  })
})

describe('"Redirect"', () => {
  test('to support forwards it with who and when, and answers nothing in public', () => {
    const outcome = take('redirect-support', { note: 'Yours.' })

    expect(outcome).toMatchObject({
      step: 'redirected',
      effects: [
        {
          kind: 'forward-ticket',
          text: 'Yours.\n{person:UFSE}, 2 March 2026, 11:00 UTC',
          stamp,
          backTo: 'new',
        },
      ],
    })
    expect(factsOf(outcome)).not.toHaveProperty('lastPublicReplyAt')
  })
})

describe('"Compliance Report Requests"', () => {
  test('confirms receipt, and keeps on the ticket who asked for what and how that was verified', () => {
    const outcome = take('compliance-report', report)

    expect(kindsOf(outcome)).toEqual(['ticket-reply', 'ticket-note'])
    expect(outcome).toMatchObject({ step: 'queued' })
    expect(JSON.stringify(factsOf(outcome))).not.toMatch(/Acme|Salesforce/)
  })

  test.each([
    [
      'on a Monday for the Thursday',
      '2026-03-02T11:00:00.000Z',
      'UTC',
      '2026-03-05',
      'Thursday 5 March 2026',
    ],
    [
      'on a Thursday for the Monday, not for the same day',
      '2026-03-05T11:00:00.000Z',
      'UTC',
      '2026-03-09',
      'Monday 9 March 2026',
    ],
    [
      'before Memorial Day for the Tuesday',
      '2026-05-22T11:00:00.000Z',
      'UTC',
      '2026-05-26',
      'Tuesday 26 May 2026',
    ],
    [
      'before Thanksgiving for the Friday',
      '2026-11-25T11:00:00.000Z',
      'UTC',
      '2026-11-27',
      'Friday 27 November 2026',
    ],
    [
      'by the day of the desk’s own time zone',
      '2026-03-05T03:00:00.000Z',
      'America/Los_Angeles',
      '2026-03-05',
      'Thursday 5 March 2026',
    ],
  ])('promised %s', (_when, now, timeZone, sendOn, named) => {
    const input = { ...report, confirmation: `It is planned for ${named}.` }

    expect(factsOf(take('compliance-report', input, 'new', { now, timeZone }))).toMatchObject({
      promisedReport: { report: 'pen test', sendOn },
    })
  })

  test.each([
    ['no day', 'Soon.'],
    ['the day of a form that was opened a day too early', 'It is planned for Monday 2 March 2026.'],
    ['the date on another weekday', 'It is planned for Monday 5 March 2026.'],
  ])('is not promised where the confirmation names %s', (_what, confirmation) => {
    expect(take('compliance-report', { ...report, confirmation })).toEqual({
      kind: 'refuse',
      because: 'Mention the date (Thursday 5 March 2026) in the text.',
      field: 'confirmation',
    })
  })

  test('for a GitLab employee who names no customer is refused under the field that would mend it', () => {
    const asker = 'a GitLab employee'
    const given = { ...report, report: 'SOC 2 Type 1', asker, company: ' ' }

    expect(take('compliance-report', given)).toEqual({
      kind: 'refuse',
      because: 'A GitLab employee can ask for the SOC 2 report only for a customer. Enter the customer.',
      field: 'company',
    })
    expect(take('compliance-report', { ...given, report: 'pen test' })).toMatchObject({ step: 'queued' })
  })

  test('is not sent before its day, and is on it', () => {
    const facts: Facts = { promisedReport: { report: 'pen test', sendOn: '2026-03-05' } }
    const on = (now: string) => take('report-sent', { notice: 'Sent.' }, 'queued', { now, facts })

    expect(on('2026-03-04T23:59:59.999Z').kind).toBe('refuse')
    expect(on('2026-03-05T00:00:00.000Z')).toMatchObject({ step: 'solved', facts })
  })
})

test.each(['solved', 'redirected'])('on a ticket that is %s nothing is decided', (step) => {
  const lastMove = { what: 'Reply', by: 'slack:UFSE', at: createdAt } as const

  expect(take('reply', { answer: 'Yes.' }, step, { facts: { lastMove } })).toMatchObject({ kind: 'refuse' })
})

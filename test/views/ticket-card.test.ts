import { describe, expect, test } from 'vitest'
import { type Facts, somebodyIn } from '../../src/engine/request.ts'
import { flows } from '../../src/flows/index.ts'
import type { CardState } from '../../src/requests/card-states.ts'
import { requestCard } from '../../src/views/request-card.ts'
import { requestDetails } from '../../src/views/request-details.ts'
import type { Override } from './a-card-state.ts'
import { aTicketState } from './a-ticket-state.ts'
import { problemsWith, schemaIsHere, textsOf } from './block-kit-rules.ts'

const page =
  'https://handbook.gitlab.com/handbook/security/security-assurance/field-security/security-zendesk-process/'

/** Every fact that a ticket may have. */
const allFacts: Facts = {
  lastReplyAt: '2026-03-07T09:00:00.000Z',
  lastPublicReplyAt: '2026-03-06T16:00:00.000Z',
  reopenedAt: '2026-03-06T17:00:00.000Z',
  handlings: [{ as: 'reply', at: '2026-03-06T16:00:00.000Z', isOnTime: true }],
  expertIssue: {
    iid: 7,
    url: 'https://gitlab.example.com/appsec/questions/-/issues/7',
    team: 'Application Security',
    project: 'appsec/questions',
    answeredAt: '2026-03-08T12:00:00.000Z',
    closed: true,
  },
  promisedReport: { report: 'SOC 2 Type 1', sendOn: '2026-03-12' },
  lastMove: { what: 'Engage Expert', by: 'slack:U1SECURITY', at: '2026-03-06T16:00:00.000Z' },
  unreadable: { status: 403, since: '2026-03-09T09:00:00.000Z' },
}

const linesOf = ({ blocks }: { readonly blocks: readonly { readonly type: string }[] }) =>
  textsOf(blocks.filter(({ type }) => type !== 'actions'))
    .map(({ text }) => text.replace(/<!date[^|>]*\|([^>]*)>/g, '$1'))
    .join('\n')

/** The dates as the team has them. */
const shown = (state: CardState) => linesOf(requestCard(state))
/** The answer to `/security show`, which has room for everything. */
const detailed = (state: CardState) => linesOf(requestDetails(state, []))

const rowsOf = (state: CardState) =>
  requestCard(state).blocks.flatMap((block) =>
    block.type === 'actions'
      ? [block.elements.flatMap((element) => (element.type === 'button' ? [element.text.text] : []))]
      : [],
  )

const buttonsOf = (state: CardState) => rowsOf(state).flat()

describe('the card of a ticket', () => {
  test('says which ticket it is, what comes next and who has it, and until when', () => {
    const state = aTicketState()

    expect(requestCard(state).text).toBe(
      'Security ticket 456: Needs a reply from Field Security. New: needs a first reply. Due Mar 9, 3:00 PM UTC.',
    )
    expect(shown(state).split('\n')).toEqual([
      'Security ticket 456',
      '*New: needs a first reply* · Unassigned',
      `Due Mar 9, 3:00 PM UTC · <https://example.zendesk.com/agent/tickets/456|Ticket 456 in Zendesk> · Handbook: <${page}#reply|Reply>`,
    ])
  })

  test('offers the four ways of the handbook in two rows, what comes next first', () => {
    expect(rowsOf(aTicketState())).toEqual([
      ['Reply', 'Claim', 'Engage Expert', 'Compliance Report'],
      ['Redirect: Support', 'Redirect: Vulnerability', 'Redirect: Copyright', 'Read Ticket'],
    ])
    expect(buttonsOf(aTicketState({ step: 'waiting-on-expert', request: { assignee: 'U1' } }))).toEqual([
      'Reply',
      'Send Update',
      'Read Ticket',
    ])
    expect(buttonsOf(aTicketState({ step: 'queued', facts: allFacts }))).toEqual([
      'Report Sent · from Mar 12',
      'Claim',
      'Reply',
      'Read Ticket',
    ])
    expect(buttonsOf(aTicketState({ step: 'solved' }))).toEqual([])
  })

  test('a ticket that came on no business day has all of the next one', () => {
    const state = aTicketState({ request: { createdAt: '2026-03-07T11:00:00.000Z' } })

    expect(detailed(state)).toContain(
      'Business day: due end of Mon, Mar 9 (14 hours left), received Mar 7, 11:00 AM UTC',
    )
  })

  test('the time is that of the desk', () => {
    expect(detailed(aTicketState({ timeZone: 'America/New_York' }))).toContain(
      'Business day: due Mar 9, 10:00 AM America/New_York (4 hours left), received Mar 6, 10:00 AM America/New_York',
    )
  })

  test.each([
    ['2026-03-06T16:00:00.000Z', '3 days left'],
    ['2026-03-08T15:00:00.000Z', '1 day left'],
    ['2026-03-08T15:00:00.001Z', '23 hours left'],
    ['2026-03-09T13:59:59.999Z', '1 hour left'],
    ['2026-03-09T14:00:00.000Z', '1 hour left'],
    ['2026-03-09T14:00:00.001Z', '59 minutes left'],
    ['2026-03-09T14:59:59.999Z', '1 minute left'],
  ])('at %s: %s', (now, left) => {
    expect(detailed(aTicketState({ now }))).toContain(`due Mar 9, 3:00 PM UTC (${left}), `)
  })

  test('a ticket that was not handled within its business day says so in words, from when on', () => {
    const state = aTicketState({ now: '2026-03-09T15:00:00.000Z' })

    expect(detailed(state)).toContain(
      'Business day: overdue, was due Mar 9, 3:00 PM UTC, received Mar 6, 3:00 PM UTC',
    )
  })

  test('"The ticket requestor may reopen the ticket": its business day starts anew, and the card says so', () => {
    const text = detailed(aTicketState({ facts: { reopenedAt: '2026-03-09T08:00:00.000Z' } }))

    expect(text).toContain(
      'Business day: due Mar 10, 8:00 AM UTC (22 hours left), reopened Mar 9, 8:00 AM UTC',
    )
    expect(text).toContain(
      '*Reopened* Mar 9, 8:00 AM UTC: it was solved before, so read the earlier replies too.',
    )
  })

  test('"Periodic updates are given to the requestor": until when, counted from the last answer', () => {
    const facts = { lastPublicReplyAt: '2026-03-06T16:00:00.000Z' }

    expect(detailed(aTicketState({ step: 'waiting-on-expert', facts }))).toContain(
      'Update to the requester: due Mar 13, 4:00 PM UTC (4 days left), last answer Mar 6, 4:00 PM UTC',
    )
  })

  test.each([
    ['2026-03-09T10:00:00.000Z', 'Compliance report: planned for Thu, Mar 12:', 'due Thu, Mar 12.'],
    ['2026-03-12T10:00:00.000Z', 'Compliance report: planned for today:', 'due today (Thu, Mar 12).'],
    [
      '2026-03-13T00:00:00.000Z',
      'Compliance report: overdue, was planned for Thu, Mar 12:',
      'was due Thu, Mar 12.',
    ],
  ])('a report is planned for its distribution day, seen at %s', (now, said, due) => {
    const facts = { promisedReport: { report: 'SOC 2 Type 1', sendOn: '2026-03-12' } } as const
    const text = detailed(aTicketState({ now, step: 'queued', facts }))

    expect(text).toContain(said)
    expect(text).toContain(`*SOC 2 Type 1* report: ${due}`)
  })

  test('what is known of it stands on it in words', () => {
    const text = shown(aTicketState({ step: 'waiting-on-expert', facts: allFacts }))

    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        '*Zendesk has returned 403 for this ticket since Mar 9, 9:00 AM UTC.* The ticket was deleted, merged or hidden from the bot.',
        'The requester last wrote Mar 7, 9:00 AM UTC.',
        'Last reply to the requester: Mar 6, 4:00 PM UTC.',
        'Application Security: <https://gitlab.example.com/appsec/questions/-/issues/7|issue in GitLab>, last wrote Mar 8, 12:00 PM UTC, closed.',
        '<@U1SECURITY> chose *Engage Expert*, Mar 6, 4:00 PM UTC',
      ]),
    )
  })

  test('an expert team that has not written yet is said, too', () => {
    const { answeredAt: _, ...expertIssue } = { ...allFacts.expertIssue, closed: false }

    expect(shown(aTicketState({ facts: { expertIssue: expertIssue as never } }))).toContain(
      'issue in GitLab>, no reply yet.',
    )
  })

  describe('that was closed in Zendesk', () => {
    const at = '2026-03-09T09:00:00.000Z'
    const lastMove = { what: 'Merged into another ticket in Zendesk', by: somebodyIn('zendesk'), at }

    test.each([
      ['solved', 'Solved in Zendesk'],
      ['closed', 'Closed in Zendesk'],
      ['merged', 'Merged into another ticket in Zendesk'],
      ['deleted', 'Deleted in Zendesk'],
      ['forwarded', 'Given to support in Zendesk'],
    ] as const)('is headed by how it was, once: %s', (ticketEnd, title) => {
      const step = ticketEnd === 'forwarded' ? 'redirected' : 'solved'
      const state = aTicketState({ step, facts: { ticketEnd, lastMove }, request: { closedAt: at } })

      expect(requestCard(state).text).toBe(`Security ticket 456: ${title}.`)
      expect(shown(state).split('\n')).toEqual([
        'Security ticket 456',
        `*${title}*, Mar 9, 9:00 AM UTC`,
        expect.stringMatching(/^<.*\|Ticket 456 in Zendesk> · Handbook: /),
        'Handled in Zendesk, outside Privacy Desk.',
      ])
    })

    test('and of which an answer was refused afterwards: both are said', () => {
      const refused = {
        what: 'Not sent: the ticket had changed',
        by: 'bot',
        at: '2026-03-09T09:30:00.000Z',
      } as const
      const text = shown(aTicketState({ step: 'solved', facts: { ticketEnd: 'merged', lastMove: refused } }))

      expect(text).toContain('*Merged into another ticket in Zendesk*')
      expect(text).toContain('*Not sent: the ticket had changed*, Mar 9, 9:30 AM UTC')
    })

    test('is not being closed, whatever of an earlier decision has failed', () => {
      const work = [{ what: 'Send it', status: 'failed' } as const]
      const text = shown(aTicketState({ step: 'solved', facts: { ticketEnd: 'deleted', lastMove }, work }))

      expect(text).toContain('*Deleted in Zendesk*')
      expect(text).toContain('• Send it: FAILED')
      expect(text).not.toContain('Closing')
    })
  })

  test('an answer that was not sent says why', () => {
    const error = 'The ticket had changed: a new comment by the requester.'
    const facts: Facts = {
      lastMove: { what: 'Not sent: the ticket had changed', by: 'bot', at: '2026-03-09T09:00:00.000Z' },
    }
    const work = [{ what: 'Send the text you typed', status: 'cancelled', error } as const]
    const text = shown(aTicketState({ facts, work }))

    expect(text).toContain('*Not sent: the ticket had changed*, Mar 9, 9:00 AM UTC')
    expect(text).toContain(`• Send the text you typed: not done: ${error}`)
    expect(text).not.toContain('requester had written')
  })

  test('what is decided is not done before Zendesk has it', () => {
    const state = aTicketState({ step: 'solved', work: [{ what: 'Send it', status: 'in-flight' }] })

    expect(shown(state)).toContain('*Closing: what is left to do is below*')
  })
})

describe('/security show', () => {
  test('says why the clock ends when it ends; a solved ticket has none', () => {
    const text = (override: Override) =>
      textsOf(requestDetails(aTicketState(override), []).blocks)
        .map(({ text: one }) => one)
        .join('\n')

    expect(text({})).toContain('“Field Security has a 1 business-day SLA to handle the ticket”')
    expect(text({ step: 'solved' })).toContain('*Deadlines*\nNone')
  })
})

describe(`every card of a ticket is accepted by Slack${schemaIsHere ? '' : ' (without the schema: no contracts beside the repository)'}`, () => {
  test.each(Object.keys(flows['security-ticket'].steps))('%s', (step) => {
    const work = [{ what: 'x', status: 'failed', error: '<b>' } as const]

    expect(problemsWith(requestCard(aTicketState({ step })))).toEqual([])
    expect(problemsWith(requestCard(aTicketState({ step, facts: allFacts, work })))).toEqual([])
    expect(problemsWith(requestDetails(aTicketState({ step, facts: allFacts, work }), ['x']))).toEqual([])
  })

  test('whatever the expert team is called', () => {
    const team = '<!channel> & \u202eevil'.repeat(40)
    const expertIssue = { iid: 1, url: 'javascript:x', team, project: team, closed: false }

    expect(problemsWith(requestCard(aTicketState({ facts: { expertIssue } })))).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { security } from '../../src/desks/security.ts'
import type { DigestState } from '../../src/requests/digest.ts'
import { suspendedText } from '../../src/services/zendesk/service.ts'
import { digestMessage, drawDigest } from '../../src/views/digest-message.ts'
import { queueOf } from '../../src/views/digest-queue.ts'
import type { Override } from './a-card-state.ts'
import { aTicketState } from './a-ticket-state.ts'
import { problemsWith, textsOf } from './block-kit-rules.ts'

/** A Thursday, and so a distribution day. */
const now = '2026-03-12T09:00:00.000Z'

const ticket = (iid: number, createdAt: string, { request, ...more }: Override = {}) =>
  aTicketState({ now, ...more, request: { id: `t-${iid}`, number: iid, createdAt, ...request } })

const promised = (sendOn: string) => ({ promisedReport: { report: 'pen test', sendOn } }) as const

const aDigest = (override: Partial<DigestState> = {}): DigestState => ({
  desk: security,
  now,
  timeZone: 'UTC',
  open: [],
  closed: [],
  counts: Object.entries({ new: 2, solved: 3, redirected: 1, reopened: 0 }),
  notes: [],
  ...override,
})

const shown = (digest: DigestState) =>
  textsOf(digestMessage(digest).blocks)
    .map(({ text }) => text)
    .join('\n')

describe('the daily digest of the security desk', () => {
  const answered = (lastPublicReplyAt: string) => ({
    step: 'waiting-on-expert',
    facts: { lastPublicReplyAt },
  })
  const open = [
    ticket(10, '2026-03-11T08:00:00.000Z', { step: 'queued', facts: promised('2026-03-16') }),
    ticket(9, '2026-03-12T08:00:00.000Z', { request: { assignee: 'U1SECURITY' } }),
    ticket(8, '2026-03-12T08:30:00.000Z'),
    ticket(7, '2026-03-01T08:00:00.000Z', answered('2026-03-10T08:00:00.000Z')),
    ticket(6, '2026-03-09T08:00:00.000Z', { step: 'queued', facts: promised('2026-03-12') }),
    ticket(5, '2026-03-01T08:00:00.000Z', answered('2026-03-02T08:00:00.000Z')),
    ticket(4, '2026-03-01T08:00:00.000Z', answered('2026-03-05T16:00:00.000Z')),
    ticket(3, '2026-03-11T16:00:00.000Z'),
    ticket(2, '2026-03-01T08:00:00.000Z', { step: 'queued', facts: promised('2026-03-09') }),
    ticket(1, '2026-03-11T08:00:00.000Z'),
  ]

  test('what needs somebody by whose it is, the most urgent first; what waits is counted', () => {
    const { groups, waiting } = queueOf(aDigest({ open }))

    expect(groups.map((group) => [group.for, group.items.map(({ state }) => state.request.number)])).toEqual([
      [{ isUnassigned: true }, [5, 2, 1, 3, 4, 6, 8]],
      [{ person: 'U1SECURITY' }, [9]],
    ])
    expect(waiting).toEqual({ 'expert-team': 1, 'distribution-day': 1 })
    expect(shown(aDigest({ open }))).toContain(
      '1 waiting on an expert team, 1 waiting for the day their report goes out.',
    )
  })

  test('each line: ticket, what comes next, time left; then the counts', () => {
    const one = ticket(3, '2026-03-11T16:00:00.000Z', { request: { assignee: 'U1SECURITY' } })

    expect(digestMessage(aDigest({ open: [one] })).text).toBe(
      'Security tickets, Thu, Mar 12: 1 to do. 1 open ticket; since yesterday 2 new, 3 solved, 1 redirected.',
    )
    expect(shown(aDigest({ open: [one] })).split('\n')).toEqual([
      'Security tickets, Thu, Mar 12',
      '*1 to do*',
      '*<@U1SECURITY>*',
      '<https://example.zendesk.com/agent/tickets/456|ticket 3> · New: needs a first reply · 7 hours left',
      'Open',
      '1 open ticket; since yesterday 2 new, 3 solved, 1 redirected.',
    ])
  })

  test('"A day with nothing to say posts one line"', () => {
    const message = digestMessage(aDigest())

    expect(message.text).toBe(
      'Security tickets, Thu, Mar 12: nothing to do. 0 open tickets; since yesterday 2 new, 3 solved, 1 redirected.',
    )
    expect(message.blocks).toHaveLength(1)
  })

  test.each([
    [1, '1 e-mail to security@ is held back by Zendesk as suspected spam: look at it there.'],
    [3, '3 e-mails to security@ are held back by Zendesk as suspected spam: look at them there.'],
  ])('%i that Zendesk holds back are said, on a day without tickets, too', (suspended, said) => {
    expect(shown(aDigest({ notes: suspendedText(suspended) }))).toContain(said)
    expect(digestMessage(aDigest({ notes: suspendedText(suspended) })).text).toContain(
      `nothing to do. ${said}`,
    )
    expect(digestMessage(aDigest({ notes: suspendedText(0) })).blocks).toHaveLength(1)
  })

  test('how many of the day’s reports are sent', () => {
    const of = (iid: number, isSent: boolean) => ({
      request: ticket(iid, now).request,
      report: 'pen test' as const,
      isSent,
    })
    const batch = { desk: security, day: '2026-03-12', reports: [of(1, true), of(2, false), of(3, false)] }

    expect(shown(aDigest({ batch }))).toContain(
      'Reports due today: 1 of 3 sent. `/security batch` lists them.',
    )
    expect(shown(aDigest({ batch: { desk: security, day: '2026-03-12', reports: [] } }))).not.toContain(
      'Compliance',
    )
  })

  test('when the holidays have been checked for less than two months to come', () => {
    expect(shown(aDigest({ holidaysUntil: '2027-12-31' }))).toContain(
      'US federal holidays are only known until Dec 31, 2027: business days and distribution days after that may be wrong. Tell your admins.',
    )
  })

  test('more lines than a message holds go on in the thread', () => {
    const lots = Array.from({ length: 300 }, (_, index) => ticket(index + 1, '2026-03-01T08:00:00.000Z'))
    const digest = aDigest({ open: lots, notes: suspendedText(2), holidaysUntil: '2027-12-31' })
    const { message, replies } = drawDigest(digest)

    for (const one of [message, ...replies]) expect(problemsWith(one)).toEqual([])
    expect(shown(digest)).toMatch(/The thread lists \d+ more\./)
  })

  test('is accepted by Slack', () => {
    expect(problemsWith(digestMessage(aDigest({ open })))).toEqual([])
    expect(problemsWith(digestMessage(aDigest()))).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { security } from '../../src/desks/security.ts'
import type { DigestState } from '../../src/requests/digest.ts'
import { suspendedText } from '../../src/services/zendesk/service.ts'
import { digestGroups, digestMessage } from '../../src/views/digest-message.ts'
import type { Override } from './a-card-state.ts'
import { aTicketState } from './a-ticket-state.ts'
import { problemsWith, textsOf } from './block-kit-rules.ts'

/** A Thursday, and so a distribution day. */
const now = '2026-03-12T09:00:00.000Z'

const ticket = (iid: number, createdAt: string, { request, ...more }: Override = {}) =>
  aTicketState({ now, ...more, request: { id: `t-${iid}`, iid, createdAt, ...request } })

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

  test('overdue → due today → an update is due → reports of today → waiting for an expert → not claimed yet', () => {
    const groups = digestGroups(aDigest({ open }))

    expect(groups.map(({ title, requests }) => [title, requests.map(({ request }) => request.iid)])).toEqual([
      ['Overdue', [2, 1]],
      ['Due today', [3]],
      ['An update to the requester is due', [5, 4]],
      ['Reports to be sent today', [6]],
      ['Waiting for an expert team', [7]],
      ['Not claimed yet', [8]],
    ])
  })

  test('each line: ticket, step, time left, who claimed it, link to the card; then the counts', () => {
    const one = ticket(3, '2026-03-11T16:00:00.000Z', {
      cardUrl: 'https://desk.slack.com/archives/C1/p1',
      request: { assignee: 'U1SECURITY' },
    })

    expect(digestMessage(aDigest({ open: [one] })).text).toBe(
      'Security tickets, 12 March 2026: Due today: 1. 1 open ticket; since yesterday 2 new, 3 solved, 1 redirected, 0 reopened.',
    )
    expect(shown(aDigest({ open: [one] })).split('\n')).toEqual([
      'Security tickets, 12 March 2026',
      '*Due today* (1)',
      '• <https://example.zendesk.com/agent/tickets/456|ticket 3> · Waits for Field Security · 7 hours left · <@U1SECURITY> · <https://desk.slack.com/archives/C1/p1|card>',
      '1 open ticket; since yesterday 2 new, 3 solved, 1 redirected, 0 reopened.',
    ])
  })

  test('"A day with nothing to say posts one line"', () => {
    const message = digestMessage(aDigest())

    expect(message.text).toBe(
      'Security tickets, 12 March 2026: nothing is due or waiting. 0 open tickets; since yesterday 2 new, 3 solved, 1 redirected, 0 reopened.',
    )
    expect(message.blocks).toHaveLength(1)
  })

  test.each([
    [1, '1 e-mail to security@ is held back by Zendesk as suspected spam: look at it there.'],
    [3, '3 e-mails to security@ are held back by Zendesk as suspected spam: look at them there.'],
  ])('%i that Zendesk holds back are said, on a day without tickets, too', (suspended, said) => {
    expect(shown(aDigest({ notes: suspendedText(suspended) }))).toContain(said)
    expect(digestMessage(aDigest({ notes: suspendedText(suspended) })).text).toContain(
      `nothing is due or waiting. ${said}`,
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
      'Compliance reports of today: 1 of 3 sent. `/security batch` lists them.',
    )
    expect(shown(aDigest({ batch: { desk: security, day: '2026-03-12', reports: [] } }))).not.toContain(
      'Compliance',
    )
  })

  test('when the holidays have been checked for less than two months to come', () => {
    expect(shown(aDigest({ holidaysUntil: '2027-12-31' }))).toContain(
      'The US federal holidays are known only until 31 December 2027: business days and distribution days after it may be wrong. Tell the bot’s operators.',
    )
  })

  test('more lines than a message holds: the first ones, and how to list the rest', () => {
    const lots = Array.from({ length: 300 }, (_, index) => ticket(index + 1, '2026-03-01T08:00:00.000Z'))
    const digest = aDigest({ open: lots, notes: suspendedText(2), holidaysUntil: '2027-12-31' })

    expect(problemsWith(digestMessage(digest))).toEqual([])
    expect(shown(digest)).toContain('and 260 more: `/security list` shows them')
  })

  test('is accepted by Slack', () => {
    expect(problemsWith(digestMessage(aDigest({ open })))).toEqual([])
    expect(problemsWith(digestMessage(aDigest()))).toEqual([])
  })
})

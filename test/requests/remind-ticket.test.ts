/** Whoever has to know of a ticket is called, each once. */
import { describe, expect, it } from 'vitest'
import { refreshAtOf } from '../../src/requests/desk-context.ts'
import { remind } from '../../src/requests/remind.ts'
import type { RequestRow } from '../../src/store/store.ts'
import { aDesk, type Desk } from './a-desk.ts'
import { aSighting, aTicketAt, put, take, ticketThread } from './a-ticket.ts'

const hourMs = 3_600_000

/** Every quarter of an hour. */
async function lookFrom(desk: Desk, from: string, hours: number) {
  for (let hour = 0; hour < hours; hour += 0.25) {
    desk.setTime(new Date(Date.parse(from) + hour * hourMs).toISOString())
    await remind(desk.context)
  }
}

const handleBy = (end: string): unknown =>
  expect.stringMatching(
    new RegExp(
      `^\\{person:assignee\\} Ticket 456 is due \\{at:.*Z\\|${end}\\}, in \\d hours?\\. Next: “.*”\\.$`,
    ),
  )
const overdue = (end: string): unknown =>
  expect.stringMatching(
    new RegExp(
      `^\\{person:assignee\\} Ticket 456 has been overdue since \\{at:.*Z\\|${end}\\}\\. Next: “.*”\\.$`,
    ),
  )

const solvedUnanswered =
  '{person:assignee} Ticket 456: solved in Zendesk, not by the bot. The bot has seen no answer to the requester: answer in Zendesk, or choose Leave as Closed on the card.'

describe('"Field Security has a 1 business-day SLA to handle the ticket"', () => {
  it('they are called once three hours before its end, and once when it is over', async () => {
    const desk = await aDesk({ at: '2026-03-02T10:05:00.000Z' })
    const { id } = await aTicketAt(desk)

    await lookFrom(desk, '2026-03-02T10:05:00.000Z', 72)

    expect(await desk.said(id)).toEqual([
      { kind: 'thread', text: handleBy('Mar 3, 10:00 AM UTC'), mention: [] },
      { kind: 'thread', text: overdue('Mar 3, 10:00 AM UTC'), mention: [] },
    ])
  })

  it.each([
    ['a millisecond before three hours are left', '2026-03-03T06:59:59.999Z', 0],
    ['when three hours are left', '2026-03-03T07:00:00.000Z', 1],
    ['a millisecond before the end', '2026-03-03T09:59:59.999Z', 1],
  ])('%s', async (_when, at, count) => {
    const desk = await aDesk({ at: '2026-03-02T10:05:00.000Z' })
    await aTicketAt(desk)
    desk.setTime(at)

    await remind(desk.context)
    await remind(desk.context)

    expect(await ticketThread(desk)).toHaveLength(count)
  })

  it('over a weekend and a holiday: Friday 15:00 before Memorial Day ends on Tuesday 15:00', async () => {
    const createdAt = '2026-05-22T15:00:00.000Z'
    const desk = await aDesk({ at: createdAt })
    await aTicketAt(desk, aSighting({ createdAt, at: createdAt }))

    await lookFrom(desk, createdAt, 5 * 24)

    expect(await ticketThread(desk)).toEqual([
      handleBy('May 26, 3:00 PM UTC'),
      overdue('May 26, 3:00 PM UTC'),
    ])
  })

  it('one that came on no business day is due by the end of a day: the thread names that day, as the card does', async () => {
    const createdAt = '2026-03-07T10:00:00.000Z'
    const desk = await aDesk({ at: createdAt })
    await aTicketAt(desk, aSighting({ createdAt, at: createdAt }))

    await lookFrom(desk, createdAt, 72)

    expect(await ticketThread(desk)).toEqual([
      expect.stringMatching(/ Ticket 456 is due by the end of Mon, Mar 9, in \d hours?\. Next: /),
      expect.stringMatching(/ Ticket 456 has been overdue since the end of Mon, Mar 9\. Next: /),
    ])
  })

  it('a bot that was down for a week calls once, not twice', async () => {
    const desk = await aDesk({ at: '2026-03-02T10:05:00.000Z' })
    await aTicketAt(desk)
    desk.setTime('2026-03-10T00:00:00.000Z')

    await remind(desk.context)
    await remind(desk.context)

    expect(await ticketThread(desk)).toEqual([overdue('Mar 3, 10:00 AM UTC')])
  })

  it('again for the clock that starts with a reopen', async () => {
    const desk = await aDesk({ at: '2026-03-02T10:05:00.000Z' })
    await aTicketAt(desk)
    await lookFrom(desk, '2026-03-02T10:05:00.000Z', 30)
    await take(desk, aSighting({ solved: 'solved', at: '2026-03-04T09:00:00.000Z' }))
    await take(desk, aSighting({ at: '2026-03-05T12:00:00.000Z' }))

    await lookFrom(desk, '2026-03-05T12:00:00.000Z', 72)

    expect(await ticketThread(desk)).toEqual([
      handleBy('Mar 3, 10:00 AM UTC'),
      overdue('Mar 3, 10:00 AM UTC'),
      solvedUnanswered,
      '{person:assignee} Ticket 456 is open again: its business day starts anew.',
      handleBy('Mar 6, 12:00 PM UTC'),
      overdue('Mar 6, 12:00 PM UTC'),
    ])
  })

  it('nobody is called for what is solved', async () => {
    const desk = await aDesk({ at: '2026-03-02T10:05:00.000Z' })
    await aTicketAt(desk)
    await take(desk, aSighting({ solved: 'solved', at: '2026-03-02T11:00:00.000Z' }))

    await lookFrom(desk, '2026-03-02T11:00:00.000Z', 48)

    expect(await ticketThread(desk)).toEqual([solvedUnanswered])
  })
})

describe('the card of a ticket says something new', () => {
  function changes(desk: Desk, row: RequestRow): readonly string[] {
    const instants: string[] = []
    for (let at = refreshAtOf(desk.context, row); at !== undefined; at = refreshAtOf(desk.context, row)) {
      instants.push(at)
      desk.setTime(at)
    }
    return instants
  }

  it('three hours before the end of its business day, for the call, at that end, and then never again', async () => {
    const desk = await aDesk({ at: '2026-03-02T10:05:00.000Z' })

    expect(changes(desk, await aTicketAt(desk))).toEqual([
      '2026-03-03T07:00:00.000Z',
      '2026-03-03T10:00:00.000Z',
    ])
  })

  it('at no midnight of a weekend: received on Friday at 15:00', async () => {
    const createdAt = '2026-03-06T15:00:00.000Z'
    const desk = await aDesk({ at: createdAt })
    const row = await aTicketAt(desk, aSighting({ createdAt, at: createdAt }))

    expect(changes(desk, row)).toEqual(['2026-03-09T12:00:00.000Z', '2026-03-09T15:00:00.000Z'])
  })

  it('when the day begins that a report was promised for, and when it is over', async () => {
    const desk = await aDesk({ at: '2026-03-03T10:00:00.000Z' })
    await aTicketAt(desk)
    const facts = { promisedReport: { report: 'pen test', sendOn: '2026-03-05' } } as const
    const row = await put(desk, { step: 'queued', facts })

    expect(changes(desk, row)).toEqual(['2026-03-05T00:00:00.000Z', '2026-03-06T00:00:00.000Z'])
  })

  it('never once it is solved', async () => {
    const desk = await aDesk({ at: '2026-03-02T10:05:00.000Z' })
    await aTicketAt(desk)
    await take(desk, aSighting({ solved: 'solved', at: '2026-03-02T11:00:00.000Z' }))

    expect(changes(desk, await put(desk, {}))).toEqual([])
  })
})

describe('"Periodic updates are given to the requestor as appropriate"', () => {
  const heardNothingSince = (when: string): unknown =>
    expect.stringMatching(
      new RegExp(
        `^\\{person:assignee\\} We last wrote on ticket 456 \\{at:.*Z\\|${when}\\}\\. Let the requester know that it’s being worked on: Send Update\\.$`,
      ),
    )

  it('five business days after the last answer, once, and again for each further silence', async () => {
    const desk = await aDesk({ at: '2026-03-02T10:05:00.000Z' })
    await aTicketAt(desk)
    const waiting = { step: 'waiting-on-expert', refreshAt: '2026-03-02T10:05:00.000Z' }
    await put(desk, { ...waiting, facts: { lastPublicReplyAt: '2026-03-02T10:05:00.000Z' } })
    await lookFrom(desk, '2026-03-02T10:05:00.000Z', 8 * 24)
    await put(desk, { ...waiting, facts: { lastPublicReplyAt: '2026-03-11T09:00:00.000Z' } })

    await lookFrom(desk, '2026-03-11T09:00:00.000Z', 8 * 24)

    expect(await ticketThread(desk)).toEqual([
      heardNothingSince('Mar 2, 10:05 AM UTC'),
      heardNothingSince('Mar 11, 9:00 AM UTC'),
    ])
  })
})

it('a report that was not sent on its day is called for once', async () => {
  const desk = await aDesk({ at: '2026-03-02T10:05:00.000Z' })
  await aTicketAt(desk)
  await put(desk, {
    step: 'queued',
    refreshAt: '2026-03-02T10:05:00.000Z',
    facts: { promisedReport: { report: 'pen test', sendOn: '2026-03-05' } },
  })

  await lookFrom(desk, '2026-03-02T10:05:00.000Z', 6 * 24)

  expect(await ticketThread(desk)).toEqual([
    expect.stringMatching(
      /^\{person:assignee\} Ticket 456 has been overdue since the end of Thu, Mar 5\. Next: /,
    ),
  ])
})

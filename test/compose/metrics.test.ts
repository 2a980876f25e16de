import { describe, expect, test } from 'vitest'
import { metricsOf } from '../../src/compose/metrics.ts'
import { shipped } from '../../src/desks/index.ts'
import { flows } from '../../src/flows/index.ts'
import { createCounts } from '../../src/http/counts.ts'
import { noHolidays } from '../engine/a-request.ts'
import { anEntry, aRow } from '../store/a-row.ts'
import { temporaryStore } from '../store/temporary-store.ts'

/** Monday, 2 March 2026: what came in on the Friday before is over at its hour. */
const now = () => new Date('2026-03-02T12:00:00.000Z')

async function aDesk() {
  const counts = createCounts()
  const store = await temporaryStore()
  const context = {
    store,
    desks: shipped,
    flows,
    now,
    startedAt: now().toISOString(),
    newId: () => 'unused',
    timeZone: 'UTC',
    calendar: noHolidays,
    stuckAfterDays: 7,
    requirePrivacyApproval: false,
    settings: { 'trust-safety-project': false, 'feature-request': false, 'admin-token': false },
    wakeWorker: () => {},
  }
  const read = metricsOf(context, counts)
  const { requests } = store.tables
  const ticket = (iid: number, createdAt: string, more: Parameters<typeof aRow>[0] = {}) =>
    requests.insert(
      aRow({
        ...{ id: `t${iid}`, number: iid, source: 'zendesk', flow: 'security-ticket', step: 'new' },
        ...{ createdAt, stepSince: createdAt, ...more },
      }),
    )
  /** The lines of our own metrics about requests and tickets. */
  const lines = async () =>
    (await read())
      .split('\n')
      .filter((line) => /^privacy_desk_(?:requests|tickets|reports|inbox|outbox|given|dropped)_/.test(line))
  return { counts, requests, ticket, lines, outbox: store.tables.outbox }
}

describe('the metrics', () => {
  test('of both desks are all there, and 0, before anything came in', async () => {
    const { lines } = await aDesk()

    expect(await lines()).toEqual([
      'privacy_desk_inbox_waiting 0',
      'privacy_desk_outbox_unfinished 0',
      'privacy_desk_outbox_late_seconds 0',
      'privacy_desk_requests_open{desk="privacy"} 0',
      'privacy_desk_requests_open{desk="security"} 0',
      'privacy_desk_tickets_open{step="new"} 0',
      'privacy_desk_tickets_open{step="waiting-on-expert"} 0',
      'privacy_desk_tickets_open{step="queued"} 0',
      'privacy_desk_tickets_overdue 0',
      'privacy_desk_reports_promised 0',
    ])
  })

  test('count what is open by desk, tickets by step, those whose clock is over, and promised reports', async () => {
    const { requests, ticket, lines } = await aDesk()
    const promisedReport = { report: 'pen test', sendOn: '2026-03-05' } as const
    await requests.insert(aRow())
    await ticket(1, '2026-02-27T11:00:00.000Z')
    await ticket(2, '2026-02-27T13:00:00.000Z')
    await ticket(3, '2026-02-27T11:00:00.000Z', { step: 'waiting-on-expert' })
    await ticket(4, '2026-02-27T11:00:00.000Z', { step: 'queued', facts: { promisedReport } })
    const closed = { step: 'solved', closedAt: '2026-03-01T09:00:00.000Z', facts: { promisedReport } }
    await ticket(5, '2026-02-20T11:00:00.000Z', closed)

    expect(await lines()).toEqual([
      'privacy_desk_inbox_waiting 0',
      'privacy_desk_outbox_unfinished 0',
      'privacy_desk_outbox_late_seconds 0',
      'privacy_desk_requests_open{desk="privacy"} 1',
      'privacy_desk_requests_open{desk="security"} 4',
      'privacy_desk_tickets_open{step="new"} 2',
      'privacy_desk_tickets_open{step="waiting-on-expert"} 1',
      'privacy_desk_tickets_open{step="queued"} 1',
      'privacy_desk_tickets_overdue 1',
      'privacy_desk_reports_promised 1',
    ])
  })

  test.each([
    ['what has been due for longest', ['2026-03-02T11:59:00.000Z', '2026-03-02T11:58:30.000Z'], 90],
    ['0 where it is due later', ['2026-03-02T12:01:00.000Z'], 0],
  ])('say how long effects wait: %s', async (_what, dueAt, seconds) => {
    const { outbox, requests, lines } = await aDesk()
    for (const [index, at] of dueAt.entries()) {
      await requests.insert(aRow({ id: `r${index}`, number: index + 1 }))
      await outbox.add([anEntry(`op-${index}`, { requestId: `r${index}`, dueAt: at })])
    }

    expect(await lines()).toContain(`privacy_desk_outbox_late_seconds ${seconds}`)
    expect(await lines()).toContain(`privacy_desk_outbox_unfinished ${dueAt.length}`)
  })

  test('go back to 0 when the last ticket of a step leaves it', async () => {
    const { requests, ticket, lines } = await aDesk()
    const row = await ticket(1, '2026-03-02T11:00:00.000Z')
    const before = await lines()

    await requests.update({ ...row, step: 'queued' })

    const ofNew = (all: readonly string[]) => all.filter((line) => line.includes('"new"'))
    expect(ofNew(before)).toEqual(['privacy_desk_tickets_open{step="new"} 1'])
    expect(ofNew(await lines())).toEqual(['privacy_desk_tickets_open{step="new"} 0'])
  })

  test('count what was given up and what was not kept, by kind, since the start', async () => {
    const { counts, lines } = await aDesk()
    counts.add('given_up', 'decision')
    counts.add('given_up', 'gitlab-hint')
    counts.add('given_up', 'gitlab-hint')

    expect((await lines()).filter((line) => line.includes('_total'))).toEqual([
      'privacy_desk_given_up_total{kind="decision"} 1',
      'privacy_desk_given_up_total{kind="gitlab-hint"} 2',
    ])
  })
})

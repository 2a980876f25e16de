/** Compliance reports by distribution day. */

import { describe, expect, it } from 'vitest'
import { type Facts, somebodyIn } from '../../src/engine/request.ts'
import { batchOf, nextBatches, postBatchWhenDue } from '../../src/requests/batches.ts'
import { none } from '../store/held.ts'
import { aDesk, type Desk } from './a-desk.ts'
import { aTicketAt, put, see, ticketRow } from './a-ticket.ts'

const day = '2026-03-05'
const promised: Facts = { promisedReport: { report: 'pen test', sendOn: day } }
const sent = { what: 'Report Sent', by: 'slack:UFSE', at: '2026-03-05T10:00:00.000Z' } as const

const parts = ({ context }: Desk) => ({
  context,
  taskText: () => '',
  cardUrl: ({ ts }: { ts: string }) => `https://slack.example/${ts}`,
  digestAt: { hour: 9, minute: 0 },
})

let number = 0
async function aReport(desk: Desk, override: Parameters<Desk['insert']>[0] = {}) {
  number += 1
  const iid = number
  return desk.insert({
    id: `t${iid}`,
    source: 'zendesk',
    number,
    flow: 'security-ticket',
    step: 'queued',
    facts: promised,
    ...override,
  })
}

const shown = async (desk: Desk, of = day) =>
  (await batchOf(parts(desk), of)).reports.map(({ request, isSent }) => [request.id, isSent])

const posts = async ({ store }: Desk) =>
  (await store.tables.outbox.due('2030-01-01T00:00:00.000Z', 1000)).filter(
    ({ work }) => work.kind === 'batch',
  )

describe('the list of a distribution day', () => {
  it('has what is promised for it, sent or not, and nothing of another day', async () => {
    const desk = await aDesk({ at: '2026-03-05T12:00:00.000Z' })
    const open = await aReport(desk, { card: { channel: 'C1', ts: '1.2' } })
    const done = await aReport(desk, {
      step: 'solved',
      closedAt: sent.at,
      facts: { ...promised, lastMove: sent, reportSentAt: sent.at },
    })
    await aReport(desk, { facts: { promisedReport: { report: 'pen test', sendOn: '2026-03-09' } } })

    const { reports } = await batchOf(parts(desk), day)

    expect(reports).toEqual([
      { request: open, report: 'pen test', isSent: false, cardUrl: 'https://slack.example/1.2' },
      { request: done, report: 'pen test', isSent: true },
    ])
  })

  it('leaves out what was promised and then solved otherwise', async () => {
    const desk = await aDesk({ at: '2026-03-05T12:00:00.000Z' })
    const lastMove = { what: 'Solved in Zendesk, not by the bot', by: somebodyIn('zendesk'), at: sent.at }
    await aReport(desk, { step: 'solved', closedAt: sent.at, facts: { ...promised, lastMove } })

    expect(await shown(desk)).toEqual([])
  })
})

describe('/security batch', () => {
  it('has the next four distribution days, today included', async () => {
    const desk = await aDesk({ at: '2026-03-05T12:00:00.000Z' })
    const { id } = await aReport(desk)

    const days = (await nextBatches(parts(desk))).map((one) => [
      one.day,
      one.reports.map(({ request }) => request.id),
    ])

    expect(days).toEqual([
      ['2026-03-05', [id]],
      ['2026-03-09', []],
      ['2026-03-12', []],
      ['2026-03-16', []],
    ])
  })

  it('begins with what should have been sent before and was not', async () => {
    const desk = await aDesk({ at: '2026-03-06T12:00:00.000Z' })
    const { id } = await aReport(desk)
    await aReport(desk, {
      step: 'solved',
      closedAt: sent.at,
      facts: { promisedReport: { report: 'pen test', sendOn: '2026-03-02' } },
    })

    const [first, second] = await nextBatches(parts(desk))

    expect([first?.day, first?.reports.map(({ request }) => request.id), second?.day]).toEqual([
      day,
      [id],
      '2026-03-09',
    ])
  })

  it('over a holiday: Memorial Day moves the Monday to the Tuesday', async () => {
    const desk = await aDesk({ at: '2026-05-22T12:00:00.000Z' })

    expect((await nextBatches(parts(desk))).map((one) => one.day)).toEqual([
      '2026-05-26',
      '2026-05-28',
      '2026-06-01',
      '2026-06-04',
    ])
  })
})

describe('on its day the list is posted', () => {
  it('once, however often the bot looks or restarts, and as soon as its time has come', async () => {
    const desk = await aDesk()
    await aReport(desk)

    for (let minute = 0; minute < 4 * 24 * 60; minute += 30) {
      desk.setTime(new Date(Date.parse('2026-03-04T00:00:00.000Z') + minute * 60_000).toISOString())
      await postBatchWhenDue(parts(desk))
      await Promise.all([postBatchWhenDue(parts(desk)), postBatchWhenDue(parts(desk))])
    }

    expect((await posts(desk)).map(({ work, createdAt }) => ({ work, createdAt }))).toEqual([
      { work: { kind: 'batch', desk: 'security', day }, createdAt: '2026-03-05T09:00:00.000Z' },
    ])
  })

  it.each([
    [
      'not where it may have been posted after the backup that the bot woke up in',
      '2026-03-05T08:59:00.000Z',
      0,
    ],
    ['where the backup is from after its time, and says that it was not', '2026-03-05T09:02:00.000Z', 1],
  ])('%s', async (_when, from, count) => {
    const desk = await aDesk({ at: '2026-03-05T12:00:00.000Z' })
    await aReport(desk)
    const restoreGap = { from, to: '2026-03-05T11:59:00.000Z' }

    await postBatchWhenDue({ ...parts(desk), context: { ...desk.context, restoreGap } })

    expect(await posts(desk)).toHaveLength(count)
  })

  it('once also after it was posted: where it stands is not forgotten', async () => {
    const desk = await aDesk({ at: '2026-03-05T09:00:00.000Z' })
    await aReport(desk)
    await postBatchWhenDue(parts(desk))
    const place = JSON.stringify({ channel: 'C1', ts: '1.2' })
    await desk.store.tables.settings.set(`batch:${day}`, place)

    await postBatchWhenDue(parts(desk))

    expect(await desk.store.tables.settings.get(`batch:${day}`)).toBe(place)
  })

  it('not on a day without reports', async () => {
    const desk = await aDesk({ at: '2026-03-05T09:00:00.000Z' })

    await postBatchWhenDue(parts(desk))

    expect(await posts(desk)).toEqual([])
    expect(desk.counter.wakes).toBe(0)
  })

  it('and drawn again when one of its reports is sent', async () => {
    const desk = await aDesk({ at: '2026-03-05T09:00:00.000Z' })
    await aTicketAt(desk)
    const row = await put(desk, { step: 'queued', facts: promised })
    await postBatchWhenDue(parts(desk))
    const [posted] = await posts(desk)
    const at = '2026-03-05T09:00:01.000Z'
    await desk.store.tables.outbox.done(
      posted ?? none,
      at,
      {},
      { kind: 'batch', desk: 'security', day: '2026-03-05' },
    )

    await see(desk, row.id, { name: 'ticket-solved', how: 'solved', at: '2026-03-05T09:30:00.000Z' })

    expect((await ticketRow(desk)).step).toBe('solved')
    expect(await posts(desk)).toHaveLength(1)
  })
})

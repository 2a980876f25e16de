import { describe, expect, it } from 'vitest'
import { privacy } from '../../src/desks/privacy.ts'
import { type DigestParts, digestState, digestWhenDue } from '../../src/requests/digest.ts'
import { aDesk, type Desk } from './a-desk.ts'

const parts = (desk: Desk, override: Partial<DigestParts> = {}): DigestParts => ({
  context: desk.context,
  desk: privacy,
  digestAt: { hour: 9, minute: 0 },
  ...override,
})

const states = ({ context }: Desk) => ({
  desk: privacy,
  context,
  taskText: () => '',
  cardUrl: () => undefined,
})

const posted = async ({ store }: Desk) =>
  (await store.tables.outbox.due('2030-01-01T00:00:00.000Z', 1000)).flatMap(({ work }) =>
    work.kind === 'digest' ? [work] : [],
  )

describe('one digest a day', () => {
  it('exactly once, however often the bot looks or restarts', async () => {
    const desk = await aDesk()

    for (let minute = 0; minute < 3 * 24 * 60; minute += 10) {
      desk.setTime(new Date(Date.parse('2026-03-01T00:00:00.000Z') + minute * 60_000).toISOString())
      await digestWhenDue(parts(desk))
      await digestWhenDue(parts(desk))
    }

    expect(await posted(desk)).toEqual([
      { kind: 'digest', desk: 'privacy', day: '2026-03-01' },
      { kind: 'digest', desk: 'privacy', day: '2026-03-02' },
      { kind: 'digest', desk: 'privacy', day: '2026-03-03' },
    ])
  })

  it('not before its time', async () => {
    const desk = await aDesk({ at: '2026-03-01T08:59:59.999Z' })

    await digestWhenDue(parts(desk))

    expect(await posted(desk)).toEqual([])
    expect(desk.counter.wakes).toBe(0)
  })

  it('at its time in the desk’s own time zone', async () => {
    const desk = await aDesk({ at: '2026-03-01T00:00:00.000Z', timeZone: 'Asia/Tokyo' })

    await digestWhenDue(parts(desk))

    expect(await posted(desk)).toHaveLength(1)
  })

  it('two looks at the same instant post one', async () => {
    const desk = await aDesk()

    await Promise.all([digestWhenDue(parts(desk)), digestWhenDue(parts(desk)), digestWhenDue(parts(desk))])

    expect(await posted(desk)).toHaveLength(1)
  })

  it('a bot that was down at its time posts it when it is back, and none for the days it missed', async () => {
    const desk = await aDesk({ at: '2026-03-01T09:00:00.000Z' })
    await digestWhenDue(parts(desk))
    desk.setTime('2026-03-05T23:30:00.000Z')

    await digestWhenDue(parts(desk))

    expect(await posted(desk)).toHaveLength(2)
  })

  it.each([
    ['skipped on the day the clocks go forward', '2026-03-08T08:00:00.000Z', '2026-03-08T10:00:00.000Z'],
    ['there twice on the day they go back', '2026-11-01T07:00:00.000Z', '2026-11-01T09:30:00.000Z'],
  ])('once also where its hour is %s', async (_when, from, to) => {
    const desk = await aDesk({ timeZone: 'America/Los_Angeles' })
    const digestAt = { hour: 1, minute: 30 }
    const skipped = { hour: 2, minute: 30 }

    for (let at = Date.parse(from); at <= Date.parse(to) + 3_600_000; at += 600_000) {
      desk.setTime(new Date(at).toISOString())
      await digestWhenDue(parts(desk, { digestAt: from.startsWith('2026-03') ? skipped : digestAt }))
    }

    expect(await posted(desk)).toHaveLength(1)
  })
})

describe('what it counts since yesterday', () => {
  it('new, closed and invalid of the last 24 hours, and no more', async () => {
    const desk = await aDesk({ at: '2026-03-10T09:00:00.000Z' })
    const today = '2026-03-10T01:00:00.000Z'
    const before = '2026-03-09T08:59:00.000Z'
    const rows = [
      { createdAt: today },
      { createdAt: before },
      { createdAt: before, closedAt: today, step: 'closed' },
      { createdAt: today, closedAt: today, step: 'closed' },
      { createdAt: before, closedAt: before, step: 'closed' },
      { createdAt: today, closedAt: today, flow: 'invalid', step: 'closed' },
      { createdAt: before, closedAt: before, flow: 'invalid', step: 'closed' },
    ]
    for (const [index, row] of rows.entries())
      await desk.insert({ id: `r${index + 1}`, iid: index + 1, ...row })

    const state = await digestState(states(desk))

    expect(Object.fromEntries(state.counts)).toEqual({ new: 2, closed: 2, invalid: 1 })
    expect(state.open.map(({ request }) => request.iid)).toEqual([2, 1])
  })

  it('names a request whose requester wrote after the close on that day only', async () => {
    const desk = await aDesk({ at: '2026-03-10T09:00:00.000Z' })
    const closed = { closedAt: '2026-03-05T00:00:00.000Z', step: 'closed' }
    await desk.insert({ ...closed, facts: { repliedAfterClose: '2026-03-10T08:00:00.000Z' } })
    await desk.insert({
      ...closed,
      id: 'r2',
      iid: 2,
      facts: { repliedAfterClose: '2026-03-08T08:00:00.000Z' },
    })

    const state = await digestState(states(desk))

    expect(state.closed.map(({ request }) => request.iid)).toEqual([1])
  })
})

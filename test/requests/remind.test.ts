import { describe, expect, it } from 'vitest'
import { assigneeWord } from '../../src/engine/outcome.ts'
import { refreshAtOf } from '../../src/requests/desk-context.ts'
import { remind } from '../../src/requests/remind.ts'
import type { RequestRow } from '../../src/store/store.ts'
import { turnsDuring } from '../turns.ts'
import { aDesk, type Desk, handleById } from './a-desk.ts'

/** When its card says something new, one after the other. */
function allChanges(desk: Desk, row: RequestRow): readonly string[] {
  const instants: string[] = []
  for (let at = refreshAtOf(desk.context, row); at !== undefined; at = refreshAtOf(desk.context, row)) {
    instants.push(at)
    desk.setTime(at)
  }
  return instants
}

describe('within 30 calendar days', () => {
  const dueSoon =
    /^#1 is due Mar 31, (?:in \d days|tomorrow|today) \(30-day limit\)\. Next: “Answers are in: check them”\./
  const toAssignee = (text: RegExp) => new RegExp(`^\\{person:assignee\\} ${text.source.slice(1)}`)
  const call = (text: RegExp, ...mention: string[]) => ({
    kind: 'thread',
    text: expect.stringMatching(text),
    mention,
  })

  it('whoever has it is called once when five days are left, support managers once when one is, and both when they are over', async () => {
    const desk = await aDesk()
    await desk.insert({ step: 'evaluating' })

    // Every hour of 40 days.
    for (let hour = 0; hour < 40 * 24; hour++) {
      desk.setTime(new Date(Date.parse('2026-03-01T10:00:00.000Z') + hour * 3_600_000).toISOString())
      await remind(desk.context)
    }

    expect(await desk.said()).toEqual([
      call(toAssignee(dueSoon)),
      call(dueSoon, 'support-manager'),
      call(/^\{person:assignee\} #1 was due Mar 31 and is overdue\. Next: “.*”\.$/, 'support-manager'),
    ])
  })

  it.each([
    ['a second before five days are left', '2026-03-25T23:59:59.000Z', 0],
    ['when five days are left', '2026-03-26T00:00:00.000Z', 1],
    ['a second before one day is left', '2026-03-29T23:59:59.000Z', 1],
    ['on the last day', '2026-03-31T23:59:59.999Z', 1],
  ])('%s', async (_when, at, count) => {
    const desk = await aDesk()
    await desk.insert({ step: 'evaluating' })
    desk.setTime(at)

    await remind(desk.context)
    await remind(desk.context)

    expect(await desk.said()).toHaveLength(count)
  })

  it('what was late when it was first seen is one call, to all who would have been called by then', async () => {
    const desk = await aDesk({ at: '2026-03-31T10:00:00.000Z' })
    await desk.insert({ step: 'evaluating' })

    await remind(desk.context)
    await remind(desk.context)

    expect(await desk.said()).toEqual([call(toAssignee(dueSoon), 'support-manager')])
  })

  it.each([
    ['a hold', { pauses: [{ from: '2026-03-05T10:00:00.000Z', to: '2026-03-15T10:00:00.000Z', by: 'U1' }] }],
    [
      'an extension',
      {
        extensions: [
          { clock: 'fulfilment', step: 'evaluating', days: 10, by: 'U1', at: '2026-03-20T10:00:00.000Z' },
        ],
      },
    ],
  ] as const)('%s moves both calls with the end', async (_what, facts) => {
    const desk = await aDesk()
    await desk.insert({ step: 'evaluating', facts })
    const calledAt: string[] = []

    for (let day = 20; day < 43; day++) {
      const at = new Date(Date.UTC(2026, 2, day)).toISOString()
      desk.setTime(at)
      const before = (await desk.said()).length
      await remind(desk.context)
      for (const { mention } of (await desk.said()).slice(before))
        calledAt.push(`${at.slice(0, 10)} ${mention.join()}`)
    }

    expect(calledAt).toEqual(['2026-04-05 ', '2026-04-09 support-manager', '2026-04-11 support-manager'])
  })

  const extendedAt = (at: string) =>
    ({ extensions: [{ clock: 'fulfilment', step: 'evaluating', days: 30, by: 'U1', at }] }) as const

  async function remindAt(desk: Desk, ...instants: readonly string[]) {
    for (const at of instants) {
      desk.setTime(at)
      await remind(desk.context)
    }
  }

  /** Every 12 hours, so that each is asked for more than once. */
  const aprilOn = Array.from({ length: 80 }, (_, half) =>
    new Date(Date.UTC(2026, 3, 3, half * 12)).toISOString(),
  )

  it('what was said for an end that has moved is said again for the new end, each once', async () => {
    const desk = await aDesk()
    await desk.insert({ step: 'evaluating' })
    await remindAt(desk, '2026-03-26T10:00:00.000Z', '2026-03-30T10:00:00.000Z', '2026-04-01T10:00:00.000Z')
    const before = (await desk.said()).length
    const row = await desk.row()
    const at = '2026-04-02T10:00:00.000Z'
    await desk.store.tables.requests.update({ ...row, refreshAt: at, facts: extendedAt(at) })

    await remindAt(desk, at, ...aprilOn)

    expect(before).toBe(3)
    expect((await desk.said()).slice(before)).toEqual([
      call(/^\{person:assignee\} #1 is due Apr 30, in 5 days\. Next:/),
      call(/^#1 is due Apr 30, tomorrow\. Next:/, 'support-manager'),
      call(/^\{person:assignee\} #1 was due Apr 30 and is overdue/, 'support-manager'),
    ])
  })

  it.each([
    ['that end', '2026-04-27T00:00:00.000Z', ['support-manager', 'support-manager']],
    ['the end before it', '2026-03-27T00:00:00.000Z', ['', 'support-manager', 'support-manager']],
  ])(
    'a version that had one name for all ends and has called for %s is believed',
    async (_which, calledAt, mentions) => {
      const desk = await aDesk()
      await desk.insert({ step: 'evaluating', facts: extendedAt('2026-04-02T10:00:00.000Z') })
      await desk.store.tables.settings.claimOnce('due-soon:r1', calledAt)

      await remindAt(desk, ...aprilOn)

      expect((await desk.said()).map(({ mention }) => mention.join())).toEqual(mentions)
    },
  )

  it.each([
    ['when five days are left', '2026-03-26T00:00:05.000Z', call(toAssignee(dueSoon))],
    [
      'when they are over',
      '2026-04-01T00:00:05.000Z',
      call(/^\{person:assignee\} #1 was due Mar 31 and is overdue/, 'support-manager'),
    ],
  ])('they are called %s, also when something else comes first', async (_when, at, said) => {
    const desk = await aDesk()
    await desk.insert({ step: 'evaluating' })
    await remind(desk.context)
    desk.setTime(at)
    const observation = { name: 'assignee-changed', by: 'bot', at } as const
    await desk.store.transaction((tables) =>
      handleById(desk, tables, 'r1', { kind: 'observation', observation }),
    )

    await remind(desk.context)
    await remind(desk.context)

    expect(await desk.said()).toEqual([said])
  })

  it('in the desk’s own time zone', async () => {
    const desk = await aDesk({ timeZone: 'America/Los_Angeles' })
    await desk.insert({ step: 'evaluating' })

    desk.setTime('2026-03-26T06:59:59.000Z')
    await remind(desk.context)
    const before = await desk.said()
    const row = await desk.row()
    desk.setTime(row.refreshAt ?? '')
    await remind(desk.context)

    expect(before).toEqual([])
    expect(row.refreshAt).toBe('2026-03-26T07:00:00.000Z')
    expect(await desk.said()).toHaveLength(1)
  })

  it('a bot that was down for a month calls once, not twice', async () => {
    const desk = await aDesk()
    await desk.insert({ step: 'evaluating' })
    desk.setTime('2026-05-01T00:00:00.000Z')

    await remind(desk.context)
    await remind(desk.context)

    expect((await desk.said()).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^\{person:assignee\} #1 was due Mar 31 and is overdue/),
    ])
  })

  it('nobody is called for what is closed', async () => {
    const desk = await aDesk()
    await desk.insert({ step: 'closed', closedAt: '2026-03-02T00:00:00.000Z' })
    desk.setTime('2026-05-01T00:00:00.000Z')

    await remind(desk.context)

    expect(await desk.said()).toEqual([])
    expect(desk.counter.wakes).toBe(0)
  })
})

describe('a card whose clocks have changed is drawn again', () => {
  it('when the seven days of the challenges are over: Close No Response is open', async () => {
    const desk = await aDesk({ at: '2026-03-09T00:00:00.000Z' })
    await desk.insert({ refreshAt: '2026-03-09T00:00:00.000Z' })

    await remind(desk.context)

    expect(await desk.store.tables.outbox.waitingRedraw('r1')).toBeDefined()
    expect((await desk.row()).refreshAt).toBe('2026-03-26T00:00:00.000Z')
    expect(desk.counter.wakes).toBe(1)
  })

  it('when a clock ends or somebody has to be called, at no other midnight, and then never again', async () => {
    const desk = await aDesk()
    const row = await desk.insert()

    expect(allChanges(desk, row)).toEqual([
      '2026-03-09T00:00:00.000Z',
      '2026-03-26T00:00:00.000Z',
      '2026-03-30T00:00:00.000Z',
      '2026-04-01T00:00:00.000Z',
    ])
  })

  it('at the midnight of the desk’s own time zone, when the clocks change, too', async () => {
    const desk = await aDesk({ at: '2026-03-07T12:00:00.000Z', timeZone: 'America/New_York' })
    const row = await desk.insert({ step: 'evaluating' })

    expect(allChanges(desk, row)).toEqual([
      '2026-03-26T04:00:00.000Z',
      '2026-03-30T04:00:00.000Z',
      '2026-04-01T04:00:00.000Z',
    ])
  })

  it('when nothing was done in the meta issue for seven days', async () => {
    const desk = await aDesk({ at: '2026-03-10T12:00:00.000Z' })
    const metaIssue = { iid: 7, url: 'https://gitlab.example/7', done: 1, total: 3, closed: false }
    const facts = { metaIssue, progressAt: '2026-03-09T08:00:00.000Z' }
    const row = await desk.insert({ step: 'deleting', facts })

    expect(allChanges(desk, row)[0]).toBe('2026-03-16T08:00:00.000Z')
  })

  it('never once it is closed', async () => {
    const desk = await aDesk()
    const row = await desk.insert({ step: 'closed', closedAt: '2026-03-01T10:00:00.000Z' })

    expect(refreshAtOf(desk.context, row)).toBeUndefined()
  })

  it('and nothing else is changed: nobody is called, and the log says nothing', async () => {
    const desk = await aDesk()
    await desk.insert({ refreshAt: '2026-03-09T00:00:00.000Z' })
    desk.setTime('2026-03-09T00:00:00.000Z')
    const before = await desk.row()

    await remind(desk.context)

    expect(await desk.row()).toEqual({
      ...before,
      version: before.version + 1,
      refreshAt: '2026-03-26T00:00:00.000Z',
    })
    expect(await desk.said()).toEqual([])
    expect(await desk.store.tables.audit.ofRequest('r1')).toEqual([])
    expect(await desk.store.tables.outbox.waitingRedraw('r1')).toBeDefined()
  })

  it('not where time has changed nothing that it says, also when somebody is called', async () => {
    const desk = await aDesk()
    await desk.insert({ step: 'evaluating', refreshAt: '2026-03-02T00:00:00.000Z' })

    for (const at of ['2026-03-02T00:00:00.000Z', '2026-03-26T00:00:00.000Z']) {
      desk.setTime(at)
      await remind(desk.context)
      expect(await desk.store.tables.outbox.waitingRedraw('r1')).toBeUndefined()
    }

    expect(await desk.said()).toHaveLength(1)
    expect((await desk.row()).refreshAt).toBe('2026-03-30T00:00:00.000Z')
  })

  it('and not before', async () => {
    const desk = await aDesk({ at: '2026-03-08T23:59:59.999Z' })
    await desk.insert({ refreshAt: '2026-03-09T00:00:00.000Z' })

    await remind(desk.context)

    expect(await desk.store.tables.outbox.waitingRedraw('r1')).toBeUndefined()
  })
})

it('many that are due at once are drawn anew, each once, with a turn for everything else after each', async () => {
  const desk = await aDesk()
  const ids = Array.from({ length: 250 }, (_, index) => `r${index + 1}`)
  const refreshAt = '2026-03-09T00:00:00.000Z'
  for (const [index, id] of ids.entries()) await desk.insert({ id, number: index + 1, refreshAt })
  desk.setTime(refreshAt)

  const turns = await turnsDuring(() => remind(desk.context))

  expect(turns).toBeGreaterThanOrEqual(250)
  const waiting = await Promise.all(ids.map((id) => desk.store.tables.outbox.waitingRedraw(id)))
  expect(waiting.filter((redraw) => redraw !== undefined)).toHaveLength(250)
  expect(await desk.store.tables.outbox.unfinishedCount()).toBe(250)
})

it('when the days of a step are over whoever has the request is called', async () => {
  const desk = await aDesk()
  await desk.insert({ flow: 'data-export', step: 'self-serve', assignee: 'UENG' })
  desk.setTime('2026-03-09T00:00:00.000Z')

  await remind(desk.context)

  expect((await desk.said()).map(({ text }) => text.split(' ')[0])).toEqual([assigneeWord])
})

it('what was said of one request is said of another as well', async () => {
  const desk = await aDesk()
  await desk.insert({ step: 'evaluating' })
  await desk.insert({ id: 'r2', number: 2, step: 'evaluating' })
  desk.setTime('2026-03-28T00:00:05.000Z')

  await remind(desk.context)

  expect([(await desk.said('r1')).length, (await desk.said('r2')).length]).toEqual([1, 1])
})

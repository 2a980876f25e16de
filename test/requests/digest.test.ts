import { describe, expect, it } from 'vitest'
import { privacy } from '../../src/desks/privacy.ts'
import {
  type DigestParts,
  digestState,
  digestWhenDue,
  isOvertaken,
  markDigest,
} from '../../src/requests/digest.ts'
import { handleObservations, requestById } from '../../src/requests/handle-event.ts'
import { pollOnce } from '../../src/requests/poll-rounds.ts'
import { reconcile } from '../../src/requests/reconcile.ts'
import { roomFor } from '../store/held.ts'
import { aDesk as aNewDesk, type Desk } from './a-desk.ts'

/** One whose service has been read. */
async function aDesk(given: Parameters<typeof aNewDesk>[0] = {}): Promise<Desk> {
  const desk = await aNewDesk(given)
  await polled(desk)
  return desk
}

const polled = ({ context }: Desk, poll = async () => {}) => pollOnce(context, { name: 'gitlab', poll })

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

  it('and one that could not be posted gives way when the time of the next has come, asked for or not', async () => {
    const desk = await aDesk()
    await digestWhenDue(parts(desk))
    const overtakenAt = async (at: string) => {
      desk.setTime(at)
      return isOvertaken(parts(desk), '2026-03-01')
    }

    expect(await overtakenAt('2026-03-01T23:59:59.000Z')).toBe(false)
    expect(await overtakenAt('2026-03-02T08:59:59.000Z')).toBe(false)
    expect(await overtakenAt('2026-03-02T09:00:00.000Z')).toBe(true)
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

describe('DIGEST_DAYS', () => {
  /** At nine of each day from Monday 25 May 2026, which is Memorial Day, the days on which there was one. */
  const daysWith = async (digestDays: NonNullable<DigestParts['digestDays']>) => {
    const desk = await aDesk({ at: '2026-05-24T09:00:00.000Z' })
    for (let day = 25; day <= 31; day += 1) {
      desk.setTime(`2026-05-${day}T09:00:00.000Z`)
      await digestWhenDue(parts(desk, { digestDays }))
    }
    return (await posted(desk)).map((work) => String('day' in work && work.day).slice(-2))
  }

  it('says on which days of the week there is one', async () => {
    expect(await daysWith({ weekdays: [1, 2, 3, 4, 5], lessHolidays: false })).toEqual(
      '25 26 27 28 29'.split(' '),
    )
    expect(await daysWith({ weekdays: [6, 1], lessHolidays: false })).toEqual(['25', '30'])
  })

  it('may leave out federal holidays', async () => {
    expect(await daysWith({ weekdays: [1, 2, 3, 4, 5], lessHolidays: true })).toEqual(
      '26 27 28 29'.split(' '),
    )
    expect(await daysWith({ weekdays: [1, 6], lessHolidays: true })).toEqual(['30'])
  })

  it('a digest that could not be posted waits for the next day that has one', async () => {
    const desk = await aDesk()
    const digestDays = { weekdays: [1, 2, 3, 4, 5], lessHolidays: false }
    const overtakenAt = async (at: string) => {
      desk.setTime(at)
      return isOvertaken(parts(desk, { digestDays }), '2026-03-06')
    }

    expect(await overtakenAt('2026-03-08T10:00:00.000Z')).toBe(false)
    expect(await overtakenAt('2026-03-09T10:00:00.000Z')).toBe(true)
  })
})

describe('a digest of what nobody has read', () => {
  const down = async () => {
    throw new Error('401')
  }

  it('is not asked for before the first poll that succeeds, and comes on that day then', async () => {
    const desk = await aNewDesk({ at: '2026-03-01T09:30:00.000Z' })
    await digestWhenDue(parts(desk))
    await expect(polled(desk, down)).rejects.toThrow('401')
    await digestWhenDue(parts(desk))
    expect(await posted(desk)).toEqual([])

    desk.setTime('2026-03-01T23:00:00.000Z')
    await polled(desk)
    await digestWhenDue(parts(desk))

    expect(await posted(desk)).toEqual([{ kind: 'digest', desk: 'privacy', day: '2026-03-01' }])
  })

  it('waits until what the poll has found was taken in, and for nothing that came later or can’t be read', async () => {
    const desk = await aDesk({ at: '2026-03-01T09:30:00.000Z' })
    const { inbox } = desk.store.tables
    const receivedAt = '2026-03-01T09:30:00.000Z'
    const found = { key: 'hint:1', kind: 'gitlab-hint', payload: { iid: 1 }, receivedAt }
    await inbox.put(found)
    await inbox.put({ ...found, key: 'ticket', kind: 'zendesk-hint', payload: { ticket: 1 } })
    desk.setTime('2026-03-01T09:31:00.000Z')
    await inbox.put({ ...found, key: 'hint:2', payload: { iid: 2 }, receivedAt: '2026-03-01T09:30:30.000Z' })
    await digestWhenDue(parts(desk))
    expect(await posted(desk)).toEqual([])

    const claim = { now: '2026-03-01T09:31:00.000Z', owner: 'o', until: '2026-03-01T09:32:00.000Z' }
    const [held] = await inbox.claim(claim, roomFor(1), [])
    if (!held) throw new Error('nothing to claim')
    await inbox.postpone(held, '2026-03-01T09:30:45.000Z', 'GitLab answers 500')
    await digestWhenDue(parts(desk))

    expect(await posted(desk)).toHaveLength(1)
  })

  it('says since when, where the last poll has failed or none has run for long', async () => {
    const desk = await aDesk({ at: '2026-03-01T08:00:00.000Z' })
    const stale = async () => (await digestState(states(desk))).stale
    expect(await stale()).toBeUndefined()

    desk.setTime('2026-03-01T08:01:00.000Z')
    await polled(desk, down).catch(() => {})
    expect(await stale()).toEqual({ since: '2026-03-01T08:00:00.000Z' })

    await polled(desk)
    expect(await stale()).toBeUndefined()

    desk.setTime('2026-03-01T09:00:00.000Z')
    expect(await stale()).toEqual({ since: '2026-03-01T08:01:00.000Z' })
  })

  it('says that nothing was ever read, where it is drawn all the same', async () => {
    expect((await digestState(states(await aNewDesk()))).stale).toEqual({})
  })
})

describe('what it counts since the last digest', () => {
  const counts = async (desk: Desk) => Object.fromEntries((await digestState(states(desk))).counts)
  const digest = async (desk: Desk) => {
    const state = await digestState(states(desk))
    await desk.store.transaction((tables) => markDigest(desk.context, tables, state))
  }

  const taken = (desk: Desk, iid: number, createdAt: string, isInvalid = false) =>
    desk.store.transaction((tables) =>
      reconcile(desk.context, tables, {
        source: 'gitlab',
        number: iid,
        url: `https://gitlab.example/desk/requests/-/issues/${iid}`,
        createdAt,
        isRequest: true,
        begins: isInvalid ? { at: 'failed-checks' } : { type: 'account-deletion' },
        facts: {},
        seen: {
          state: 'opened',
          labels: [],
          updatedAt: createdAt,
          noteId: 0,
          labelEventId: 0,
          stateEventId: 0,
          assigneeIds: [],
        },
        news: [],
      }),
    )

  const seen = async (desk: Desk, iid: number, name: 'issue-closed' | 'requester-replied', at: string) => {
    const row = await desk.store.tables.requests.byNumber(iid, 'gitlab')
    const observation =
      name === 'issue-closed' ? ({ name, labels: [], by: 'gitlab:42', at } as const) : ({ name, at } as const)
    await desk.store.transaction(async (tables) => {
      await handleObservations(desk.context, tables, await requestById(tables, row?.id ?? ''), [observation])
    })
  }

  it('new, closed and invalid, each once, however late the digest is', async () => {
    const desk = await aDesk({ at: '2026-03-10T08:59:00.000Z' })
    await taken(desk, 1, '2026-03-10T08:00:00.000Z')
    desk.setTime('2026-03-10T11:00:00.000Z')
    await taken(desk, 2, '2026-03-10T10:59:00.000Z')
    await digest(desk)
    expect(await counts(desk)).toEqual({ new: 0, closed: 0, invalid: 0 })

    // Two hours late on the one day, in time on the next: they are 22 hours apart, and these came 23 and 21 before.
    await taken(desk, 3, '2026-03-10T10:00:00.000Z')
    await taken(desk, 4, '2026-03-10T12:00:00.000Z', true)
    desk.setTime('2026-03-10T13:00:00.000Z')
    await seen(desk, 1, 'issue-closed', '2026-03-10T13:00:00.000Z')
    desk.setTime('2026-03-11T09:00:00.000Z')

    expect(await counts(desk)).toEqual({ new: 1, closed: 1, invalid: 1 })
  })

  it('also of days on which there was none', async () => {
    const desk = await aDesk({ at: '2026-03-10T09:00:00.000Z' })
    await digest(desk)
    await taken(desk, 1, '2026-03-10T09:01:00.000Z')
    desk.setTime('2026-03-14T09:00:00.000Z')

    expect(await counts(desk)).toEqual({ new: 1, closed: 0, invalid: 0 })
    expect((await digestState(states(desk))).lastAt).toBe('2026-03-10T09:00:00.000Z')
  })

  it('a digest that was not posted is counted again', async () => {
    const desk = await aDesk({ at: '2026-03-10T09:00:00.000Z' })
    await taken(desk, 1, '2026-03-10T08:00:00.000Z')
    await digestState(states(desk))

    expect(await counts(desk)).toEqual({ new: 1, closed: 0, invalid: 0 })
  })

  it('the first digest of a desk that takes in what is open already calls none of it new that is older than a day', async () => {
    const desk = await aDesk({ at: '2026-03-10T09:00:00.000Z' })
    await taken(desk, 1, '2026-02-20T08:00:00.000Z')
    await taken(desk, 2, '2026-03-10T08:00:00.000Z')

    expect(await counts(desk)).toEqual({ new: 1, closed: 0, invalid: 0 })
  })

  it('a version that kept no end of a digest counts the last 24 hours, over all pages of the log', async () => {
    const desk = await aDesk({ at: '2026-03-08T09:00:00.000Z' })
    await taken(desk, 1, '2026-03-08T08:00:00.000Z')
    desk.setTime('2026-03-10T08:00:00.000Z')
    await taken(desk, 2, '2026-03-10T07:00:00.000Z')
    await desk.store.transaction(async ({ audit }) => {
      for (let entry = 0; entry < 1_500; entry += 1)
        await audit.append({ at: '2026-03-10T08:30:00.000Z', what: 'tried-again', who: 'bot', details: {} })
    })
    desk.setTime('2026-03-10T09:00:00.000Z')

    expect(await counts(desk)).toEqual({ new: 1, closed: 0, invalid: 0 })
  })

  it('names a request whose requester wrote after the close once, also when it was seen late', async () => {
    const desk = await aDesk({ at: '2026-03-10T08:00:00.000Z' })
    await taken(desk, 1, '2026-03-10T07:00:00.000Z')
    await seen(desk, 1, 'issue-closed', '2026-03-10T08:00:00.000Z')
    desk.setTime('2026-03-10T09:00:00.000Z')
    await digest(desk)
    // Written a minute before that digest, and seen a minute after it.
    desk.setTime('2026-03-10T09:01:00.000Z')
    await seen(desk, 1, 'requester-replied', '2026-03-10T08:59:00.000Z')
    const listed = async () =>
      (await digestState(states(desk))).closed[0]?.[1].map(({ request }) => request.number)
    desk.setTime('2026-03-13T09:00:00.000Z')
    expect(await listed()).toEqual([1])

    await digest(desk)

    expect(await listed()).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import type { Actor } from '../../src/engine/request.ts'
import { identityHash } from '../../src/form/form.ts'
import { UnknownRequest } from '../../src/requests/handle-event.ts'
import { reconcile } from '../../src/requests/reconcile.ts'
import { type IssueReading, issueSnapshot } from '../../src/services/gitlab/issue-snapshot.ts'
import { aDesk, type Desk, handleById } from './a-desk.ts'

const hash = identityHash('secret')
const email = 'jane@example.com'

function aSighting(iid: number, override: Partial<IssueReading> = {}): IssueReading {
  return {
    iid,
    url: `https://gitlab.example/desk/-/issues/${iid}`,
    createdAt: '2026-03-01T09:00:00.000Z',
    isFromRequester: true,
    isInvalid: false,
    form: { type: 'account-deletion', email, intent: true, direct: false, problems: [] },
    isEmbargoed: false,
    hasOtherAddress: false,
    hashes: hash({ email, username: undefined }),
    seen: {
      state: 'opened',
      labels: [],
      updatedAt: '2026-03-01T09:00:00.000Z',
      noteId: 10,
      labelEventId: 0,
      stateEventId: 0,
      assigneeIds: [],
    },
    news: [],
    ...override,
  }
}

const take = (desk: Desk, sighting: IssueReading) =>
  desk.store.transaction((tables) => reconcile(desk.context, tables, issueSnapshot(sighting)))

async function byNumber(desk: Desk, iid: number) {
  const row = await desk.store.tables.requests.byNumber(iid, 'gitlab')
  if (!row) throw new Error(`no #${iid}`)
  return row
}

const asked = async (desk: Desk, iid: number) =>
  (await desk.store.tables.outbox.ofRequest((await byNumber(desk, iid)).id)).map(({ work }) => work.kind)

describe('of many requests of one person', () => {
  it('five are named on a card, and that there are more; the first five are told, and nobody else', async () => {
    const desk = await aDesk()
    for (let iid = 1; iid <= 12; iid++) await take(desk, aSighting(iid))

    expect((await byNumber(desk, 1)).facts).toMatchObject({
      suggestedDuplicates: [2, 3, 4, 5, 6],
      hasMoreDuplicates: true,
    })
    expect((await byNumber(desk, 12)).facts).toMatchObject({
      suggestedDuplicates: [1, 2, 3, 4, 5],
      hasMoreDuplicates: true,
    })
    expect((await byNumber(desk, 7)).facts.suggestedDuplicates).toEqual([1, 2, 3, 4, 5])
  })

  it('each costs the same: the audit log grows by no more than a few short entries, without a number of another', async () => {
    const desk = await aDesk()
    const sizeAfter = async (last: number, first: number) => {
      for (let iid = first; iid <= last; iid++) await take(desk, aSighting(iid))
      return (await desk.store.tables.audit.page(0, 10_000)).length
    }

    const first = await sizeAfter(20, 1)
    const second = await sizeAfter(40, 21)
    const third = await sizeAfter(60, 41)
    expect(second - first).toBe(40)
    expect(third - second).toBe(40)
    const seen = (await desk.store.tables.audit.page(0, 10_000)).filter(({ what }) => what === 'seen')
    for (const { details } of seen) expect(Object.keys(details)).not.toContain('iids')
  })
})

describe('an issue without a form', () => {
  const withoutForm = (iid: number) => aSighting(iid, { form: { intent: false, direct: true, problems: [] } })

  it('is told to the open requests of the same person, and they to it', async () => {
    const desk = await aDesk()
    await take(desk, aSighting(1))
    await take(desk, withoutForm(2))

    expect((await byNumber(desk, 1)).facts).toMatchObject({ laterIssues: [2], hasLaterIssue: true })
    expect((await byNumber(desk, 2)).facts).toMatchObject({ earlierIssues: [1] })
    expect((await byNumber(desk, 1)).facts.suggestedDuplicates).toBeUndefined()
  })

  it('is not told to somebody else’s', async () => {
    const desk = await aDesk()
    await take(desk, aSighting(1))
    await take(desk, { ...withoutForm(2), hashes: hash({ email: 'other@example.com', username: undefined }) })

    expect((await byNumber(desk, 1)).facts.laterIssues).toBeUndefined()
  })

  it('is one of five at most', async () => {
    const desk = await aDesk()
    await take(desk, aSighting(1))
    for (let iid = 2; iid <= 9; iid++) await take(desk, withoutForm(iid))

    expect((await byNumber(desk, 1)).facts.laterIssues).toEqual([2, 3, 4, 5, 6])
  })
})

describe('a form that was changed in GitLab', () => {
  const later = (sighting: IssueReading): IssueReading => ({
    ...sighting,
    seen: { ...sighting.seen, updatedAt: '2026-03-02T09:00:00.000Z' },
  })
  const asTyped = (
    iid: number,
    type: 'account-deletion' | 'data-export',
    override: Partial<IssueReading> = {},
  ) => {
    const sighting = aSighting(iid, override)
    return { ...sighting, form: { ...sighting.form, type }, seen: { ...sighting.seen, formType: type } }
  }

  it.each<[string, Partial<IssueReading>, object]>([
    ['the country', { isEmbargoed: true }, { isEmbargoed: true }],
    ['the comment', { hasOtherAddress: true }, { hasOtherAddress: true }],
    ['the comment', { suggestedReason: 'lost_2fa' }, { suggestedReason: 'lost_2fa' }],
    ['the e-mail address', { hashes: hash({ email: 'new@example.com', username: undefined }) }, {}],
  ])('counts as it is now, and the card says that %s is new', async (what, change, facts) => {
    const desk = await aDesk()
    await take(desk, aSighting(1))
    await take(desk, later(aSighting(1, change)))

    expect((await byNumber(desk, 1)).facts).toMatchObject({ ...facts, formChanged: { what: [what] } })
    expect(await asked(desk, 1)).toContain('thread')
  })

  it('counts as it is now where something was taken out of it', async () => {
    const desk = await aDesk()
    await take(desk, aSighting(1, { isEmbargoed: true }))
    await take(desk, later(aSighting(1)))

    const { facts } = await byNumber(desk, 1)
    expect(facts.isEmbargoed).toBeUndefined()
    expect(facts.formChanged?.what).toEqual(['the country'])
  })

  it('begins where its type does, if nobody knew it', async () => {
    const desk = await aDesk()
    await take(desk, aSighting(1, { form: { email, intent: true, direct: false, problems: [] } }))
    expect((await byNumber(desk, 1)).flow).toBe('submission')
    await take(desk, later(asTyped(1, 'data-export')))

    expect(await byNumber(desk, 1)).toMatchObject({ flow: 'data-export', step: 'self-serve' })
    expect(await asked(desk, 1)).toContain('labels')
  })

  it('stays where it is with another type: the card says so', async () => {
    const desk = await aDesk()
    await take(desk, asTyped(1, 'account-deletion'))
    await take(desk, later(asTyped(1, 'data-export')))

    const { flow, facts } = await byNumber(desk, 1)
    expect([flow, facts.formChanged?.what]).toEqual(['account-deletion', ['the request type']])
  })

  it('says nothing where it was read again as it was, nor where an older reading comes late', async () => {
    const desk = await aDesk()
    await take(desk, later(aSighting(1)))
    await take(desk, later(aSighting(1)))
    await take(desk, aSighting(1, { isEmbargoed: true }))

    const { facts } = await byNumber(desk, 1)
    expect([facts.formChanged, facts.isEmbargoed]).toEqual([undefined, undefined])
  })
})

describe('a duplicate is suggested on both cards, and never acted on by itself', () => {
  it('of the same e-mail and type', async () => {
    const desk = await aDesk()
    await take(desk, aSighting(1))
    await take(desk, aSighting(2))
    await take(desk, aSighting(3))

    expect((await byNumber(desk, 1)).facts.suggestedDuplicates).toEqual([2, 3])
    expect((await byNumber(desk, 2)).facts.suggestedDuplicates).toEqual([1, 3])
    expect((await byNumber(desk, 3)).facts.suggestedDuplicates).toEqual([1, 2])
    for (const iid of [1, 2, 3]) {
      expect(await asked(desk, iid)).toEqual([])
      expect((await byNumber(desk, iid)).step).toBe('awaiting-answers')
    }
  })

  it.each<[string, Partial<IssueReading>]>([
    [
      'of another type',
      { form: { type: 'full-deletion', email, intent: true, direct: false, problems: [] } },
    ],
    ['of somebody else', { hashes: hash({ email: 'john@example.com', username: undefined }) }],
    ['under another key', { hashes: identityHash('renewed')({ email, username: undefined }) }],
    ['of nobody who could be read', { hashes: hash({ email: undefined, username: undefined }) }],
  ])('none %s', async (_what, override) => {
    const desk = await aDesk()
    await take(desk, aSighting(1))
    await take(desk, aSighting(2, override))

    expect((await byNumber(desk, 1)).facts.suggestedDuplicates).toBeUndefined()
    expect((await byNumber(desk, 2)).facts.suggestedDuplicates).toBeUndefined()
  })

  it('none of a request that is closed', async () => {
    const desk = await aDesk()
    await take(desk, aSighting(1))
    const at = '2026-03-01T09:30:00.000Z'
    const news = [
      { observation: { name: 'issue-closed', labels: [], by: 'gitlab:1', at }, from: 'stateEventId', id: 5 },
    ] as const
    await take(desk, aSighting(1, { news }))
    await take(desk, aSighting(2))

    expect((await byNumber(desk, 2)).facts.suggestedDuplicates).toBeUndefined()
  })

  it('by the username alone', async () => {
    const desk = await aDesk()
    await take(desk, aSighting(1, { hashes: hash({ email: 'a@example.com', username: 'jane' }) }))
    await take(desk, aSighting(2, { hashes: hash({ email: 'b@example.com', username: 'JANE' }) }))

    expect((await byNumber(desk, 2)).facts.suggestedDuplicates).toEqual([1])
  })
})

describe('a close of the bot’s own', () => {
  const at = '2026-03-01T09:30:00.000Z'
  const stateNews = (
    name: 'issue-closed' | 'issue-reopened',
    by: Actor,
    id: number,
  ): IssueReading['news'] => [
    {
      observation: name === 'issue-closed' ? { name, labels: [], by, at } : { name, by, at },
      from: 'stateEventId',
      id,
    },
  ]
  const sees = (desk: Desk, news: IssueReading['news'], id: number) =>
    take(desk, aSighting(1, { news, seen: { ...aSighting(1).seen, stateEventId: id } }))

  it('closes a request that was reopened by what had been read before it', async () => {
    const desk = await aDesk()
    await take(desk, aSighting(1))
    await sees(desk, stateNews('issue-closed', 'gitlab:1', 5), 5)
    await sees(desk, stateNews('issue-reopened', 'gitlab:1', 6), 6)
    const before = await byNumber(desk, 1)

    await sees(desk, stateNews('issue-closed', 'bot', 7), 7)

    expect(before.closedAt).toBeUndefined()
    expect(await byNumber(desk, 1)).toMatchObject({ step: 'closed', facts: { closedFrom: before.step } })
  })

  it('is nothing new to a request that is closed', async () => {
    const desk = await aDesk()
    await take(desk, aSighting(1))
    await sees(desk, stateNews('issue-closed', 'gitlab:1', 5), 5)
    const { facts, step } = await byNumber(desk, 1)

    await sees(desk, stateNews('issue-closed', 'bot', 6), 6)

    expect(await byNumber(desk, 1)).toMatchObject({ facts, step })
  })

  it('is nothing new to a request whose issue is being reopened', async () => {
    const desk = await aDesk()
    await take(desk, aSighting(1))
    const { id, step } = await byNumber(desk, 1)
    const [dueAt, createdAt] = [at, at]
    await desk.store.tables.outbox.add([
      { opId: 'op-1', requestId: id, lane: 'gitlab', work: { kind: 'reopen' }, dueAt, createdAt },
    ])

    await sees(desk, stateNews('issue-closed', 'bot', 6), 6)

    expect(await byNumber(desk, 1)).toMatchObject({ step })
  })
})

describe('a close or a reopening of which GitLab has no event', () => {
  const minute = (count: number) =>
    new Date(Date.parse('2026-03-01T10:00:00.000Z') + count * 60_000).toISOString()
  const reading = (
    state: 'opened' | 'closed',
    at: { readonly changed: number; readonly first: number; readonly now: number },
    override: Partial<IssueReading> = {},
  ) => {
    const readAt = { first: minute(at.first), last: minute(at.now) }
    return aSighting(1, {
      seen: { ...aSighting(1).seen, state, updatedAt: minute(at.changed), readAt, stateEventId: 5 },
      ...override,
    })
  }
  const event = (
    name: 'issue-closed' | 'issue-reopened',
    id: number,
    at: string,
  ): IssueReading['news'][number] => ({
    observation:
      name === 'issue-closed' ? { name, labels: [], by: 'gitlab:7', at } : { name, by: 'gitlab:7', at },
    from: 'stateEventId',
    id,
  })
  const told = async (desk: Desk) =>
    (await desk.store.tables.audit.page(0, 1_000)).flatMap(({ what, details }) =>
      what === 'seen' && /^issue-(?:closed|reopened)$/.test(String(details.name)) ? [details.name] : [],
    )
  async function closed(without: 'event' | 'work' = 'event') {
    const desk = await aDesk({ at: minute(0) })
    await take(desk, reading('opened', { changed: 0, first: 0, now: 0 }))
    if (without === 'work') return desk
    desk.setTime(minute(33))
    await take(desk, reading('closed', { changed: 30, first: 31, now: 31 }))
    await take(desk, reading('closed', { changed: 30, first: 31, now: 33 }))
    return desk
  }

  it('is told once two readings two minutes apart show it, and not before', async () => {
    const desk = await closed('work')
    desk.setTime(minute(33))
    await take(desk, reading('closed', { changed: 30, first: 31, now: 31 }))
    await take(desk, reading('closed', { changed: 30, first: 31, now: 32 }))
    const before = await byNumber(desk, 1)

    await take(desk, reading('closed', { changed: 30, first: 31, now: 33 }))
    await take(desk, reading('closed', { changed: 30, first: 31, now: 40 }))

    expect(before.closedAt).toBeUndefined()
    expect(await byNumber(desk, 1)).toMatchObject({
      step: 'closed',
      facts: { closedFrom: before.step, closedOutside: true, lastMove: { by: 'gitlab', at: minute(30) } },
    })
    expect(await told(desk)).toEqual(['issue-closed'])
  })

  it('leads back to where the request stood', async () => {
    const desk = await closed()
    desk.setTime(minute(63))
    await take(desk, reading('opened', { changed: 60, first: 61, now: 61 }))
    const before = await byNumber(desk, 1)

    await take(desk, reading('opened', { changed: 60, first: 61, now: 63 }))

    expect(before.step).toBe('closed')
    expect(await byNumber(desk, 1)).toMatchObject({
      step: before.facts.closedFrom,
      facts: { reopenedAt: minute(60) },
    })
    expect((await byNumber(desk, 1)).closedAt).toBeUndefined()
  })

  it('is not told again by the event that comes late, and what comes after it is told', async () => {
    const desk = await closed()
    const late = event('issue-closed', 6, minute(30))
    await take(desk, reading('closed', { changed: 30, first: 31, now: 35 }, { news: [late] }))
    const again = event('issue-reopened', 7, minute(50))
    await take(desk, reading('opened', { changed: 50, first: 51, now: 51 }, { news: [late, again] }))
    const last = event('issue-closed', 8, minute(70))
    await take(desk, reading('closed', { changed: 70, first: 71, now: 71 }, { news: [last] }))

    expect(await told(desk)).toEqual(['issue-closed', 'issue-reopened', 'issue-closed'])
  })

  it('is no reopening twice where both of its events come late', async () => {
    const desk = await closed()
    desk.setTime(minute(63))
    await take(desk, reading('opened', { changed: 60, first: 61, now: 61 }))
    await take(desk, reading('opened', { changed: 60, first: 61, now: 63 }))
    const late = [event('issue-closed', 6, minute(30)), event('issue-reopened', 7, minute(60))]

    await take(desk, reading('opened', { changed: 60, first: 61, now: 65 }, { news: late }))

    expect(await told(desk)).toEqual(['issue-closed', 'issue-reopened'])
  })

  it.each([
    ['is on its way', undefined],
    ['has just arrived', 62],
    ['has come since the reading before', 61.5],
  ])('is none while the bot’s own close %s', async (_how, finished) => {
    const desk = await closed()
    const { id } = await byNumber(desk, 1)
    const at = minute(32)
    await desk.store.tables.outbox.add([
      { opId: 'op-1', requestId: id, lane: 'gitlab', work: { kind: 'close' }, dueAt: at, createdAt: at },
    ])
    await take(desk, reading('opened', { changed: 60, first: 61, now: 61 }))
    const entry = (await desk.store.tables.outbox.ofRequest(id)).find(({ work }) => work.kind === 'close')
    if (entry && finished) await desk.store.tables.outbox.done(entry, minute(finished), {}, entry.work)

    await take(desk, reading('opened', { changed: 60, first: 61, now: 63.5 }))

    expect((await byNumber(desk, 1)).step).toBe('closed')
    expect(await told(desk)).toEqual(['issue-closed'])
  })

  it('is none where the request is over by its marks of failed checks', async () => {
    const desk = await aDesk({ at: minute(0) })
    await take(desk, reading('opened', { changed: 0, first: 0, now: 0 }))
    await take(desk, reading('opened', { changed: 30, first: 31, now: 31 }, { isInvalid: true }))
    desk.setTime(minute(40))

    await take(desk, reading('opened', { changed: 30, first: 31, now: 40 }, { isInvalid: true }))

    expect((await byNumber(desk, 1)).step).toBe('closed')
    expect(await told(desk)).toEqual([])
  })
})

describe('a reopening that is seen late', () => {
  const snippet = 'blocked-user-initiated'
  const [closedAt, reopenedAt] = ['2026-03-01T09:30:00.000Z', '2026-03-01T09:40:00.000Z']
  const noteId = 20

  /** Of an issue that was closed and reopened while the bot replied; `notedAt` is GitLab's instant of the reply. */
  async function sentAfter(decidedAt: string, notedAt: string | undefined) {
    const desk = await aDesk()
    await take(desk, aSighting(1))
    const { id } = await byNumber(desk, 1)
    desk.setTime(decidedAt)
    await desk.store.transaction((tables) =>
      handleById(desk, tables, id, {
        kind: 'decision',
        decision: 'self-initiated-deletion',
        by: { id: 'UENG', roles: ['support-engineer'] },
        at: decidedAt,
        input: {},
      }),
    )
    const entry = (await desk.store.tables.outbox.ofRequest(id)).find(({ work }) => work.kind === 'reply')
    if (!entry) throw new Error('no reply was asked for')
    if (notedAt) await desk.store.tables.outbox.done(entry, decidedAt, { noteId }, entry.work)
    const by = 'gitlab:1'
    const stateEvents: IssueReading['news'] = [
      { observation: { name: 'issue-closed', labels: [], by, at: closedAt }, from: 'stateEventId', id: 5 },
      { observation: { name: 'issue-reopened', by, at: reopenedAt }, from: 'stateEventId', id: 6 },
    ]
    const own: IssueReading['news'] = notedAt
      ? [
          {
            observation: { name: 'snippet-sent', snippet, by: 'bot', at: notedAt },
            ...{ from: 'handNoteId', id: noteId, isUnderOwnName: true },
          },
        ]
      : []
    await take(desk, aSighting(1, { news: [...stateEvents, ...own] }))
    return Object.keys((await byNumber(desk, 1)).facts.sentSnippets ?? {})
  }

  it.each([
    ['as it should be', '2026-03-01T09:45:00.000Z'],
    ['behind', '2026-03-01T09:20:00.000Z'],
    ['ahead', '2026-03-01T10:20:00.000Z'],
  ])('forgets no reply that went out after it, the bot’s clock being %s', async (_clock, decidedAt) => {
    expect(await sentAfter(decidedAt, '2026-03-01T09:45:00.000Z')).toEqual([snippet])
  })

  it.each([
    ['as it should be', '2026-03-01T09:25:00.000Z'],
    ['ahead', '2026-03-01T10:10:00.000Z'],
  ])('forgets a reply that went out before it, the bot’s clock being %s', async (_clock, decidedAt) => {
    expect(await sentAfter(decidedAt, '2026-03-01T09:25:00.000Z')).toEqual([])
  })

  it('forgets no reply that is on its way', async () => {
    expect(await sentAfter('2026-03-01T09:25:00.000Z', undefined)).toEqual([snippet])
  })
})

describe('what becomes a request', () => {
  it.each<[string, Partial<IssueReading>, object]>([
    ['a type that is read', {}, { flow: 'account-deletion', step: 'awaiting-answers' }],
    [
      'a type that is not',
      { form: { email, intent: true, direct: false, problems: [] } },
      { flow: 'submission', step: 'type-unreadable' },
    ],
    [
      'an e-mail past the form',
      { form: { intent: false, direct: true, problems: [] } },
      { flow: 'submission', step: 'direct-e-mail' },
    ],
    ['failed automated checks', { isInvalid: true }, { flow: 'invalid', step: 'closed' }],
  ])('%s', async (_what, override, place) => {
    const desk = await aDesk()

    await take(desk, aSighting(1, override))

    expect(await byNumber(desk, 1)).toMatchObject(place)
  })

  it('failed automated checks give no card and nothing to do', async () => {
    const desk = await aDesk()

    await take(desk, aSighting(1, { isInvalid: true }))

    const { id, closedAt } = await byNumber(desk, 1)
    expect(closedAt).toBe('2026-03-01T10:00:00.000Z')
    expect(await desk.store.tables.outbox.waitingRedraw(id)).toBeUndefined()
  })

  it.each<[string, Partial<IssueReading>]>([
    ['an issue of the team’s own', { isFromRequester: false }],
    ['one that was closed before it was first seen', { seen: { ...aSighting(1).seen, state: 'closed' } }],
  ])('not %s', async (_what, override) => {
    const desk = await aDesk()

    const sighted = await take(desk, aSighting(1, override))

    expect(sighted).toEqual({ kind: 'not-a-request' })
    expect(await desk.store.tables.requests.byNumber(1, 'gitlab')).toBeUndefined()
  })
})

describe('news is told once', () => {
  const replied = (at: string, id: number) =>
    ({ observation: { name: 'requester-replied', at }, from: 'noteId', id }) as const

  it('the same reply read twice', async () => {
    const desk = await aDesk()
    await take(desk, aSighting(1))
    const news = [replied('2026-03-01T09:30:00.000Z', 11)]

    const again = aSighting(1, { news, seen: { ...aSighting(1).seen, noteId: 11 } })
    await take(desk, again)
    await take(desk, again)

    expect(await asked(desk, 1)).toEqual(['thread'])
    expect((await byNumber(desk, 1)).step).toBe('evaluating')
  })

  it('a reply that GitLab committed late, under a lower id than one that was read before', async () => {
    const desk = await aDesk()
    await take(desk, aSighting(1, { seen: { ...aSighting(1).seen, noteId: 20 } }))

    await take(desk, aSighting(1, { news: [replied('2026-03-01T09:30:00.000Z', 15)] }))

    expect((await byNumber(desk, 1)).step).toBe('evaluating')
  })

  it('an older reading that comes later takes nothing back', async () => {
    const desk = await aDesk()
    const { seen } = aSighting(1)
    await take(desk, aSighting(1))
    await take(
      desk,
      aSighting(1, { seen: { ...seen, noteId: 30, labels: ['new'], updatedAt: '2026-03-01T09:50:00.000Z' } }),
    )

    await take(desk, aSighting(1, { seen: { ...seen, noteId: 12, labels: ['old'] } }))

    expect((await byNumber(desk, 1)).seen).toMatchObject({
      noteId: 30,
      labels: ['new'],
      updatedAt: '2026-03-01T09:50:00.000Z',
    })
  })

  it('a reading is no older one for an `updated_at` before it that was ahead of time', async () => {
    const desk = await aDesk()
    const { seen } = aSighting(1)
    const readAt = (last: string) => ({ readAt: { first: last, last } })
    await take(desk, aSighting(1))
    await take(
      desk,
      aSighting(1, {
        seen: {
          ...{ ...seen, labels: ['old'], updatedAt: '2026-03-01T11:05:00.000Z' },
          ...readAt('2026-03-01T10:05:00.000Z'),
        },
      }),
    )
    const right = { updatedAt: '2026-03-01T10:25:00.000Z', ...readAt('2026-03-01T10:26:00.000Z') }

    await take(desk, aSighting(1, { seen: { ...seen, labels: ['new'], ...right }, isEmbargoed: true }))
    // Read before it, and written later.
    await take(
      desk,
      aSighting(1, {
        seen: {
          ...{ ...seen, labels: ['old'], updatedAt: '2026-03-01T10:20:00.000Z' },
          ...readAt('2026-03-01T10:20:00.000Z'),
        },
      }),
    )

    expect((await byNumber(desk, 1)).seen).toMatchObject({ labels: ['new'], ...right })
    expect((await byNumber(desk, 1)).facts.isEmbargoed).toBe(true)
  })

  it('an issue that can be read again loses its flag', async () => {
    const desk = await aDesk()
    await take(desk, aSighting(1))
    const { id } = await byNumber(desk, 1)
    const observation = { name: 'issue-unreadable', status: 404, at: '2026-03-01T09:30:00.000Z' } as const
    await desk.store.transaction((tables) =>
      handleById(desk, tables, id, { kind: 'observation', observation }),
    )
    const flagged = (await byNumber(desk, 1)).facts.unreadable

    await take(desk, aSighting(1))

    expect(flagged).toEqual({ status: 404, since: '2026-03-01T09:30:00.000Z' })
    expect((await byNumber(desk, 1)).facts.unreadable).toBeUndefined()
  })
})

describe('an event is written whole or not at all', () => {
  it('for a request that nobody knows', async () => {
    const desk = await aDesk()
    const observation = { name: 'requester-replied', at: '2026-03-01T09:30:00.000Z' } as const

    const handled = desk.store.transaction((tables) =>
      handleById(desk, tables, 'unknown', { kind: 'observation', observation }),
    )

    await expect(handled).rejects.toThrow(UnknownRequest)
    expect((await desk.store.tables.audit.head()).seq).toBe(0)
  })

  it('where the last write of it fails: no step, no audit entry, no effect', async () => {
    const desk = await aDesk()
    await take(desk, aSighting(1))
    const before = { row: await byNumber(desk, 1), audit: await desk.store.tables.audit.head() }
    const observation = { name: 'requester-replied', at: '2026-03-01T09:30:00.000Z' } as const

    const handled = desk.store.transaction(async (tables) => {
      await handleById(desk, tables, before.row.id, { kind: 'observation', observation })
      throw new Error('disk full')
    })

    await expect(handled).rejects.toThrow('disk full')
    expect({ row: await byNumber(desk, 1), audit: await desk.store.tables.audit.head() }).toEqual(before)
    expect(await asked(desk, 1)).toEqual([])
  })

  it('a requester’s words stay out of the audit log, and so does a meta issue’s next step', async () => {
    const desk = await aDesk()
    await take(desk, aSighting(1))
    const { id } = await byNumber(desk, 1)
    const issue = {
      iid: 9,
      url: 'https://x.example/9',
      done: 1,
      total: 2,
      next: 2,
      closed: false,
    }
    const at = '2026-03-01T09:30:00.000Z'

    await desk.store.transaction((tables) =>
      handleById(desk, tables, id, {
        kind: 'observation',
        observation: { name: 'meta-issue-seen', issue, at },
      }),
    )

    const entries = await desk.store.tables.audit.ofRequest(id)
    expect(JSON.stringify(entries)).not.toContain('jane')
    expect(entries.at(-1)?.details).toMatchObject({ issue: { iid: 9, done: 1, total: 2 } })
    expect(entries.at(-1)?.details.issue).not.toHaveProperty('next')
  })
})

describe('the bot’s own close, which it has not heard of', () => {
  const at = (minute: number) => `2026-03-02T09:0${minute}:00.000Z`
  const seen = (minute: number, stateEventId: number, state: 'opened' | 'closed' = 'opened') => ({
    ...aSighting(7).seen,
    ...{ state, stateEventId, updatedAt: at(minute) },
  })
  const closed = (id: number) =>
    ({
      observation: { name: 'issue-closed', labels: [], by: 'bot', at: at(1) },
      from: 'stateEventId',
      id,
    }) as const

  it('is believed where nothing younger is known', async () => {
    const desk = await aDesk()
    await take(desk, aSighting(7))

    await take(desk, aSighting(7, { seen: seen(1, 51, 'closed'), news: [closed(51)] }))

    expect((await byNumber(desk, 7)).closedAt).toBeDefined()
  })

  it('is not believed of a replica that lags behind what the bot has done since', async () => {
    const desk = await aDesk()
    await take(desk, aSighting(7))
    // It has reopened the issue, and read back how it left it: without the events.
    await take(desk, aSighting(7, { seen: seen(2, 0) }))

    await take(desk, aSighting(7, { seen: seen(1, 51, 'closed'), news: [closed(51)] }))
    const { closedAt, seen: known } = await byNumber(desk, 7)
    expect([closedAt, known.stateEventId]).toEqual([undefined, 50])

    await take(desk, aSighting(7, { seen: seen(2, 52) }))
    expect((await byNumber(desk, 7)).closedAt).toBeUndefined()
  })

  it('held back once is believed when a younger reading shows it', async () => {
    const desk = await aDesk()
    await take(desk, aSighting(7))
    await take(desk, aSighting(7, { seen: seen(2, 0) }))
    await take(desk, aSighting(7, { seen: seen(1, 51, 'closed'), news: [closed(51)] }))

    await take(desk, aSighting(7, { seen: seen(3, 51, 'closed'), news: [closed(51)] }))

    expect((await byNumber(desk, 7)).closedAt).toBeDefined()
  })
})

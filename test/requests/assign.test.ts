import { describe, expect, it } from 'vitest'
import { accountsOf } from '../../src/requests/accounts.ts'
import { assignRequest, followAssignee } from '../../src/requests/assign.ts'
import type { RequestRow } from '../../src/store/store.ts'
import { aDesk, type Desk } from './a-desk.ts'

const [ada, ben, eve] = ['UADA', 'UBEN', 'UEVE']
const accounts = accountsOf([
  { slack: ada, accounts: { gitlab: 'Ada' } },
  { slack: ben, accounts: { gitlab: 'ben' } },
])
const answerTo = { userId: ben, teamId: 'T1' }
const by = 'gitlab:42'

async function linkedDesk() {
  const desk = await aDesk()
  return { ...desk, context: { ...desk.context, accounts } }
}

const follow = (
  desk: Desk,
  row: RequestRow,
  before: readonly string[] | undefined,
  now: readonly string[] | undefined,
) => {
  const seen = (assignedTo: readonly string[] | undefined) => ({
    ...row.seen,
    ...(assignedTo && { assignedTo }),
  })
  return desk.store.transaction((tables) =>
    followAssignee(desk.context, tables, row, { before: seen(before), seen: seen(now), by }),
  )
}

describe('the assignee as the service has it', () => {
  it.each([
    ['nobody, and then somebody', undefined, [], [ada], ada],
    ['one, and then another', ada, [ada], [ben], ben],
    ['one, and then nobody', ada, [ada], [], undefined],
    ['one, and another besides', ada, [ada], [ada, ben], ada],
    ['both, and then one of them', ada, [ada, ben], [ben], ben],
    ['nobody, while it was claimed here', ada, [], [], ada],
    ['one whom nobody here took it from', ben, [ada], [ada], ben],
    ['one, where nothing was known before', undefined, undefined, [ada], ada],
    ['another than has claimed it here, where nothing was known before', ben, undefined, [ada], ben],
    ['nobody of whom anything is known', ada, undefined, undefined, ada],
  ])('%s', async (_what, assignee, before, now, expected) => {
    const desk = await linkedDesk()
    const row = await desk.insert(assignee === undefined ? {} : { assignee })

    expect((await follow(desk, row, before, now)).assignee).toBe(expected)
    expect((await desk.row()).assignee).toBe(expected)
  })

  it('says nothing while a claim made here is on its way there', async () => {
    const desk = await linkedDesk()
    const row = await desk.insert({ assignee: ada })
    const claimed = await desk.store.transaction((tables) =>
      assignRequest(desk.context, tables, row, { to: ben, by: `slack:${ben}`, answerTo }),
    )

    expect((await follow(desk, claimed, [], [ada])).assignee).toBe(ben)
  })

  it('takes in whoever was assigned already without telling anybody', async () => {
    const desk = await linkedDesk()
    await follow(desk, await desk.insert(), undefined, [ada])

    expect(await desk.said()).toEqual([])
  })
})

describe('what the service is told of a claim', () => {
  const told = async (from: string | undefined, to: string | undefined) => {
    const desk = await linkedDesk()
    const row = await desk.insert(from === undefined ? {} : { assignee: from })
    await desk.store.transaction((tables) =>
      assignRequest(desk.context, tables, row, { ...(to && { to }), by: `slack:${ben}`, answerTo }),
    )
    const entries = await desk.store.tables.outbox.ofRequest('r1')
    return entries.flatMap(({ work, lane }) => (work.kind === 'assign' ? [{ lane, work }] : []))
  }

  it.each([
    ['whose it is now', undefined, ben, { to: ben }],
    ['whose it was, too', ada, ben, { to: ben, from: ada }],
    ['whose it was alone, where the other has no account', ada, eve, { from: ada }],
    ['that it is nobody’s', ada, undefined, { from: ada }],
  ])('%s', async (_what, from, to, effect) => {
    expect(await told(from, to)).toEqual([{ lane: 'gitlab', work: { kind: 'assign', ...effect, answerTo } }])
  })

  it('nothing where neither has an account, or nothing has changed', async () => {
    expect(await told(undefined, eve)).toEqual([])
    expect(await told(ben, ben)).toEqual([])
  })
})

describe('who is told of it', () => {
  const said = async (
    from: string | undefined,
    to: string | undefined,
    who: `slack:${string}` | typeof by,
  ) => {
    const desk = await linkedDesk()
    const row = await desk.insert(from === undefined ? {} : { assignee: from })
    await desk.store.transaction((tables) =>
      assignRequest(desk.context, tables, row, { ...(to && { to }), by: who }),
    )
    return (await desk.said()).map(({ text }) => text)
  }

  it.each([
    ['nobody of their own claim', undefined, ada, `slack:${ada}`, []],
    ['nobody who lets it go', ada, undefined, `slack:${ada}`, []],
    [
      'whoever had it',
      ada,
      ben,
      `slack:${ben}`,
      [`{person:${ada}} {person:${ben}} has taken over #1 from you.`],
    ],
    [
      'whoever is taken off it',
      ada,
      undefined,
      `slack:${ben}`,
      [`{person:${ada}} {person:${ben}} has unassigned you from #1.`],
    ],
    [
      'whoever is given it',
      undefined,
      ada,
      `slack:${ben}`,
      [`{person:${ada}} {person:${ben}} has assigned #1 to you.`],
    ],
    [
      'both, once each, in one message',
      ada,
      ben,
      by,
      [`{person:${ben}} somebody in GitLab has assigned #1 to you, which {person:${ada}} had.`],
    ],
    [
      'whoever is given it by the one who had it',
      ada,
      ben,
      `slack:${ada}`,
      [`{person:${ben}} {person:${ada}} has assigned #1 to you, which they had.`],
    ],
  ] as const)('%s', async (_what, from, to, who, texts) => {
    expect(await said(from, to, who)).toEqual(texts)
  })
})

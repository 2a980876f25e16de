/** What is on a person's Home, and how a large desk fits on it. */
import { expect, it } from 'vitest'
import type { Facts, Person } from '../../src/engine/request.ts'
import { homeOf } from '../../src/requests/home.ts'
import { aDesk } from './a-desk.ts'

const now = '2026-03-20T12:00:00.000Z'
const engineer: Person = { id: 'U1ENGINEER', roles: ['support-engineer'] }
const manager: Person = { id: 'U1MANAGER', roles: ['support-manager'] }

async function parts() {
  const desk = await aDesk({ at: now })
  let iid = 0
  return {
    desk,
    home: {
      context: desk.context,
      taskText: () => '',
      cardUrl: () => undefined,
      isOn: ({ name }: { readonly name: string }) => name === 'privacy',
    },
    request: async (
      step: string,
      override: { assignee?: string; facts?: Facts; createdAt?: string } = {},
    ) => {
      iid += 1
      return desk.insert({
        id: `h${iid}`,
        number: iid,
        flow: 'account-deletion',
        step,
        createdAt: now,
        ...override,
      })
    },
  }
}

it('holds for whoever has claimed a request what is to be done on it, and nothing of what others have', async () => {
  const { home, request } = await parts()
  await request('evaluating', { assignee: engineer.id })
  await request('evaluating', { assignee: 'U2ENGINEER' })
  await request('awaiting-answers', { assignee: engineer.id, facts: { started: now } })
  await request('evaluating')

  const state = await homeOf(home, engineer, { filter: 'for-me', page: 0 })

  expect(state?.lines.map(({ request: { number } }) => number)).toEqual([1])
  expect(state?.counts).toMatchObject({ all: 4, mine: 2, unassigned: 1, 'for-me': 1 })
})

it('holds an approval for whoever may give it, whoever the request is assigned to', async () => {
  const { home, request } = await parts()
  await request('exception-review', {
    assignee: engineer.id,
    facts: { exception: { requestedBy: engineer.id, at: now } },
  })

  expect((await homeOf(home, manager, { filter: 'for-me', page: 0 }))?.counts['for-me']).toBe(1)
})

it('of two thousand open requests draws one page, the most urgent first, and counts them all', async () => {
  const { home, request } = await parts()
  for (let count = 0; count < 2_000; count += 1)
    await request('evaluating', {
      createdAt: new Date(Date.parse(now) - (count % 40) * 24 * 3_600_000).toISOString(),
    })

  const last = await homeOf(home, engineer, { filter: 'all', page: 9_999 })
  const overdue = await homeOf(home, engineer, { filter: 'overdue', page: 0 })

  expect(last?.pages).toBe(100)
  expect(last?.look.page).toBe(99)
  expect(last?.lines).toHaveLength(20)
  expect(overdue?.counts).toMatchObject({ all: 2_000, overdue: 450 })
  expect(Object.values(overdue?.load ?? {}).reduce((sum, one) => sum + one, 0)).toBe(2_000)
  expect(overdue?.lines[0]?.clocks[0]?.isOver).toBe(true)
})

it('has each request on one page, in their order over all pages', async () => {
  const { home, request } = await parts()
  const ages = Array.from({ length: 150 }, (_, count) => (count * 7) % 40)
  for (const days of ages)
    await request('evaluating', {
      createdAt: new Date(Date.parse(now) - days * 24 * 3_600_000).toISOString(),
    })

  const pages = await Promise.all(
    Array.from({ length: 8 }, (_, page) => homeOf(home, engineer, { filter: 'all', page })),
  )

  const byDeadline = ages
    .map((days, index) => ({ days, number: index + 1 }))
    .sort((one, other) => other.days - one.days || one.number - other.number)
  expect(pages.flatMap((page) => page?.lines.map((state) => state.request.number))).toEqual(
    byDeadline.map(({ number }) => number),
  )
})

it('is none where the person works at no desk that is on', async () => {
  const { home } = await parts()

  expect(
    await homeOf(home, { id: 'U9', roles: ['field-security'] }, { filter: 'all', page: 0 }),
  ).toBeUndefined()
})

/** What the poll asks for again and again, of the few requests that wait for it. */
import { expect, test } from 'vitest'
import { countStatements } from '../../bench/statements.ts'
import { tracked } from '../../src/requests/tracked.ts'
import { aDesk } from './a-desk.ts'

const day = '2026-03-01'

test('of a hundred open requests only those are read whose exports are under way', async () => {
  const { context, insert } = await aDesk()
  for (let number = 1; number <= 100; number += 1)
    await insert({ id: `r${number}`, number, flow: 'data-export', step: 'new' })
  const under = { flow: 'data-export', step: 'exporting' }
  await insert({ id: 'younger', number: 102, createdAt: `${day}T09:00:00.000Z`, ...under })
  await insert({ id: 'older', number: 101, createdAt: `${day}T08:00:00.000Z`, ...under, step: 'shared' })
  await insert({ id: 'oldest', number: 106, createdAt: `${day}T07:00:00.000Z`, ...under })
  await insert({ id: 'over', number: 103, closedAt: `${day}T09:00:00.000Z`, ...under })
  await insert({ id: 'of another type', number: 104, flow: 'data-access', step: under.step })
  await insert({ id: 'of the other desk', number: 105, source: 'zendesk', ...under })
  const counting = countStatements()

  const found = await Array.fromAsync(tracked(context, 'gitlab', 'exports'))
  counting.end()

  expect(found.map(({ id }) => id)).toEqual(['oldest', 'younger', 'older'])
  expect(counting.counted().rows).toBe(4)
})

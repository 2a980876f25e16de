/** What the first start costs for each request that is open already, however many there are. */
import { expect, test } from 'vitest'
import { firstStart } from '../../bench/first-start.ts'

test('taking in a request asks the database as much where 90 others are open as where 30 are', {
  timeout: 60_000,
}, async () => {
  // The first one of a process has more to do.
  await firstStart(1)
  const few = await firstStart(30)
  const many = await firstStart(90)

  const each = ({ statements, rows, issues }: typeof few) => ({
    statements: statements / issues,
    rows: rows / issues,
  })
  expect(each(many).statements).toBeLessThanOrEqual(each(few).statements * 1.1)
  expect(each(many).rows).toBeLessThanOrEqual(each(few).rows * 1.1)
  // Ten cards, and one message about the others, which may come later.
  expect(many.messages).toBeLessThanOrEqual(11)
})

import { expect, test } from 'vitest'
import type { TicketSender } from '../../../src/engine/request.ts'
import { changesSince } from '../../../src/services/zendesk/ticket-reader.ts'

const stamp = '2026-03-03T10:00:00.000Z'
const at = '2026-03-03T10:05:00.000Z'
const ticket = { status: 'open', isMerged: false, groupId: '8002' }
const own = 9
type Authored = { readonly authorId: number }
const senders: Readonly<Record<number, TicketSender>> = { 1: 'requester', 2: 'copy' }
const writers = {
  isOwn: ({ authorId }: Authored) => authorId === own,
  senderOf: ({ authorId }: Authored) => senders[authorId] ?? 'somebody-else',
}
const comment = (authorId: number, isPublic = true, createdAt = at) => ({
  ...{ authorId, public: isPublic, createdAt },
})
const changes = (
  given: Partial<typeof ticket>,
  comments: readonly ReturnType<typeof comment>[] = [],
  seen: { groupId?: string } | undefined = { groupId: '8002' },
) => changesSince({ ...ticket, ...given }, comments, stamp, writers, 'UTC', seen)

test.each([
  [comment(1), 'the requester wrote'],
  [comment(2), 'somebody in copy wrote'],
  [comment(3), 'an agent wrote a public answer'],
  [comment(3, false), 'an internal comment was added'],
  [comment(1, false), 'an internal comment was added'],
  [comment(own), 'the bot wrote a public answer'],
])('%j: %s', (written, said) => {
  expect(changes({}, [comment(1, true, stamp), written])).toEqual([`${said}, Mar 3, 10:05 AM UTC`])
})

test('A note of the bot’s own is not told of', () => {
  expect(changes({ status: 'solved' }, [comment(own, false), comment(1)])).toEqual([
    'the requester wrote, Mar 3, 10:05 AM UTC',
    'it is solved now',
  ])
  expect(changes({}, [comment(own, false)])).toEqual(['something on it was changed'])
})

test('What was written is told in the team’s time zone', () => {
  const told = changesSince(ticket, [comment(1)], stamp, writers, 'Europe/Amsterdam')

  expect(told).toEqual(['the requester wrote, Mar 3, 11:05 AM Europe/Amsterdam'])
})

test.each([
  [{ status: 'solved' }, ['it is solved now']],
  [{ status: 'closed' }, ['it is closed now']],
  [{ status: 'closed', isMerged: true }, ['it was merged into another ticket']],
  [{ groupId: '8001' }, ['it belongs to another group now']],
  [{ status: 'solved', groupId: '8001' }, ['it is solved now', 'it belongs to another group now']],
  [{ status: 'pending' }, ['something on it was changed']],
])('%j: %j', (given, said) => {
  expect(changes(given)).toEqual(said)
})

test('Where nobody knows whose it was, nothing is said of its group', () => {
  expect(changesSince(ticket, [], stamp, writers, 'UTC')).toEqual(['something on it was changed'])
})

test('Five comments are told one by one, the rest are counted', () => {
  const told = changes(
    {},
    [1, 1, 1, 1, 1, 3].map((author) => comment(author)),
  )

  expect(told.slice(4)).toEqual(['the requester wrote, Mar 3, 10:05 AM UTC', '1 more comment followed'])
  expect(changes({}, Array(8).fill(comment(1))).at(-1)).toBe('3 more comments followed')
})

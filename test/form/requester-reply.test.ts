import { describe, expect, it, test } from 'vitest'
import {
  isSupportBot,
  latestReply,
  type ReplyRule,
  type WrittenNote,
} from '../../src/form/requester-reply.ts'

const rule: ReplyRule = {
  supportBots: ['support-bot', 'other-support-bot'],
  automaticResponses: { texts: ['Thank you for your request.'], beginnings: ['Please answer'] },
}
const createdAt = '2026-03-01T09:00:00.000Z'
const aNote = (override: Partial<WrittenNote> = {}): WrittenNote => ({
  id: 1,
  body: 'My answers.',
  author: { username: 'support-bot' },
  system: false,
  internal: false,
  createdAt,
  ...override,
})
const replyAmong = (notes: readonly WrittenNote[], supportBot?: string) =>
  latestReply(
    notes,
    { createdAt, ...(supportBot === undefined ? {} : { supportBot }) },
    rule,
    async () => notes,
  )

test.each([
  ['a public note under Support Bot’s name', aNote(), true],
  ['under any of its names', aNote({ author: { username: 'other-support-bot' } }), true],
  ['not a system note', aNote({ system: true }), false],
  ['not an internal note', aNote({ internal: true }), false],
  ['not a colleague’s note', aNote({ author: { username: 'ines.engineer' } }), false],
  ['not an automatic response', aNote({ body: 'Thank you for your request.' }), false],
])('A requester’s reply is %s', async (_what, note, expected) => {
  expect((await replyAmong([note])) !== undefined).toBe(expected)
})

describe('The Support Bot is the account that opened the Service Desk issue', () => {
  const note = aNote({ author: { username: 'support-bot1' } })

  it('whatever GitLab has called it', async () => {
    expect(await replyAmong([note], 'support-bot1')).toBe(note)
    expect(await replyAmong([note], 'ghost')).toBeUndefined()
    expect(await replyAmong([note])).toBeUndefined()
  })

  it('by the same rule for the issue and for its notes', () => {
    expect(isSupportBot('support-bot1', { supportBot: 'support-bot1' }, rule)).toBe(true)
    expect(isSupportBot('support-bot', {}, rule)).toBe(true)
    expect(isSupportBot('ines.engineer', {}, rule)).toBe(false)
  })
})

test('The latest is told; the notes before are asked for only where one begins like an automatic response', async () => {
  let asked = 0
  const first = aNote({ id: 1, body: 'Please answer: when?' })
  const reply = aNote({ id: 2, body: 'In 2019.', createdAt: '2026-03-02T09:00:00.000Z' })
  const again = aNote({ id: 3, body: 'Please answer: when?', createdAt: '2026-03-03T09:00:00.000Z' })
  const inside = aNote({ id: 4, body: 'Please answer: when? 2019', createdAt: '2026-03-03T10:00:00.000Z' })
  const read = (notes: readonly WrittenNote[]) =>
    latestReply(notes, { createdAt }, rule, async () => {
      asked++
      return [first, ...notes]
    })

  expect(await read([reply])).toBe(reply)
  expect(asked).toBe(0)
  expect(await read([again])).toBeUndefined()
  expect(asked).toBe(1)
  expect(await read([reply, again])).toBe(reply)
  expect(await read([reply, again, inside])).toBe(inside)
})

import { expect, test } from 'vitest'
import { isRequesterReply, type WrittenNote } from '../../src/form/requester-reply.ts'

const rule = {
  supportBots: ['support-bot', 'other-support-bot'],
  isAutomaticResponse: (text: string) => text === 'Thank you for your request.',
}
const aNote = (override: Partial<WrittenNote> = {}): WrittenNote => ({
  body: 'My answers.',
  author: { username: 'support-bot' },
  system: false,
  internal: false,
  ...override,
})

test.each([
  ['a public note under Support Bot’s name', aNote(), true],
  ['under any of its names', aNote({ author: { username: 'other-support-bot' } }), true],
  ['not a system note', aNote({ system: true }), false],
  ['not an internal note', aNote({ internal: true }), false],
  ['not a colleague’s note', aNote({ author: { username: 'ines.engineer' } }), false],
  ['not an automatic response', aNote({ body: 'Thank you for your request.' }), false],
])('A requester’s reply is %s', (_what, note, expected) => {
  expect(isRequesterReply(note, rule)).toBe(expected)
})

/** What somebody is told of what they asked for and the bot has given up. */
import { expect, it } from 'vitest'
import { giveUp } from '../../src/inbox/give-up.ts'
import { aDesk } from '../requests/a-desk.ts'

const answerTo = { userId: 'U1', teamId: 'T1' }
const card = { channel: 'C1', ts: '1.2' }

it.each([
  ['a command about an issue with a card', { command: 'claim', iid: 1 }, ' on #1', 'Check the card'],
  ['a click whose request is nowhere', { requestId: 'r9', decision: 'mark-spam' }, '', 'Check the card'],
  ['a command about an issue nobody tracks', { command: 'track', iid: 12 }, ' on #12', 'Tell your admins'],
  ['a command about a request whose card waits', { command: 'claim', iid: 2 }, ' on #2', 'Tell your admins'],
  ['a redirect of a ticket', { ticket: 456, to: 'deletion' }, ' on ticket 456', 'Tell your admins'],
  ['a number in a service without a desk', { command: 'claim', iid: 3, source: 'x' }, '', 'Tell your admins'],
])('of %s: what it was, and to check the card where there is one', async (_what, asked, on, thenTo) => {
  const desk = await aDesk()
  await desk.insert({ card })
  await desk.insert({ id: 'r2', number: 2 })
  const given = { id: 1, key: 'k', kind: 'command', receivedAt: '', attempts: 19, token: 1, place: '' }

  const { write } = giveUp(desk)({ ...given, payload: { ...asked, answerTo } }, 'inbox-1')
  const told = await desk.store.transaction(async (tables) => write?.(tables, '2026-03-01T10:00:00.000Z'))

  expect(told?.text).toBe(
    `What you asked for${on} didn’t work: something in the bot went wrong several times. Nothing was changed or sent, and the bot has stopped trying. ${thenTo === 'Check the card' ? 'Check the card before you try again, and tell your admins.' : 'Tell your admins before you try again.'} Reference: inbox-1`,
  )
})

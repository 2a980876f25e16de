/** What `/security` understands. */

import { expect, test } from 'vitest'
import { security } from '../../src/desks/security.ts'
import { type Command, readCommand } from '../../src/listeners/read-command.ts'

const read = (text: string) => readCommand(text, security)

test.each<[string, Command]>([
  ['list', { name: 'list', filter: 'all', words: '' }],
  ['  LIST \t overdue ', { name: 'list', filter: 'overdue', words: 'overdue' }],
  ['list mine', { name: 'list', filter: 'mine', words: 'mine' }],
  ['list waiting', { name: 'list', filter: 'waiting', words: 'waiting' }],
  ['list new', { name: 'list', filter: { step: 'new' }, words: 'new' }],
  ['list queued', { name: 'list', filter: { step: 'queued' }, words: 'queued' }],
  [
    'list waiting-on-expert',
    { name: 'list', filter: { step: 'waiting-on-expert' }, words: 'waiting-on-expert' },
  ],
  [
    'list Waiting on expert',
    { name: 'list', filter: { step: 'waiting-on-expert' }, words: 'waiting-on-expert' },
  ],
  ['show 456', { name: 'show', number: 456 }],
  ['SHOW #456', { name: 'show', number: 456 }],
  ['show 999999999999999', { name: 'show', number: 999_999_999_999_999 }],
  ['claim 456', { name: 'claim', number: 456 }],
  ['claim #456', { name: 'claim', number: 456 }],
  ['batch', { name: 'batch' }],
  ['stats', { name: 'stats', days: 30 }],
  ['stats 7d', { name: 'stats', days: 7 }],
  ['stats 7', { name: 'stats', days: 7 }],
  ['STATS 90D', { name: 'stats', days: 90 }],
  ['stats 366d', { name: 'stats', days: 366 }],
  ['show ４５６', { name: 'show', number: 456 }],
  ['show ticket 456', { name: 'show', number: 456 }],
  [
    'show https://example.zendesk.com/agent/tickets/456?x=1',
    { name: 'show', number: 456, url: 'https://example.zendesk.com/agent/tickets/456' },
  ],
  ['stats 7 d', { name: 'stats', days: 7 }],
  ['stats 4w', { name: 'stats', days: 28 }],
  ['stats 4 weeks', { name: 'stats', days: 28 }],
  ['stats 1 week.', { name: 'stats', days: 7 }],
  ['stats 30 days', { name: 'stats', days: 30 }],
  ['help', { name: 'help' }],
])('%j is understood', (text, command) => {
  expect(read(text)).toEqual(command)
})

test.each([
  '',
  '   ',
  'what?',
  'list nonsense',
  'list approval',
  'list solved',
  'list redirected',
  'list awaiting-answers',
  'list account-deletion',
  'list overdue mine',
  'list __proto__',
  'list constructor',
  'show',
  'show 0',
  'show 007',
  'show -1',
  'show 1.5',
  'show 1e3',
  'show 0x10',
  'show ##456',
  'show 456 457',
  'show 100000000000000000000',
  'claim',
  'claim 0',
  'claim 1e3',
  'claim 100000000000000000000',
  'claim <@U01ENGINEER>',
  'batch 2026-03-05',
  'stats 0',
  'stats 0d',
  'stats 367d',
  'stats 1e3',
  'stats -7d',
  'stats 7y',
  'stats 53w',
  'stats 100000000000000000000d',
  'track 456',
  'redirect-ticket 456 both',
  '__proto__',
  'constructor 1',
])('%j is answered with usage', (text) => {
  expect(read(text)).toEqual({ name: 'help' })
})

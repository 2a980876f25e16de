import { describe, expect, test } from 'vitest'
import type { Effect } from '../../src/engine/effect.ts'
import { promiseText, taskText } from '../../src/views/effect-text.ts'

const effects: readonly (readonly [Effect, string, string])[] = [
  [
    { kind: 'reply', snippet: 'closed-no-response', replacements: {} },
    'Send “Request Closed - No Response” to the requester by e-mail',
    'Sends “Request Closed - No Response” to the requester by e-mail.',
  ],
  [
    { kind: 'reply', snippet: 'constructor', replacements: {} },
    'Send “constructor” to the requester by e-mail',
    'Sends “constructor” to the requester by e-mail.',
  ],
  [
    { kind: 'labels', add: ['a', 'b'], remove: ['c'] },
    'Add “a” and “b” and remove “c”',
    'Adds “a” and “b”. Removes “c”.',
  ],
  [{ kind: 'labels', add: [], remove: ['c'] }, 'Remove “c”', 'Removes “c”.'],
  [{ kind: 'close' }, 'Close #123', 'Closes #123.'],
  [
    { kind: 'mark-duplicate', of: 7 },
    'Mark #123 as a duplicate of #7, which closes it',
    'Marks #123 as a duplicate of #7, which closes it.',
  ],
  [
    { kind: 'open-issue', purpose: 'meta', template: 'T' },
    'Open a confidential issue from the template “T”',
    'Opens a confidential issue from the template “T”.',
  ],
  [
    { kind: 'typed-reply', text: 'x' },
    'Send the text you typed to the requester by e-mail',
    'Sends the text you typed to the requester by e-mail.',
  ],
  [{ kind: 'reopen' }, 'Reopen #123', 'Reopens #123.'],
  [
    { kind: 'feature-request-note' },
    'Note on the feature request that such a request is worked by hand',
    'Notes on the feature request that such a request is worked by hand.',
  ],
  [
    { kind: 'start-exports' },
    'Schedule the export of each of the user’s personal projects',
    'Schedules the export of each of the user’s personal projects.',
  ],
  [{ kind: 'internal-note', text: 'x' }, 'Write an internal note', 'Writes an internal note.'],
  [{ kind: 'gather-evidence' }, 'Read the evidence from GitLab', 'Reads the evidence from GitLab.'],
  [
    { kind: 'ticket-reply', text: 'x', solve: true, stamp: '', decidedAt: '' },
    'Send the text you typed to the requester by e-mail and solve ticket 123',
    'Sends the text you typed to the requester by e-mail. Solves ticket 123.',
  ],
  [
    { kind: 'ticket-reply', text: 'x', solve: false, stamp: '', decidedAt: '' },
    'Send the text you typed to the requester by e-mail',
    'Sends the text you typed to the requester by e-mail.',
  ],
  [
    { kind: 'ticket-note', text: 'x' },
    'Write an internal note on ticket 123',
    'Writes an internal note on ticket 123.',
  ],
  [
    { kind: 'forward-ticket', text: 'x', stamp: '', decidedAt: '', backTo: 'new' },
    'Forward ticket 123 to support, with an internal note',
    'Forwards ticket 123 to support, with an internal note.',
  ],
  [
    { kind: 'open-expert-issue', team: 'x', question: 'x' },
    'Open a confidential issue with the expert team',
    'Opens a confidential issue with the expert team.',
  ],
  [
    { kind: 'link-expert-issue' },
    'Write the issue’s address to an internal note on ticket 123',
    'Writes the issue’s address to an internal note on ticket 123.',
  ],
  [{ kind: 'thread', text: 'x', mention: [] }, 'Post in the thread', 'Posts in the thread.'],
]

describe('what an effect does', () => {
  test.each(effects)('%j: as the card lists it and as it is confirmed', (effect, task, promise) => {
    expect(taskText(effect, 123)).toBe(task)
    expect(promiseText(effect, 123)).toBe(promise)
  })
})

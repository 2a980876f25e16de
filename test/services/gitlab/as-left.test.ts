/** Whether an issue stands as the bot has left it: only then what the bot has done needs no second look. */
import { expect, test } from 'vitest'
import { isAsLeft } from '../../../src/services/gitlab/read-issue.ts'
import type { SyncCursor } from '../../../src/store/store.ts'

const before: SyncCursor = {
  state: 'opened',
  labels: ['Awaiting::Challenge Answers', 'account-deletion::personal'],
  updatedAt: '2026-03-01T09:00:00.000Z',
  noteId: 0,
  labelEventId: 0,
  stateEventId: 0,
  assigneeIds: [],
}
const done = [
  { kind: 'reply', snippet: 'closed-no-response', replacements: {} },
  { kind: 'labels', add: ['deletion request::denied'], remove: ['Awaiting::Challenge Answers'] },
  { kind: 'close' },
]
const closed = { state: 'closed', labels: ['account-deletion::personal', 'deletion request::denied'] }
const reader = { handbookLabel: (name: string) => name }

test('when it bears what was there and what the bot set, and is closed as the bot closed it', () => {
  expect(isAsLeft(reader, closed, before, done)).toBe(true)
})

test('labels that the handbook does not know do not count', () => {
  expect(isAsLeft(reader, { ...closed, labels: [...closed.labels, 'weekend'] }, before, done)).toBe(true)
})

test.each([
  [
    'somebody has set a label besides',
    { ...closed, labels: [...closed.labels, 'Account Verification Failed'] },
  ],
  ['somebody has taken one away', { ...closed, labels: ['deletion request::denied'] }],
  ['the bot’s own label is not there', { ...closed, labels: ['account-deletion::personal'] }],
  [
    'the label to go is still there',
    { ...closed, labels: [...closed.labels, 'Awaiting::Challenge Answers'] },
  ],
  ['somebody has reopened it', { ...closed, state: 'opened' }],
])('not when %s', (_what, issue) => {
  expect(isAsLeft(reader, issue, before, done)).toBe(false)
})

test('not when it was closed and the bot closed nothing', () => {
  expect(isAsLeft(reader, { state: 'closed', labels: before.labels }, before, [])).toBe(false)
})

test('a scope holds one label: what stood in it goes by itself', () => {
  const issue = { state: 'opened', labels: ['account-deletion::corporate'] }
  const work = { kind: 'labels', add: ['account-deletion::corporate'], remove: [] }

  expect(isAsLeft(reader, issue, { ...before, labels: ['account-deletion::personal'] }, [work])).toBe(true)
})

test('what the bot has set and taken off again is not expected to be there', () => {
  const issue = { state: 'opened', labels: before.labels }
  const works = [
    { kind: 'labels', add: ['Account Verification Failed'], remove: [] },
    { kind: 'labels', add: [], remove: ['Account Verification Failed'] },
  ]

  expect(isAsLeft(reader, issue, before, works)).toBe(true)
})

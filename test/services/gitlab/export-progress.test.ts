import { expect, test } from 'vitest'
import { exportProgress, isComplete } from '../../../src/services/gitlab/run-exports.ts'

test.each([
  ['nothing to export', [], 0, { done: 0, total: 0, failed: 0 }, true],
  [
    'all on their way',
    ['queued', 'started', 'regeneration_in_progress'],
    0,
    { done: 0, total: 3, failed: 0 },
    false,
  ],
  ['all done', ['finished', 'finished'], 0, { done: 2, total: 2, failed: 0 }, true],
  ['one failed, the other done', ['failed', 'finished'], 0, { done: 1, total: 2, failed: 1 }, true],
  ['one refused, the other on its way', ['none', 'started'], 1, { done: 0, total: 2, failed: 1 }, false],
  ['one not begun yet, none refused', ['none', 'finished'], 0, { done: 1, total: 2, failed: 0 }, false],
  [
    'one refused at first and scheduled by hand since',
    ['finished'],
    1,
    { done: 1, total: 1, failed: 0 },
    true,
  ],
] as const)('%s', (_what, statuses, refused, progress, complete) => {
  expect(exportProgress(statuses, refused)).toEqual(progress)
  expect(isComplete(exportProgress(statuses, refused))).toBe(complete)
})

/** What a button stands for on a card that was drawn at a step. */
import { expect, test } from 'vitest'
import { shownDecision } from '../../src/engine/decision-rule.ts'
import { accountDeletion as flow } from '../../src/flows/account-deletion.ts'

const { steps, anytime } = flow

test.each([
  ['the step’s own', 'exception-review', 'fail-verification', steps['exception-review']],
  [
    'a core one that lies ahead, at the step that a reply leads to',
    'awaiting-answers',
    'fail-verification',
    steps.evaluating,
  ],
  ['a core one that lies behind', 'ready', 'close-no-response', steps['awaiting-answers']],
])('It is %s: at %s, %s', (_what, stepName, name, from) => {
  expect(from?.decisions[name]).toBeDefined()
  expect(shownDecision(flow, stepName, name)).toBe(from?.decisions[name])
})

test('It is one that is open at any step', () => {
  expect(shownDecision(flow, 'deleting', 'mark-spam')).toBe(anytime['mark-spam'])
})

test.each([
  ['at a closed step', 'closed', 'fail-verification'],
  ['at a closed step, of those open at any other', 'closed', 'mark-spam'],
  ['of the core once the deletion is under way', 'deleting', 'fail-verification'],
  ['that lies ahead and is no core one', 'awaiting-answers', 'start-deletion'],
  ['at a step that is not there', 'no-such-step', 'fail-verification'],
  ['at what every object has', 'constructor', 'fail-verification'],
  ['with the name of what every object has', 'evaluating', 'constructor'],
])('There is none %s: at %s, %s', (_what, stepName, name) => {
  expect(shownDecision(flow, stepName, name)).toBeUndefined()
})

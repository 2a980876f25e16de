/** The end of every privacy request: closed by a decision or by hand in GitLab, and reopened by hand. */
import type { Step } from '../engine/flow.ts'

/** An issue that somebody closes in GitLab is closed here, whatever its step; nothing is sent. */
export const closedByHand = { 'issue-closed': { goto: 'closed' } } as const

/** One that somebody reopens stands where it stood. */
export const reopenedByHand = { 'issue-reopened': { goto: { back: 'closed-from' } } } as const

export const closedStep: Step<never> = {
  title: 'Closed',
  availableWhen: 'when it is closed',
  waitsFor: 'nobody',
  isClosed: true,
  on: reopenedByHand,
  decisions: {},
}

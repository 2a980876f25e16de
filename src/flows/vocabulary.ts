/**
 * The words in which the flows are written: shorthands for effects, the people who may decide, and the end of every
 * privacy request.
 */

import type { Condition, EffectRule } from '../engine/effect.ts'
import type { Decision, Step } from '../engine/flow.ts'
import type { IssuePurpose } from '../engine/need.ts'
import type { Role } from '../engine/request.ts'
import type { Label } from './labels.ts'
import type { SnippetName } from './snippets.ts'

/** The roles of Support: a support engineer or a support manager. */
export const support: readonly Role[] = ['support-engineer', 'support-manager']

/** Sends a snippet to the requester, as a public note. */
export const reply = (
  snippet: SnippetName,
  options: Pick<EffectRule & { kind: 'reply' }, 'replace' | 'addition'> = {},
): EffectRule => ({ kind: 'reply', snippet, ...options })

/** Sends the texts of these fields to the requester, as the person typed them. */
export const typedReply = (...fields: readonly string[]): EffectRule => ({ kind: 'typed-reply', fields })

/** Adds labels to the issue. */
export const addLabels = (...add: readonly Label[]): EffectRule => ({ kind: 'labels', add, remove: [] })

/** Removes labels from the issue. */
export const removeLabels = (...remove: readonly Label[]): EffectRule => ({ kind: 'labels', add: [], remove })

/** Closes the issue. */
export const closeIssue = (): EffectRule => ({ kind: 'close' })

/** Reopens the issue. */
export const reopenIssue = (): EffectRule => ({ kind: 'reopen' })

/** Writes a note on the issue that only the project's members see. */
export const internalNote = (text: string): EffectRule => ({ kind: 'internal-note', text })

/** Opens a confidential issue from a template of the project, linked to the request. */
export const openIssue = (purpose: IssuePurpose, template: string): EffectRule => ({
  kind: 'open-issue',
  purpose,
  template,
})

/** Writes below the request's card in Slack, and mentions these roles. */
export const askInThread = (text: string, ...mention: readonly Role[]): EffectRule => ({
  kind: 'thread',
  text,
  mention,
})

/** Runs the quick action that closes the issue as a duplicate of the one whose number stands in the field. */
export const markDuplicate = (field: string): EffectRule => ({ kind: 'mark-duplicate', field })

/** Reads the criteria of the sole-owner exception from GitLab. */
export const gatherEvidence = (): EffectRule => ({ kind: 'gather-evidence' })

/** Starts the exports of the user's projects. */
export const startExports = (): EffectRule => ({ kind: 'start-exports' })

/** Notes the request on the team's feature request. */
export const noteOnFeatureRequest = (): EffectRule => ({ kind: 'feature-request-note' })

/**
 * Writes the text of the field as a public comment on the ticket. On a conflict the request stays where it stood, or
 * goes on.
 */
export const replyOnTicket = (field: string, onConflict: 'stay' | 'go on' = 'stay'): EffectRule => ({
  kind: 'ticket-reply',
  fields: [field],
  solve: false,
  ...(onConflict === 'stay' && { onConflict }),
})

/** Writes the text of the field as a public comment on the ticket, and solves the ticket in the same update. */
export const replyAndSolve = (field: string): EffectRule => ({
  kind: 'ticket-reply',
  fields: [field],
  solve: true,
  onConflict: 'stay',
})

/** Writes an internal comment on the ticket. */
export const noteOnTicket = (text: string): EffectRule => ({ kind: 'ticket-note', text })

/** Gives the ticket to the support group, with an internal comment. */
export const forwardToSupport = (text: string): EffectRule => ({ kind: 'forward-ticket', text })

/** Opens an issue in the expert team's project. The fields hold the team's name and what it is asked. */
export const openExpertIssue = (team: string, question: string): EffectRule => ({
  kind: 'open-expert-issue',
  team,
  question,
})

/** Links the expert team's issue on the ticket. */
export const linkExpertIssue = (): EffectRule => ({ kind: 'link-expert-issue' })

/** Sends the ticket's writer to the form, and solves the ticket. The fields hold what they ask for and what the preview showed. */
export const redirectToForm = (to: string, preview: string): EffectRule => ({
  kind: 'redirect-ticket',
  to,
  preview,
})

/** Returns the effect with a condition: it is carried out only where that holds. */
export const onlyIf = (when: Condition, rule: EffectRule): EffectRule => ({ ...rule, when })

// The end of every privacy request: closed by a decision or by hand in GitLab, and reopened by hand.

/**
 * Closes the request when somebody closes its issue in GitLab, whatever its step, or when GitLab's automated checks
 * fail after it came: "No action is required". Nothing is sent.
 */
export const closedByHand = {
  'issue-closed': { goto: 'closed' },
  'checks-failed': { goto: 'closed' },
} as const

/** Leads a request that somebody reopens in GitLab to where it stood. */
export const reopenedByHand = { 'issue-reopened': { goto: { back: 'closed-from' } } } as const

/** Takes a request that was closed by hand as it is: nothing of it is completed, and nothing is sent. */
export const leaveAsClosed = (by: readonly Role[]): Decision<never> => ({
  button: 'Leave as Closed',
  by,
  when: ['is-unfinished'],
  records: 'left-closed',
  do: [],
})

/** The step at which every privacy request ends. */
export const closedStep: Step<never> = {
  title: 'Closed',
  availableWhen: 'when it is closed',
  waitsFor: 'nobody',
  isClosed: true,
  on: reopenedByHand,
  decisions: { 'leave-as-closed': leaveAsClosed(support) },
}

/** The words in which the flows are written: shorthands for effects, who may decide, and the labels set together. */

import type { Condition, EffectRule } from '../engine/effect.ts'
import type { IssuePurpose } from '../engine/effects/issues.ts'
import type { Step } from '../engine/flow.ts'
import type { Role } from '../engine/request.ts'
import type { Label } from './labels.ts'
import type { SnippetName } from './snippets.ts'

/** A support engineer or a support manager. */
export const support: readonly Role[] = ['support-engineer', 'support-manager']

export const reply = (
  snippet: SnippetName,
  options: Pick<EffectRule & { kind: 'reply' }, 'replace' | 'addition'> = {},
): EffectRule => ({ kind: 'reply', snippet, ...options })

/** The handbook's reply to silence: not sent when the requester has written meanwhile. */
export const replyToSilence = (snippet: SnippetName): EffectRule => ({
  kind: 'reply',
  snippet,
  onlyIfSilent: true,
})

/** The texts of these fields, as the person typed them. */
export const typedReply = (...fields: readonly string[]): EffectRule => ({ kind: 'typed-reply', fields })

export const addLabels = (...add: readonly Label[]): EffectRule => ({ kind: 'labels', add, remove: [] })

export const removeLabels = (...remove: readonly Label[]): EffectRule => ({ kind: 'labels', add: [], remove })

export const closeIssue = (): EffectRule => ({ kind: 'close' })

export const reopenIssue = (): EffectRule => ({ kind: 'reopen' })

export const internalNote = (text: string): EffectRule => ({ kind: 'internal-note', text })

export const openIssue = (purpose: IssuePurpose, template: string): EffectRule => ({
  kind: 'open-issue',
  purpose,
  template,
})

export const askInThread = (text: string, ...mention: readonly Role[]): EffectRule => ({
  kind: 'thread',
  text,
  mention,
})

/** The quick action that closes the issue as a duplicate of the one whose number stands in the field. */
export const markDuplicate = (field: string): EffectRule => ({ kind: 'mark-duplicate', field })

export const gatherEvidence = (): EffectRule => ({ kind: 'gather-evidence' })

export const startExports = (): EffectRule => ({ kind: 'start-exports' })

export const noteOnFeatureRequest = (): EffectRule => ({ kind: 'feature-request-note' })

/** The text of the field as a public comment on the ticket. On a conflict the request stays where it stood, or goes on. */
export const replyOnTicket = (field: string, onConflict: 'stay' | 'go on' = 'stay'): EffectRule => ({
  kind: 'ticket-reply',
  fields: [field],
  solve: false,
  ...(onConflict === 'stay' && { onConflict }),
})

/** The same, and the ticket is solved in the same update. */
export const replyAndSolve = (field: string): EffectRule => ({
  kind: 'ticket-reply',
  fields: [field],
  solve: true,
  onConflict: 'stay',
})

export const noteOnTicket = (text: string): EffectRule => ({ kind: 'ticket-note', text })

/** Gives the ticket to the support group, with an internal comment. */
export const forwardToSupport = (text: string): EffectRule => ({ kind: 'forward-ticket', text })

/** The fields hold the team's name and what it is asked. */
export const openExpertIssue = (team: string, question: string): EffectRule => ({
  kind: 'open-expert-issue',
  team,
  question,
})

export const linkExpertIssue = (): EffectRule => ({ kind: 'link-expert-issue' })

/** Sends the ticket's writer to the form, and solves the ticket. The fields hold what they ask for and what the preview showed. */
export const redirectToForm = (to: string, preview: string): EffectRule => ({
  kind: 'redirect-ticket',
  to,
  preview,
})

/** The effect only where the condition holds. */
export const onlyIf = (when: Condition, rule: EffectRule): EffectRule => ({ ...rule, when })

// The end of every privacy request: closed by a decision or by hand in GitLab, and reopened by hand.

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

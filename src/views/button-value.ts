/** A button or a modal carries back which request and decision it stood for when it was drawn, and no more. */
import type { Instant } from '../engine/time.ts'

/** The value that a button or a modal carries back. */
export interface ButtonValue {
  readonly requestId: string
  readonly decision: string
  /** The step at which it was drawn: the same name may do other things at another step. */
  readonly step: string
  /** The channel from which the modal was opened. */
  readonly channel?: string
  /** The instant at which the ticket that the modal shows had last changed, or of the move that it takes back. */
  readonly stamp?: Instant
}

/** The beginning of the action id of a decision's button. */
export const decideAction = 'decide:'
/** The action id of the card's menu, whose choice stands for a button. */
export const menuAction = 'decide-menu'
/** The action id of Try Again. */
export const tryAgainAction = 'try-again'
/** The action id of Undo; its value has the id of a decision for the decision. */
export const undoAction = 'undo'
/** The action id of Claim. */
export const claimAction = 'claim'
/** The action id of Unassign. */
export const releaseAction = 'release'
/** The action id of Assign to Someone. */
export const assignAction = 'assign'
/** The action id of the button that shows one person what the requester wrote. */
export const detailsAction = 'details'
/** The callback id of a decision's modal. */
export const decisionCallback = 'decide'
/** The beginning of the block id of a field in a modal. */
export const fieldBlock = 'field:'
/** The action id of the input in a field's block. */
export const fieldInput = 'input'

/** Writes the value for a button or a modal. */
export function buttonValueText(value: ButtonValue): string {
  return JSON.stringify(value)
}

/** Reads the value as it was written, or returns undefined where it is none of ours. */
export function readButtonValue(text: string | undefined): ButtonValue | undefined {
  const value = readObject(text)
  if (!value) return undefined
  const { requestId, decision, step, channel, stamp } = value
  if (typeof requestId !== 'string' || typeof decision !== 'string' || typeof step !== 'string')
    return undefined
  return {
    requestId,
    decision,
    step,
    ...(typeof channel === 'string' && { channel }),
    ...(typeof stamp === 'string' && { stamp }),
  }
}

/**
 * Writes the value for an option of the menu. An option's value has 150 characters, which JSON would nearly use up;
 * none of the three parts holds a space.
 */
export function menuValueText({ requestId, decision, step }: ButtonValue): string {
  return [requestId, decision, step].join(' ')
}

/** Reads the value of an option, or returns undefined where it is none of ours. */
export function readMenuValue(text: string | undefined): ButtonValue | undefined {
  const [requestId, decision, step, ...more] = (text ?? '').split(' ')
  if (!requestId || !decision || !step || more.length > 0) return undefined
  return { requestId, decision, step }
}

/** Reads JSON that holds an object, or returns undefined where it is none. */
export function readObject(text = ''): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** The modal in which a request is given to a colleague. */
import type { ModalView } from '@slack/types'
import { requestName } from '../engine/flow.ts'
import { capital } from '../engine/request.ts'
import type { CardState } from '../requests/card-states.ts'
import { limits, plainText, sections } from './block-kit.ts'
import { fieldBlock, fieldInput, readObject } from './button-value.ts'
import { escaped, who } from './escape.ts'

/** The value that the modal carries back. */
export interface AssignValue {
  readonly requestId: string
  /** The channel from which the modal was opened. */
  readonly channel?: string
}

/** The callback id of the modal. */
export const assignCallback = 'assign'
/** The block id of its only field. */
export const assigneeBlock = `${fieldBlock}assignee`

/** Draws the modal; `channel` is where its answer goes. */
export function assignModal(
  { desk, request }: Pick<CardState, 'desk' | 'request'>,
  channel: string | undefined,
): ModalView {
  const { id, number, assignee } = request
  const value: AssignValue = { requestId: id, ...(channel !== undefined && { channel }) }
  const name = escaped(capital(requestName(desk, number)))
  return {
    type: 'modal',
    callback_id: assignCallback,
    private_metadata: JSON.stringify(value),
    title: plainText('Assign', limits.modalTitle),
    submit: plainText('Assign', limits.modalTitle),
    close: plainText('Cancel', limits.modalTitle),
    blocks: [
      ...sections([
        assignee === undefined ? `*${name}* is unassigned.` : `*${name}* is assigned to ${who(assignee)}.`,
      ]),
      {
        type: 'input',
        block_id: assigneeBlock,
        label: plainText('Assign to', limits.inputLabel),
        hint: plainText('They’ll be told in its thread.', limits.inputHint),
        element: { type: 'users_select', action_id: fieldInput },
      },
    ],
  }
}

/** Reads the value as it was written, or returns undefined where it is none of ours. */
export function readAssignValue(text: string): AssignValue | undefined {
  const value = readObject(text)
  if (!value) return undefined
  const { requestId, channel } = value
  if (typeof requestId !== 'string') return undefined
  return { requestId, ...(typeof channel === 'string' && { channel }) }
}

/** The question before somebody takes a request over that a colleague has claimed. */
import type { ModalView } from '@slack/types'
import { requestName } from '../engine/flow.ts'
import { capital, type Request } from '../engine/request.ts'
import type { CardState } from '../requests/card-states.ts'
import { limits, plainText, sections } from './block-kit.ts'
import { readObject } from './button-value.ts'
import { escaped, who } from './escape.ts'

/** The value that the modal carries back. */
export interface TakeOverValue {
  /** The service in which the request is. */
  readonly source: string
  readonly iid: number
  /** Slack user id of the person who had it when the question was asked. */
  readonly from: string
  /** The channel from which the modal was opened. */
  readonly channel?: string
}

/** The callback id of the modal. */
export const takeOverCallback = 'take-over'

const button = 'Take Over'

/** Returns whom a request would be taken from: undefined where nobody else has it. */
export function holderBeside({ assignee }: Pick<Request, 'assignee'>, userId: string): string | undefined {
  return assignee === userId ? undefined : assignee
}

/** Draws the question; `from` has the request now, and `channel` is where its answer goes. */
export function takeOverModal(
  { desk, request }: Pick<CardState, 'desk' | 'request'>,
  from: string,
  channel: string | undefined,
): ModalView {
  const { source, number } = request
  const value: TakeOverValue = { source, iid: number, from, ...(channel !== undefined && { channel }) }
  return {
    type: 'modal',
    callback_id: takeOverCallback,
    private_metadata: JSON.stringify(value),
    title: plainText(button, limits.modalTitle),
    submit: plainText(button, limits.modalTitle),
    close: plainText('Cancel', limits.modalTitle),
    blocks: sections([
      `*${escaped(capital(requestName(desk, number)))}* is assigned to ${who(from)}.`,
      `${button} makes it yours and tells them in its thread.`,
    ]),
  }
}

/** Reads the value as it was written, or returns undefined where it is none of ours. */
export function readTakeOverValue(text: string): TakeOverValue | undefined {
  const value = readObject(text)
  if (!value) return undefined
  const { source, iid, from, channel } = value
  if (typeof source !== 'string' || typeof iid !== 'number' || typeof from !== 'string') return undefined
  return { source, iid, from, ...(typeof channel === 'string' && { channel }) }
}

/** The modal of the message shortcut: which request the message belongs to, and what it says, in the person's words. */
import type { ModalView } from '@slack/types'
import type { Desk } from '../desks/desk.ts'
import { context, limits, plainText } from './block-kit.ts'
import { fieldBlock, fieldInput, readObject } from './button-value.ts'

/** The message that is attached: where it stands. Its text is not among it. */
export interface AttachValue {
  readonly channel: string
  readonly ts: string
  /** Given for a message in a thread. */
  readonly threadTs?: string
}

/** The callback id of the shortcut, as the manifest has it, and of its modal. */
export const attachCallback = 'attach-to-request'
/** The block ids of the modal's fields. */
export const attachBlocks = {
  desk: `${fieldBlock}desk`,
  request: `${fieldBlock}request`,
  summary: `${fieldBlock}summary`,
} as const

/** A summary is no copy of a conversation. */
const longestSummary = 2_000

/** Draws the modal for a person who works at these desks. */
export function attachModal(desks: readonly Desk[], value: AttachValue): ModalView {
  const options = desks.map(({ name, digest }) => ({
    text: plainText(digest.title, limits.option),
    value: name,
  }))
  const [first] = options
  return {
    type: 'modal',
    callback_id: attachCallback,
    private_metadata: JSON.stringify(value),
    title: plainText('Attach to request', limits.modalTitle),
    submit: plainText('Attach', limits.modalTitle),
    close: plainText('Cancel', limits.modalTitle),
    blocks: [
      ...(first && options.length > 1
        ? [
            {
              type: 'input' as const,
              block_id: attachBlocks.desk,
              label: plainText('Desk', limits.inputLabel),
              element: {
                type: 'radio_buttons' as const,
                action_id: fieldInput,
                options: [...options],
                initial_option: first,
              },
            },
          ]
        : []),
      {
        type: 'input',
        block_id: attachBlocks.request,
        label: plainText('Request', limits.inputLabel),
        hint: plainText('Its number, such as 123.', limits.inputHint),
        element: { type: 'plain_text_input', action_id: fieldInput, max_length: 20 },
      },
      {
        type: 'input',
        block_id: attachBlocks.summary,
        label: plainText('Summary', limits.inputLabel),
        hint: plainText('What your colleagues need to know', limits.inputHint),
        element: {
          type: 'plain_text_input',
          action_id: fieldInput,
          multiline: true,
          max_length: longestSummary,
        },
      },
      context(
        'The link to the message and your summary go into an internal note. The requester doesn’t see it.',
      ),
    ],
  }
}

/** Reads the value as it was written, or returns undefined where it is none of ours. */
export function readAttachValue(text: string): AttachValue | undefined {
  const value = readObject(text)
  if (!value) return undefined
  const { channel, ts, threadTs } = value
  if (typeof channel !== 'string' || typeof ts !== 'string') return undefined
  return { channel, ts, ...(typeof threadTs === 'string' && { threadTs }) }
}

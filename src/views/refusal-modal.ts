/** The small modal after a click that did nothing. It says why, and asks nothing. */
import type { ModalView } from '@slack/types'
import { limits, type Message, plainText } from './block-kit.ts'

/** The callback id of the modal: it has no button that submits it. */
export const refusalCallback = 'refusal'

/** Draws the modal from the answer that the person would get as a message. */
export function refusalModal({ blocks }: Pick<Message, 'blocks'>, title = 'Nothing was done'): ModalView {
  return {
    type: 'modal',
    callback_id: refusalCallback,
    title: plainText(title, limits.modalTitle),
    close: plainText('OK', limits.modalTitle),
    blocks,
  }
}

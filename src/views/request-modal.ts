/** A request in a modal, opened from the Home: all that a card has, its history, and the same decisions. */
import type { ModalView } from '@slack/types'
import { requestName } from '../engine/flow.ts'
import { capital } from '../engine/request.ts'
import type { CardState } from '../requests/card-states.ts'
import { limits, plainText, rowsOf } from './block-kit.ts'
import { buttonValueText } from './button-value.ts'
import { plain } from './escape.ts'
import { refreshAction, requestCallback } from './home-value.ts'
import { requestDetails } from './request-details.ts'

/** Draws the modal. `log` holds sentences, newest first. */
export function requestModal(state: CardState, log: readonly string[]): ModalView {
  const { desk, request } = state
  const name = requestName(desk, request.number)
  const value = buttonValueText({ requestId: request.id, decision: refreshAction, step: request.step })
  const blocks = requestDetails(state, log).blocks
  return {
    type: 'modal',
    callback_id: requestCallback,
    private_metadata: value,
    title: plainText(capital(name), limits.modalTitle),
    close: plainText('Close', limits.modalTitle),
    blocks: [
      ...blocks.slice(0, limits.modalBlocks - 1),
      ...rowsOf([
        {
          type: 'button',
          action_id: refreshAction,
          text: plainText('Refresh', limits.button),
          accessibility_label: plain(`Refresh ${name}`, limits.button),
          value,
        },
      ]),
    ],
  }
}

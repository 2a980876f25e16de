/** What a requester wrote, for one person who asked to see it and holds a role at the desk. */
import type { ModalView } from '@slack/types'
import { requestName } from '../engine/flow.ts'
import { capital } from '../engine/request.ts'
import type { CardState } from '../requests/card-states.ts'
import { context, divider, limits, plainText, sections } from './block-kit.ts'
import { escaped, link } from './escape.ts'
import { titleText } from './request-card.ts'
import { commentBlocks, formBlocks, type ShownTicket, ticketHead } from './ticket-blocks.ts'

/** The callback id of the modal. Nothing is submitted with it. */
const detailsCallback = 'details'

/** Draws the modal: who it is for, the form, and what was written, the newest last. */
export function detailsModal(state: CardState, shown: ShownTicket): ModalView {
  const { desk, request } = state
  const head = [
    ...sections([`*${escaped(titleText(state))}* · ${link(request.url, `Open in ${desk.service}`)}`]),
    context('Only you can see this. The audit log records that you opened it, not what it says.'),
    ...formBlocks(shown),
    divider,
    ...ticketHead(shown, true),
  ]
  return {
    type: 'modal',
    callback_id: detailsCallback,
    title: plainText(capital(requestName(desk, request.number)), limits.modalTitle),
    close: plainText('Close', limits.modalTitle),
    blocks: [...head, ...commentBlocks(shown, state, limits.modalBlocks - head.length - 1)],
  }
}

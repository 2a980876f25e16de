/** A request in a modal: all that its card has, its whole log, or what its requester wrote. */
import type { ModalView } from '@slack/types'
import type { Desk } from '../desks/desk.ts'
import { requestName } from '../engine/flow.ts'
import { capital } from '../engine/request.ts'
import type { CardState } from '../requests/card-states.ts'
import { context, counted, divider, fitting, limits, plainText, rowsOf, sections } from './block-kit.ts'
import { buttonValueText } from './button-value.ts'
import { logLine } from './clock-text.ts'
import { escaped, link, plain } from './escape.ts'
import { refreshAction, requestCallback } from './home-value.ts'
import { titleText } from './request-card.ts'
import { requestDetails } from './request-details.ts'
import { commentBlocks, formBlocks, type ShownTicket, ticketHead } from './ticket-blocks.ts'

/** Draws the request, opened from the Home, with its history and the card's decisions. `log` holds sentences, newest first. */
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

/** A view may have 250 kB (`view_too_large`), and UTF-8 takes up to three bytes for a character. */
const mostCharacters = 75_000
const longestEntry = 400

/** A request of which the log is shown; it need not be stored any more. */
interface Logged {
  readonly desk: Desk
  readonly number: number
  readonly title: string
}

/**
 * Draws the whole log, which holds no personal data. `log` holds sentences, oldest first; where they are too many, the
 * newest are shown.
 */
export function auditModal({ desk, number, title }: Logged, log: readonly string[]): ModalView {
  const newest = log.toReversed().map((entry) => `• ${logLine(entry, longestEntry)}`)
  const shown = fitting(newest, newest.length, mostCharacters).toReversed()
  const left = log.length - shown.length
  const count = counted(log.length, 'entry').replace('entrys', 'entries')
  return {
    type: 'modal',
    title: plainText(`Log of ${requestName(desk, number)}`, limits.modalTitle),
    close: plainText('Close', limits.modalTitle),
    blocks: [
      ...sections([`*${escaped(title)}*: ${count}, oldest first`]),
      ...(left > 0
        ? [
            context(
              `${left} older are not shown: \`privacy-desk audit export --format csv --${desk.loggedAs ?? 'request'} ${number}\`.`,
            ),
          ]
        : []),
      ...sections(shown.length > 0 ? shown : ['Nothing yet.']),
    ],
  }
}

/** The callback id of the modal. Nothing is submitted with it. */
const detailsCallback = 'details'

/** Draws what the requester wrote: who it is shown to, the form, and the comments, the newest last. */
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

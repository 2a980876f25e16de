/** The whole audit log of a request, for one person with a role at the desk. It holds no personal data. */
import type { ModalView } from '@slack/types'
import { requestName } from '../engine/flow.ts'
import type { CardState } from '../requests/card-states.ts'
import { context, counted, fitting, limits, plainText, sections } from './block-kit.ts'
import { logLine } from './clock-text.ts'
import { escaped } from './escape.ts'
import { titleText } from './request-card.ts'

/** A view may have 250 kB (`view_too_large`), and UTF-8 takes up to three bytes for a character. */
const mostCharacters = 75_000
const longestEntry = 400

/** Draws the modal. `log` holds sentences, oldest first; where they are too many, the newest are shown. */
export function auditModal(state: CardState, log: readonly string[]): ModalView {
  const { desk, request } = state
  const newest = log.toReversed().map((entry) => `• ${logLine(entry, longestEntry)}`)
  const shown = fitting(newest, newest.length, mostCharacters).toReversed()
  const left = log.length - shown.length
  const count = counted(log.length, 'entry').replace('entrys', 'entries')
  return {
    type: 'modal',
    title: plainText(`Log of ${requestName(desk, request.number)}`, limits.modalTitle),
    close: plainText('Close', limits.modalTitle),
    blocks: [
      ...sections([`*${escaped(titleText(state))}*: ${count}, oldest first`]),
      ...(left > 0
        ? [context(`${left} older are not shown: \`privacy-desk audit export --request ${request.number}\`.`)]
        : []),
      ...sections(shown.length > 0 ? shown : ['Nothing yet.']),
    ],
  }
}

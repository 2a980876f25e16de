/** The answer to `/privacy show` and `/security show`: the card's facts, why the clocks end when they end, the last of the log, the buttons. */

import type { CardState } from '../requests/card-states.ts'
import { divider, type Message, sections } from './block-kit.ts'
import { clockText } from './clock-text.ts'
import { sentence } from './escape.ts'
import { cardButtons, cardFacts, titleText } from './request-card.ts'

const entriesShown = 10

/** `log`: sentences, newest first. */
export function requestDetails(state: CardState, log: readonly string[]): Message {
  const clocks = state.clocks.map(
    (clock) => `• ${clockText(clock, state)}: “${sentence(clock.because, 200)}”`,
  )
  const entries = log.slice(0, entriesShown).map((entry) => `• ${sentence(entry, 250)}`)
  return {
    text: sentence(`${titleText(state)}: where it stands`),
    blocks: [
      ...cardFacts(state),
      divider,
      ...sections([
        '*Why the clocks end when they end*',
        ...(clocks.length > 0 ? clocks : ['no clock runs']),
      ]),
      ...sections(['*Last entries of its log*', ...(entries.length > 0 ? entries : ['nothing yet'])]),
      ...cardButtons(state),
    ],
  }
}

/** The answer to `/privacy list`. */
import { counted, header, type Message, sections } from './block-kit.ts'
import type { CardState } from './card-state.ts'
import { escaped } from './escape.ts'
import { byDueDate, requestLine } from './request-line.ts'

/** A private answer is cut off by Slack near 50 blocks or 40,000 characters; forty lines are well below and readable. */
const linesShown = 40

/** Open requests by due date; `filter` in words, `overdue`, or nothing for all. */
export function requestList(states: readonly CardState[], filter = ''): Message {
  const of = filter === '' || filter === 'all' ? '' : ` (${escaped(filter, 60)})`
  const title = `${counted(states.length, 'open request')}${of}`
  if (states.length === 0)
    return { text: `No open requests${of}.`, blocks: sections([`No open requests${of}.`]) }
  const shown = byDueDate(states).slice(0, linesShown)
  const more = states.length - shown.length
  const rest =
    more > 0
      ? [
          `and ${more} more, due later. Narrow the list: \`/privacy list overdue\`, \`mine\`, \`waiting\`, \`approval\` or a request type.`,
        ]
      : []
  return {
    text: `${title}, by due date`,
    blocks: [
      header(`${counted(states.length, 'open request')}, by due date`),
      ...(of === '' ? [] : sections([`Only: ${escaped(filter, 60)}`])),
      ...sections([...shown.map(requestLine), ...rest]),
    ],
  }
}

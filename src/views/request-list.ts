/** The answer to `/privacy list` and `/security list`. */
import { counted, header, type Message, sections } from './block-kit.ts'
import type { CardState } from './card-state.ts'
import { escaped } from './escape.ts'
import { byDueDate, requestLine } from './request-line.ts'

/** A private answer is cut off by Slack near 50 blocks or 40,000 characters; forty lines are well below and readable. */
const linesShown = 40

const narrower: Readonly<Record<'/privacy' | '/security', string>> = {
  '/privacy': '`/privacy list overdue`, `mine`, `waiting`, `approval` or a request type',
  '/security': '`/security list overdue`, `mine`, `waiting` or a step',
}

/** Open requests by due date; `filter` in words, `overdue`, or nothing for all. */
export function requestList(
  states: readonly CardState[],
  filter = '',
  command: '/privacy' | '/security' = '/privacy',
): Message {
  const noun = command === '/privacy' ? 'open request' : 'open ticket'
  const of = filter === '' || filter === 'all' ? '' : ` (${escaped(filter, 60)})`
  const title = `${counted(states.length, noun)}${of}`
  if (states.length === 0) return { text: `No ${noun}s${of}.`, blocks: sections([`No ${noun}s${of}.`]) }
  const shown = byDueDate(states).slice(0, linesShown)
  const more = states.length - shown.length
  const rest = more > 0 ? [`and ${more} more, due later. Narrow the list: ${narrower[command]}.`] : []
  return {
    text: `${title}, by due date`,
    blocks: [
      header(`${counted(states.length, noun)}, by due date`),
      ...(of === '' ? [] : sections([`Only: ${escaped(filter, 60)}`])),
      ...sections([...shown.map(requestLine), ...rest]),
    ],
  }
}

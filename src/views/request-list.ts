/** The answer to `/privacy list` and the like. */
import type { Desk, DeskCommand } from '../desks/desk.ts'
import type { CardState } from '../requests/card-states.ts'
import { counted, fitting, header, type Message, sections } from './block-kit.ts'
import { escaped } from './escape.ts'
import { byDueDate, requestLine } from './request-line.ts'

/** Beyond forty lines nobody reads on. */
const linesShown = 40

/** Open requests by due date; `filter` in words, `overdue`, or nothing for all. */
export function requestList(
  { words, command }: Pick<Desk, 'words' | 'command'>,
  states: readonly CardState[],
  filter = '',
): Message {
  const noun = `open ${words.noun}`
  const of = filter === '' || filter === 'all' ? '' : ` (${escaped(filter, 60)})`
  const title = `${counted(states.length, noun)}${of}`
  if (states.length === 0) return { text: `No ${noun}s${of}.`, blocks: sections([`No ${noun}s${of}.`]) }
  const shown = fitting(byDueDate(states).map(requestLine), linesShown)
  const more = states.length - shown.length
  const rest = more > 0 ? [`and ${more} more, due later. Narrow the list: ${narrower(command)}.`] : []
  return {
    text: `${title}, by due date`,
    blocks: [
      header(`${counted(states.length, noun)}, by due date`),
      ...(of === '' ? [] : sections([`Only: ${escaped(filter, 60)}`])),
      ...sections([...shown, ...rest]),
    ],
  }
}

function narrower({ name, filters: [first, ...others], narrowedBy }: DeskCommand): string {
  const words = [`\`${name} list ${first}\``, ...others.map((word) => `\`${word}\``)]
  return `${words.join(', ')} or a ${narrowedBy === 'type' ? 'request type' : 'step'}`
}

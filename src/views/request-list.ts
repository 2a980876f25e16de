/** The answer to `/privacy list` and the like: one line for each request. */
import { type Desk, type DeskCommand, stepOf } from '../desks/desk.ts'
import { requestName } from '../engine/flow.ts'
import type { CardState } from '../requests/card-states.ts'
import { counted, fitting, header, type Message, sections } from './block-kit.ts'
import { leftText } from './clock-text.ts'
import { escaped, link, who } from './escape.ts'

/**
 * Returns a request as one line: `#123 · GitLab.com Account Deletion · Awaiting answers · 9 days left · U1 · card`,
 * without the type where there is but one.
 */
export function requestLine(state: CardState): string {
  const { desk, request, flow, clocks, cardUrl } = state
  const due = clocks[0]
  return [
    link(request.url, requestName(desk, request.iid)),
    ...(desk.flows.length > 1 ? [escaped(flow.title, 60)] : []),
    escaped(stepOf(state)?.title ?? request.step, 60),
    due === undefined ? 'no deadline' : leftText(due, state),
    request.assignee === undefined ? 'claimed by nobody' : who(request.assignee),
    cardUrl === undefined ? 'no card' : link(cardUrl, 'card'),
  ].join(' · ')
}

/** Compares two requests: the earliest deadline first; at the same instant, the lower number. */
export function byDueDate(states: readonly CardState[]): readonly CardState[] {
  const due = (state: CardState) => state.clocks[0]?.overAt ?? '9999'
  return states.toSorted((a, b) => {
    if (due(a) !== due(b)) return due(a) < due(b) ? -1 : 1
    return a.request.iid - b.request.iid
  })
}

/** Beyond forty lines nobody reads on. */
const linesShown = 40

/** Draws open requests by due date; `filter` is in words, `overdue`, or undefined for all. */
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

/** Answers are short and private: only the person who clicked or typed sees them. */
import { type Desk, type DeskCommand, showCommand, stepOf } from '../desks/desk.ts'
import { requestName } from '../engine/flow.ts'
import type { CardState } from '../requests/card-states.ts'
import { counted, fitting, header, type Message, sections } from './block-kit.ts'
import { leftText } from './clock-text.ts'
import { escaped, link, sentence, who } from './escape.ts'

/** Draws a sentence of the bot's own; people in it stay mentions. */
export function answer(text: string): Message {
  return { text: sentence(text), blocks: sections([sentence(text)]) }
}

/** The words that were typed, and the line of the usage that is nearest to them. */
export interface NotUnderstood {
  readonly said: string
  readonly nearest?: string
}

/** Draws how a desk's command is used, and what was not understood of the words that were typed. */
export function usage({ name, usage: lines }: DeskCommand, unclear?: NotUnderstood): Message {
  const nearest = unclear?.nearest === undefined ? '' : ` Did you mean \`${name} ${unclear.nearest}\`?`
  const first = unclear && `“${escaped(unclear.said, 200)}” is not understood, so nothing was done.${nearest}`
  return {
    text: first ?? `How to use ${name}`,
    blocks: sections([
      ...(first === undefined ? [] : [first]),
      [`*${name}* understands:`, ...lines.map(([words, what]) => `\`${name} ${words}\`: ${what}`)].join('\n'),
    ]),
  }
}

/** Says that the bot does not know the request any more. It is gone, so nobody knows which service it came from. */
export function unknownRequest(): Message {
  return answer(
    'The bot does not know this request any more. `/privacy list` and `/security list` show the open ones; `/privacy track 123` takes an issue in.',
  )
}

/** Says that the bot does not know the request that was asked for by its number. */
export function notKnown({ words }: Pick<Desk, 'words'>, number: number): Message {
  return answer(words.unknown.replaceAll('{number}', String(number)))
}

/** Says that nothing was done: the decision of an old card would do something else by now. */
export function movedOn({ desk, request }: CardState, button: string, stepTitle: string): Message {
  return answer(
    `${button} was not done: since this message was drawn, ${requestName(desk, request.number)} has moved on to “${stepTitle}”. Look at \`${showCommand(desk, request.number)}\`, and decide there.`,
  )
}

/** Says that the button is one of an older version. */
export function unknownButton(): Message {
  return answer(
    'This button no longer works. `/privacy list` and `/security list` show the open requests, with links to their cards.',
  )
}

/** Says that Slack did not open the form: a click opens one only within three seconds. */
export function notOpened(what = 'click again'): Message {
  return answer(`Slack did not open the form in time. Nothing was changed: ${what}.`)
}

/** Says that something broke on our side, with the reference that is also in the log. */
export function wentWrong(reference: string): Message {
  return answer(
    `Something went wrong on the bot’s side, so this may not have been taken. Look at the card before you try again. If it stays so, tell the bot’s operators this reference: ${reference}`,
  )
}

/**
 * Returns a request as one line: `#123 · GitLab.com Account Deletion · Awaiting answers · 9 days left · U1 · card`,
 * without the type where there is but one.
 */
function requestLine(state: CardState): string {
  const { desk, request, flow, clocks, cardUrl } = state
  const due = clocks[0]
  return [
    link(request.url, requestName(desk, request.number)),
    ...(desk.flows.length > 1 ? [escaped(flow.title, 60)] : []),
    escaped(stepOf(state)?.title ?? request.step, 60),
    due === undefined ? 'no deadline' : leftText(due, state),
    request.assignee === undefined ? 'Unassigned' : who(request.assignee),
    cardUrl === undefined ? 'no card' : link(cardUrl, 'card'),
  ].join(' · ')
}

/** Compares two requests: the earliest deadline first; at the same instant, the lower number. */
function byDueDate(states: readonly CardState[]): readonly CardState[] {
  const due = (state: CardState) => state.clocks[0]?.overAt ?? '9999'
  return states.toSorted((a, b) => {
    if (due(a) !== due(b)) return due(a) < due(b) ? -1 : 1
    return a.request.number - b.request.number
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
  const shown = fitting(byDueDate(states).slice(0, linesShown).map(requestLine), linesShown)
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

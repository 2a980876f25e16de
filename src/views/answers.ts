/** Answers are short and private: only the person who clicked or typed sees them. */

import type { ModalView } from '@slack/types'
import { type Desk, type DeskCommand, showCommand, stepOf } from '../desks/desk.ts'
import { requestName } from '../engine/flow.ts'
import type { CardState } from '../requests/card-states.ts'
import { counted, fitting, header, limits, type Message, plainText, sections } from './block-kit.ts'
import { buttonValueText, undoAction } from './button-value.ts'
import { leftText } from './clock-text.ts'
import { escaped, link, sentence, who } from './escape.ts'

/** Draws a sentence of the bot's own; people in it stay mentions. `ask`: mentions of those who may do it, in mrkdwn. */
export function answer(text: string, ask = ''): Message {
  const said = ask === '' ? sentence(text) : `${sentence(text)} Ask ${ask}.`
  return { text: said, blocks: sections([said]) }
}

/** Draws the answer to whoever has asked for what goes out later, with the button that stops it. */
export function answerWithUndo(
  text: string,
  { requestId, decisionId }: { readonly requestId: string; readonly decisionId: string },
): Message {
  const drawn = answer(text)
  const value = buttonValueText({ requestId, decision: decisionId, step: '' })
  const undo = {
    type: 'button' as const,
    text: plainText('Undo', limits.button),
    action_id: undoAction,
    value,
  }
  return { ...drawn, blocks: [...drawn.blocks, { type: 'actions', elements: [undo] }] }
}

/** The words that were not understood, after which command, and what may have been meant. */
export interface NotUnderstood {
  readonly said: string
  /** Left out: the command itself was not understood. */
  readonly after?: string
  /** The command was understood, and it needs more. */
  readonly isBare?: true
  /** As they are typed after the desk’s command: `show 123`. */
  readonly nearest: readonly string[]
}

/** Draws how a desk's command is used, and what was not understood of the words that were typed. */
export function usage({ name, usage: lines }: DeskCommand, unclear?: NotUnderstood): Message {
  const first = unclear && unclearText(name, unclear)
  return {
    text: first ?? `How to use ${name}`,
    blocks: sections([
      ...(first === undefined ? [] : [first]),
      [`*Commands of ${name}*`, ...lines.map(([words, what]) => `\`${name} ${words}\`: ${what}`)].join('\n'),
    ]),
  }
}

/** `I don’t understand “deletion” after `/privacy list`, so nothing was done. Did you mean `/privacy list full-deletion`?` */
function unclearText(name: string, { said, after, isBare, nearest }: NotUnderstood): string {
  const commands = nearest.map((one) => `\`${name} ${one}\``)
  const [first = ''] = commands
  if (isBare) return `\`${name} ${escaped(said, 200)}\` needs more: ${first}.`
  const where = after === undefined ? '' : ` after \`${name} ${after}\``
  const meant = commands.length === 0 ? '' : ` Did you mean ${anyOf(commands)}?`
  return `I don’t understand “${escaped(said, 200)}”${where}, so nothing was done.${meant}`
}

function anyOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/** Says that the bot does not know the request any more. It is gone, so nobody knows which service it came from. */
export function unknownRequest(): Message {
  return answer(
    'I’m not tracking this request anymore. `/privacy list` and `/security list` show the open ones; `/privacy track 123` starts tracking an issue.',
  )
}

/** Says that the bot does not know the request that was asked for by its number. */
export function notKnown({ words }: Pick<Desk, 'words'>, number: number): Message {
  return answer(words.unknown.replaceAll('{number}', String(number)))
}

/** Says that nothing was done: the decision of an old card would do something else by now. */
export function movedOn({ desk, request }: CardState, button: string, stepTitle: string): Message {
  return answer(
    `${button} was not done: ${requestName(desk, request.number)} has changed since this was posted (now: ${stepTitle}). Decide on the current card: \`${showCommand(desk, request.number)}\`.`,
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
    `Something went wrong; your click may not have been saved. Check the card, then try again. If it keeps happening, give your admins this reference: ${reference}`,
  )
}

/**
 * Returns a request as one line: `#123 · GitLab.com Account Deletion · Waiting for the requester’s answers · 9 days left · U1 · Open`,
 * without the type where there is but one.
 */
function requestLine(state: CardState): string {
  const { desk, request, flow, clocks, cardUrl } = state
  const due = clocks[0]
  return [
    link(request.url, requestName(desk, request.number)),
    ...(desk.flows.length > 1 ? [escaped(flow.title, 60)] : []),
    escaped(state.next?.words ?? stepOf(state)?.title ?? request.step, 100),
    due === undefined ? 'no deadline' : leftText(due, state),
    request.assignee === undefined ? 'Unassigned' : who(request.assignee),
    cardUrl === undefined ? 'no card' : link(cardUrl, 'Open'),
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
export const linesShown = 40

/** The words that narrow a list, as its heading, and as the answer where there is nothing. */
const filterTitles: Readonly<Record<string, { readonly title: string; readonly none?: string }>> = {
  overdue: { title: 'Overdue', none: 'Nothing overdue.' },
  mine: { title: 'Yours', none: 'Nothing is assigned to you.' },
  unassigned: { title: 'Unassigned', none: 'Nothing is unassigned.' },
  waiting: { title: 'Waiting on others', none: 'Nothing is waiting on others.' },
  approval: { title: 'Waiting for approval', none: 'Nothing is waiting for approval.' },
}

/**
 * Draws open requests by due date; `filter` is in words, `overdue`, or undefined for all; `count` says how many there
 * are where `states` are only the first of them.
 */
export function requestList(
  { words, command }: Pick<Desk, 'words' | 'command'>,
  states: readonly CardState[],
  filter = '',
  count = states.length,
): Message {
  const noun = `open ${words.noun}`
  const isAll = filter === '' || filter === 'all'
  const named = isAll ? undefined : (filterTitles[filter] ?? { title: escaped(filter, 60) })
  const title = counted(count, noun)
  if (count === 0) {
    const none = named?.none ?? `No ${noun}s${named ? ` (${named.title})` : ''}.`
    return { text: none, blocks: sections([none]) }
  }
  const shown = fitting(byDueDate(states).slice(0, linesShown).map(requestLine), linesShown)
  const more = count - shown.length
  const rest = more > 0 ? [`and ${more} more, due later. Narrow the list: ${narrower(command)}.`] : []
  return {
    text: `${title}${named ? ` (${named.title})` : ''}, by due date`,
    blocks: [
      header(`${title}, by due date`),
      ...(named ? sections([`*${named.title}*`]) : []),
      ...sections([...shown, ...rest]),
    ],
  }
}

function narrower({ name, filters: [first, ...others], narrowedBy }: DeskCommand): string {
  const words = [`\`${name} list ${first}\``, ...others.map((word) => `\`${word}\``)]
  return `${words.join(', ')} or a ${narrowedBy === 'type' ? 'request type' : 'step'}`
}

/** The callback id of the modal: it has no button that submits it. */
export const refusalCallback = 'refusal'

/** Draws the small modal after a click that did nothing, from the answer that the person would get as a message. */
export function refusalModal({ blocks }: Pick<Message, 'blocks'>, title = 'Nothing was done'): ModalView {
  return {
    type: 'modal',
    callback_id: refusalCallback,
    title: plainText(title, limits.modalTitle),
    close: plainText('OK', limits.modalTitle),
    blocks,
  }
}

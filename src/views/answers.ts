/** Short private answers: to whoever clicked or typed. */
import { type Desk, type DeskCommand, showCommand } from '../desks/desk.ts'
import { requestName } from '../engine/flow.ts'
import { type Message, sections } from './block-kit.ts'
import type { CardState } from './card-state.ts'
import { sentence } from './escape.ts'

/** A sentence of the bot's own; people in it stay mentions. */
export function answer(text: string): Message {
  return { text: sentence(text), blocks: sections([sentence(text)]) }
}

export function usage({ name, usage: lines }: DeskCommand): Message {
  return {
    text: `How to use ${name}`,
    blocks: sections([
      [`*${name}* understands:`, ...lines.map(([words, what]) => `\`${name} ${words}\`: ${what}`)].join('\n'),
    ]),
  }
}

/** It is gone, so nobody knows any more which service it came from. */
export function unknownRequest(): Message {
  return answer(
    'The bot does not know this request any more. `/privacy list` and `/security list` show the open ones; `/privacy track 123` takes an issue in.',
  )
}

/** Asked for one that the bot does not know. */
export function notKnown({ words }: Pick<Desk, 'words'>, iid: number): Message {
  return answer(words.unknown.replaceAll('{iid}', String(iid)))
}

/** The decision of an old card would do something else by now. */
export function movedOn({ desk, request }: CardState, button: string, stepTitle: string): Message {
  return answer(
    `${button} was not done: since this message was drawn, ${requestName(desk, request.iid)} has moved on to “${stepTitle}”. Look at \`${showCommand(desk, request.iid)}\`, and decide there.`,
  )
}

export function unknownButton(): Message {
  return answer(
    'This button is none of the bot’s any more. `/privacy list` and `/security list` show the open requests, with links to their cards.',
  )
}

/** A click opens a form only within three seconds. */
export function notOpened(): Message {
  return answer('Slack did not open the form in time. Nothing was changed: click again.')
}

/** Something broke on our side; the reference is in the log too. */
export function wentWrong(reference: string): Message {
  return answer(
    `Something went wrong on the bot’s side, so this may not have been taken. Look at the card before you try again. If it stays so, tell the bot’s operators this reference: ${reference}`,
  )
}

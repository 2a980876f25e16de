/** Short private answers: to whoever clicked or typed. */
import { type Message, sections } from './block-kit.ts'
import { sentence } from './escape.ts'

/** A sentence of the bot's own; people in it stay mentions. */
export function answer(text: string): Message {
  return { text: sentence(text), blocks: sections([sentence(text)]) }
}

export function usage(command: '/privacy' | '/security' = '/privacy'): Message {
  const lines = [
    `*${command}* understands:`,
    `\`${command} list\`: open requests, by due date; narrow with \`overdue\`, \`mine\`, \`waiting\`, \`approval\` or a request type`,
    `\`${command} show 123\`: where a request stands, its clocks, its log and its buttons`,
    `\`${command} track 123\`: take an issue in by hand`,
    `\`${command} claim 123\`: assign it to me`,
    `\`${command} redirect-ticket 456 deletion|access|both\`: send the writer of a Zendesk ticket to the form and solve it`,
    `\`${command} help\`: this`,
  ]
  return { text: `How to use ${command}`, blocks: sections([lines.join('\n')]) }
}

export function securityIsOff(): Message {
  return answer('The security desk is not switched on here. For personal data requests, use /privacy help.')
}

export function unknownRequest(): Message {
  return answer(
    'The bot does not know this request any more. `/privacy list` shows the open ones; `/privacy track 123` takes an issue in.',
  )
}

export function noSuchIssue(iid: number): Message {
  return answer(`The bot does not know #${iid}. \`/privacy track ${iid}\` takes the issue in.`)
}

/** The decision of an old card would do something else by now. */
export function movedOn(iid: number, button: string, stepTitle: string): Message {
  return answer(
    `${button} was not done: since this message was drawn, #${iid} has moved on to “${stepTitle}”. Look at \`/privacy show ${iid}\`, and decide there.`,
  )
}

export function unknownButton(): Message {
  return answer(
    'This button is none of the bot’s any more. `/privacy list` shows the open requests, with links to their cards.',
  )
}

/** Something broke on our side; the reference is in the log too. */
export function wentWrong(reference: string): Message {
  return answer(
    `Something went wrong on the bot’s side, so this may not have been taken. Look at the card before you try again. If it stays so, tell the bot’s operators this reference: ${reference}`,
  )
}

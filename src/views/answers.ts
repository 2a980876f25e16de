/** Short private answers: to whoever clicked or typed. */
import { requestName, type Source } from '../engine/request.ts'
import { flows } from '../flows/index.ts'
import { listed, type Message, sections } from './block-kit.ts'
import { sentence } from './escape.ts'
import { showCommand } from './source-words.ts'

/** A sentence of the bot's own; people in it stay mentions. */
export function answer(text: string): Message {
  return { text: sentence(text), blocks: sections([sentence(text)]) }
}

type Command = '/privacy' | '/security'

const usageOf: Readonly<Record<Command, readonly (readonly [string, string])[]>> = {
  '/privacy': [
    [
      'list',
      'open requests, by due date; narrow with `overdue`, `mine`, `waiting`, `approval` or a request type',
    ],
    ['show 123', 'where a request stands, its clocks, its log and its buttons'],
    ['track 123', 'take an issue in by hand'],
    ['claim 123', 'assign it to me'],
    [
      'redirect-ticket 456 deletion|access|both',
      'send the writer of a Zendesk ticket to the form and solve it',
    ],
    ['help', 'this'],
  ],
  '/security': [
    [
      'list',
      `open tickets, by due date; narrow with \`overdue\`, \`mine\`, \`waiting\` or a step: ${openSteps()}`,
    ],
    ['show 456', 'where a ticket stands, its clock, its log and its buttons'],
    ['claim 456', 'note that I work on it'],
    ['batch', 'the next distribution days and the compliance reports promised for them'],
    ['stats 30d', 'how many came in, how they were handled and how fast, in the last 30 days'],
    ['help', 'this'],
  ],
}

/** The steps by which a list of tickets can be narrowed, as they are typed. */
function openSteps(): string {
  const ofTickets = Object.values(flows).filter(({ source }) => source === 'zendesk')
  const steps = ofTickets.flatMap((flow) => Object.entries(flow.steps))
  return listed(steps.flatMap(([name, { isClosed }]) => (isClosed ? [] : [`\`${name}\``])))
}

export function usage(command: Command = '/privacy'): Message {
  const lines = usageOf[command].map(([words, what]) => `\`${command} ${words}\`: ${what}`)
  return {
    text: `How to use ${command}`,
    blocks: sections([[`*${command}* understands:`, ...lines].join('\n')]),
  }
}

export function securityIsOff(): Message {
  return answer('The security desk is not switched on here. For personal data requests, use /privacy help.')
}

/** It is gone, so nobody knows any more which service it came from. */
export function unknownRequest(): Message {
  return answer(
    'The bot does not know this request any more. `/privacy list` and `/security list` show the open ones; `/privacy track 123` takes an issue in.',
  )
}

export function noSuchIssue(iid: number): Message {
  return answer(`The bot does not know #${iid}. \`/privacy track ${iid}\` takes the issue in.`)
}

export function unknownTicket(iid: number): Message {
  return answer(
    `The bot does not know ticket ${iid}. It is not in the Field Security queue, or it was solved long ago; \`/security list\` shows the open ones.`,
  )
}

/** The decision of an old card would do something else by now. */
export function movedOn(iid: number, button: string, stepTitle: string, source: Source = 'gitlab'): Message {
  const request = { source, iid }
  return answer(
    `${button} was not done: since this message was drawn, ${requestName(request)} has moved on to “${stepTitle}”. Look at \`${showCommand(request)}\`, and decide there.`,
  )
}

export function unknownButton(): Message {
  return answer(
    'This button is none of the bot’s any more. `/privacy list` and `/security list` show the open requests, with links to their cards.',
  )
}

/** Something broke on our side; the reference is in the log too. */
export function wentWrong(reference: string): Message {
  return answer(
    `Something went wrong on the bot’s side, so this may not have been taken. Look at the card before you try again. If it stays so, tell the bot’s operators this reference: ${reference}`,
  )
}

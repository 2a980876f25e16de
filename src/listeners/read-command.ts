/** The grammar of the slash commands, one for all desks: what each of them understands, its desk says. */
import type { DeskCommand } from '../desks/desk.ts'
import type { Flow } from '../engine/flow.ts'
import type { ListFilter } from '../requests/card-states.ts'

export type Command =
  | { readonly name: 'list'; readonly filter: ListFilter; readonly words: string }
  | { readonly name: 'show'; readonly iid: number }
  | { readonly name: 'track' | 'claim'; readonly iid: number }
  | RedirectTicketCommand
  | { readonly name: 'stats'; readonly days: number }
  | { readonly name: 'batch' | 'help' }

export interface RedirectTicketCommand {
  readonly name: 'redirect-ticket'
  readonly ticket: number
  readonly to: 'deletion' | 'access' | 'both'
}

interface Spoken {
  readonly command: DeskCommand
  readonly flows: readonly Flow[]
}

const help = { name: 'help' } as const
const defaultDays = 30
/** A year tells more than anybody asks for. */
const mostDays = 366

/** What somebody typed after the command; whatever it does not understand is `help`. */
export function readCommand(text: string, { command, flows }: Spoken): Command {
  const [name = '', ...rest] = text.trim().toLowerCase().split(/\s+/)
  const words = rest.join(' ')
  if (name === 'list') return listCommand(words, { command, flows })
  if (name === 'show' || name === 'claim') return numbered(name, words)
  const also = command.also.find((one) => one === name)
  switch (also) {
    case 'track':
      return numbered(also, words)
    case 'redirect-ticket':
      return redirectTicketCommand(rest)
    case 'batch':
      return words === '' ? { name: also } : help
    case 'stats':
      return statsCommand(words)
    default:
      return help
  }
}

function numbered(name: 'show' | 'track' | 'claim', words: string): Command {
  const iid = numberOf(words)
  if (iid === undefined) return help
  return name === 'show' ? { name, iid } : { name, iid }
}

function redirectTicketCommand([number = '', to, ...more]: readonly string[]): Command {
  const ticket = numberOf(number)
  if (ticket === undefined || more.length > 0) return help
  return to === 'deletion' || to === 'access' || to === 'both'
    ? { name: 'redirect-ticket', ticket, to }
    : help
}

/** As many digits as a number of JavaScript holds for certain: the ids of some services are long. */
function numberOf(text: string): number | undefined {
  const digits = /^#?([1-9]\d{0,14})$/.exec(text)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

function listCommand(words: string, { command, flows }: Spoken): Command {
  if (words === '') return { name: 'list', filter: 'all', words }
  const filter = command.filters.find((one) => one === words)
  if (filter) return { name: 'list', filter, words }
  return command.narrowedBy === 'type' ? byType(words, flows) : byStep(words, flows)
}

function byType(words: string, flows: readonly Flow[]): Command {
  const flow = flows.find((one) => namesOf(one).includes(bare(words)))
  return flow ? { name: 'list', filter: { type: flow.name }, words: flow.title } : help
}

function byStep(words: string, flows: readonly Flow[]): Command {
  const steps = flows.flatMap((flow) => Object.entries(flow.steps))
  const step = steps.find(([name, { isClosed }]) => name === words.replaceAll(' ', '-') && !isClosed)?.[0]
  return step === undefined ? help : { name: 'list', filter: { step }, words: step }
}

function statsCommand(words: string): Command {
  if (words === '') return { name: 'stats', days: defaultDays }
  const days = Number(/^(\d{1,3})d?$/.exec(words)?.[1])
  return days >= 1 && days <= mostDays ? { name: 'stats', days } : help
}

/** `account-deletion`, `GitLab.com Account Deletion`, and the latter without its `GitLab.com`. */
function namesOf({ name, title }: Flow): readonly string[] {
  return [bare(name), bare(title)]
}

function bare(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim()
}

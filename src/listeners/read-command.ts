/** The grammar of `/privacy`. */
import type { Flow } from '../engine/flow.ts'
import type { ListFilter } from './desk.ts'

export type Command =
  | { readonly name: 'list'; readonly filter: ListFilter; readonly words: string }
  | { readonly name: 'show'; readonly iid: number }
  | { readonly name: 'track'; readonly iid: number }
  | { readonly name: 'claim'; readonly iid: number }
  | RedirectTicketCommand
  | { readonly name: 'help' }

export interface RedirectTicketCommand {
  readonly name: 'redirect-ticket'
  readonly ticket: number
  readonly to: 'deletion' | 'access' | 'both'
}

const words = ['overdue', 'mine', 'waiting', 'approval'] as const

/** What somebody typed after the command; whatever it does not understand is `help`. */
export function readCommand(text: string, flows: readonly Flow[]): Command {
  const [name = '', ...rest] = text.trim().toLowerCase().split(/\s+/)
  if (name === 'list') return listCommand(rest.join(' '), flows)
  if (name === 'redirect-ticket') return redirectTicketCommand(rest)
  if (name !== 'show' && name !== 'track' && name !== 'claim') return { name: 'help' }
  const iid = numberOf(rest.join(' '))
  return iid === undefined ? { name: 'help' } : { name, iid }
}

function redirectTicketCommand([number = '', to, ...more]: readonly string[]): Command {
  const ticket = numberOf(number)
  if (ticket === undefined || more.length > 0) return { name: 'help' }
  return to === 'deletion' || to === 'access' || to === 'both'
    ? { name: 'redirect-ticket', ticket, to }
    : { name: 'help' }
}

function numberOf(text: string): number | undefined {
  const digits = /^#?([1-9]\d{0,9})$/.exec(text)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

function listCommand(filter: string, flows: readonly Flow[]): Command {
  if (filter === '') return { name: 'list', filter: 'all', words: '' }
  const word = words.find((one) => one === filter)
  if (word) return { name: 'list', filter: word, words: word }
  const flow = flows.find((one) => namesOf(one).includes(bare(filter)))
  return flow ? { name: 'list', filter: { type: flow.name }, words: flow.title } : { name: 'help' }
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

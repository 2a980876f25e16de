/** The grammar of the slash commands, one for all desks. The desk says what its command understands. */
import { distance } from 'fastest-levenshtein'
import { addressOf } from '../desks/address.ts'
import type { DeskCommand } from '../desks/desk.ts'
import type { Flow } from '../engine/flow.ts'
import type { ListFilter } from '../requests/list.ts'

/** A command as it was understood. */
export type Command =
  | { readonly name: 'list'; readonly filter: ListFilter; readonly words: string }
  | ({ readonly name: 'show' } & Numbered)
  | ({ readonly name: 'track' | 'claim' } & Numbered)
  | RedirectTicketCommand
  | { readonly name: 'stats'; readonly days: number }
  | ({ readonly name: 'audit' } & Numbered)
  | { readonly name: 'digest' | 'post-digest' }
  | { readonly name: 'batch' | 'help' }

/** The command that sends a ticket's writer to the form. */
export interface RedirectTicketCommand {
  readonly name: 'redirect-ticket'
  readonly ticket: number
  readonly to: 'deletion' | 'access' | 'both'
}

interface Numbered {
  readonly number: number
  /** The address, where it was named by one: the number alone could be that of another project. */
  readonly url?: string
}

interface Spoken {
  readonly command: DeskCommand
  readonly flows: readonly Flow[]
}

const help = { name: 'help' } as const
const defaultDays = 30
/** No command is longer; what is typed may be of any length. */
const longestWord = 30
const daysOfWeek = 7
/** A year tells more than anybody asks for. */
const mostDays = 366

/** Reads what somebody typed after the command; all that it does not understand is `help`. */
export function readCommand(text: string, { command, flows }: Spoken): Command {
  const [name = '', ...rest] = wordsOf(text, command)
  const words = rest.join(' ')
  if (rest.length === 0 && numberOf(name) !== undefined) return numbered('show', name)
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
    case 'audit':
      return numbered(also, words)
    case 'digest':
      return words === '' ? { name: also } : words === 'post' ? { name: 'post-digest' } : help
    case 'stats':
      return statsCommand(words)
    default:
      return help
  }
}

/**
 * As it was meant: phones make “curly” quotes, copied text has spaces of all kinds, full-width digits and characters that
 * nobody sees, Slack wraps an address in `<…|…>`, and sentences end in a full stop.
 */
function wordsOf(text: string, { name, also }: DeskCommand): readonly string[] {
  const plain = text
    .normalize('NFKC')
    .replaceAll(/[\p{Cf}\u2800]/gu, '')
    .replaceAll(/<(https?:[^|>\s]+)(?:\|[^>]*)?>/g, '$1')
    .replaceAll(/["'`´«»\u2018-\u201f\u2039\u203a]/g, ' ')
  const words = plain
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .map((word) => word.replace(/[.,;:!?]+$/, ''))
    .filter((word) => word !== '')
  const spoken = words[0] === name ? words.slice(1) : words
  const polite = spoken.at(-1) === 'please' ? spoken.slice(0, -1) : spoken
  const inTwo = also.find((one) => one === polite.slice(0, 2).join('-'))
  return inTwo === undefined ? polite : [inTwo, ...polite.slice(2)]
}

function numbered(name: 'show' | 'track' | 'claim' | 'audit', words: string): Command {
  const number = numberOf(words.replace(/^(?:issue|ticket|request) /, ''))
  const at = addressOf(words)
  // Nobody knows yet of which project it would be.
  const found = number === undefined ? (name === 'track' ? undefined : at) : { number }
  if (found === undefined) return help
  return name === 'show' || name === 'audit' ? { name, ...found } : { name, ...found }
}

/** The part of a command that was not understood. */
export interface Unclear {
  readonly said: string
  /** The command that it was typed after, where that was understood. */
  readonly after?: string
  /** The command was understood, and nothing that it needs was typed after it. */
  readonly isBare?: true
  /** What may have been meant, as it is typed: `show 123`, `list account-deletion`. */
  readonly nearest: readonly string[]
}

/** Returns which of the words were not understood, and the commands that are nearest to them. */
export function unclear(text: string, spoken: Spoken): Unclear {
  const [name = '', ...rest] = wordsOf(text, spoken.command)
  const usage = nearestUsage(name, spoken.command)
  const nearest = usage === undefined ? [] : [usage]
  if (usage?.split(' ')[0] !== name) return { said: text.trim(), nearest }
  if (rest.length === 0) return { said: name, isBare: true, nearest }
  const said = rest.join(' ')
  const filters = name === 'list' ? nearestFilters(said, spoken).map((filter) => `list ${filter}`) : []
  return { said, after: name, nearest: filters.length > 0 ? filters : nearest }
}

/** The line of the usage of this command, or of one whose name is spelled much like it. */
function nearestUsage(name: string, { usage }: DeskCommand): string | undefined {
  const lines = usage.map(([words]) => ({ words, far: distance(cut(name), words.split(' ')[0] ?? '') }))
  const [best] = lines.toSorted((one, other) => one.far - other.far)
  return best && best.far <= Math.min(2, name.length - 1) ? best.words : undefined
}

/** The words by which a list is narrowed that are spelled much like these, else those that hold them. */
function nearestFilters(said: string, { command, flows }: Spoken): readonly string[] {
  const words = bare(said).replaceAll(' ', '-')
  const all = [...command.filters, ...(command.narrowedBy === 'type' ? typesOf(flows) : openStepsOf(flows))]
  const spelled = all.filter((one) => distance(cut(words), one) <= Math.min(2, words.length - 1))
  const holding = words.length < 3 ? [] : all.filter((one) => one.includes(words))
  return (spelled.length > 0 ? spelled : holding).slice(0, mostNamed)
}

const mostNamed = 5

function cut(word: string): string {
  return word.slice(0, longestWord)
}

function typesOf(flows: readonly Flow[]): readonly string[] {
  return flows.filter(({ isCountedOnly }) => !isCountedOnly).map(({ name }) => name)
}

/** In either order; a ticket may be named by its address. */
function redirectTicketCommand(words: readonly string[]): Command {
  const named = words.filter((word) => word !== 'ticket')
  const [number = '', to, ...more] = isKind(named[0]) ? [named[1], named[0], ...named.slice(2)] : named
  const ticket = numberOf(number) ?? (/\/tickets\//.test(number) ? addressOf(number)?.number : undefined)
  if (ticket === undefined || more.length > 0) return help
  return isKind(to) ? { name: 'redirect-ticket', ticket, to } : help
}

function isKind(word: string | undefined): word is RedirectTicketCommand['to'] {
  return word === 'deletion' || word === 'access' || word === 'both'
}

/** As many digits as a number of JavaScript holds for certain: the ids of some services are long. */
function numberOf(text: string): number | undefined {
  const digits = /^#?([1-9]\d{0,14})$/.exec(text)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

function listCommand(words: string, { command, flows }: Spoken): Command {
  if (words === '') return { name: 'list', filter: 'all', words }
  const filter = command.filters.find((one) => one === bare(words).replaceAll(' ', ''))
  if (filter) return { name: 'list', filter, words: filter }
  return command.narrowedBy === 'type' ? byType(words, flows) : byStep(words, flows)
}

function byType(words: string, flows: readonly Flow[]): Command {
  const flow = flows.find((one) => namesOf(one).includes(bare(words)))
  return flow ? { name: 'list', filter: { type: flow.name }, words: flow.title } : help
}

function byStep(words: string, flows: readonly Flow[]): Command {
  const step = openStepsOf(flows).find((name) => name === words.replaceAll(' ', '-'))
  return step === undefined ? help : { name: 'list', filter: { step }, words: step }
}

function openStepsOf(flows: readonly Flow[]): readonly string[] {
  const steps = flows.flatMap((flow) => Object.entries(flow.steps))
  return steps.flatMap(([name, { isClosed }]) => (isClosed ? [] : [name]))
}

function statsCommand(words: string): Command {
  if (words === '') return { name: 'stats', days: defaultDays }
  const [, count, unit] = /^(\d{1,3}) ?(?:d|days?|(w|weeks?))?$/.exec(words) ?? []
  const days = Number(count) * (unit === undefined ? 1 : daysOfWeek)
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

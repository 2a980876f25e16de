/** The grammar of `/security`. */
import type { Flow } from '../engine/flow.ts'
import type { ListFilter } from './desk.ts'

export type SecurityCommand =
  | { readonly name: 'list'; readonly filter: ListFilter; readonly words: string }
  | { readonly name: 'show' | 'claim'; readonly number: number }
  | { readonly name: 'stats'; readonly days: number }
  | { readonly name: 'batch' | 'help' }

const filters = ['overdue', 'mine', 'waiting'] as const
const defaultDays = 30
/** A year tells more than anybody asks for. */
const mostDays = 366

/** What somebody typed after the command; whatever it does not understand is `help`. */
export function readSecurityCommand(text: string, flows: readonly Flow[]): SecurityCommand {
  const [name = '', ...rest] = text.trim().toLowerCase().split(/\s+/)
  const words = rest.join(' ')
  if (name === 'list') return listCommand(words, flows)
  if (name === 'batch' && words === '') return { name }
  if (name === 'stats') return statsCommand(words)
  const number = /^#?([1-9]\d{0,14})$/.exec(words)?.[1]
  if ((name === 'show' || name === 'claim') && number !== undefined) return { name, number: Number(number) }
  return { name: 'help' }
}

function listCommand(words: string, flows: readonly Flow[]): SecurityCommand {
  if (words === '') return { name: 'list', filter: 'all', words }
  const filter = filters.find((one) => one === words)
  if (filter) return { name: 'list', filter, words }
  const steps = flows
    .filter(({ source }) => source === 'zendesk')
    .flatMap(({ steps }) => Object.entries(steps))
  const step = steps.find(([name, { isClosed }]) => name === words.replaceAll(' ', '-') && !isClosed)?.[0]
  return step === undefined ? { name: 'help' } : { name: 'list', filter: { step }, words: step }
}

function statsCommand(words: string): SecurityCommand {
  if (words === '') return { name: 'stats', days: defaultDays }
  const days = Number(/^(\d{1,3})d?$/.exec(words)?.[1])
  return days >= 1 && days <= mostDays ? { name: 'stats', days } : { name: 'help' }
}

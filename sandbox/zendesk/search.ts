/** Zendesk's search, as far as it is used: `type:ticket recipient:X status<solved group:ID updated>=TIME`. */
import { statuses, type Ticket } from './world.ts'

const operators = {
  ':': (order: number) => order === 0,
  '<': (order: number) => order < 0,
  '>': (order: number) => order > 0,
  '<=': (order: number) => order <= 0,
  '>=': (order: number) => order >= 0,
} as const

interface Term {
  readonly property: string
  readonly operator: keyof typeof operators
  readonly value: string
}

/** Oldest update first where that is asked; undefined where the query is not understood. */
export function found(
  tickets: Iterable<Ticket>,
  query: string,
  order: { readonly by: string | null; readonly descending: boolean },
): readonly Ticket[] | undefined {
  const terms = query.trim().split(/\s+/).map(termOf)
  if (terms.some((term) => !term || !(term.property in orders))) return undefined
  const matching = [...tickets].filter(
    (ticket) => !ticket.deleted && terms.every((term) => !term || matches(ticket, term)),
  )
  const key = order.by === 'created_at' ? 'createdAt' : 'updatedAt'
  const sorted = matching.sort((one, other) => compared(one[key], other[key]) || one.id - other.id)
  return order.descending ? sorted.reverse() : sorted
}

function termOf(text: string): Term | undefined {
  const [, property, operator, value] = /^([a-z_]+)(<=|>=|<|>|:)"?([^"]+)"?$/.exec(text) ?? []
  return property && operator && value
    ? { property, operator: operator as keyof typeof operators, value }
    : undefined
}

/** How a ticket's property stands to a value: before, the same, after. */
const orders: Readonly<Record<string, (ticket: Ticket, value: string) => number>> = {
  type: (_ticket, value) => compared('ticket', value),
  recipient: (ticket, value) => compared(ticket.recipient.toLowerCase(), value.toLowerCase()),
  status: (ticket, value) => rank(ticket.status) - rank(value),
  group: (ticket, value) => compared(String(ticket.groupId ?? 'none'), value),
  tags: (ticket, value) => (ticket.tags.includes(value) ? 0 : 1),
  created: (ticket, value) => Date.parse(ticket.createdAt) - Date.parse(value),
  updated: (ticket, value) => Date.parse(ticket.updatedAt) - Date.parse(value),
}

function matches(ticket: Ticket, { property, operator, value }: Term): boolean {
  return operators[operator](orders[property]?.(ticket, value) ?? Number.NaN)
}

function rank(status: string): number {
  return statuses.indexOf(status)
}

function compared(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1
}

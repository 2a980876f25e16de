/** The REST API of the local Zendesk. */
import type { Answer, RecordedRequest } from '../fake-server.ts'
import { type Acts, merged, type Update } from './acts.ts'
import {
  commentFields,
  fieldFields,
  groupFields,
  macroEffect,
  meFields,
  suspendedFields,
  ticketFields,
  userFields,
} from './answers.ts'
import { byCursor, byNumber, type Paging } from './lists.ts'
import type { OAuth } from './oauth.ts'
import { userById } from './people.ts'
import { found } from './search.ts'
import { type Account, statuses, type Ticket, type TicketField, type World, zendeskBotId } from './world.ts'

export interface Served {
  readonly world: World
  readonly acts: Acts
  readonly oauth: OAuth
  readonly paging: Paging
  readonly exports: ExportLimit
  /** False: the account is no admin, and may not see suspended tickets. */
  readonly seesSuspended: boolean
}

type Route = (served: Served, request: RecordedRequest, id: number, more: string) => Answer

const routes: readonly (readonly [RegExp, Route])[] = [
  [/^GET search$/, (served, request) => search(served, request)],
  [/^GET search\/export$/, (served, request) => searchExport(served, request)],
  [/^GET search\/count$/, (served, request) => searchCount(served, request)],
  [/^GET users\/me$/, ({ world }) => ok({ user: meFields(userById(world, zendeskBotId), world.account) })],
  [/^GET users\/show_many$/, ({ world }, request) => showMany(world, request)],
  [/^GET account\/settings$/, ({ world: { account } }) => settingsOf(account)],
  [/^GET groups\/(\d+)$/, ({ world }, _request, id) => group(world, id)],
  [/^GET ticket_fields$/, (served, request) => ticketFieldsOf(served, request)],
  [/^GET suspended_tickets$/, (served, request) => suspended(served, request)],
  [/^GET tickets\/(\d+)$/, onTicket((_served, ticket) => ok({ ticket: ticketFields(ticket) }))],
  [/^PUT tickets\/(\d+)$/, onTicket((served, ticket, request) => update(served, ticket, request))],
  [/^GET tickets\/(\d+)\/audits$/, onTicket((_served, ticket) => audits(ticket))],
  [
    /^GET tickets\/(\d+)\/comments$/,
    onTicket((served, ticket, request) => comments(served, ticket, request)),
  ],
  [/^GET tickets\/(\d+)\/macros\/(\d+)\/apply$/, onTicket(applied)],
]

export function answer(served: Served, request: RecordedRequest): Answer {
  if (served.world.account.isAway) return noHelpDesk
  if (request.method === 'POST' && request.path === '/oauth/tokens') return served.oauth.grant(request)
  const refusal = served.oauth.refusal(request)
  if (refusal) return refusal
  const asked = `${request.method} ${request.path.replace(/^\/api\/v2\//, '').replace(/\.json$/, '')}`
  for (const [pattern, route] of routes) {
    const match = pattern.exec(asked)
    if (match) return route(served, request, Number(match[1]), match[2] ?? '')
  }
  return { status: 404, body: { error: 'InvalidEndpoint', description: 'Not found' } }
}

/** As the real one words it, with the address of the account. */
const noHelpDesk: Answer = {
  status: 404,
  body: {
    error: {
      title: 'No help desk at example.zendesk.com',
      message:
        'There is no help desk configured at this address. This means that the address is available and that you can claim it at http://www.zendesk.com/signup',
    },
  },
}

/** Of all the settings of an account this alone is asked for. */
function settingsOf({ assignsOnSolve }: Account): Answer {
  return ok({ settings: { tickets: { assign_tickets_upon_solve: assignsOnSolve } } })
}

const missing: Answer = { status: 404, body: { error: 'RecordNotFound', description: 'Not found' } }

function ok(body: object): Answer {
  return { status: 200, body }
}

function onTicket(
  route: (served: Served, ticket: Ticket, request: RecordedRequest, more: string) => Answer,
): Route {
  return (served, request, id, more) => {
    const ticket = served.world.tickets.get(id)
    return ticket && !ticket.deleted ? route(served, ticket, request, more) : missing
  }
}

function search({ world, paging }: Served, request: RecordedRequest): Answer {
  const { query } = request
  const order = { by: query.get('sort_by'), descending: query.get('sort_order') !== 'asc' }
  const tickets = found(world.tickets.values(), query.get('query') ?? '', order)
  if (!tickets) return invalidSearch
  const results = tickets.map((ticket) => ({ ...ticketFields(ticket), result_type: 'ticket' }))
  return byNumber(results, request, paging)
}

/** "Searches with type in the query string will result in an error." */
function searchExport({ world, paging, exports }: Served, request: RecordedRequest): Answer {
  const { query } = request
  const asked = query.get('query') ?? ''
  if (query.get('filter[type]') !== 'ticket' || /(?:^|\s)type:/.test(asked)) return invalidSearch
  if (!exports.mayAsk()) return tooManyExports
  const tickets = found(world.tickets.values(), asked, { by: 'created_at', descending: true })
  if (!tickets) return invalidSearch
  const results = tickets.map((ticket) => ({ ...ticketFields(ticket), result_type: 'ticket' }))
  return byCursor('results', results, request, paging, 1000)
}

const tooManyExports: Answer = {
  status: 429,
  headers: { 'retry-after': '60' },
  body: { error: 'APIRateLimitExceeded', description: 'Number of allowed API requests per minute exceeded' },
}

/** "This API endpoint is rate-limited to 100 requests per minute per account." */
const exportsAMinute = 100

/** The calls of search for export within the last minute. */
export class ExportLimit {
  readonly #now: () => Date
  #calls: readonly number[] = []

  constructor(now: () => Date) {
    this.#now = now
  }

  mayAsk(): boolean {
    const now = this.#now().getTime()
    this.#calls = this.#calls.filter((at) => at > now - 60_000 && at <= now)
    if (this.#calls.length >= exportsAMinute) return false
    this.#calls = [...this.#calls, now]
    return true
  }
}

function searchCount({ world }: Served, { query }: RecordedRequest): Answer {
  const tickets = found(world.tickets.values(), query.get('query') ?? '', { by: null, descending: true })
  return tickets ? ok({ count: tickets.length }) : invalidSearch
}

const invalidSearch: Answer = { status: 422, body: { error: 'invalid', description: 'Invalid search' } }

function showMany(world: World, { query }: RecordedRequest): Answer {
  const ids = (query.get('ids') ?? '').split(',').map(Number)
  if (ids.length > 100) return { status: 400, body: { error: 'TooManyValues' } }
  return ok({ users: world.users.filter(({ id }) => ids.includes(id)).map(userFields) })
}

function group({ groups }: World, id: number): Answer {
  const one = groups.find((each) => each.id === id)
  return one ? ok({ group: groupFields(one) }) : missing
}

function ticketFieldsOf({ world, paging }: Served, request: RecordedRequest): Answer {
  return byCursor('ticket_fields', world.account.fields.map(fieldFields), request, paging)
}

function suspended({ world, paging, seesSuspended }: Served, request: RecordedRequest): Answer {
  if (!seesSuspended)
    return { status: 403, body: { error: 'Forbidden', description: 'You do not have access to this page' } }
  return byCursor('suspended_tickets', world.suspended.map(suspendedFields), request, paging)
}

function audits(ticket: Ticket): Answer {
  return ok({ audits: ticket.audits, next_page: null, count: ticket.audits.length })
}

function comments({ paging }: Served, ticket: Ticket, request: RecordedRequest): Answer {
  return byCursor('comments', ticket.posted.map(commentFields), request, paging)
}

function applied({ world }: Served, ticket: Ticket, _request: RecordedRequest, macroId: string): Answer {
  const macro = world.macros.get(Number(macroId))
  return macro ? ok(macroEffect(ticket, macro)) : missing
}

function update({ world, acts }: Served, ticket: Ticket, { body }: RecordedRequest): Answer {
  const { ticket: wanted } = Object(body) as { ticket?: Update }
  if (!wanted) return { status: 400, body: { error: 'BadRequest' } }
  const invalid = whyInvalid(world, ticket, wanted)
  if (invalid) return invalid
  const stamp = wanted.updated_stamp ? Date.parse(wanted.updated_stamp) : undefined
  if (wanted.safe_update && stamp !== Date.parse(ticket.updatedAt)) {
    const description = 'Safe Update prevented the update'
    return { status: 409, body: { error: 'UpdateConflict', description } }
  }
  const audit = acts.updateOverApi(ticket, userById(world, zendeskBotId), wanted)
  return ok({ ticket: ticketFields(ticket), audit })
}

function whyInvalid({ account, groups, users }: World, ticket: Ticket, wanted: Update): Answer | undefined {
  const { group_id: groupId, assignee_id: assigneeId, status } = wanted
  if (ticket.status === 'closed') return invalidRecord('status', 'Status: closed prevents ticket update')
  if (status && !statuses.includes(status))
    return invalidRecord('status', 'Status: is not included in the list')
  const isGone = groupId !== undefined && !groups.some(({ id, deleted }) => id === groupId && !deleted)
  if (isGone) return invalidRecord('group', 'Group: is invalid')
  const isAgent = users.some(({ id, role }) => id === assigneeId && role !== 'end-user')
  if (assigneeId && !isAgent) return invalidRecord('assignee', 'Assignee: is invalid')
  return status === 'solved' ? emptyFields(account, ticket, wanted) : undefined
}

/** "You can make a field required to solve": https://support.zendesk.com/hc/en-us/articles/4408838961562 */
function emptyFields(
  { fields, assignsOnSolve: isAssigning }: Account,
  ticket: Ticket,
  wanted: Update,
): Answer | undefined {
  const known = merged(ticket.customFields, wanted.custom_fields ?? [])
  const isSet = {
    assignee: (wanted.assignee_id === undefined ? ticket.assigneeId : wanted.assignee_id) !== undefined,
    group: (wanted.group_id ?? ticket.groupId) !== undefined,
  }
  const isFilled = ({ id, type }: TicketField) =>
    type === 'assignee' || type === 'group'
      ? isAssigning || isSet[type]
      : known.some((field) => field.id === id && field.value !== null && field.value !== '')
  const empty = fields.filter((field) => field.required && field.active !== false && !isFilled(field))
  if (empty.length === 0) return undefined
  const base = empty.map(({ id, title, type }) => ({
    description: `${title}: is required when solving a ticket`,
    error: null,
    ticket_field_id: id,
    ticket_field_type: `Field${type.charAt(0).toUpperCase()}${type.slice(1)}`,
  }))
  return { status: 422, body: { ...invalid, details: { base } } }
}

function invalidRecord(field: string, description: string): Answer {
  const details = { [field]: [{ description }] }
  return { status: 422, body: { ...invalid, details } }
}

const invalid = { error: 'RecordInvalid', description: 'Record validation errors' }

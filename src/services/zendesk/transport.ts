/** Node-zendesk sends through our own `ask`; listings are read page by page. */

import { z } from 'zod'
import { type Asking, ask, type JsonAnswer, parse, type Question } from '../ask.ts'
import { CallFailed } from '../call-failed.ts'
import { FoundTicket } from './answers.ts'
import type { SignedIn } from './sign-in.ts'

interface Sent {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/**
 * node-zendesk 6.0.1's own transport has no time limit, follows redirects, and hands 502, 504 and any 429 or 503 with
 * `Retry-After` to its caller as success; it also goes wherever `next_page` says, with the token. Its own `Authorization`
 * stands for as long as the client, which an access token does not: `signedIn` gives that of now.
 */
export function zendeskTransport(asking: Asking, base: URL, signedIn: SignedIn) {
  return {
    transportFn: async (address: string, { method, headers, body }: Sent): Promise<JsonAnswer> => {
      const url = new URL(address)
      if (url.origin !== base.origin || !url.pathname.startsWith(`${base.pathname}/`)) {
        throw new CallFailed({
          service: 'zendesk',
          kind: 'not-done',
          message: `zendesk ${method}: an address outside of the API is not followed`,
        })
      }
      const { Authorization: _, ...others } = headers
      const send = (question: Pick<Question, 'method' | 'url' | 'body'>) =>
        signedIn((authorization) => ask(asking, { ...question, headers: { ...others, authorization } }))
      try {
        return await send({ method, url, body })
      } catch (error) {
        if (!isMissing(error)) throw error
        // The help desk may have come back between the two questions: what is missing is missing the second time, too.
        if (await isThere(() => send({ method: 'GET', url: accountOf(base) })))
          return send({ method, url, body })
        const { service, message } = error
        throw new CallFailed({
          service,
          kind: 'later',
          message: `${message}, and so does the whole help desk`,
        })
      }
    },
    // Only the content type: it takes any answer with a `Retry-After`, a 200 as well, for a rate limit.
    responseAdapter: (answer: JsonAnswer) => ({
      json: async () => answer.body,
      status: answer.status,
      headers: {
        get: (name: string) => (name === 'content-type' ? answer.headers['content-type'] : undefined),
      },
      statusText: '',
    }),
  }
}

/**
 * A help desk that is moved, suspended or not set up answers 404 to everything, which speaks of no ticket: a ticket is
 * deleted where the bot's own account, which is always there, still answers.
 */
async function isThere(askForAccount: () => Promise<unknown>): Promise<boolean> {
  try {
    await askForAccount()
    return true
  } catch (error) {
    if (error instanceof CallFailed) return false
    throw error
  }
}

function accountOf(base: URL): URL {
  return new URL(`${base.pathname}/users/me.json`, base)
}

function isMissing(error: unknown): error is CallFailed {
  return error instanceof CallFailed && error.kind === 'not-done' && error.status === 404
}

// Listings of Zendesk page by page: each page is asked for by us, no address that an answer names is followed.

/** A function that makes one GET below `/api/v2`. Throws `CallFailed`. */
export type ReadZendesk = (path: readonly string[], query?: object) => Promise<unknown>

/** The most that Zendesk gives at once: https://developer.zendesk.com/api-reference/introduction/pagination/ */
const pageSize = 100

/** "Up to 1,000 results per query": https://developer.zendesk.com/api-reference/ticketing/ticket-management/search/#results-limit */
const mostBySearch = 1000
const lastSearchPage = mostBySearch / pageSize

/**
 * Of the rest so many at once: up to 1,000 are given, more slowly where many are archived, which no open one is.
 * https://developer.zendesk.com/api-reference/ticketing/ticket-management/search/#export-search-results
 */
const exportPageSize = 500
/** That many pages of the rest are as many as may be asked for in a minute. */
const lastExportPage = 100

/** The most that the bot reads at a time. Who has so many open has another trouble, and is told. */
export const mostFound = exportPageSize * lastExportPage

const SearchPage = z.object({
  results: z.array(z.looseObject({ result_type: z.string() })),
  next_page: z.string().nullable(),
})

/**
 * Search knows numbered pages only, which may bring a ticket twice; it is given once. The newest update comes first, and
 * what lies beyond the limit comes after it, in the order of its creation.
 */
export async function* searchPages(read: ReadZendesk, query: string): AsyncGenerator<readonly FoundTicket[]> {
  const from = { service: 'zendesk', method: 'GET', what: 'search' } as const
  const seen = new Set<string>()
  for (let page = 1; page <= lastSearchPage; page += 1) {
    const order = { sort_by: 'updated_at', sort_order: 'desc' }
    const answer = parse(
      SearchPage,
      await read(['search'], { query, ...order, page, per_page: pageSize }),
      from,
    )
    const found = answer.results.filter((result) => result.result_type === 'ticket')
    const fresh = parse(z.array(FoundTicket), found, from).filter((ticket) => !seen.has(keyOf(ticket)))
    for (const ticket of fresh) seen.add(keyOf(ticket))
    if (fresh.length > 0) yield fresh
    if (answer.next_page === null) return
  }
  yield* exportedPages(read, query, seen)
}

/** All that the query finds but what is seen already. Of a search for export the type is asked for apart. */
async function* exportedPages(
  read: ReadZendesk,
  query: string,
  seen: ReadonlySet<string>,
): AsyncGenerator<readonly FoundTicket[]> {
  const filter = {
    query: query.replace(/(?<!\S)type:"?ticket"?(?!\S)/gi, '').trim(),
    'filter[type]': 'ticket',
  }
  const path = ['search', 'export']
  let pages = 0
  for await (const page of cursorPages(read, path, 'results', FoundTicket, {
    filter,
    size: exportPageSize,
  })) {
    const fresh = page.filter((ticket) => !seen.has(keyOf(ticket)))
    if (fresh.length > 0) yield fresh
    pages += 1
    if (pages === lastExportPage) return
  }
}

function keyOf({ id, updatedAt }: FoundTicket): string {
  return `${id} ${updatedAt}`
}

const Cursor = z.object({
  meta: z.object({ has_more: z.boolean(), after_cursor: z.string().nullish() }).nullish(),
  next_page: z.string().nullish(),
})

/** Reads a list below a name in the answer, from cursor to cursor. Throws `CallFailed`. */
export async function* cursorPages<T>(
  read: ReadZendesk,
  path: readonly string[],
  name: string,
  item: z.ZodType<T>,
  { filter = {}, size = pageSize }: { readonly filter?: object; readonly size?: number } = {},
): AsyncGenerator<readonly T[]> {
  const from = { service: 'zendesk', method: 'GET', what: name.replace('_', ' ') } as const
  const items = z.object({ [name]: z.array(item) }).transform((answer) => answer[name] ?? [])
  let after: string | undefined
  do {
    const answer = await read(path, { ...filter, page: { size, ...(after ? { after } : {}) } })
    yield parse(items, answer, from)
    after = following(after, parse(Cursor, answer, from), from.what)
  } while (after !== undefined)
}

/** A listing that says there is more and not how to get it would be taken for the whole. */
function following(
  before: string | undefined,
  { meta, next_page: next }: z.infer<typeof Cursor>,
  what: string,
): string | undefined {
  if (meta ? !meta.has_more : !next) return undefined
  const after = meta?.after_cursor
  if (after && after !== before) return after
  const message = `zendesk GET ${what}: there is more, but no way to it`
  throw new CallFailed({ service: 'zendesk', kind: 'later', message })
}

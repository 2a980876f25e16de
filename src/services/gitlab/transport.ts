/** Gitbeaker sends through our own `ask`, so that nothing is repeated and no error holds the token. */
import { createRequesterFn, type FormattedResponse, type RequestOptions } from '@gitbeaker/requester-utils'
import { z } from 'zod'
import type { Instant } from '../../engine/time.ts'
import { type Asking, ask, type Fetch, parse } from '../ask.ts'
import { CallFailed } from '../call-failed.ts'
import { Issue, type Note } from './answers.ts'
import { followMoved, type MovedProjects, movedProjects } from './moved-projects.ts'

/** GitLab's own time limit for a request is 60 s; what takes 10 s is better looked up than waited for. */
export const defaultTimeoutMs = 10_000

/**
 * The options of every gitbeaker resource. Its own sender repeats each 429 and 502 nine times within 0.3 s, POSTs
 * too, follows redirects and puts the request with the token into its errors (@gitbeaker/rest 43.8.0, dist/index.mjs).
 */
export function gitlabResourceOptions(to: {
  readonly url: string
  readonly token: string
  readonly fetch: Fetch
  readonly timeoutMs?: number
  /** The token is GITLAB_ADMIN_TOKEN, and not the bot's own. */
  readonly isAsAdmin?: boolean
  /** Left out: what is found to have moved is remembered for this resource alone. */
  readonly moved?: MovedProjects
}) {
  const moved = to.moved ?? movedProjects()
  const { fetch, timeoutMs = defaultTimeoutMs, isAsAdmin } = to
  const asking: Asking = { service: 'gitlab', fetch, timeoutMs, isAsAdmin }
  return {
    host: to.url.replace(/\/+$/, ''),
    token: to.token,
    queryTimeout: null,
    rateLimits: {},
    requesterFn: createRequesterFn(
      async (_service, options) => options,
      (endpoint, options) => {
        // Some resources have part of the path in their prefix: `…/api/v4/projects`.
        const [root = '', inside = ''] = String(options?.prefixUrl ?? '').split(/(?<=\/api\/v4)\/*/)
        const base = new URL(`${root}/`)
        const whole = [inside.replace(/\/+$/, ''), endpoint].filter((part) => part !== '').join('/')
        return followMoved(moved, base, whole, (at, method) =>
          send(asking, base, at, method === undefined ? (options ?? {}) : readOnly(options)),
        )
      },
    ),
  }
}

/** The same sender, asking for what stands there. */
function readOnly({ headers }: RequestOptions = {}): RequestOptions {
  return { method: 'GET', ...(headers && { headers }) }
}

async function send(
  asking: Asking,
  base: URL,
  endpoint: string,
  options: RequestOptions,
): Promise<FormattedResponse> {
  const method = options.method ?? 'GET'
  // encodeURIComponent leaves dots alone, and URL resolves `..`: a project or template so named would change the path.
  if (endpoint.split('/').some((part) => part === '.' || part === '..')) {
    throw new CallFailed({
      service: 'gitlab',
      kind: 'not-done',
      message: `gitlab ${method}: a path part is . or ..`,
    })
  }
  const url = new URL(endpoint, base)
  url.search = options.searchParams ?? ''
  const answer = await ask(asking, {
    method,
    url,
    headers: { accept: 'application/json', ...options.headers },
    body: typeof options.body === 'string' ? options.body : undefined,
  })
  return {
    status: answer.status,
    headers: { ...answer.headers, 'x-next-page': nextPage(answer.headers) },
    body: answer.body as FormattedResponse['body'],
  }
}

/** The number of the next page, from the header or the `Link`; of a link only the number is used, never its host. */
function nextPage(headers: Readonly<Record<string, string>>): string {
  const given = headers['x-next-page']
  if (given !== undefined) return given
  const next = /<([^>]+)>;\s*rel="next"/.exec(headers.link ?? '')?.[1]
  return (next && new URLSearchParams(next.split('?')[1]).get('page')) ?? ''
}

// Listings page by page. GitLab hides what one may not read after cutting pages, so a short or empty page is no end.

interface PageQuery {
  readonly page: number
  readonly perPage: number
  readonly showExpanded: true
}

/** The answer of gitbeaker for one page with `showExpanded`. */
const Page = z.object({
  data: z.array(z.unknown()),
  paginationInfo: z.object({ next: z.number().nullable() }),
})

const perPage = 100

/** Reads one page with gitbeaker, which follows nothing when it is given a page number. */
type ReadPage = (query: PageQuery) => Promise<unknown>

interface OnePage<T> {
  readonly items: readonly T[]
  readonly next: number | null
}

async function onePage<T>(
  read: ReadPage,
  schema: z.ZodType<T>,
  what: string,
  page: number,
): Promise<OnePage<T>> {
  const from = { service: 'gitlab', method: 'GET', what } as const
  const answer = parse(Page, await read({ page, perPage, showExpanded: true }), from)
  return { items: parse(z.array(schema), answer.data, from), next: answer.paginationInfo.next }
}

/** Reads a list page by page, as the pages are taken. Throws `CallFailed`; `what` names the list in it. */
export async function* eachPage<T>(
  read: ReadPage,
  schema: z.ZodType<T>,
  what: string,
): AsyncGenerator<readonly T[]> {
  let page: number | null = 1
  while (page !== null) {
    const { items, next } = await onePage(read, schema, what, page)
    yield items
    page = following(page, next)
  }
}

/** Reads a list to its end. Throws `CallFailed`. */
export async function allPages<T>(read: ReadPage, schema: z.ZodType<T>, what: string): Promise<readonly T[]> {
  return (await Array.fromAsync(eachPage(read, schema, what))).flat()
}

/**
 * Issues by time of update, where an issue that changes during the reading leaves its page and moves all later ones
 * up. So no pages are counted: each reading begins again at the last time seen, which `updated_after` includes.
 */
export async function* issuesByUpdate(
  read: (after: Instant, query: PageQuery) => Promise<unknown>,
  at: Instant,
): AsyncGenerator<readonly Issue[]> {
  let after = at
  let seen = new Set<string>()
  let page: number | null = 1
  while (page !== null) {
    const { items, next }: OnePage<Issue> = await onePage(
      (query) => read(after, query),
      Issue,
      'issues',
      page,
    )
    const fresh = items.filter((issue) => !seen.has(keyOf(issue)))
    if (fresh.length > 0) yield fresh
    const last: Instant = items.at(-1)?.updatedAt ?? after
    seen = new Set([...(last > after ? [] : seen), ...items.map(keyOf)])
    page = next === null ? null : last > after ? 1 : following(page, next)
    if (last > after) after = last
  }
}

function keyOf(issue: Issue): string {
  return `${issue.id} ${issue.updatedAt}`
}

/** Read newest first, so that looking for news costs one page however long the issue is. */
export async function notesFrom(
  pages: AsyncIterable<readonly Note[]>,
  { afterId = 0, since = '' }: { readonly afterId?: number; readonly since?: Instant },
): Promise<readonly Note[]> {
  const found = new Map<number, Note>()
  for await (const page of pages) {
    for (const note of page) if (note.id > afterId && note.createdAt >= since) found.set(note.id, note)
    const oldest = page.at(-1)
    if (oldest && (oldest.id <= afterId || oldest.createdAt < since)) break
  }
  return [...found.values()].sort((one, other) => one.id - other.id)
}

/** A next page that does not lie ahead would be read for ever. */
function following(page: number, next: number | null): number | null {
  return next !== null && next > page ? next : null
}

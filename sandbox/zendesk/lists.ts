/** Lists cut into pages: by cursor, and for search by number. */
import type { Answer, RecordedRequest } from '../fake-server.ts'

/** "Up to 1,000 results per query, with a maximum of 100 results per page." */
const searchLimit = 1000
const mostOfPage = 100

export interface Paging {
  /** Each page holds at most so many, whatever is asked. */
  readonly size: number
  /** The address of the local Zendesk, for the next page. */
  readonly base: string
}

export function byCursor(
  name: string,
  items: readonly unknown[],
  { query, path }: RecordedRequest,
  { size, base }: Paging,
  most = mostOfPage,
): Answer {
  const start = Number(query.get('page[after]') ?? 0)
  const end = start + Math.min(size, most, Number(query.get('page[size]') ?? mostOfPage))
  const hasMore = end < items.length
  const cursors = { after_cursor: String(end), before_cursor: String(start) }
  const next = `${base}${path}?page%5Bafter%5D=${end}&page%5Bsize%5D=${end - start}`
  return {
    status: 200,
    body: {
      [name]: items.slice(start, end),
      meta: { has_more: hasMore, ...(hasMore ? cursors : { after_cursor: null, before_cursor: null }) },
      links: { next: hasMore ? next : null, prev: null },
    },
  }
}

export function byNumber(
  results: readonly unknown[],
  { query, path }: RecordedRequest,
  { size: longest, base }: Paging,
): Answer {
  const size = Math.min(longest, mostOfPage, Number(query.get('per_page') ?? mostOfPage))
  const page = Number(query.get('page') ?? 1)
  if (page * size > searchLimit) return { status: 422, body: tooMuch }
  const following = new URLSearchParams(query)
  following.set('page', String(page + 1))
  const hasMore = page * size < results.length
  return {
    status: 200,
    body: {
      results: results.slice((page - 1) * size, page * size),
      count: results.length,
      facets: null,
      next_page: hasMore ? `${base}${path}?${following}` : null,
      previous_page: null,
    },
  }
}

const tooMuch = {
  error: 'invalid',
  description: 'Invalid search: Requested response size was greater than Search Response Limits',
}

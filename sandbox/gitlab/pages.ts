/** Lists cut into pages as GitLab does, with `Link` and the `x-` headers. */
import type { Answer, RecordedRequest } from '../fake-server.ts'

export interface Paging {
  /**
   * Each page holds at most so many, whatever `per_page` asks: GitLab takes what one may not read out of a page after
   * cutting it, so pages can be short without being the last.
   */
  readonly longest?: number
  /** This page comes out empty, with more behind it. */
  readonly empty?: number
}

export function paged(
  items: readonly unknown[],
  request: RecordedRequest,
  base: string,
  paging: Paging,
): Answer {
  const asked = Math.min(100, Number(request.query.get('per_page') ?? 20))
  const size = Math.min(asked, paging.longest ?? asked)
  const page = Math.max(1, Number(request.query.get('page') ?? 1))
  const cut: (readonly unknown[])[] = []
  for (let from = 0; from < items.length || from === 0; from += size) cut.push(items.slice(from, from + size))
  if (paging.empty !== undefined && cut.length >= paging.empty) cut.splice(paging.empty - 1, 0, [])
  const next = page < cut.length ? page + 1 : undefined
  return {
    status: 200,
    body: cut[page - 1] ?? [],
    headers: {
      'x-page': String(page),
      'x-per-page': String(asked),
      'x-next-page': next ? String(next) : '',
      ...(next ? { link: `<${pageUrl(request, base, next)}>; rel="next"` } : {}),
    },
  }
}

function pageUrl(request: RecordedRequest, base: string, page: number): string {
  const query = new URLSearchParams(request.query)
  query.set('page', String(page))
  return `${base}${request.path}?${query}`
}

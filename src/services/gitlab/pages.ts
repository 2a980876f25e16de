/** Listings page by page. GitLab hides what one may not read after cutting pages, so a short or empty page is no end. */

import { z } from 'zod'
import type { Instant } from '../../engine/time.ts'
import { parse } from '../parse.ts'
import { Issue, type Note } from './answers.ts'

export interface PageQuery {
  readonly page: number
  readonly perPage: number
  readonly showExpanded: true
}

/** What gitbeaker gives for one page with `showExpanded`. */
const Page = z.object({
  data: z.array(z.unknown()),
  paginationInfo: z.object({ next: z.number().nullable() }),
})

const perPage = 100

/** Reads one page with gitbeaker, which follows nothing when it is given a page number. */
export type ReadPage = (query: PageQuery) => Promise<unknown>

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

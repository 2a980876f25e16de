/** What a digest lists: each request in the first group that fits it, as many lines as a message holds. */
import type { KnownBlock } from '@slack/types'
import type { CardState } from '../requests/card-states.ts'
import { fitting, sections } from './block-kit.ts'
import { byDueDate, requestLine } from './request-line.ts'

export interface DigestGroup {
  readonly title: string
  readonly requests: readonly CardState[]
}

/** Beyond forty lines nobody reads on. */
const linesShown = 40

/** By due date; groups that nothing fits are left out. */
export function groupsOf(
  open: readonly CardState[],
  kinds: readonly (readonly [string, (state: CardState) => boolean])[],
): readonly DigestGroup[] {
  const inOrder = byDueDate(open)
  const taken = new Set<CardState>()
  return kinds
    .map(([title, fits]) => {
      const requests = inOrder.filter((state) => !taken.has(state) && fits(state))
      for (const state of requests) taken.add(state)
      return { title, requests }
    })
    .filter(({ requests }) => requests.length > 0)
}

/** `howToList`: how to see those that do not fit. */
export function groupBlocks(groups: readonly DigestGroup[], howToList: string): readonly KnownBlock[] {
  const total = groups.reduce((sum, { requests }) => sum + requests.length, 0)
  const lines = firstLines(groups)
  const more = total - lines.reduce((sum, group) => sum + group.length - 1, 0)
  return [...lines.flatMap(sections), ...(more > 0 ? sections([`and ${more} more: ${howToList}`]) : [])]
}

/** `Overdue: 1, Due today: 2` */
export function groupCounts(groups: readonly DigestGroup[]): string {
  return groups.map(({ title, requests }) => `${title}: ${requests.length}`).join(', ')
}

function firstLines(groups: readonly DigestGroup[]): readonly (readonly string[])[] {
  const all = groups.flatMap(({ requests }) => requests.map((state) => `• ${requestLine(state)}`))
  const shown = fitting(all, linesShown)
  let before = 0
  return groups.flatMap(({ title, requests }) => {
    const own = shown.slice(before, before + requests.length)
    before += requests.length
    return own.length === 0 ? [] : [[`*${title}* (${requests.length})`, ...own]]
  })
}

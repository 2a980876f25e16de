/** What a digest lists: each request in the first group that fits it, as many lines as a message holds. */
import type { KnownBlock } from '@slack/types'
import { sections } from './block-kit.ts'
import type { CardState } from './card-state.ts'
import { byDueDate, requestLine } from './request-line.ts'

export interface DigestGroup {
  readonly title: string
  readonly requests: readonly CardState[]
}

/** A message shows 50 blocks of 3,000 characters; beyond forty lines nobody reads on. */
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
  const more = total - linesShown
  return [
    ...firstLines(groups).flatMap(sections),
    ...(more > 0 ? sections([`and ${more} more: ${howToList}`]) : []),
  ]
}

/** `Overdue: 1, Due today: 2` */
export function groupCounts(groups: readonly DigestGroup[]): string {
  return groups.map(({ title, requests }) => `${title}: ${requests.length}`).join(', ')
}

function firstLines(groups: readonly DigestGroup[]): readonly (readonly string[])[] {
  let room = linesShown
  return groups.flatMap(({ title, requests }) => {
    const shown = requests.slice(0, room)
    room -= shown.length
    return shown.length === 0
      ? []
      : [[`*${title}* (${requests.length})`, ...shown.map((state) => `• ${requestLine(state)}`)]]
  })
}

/** The marked points of a scenario: three moments of every call, and both sides of every commit. */
import type { When } from './orders.ts'
import { type Moment, moments } from './watch-calls.ts'

export type Point =
  | { readonly kind: 'call'; readonly call: number; readonly moment: Moment }
  | { readonly kind: 'commit'; readonly commit: number; readonly when: When }

export function pointsOf({
  calls,
  commits,
}: {
  readonly calls: number
  readonly commits: number
}): readonly Point[] {
  const numbers = (most: number) => Array.from({ length: most }, (_, index) => index + 1)
  return [
    ...numbers(calls).flatMap((call) => moments.map((moment): Point => ({ kind: 'call', call, moment }))),
    ...numbers(commits).flatMap((commit) =>
      (['before', 'after'] as const).map((when): Point => ({ kind: 'commit', commit, when })),
    ),
  ]
}

/** So many, evenly spread; `turn` moves them along, so that scenarios don't all take the same kinds. */
export function sampled<T>(all: readonly T[], most: number, turn: number): readonly T[] {
  if (all.length <= most) return all
  return Array.from({ length: most }, (_, index) => {
    const at = Math.floor(((index + ((turn * 0.37) % 1)) * all.length) / most)
    return all[at % all.length]
  }).filter((one) => one !== undefined)
}

export function nameOf(point: Point): string {
  return point.kind === 'call' ? `call ${point.call} ${point.moment}` : `${point.when} commit ${point.commit}`
}

/** What the table counts. */
export const kindOf = (point: Point): string =>
  point.kind === 'call' ? `killed: call ${point.moment}` : `killed: ${point.when} a commit`

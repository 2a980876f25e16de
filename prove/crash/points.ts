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

/** So many, each of another kind and at another place; `turn` moves on, so that scenarios don't all take the same. */
export function sampled(all: readonly Point[], most: number, turn: number): readonly Point[] {
  if (all.length <= most) return all
  const kinds = [...Map.groupBy(all, kindOf).values()]
  return Array.from({ length: most }, (_, index) => {
    const number = turn * most + index
    const points = kinds[number % kinds.length] ?? all
    return points[Math.floor(((number * goldenRatio) % 1) * points.length)]
  }).filter((point) => point !== undefined)
}

/** Its multiples are spread evenly between whole numbers, however many there are. */
const goldenRatio = 0.618034

/** What a run may need less than another, of its calls and commits. */
const mostNotMet = 0.25

/** Points that nobody comes by have proved nothing: one may be such, and a quarter of many. */
export const areTooManyMissed = (missed: number, all: number): boolean =>
  missed > Math.max(1, all * mostNotMet)

export function nameOf(point: Point): string {
  return point.kind === 'call' ? `call ${point.call} ${point.moment}` : `${point.when} commit ${point.commit}`
}

/** What the table counts. */
export const kindOf = (point: Point): string =>
  point.kind === 'call' ? `killed: call ${point.moment}` : `killed: ${point.when} a commit`

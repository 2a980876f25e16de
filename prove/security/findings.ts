/** Collects what went against a promise: each once, with an example, however many inputs broke it. */
import type { Proof } from '../proof.ts'

export interface Findings {
  /** One more input was tried. */
  tried(times?: number): void
  /** A rare path was reached. */
  reach(what: string, times?: number): void
  letIn(what: string, example?: string): void
  broken(what: string, example?: string): void
}

export interface Collected extends Findings {
  readonly tally: () => Pick<Proof, 'letIn' | 'broken'> & {
    readonly badInputs: number
    readonly reached: Readonly<Record<string, number>>
  }
}

export function findings(): Collected {
  const lists = { letIn: new Map<string, string>(), broken: new Map<string, string>() }
  const reached: Record<string, number> = {}
  let badInputs = 0
  const add = (list: Map<string, string>, what: string, example = '') => {
    if (!list.has(what)) list.set(what, example.slice(0, 300))
  }
  const shown = (list: Map<string, string>) =>
    Array.from(list, ([what, example]) => (example === '' ? what : `${what}: ${JSON.stringify(example)}`))
  return {
    tried: (times = 1) => {
      badInputs += times
    },
    reach: (what, times = 1) => {
      reached[what] = (reached[what] ?? 0) + times
    },
    letIn: (what, example) => add(lists.letIn, what, example),
    broken: (what, example) => add(lists.broken, what, example),
    tally: () => ({ letIn: shown(lists.letIn), broken: shown(lists.broken), badInputs, reached }),
  }
}

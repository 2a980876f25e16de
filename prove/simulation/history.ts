/** Everything that crossed a border of the bot in a run, in order: to compare two runs, and to read one that failed. */
import { createHash, type Hash } from 'node:crypto'

/** Enough for a whole run of the usual length. */
const linesKept = 20_000

export class History {
  /** How often each rare thing happened. */
  readonly reached = new Map<string, number>()
  readonly faults = new Map<string, number>()
  /** The step of the run in which we are. */
  step = 0
  readonly #hash: Hash = createHash('sha256')
  readonly #lines: string[] = []
  readonly #now: () => Date

  constructor(now: () => Date) {
    this.#now = now
  }

  add(line: string): void {
    const whole = `${this.#now().toISOString()} [${this.step}] ${line}`
    this.#hash.update(`${whole}\n`)
    this.#lines.push(whole)
    if (this.#lines.length > linesKept * 2) this.#lines.splice(0, linesKept)
  }

  /** Belongs to what has to be the same, and tells a reader nothing. */
  seal(text: string): void {
    this.#hash.update(`${text}\n`)
  }

  count(what: string): void {
    this.reached.set(what, (this.reached.get(what) ?? 0) + 1)
  }

  fault(kind: string): void {
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1)
  }

  last(count: number): readonly string[] {
    return this.#lines.slice(-count)
  }

  /** One text that stands for all of it. */
  digest(): string {
    return this.#hash.copy().digest('hex')
  }
}

/** A body as it stands in a line: too long to read, but any difference shows. */
export function brief(text: string): string {
  const head = text.replace(/\s+/g, ' ').slice(0, 100)
  return `${head} <${text.length}:${createHash('sha256').update(text).digest('hex').slice(0, 8)}>`
}

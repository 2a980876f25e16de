/** The clock of the bot's machine: seconds away from that of the services, set now and then, at times wrong by much. */
import type { History } from './history.ts'
import type { Prng } from './prng.ts'
import type { VirtualTime } from './virtual-time.ts'

/** From its being set until the next time; in milliseconds since the run began. */
interface Setting {
  readonly from: number
  /** By how much it is ahead of the services. */
  readonly skewMs: number
}

const minute = 60_000
/** Slack and GitLab keep their clocks, and so does the bot's machine: a few seconds apart. */
const largestSkewMs = 20_000
/** Within what a signature may differ, and out of it. */
const wrongByMs = [3 * minute, 50 * minute] as const
/** What was put off by a clock that was wrong comes so much later by one that is right. */
export const mostAheadMs = Math.max(...wrongByMs)

export class BotClock {
  readonly #time: VirtualTime
  readonly #prng: Prng
  readonly #history: History
  /** Oldest first. */
  readonly #settings: Setting[]
  readonly #isKept: boolean

  /** `isKept`: the bot goes by the clock of its database's server, which is that of the services. */
  constructor({
    time,
    prng,
    history,
    isKept,
  }: {
    readonly time: VirtualTime
    readonly prng: Prng
    readonly history: History
    readonly isKept: boolean
  }) {
    this.#time = time
    this.#prng = prng
    this.#history = history
    this.#isKept = isKept
    this.#settings = [{ from: 0, skewMs: this.#nearly() }]
  }

  readonly now = (): Date => new Date(this.#time.ms + this.#skewMs)

  /** Forward or back; one that is wrong is set right. */
  set(): void {
    if (this.#isKept) return
    const isRight = Math.abs(this.#skewMs) <= largestSkewMs
    const wrong = this.#prng.pick(wrongByMs) * (this.#prng.chance(0.5) ? 1 : -1)
    this.#set(isRight && this.#prng.chance(0.4) ? wrong : this.#nearly())
  }

  setRight(): void {
    if (this.#isKept) return
    this.#set(this.#nearly())
  }

  /** What it said so many milliseconds after the run began, in milliseconds since 1970. */
  said(elapsed: number): number {
    const { skewMs = 0 } = this.#settings.findLast(({ from }) => from <= elapsed) ?? {}
    return Math.floor(this.#time.msAt(elapsed) + skewMs)
  }

  /** Between which instants it said this, in milliseconds since the run began: it may have said it more than once. */
  whenItSaid(instant: string): { readonly first: number; readonly last: number } {
    const said = Date.parse(instant)
    const instants = this.#settings.flatMap(({ from, skewMs }, index) => {
      if (this.#time.isLeftOut(said - skewMs)) return []
      const at = this.#time.elapsedAt(said - skewMs)
      const until = this.#settings[index + 1]?.from ?? Number.POSITIVE_INFINITY
      return at >= Math.floor(from) && at <= Math.ceil(until) ? [at] : []
    })
    if (instants.length === 0) throw new Error(`the clock of the bot never said ${instant}`)
    return { first: Math.min(...instants), last: Math.max(...instants) }
  }

  get #skewMs(): number {
    return this.#settings.at(-1)?.skewMs ?? 0
  }

  #nearly(): number {
    return this.#isKept ? 0 : this.#prng.between(-largestSkewMs, largestSkewMs)
  }

  #set(skewMs: number): void {
    const isBack = skewMs < this.#skewMs
    this.#settings.push({ from: this.#time.elapsed, skewMs })
    this.#history.count(isBack ? 'the clock of the bot was set back' : 'the clock of the bot was set forward')
    this.#history.add(`the clock of the bot is now ${skewMs / 1000} s ahead`)
  }
}

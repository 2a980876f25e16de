/** The bot under test: the real app, started, stopped, killed and started again on what its database holds. */
import type { RequestListener } from 'node:http'
import type { Logger } from 'pino'
import { askInProcess, type Got, type Sent } from '../../sandbox/in-process.ts'
import { inProcessListen, type OpenWorld } from '../../sandbox/world.ts'
import type { App } from '../../src/app.ts'
import { BotClock } from './bot-clock.ts'
import type { BotDatabase } from './bot-database.ts'
import { outboxOf } from './database.ts'
import type { History } from './history.ts'
import type { Network } from './network.ts'
import type { Prng } from './prng.ts'
import type { VirtualTime } from './virtual-time.ts'

interface Life {
  readonly number: number
  isDead: boolean
  listener?: RequestListener | undefined
  app?: App
  /** Whoever waits for its end is told. */
  onDeath?: () => void
}

interface Parts {
  readonly time: VirtualTime
  readonly prng: Prng
  readonly history: History
  readonly network: Network
  readonly world: Pick<OpenWorld, 'startApp'>
  readonly database: BotDatabase
  readonly log: Logger
}

export class Bot {
  readonly clock: BotClock
  /** When a life ended, in milliseconds since the run began. */
  readonly ends: number[] = []
  /** Of those that were told to stop, from when until when they did: what hangs then is given up, and nobody can be told of it. */
  readonly stops: { readonly from: number; readonly until: number }[] = []
  readonly #parts: Parts
  #life: Life | undefined
  #lives = 0
  #isWanted = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.clock = new BotClock({
      ...{ time: parts.time, prng: parts.prng.fork('clock'), history: parts.history },
      isKept: parts.database.clockIsTheServers,
    })
  }

  get isReady(): boolean {
    return this.#life?.app !== undefined && !this.#life.isDead
  }

  /** Begins to start; it is ready some time later, and where it can't start it is tried again. */
  start(): void {
    this.#isWanted = true
    if (this.#life && !this.#life.isDead) return
    const life = this.#newLife()
    const { time, history, prng, network, world, database, log } = this.#parts
    const begun = database.begin()
    this.#countInFlight()
    history.add(`life ${life.number} begins`)
    const starting = time.owners.run(life, () =>
      world.startApp({
        ...begun,
        clock: { now: this.clock.now, sleep: time.sleep },
        random: () => prng.next(),
        randomHex: (bytes) => prng.hex(bytes),
        fetch: network.fetchFor(life, () => this.die()),
        log,
        listen: inProcessListen((listener) => {
          life.listener = listener
        }),
      }),
    )
    starting.then(
      (app) => {
        life.app = app
        history.add(`life ${life.number} is ready`)
      },
      (error: unknown) => {
        if (life.isDead) return
        life.isDead = true
        history.count('a start that failed')
        history.add(`life ${life.number} could not start: ${error instanceof Error ? error.message : error}`)
        this.#startLater()
      },
    )
  }

  /** Ends it as an operator would, and resolves when it has ended, or died meanwhile. */
  async stop(): Promise<void> {
    this.#isWanted = false
    const life = this.#life
    const { app } = life ?? {}
    if (!life || !app || life.isDead) return
    this.#parts.history.add(`life ${life.number} is stopped`)
    const { elapsed: from } = this.#parts.time
    this.ends.push(from)
    const died = new Promise<void>((resolve) => {
      life.onDeath = resolve
    })
    await Promise.race([this.#parts.time.owners.run(life, () => app.stop()), died])
    this.stops.push({ from, until: this.#parts.time.elapsed })
    life.isDead = true
  }

  /** As `kill -9` does: what is on the disk is there, all else is gone. */
  die(): void {
    const life = this.#life
    if (!life || life.isDead) return
    life.isDead = true
    this.ends.push(this.#parts.time.elapsed)
    this.#parts.history.count('the process died')
    this.#parts.history.add(`life ${life.number} dies`)
    life.onDeath?.()
    if (this.#isWanted) this.#startLater()
  }

  async ask(sent: Sent): Promise<Got | 'no answer'> {
    const life = this.#life
    const { listener } = life ?? {}
    if (!life || life.isDead || !listener) return 'no answer'
    const got = await this.#parts.time.owners.run(life, () => askInProcess(listener, sent))
    return life.isDead ? 'no answer' : got
  }

  #startLater(): void {
    const { time, prng } = this.#parts
    time.after(prng.between(500, 20_000), () => {
      if (this.#isWanted) this.start()
    })
  }

  #newLife(): Life {
    this.#lives += 1
    const life: Life = { number: this.#lives, isDead: false }
    this.#life = life
    return life
  }

  #countInFlight(): void {
    const { time, history, database } = this.#parts
    if (this.#lives === 1) return
    // A first life that died before it had made the tables has left nothing.
    const outbox = time.answerOf(() => outboxOf(database).catch(() => []))
    void outbox.then((rows) => {
      if (rows.some(({ status }) => status === 'in-flight')) history.count('a restart with effects in flight')
    })
  }
}

/** The time of a simulated run: nothing waits, and nothing happens but what is next. */
import { AsyncLocalStorage } from 'node:async_hooks'

/** Whose timer it is: what belongs to a process that has died rings no more. */
export interface Owner {
  readonly isDead: boolean
}

interface Alarm {
  at: number
  readonly owner: Owner | undefined
  readonly ring: () => void
  isOff: boolean
}

/** What a timer gives back; a round that repeats goes from one alarm to the next. */
interface Handle {
  alarm: Alarm | undefined
}

const immediately = setImmediate
const realNow = Date.now

export class VirtualTime {
  readonly owners = new AsyncLocalStorage<Owner>()
  /** Milliseconds since the run began, as a process measures them: no clock that is set changes it. */
  #elapsed = 0
  /** What the clocks on the wall have been set forward by. */
  #jumped = 0
  readonly #jumps: { readonly from: number; readonly byThen: number }[] = []
  #alarms: Alarm[] = []
  #count = 0
  /** What is to be handed on of answers from outside of the run, in the order in which they were asked for. */
  readonly #answers: Promise<() => void>[] = []
  readonly #startsAt: number

  constructor(startsAt: string) {
    this.#startsAt = Date.parse(startsAt)
  }

  readonly now = (): Date => new Date(this.ms)

  get ms(): number {
    return this.#startsAt + this.#elapsed + this.#jumped
  }

  get elapsed(): number {
    return this.#elapsed
  }

  /**
   * So much time passes, and the bot does not see it pass: its clock is set forward, and who waits in it for a time to
   * pass goes on waiting. What was under way outside of it comes first: no write comes later by the clocks of the services
   * than these let one take.
   */
  jump(ms: number): void {
    this.#jumped += ms
    for (const alarm of this.#alarms)
      if (alarm.owner === undefined) alarm.at = Math.max(this.#elapsed, alarm.at - ms)
    this.#jumps.push({ from: this.ms, byThen: this.#jumped })
  }

  /** When the clocks said this, in milliseconds since the run began. */
  elapsedAt(ms: number): number {
    const byThen = this.#jumps.findLast(({ from }) => from <= ms)?.byThen ?? 0
    return ms - this.#startsAt - byThen
  }

  /** Whether the clocks were set forward over this instant, so that they never said it. */
  isLeftOut(ms: number): boolean {
    const jump = this.#jumps.find(({ from }) => from > ms)
    return jump !== undefined && this.elapsedAt(ms) > jump.from - this.#startsAt - jump.byThen
  }

  /** Belongs to nobody: the network and the outside services go on whoever dies. */
  after(ms: number, ring: () => void): void {
    this.#add(ms, ring, undefined)
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve))
  }

  /** As the bot sleeps: whoever has died meanwhile does not wake up. */
  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const alarm = this.#add(ms, resolve, this.owners.getStore())
      const wakeUp = () => {
        alarm.isOff = true
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', wakeUp, { once: true })
    })

  /**
   * Asks somebody who is not part of the run and takes real time: the answer is handed on when all else is quiet, one after
   * the other, so that how quick they were makes no difference. Whoever has died asks nothing more, and hears nothing.
   */
  answerOf<T>(ask: () => T | Promise<T>): Promise<T> {
    const owner = this.owners.getStore()
    if (owner?.isDead) return new Promise(() => {})
    this.#count += 1
    return new Promise((resolve, reject) => {
      const handOn = (give: () => void) => () => {
        if (!owner?.isDead) give()
      }
      const asked = (async () => ask())()
      this.#answers.push(
        asked.then(
          (answer) => handOn(() => resolve(answer)),
          (error: unknown) => handOn(() => reject(error)),
        ),
      )
    })
  }

  /** Lets this much time pass. */
  async run(ms: number): Promise<void> {
    const end = this.#elapsed + ms
    await this.#ringUntil(() => false, end)
    this.#elapsed = Math.max(this.#elapsed, end)
  }

  /** Lets time pass until the promise has settled; false where it has not in this time. */
  async until(promise: Promise<unknown>, withinMs: number): Promise<boolean> {
    let isSettled = false
    const settled = () => {
      isSettled = true
    }
    promise.then(settled, settled)
    await this.#ringUntil(() => isSettled, this.#elapsed + withinMs)
    return isSettled
  }

  async #ringUntil(isOver: () => boolean, end: number): Promise<void> {
    for (;;) {
      await this.#quiet()
      if (isOver()) return
      const next = this.#takeNext(end)
      if (next.length === 0) return
      this.#elapsed = Math.max(this.#elapsed, next[0]?.at ?? 0)
      // What is due at the same instant begins side by side, so that what follows of it interleaves.
      for (const alarm of next) if (isOn(alarm)) ring(alarm)
    }
  }

  /** All that ring at the next instant at which any rings. */
  #takeNext(end: number): readonly Alarm[] {
    this.#alarms = this.#alarms.filter(isOn)
    const at = this.#alarms.reduce((first, one) => Math.min(first, one.at), Number.POSITIVE_INFINITY)
    return at > end ? [] : this.#alarms.filter((one) => one.at === at)
  }

  /** Until everything that can go on without time has gone on: promises, ticks, streams. */
  async #quiet(): Promise<void> {
    let before: number
    do {
      before = this.#count
      for (let turn = 0; turn < 2; turn++) await new Promise<void>((resolve) => immediately(resolve))
      if (before === this.#count) await this.#handOnNextAnswer()
    } while (before !== this.#count)
  }

  async #handOnNextAnswer(): Promise<void> {
    const next = this.#answers.shift()
    if (!next) return
    const handOn = await next
    this.#count += 1
    handOn()
  }

  #add(ms: number, ring: () => void, owner: Owner | undefined): Alarm {
    this.#count += 1
    const at = this.#elapsed + Math.max(0, Number.isFinite(ms) ? ms : 0)
    const alarm = { at, owner, ring, isOff: false }
    this.#alarms.push(alarm)
    return alarm
  }

  /** What the clocks said so many milliseconds after the run began, by the jumps that they have made until now. */
  msAt(elapsed: number): number {
    const byThen = this.#jumps.findLast(
      ({ from, byThen: one }) => from - this.#startsAt - one <= elapsed,
    )?.byThen
    return this.#startsAt + elapsed + (byThen ?? 0)
  }

  /** From now on the timers and the clock of this JavaScript world are this one; gives the way back. */
  install(): () => void {
    const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = globalThis
    const { timeout } = AbortSignal
    const here = (ms: number, ring: () => void) => this.#add(ms, ring, this.owners.getStore())
    const timers = {
      setTimeout: (ring: Ring, ms = 0, ...given: unknown[]) => handleOf(here(ms, () => ring(...given))),
      setInterval: (ring: Ring, ms = 0, ...given: unknown[]) => {
        const again = () => {
          handle.alarm = here(ms, again)
          ring(...given)
        }
        const handle = handleOf(here(ms, again))
        return handle
      },
      clearTimeout: turnOff,
      clearInterval: turnOff,
      // Takes no time: as long as anything waits for its turn, it is not the time of anything else.
      setImmediate: (ring: Ring, ...given: unknown[]) => {
        this.#count += 1
        const owner = this.owners.getStore()
        return immediately(() => {
          if (!owner?.isDead) ring(...given)
        })
      },
    }
    Object.assign(globalThis, timers)
    Date.now = () => Math.floor(this.ms)
    AbortSignal.timeout = (ms) => {
      const controller = new AbortController()
      here(ms, () =>
        controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
      )
      return controller.signal
    }
    return () => {
      Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate })
      Date.now = realNow
      AbortSignal.timeout = timeout
    }
  }
}

function isOn({ isOff, owner }: Alarm): boolean {
  return !isOff && !owner?.isDead
}

function ring(alarm: Alarm): void {
  alarm.isOff = true
  alarm.ring()
}

type Ring = (...given: unknown[]) => void

/** With what else code does to a timer of Node's. */
function handleOf(alarm: Alarm): Handle {
  const handle = { alarm, ref: () => handle, unref: () => handle, hasRef: () => true }
  return handle
}

function turnOff(handle: unknown): void {
  const alarm =
    typeof handle === 'object' && handle !== null && 'alarm' in handle ? (handle as Handle).alarm : undefined
  if (alarm) alarm.isOff = true
}

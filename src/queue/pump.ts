/** The loop that drives the inbox and the outbox: it looks for work, does some of it concurrently, and rests when there is none. */

import { type Clock, nextTurn } from '../clock.ts'
import { toInstant } from '../engine/time.ts'
import type { Claim, Held, Sharing } from '../store/store.ts'

/** The longest pause before the pump looks for work, even if nobody wakes it. */
const longestSleepMs = 1_000

export interface PumpParts {
  readonly clock: Clock
  /** One life of a process: what another life has claimed and left is taken over. */
  readonly owner: string
  /** Claims what may be begun now and calls `begin` for each of it; what it throws ends the round. */
  readonly look: (round: Round) => Promise<void>
  readonly sharing: Sharing
  /** Goes on holding what takes longer than its lease, and returns what is held by now. */
  readonly renew: (claim: Claim, ids: readonly number[]) => Promise<readonly Held[]>
  /** Carries out work that makes calls only while it holds its entry. */
  readonly whileHeld?: <T>(isHeld: () => boolean, work: () => Promise<T>) => Promise<T>
  /** While this is so a look in the background waits, for a quarter of a second at most. */
  readonly givesWay?: () => boolean
  /** A look failed, in the background. */
  readonly onFailedLook: (error: unknown) => void
}

export interface Round {
  readonly claim: Claim
  /** The same from this moment on, for a look that takes long. */
  claimNow(): Claim
  /** For a look that takes long: what is worked on meanwhile stays held. */
  keepHeld(): Promise<void>
  /** Ids of what is being worked on, and of what is not to be looked at in this round. */
  readonly except: readonly number[]
  /** The places at which work is in progress. */
  readonly places: readonly string[]
  /** Returns the number of entries in progress at the place. */
  busy(place: string): number
  /** Begins what was claimed until then. */
  begin(held: Held, until: Claim['until'], place: string, work: (hold: Hold) => Promise<void>): void
}

/** The control that one piece of work has over its own place. */
export interface Hold {
  /** From now on it is another entry that is worked on here, claimed until then. */
  goOnWith(held: Held, until: Claim['until'], place: string): void
  /** It could not even be put back: it is left alone until the next tick. */
  shelve(): void
  /** True where a call was not sent, since the lease was over: what is made of that says nothing of the service. */
  missedCall(): boolean
}

export interface Pump {
  /** There is something new. */
  wake(): void
  /** Works in the background from now on. */
  start(): void
  /** Until nothing is due at this moment and nothing is worked on. Rejects where a look fails. */
  runUntilIdle(): Promise<void>
  /** Begins nothing new and waits for what is worked on. */
  stop(): Promise<void>
  readonly isStopping: () => boolean
  /** Returns the number of entries in progress under this name. */
  busy(place: string): number
  /** Resolves after a time, or sooner when woken. */
  sleep(ms?: number): Promise<void>
}

interface Running {
  id: number
  token: number
  place: string
  /** In milliseconds; what was taken over by somebody else is held no more. */
  heldUntil: number
  ended: Promise<void>
}

/** What gives way goes on all the same, if slowly: whatever comes in without end is worked off. */
const longestWayMs = 250
const wayPauseMs = 10

/**
 * So long before its lease ends an entry counts as lost: the clocks of two machines differ by a little, and a call that
 * is about to be sent takes a moment to leave.
 */
const marginMs = 1_000

export function createPump({
  clock,
  owner,
  sharing,
  look,
  renew,
  onFailedLook,
  givesWay = () => false,
  whileHeld = (_isHeld, work) => work(),
}: PumpParts): Pump {
  const { now } = clock
  const running = new Set<Running>()
  const shelved = new Set<number>()
  let alarm = Promise.withResolvers<void>()
  let looking: Promise<void> = Promise.resolve()
  let background: Promise<void> | undefined
  let isStopping = false

  function wake(): void {
    alarm.resolve()
    alarm = Promise.withResolvers()
  }

  const { leaseMs } = sharing
  const claimNow = () => claimFor(owner, now(), sharing)

  /** One after the other, so that nothing is begun from a list that another look has worked off. */
  function lookOnce(): Promise<void> {
    const looked = looking.then(async () => {
      if (isStopping) return
      await renewHeld()
      const except = [...[...running].map(({ id }) => id), ...shelved]
      const places = [...running].map(({ place }) => place)
      await look({ claim: claimNow(), claimNow, keepHeld: renewHeld, except, places, busy, begin })
    })
    looking = looked.catch(() => undefined)
    return looked
  }

  function busy(place: string): number {
    return [...running].filter((one) => one.place === place).length
  }

  function begin(
    held: Held,
    until: Claim['until'],
    place: string,
    work: (hold: Hold) => Promise<void>,
  ): void {
    const { id, token } = held
    const one: Running = { id, token, place, heldUntil: Date.parse(until), ended: Promise.resolve() }
    let hasMissed = false
    const hold: Hold = {
      missedCall: () => hasMissed,
      goOnWith: (next, nextUntil, at) =>
        Object.assign(one, { id: next.id, token: next.token, place: at, heldUntil: Date.parse(nextUntil) }),
      shelve: () => void shelved.add(one.id),
    }
    // Where nobody else can take it, it is held however long it takes.
    const isHeld = () => {
      const holds = !sharing.isShared || now().getTime() < one.heldUntil - marginMs
      hasMissed ||= !holds
      return holds
    }
    running.add(one)
    one.ended = whileHeld(isHeld, () => work(hold)).finally(async () => {
      await nextTurn()
      running.delete(one)
    })
  }

  async function renewHeld(): Promise<void> {
    const soon = now().getTime() + leaseMs / 2
    const held = [...running].filter(({ heldUntil }) => heldUntil < soon)
    if (held.length === 0) return
    const claim = claimNow()
    const tokens = new Map(
      (
        await renew(
          claim,
          held.map(({ id }) => id),
        )
      ).map(({ id, token }) => [id, token]),
    )
    // It may have gone on with the next one meanwhile, which has its own lease.
    for (const one of held) if (tokens.get(one.id) === one.token) one.heldUntil = Date.parse(claim.until)
  }

  /** `until`: waits for what is to end the pause before the next look. */
  async function runUntilIdle(
    until = (change: Promise<void>) => change,
    beforeLook = async () => {},
  ): Promise<void> {
    shelved.clear()
    for (;;) {
      await beforeLook()
      const woken = alarm.promise
      await lookOnce()
      if (running.size === 0) return
      await until(Promise.race([woken, ...[...running].map(({ ended }) => ended)]))
    }
  }

  async function giveWay(): Promise<void> {
    for (let ms = 0; ms < longestWayMs && givesWay() && !isStopping; ms += wayPauseMs)
      await clock.sleep(wayPauseMs).catch(() => {})
  }

  /** A call that hangs keeps nobody from what becomes due meanwhile, and what it is made for stays held. */
  async function orTooLong(change: Promise<void>): Promise<void> {
    await sleepUntil(clock, longestSleepMs, change)
    wake()
  }

  async function work(): Promise<void> {
    while (!isStopping) {
      const woken = alarm.promise
      // Not at once again where it fails: a full disk may be read, and without a pause nothing else would get a turn.
      await runUntilIdle(orTooLong, giveWay).catch(onFailedLook)
      await sleepUntil(clock, longestSleepMs, woken)
      // Also where nobody woke it: what waits on the same promise for days piles up.
      wake()
    }
  }

  return {
    wake,
    start: () => {
      background ??= work()
    },
    runUntilIdle: () => runUntilIdle(),
    async stop() {
      isStopping = true
      wake()
      await background
      await looking
      await Promise.all([...running].map(({ ended }) => ended))
    },
    isStopping: () => isStopping,
    busy,
    sleep: (ms = longestSleepMs) => sleepUntil(clock, ms, alarm.promise),
  }
}

export function claimFor(owner: string, at: Date, { leaseMs }: Pick<Sharing, 'leaseMs'>): Claim {
  return { now: toInstant(at), owner, until: toInstant(new Date(at.getTime() + leaseMs)) }
}

/** Ends sooner when woken. */
async function sleepUntil({ sleep }: Clock, ms: number, woken: Promise<void>): Promise<void> {
  const isOver = new AbortController()
  void woken.then(() => isOver.abort('woken'))
  await sleep(ms, isOver.signal).catch(() => {})
}
